"""What changed for one student on the record, and what a teacher might do about it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import Field

from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import EDUCATORS, View
from scribetree.servers.educator_alerts._effect import trials_of
from scribetree.servers.kit import (
    READS,
    AssignmentId,
    Caller,
    CourseId,
    Means,
    PurposeWords,
    StudentId,
    Toolbox,
    Wiring,
)
from scribetree.shapes import as_object
from scribetree.tools import alerts as judgement

__all__ = ["tools"]

tools = Toolbox()

Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, le=100_000)]

_MOST_RECORDS = 100
_NEWS_DAYS = 14
"""How far back something that changed is still news."""
_YEAR = timedelta(days=366)
_OWN = "own"
# No field that holds a student's words: figures are enough.
_FIGURES: Mapping[str, tuple[str, ...]] = {
    "session": ("words", "minutes"),
    "assessment": ("skills", "quality", "assignment", "judged_by"),
    "milestone": ("skills", "assignment", "judged_by", "on"),
    "reflection": ("quality",),
}


@tools.add(title="Generate intervention recommendations", hints=READS, roles=EDUCATORS)
def generate_intervention_recommendations(
    student_id: StudentId,
    caller: Caller,
    means: Means,
    cognitive_load: Share | None = None,
    engagement_score: Share | None = None,
    quality_score: Share | None = None,
    reflection_depth: Share | None = None,
    time_on_task: Minutes | None = None,
    struggling_duration: Minutes | None = None,
    from_records: bool = True,
    classmates: Annotated[
        list[StudentId],
        Field(max_length=60, description="Others of the class: what is usual, and which tasks were hard."),
    ] = [],  # noqa: B006 - the schema's default
    assignment_id: AssignmentId | None = None,
    course_id: CourseId | None = None,
    purpose: PurposeWords = "support",
) -> judgement.InterventionPlan:
    """
    Find what changed for one student against their own usual work, and suggest what a teacher might do about it.

    Use it with the records alone, with measures of the other servers (shares 0 to 1, durations in minutes), or both.
    `signals` are changes of the last two weeks in sessions, pace, marks or reflection, and good moments; day 0 is
    today. Name five or more `classmates`, so that a hard task or a holiday is not taken for one student's decline. Each
    recommendation has its evidence and source, and how it will show whether it helped. It abstains where there is
    nothing to look at, and sends nothing: pass its `alerts` to send_educator_alerts.
    """
    works = _works(means, caller, student_id, classmates) if from_records else {}
    own = works.get(_OWN)
    has_records = own is not None and bool(own.sessions or own.texts or own.reflections)
    signals = judgement.watch_class(works, until=0.0, only=_OWN)[_OWN] if has_records else ()
    return judgement.recommend(
        judgement.Measures(
            cognitive_load,
            engagement_score,
            quality_score,
            reflection_depth,
            time_on_task,
            struggling_duration,
        ),
        [signal for signal in signals if signal.day >= -_NEWS_DAYS],
        trials_of(means, caller),
        looked=has_records,
    )


def _works(means: Wiring, caller: PrivacyContext, student: str, classmates: Sequence[str]) -> dict[str, judgement.Work]:
    """The student's work, and that of those classmates who allow it; who they are does not matter here."""
    now = means.clock.now()
    own: dict[str, Sequence[View]] = {}
    others: dict[str, Sequence[Sequence[View]]] = {}
    named = sorted(set(classmates) - {student})
    for kind, fields in _FIGURES.items():
        own[kind] = _read(means, caller, student, kind, fields)
        others[kind] = _read_others(means, caller, named, kind, fields)
    works = {_OWN: _work(own, now)}
    # The guard does not say whose records these are: each kind's are a student of its own, which changes no level.
    for kind, groups in others.items():
        works |= {f"{kind}-{number}": _work({kind: views}, now) for number, views in enumerate(groups)}
    return works


def _read(means: Wiring, caller: PrivacyContext, student: str, kind: str, fields: tuple[str, ...]) -> Sequence[View]:
    try:
        return means.guard.read(caller, student, kind, fields, limit=_MOST_RECORDS)
    except Denied:
        return ()


def _read_others(
    means: Wiring, caller: PrivacyContext, named: Sequence[str], kind: str, fields: tuple[str, ...]
) -> Sequence[Sequence[View]]:
    try:
        return means.guard.read_group(caller, named, kind, fields) if named else ()
    except Denied:
        return ()


def _work(views: Mapping[str, Sequence[View]], now: datetime) -> judgement.Work:
    def days_ago(view: View) -> float:
        return (_judged_at(view) - now).total_seconds() / 86_400

    def recent(kind: str) -> list[View]:
        return [view for view in views.get(kind, ()) if now - _YEAR <= _judged_at(view) <= now]

    return judgement.Work(
        sessions=[
            judgement.Session(days_ago(view), words, minutes)
            for view in recent("session")
            if (words := _number(view.values.get("words"))) is not None
            and (minutes := _number(view.values.get("minutes"))) is not None
        ],
        texts=[
            judgement.Text(days_ago(view), str(view.values.get("assignment") or view.record_id), marks)
            for view in recent("assessment") + recent("milestone")
            if view.values.get("judged_by") in {None, "teacher"} and (marks := _marks(view))
        ],
        reflections=[
            judgement.Reflection(days_ago(view), depth)
            for view in recent("reflection")
            if (depth := _share(view.values.get("quality"))) is not None
        ],
    )


def _judged_at(view: View) -> datetime:
    """When what the record is about was there: its own date if it has one that can be, else when it was kept."""
    try:
        own = date.fromisoformat(str(view.values.get("on")))
    except ValueError:
        return view.created_at
    return min(datetime.combine(own, time(12), tzinfo=UTC), view.created_at)


def _marks(view: View) -> dict[str, float]:
    found = {
        name: mark
        for name, level in (as_object(view.values.get("skills")) or {}).items()
        if (mark := _share(level)) is not None
    }
    overall = _share(view.values.get("quality"))
    return found or ({} if overall is None else {"overall": overall})


def _share(value: Any) -> float | None:  # noqa: ANN401 - any JSON value
    """A level from 0 to 1; one from 1 to 100 is taken as hundredths."""
    number = _number(value)
    if number is None:
        return None
    share = number / 100 if number > 1 else number
    return share if 0 <= share <= 1 else None


def _number(value: Any) -> float | None:  # noqa: ANN401 - any JSON value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value >= 0 else None
