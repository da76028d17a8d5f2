"""
The one door through which a figure about a group of students leaves.

A question fixes everything that could depend on the records beforehand: bounds, limits, epsilon. It is refused for a
group below the policy's floor, and for one that differs from an earlier group by a few students; then it is paid for
on every budget that it touches; only then is it computed, with its noise. The answer holds noisy figures with their
intervals and never a true one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from scribetree.errors import InvalidInput, Withheld
from scribetree.privacy._bounds import Bounds, Row, kept_rows
from scribetree.privacy._mechanisms import CONFIDENCE, Figure, count, histogram, mean, quantile, total, trend
from scribetree.privacy.budget import MAX_GROUP, Budgets, Group, micro_epsilon
from scribetree.privacy.noise import EXACT, NoiseSource

__all__ = [
    "CONFIDENCE",
    "FLOORS",
    "MAX_EPSILON",
    "MIN_EPSILON",
    "Answer",
    "Bounds",
    "Breadth",
    "Count",
    "Figure",
    "Histogram",
    "Mean",
    "Quantile",
    "Question",
    "Row",
    "Sum",
    "Trend",
    "ask",
]

Breadth = Literal["class", "cohort", "research"]

FLOORS: Mapping[Breadth, int] = {"class": 5, "cohort": 10, "research": 20}
"""The fewest students that a figure may be about; the origin system's numbers, which it did not hold to."""

MIN_EPSILON, MAX_EPSILON = 0.001, 5.0
"""Below, the noise drowns everything; above, a single answer tells nearly all there is about anyone."""

_MAX_EDGES = 101
_MAX_BUCKETS = 60


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows, which for one row a student is how many students."""

    metric: str
    epsilon: float = 1.0
    rows_per_student: int = 1

    def figures(self, rows: Sequence[Row], *, epsilon: Fraction, noise: NoiseSource = EXACT) -> list[Figure]:
        return count(rows, epsilon=epsilon, noise=noise, rows_per_student=self.rows_per_student)


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of values clamped to bounds."""

    metric: str
    bounds: Bounds
    epsilon: float = 1.0
    rows_per_student: int = 1

    def figures(self, rows: Sequence[Row], *, epsilon: Fraction, noise: NoiseSource = EXACT) -> list[Figure]:
        return total(rows, epsilon=epsilon, noise=noise, rows_per_student=self.rows_per_student, bounds=self.bounds)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of values clamped to bounds."""

    metric: str
    bounds: Bounds
    epsilon: float = 1.0
    rows_per_student: int = 1

    def figures(self, rows: Sequence[Row], *, epsilon: Fraction, noise: NoiseSource = EXACT) -> list[Figure]:
        return mean(rows, epsilon=epsilon, noise=noise, rows_per_student=self.rows_per_student, bounds=self.bounds)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values between each edge and the next."""

    metric: str
    edges: tuple[float, ...]
    epsilon: float = 1.0
    rows_per_student: int = 1

    def __post_init__(self) -> None:
        if not 2 <= len(self.edges) <= _MAX_EDGES or any(low >= high for low, high in pairwise(self.edges)):
            raise InvalidInput(
                f"`edges` must rise, from 2 to {_MAX_EDGES} of them.",
                hint="Give the bounds of bins, such as 0, 50, 100.",
            )
        Bounds(self.edges[0], self.edges[-1])

    def figures(self, rows: Sequence[Row], *, epsilon: Fraction, noise: NoiseSource = EXACT) -> list[Figure]:
        return histogram(rows, epsilon=epsilon, noise=noise, rows_per_student=self.rows_per_student, edges=self.edges)


@dataclass(frozen=True, slots=True)
class Quantile:
    """The value that a share of the values lie below; 0.5 is the median."""

    metric: str
    bounds: Bounds
    share: float = 0.5
    epsilon: float = 1.0
    rows_per_student: int = 1

    def __post_init__(self) -> None:
        if self.share not in {thousandth / 1000 for thousandth in range(1, 1000)}:
            raise InvalidInput("`share` must lie between 0 and 1, in thousandths.", hint="Use 0.5 for the median.")

    def figures(self, rows: Sequence[Row], *, epsilon: Fraction, noise: NoiseSource = EXACT) -> list[Figure]:
        del noise  # a quantile is a choice, made without Laplace noise
        return quantile(
            rows,
            epsilon=epsilon,
            rows_per_student=self.rows_per_student,
            bounds=self.bounds,
            share=Fraction(str(self.share)),
        )


@dataclass(frozen=True, slots=True)
class Trend:
    """The mean in each of several buckets of time, and its change from one to the next."""

    metric: str
    bounds: Bounds
    buckets: int
    epsilon: float = 1.0
    rows_per_student: int = 1

    def __post_init__(self) -> None:
        if not 2 <= self.buckets <= _MAX_BUCKETS:
            raise InvalidInput(f"`buckets` must be from 2 to {_MAX_BUCKETS}.", hint="Number weeks or months from 0.")

    def figures(self, rows: Sequence[Row], *, epsilon: Fraction, noise: NoiseSource = EXACT) -> list[Figure]:
        return trend(
            rows,
            epsilon=epsilon,
            rows_per_student=self.rows_per_student,
            bounds=self.bounds,
            buckets=self.buckets,
            noise=noise,
        )


Question = Count | Sum | Mean | Histogram | Quantile | Trend
"""What is asked: all that shapes the answer, but for the rows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Noisy figures, each with its interval; `repeated` when they were told before and cost nothing now."""

    metric: str
    kind: str
    figures: tuple[Figure, ...]
    epsilon: float
    released_at: datetime
    repeated: bool
    confidence: float = field(default=CONFIDENCE)


def ask(
    question: Question,
    rows: Sequence[Row],
    *,
    group: Group,
    breadth: Breadth,
    budgets: Budgets,
    as_of: str = "",
    noise: NoiseSource = EXACT,
) -> Answer:
    """
    The answer to `question` about the rows of a group, paid for; or the one given before to the same question.

    `as_of` tells otherwise equal questions apart (a week, a date): the same question with the same `as_of` is
    answered once a term, even if the rows have changed since. Withheld, BudgetExhausted and InvalidInput say why not.
    """
    floor = FLOORS[breadth]
    epsilon = micro_epsilon(_checked_epsilon(question.epsilon))
    _check_group(rows, group, floor)
    kept = kept_rows(rows, rows_per_student=question.rows_per_student)
    kind = type(question).__name__.lower()
    asked = {"kind": kind, "as_of": as_of, **asdict(question)}

    def draw() -> dict[str, object]:
        figures = question.figures(kept, epsilon=Fraction(epsilon, 1_000_000), noise=noise)
        return {"figures": [asdict(figure) for figure in figures]}

    release = budgets.release(asked, group=group, epsilon=epsilon, floor=floor, draw=draw)
    figures = tuple(Figure(**figure) for figure in release.content["figures"])
    return Answer(question.metric, kind, figures, epsilon / 1e6, release.released_at, release.repeated)


def _checked_epsilon(epsilon: float) -> float:
    if not MIN_EPSILON <= epsilon <= MAX_EPSILON:
        raise InvalidInput(
            f"Epsilon must be from {MIN_EPSILON} to {MAX_EPSILON:g}: less says nothing, more hides nobody.",
            hint="Use 1 where nothing speaks for another value.",
        )
    return epsilon


def _check_group(rows: Sequence[Row], group: Group, floor: int) -> None:
    if len(group.students) < floor:
        raise Withheld(
            f"The group is smaller than {floor} students, the fewest that a figure of this kind may be about.",
            hint="Ask about a larger group; nothing was spent.",
        )
    if len(group.students) > MAX_GROUP:
        raise InvalidInput(f"A group has at most {MAX_GROUP} students.", hint="Ask about parts of it.")
    if any(row.student_id not in group.students for row in rows):
        raise InvalidInput("A row is about a student who is not in the group.", hint="Give the group's rows only.")
