"""
Each kind of figure with its noise and its interval; the only place where true values and noise meet.

Everything is a whole number on a grid until the noise is in it. Neighbouring groups differ by one student with all of
that student's rows. Intervals cover the figure of the clamped, limited rows with the confidence stated, as far as the
noise goes: they say nothing of how far a group speaks for others. Where a figure needs several draws, each gets its
share of the error (Bonferroni).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, log
from secrets import SystemRandom

from scribetree.privacy._bounds import GRID, Bounds, Row
from scribetree.privacy.noise import EXACT, NoiseSource, bernoulli_exp

__all__ = ["CONFIDENCE", "Figure", "count", "histogram", "mean", "quantile", "total", "trend"]

CONFIDENCE = 0.95
_ERROR = 1 - CONFIDENCE
_STEPS = 1000
"""Places at which a quantile may lie, between the bounds."""
_SPARE_ODDS = 100
"""How much rarer the bound itself is drawn, as the end of a quantile's interval, than a place on its aim."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One noisy figure with its interval."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Noisy:
    """A noisy whole number, and how far from the true one it is at most, but for the error allowed."""

    value: int
    reach: int


def count(rows: Sequence[Row], *, epsilon: Fraction, rows_per_student: int, noise: NoiseSource = EXACT) -> list[Figure]:
    """How many rows there are."""
    return [_as_count("count", _noisy(len(rows), rows_per_student, epsilon, _ERROR, noise))]


def total(
    rows: Sequence[Row], *, epsilon: Fraction, rows_per_student: int, bounds: Bounds, noise: NoiseSource = EXACT
) -> list[Figure]:
    """The sum of the clamped values; a student who has none adds nothing."""
    around_zero = Bounds(-bounds.magnitude, bounds.magnitude)
    whole = sum(around_zero.steps(bounds.clamped(row.value)) for row in rows)
    noisy = _noisy(whole, rows_per_student * GRID, epsilon, _ERROR, noise)
    low, high = noisy.value - noisy.reach, noisy.value + noisy.reach
    return [Figure("sum", *(each / GRID * bounds.magnitude for each in (noisy.value, low, high)))]


def mean(
    rows: Sequence[Row], *, epsilon: Fraction, rows_per_student: int, bounds: Bounds, noise: NoiseSource = EXACT
) -> list[Figure]:
    """The mean of the clamped values: a noisy sum around the middle of the bounds, by a noisy count."""
    return [_mean("mean", rows, epsilon / 2, rows_per_student, bounds, _ERROR, noise)]


def histogram(
    rows: Sequence[Row], *, epsilon: Fraction, rows_per_student: int, edges: Sequence[float], noise: NoiseSource = EXACT
) -> list[Figure]:
    """How many values lie between each edge and the next; what lies outside counts in the first or last."""
    bounds = Bounds(edges[0], edges[-1])
    counts = [0] * (len(edges) - 1)
    for row in rows:
        counts[min(bisect_right(edges, bounds.clamped(row.value)), len(counts)) - 1] += 1
    return [
        _as_count(f"{low:g} to {high:g}", _noisy(each, rows_per_student, epsilon, _ERROR, noise))
        for low, high, each in zip(edges, edges[1:], counts, strict=False)
    ]


def quantile(
    rows: Sequence[Row], *, epsilon: Fraction, rows_per_student: int, bounds: Bounds, share: Fraction
) -> list[Figure]:
    """
    A value that about `share` of the rows lie below, to a thousandth of the range.

    Three draws of permute-and-flip (McKenna and Sheldon 2020): at the share, and as far below and above it as a draw
    may err, which makes the other two an interval.
    """
    values = sorted(bounds.clamped(row.value) for row in rows)
    sensitivity = rows_per_student * max(share.numerator, share.denominator - share.numerator)
    rate = epsilon / 3 / (2 * sensitivity)
    place, below, above = (_place(values, bounds, share, side, rate) for side in (0, -1, 1))
    low, high = min(below, above), max(below, above)
    return [Figure(f"quantile {float(share):g}", min(max(place, low), high), low, high)]


def trend(
    rows: Sequence[Row],
    *,
    epsilon: Fraction,
    rows_per_student: int,
    bounds: Bounds,
    buckets: int,
    noise: NoiseSource = EXACT,
) -> list[Figure]:
    """
    The mean of each bucket of time, and how much it rises from one bucket to the next (least squares).

    Rows outside the buckets are left out. A student's rows are limited over all buckets together, so that the
    sums of all buckets change by no more than one sum would.
    """
    held: dict[int, list[Row]] = {bucket: [] for bucket in range(buckets)}
    for row in rows:
        if row.bucket in held:
            held[row.bucket].append(row)
    means = [
        _mean(f"mean {bucket}", held[bucket], epsilon / 2, rows_per_student, bounds, _ERROR / buckets, noise)
        for bucket in range(buckets)
    ]
    return [*means, _slope(means)]


def _slope(means: Sequence[Figure]) -> Figure:
    middle = (len(means) - 1) / 2
    spread = sum((bucket - middle) ** 2 for bucket in range(len(means)))
    weights = [(bucket - middle) / spread for bucket in range(len(means))]
    ends = [(weight * each.low, weight * each.high) for weight, each in zip(weights, means, strict=True)]
    value = sum(weight * each.value for weight, each in zip(weights, means, strict=True))
    return Figure("change per bucket", value, sum(map(min, ends)), sum(map(max, ends)))


def _mean(
    label: str,
    rows: Sequence[Row],
    epsilon: Fraction,
    rows_per_student: int,
    bounds: Bounds,
    error: float,
    noise: NoiseSource,
) -> Figure:
    """A mean that spends `epsilon` on its sum and as much on its count."""
    summed = _noisy(sum(bounds.steps(row.value) for row in rows), rows_per_student * GRID, epsilon, error / 2, noise)
    counted = _noisy(len(rows), rows_per_student, epsilon, error / 2, noise)
    sums = summed.value - summed.reach, summed.value + summed.reach
    counts = max(1, counted.value - counted.reach), max(1, counted.value + counted.reach)
    ends = [each / number for each in sums for number in counts]
    value = summed.value / max(1, counted.value)
    return Figure(label, *(bounds.at(each / GRID) for each in (value, min(ends), max(ends))))


def _noisy(whole: int, sensitivity: int, epsilon: Fraction, error: float, noise: NoiseSource) -> _Noisy:
    """`whole` with discrete Laplace noise; the noise is beyond `reach` with probability `error` at most."""
    scale = sensitivity / epsilon
    ratio = exp(-1 / float(scale))
    reach = ceil(float(scale) * log(2 / (error * (1 + ratio))) - 1)
    return _Noisy(whole + noise.laplace(scale), max(0, reach))


def _as_count(label: str, noisy: _Noisy) -> Figure:
    low, high = noisy.value - noisy.reach, noisy.value + noisy.reach
    return Figure(label, max(0, noisy.value), max(0, low), max(0, high))


def _place(values: Sequence[float], bounds: Bounds, share: Fraction, side: int, rate: Fraction) -> float:
    """One place, drawn by permute-and-flip: at the share (`side` 0), or surely below or above it."""
    places, misses = _misses(values, bounds, share, side, rate)
    best, above, below = min(misses), *rate.as_integer_ratio()
    order = list(range(len(places)))
    SystemRandom().shuffle(order)
    accepted = (each for each in order if bernoulli_exp((misses[each] - best) * above, below))
    return places[next(accepted)]  # the best place is always accepted


def _misses(
    values: Sequence[float], bounds: Bounds, share: Fraction, side: int, rate: Fraction
) -> tuple[list[float], list[int]]:
    """
    The steps between the bounds, and by how much each misses the aim.

    A draw misses its aim by at most `miss` more than the best place does, but for the error allowed. Below and above,
    the bound itself is a place too, which is always right and `spare` off the aim: so the best place is at most that
    far off, and an aim `miss + spare` beyond the share is beyond it whatever the rows are.
    """
    miss = ceil(log((_STEPS + 2) / (_ERROR / 2)) / rate)
    spare = ceil(log(_SPARE_ODDS) / rate)
    places = [bounds.at(2 * step / _STEPS - 1) for step in range(_STEPS + 1)]
    misses = [abs(_balance(values, place, share) - side * (miss + spare)) for place in places]
    if side:
        places.append(bounds.lower if side < 0 else bounds.upper)
        misses.append(spare)
    return places, misses


def _balance(values: Sequence[float], place: float, share: Fraction) -> int:
    """Zero where `share` of the values lie below `place`; it rises with `place`."""
    below, above = bisect_left(values, place), len(values) - bisect_right(values, place)
    return (share.denominator - share.numerator) * below - share.numerator * above
