"""What a student's records say, read through the guard: as much as this caller may see, and what that leaves out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import isfinite

from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import View
from scribetree.servers.kit import Wiring
from scribetree.shapes import as_object
from scribetree.tools import profiling

__all__ = [
    "JUDGED",
    "EvidenceLink",
    "Judged",
    "KnownRecords",
    "Used",
    "by_skill",
    "day_of",
    "evidence",
    "judge_of",
    "judgements",
    "on_day",
    "read",
    "read_or_none",
    "used",
]

MOST_RECORDS = 100
_DAY_S = 86_400
_MOST_LINKS = 5

# No field that holds a student's words: figures are enough.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "assessment": ("skills", "assignment", "genre", "judged_by"),
    "milestone": ("skills", "assignment", "genre", "judged_by", "on"),
    "reflection": ("quality", "assignment"),
    "session": ("words", "minutes", "revisions", "assignment"),
    "draft": ("assignment", "genre", "words"),
}
JUDGED = ("assessment", "milestone", "reflection")
_JUDGES: Mapping[object, profiling.Judge] = {"self": "self", "peer": "peer", "tool": "tool"}


@dataclass(frozen=True, slots=True)
class KnownRecords:
    """The records by kind, newest first, the kinds that this caller may not see, and what was left out and why."""

    views: Mapping[str, tuple[View, ...]]
    denied: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """How many records of a kind were looked at, and from when to when (ISO 8601 dates)."""

    kind: str
    records: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """The record that something rests on; who may read it is asked again when it is opened."""

    kind: str
    record_id: str
    on: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement of one skill, and the record in which it stands."""

    skill: str
    observation: profiling.Observation
    link: EvidenceLink


def read(
    means: Wiring,
    caller: PrivacyContext,
    student: str,
    kinds: Sequence[str] = tuple(FIGURES),
    *,
    course: str | None = None,
) -> KnownRecords:
    """The figures of these kinds; those that this caller may not see are named, and if that is all, it is Denied."""
    views: dict[str, tuple[View, ...]] = {}
    denied: list[str] = []
    notes: list[str] = []
    refusal: Denied | None = None
    now = means.clock.now()
    for kind in kinds:
        try:
            found = means.guard.read(caller, student, kind, FIGURES[kind], limit=MOST_RECORDS)
        except Denied as error:
            denied.append(kind)
            refusal = error
            continue
        if len(found) == MOST_RECORDS:
            notes.append(f"Only the newest {MOST_RECORDS} {kind} records were read.")
        views[kind] = tuple(
            view for view in found if view.created_at <= now and (course is None or view.course in {None, course})
        )
        if any(view.created_at > now for view in found):
            notes.append(f"A {kind} from the future was left out; is the clock right?")
    if refusal is not None and not views:
        raise refusal
    return KnownRecords(views, tuple(denied), tuple(notes))


def read_or_none(means: Wiring, caller: PrivacyContext, student: str) -> KnownRecords:
    """The records of judgements; where none may be seen, none, with every kind named as denied."""
    try:
        return read(means, caller, student, JUDGED)
    except Denied:
        return KnownRecords({}, JUDGED, ())


def judgements(known: KnownRecords) -> tuple[list[Judged], tuple[str, ...]]:
    """Every judgement of a skill in the records, and what was wrong with those that are left out."""
    found: list[Judged] = []
    problems: set[str] = set()
    for kind in JUDGED:
        for view in known.views.get(kind, ()):
            found += _judged(view, problems)
    return found, tuple(sorted(problems))


def by_skill(found: Sequence[Judged]) -> dict[str, list[profiling.Observation]]:
    """The observations of each skill."""
    grouped: dict[str, list[profiling.Observation]] = {}
    for each in found:
        grouped.setdefault(each.skill, []).append(each.observation)
    return grouped


def judge_of(caller: PrivacyContext) -> profiling.Judge:
    """Whose judgement it is that this caller gives: that follows from their role, not from what they say."""
    return "self" if caller.requester_type == "student" else "teacher"


def evidence(found: Sequence[Judged], skill: str) -> tuple[EvidenceLink, ...]:
    """The newest records in which the skill was judged."""
    newest = sorted((each for each in found if each.skill == skill), key=lambda each: -each.observation.day)
    return tuple(each.link for each in newest[:_MOST_LINKS])


def used(known: KnownRecords) -> tuple[Used, ...]:
    """What was looked at."""
    return tuple(
        Used(kind, len(views), views[-1].created_at.date().isoformat(), views[0].created_at.date().isoformat())
        for kind, views in known.views.items()
        if views
    )


def day_of(at: datetime) -> float:
    """A time as days since 1970, the scale of the estimates."""
    return at.timestamp() / _DAY_S


def on_day(day: float) -> str:
    """A day of that scale as an ISO 8601 date."""
    return datetime.fromtimestamp(day * _DAY_S, UTC).date().isoformat()


def _judged(view: View, problems: set[str]) -> Iterator[Judged]:
    at = _when(view)
    if at is None:
        problems.add(f"A {view.kind} has a date that cannot be, and was left out.")
        return
    levels = _levels(view)
    for name, level in levels.items():
        share = _share(level, hundred=view.kind == "reflection")
        if share is None:
            problems.add(f"A {view.kind} has a level that is not between 0 and 1, which was left out.")
            continue
        observation = profiling.Observation(
            day=day_of(at),
            level=share,
            judged_by=_judge(view),
            genre=_words(view.values.get("genre")),
            prompt=_words(view.values.get("assignment")),
        )
        link = EvidenceLink(view.kind, view.record_id, at.date().isoformat())
        yield Judged(profiling.skill_name(name), observation, link)


def _levels(view: View) -> Mapping[str, object]:
    if view.kind == "reflection":
        quality = view.values.get("quality")
        return {} if quality is None else {profiling.REFLECTION: quality}
    levels = as_object(view.values.get("skills")) or {}
    return {name: level for name, level in levels.items() if any(letter.isalpha() for letter in name)}


def _when(view: View) -> datetime | None:
    """When the text was judged; None if its own date lies after the day it was recorded, or is no date."""
    own = view.values.get("on")
    if own is None:
        return view.created_at
    try:
        day = date.fromisoformat(str(own))
    except ValueError:
        return None
    at = datetime.combine(day, time(12), tzinfo=UTC)
    return at if day <= view.created_at.date() else None


def _share(level: object, *, hundred: bool) -> float | None:
    """A level as a share; a reflection's quality may stand on the scale to 100."""
    if isinstance(level, bool) or not isinstance(level, int | float) or not isfinite(level):
        return None
    share = level / 100 if hundred and level > 1 else float(level)
    return share if 0 <= share <= 1 else None


def _judge(view: View) -> profiling.Judge:
    if view.kind == "reflection":
        return "tool"
    judge = view.values.get("judged_by")
    return _JUDGES.get(judge, "teacher") if isinstance(judge, str) else "teacher"


def _words(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
