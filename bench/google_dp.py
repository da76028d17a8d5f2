"""
The statistical cases of Google's differential privacy library, against our noise: for the night.

    .venv/bin/python bench/google_dp.py --kinds count sum                # one vote a case, 1,000,000 samples
    .venv/bin/python bench/google_dp.py --kinds count --votes 9 --weaken 1.25

A case draws the figure of two groups that differ by one person and compares how often each result occurs: the
distributions may differ by e^epsilon and the case's tolerance. Its tolerance is made for a million samples: with fewer
it is widened by the root of the ratio, which is too little for the cases of small epsilon (correct noise fails them at
100,000) and makes one vote a matter of luck for others: only the full size counts. The 42 closeness cases, the Gaussian
ones and those of figures that we do not release (standard deviation, automatic bounds, their tree of quantiles) are
left out, and counted below.
"""

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from pathlib import Path

from scribetree.privacy._bounds import GRID, Bounds
from scribetree.privacy.budget import micro_epsilon
from scribetree.privacy.noise import laplace_vector

CASES = Path(__file__).resolve().parents[2] / "shared" / "data" / "privacy" / "google-dp" / "json"
FILES = {"count": "count", "sum": "bounded_sum", "long-sum": "long_bounded_sum", "mean": "bounded_mean"}
SAMPLES = 1_000_000
TOTAL = 296


@dataclass(frozen=True)
class Case:
    """Two groups (of a count, only how many), what is asked about them, and how far the answers may be apart."""

    kind: str
    name: str
    epsilon: float
    tolerance: float
    granularity: float
    bounds: Bounds
    rows_per_person: int
    groups: tuple[tuple[float, ...], tuple[float, ...]]


def cases(kinds: list[str]) -> Iterator[Case]:
    for kind in kinds:
        found = json.loads((CASES / f"{FILES[kind]}_dp_test_cases.json").read_text())
        for case in found[f"{FILES[kind]}_dp_test_case"]:
            sampling, test = case[f"{FILES[kind]}_sampling_parameters"], case["dp_test_parameters"]
            if sampling["noise_type"] == "LAPLACE":
                yield read(kind, case["name"], sampling, test)


def read(kind: str, name: str, sampling: dict, test: dict) -> Case:
    entries = "raw_increment_by" if kind == "count" else "raw_entry"
    groups = tuple(
        (float(sum(sampling[key])),) if kind == "count" else tuple(sampling[key])
        for key in (entries, f"neighbour_{entries}")
    )
    return Case(
        kind=kind,
        name=name,
        epsilon=test["epsilon"],
        tolerance=test["delta_tolerance"],
        granularity=test.get("granularity", 1.0),
        bounds=Bounds(sampling.get("lower_bound", 0.0), sampling.get("upper_bound", 1.0)),
        rows_per_person=sampling["max_partitions_contributed"] * sampling.get("max_contributions_per_partition", 1),
        groups=groups,
    )


def released(case: Case, group: tuple[float, ...], samples: int, weaken: Fraction) -> Iterator[float]:
    """As privacy/_mechanisms.py does it: whole numbers, noise, and only then a figure."""
    epsilon = Fraction(micro_epsilon(case.epsilon), 1_000_000) * weaken
    if case.kind == "count":
        return (group[0] + noise for noise in laplace_vector(case.rows_per_person / epsilon, samples))
    if case.kind != "mean":
        around_zero = Bounds(-case.bounds.magnitude, case.bounds.magnitude)
        whole = sum(around_zero.steps(case.bounds.clamped(value)) for value in group)
        scale = case.rows_per_person * GRID / epsilon
        return ((whole + noise) / GRID * case.bounds.magnitude for noise in laplace_vector(scale, samples))
    whole = sum(case.bounds.steps(value) for value in group)
    sums = laplace_vector(case.rows_per_person * GRID / (epsilon / 2), samples)
    counts = laplace_vector(case.rows_per_person / (epsilon / 2), samples)
    return (
        case.bounds.at((whole + noise) / max(1, len(group) + other) / GRID)
        for noise, other in zip(sums, counts, strict=True)
    )


def excess(case: Case, samples: int, weaken: Fraction = Fraction(1)) -> float:
    """By how much a set of results is likelier in one group than e^epsilon times as in the other: an empiric delta."""
    one, two = (
        Counter(round(value / case.granularity) for value in released(case, group, samples, weaken))
        for group in case.groups
    )
    factor = math.exp(case.epsilon)
    return max(
        sum(max(0.0, first[result] - factor * second[result]) for result in first) / samples
        for first, second in ((one, two), (two, one))
    )


def tolerance(case: Case, samples: int) -> float:
    """The case's tolerance, widened for fewer samples than it was made for."""
    return case.tolerance * math.sqrt(SAMPLES / samples)


def accepted(case: Case, samples: int, weaken: Fraction = Fraction(1)) -> bool:
    """One vote."""
    return excess(case, samples, weaken) < tolerance(case, samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=list(FILES), default=list(FILES))
    parser.add_argument("--votes", type=int, default=1)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--weaken", type=Fraction, default=Fraction(1), help="noise that is too small by this factor")
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    chosen = list(cases(asked.kinds))
    good, started = 0, time.perf_counter()
    with ProcessPoolExecutor(asked.processes) as pool:
        for case in chosen:
            votes = list(
                pool.map(accepted, *zip(*repeat((case, asked.samples, asked.weaken), asked.votes), strict=True))
            )
            good += sum(votes) * 2 > len(votes)
            print(f"{sum(votes)}/{len(votes)}  {case.kind}: {case.name}", flush=True)
    print(f"accepted {good} of {len(chosen)} cases ({TOTAL - len(chosen)} of {TOTAL} not run), ", end="")
    print(f"{asked.samples} samples, {asked.votes} votes, {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
