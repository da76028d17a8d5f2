"""
Google's statistical cases of quantiles, judged on the exact law of ours.

A case asks, of two groups that differ by one person, how often each result of a quantile occurs. At the cases' 250,000
samples that would take our sampler weeks; but the law of permute-and-flip can be written down: an item that is accepted
with probability p comes first with p times the integral over t of the product of 1 - t q, over all others' q. Of the 39
cases the 18 with Laplace noise are about a mechanism of epsilon alone, as ours is; the 21 with Gaussian noise ask the
same of the same groups with a delta besides. The ranks 0 and 1 are left out: `share` cannot be either.
"""

import json
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest

from scribetree.privacy._bounds import Bounds, Row
from scribetree.privacy._mechanisms import _misses, quantile  # pyright: ignore[reportPrivateUsage]

FILE = Path(__file__).with_name("google-dp") / "bounded_quantiles_dp_test_cases.json"
CASES = [
    each
    for each in json.loads(FILE.read_text("utf-8"))["bounded_quantiles_dp_test_case"]
    if each["bounded_quantiles_sampling_parameters"]["noise_type"] == "LAPLACE"
]
EXACT = 1e-6
"""Far more than the integration errs, far less than any tolerance."""
DRAWS = 300

Law = list[float]
"""The probability of each place between the bounds."""


@dataclass(frozen=True)
class Asked:
    """What a case asks of one group about one share."""

    bounds: Bounds
    values: tuple[float, ...]
    share: Fraction
    rows_per_student: int
    epsilon: Fraction

    def figure(self) -> tuple[float, float]:
        """A quantile and the lower end of its interval, drawn."""
        [found] = quantile(
            [Row("student", value) for value in self.values],
            epsilon=self.epsilon,
            rows_per_student=self.rows_per_student,
            bounds=self.bounds,
            share=self.share,
        )
        return found.value, found.low


def both(case: dict[str, Any], share: float) -> tuple[Asked, Asked]:
    sampling = case["bounded_quantiles_sampling_parameters"]
    bounds = Bounds(sampling["lower_bound"], sampling["upper_bound"])
    one, two = (
        Asked(
            bounds=bounds,
            values=tuple(sorted(bounds.clamped(value) for value in sampling[group])),
            share=Fraction(str(share)),
            rows_per_student=sampling["max_contributions_per_partition"] * sampling["max_partitions_contributed"],
            epsilon=Fraction(sampling["epsilon"]),
        )
        for group in ("raw_entry", "neighbour_raw_entry")
    )
    return one, two


@lru_cache(maxsize=1024)
def laws(asked: Asked, weaken: int = 1) -> tuple[Law, Law, Law]:
    """Of the three draws that a quantile is made of, as `quantile` gives each its share of the epsilon."""
    larger = max(asked.share.numerator, asked.share.denominator - asked.share.numerator)
    rate = weaken * asked.epsilon / 3 / (2 * asked.rows_per_student * larger)
    at, below, above = (law(asked, side, rate) for side in (0, -1, 1))
    return at, below, above


def law(asked: Asked, side: int, rate: Fraction) -> Law:
    _, misses = _misses(asked.values, asked.bounds, asked.share, side, rate)
    best, slope = min(misses), float(rate)
    found = first_accepted([math.exp((best - miss) * slope) for miss in misses])
    if side:  # the last of them is the bound itself
        found[0 if side < 0 else -2] += found[-1]
        del found[-1]
    return found


def first_accepted(odds: Sequence[float]) -> Law:
    """With what probability each item comes first of those that are accepted, in an order by chance."""
    sizes = Counter(odds)
    found = dict.fromkeys(sizes, 0.0)
    for moment, width in moments():
        none = math.exp(sum(size * math.log1p(-moment * chance) for chance, size in sizes.items()))
        for chance in found:
            found[chance] += width * chance * none / (1 - moment * chance)
    return [found[each] for each in odds]


@lru_cache
def moments() -> list[tuple[float, float]]:
    """Places from 0 to 1 with their weights (Gauss-Legendre), closer to each other towards 0."""
    ends = [0.0, *(2.0**power for power in range(-14, 1))]
    cells = [(low + (high - low) * part / 8, (high - low) / 8) for low, high in pairwise(ends) for part in range(8)]
    rule = [(0.5 - math.sqrt(0.15), 5 / 18), (0.5, 8 / 18), (0.5 + math.sqrt(0.15), 5 / 18)]
    return [(start + width * place, width * weight) for start, width in cells for place, weight in rule]


def middle(three: tuple[Law, Law, Law]) -> Law:
    """The law of a quantile: of three draws the one in the middle, which the other two keep between them."""
    at, below, above = (list(accumulate(each)) for each in three)
    upto = [x * y + y * z + z * x - 2 * x * y * z for x, y, z in zip(at, below, above, strict=True)]
    return [high - low for low, high in pairwise([0.0, *upto])]


def shares(case: dict[str, Any]) -> list[float]:
    return [rank for rank in case["bounded_quantiles_sampling_parameters"]["rank"] if 0 < rank < 1]


def excess(case: dict[str, Any], share: float, weaken: int = 1) -> float:
    """By how much a set of results is likelier in one group than e^epsilon times as in the other."""
    one, two = (middle(laws(asked, weaken)) for asked in both(case, share))
    factor = math.exp(case["dp_test_parameters"]["epsilon"])
    return max(
        sum(max(0.0, here - factor * there) for here, there in zip(first, second, strict=True))
        for first, second in ((one, two), (two, one))
    )


def loss(case: dict[str, Any], share: float, weaken: int = 1) -> float:
    """The most that one of the three draws tells, as a part of the case's epsilon."""
    one, two = (laws(asked, weaken) for asked in both(case, share))
    ratios = (
        abs(math.log(here / there))
        for first, second in zip(one, two, strict=True)
        for here, there in zip(first, second, strict=True)
    )
    told: float = max(ratios) / case["dp_test_parameters"]["epsilon"]
    return told


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_our_quantile_is_accepted(case: dict[str, Any]) -> None:
    assert max(excess(case, share) for share in shares(case)) < EXACT < case["dp_test_parameters"]["delta_tolerance"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_none_of_its_three_draws_tells_more_than_its_third(case: dict[str, Any]) -> None:
    assert max(loss(case, share) for share in shares(case)) < 1 / 3 + EXACT


@pytest.mark.parametrize("case", CASES[6:12], ids=lambda case: case["name"])
def test_draws_at_twice_the_rate_tell_more_than_a_third(case: dict[str, Any]) -> None:
    assert loss(case, 0.5, weaken=2) > 0.6


def test_a_quantile_at_twelve_times_the_rate_is_refused() -> None:
    case = CASES[0]
    assert excess(case, 0.5, weaken=12) > case["dp_test_parameters"]["delta_tolerance"]


def test_what_is_drawn_follows_the_law_that_was_judged() -> None:
    """The largest distance of the two distributions is exceeded once in a million runs (Massart 1990)."""
    asked, _ = both(CASES[16], 0.5)  # values apart and a large epsilon: another rate gives quite another law
    _, below, above = (list(accumulate(each)) for each in laws(asked))
    expected = (
        list(accumulate(middle(laws(asked)))),
        [1 - (1 - one) * (1 - two) for one, two in zip(below, above, strict=True)],
    )
    drawn = zip(*(asked.figure() for _ in range(DRAWS)), strict=True)
    places = [asked.bounds.at(2 * step / 1000 - 1) + EXACT for step in range(1001)]
    for upto, found in zip(expected, map(sorted, drawn), strict=True):
        distances = (abs(bisect_right(found, place) / DRAWS - share) for place, share in zip(places, upto, strict=True))
        assert max(distances) < math.sqrt(math.log(2e6) / 2 / DRAWS)
