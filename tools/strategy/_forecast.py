"""
A straight trend through equally spaced figures, and how far it may be trusted.

Ordinary least squares with the prediction interval of a new observation; Student's t is taken from its
Cornish-Fisher expansion, which is within 1 % of the table from four degrees of freedom on at 95 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from statistics import NormalDist, linear_regression, mean

from scribetree.errors import InvalidInput

__all__ = ["Forecast", "ForecastPoint", "confidence_intervals"]

_MIN_POINTS = 6
_MAX_POINTS = 1000
_MAX_STEPS = 60


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """The expected figure `steps_ahead` periods after the last, with its interval at `level`."""

    steps_ahead: int
    level: float
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The trend a period, the residual standard deviation, and the intervals that were asked for."""

    slope: float
    residual_sd: float
    observations: int
    points: tuple[ForecastPoint, ...]
    caution: str


def confidence_intervals(
    history: Sequence[float], *, steps_ahead: Sequence[int], levels: Sequence[float] = (0.8, 0.95)
) -> Forecast:
    """Where the trend of `history` leads, with prediction intervals; too short a history is refused."""
    _check(history, steps_ahead, levels)
    n = len(history)
    periods = range(n)
    slope, intercept = linear_regression(periods, history)
    middle = mean(periods)
    spread = sum((period - middle) ** 2 for period in periods)
    residual = sqrt(sum((y - intercept - slope * x) ** 2 for x, y in zip(periods, history, strict=True)) / (n - 2))

    def point(steps: int, level: float) -> ForecastPoint:
        at = n - 1 + steps
        expected = intercept + slope * at
        half = _student_t(level, n - 2) * residual * sqrt(1 + 1 / n + (at - middle) ** 2 / spread)
        return ForecastPoint(steps, level, round(expected, 4), round(expected - half, 4), round(expected + half, 4))

    return Forecast(
        slope=round(slope, 4),
        residual_sd=round(residual, 4),
        observations=n,
        points=tuple(point(steps, level) for steps in steps_ahead for level in levels),
        caution="The interval holds if the trend stays straight; it knows nothing of what will be different.",
    )


def _check(history: Sequence[float], steps_ahead: Sequence[int], levels: Sequence[float]) -> None:
    if not _MIN_POINTS <= len(history) <= _MAX_POINTS or not all(isfinite(value) for value in history):
        raise InvalidInput(
            f"`history` must hold {_MIN_POINTS} to {_MAX_POINTS} finite numbers.",
            hint="Give more periods, oldest first.",
        )
    if not steps_ahead or not all(1 <= steps <= _MAX_STEPS for steps in steps_ahead):
        raise InvalidInput(f"`steps_ahead` must hold numbers from 1 to {_MAX_STEPS}.", hint="Give at least one.")
    if not levels or not all(0.5 <= level <= 0.99 for level in levels):
        raise InvalidInput("`levels` must hold shares from 0.5 to 0.99.", hint="For instance 0.8 and 0.95.")


def _student_t(level: float, degrees: int) -> float:
    """The two-sided quantile of Student's t, by Cornish and Fisher to the third order."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3
