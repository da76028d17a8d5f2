"""
A straight trend through dated figures, and how far it may be trusted.

Ordinary least squares with the prediction interval of a new observation. Student's t is integrated numerically
(Simpson, 400 steps), its quantile found by bisection: both to better than 1e-6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import atan, cos, exp, inf, isfinite, lgamma, pi, sqrt
from statistics import linear_regression, mean

from scribetree.errors import InvalidInput

__all__ = ["MIN_POINTS", "Forecast", "ForecastPoint", "Line", "confidence_intervals", "line", "t_cdf", "t_quantile"]

MIN_POINTS = 6
_MAX_POINTS = 1000
_MAX_STEPS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """The line, the residual standard deviation, and what the interval of a further point needs."""

    slope: float
    intercept: float
    residual_sd: float
    observations: int
    middle: float
    spread: float

    def expected(self, at: float) -> float:
        """The value on the line at `at`."""
        return self.intercept + self.slope * at

    def error(self, at: float) -> float:
        """The standard error of a new observation at `at`."""
        return self.residual_sd * sqrt(1 + 1 / self.observations + (at - self.middle) ** 2 / self.spread)

    def interval(self, at: float, level: float) -> tuple[float, float]:
        """Where a new observation at `at` lies with probability `level`."""
        half = t_quantile(0.5 + level / 2, self.observations - 2) * self.error(at)
        return self.expected(at) - half, self.expected(at) + half

    def chance_above(self, value: float, at: float) -> float:
        """How probable a new observation of at least `value` is."""
        error = self.error(at)
        if error == 0:
            return float(self.expected(at) >= value)
        return t_cdf((self.expected(at) - value) / error, self.observations - 2)


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


def line(x: Sequence[float], y: Sequence[float]) -> Line:
    """The least-squares line through at least six points on at least three different places."""
    if len(x) < MIN_POINTS or len(set(x)) < 3 or not all(map(isfinite, (*x, *y))):
        raise InvalidInput(
            f"A trend needs {MIN_POINTS} finite figures on at least three different days.", hint="Enter more figures."
        )
    slope, intercept = linear_regression(x, y)
    middle = mean(x)
    squares = sum((value - intercept - slope * at) ** 2 for at, value in zip(x, y, strict=True))
    return Line(slope, intercept, sqrt(squares / (len(x) - 2)), len(x), middle, sum((at - middle) ** 2 for at in x))


def confidence_intervals(
    history: Sequence[float], *, steps_ahead: Sequence[int], levels: Sequence[float] = (0.8, 0.95)
) -> Forecast:
    """Where the trend of equally spaced `history` leads, with prediction intervals; too short a history is refused."""
    _check(history, steps_ahead, levels)
    trend = line(range(len(history)), history)

    def point(steps: int, level: float) -> ForecastPoint:
        at = len(history) - 1 + steps
        low, high = trend.interval(at, level)
        return ForecastPoint(steps, level, round(trend.expected(at), 4), round(low, 4), round(high, 4))

    return Forecast(
        slope=round(trend.slope, 4),
        residual_sd=round(trend.residual_sd, 4),
        observations=len(history),
        points=tuple(point(steps, level) for steps in steps_ahead for level in levels),
        caution="The interval holds if the trend stays straight; it knows nothing of what will be different.",
    )


def t_cdf(t: float, degrees: float) -> float:
    """The probability that Student's t with `degrees` stays at or below `t`."""
    if abs(t) == inf:
        return float(t > 0)
    scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)
    # The substitution t = sqrt(degrees) * tan(angle) makes the range finite and the integrand smooth.
    angle = atan(abs(t) / sqrt(degrees))
    steps = 400
    width = angle / steps
    total = sum(
        (1 if step in {0, steps} else 4 if step % 2 else 2) * cos(step * width) ** float(degrees - 1)
        for step in range(steps + 1)
    )
    half: float = scale * sqrt(degrees) * total * width / 3
    return min(1.0, max(0.0, 0.5 + half if t >= 0 else 0.5 - half))


@lru_cache(maxsize=256)
def t_quantile(share: float, degrees: int) -> float:
    """The value that Student's t does not exceed with probability `share`."""
    if share < 0.5:
        return -t_quantile(1 - share, degrees)
    low, high = 0.0, 2.0
    while t_cdf(high, degrees) < share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, degrees) < share else (low, middle)
    return (low + high) / 2


def _check(history: Sequence[float], steps_ahead: Sequence[int], levels: Sequence[float]) -> None:
    if not MIN_POINTS <= len(history) <= _MAX_POINTS or not all(isfinite(value) for value in history):
        raise InvalidInput(
            f"`history` must hold {MIN_POINTS} to {_MAX_POINTS} finite numbers.",
            hint="Give more periods, oldest first.",
        )
    if not steps_ahead or not all(1 <= steps <= _MAX_STEPS for steps in steps_ahead):
        raise InvalidInput(f"`steps_ahead` must hold numbers from 1 to {_MAX_STEPS}.", hint="Give at least one.")
    if not levels or not all(0.5 <= level <= 0.99 for level in levels):
        raise InvalidInput("`levels` must hold shares from 0.5 to 0.99.", hint="For instance 0.8 and 0.95.")
