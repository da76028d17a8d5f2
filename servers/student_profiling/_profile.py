"""A student as a writer: what is on the record, strengths first, with evidence, uncertainty and what is not known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import READS, Caller, CourseId, Means, PurposeWords, StudentId, Toolbox, Wiring
from scribetree.servers.student_profiling import _records
from scribetree.servers.student_profiling._skill_shapes import SkillShown, shown
from scribetree.shapes import as_list, as_object
from scribetree.tools import profiling

__all__ = ["newest_texts", "tools"]

tools = Toolbox()

_PUBLIC = ("display_name", "grade", "learning_goals", "interests", "achievements")
_PRIVATE = ("learning_challenges", "accommodations", "personal_notes", "sensitive")
_TEXTS = 3
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What those see who may see the profile; `achievements` holds what the records bear out as well."""

    display_name: str | None
    grade: str | None
    learning_goals: tuple[str, ...]
    interests: tuple[str, ...]
    achievements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivateProfile:
    """What few should know; only the student is shown it."""

    learning_challenges: tuple[str, ...]
    accommodations: tuple[str, ...]
    personal_notes: tuple[str, ...]
    sensitive_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StrengthShown:
    """Something that goes well, how probable it is that it is so (0 to 1), and the records that show it."""

    skill: str
    kind: str
    statement: str
    chance: float
    texts: int
    evidence: tuple[_records.EvidenceLink, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """What was done, in plain counts; medians are None where nothing was recorded."""

    drafts: int
    assignments: int
    sessions: int
    reflections: int
    median_words_a_session: float | None
    median_minutes_a_session: float | None


@dataclass(frozen=True, slots=True)
class StudentProfile:
    """A student as a writer, as far as this caller may see it; nobody is compared with anybody else."""

    profile_id: str
    student_id: str
    public_profile: PublicProfile
    private_profile: PrivateProfile | None
    strengths: tuple[StrengthShown, ...]
    skills: tuple[SkillShown, ...]
    habits: tuple[profiling.Habit, ...]
    activity: Activity
    gaps: tuple[profiling.Unknown, ...]
    model: str
    used: tuple[_records.Used, ...]
    withheld: tuple[str, ...]
    notes: tuple[str, ...]
    privacy_settings: dict[str, bool | str]
    generated_at: str


@tools.add(title="Build a student's profile", hints=READS)
def build_student_profile(
    student_id: StudentId,
    caller: Caller,
    means: Means,
    course_id: CourseId | None = None,
    include_private_data: bool = False,
    purpose: PurposeWords = "learning",
) -> StudentProfile:
    """
    Describe a student as a writer from what is on the record: strengths first, each with evidence and certainty.

    Use it before a conference, or as the student, to see skills with their intervals, habits of the last drafts, what
    was done, and what cannot be said yet. Only records that the caller may see count; the private part needs
    `include_private_data`, and is shown to the student. For change over time use track_learning_trajectory.
    """
    known = _records.read(means, caller, student_id, course=course_id)
    judged, problems = _records.judgements(known)
    paths = profiling.paths(_records.by_skill(judged))
    found = profiling.strengths(paths)
    # To others it looks the same whether there is a private part or not.
    is_private_shown = include_private_data and caller.requester_type == "student"
    own, denied = _own(means, caller, student_id, include_private=is_private_shown)
    texts, hides_text = newest_texts(means, caller, student_id)
    habits = profiling.habits(texts)
    return StudentProfile(
        profile_id=caller.correlation_id,
        student_id=student_id,
        public_profile=_public(own, found, judged),
        private_profile=_private(own) if is_private_shown else None,
        strengths=tuple(
            StrengthShown(
                each.skill, each.kind, each.statement, each.chance, each.texts, _records.evidence(judged, each.skill)
            )
            for each in found
        ),
        skills=tuple(shown(path, judged) for path in paths),
        habits=habits.found,
        activity=_activity(known),
        gaps=(*profiling.unknowns(paths, now_day=_records.day_of(means.clock.now())), *_not_there(known)),
        model=profiling.MODEL,
        used=_records.used(known),
        withheld=(
            *known.denied,
            *denied,
            *(("draft.text",) if hides_text else ()),
            *(("private_profile",) if include_private_data and not is_private_shown else ()),
        ),
        notes=(*known.notes, *problems, *_about_texts(habits)),
        privacy_settings=_settings(means, caller, student_id),
        generated_at=means.clock.now().isoformat(),
    )


def newest_texts(means: Wiring, caller: PrivacyContext, student: str) -> tuple[list[str], bool]:
    """The newest drafts, one an assignment, and whether they are hidden from this caller."""
    try:
        views = means.guard.read(caller, student, "draft", ("text", "assignment"), limit=4 * _TEXTS)
    except Denied:
        return [], True
    if any("text" in view.withheld for view in views):
        return [], True
    by_assignment: dict[object, str] = {}
    for view in views:
        text = view.values.get("text")
        if isinstance(text, str):
            by_assignment.setdefault(view.values.get("assignment") or view.record_id, text)
    return list(by_assignment.values())[:_TEXTS], False


def _own(
    means: Wiring, caller: PrivacyContext, student: str, *, include_private: bool
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """What the school and the student say about the student, the newest of each field, and the kinds not to be seen."""
    told: dict[str, Any] = {}
    denied: list[str] = []
    wanted = {"student": _PUBLIC[:2], "profile": (*_PUBLIC, *(_PRIVATE if include_private else ()))}
    for kind, fields in wanted.items():
        try:
            views = means.guard.read(caller, student, kind, fields)
        except Denied:
            denied.append(kind)
            continue
        for view in reversed(views):
            hidden = view.withheld
            told |= {name: value for name, value in view.values.items() if name not in hidden and value is not None}
    return told, tuple(denied)


def _public(
    own: Mapping[str, Any], strengths: Sequence[profiling.Strength], judged: Sequence[_records.Judged]
) -> PublicProfile:
    borne_out = [each.statement for each in strengths if each.kind != "relative_strength"]
    texts = len({(each.observation.prompt, each.link.on) for each in judged})
    counted = [f"{texts} texts judged."] if texts else []
    grade = own.get("grade")
    return PublicProfile(
        display_name=own.get("display_name") if isinstance(own.get("display_name"), str) else None,
        grade=None if grade is None else str(grade)[:_MOST_WORDS],
        learning_goals=_several(own.get("learning_goals")),
        interests=_several(own.get("interests")),
        achievements=(*_several(own.get("achievements")), *borne_out, *counted),
    )


def _private(own: Mapping[str, Any]) -> PrivateProfile:
    return PrivateProfile(
        learning_challenges=_several(own.get("learning_challenges")),
        accommodations=_several(own.get("accommodations")),
        personal_notes=_several(own.get("personal_notes")),
        sensitive_data=_several(own.get("sensitive")),
    )


def _several(value: object) -> tuple[str, ...]:
    """What somebody wrote in a field as a short list, in whatever form it was stored."""
    if value is None:
        return ()
    listed = as_list(value)
    if listed is not None:
        return tuple(str(each)[:500] for each in listed[:_MOST_WORDS])
    inner = as_object(value)
    if inner is not None:
        return tuple(f"{name}: {each}"[:500] for name, each in list(inner.items())[:_MOST_WORDS])
    return (str(value)[:500],)


def _activity(known: _records.KnownRecords) -> Activity:
    sessions = known.views.get("session", ())
    drafts = known.views.get("draft", ())
    return Activity(
        drafts=len(drafts),
        assignments=len({view.values.get("assignment") for view in drafts} - {None}),
        sessions=len(sessions),
        reflections=len(known.views.get("reflection", ())),
        median_words_a_session=_middle(view.values.get("words") for view in sessions),
        median_minutes_a_session=_middle(view.values.get("minutes") for view in sessions),
    )


def _middle(values: Iterator[object]) -> float | None:
    numbers = [float(each) for each in values if isinstance(each, int | float) and not isinstance(each, bool)]
    return round(median(numbers), 1) if numbers else None


def _not_there(known: _records.KnownRecords) -> Iterator[profiling.Unknown]:
    for kind, views in known.views.items():
        if not views and kind in {"draft", "session", "reflection"}:
            yield profiling.Unknown(f"{kind.capitalize()}s", "None is on the record.", f"Record a {kind}.")
    unjudged = sum(view.values.get("quality") is None for view in known.views.get("reflection", ()))
    if unjudged:
        yield profiling.Unknown(
            "Reflection",
            f"{unjudged} reflections have no judged quality.",
            "Judge them with evaluate_reflection_quality.",
        )


def _about_texts(habits: profiling.Habits) -> Iterator[str]:
    if habits.left_out:
        yield f"{habits.left_out} drafts were too short, or not in English, to look for habits."


def _settings(means: Wiring, caller: PrivacyContext, student: str) -> dict[str, bool | str]:
    """The student's choices, for the student and for administrators; they are nobody else's affair."""
    if caller.requester_type not in {"student", "administrator"}:
        return {}
    standing = means.office.consent.standing(means.office.pseudonym(student))
    return dict(standing.values(means.clock.now()))
