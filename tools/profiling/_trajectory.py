"""
Whether a series of scores rises, by the median of all pairwise slopes (Theil and Sen).

Fewer than five points give no claim: curriculum-based measurement needs about that many before a decision. The
interval is Sen's, from the normal approximation of Kendall's statistic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import NormalDist, median

from scribetree.errors import InvalidInput

__all__ = ["Point", "Trajectory", "trajectory"]

_MIN_POINTS = 5
_MAX_POINTS = 500
_Z_90 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True)
class Point:
    """A score on a day, counted from any day."""

    day: float
    score: float


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The slope in score a week with its 90 % interval; all None when there is not enough evidence."""

    slope_per_week: float | None
    low: float | None
    high: float | None
    enough_evidence: bool
    points: int
    statement: str


def trajectory(points: Sequence[Point]) -> Trajectory:
    """Where the scores are going, or that this cannot be said yet."""
    if len(points) > _MAX_POINTS:
        raise InvalidInput(f"`points` has more than {_MAX_POINTS} entries.", hint="Give the latest ones.")
    slopes = sorted((b.score - a.score) / (b.day - a.day) * 7 for a, b in combinations(points, 2) if a.day != b.day)
    if len({point.day for point in points}) < _MIN_POINTS:
        return Trajectory(None, None, None, False, len(points), f"Fewer than {_MIN_POINTS} days: too early to say.")
    low, high = _interval(slopes, len(points))
    return Trajectory(round(median(slopes), 4), round(low, 4), round(high, 4), True, len(points), _statement(low, high))


def _interval(slopes: list[float], n: int) -> tuple[float, float]:
    spread = _Z_90 * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    first = max(0, round((len(slopes) - spread) / 2) - 1)
    last = min(len(slopes) - 1, round((len(slopes) + spread) / 2))
    return slopes[first], slopes[last]


def _statement(low: float, high: float) -> str:
    if low > 0:
        return "The scores rise."
    return "The scores fall." if high < 0 else "No clear direction: the interval holds zero."
