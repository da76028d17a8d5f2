"""Figures about groups of students, with noise, within a budget, that give nobody away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import Withheld
from scribetree.privacy.context import RequesterType
from scribetree.privacy.guard import EDUCATORS
from scribetree.servers.kit import (
    WRITES_ONCE,
    Caller,
    CohortId,
    CourseId,
    Means,
    PurposeWords,
    StudentId,
    Toolbox,
    Wiring,
)

if TYPE_CHECKING:
    from scribetree.privacy.budget import Group
    from scribetree.privacy.queries import Breadth, Question

__all__ = ["tools"]

tools = Toolbox()


Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z][a-z0-9_]*$")]
# Refused at the border what the door to figures would refuse once an earlier metric of the same call has been paid for.
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]


class StudentValue(BaseModel):
    """One student's value of one metric; `bucket` is its week or month, from 0, where a trend is asked for."""

    model_config = ConfigDict(extra="forbid")

    student_id: StudentId
    metric: Name
    value: Number
    bucket: Annotated[int, Field(ge=0, le=59)] = 0


class MetricQuestion(BaseModel):
    """
    One question about one metric. `lower` and `upper` are the range that its values can have by their meaning.

    `edges` are for a histogram, `share` for a quantile (0.5 is the median), `buckets` for a trend.
    """

    model_config = ConfigDict(extra="forbid")

    metric: Name
    kind: Literal["count", "sum", "mean", "histogram", "quantile", "trend"] = "mean"
    lower: Number = 0
    upper: Number = 100
    edges: Annotated[list[Number], Field(max_length=101)] = []
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    buckets: Annotated[int, Field(ge=2, le=60)] = 2
    rows_per_student: Annotated[int, Field(ge=1, le=100)] = 1


@dataclass(frozen=True, slots=True)
class NoisyFigure:
    """One figure with noise in it, and the interval in which the true one lies with the confidence stated."""

    name: str
    kind: str
    label: str
    privatized_value: float
    low: float
    high: float
    repeated: bool


@dataclass(frozen=True, slots=True)
class WithheldMetric:
    """A metric that was not told, why, and what to do."""

    name: str
    kind: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class PrivacyParameters:
    """How the figures were protected; budgets are in epsilon, and full again at `renews_at` (ISO 8601)."""

    epsilon: float
    delta: float
    mechanism: str
    confidence: float
    smallest_group: int
    cohort_budget_left: float
    renews_at: str


@dataclass(frozen=True, slots=True)
class GroupAnalysis:
    """All figures of one call; neither a true value nor the size of the group is among them."""

    analysis_id: str
    metrics: tuple[NoisyFigure, ...]
    withheld: tuple[WithheldMetric, ...]
    privacy_parameters: PrivacyParameters
    notes: tuple[str, ...]


_ASKERS: frozenset[RequesterType] = EDUCATORS | frozenset[RequesterType]({"researcher"})
_NOTES = (
    "Intervals cover the noise, not how far this group speaks for others.",
    "The values came with the call and were not kept; only students count who allow analytics.",
)


@tools.add(title="Privacy-preserving analytics", hints=WRITES_ONCE, roles=_ASKERS)
def generate_privacy_preserving_analytics(
    cohort_id: CohortId,
    metrics: Annotated[list[MetricQuestion], Field(min_length=1, max_length=20, description="What to compute.")],
    values: Annotated[list[StudentValue], Field(min_length=1, max_length=20_000, description="Values by student.")],
    caller: Caller,
    means: Means,
    course_id: CourseId | None = None,
    breadth: Annotated[
        Literal["class", "cohort", "research"],
        Field(description="How far the figures will go: at least 5 students for a class, 10 for a cohort, 20 beyond."),
    ] = "class",
    epsilon: Annotated[float, Field(ge=0.001, le=5, description="What each metric costs; 1 is usual.")] = 1.0,
    as_of: Annotated[str, Field(max_length=20, pattern=r"^[0-9A-Za-z-]*$", description="A date or week.")] = "",
    purpose: PurposeWords = "analytics",
) -> GroupAnalysis:
    """
    Figures about a group of students that give none of them away: counts, sums, means, histograms, quantiles, trends.

    Each figure has provable noise (differential privacy) and an interval, and is paid for from the budgets of the
    cohort, the course and every student. The same question with the same `as_of` is answered once a term, then
    repeated for free. Small groups, and groups that differ by a few students from an earlier one, are refused. Only
    students count who allow analytics.

    Use it with per-student values that you may see, to get figures that others may see. Do not use it to look at one
    student, nor for fewer than five.
    """
    from scribetree.privacy.budget import Account, Group  # noqa: PLC0415 - SQLAlchemy costs 0.2 s
    from scribetree.privacy.queries import CONFIDENCE, FLOORS  # noqa: PLC0415 - as above

    group = Group(cohort_id, frozenset(each.student_id for each in values), course_id)
    reach: Breadth = "research" if caller.is_research else breadth
    questions = [_question(asked, epsilon) for asked in metrics]
    willing = means.guard.countable(caller, group.students)
    counted = [each for each in values if each.student_id in willing]
    # All who were named pay, so that what is paid does not tell who counts.
    answers = [_answer(each, counted, group=group, breadth=reach, means=means, as_of=as_of) for each in questions]
    balance = means.budgets.balance(Account("cohort", cohort_id))
    return GroupAnalysis(
        analysis_id=caller.correlation_id,
        metrics=tuple(figure for answer in answers for figure in answer if isinstance(figure, NoisyFigure)),
        withheld=tuple(figure for answer in answers for figure in answer if isinstance(figure, WithheldMetric)),
        privacy_parameters=PrivacyParameters(
            epsilon=epsilon,
            delta=0.0,
            mechanism=f"discrete Laplace ({means.noise.name}); permute-and-flip for quantiles",
            confidence=CONFIDENCE,
            smallest_group=FLOORS[reach],
            cohort_budget_left=balance.left / 1e6,
            renews_at=balance.renews_at.isoformat(),
        ),
        notes=_NOTES,
    )


def _question(asked: MetricQuestion, epsilon: float) -> "Question":
    from scribetree.privacy import queries  # noqa: PLC0415 - as above

    name, limit = asked.metric, asked.rows_per_student
    if asked.kind == "count":
        return queries.Count(name, epsilon, limit)
    if asked.kind == "histogram":
        return queries.Histogram(name, tuple(asked.edges), epsilon, limit)
    bounds = queries.Bounds(asked.lower, asked.upper)
    if asked.kind == "sum":
        return queries.Sum(name, bounds, epsilon, limit)
    if asked.kind == "mean":
        return queries.Mean(name, bounds, epsilon, limit)
    if asked.kind == "quantile":
        return queries.Quantile(name, bounds, asked.share, epsilon, limit)
    return queries.Trend(name, bounds, asked.buckets, epsilon, limit)


def _answer(
    question: "Question",
    values: Sequence[StudentValue],
    *,
    group: "Group",
    breadth: "Breadth",
    means: Wiring,
    as_of: str,
) -> "list[NoisyFigure | WithheldMetric]":
    """What is told about one metric, or why it is not; a defect of the question itself is raised for the whole call."""
    from scribetree.privacy.queries import FLOORS, Row, ask  # noqa: PLC0415 - SQLAlchemy costs 0.2 s

    name, kind = question.metric, type(question).__name__.lower()
    rows = [Row(each.student_id, each.value, each.bucket) for each in values if each.metric == name]
    if len({row.student_id for row in rows}) < FLOORS[breadth]:
        return [_too_few(name, kind, FLOORS[breadth])]
    try:
        answer = ask(
            question, rows, group=group, breadth=breadth, budgets=means.budgets, as_of=as_of, noise=means.noise
        )
    except Withheld as refusal:
        return [WithheldMetric(name, kind, refusal.message, refusal.hint)]
    repeated = answer.repeated
    return [NoisyFigure(name, kind, each.label, each.value, each.low, each.high, repeated) for each in answer.figures]


def _too_few(name: str, kind: str, floor: int) -> WithheldMetric:
    return WithheldMetric(
        name,
        kind,
        f"Fewer than {floor} students allow analytics and have a value of this metric.",
        "Ask about a larger group; nothing was spent.",
    )
