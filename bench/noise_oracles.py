"""
Our noise and sums beside libraries that others have proved or reviewed, in an environment of their own.

    uv run --no-project --with-editable . --with opendp --with tenseal --with dp-accounting bench/noise_oracles.py

OpenDP's discrete samplers must give the same distribution as ours (two-sample chi-square); dp-accounting the same
Renyi bounds; TenSEAL exact sums at the edge of their range. Leaves with 1 if any does not.
"""

import math
import time
from collections import Counter

import dp_accounting
import opendp.prelude as dp
from dp_accounting.rdp import RdpAccountant

from scribetree.privacy.accounting import Gaussian, Laplace, least_epsilon
from scribetree.privacy.homomorphic import KeyHolder, add_encrypted
from scribetree.privacy.noise import gaussian_vector, laplace_vector

DRAWS = 20_000
SPREAD = 4.8916  # the standard normal quantile at 1 - 1e-6 / 2


def same_distribution(ours: list[int], theirs: list[int]) -> tuple[bool, float, float]:
    """Two-sample chi-square over results seen at least 20 times together, at one in a million."""
    one, two = Counter(ours), Counter(theirs)
    likely = [value for value in one | two if one[value] + two[value] >= 20]
    statistic = sum((one[value] - two[value]) ** 2 / (one[value] + two[value]) for value in likely)
    bend = 2 / (9 * len(likely))
    limit = len(likely) * (1 - bend + SPREAD * math.sqrt(bend)) ** 3
    return statistic < limit, statistic, limit


def noise() -> bool:
    dp.enable_features("contrib")
    space = dp.atom_domain(T=int), dp.absolute_distance(T=int)
    good = True
    for name, make, draw, scale in (
        ("laplace", dp.m.make_laplace, laplace_vector, 2),
        ("gaussian", dp.m.make_gaussian, gaussian_vector, 4),
    ):
        drawn = make(*space, scale=float(scale))
        same, statistic, limit = same_distribution(draw(scale, DRAWS), [drawn(0) for _ in range(DRAWS)])
        wider, *_ = same_distribution(draw(scale + 1, DRAWS), [drawn(0) for _ in range(DRAWS)])
        print(
            f"{name}({scale}) and OpenDP: chi-square {statistic:.1f}, limit {limit:.1f}; a wider one told: {not wider}"
        )
        good = good and same and not wider
    return good


def accounting() -> bool:
    good = True
    for ours, theirs in (
        (Laplace(0.1, 10**6), dp_accounting.LaplaceDpEvent(10.0)),
        (Gaussian(10), dp_accounting.GaussianDpEvent(10.0)),
    ):
        for number in (10, 100, 1000):
            found = least_epsilon([ours] * number, delta=1e-6).bounds["renyi"]
            expected = RdpAccountant().compose(theirs, number).get_epsilon(1e-6)
            print(f"{type(ours).__name__} {number} times: {found:.4f}, dp-accounting {expected:.4f}")
            good = good and abs(found / expected - 1) < 0.01
    return good


def sums() -> bool:
    started = time.perf_counter()
    holder = KeyHolder(30)
    public = holder.public()
    edge = [public.limit, -public.limit, 0] * 333
    encrypted = [public.encrypt(edge) for _ in range(30)]
    found = holder.open(add_encrypted(public, encrypted))
    print(f"TenSEAL, 30 parties by 999 at the edge of the range: {time.perf_counter() - started:.2f} s")
    return found == [30 * number for number in edge]


def main() -> None:
    results = {"noise": noise(), "accounting": accounting(), "sums": sums()}
    print(results)
    raise SystemExit(not all(results.values()))


if __name__ == "__main__":
    main()
