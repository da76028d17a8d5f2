"""
The statistical cases of Google's differential privacy library (google-dp/, Apache-2.0), against our noise.

A privacy case draws a figure of two groups that differ by one person and compares how often each result occurs: the
distributions may differ by e^epsilon and the case's tolerance. A closeness case draws noise and compares it with a
textbook sample of the law that it should have, by the bias-corrected distance of two histograms. Tolerances are made
for a million samples: with fewer they are widened by the root of the ratio, which is too little for the cases of small
epsilon; and one vote of a correct sampler is refused now and then, so that the night takes the majority of nine.

A million draws are made once a vote for all cases of one scale (`by_noise`): the cases share what chance does in a
vote, each vote starts anew.

201 of the 296 cases. Those of quantiles (39) are in test_google_quantiles.py; those of standard deviations (42) and of
bounds found in the rows (14) have nothing here to be run against. Our figures never use Gaussian noise; its cases try
the sampler.
"""

import json
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from scribetree.privacy._bounds import GRID, Bounds
from scribetree.privacy.budget import micro_epsilon
from scribetree.privacy.noise import gaussian_vector, laplace_vector

__all__ = [
    "SAMPLES",
    "VOTES",
    "Case",
    "Closeness",
    "Privacy",
    "ballots",
    "by_noise",
    "closeness_cases",
    "privacy_cases",
]

SAMPLES = 1_000_000
VOTES = 9

_FOLDER = Path(__file__).with_name("google-dp")
_KINDS = {"count": "count", "sum": "bounded_sum", "long-sum": "long_bounded_sum", "mean": "bounded_mean"}
_LAWS = ("laplace", "gaussian")
_STEPS_TO_A_CELL = 15
"""Odd, so that no step lies between two cells."""

Noise = tuple[str, tuple[Fraction, ...]]
"""A law, and the scale of each draw that a figure needs."""


@dataclass(frozen=True)
class Privacy:
    """Two groups (of a count, only how many), what is asked about them, and how far the answers may be apart."""

    kind: str
    name: str
    law: str
    epsilon: float
    delta: float
    tolerance: float
    granularity: float
    bounds: Bounds
    partitions: int
    rows_per_partition: int
    groups: tuple[tuple[float, ...], tuple[float, ...]]

    @property
    def title(self) -> str:
        """What no other case is called."""
        return f"{self.kind}: {self.name}"

    @property
    def noise(self) -> Noise:
        """What its figures are hidden by."""
        return self.law, tuple(self._scale(unit) for unit in self._units)

    def accepted(self, samples: int = SAMPLES, weaken: Fraction = Fraction(1), widen: float = 1) -> bool:
        """One vote, with noise that is too small by `weaken`."""
        return self.excess(samples, weaken) < widen * self.tolerance * math.sqrt(SAMPLES / samples)

    def excess(self, samples: int, weaken: Fraction) -> float:
        """By how much a set of results is likelier in one group than e^epsilon times as in the other, beyond delta."""
        one, two = (
            Counter(round(value / self.granularity) for value in self._released(number, samples, weaken))
            for number in (0, 1)
        )
        factor = math.exp(self.epsilon)
        found = max(
            sum(max(0.0, first[result] - factor * second[result]) for result in first) / samples
            for first, second in ((one, two), (two, one))
        )
        return found - self.delta

    def _released(self, number: int, samples: int, weaken: Fraction) -> Iterator[float]:
        """As privacy/_mechanisms.py does it: whole numbers, noise, and only then a figure."""
        group = self.groups[number]
        noises = [_drawn(self.law, self._scale(unit) / weaken, samples, number) for unit in self._units]
        if self.kind == "count":
            return (group[0] + noise for noise in noises[0])
        if self.kind == "mean":
            whole = sum(self.bounds.steps(value) for value in group)
            return (
                self.bounds.at((whole + noise) / max(1, len(group) + other) / GRID)
                for noise, other in zip(*noises, strict=True)
            )
        around_zero = Bounds(-self.bounds.magnitude, self.bounds.magnitude)
        whole = sum(around_zero.steps(self.bounds.clamped(value)) for value in group)
        return ((whole + noise) / GRID * self.bounds.magnitude for noise in noises[0])

    @property
    def _units(self) -> tuple[int, ...]:
        """The most that one value adds to each of the whole numbers that a figure is made of."""
        return {"count": (1,), "mean": (GRID, 1)}.get(self.kind, (GRID,))

    def _scale(self, unit: int) -> Fraction:
        """Of the noise in one of them, each of which gets the same part of the epsilon."""
        parts = len(self._units)
        if self.law == "laplace":
            epsilon = Fraction(micro_epsilon(self.epsilon), 1_000_000)
            return self.partitions * self.rows_per_partition * unit / (epsilon / parts)
        sigma = _gaussian_sigma(self.epsilon / parts, self.delta / parts)
        return Fraction(sigma * math.sqrt(self.partitions) * self.rows_per_partition * unit)


@dataclass(frozen=True)
class Closeness:
    """A law by its mean and variance, and how near to it our noise must be."""

    name: str
    law: str
    mean: float
    variance: float
    tolerance: float
    granularity: float
    scale: float

    @property
    def title(self) -> str:
        """What no other case is called."""
        return f"{self.law} sampler: {self.name}"

    @property
    def noise(self) -> Noise:
        """What is compared, in steps of which a cell has `_STEPS_TO_A_CELL`."""
        return self.law, (Fraction(self.scale) / Fraction(self.granularity) * _STEPS_TO_A_CELL,)

    def accepted(self, samples: int = SAMPLES) -> bool:
        """One vote."""
        law, [scale] = self.noise
        drawn = _drawn(law, scale, samples, 0)
        whole, rest = self.cell()
        chance, spread = random.Random(), math.sqrt(self.variance)
        ours = Counter(whole + round(rest + noise / _STEPS_TO_A_CELL) for noise in drawn)
        textbook = Counter(
            whole + round(rest + _textbook(law, spread, chance) / self.granularity) for _ in range(samples)
        )
        return _squared_distance(ours, textbook) < (samples * self.tolerance) ** 2 / 2

    def cell(self) -> tuple[int, float]:
        """
        The cell of the mean, and where in it the mean lies.

        Apart, so that no sum is rounded: beside 10^12 a number has steps of a 32nd of a cell, one textbook draw in 32
        would lie between two cells, and all of them would fall to the even one.
        """
        place = Fraction(self.mean) / Fraction(self.granularity)
        return round(place), float(place - round(place))


Case = Privacy | Closeness


def privacy_cases() -> Iterator[Privacy]:
    """Those of the four kinds of figure, with both kinds of noise."""
    for kind, file in _KINDS.items():
        for case in _read(f"{file}_dp_test_cases", f"{file}_dp_test_case"):
            yield _privacy(kind, case["name"], case[f"{file}_sampling_parameters"], case["dp_test_parameters"])


def closeness_cases() -> Iterator[Closeness]:
    """Those of both samplers."""
    for law in _LAWS:
        for case in _read(f"{law}_closeness_test_cases", "distribution_closeness_test_case"):
            test, sampling = case["closeness_test_parameters"], case["noise_sampling_parameters"]
            mean, variance = test["mean"], test["variance"]
            size, tolerance = test["granularity"], test["l2_tolerance"]
            yield Closeness(case["name"], law, mean, variance, tolerance, size, _own_scale(law, sampling))


def by_noise() -> dict[Noise, list[Case]]:
    """All cases, those of the same noise together."""
    groups: dict[Noise, list[Case]] = {}
    cases: list[Case] = [*privacy_cases(), *closeness_cases()]
    for case in cases:
        groups.setdefault(case.noise, []).append(case)
    return groups


def ballots(cases: Sequence[Case], samples: int = SAMPLES) -> Iterator[dict[Case, Counter[bool]]]:
    """
    What was said of each case, vote after vote, until most of nine have said the same of each.

    All cases, which must be of the same noise, are judged on the same draws, in each vote on new ones.
    """
    said: dict[Case, Counter[bool]] = {case: Counter() for case in cases}
    while undecided := [case for case in cases if max(said[case].values(), default=0) * 2 < VOTES]:
        _drawn.cache_clear()
        for case in undecided:
            said[case][case.accepted(samples)] += 1
        yield said
    _drawn.cache_clear()


def _read(file: str, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((_FOLDER / f"{file}.json").read_text("utf-8"))[key]
    return found


def _privacy(kind: str, name: str, sampling: dict[str, Any], test: dict[str, Any]) -> Privacy:
    entries = "raw_increment_by" if kind == "count" else "raw_entry"
    one, two = (_as_floats(sampling[key]) for key in (entries, f"neighbour_{entries}"))
    if kind == "count":
        one, two = (sum(one),), (sum(two),)
    return Privacy(
        kind=kind,
        name=name,
        law=sampling["noise_type"].lower(),
        epsilon=test["epsilon"],
        delta=test.get("delta", 0.0),
        tolerance=test["delta_tolerance"],
        granularity=test.get("granularity", 1.0),
        bounds=Bounds(sampling.get("lower_bound", 0.0), sampling.get("upper_bound", 1.0)),
        partitions=sampling["max_partitions_contributed"],
        rows_per_partition=sampling.get("max_contributions_per_partition", 1),
        groups=(one, two),
    )


def _as_floats(given: float | list[float]) -> tuple[float, ...]:
    return tuple(map(float, given)) if isinstance(given, list) else (float(given),)


@lru_cache(maxsize=4)
def _drawn(law: str, scale: Fraction, samples: int, group: int) -> Sequence[int]:
    """The noise of all cases of one scale, each of two groups its own; forgotten after each vote."""
    del group
    return laplace_vector(scale, samples) if law == "laplace" else gaussian_vector(scale, samples)


def _own_scale(law: str, sampling: dict[str, Any]) -> float:
    """The scale, or sigma, that our noise would have for the sensitivities and the epsilon of the case."""
    partitions, largest = int(sampling["l0_sensitivity"]), float(sampling["linf_sensitivity"])
    if law == "laplace":
        return partitions * largest / float(sampling["epsilon"])
    return math.sqrt(partitions) * largest * _gaussian_sigma(sampling["epsilon"], sampling["delta"])


def _gaussian_sigma(epsilon: float, delta: float) -> float:
    """The least sigma for a sensitivity of 1 (the analytic Gaussian mechanism: Balle and Wang 2018)."""
    low, high = 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        one, two = 1 / (2 * middle) - epsilon * middle, -1 / (2 * middle) - epsilon * middle
        low, high = (low, middle) if _normal(one) - math.exp(epsilon) * _normal(two) <= delta else (middle, high)
    return high


def _normal(value: float) -> float:
    return math.erfc(-value / math.sqrt(2)) / 2


def _textbook(law: str, spread: float, chance: random.Random) -> float:
    if law == "gaussian":
        return chance.gauss(0.0, spread)
    return chance.choice((-1, 1)) * chance.expovariate(math.sqrt(2) / spread)


def _squared_distance(one: Counter[int], two: Counter[int]) -> int:
    """The squared distance of two histograms, without what chance adds to it (Chan et al. 2014)."""
    return sum((one[value] - two[value]) ** 2 - one[value] - two[value] for value in one.keys() | two.keys())
