"""
The statistical cases of Google's differential privacy library (google-dp/, Apache-2.0), against our noise.

A privacy case draws a figure of two groups that differ by one person and compares how often each result occurs: the
distributions may differ by e^epsilon and the case's tolerance. A closeness case draws noise and compares it with a
textbook sample of the law that it should have, by the bias-corrected distance of two histograms. Tolerances are made
for a million samples: with fewer they are widened by the root of the ratio, which is too little for the cases of small
epsilon; and one vote of a correct sampler is refused now and then, so that the night takes the majority of nine.

201 of the 296 cases: those of figures that we do not release (standard deviation, automatic bounds, Google's tree of
quantiles) have nothing here to be run against. Our figures never use Gaussian noise; its cases try the sampler.
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

__all__ = ["SAMPLES", "VOTES", "Closeness", "Privacy", "closeness_cases", "majority", "privacy_cases"]

SAMPLES = 1_000_000
VOTES = 9

_FOLDER = Path(__file__).with_name("google-dp")
_KINDS = {"count": "count", "sum": "bounded_sum", "long-sum": "long_bounded_sum", "mean": "bounded_mean"}
_LAWS = ("laplace", "gaussian")
_STEPS_TO_A_CELL = 15
"""Odd, so that no step lies between two cells."""


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
        if self.kind == "count":
            return (group[0] + noise for noise in self._noise(1, 1, number, samples, weaken))
        if self.kind == "mean":
            whole = sum(self.bounds.steps(value) for value in group)
            sums = self._noise(GRID, 2, number, samples, weaken)
            counts = self._noise(1, 2, number, samples, weaken)
            return (
                self.bounds.at((whole + noise) / max(1, len(group) + other) / GRID)
                for noise, other in zip(sums, counts, strict=True)
            )
        around_zero = Bounds(-self.bounds.magnitude, self.bounds.magnitude)
        whole = sum(around_zero.steps(self.bounds.clamped(value)) for value in group)
        noises = self._noise(GRID, 1, number, samples, weaken)
        return ((whole + noise) / GRID * self.bounds.magnitude for noise in noises)

    def _noise(self, unit: int, parts: int, group: int, samples: int, weaken: Fraction) -> Sequence[int]:
        """Noise for one of so many parts of the epsilon."""
        exact = Fraction(micro_epsilon(self.epsilon), 1_000_000)
        if self.law == "laplace":
            scale = self.partitions * self.rows_per_partition * unit / (exact / parts) / weaken
        else:
            sigma = _gaussian_sigma(self.epsilon / parts, self.delta / parts)
            scale = Fraction(sigma * math.sqrt(self.partitions) * self.rows_per_partition * unit) / weaken
        return _drawn(self.law, scale, samples, group)


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

    def accepted(self, samples: int = SAMPLES, stretch: float = 1.0) -> bool:
        """One vote, with noise that is `stretch` times as wide as it should be."""
        unit = Fraction(self.granularity) / _STEPS_TO_A_CELL
        drawn = _drawn(self.law, Fraction(self.scale * stretch) / unit, samples, 0)
        ours = Counter(round(self.mean / self.granularity + noise / _STEPS_TO_A_CELL) for noise in drawn)
        chance, spread = random.Random(), math.sqrt(self.variance)
        textbook = Counter(round(_textbook(self, spread, chance) / self.granularity) for _ in range(samples))
        return _squared_distance(ours, textbook) < (samples * self.tolerance) ** 2 / 2


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


def majority(case: Privacy | Closeness) -> bool:
    """What most of nine votes say; no more are taken than that needs."""
    said = Counter[bool]()
    while max(said.values(), default=0) * 2 < VOTES:
        _drawn.cache_clear()
        said[case.accepted()] += 1
    return said[True] > said[False]


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
    """Cases of one scale that follow one another share their noise, each group its own: all within one vote."""
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


def _textbook(case: Closeness, spread: float, chance: random.Random) -> float:
    if case.law == "gaussian":
        return chance.gauss(case.mean, spread)
    return case.mean + chance.choice((-1, 1)) * chance.expovariate(math.sqrt(2) / spread)


def _squared_distance(one: Counter[int], two: Counter[int]) -> int:
    """The squared distance of two histograms, without what chance adds to it (Chan et al. 2014)."""
    return sum((one[value] - two[value]) ** 2 - one[value] - two[value] for value in one.keys() | two.keys())
