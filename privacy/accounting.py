"""
What many noisy releases amount to together: the least epsilon that a proof allows.

Four ways of adding up are computed and the smallest result is given, since each is the best one somewhere: basic for
few releases, advanced (Dwork, Rothblum and Vadhan 2010) and zCDP (Bun and Steinke 2016) for many, Renyi (Mironov 2017,
turned into epsilon by Canonne, Kamath and Steinke 2020, proposition 12) nearly always for many. All are upper bounds.
They hold for releases that were chosen one after the other, in view of the earlier answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, expm1, inf, isfinite, log, log1p, nextafter, sqrt
from typing import Literal, Protocol

from scribetree.errors import InvalidInput

__all__ = ["Bound", "Gaussian", "Laplace", "Mechanism", "Method", "Pure", "least_epsilon"]

Method = Literal["basic", "advanced", "zcdp", "renyi"]

# The orders at which Renyi divergences are looked at; any subset is valid, more give a tighter bound.
_ORDERS: tuple[float, ...] = (
    *(1 + tenth / 10 for tenth in range(1, 100)),
    *(float(order) for order in range(11, 64)),
    *(float(2**power) for power in range(6, 15)),
)


class Mechanism(Protocol):
    """One noisy release."""

    @property
    def epsilon(self) -> float:
        """Its pure epsilon; infinite where there is none."""
        ...

    @property
    def rho(self) -> float:
        """Its zCDP parameter."""
        ...

    def renyi(self, order: float) -> float:
        """Its Renyi divergence of that order, above 1, at most."""
        ...


@dataclass(frozen=True, slots=True)
class Pure:
    """Any release with this pure epsilon; the worst of them is randomised response."""

    epsilon: float

    def __post_init__(self) -> None:
        _check_positive(self.epsilon)

    @property
    def rho(self) -> float:
        return self.epsilon**2 / 2

    def renyi(self, order: float) -> float:
        return Laplace(self.epsilon).renyi(order)


@dataclass(frozen=True, slots=True)
class Laplace:
    """Discrete Laplace noise with this epsilon, on a whole number that one person changes by at most `sensitivity`."""

    epsilon: float
    sensitivity: int = 1

    def __post_init__(self) -> None:
        _check_positive(self.epsilon)
        _check_positive(self.sensitivity)

    @property
    def rho(self) -> float:
        return self.epsilon**2 / 2

    def renyi(self, order: float) -> float:
        """The exact divergence: both tails, where the ratio of the probabilities is constant, and what lies between."""
        step = -self.epsilon / self.sensitivity
        tails = log1p(exp(step))
        left = (order - 1) * self.epsilon - tails
        right = -order * self.epsilon - tails
        between = self._between(order, step)
        return min(self.epsilon, _log_sum((left, right, between)) / (order - 1))

    def _between(self, order: float, step: float) -> float:
        if self.sensitivity == 1:
            return -inf
        log_ratio = (2 * order - 1) * step
        series = log_ratio + log(-expm1(log_ratio * (self.sensitivity - 1))) - log(-expm1(log_ratio))
        return log(-expm1(step)) - log1p(exp(step)) + (order - 1) * self.epsilon + series


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Discrete Gaussian noise of width `sigma`, on a whole number that one person changes by at most `sensitivity`."""

    sigma: float
    sensitivity: float = 1.0

    def __post_init__(self) -> None:
        _check_positive(self.sigma)
        _check_positive(self.sensitivity)

    @property
    def epsilon(self) -> float:
        return inf

    @property
    def rho(self) -> float:
        return (self.sensitivity / self.sigma) ** 2 / 2

    def renyi(self, order: float) -> float:
        return order * self.rho


@dataclass(frozen=True, slots=True)
class Bound:
    """The whole is (`epsilon`, `delta`)-private, by `method`; `bounds` holds what each way of adding up gives."""

    epsilon: float
    delta: float
    method: Method
    bounds: dict[Method, float]


def least_epsilon(releases: Sequence[Mechanism], *, delta: float) -> Bound:
    """
    The least epsilon that is proved for all `releases` together, at this `delta` (0 up to 1).

    At delta 0 only basic composition holds, so a Gaussian among the releases makes epsilon infinite.
    """
    if not 0 <= delta < 1:
        raise InvalidInput("`delta` must be at least 0 and below 1.", hint="Use far less than one in the group's size.")
    bounds: dict[Method, float] = {
        "basic": _basic(releases),
        "advanced": _advanced(releases, delta),
        "zcdp": _zcdp(releases, delta),
        "renyi": _renyi(releases, delta),
    }
    method = min(bounds, key=lambda name: bounds[name])
    return Bound(_rounded_up(bounds[method]), delta, method, bounds)


def _basic(releases: Sequence[Mechanism]) -> float:
    return sum(release.epsilon for release in releases)


def _advanced(releases: Sequence[Mechanism], delta: float) -> float:
    epsilons = [release.epsilon for release in releases]
    if delta == 0 or any(epsilon > 700 for epsilon in epsilons):
        return inf
    spread = sqrt(2 * log(1 / delta) * sum(epsilon**2 for epsilon in epsilons))
    return spread + sum(epsilon * expm1(epsilon) for epsilon in epsilons)


def _zcdp(releases: Sequence[Mechanism], delta: float) -> float:
    if delta == 0:
        return inf
    rho = sum(release.rho for release in releases)
    return rho + 2 * sqrt(rho * log(1 / delta))


def _renyi(releases: Sequence[Mechanism], delta: float) -> float:
    if delta == 0:
        return inf
    kinds = dict.fromkeys(releases, 0)
    for release in releases:
        kinds[release] += 1
    return min(_renyi_at(order, kinds, delta) for order in _ORDERS)


def _renyi_at(order: float, kinds: dict[Mechanism, int], delta: float) -> float:
    divergence = sum(count * release.renyi(order) for release, count in kinds.items())
    return max(0.0, divergence + log1p(-1 / order) - (log(delta) + log(order)) / (order - 1))


def _log_sum(logarithms: tuple[float, ...]) -> float:
    largest = max(logarithms)
    return largest + log(sum(exp(each - largest) for each in logarithms))


def _rounded_up(epsilon: float) -> float:
    """Above all rounding of the few hundred operations behind it."""
    return nextafter(epsilon * (1 + 1e-12), inf) if 0 < epsilon < inf else epsilon


def _check_positive(number: float) -> None:
    if not (isfinite(number) and number > 0):
        raise InvalidInput(
            "Epsilon, sigma and sensitivity must be finite and above 0.",
            hint="An epsilon of 0 tells nothing; leave the release out.",
        )
