"""What the sessions of a group say: each figure with noise, paid for, and none about fewer than the floor."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from scribetree.errors import Denied, Withheld
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import View
from scribetree.servers.kit import Wiring
from scribetree.servers.writing_analysis._insight_shapes import (
    PERIODS,
    UNITS,
    KeyMetric,
    PrivacyMetadata,
    SessionMeasure,
    Timeframe,
    WithheldFigure,
    WritingInsights,
    session_value,
)
from scribetree.tools import writing

if TYPE_CHECKING:
    from scribetree.privacy.budget import Group
    from scribetree.privacy.queries import Breadth, Question

__all__ = ["insights"]

_EPSILON = 1.0
_WEEK_S = 604_800
# Where a student's mean lies by its meaning; what lies beyond counts as the bound.
_BOUNDS: dict[SessionMeasure, tuple[float, float]] = {
    "words": (0, 1_000),
    "minutes": (0, 120),
    "words_per_minute": (0, 50),
    "revisions": (0, 200),
}
_NOTES = (
    "Intervals cover the noise, not how far this group speaks for others.",
    "A figure stays as it was first told in its day, week, month or term, whatever is recorded meanwhile.",
)
_NOT_READ = ("Drafts and assessments of a group are not read.",)

Student = Sequence[View]
"""The sessions of one student, of whom nothing else is known here."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """All that the figures of one call have in common."""

    means: Wiring
    group: "Group"
    breadth: "Breadth"
    as_of: str


def insights(
    means: Wiring,
    caller: PrivacyContext,
    target: str,
    *,
    scope: Literal["class", "cohort"],
    students: Collection[str],
    measures: Sequence[SessionMeasure],
    timeframe: Timeframe,
    course: str | None,
) -> WritingInsights:
    """Noisy figures about those of the students who allow it, and which were withheld and why."""
    from scribetree.privacy.budget import Group  # noqa: PLC0415 - SQLAlchemy costs 0.2 s

    now = means.clock.now()
    group = Group(target, frozenset(students), course)
    asking = _Asking(
        means, group, "research" if caller.is_research else scope, f"{timeframe} {_period(timeframe, now)}"
    )
    willing = _willing(means, caller.about_group(), group.students, since=now - PERIODS[timeframe])
    told = [figure for measure in dict.fromkeys(measures) for figure in _of_measure(asking, measure, willing)]
    metrics = tuple(figure for figure in told if isinstance(figure, KeyMetric))
    return WritingInsights(
        summary=f"{len(metrics)} of {len(told)} figures about this {scope} can be told, each with noise in it.",
        key_metrics=metrics,
        trends=(),
        withheld=tuple(figure for figure in told if isinstance(figure, WithheldFigure)),
        used=(),
        missing=_NOT_READ,
        notes=_NOTES,
        recommendations=(),
        privacy_metadata=_metadata(asking, scope),
    )


def _metadata(asking: _Asking, scope: Literal["class", "cohort"]) -> PrivacyMetadata:
    """How the figures were protected, and what is left to be told."""
    from scribetree.privacy.budget import Account  # noqa: PLC0415 - as above
    from scribetree.privacy.queries import CONFIDENCE, FLOORS  # noqa: PLC0415 - as above

    balance = asking.means.budgets.balance(Account("cohort", asking.group.cohort_id))
    return PrivacyMetadata(
        aggregation_level=scope,
        differential_privacy_applied=True,
        data_points_included=None,
        smallest_group=FLOORS[asking.breadth],
        epsilon_per_figure=_EPSILON,
        confidence=CONFIDENCE,
        cohort_budget_left=balance.left / 1e6,
        renews_at=balance.renews_at.isoformat(),
    )


def _willing(means: Wiring, caller: PrivacyContext, students: Collection[str], *, since: datetime) -> list[Student]:
    """The recent sessions of each student who allows it; a denial looks like a group in which nobody does."""
    try:
        read = means.guard.read_group(caller, students, "session", ("words", "minutes", "revisions"))
    except Denied:
        return []
    return [[view for view in views if view.created_at >= since] for views in read]


def _of_measure(
    asking: _Asking, measure: SessionMeasure, willing: Sequence[Student]
) -> list[KeyMetric | WithheldFigure]:
    """The mean of the students' means, and how many of them the measure rises for."""
    from scribetree.privacy.queries import Bounds, Count, Mean  # noqa: PLC0415 - as above

    series = [found for student in willing if (found := _series(measure, student))]
    means = [fmean(value for _, value in each) for each in series]
    directions = [_direction(each) for each in series]
    rising = [1.0 if direction == "rising" else None for direction in directions if direction is not None]
    # A dot, which other tools' metrics cannot have: nobody gets the answer to another question.
    mean = Mean(f"session.{measure}", Bounds(*_BOUNDS[measure]), _EPSILON)
    count = Count(f"session.{measure}.rising", _EPSILON)
    return [
        _figure(asking, f"mean_{measure}", UNITS[measure], mean, list(means)),
        _figure(asking, f"students_with_rising_{measure}", "students", count, rising),
    ]


def _direction(series: Sequence[tuple[float, float]]) -> str | None:
    """How one student's measure moves; None below five texts."""
    return writing.trend([week for week, _ in series], [value for _, value in series]).direction


def _series(measure: SessionMeasure, student: Student) -> list[tuple[float, float]]:
    found = [(view.created_at.timestamp() / _WEEK_S, session_value(measure, view.values)) for view in student]
    return [(week, value) for week, value in found if value is not None]


def _figure(
    asking: _Asking, name: str, unit: str, question: "Question", values: Sequence[float | None]
) -> KeyMetric | WithheldFigure:
    """The figure over one value a student, None for who was looked at and does not count; or why it is withheld."""
    from scribetree.privacy.queries import FLOORS, Row, ask  # noqa: PLC0415 - as above

    floor = FLOORS[asking.breadth]
    if len(values) < floor:
        reason = f"Fewer than {floor} students allow it and have enough records for this figure."
        return WithheldFigure(name, reason, "Ask about a larger group or a longer time; nothing was spent.")
    # The guard does not say whose records these are. Only that they are of different students counts here, and every
    # student of the group pays, so that what is paid tells nothing either.
    names = sorted(asking.group.students)
    rows = [Row(who, value) for who, value in zip(names, values, strict=False) if value is not None]
    try:
        answer = ask(
            question,
            rows,
            group=asking.group,
            breadth=asking.breadth,
            budgets=asking.means.budgets,
            as_of=asking.as_of,
            noise=asking.means.noise,
        )
    except Withheld as refusal:
        return WithheldFigure(name, refusal.message, refusal.hint)
    (figure,) = answer.figures
    released_at = answer.released_at.isoformat()
    return KeyMetric(
        name, unit, figure.value, figure.low, figure.high, released_at=released_at, repeated=answer.repeated
    )


def _period(timeframe: Timeframe, now: datetime) -> str:
    """The day, week, month or half-year that `now` lies in: within it the same question has the same answer."""
    if timeframe == "week":
        year, week, _ = now.isocalendar()
        return f"{year}-W{week}"
    if timeframe == "semester":
        return f"{now.year}-{1 if now.month < 7 else 2}"
    return now.date().isoformat() if timeframe == "day" else f"{now.year}-{now.month}"
