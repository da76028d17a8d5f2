"""
Our bounds and sums beside libraries that others have proved or reviewed, in an environment of their own.

    uv run --no-project --with-editable . --with tenseal --with dp-accounting bench/noise_oracles.py

dp-accounting must give the same Renyi bounds; TenSEAL exact sums at the edge of their range. Leaves with 1 if any does
not. OpenDP is held against our samplers in every run of the tests (tests/privacy/test_opendp.py).
"""

import time

import dp_accounting
from dp_accounting.rdp import RdpAccountant

from scribetree.privacy.accounting import Gaussian, Laplace, least_epsilon
from scribetree.privacy.homomorphic import KeyHolder, add_encrypted


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
    results = {"accounting": accounting(), "sums": sums()}
    print(results)
    raise SystemExit(not all(results.values()))


if __name__ == "__main__":
    main()
