"""
Two kinds of silence between keystrokes: a mixture of two log-normals fitted to the gaps.

The convention of 2 s is arbitrary for a given writer; where typing and thinking separate is better read off the gaps
themselves (Roeser et al. 2021; Baaijen et al. 2012). The gaps are binned by half octaves, so that the fit costs the
same for every length of log.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, inf, log, log2, sqrt

from scribetree.tools.writing._replay import SESSION_GAP_MS

__all__ = ["PauseMixture", "fit_pauses"]

_MIN_GAPS = 200
_BINS_AN_OCTAVE = 2
_ROUNDS = 12
_NARROWEST = 0.2
_BIN_VARIANCE = (log(2) / _BINS_AN_OCTAVE) ** 2 / 12


@dataclass(frozen=True, slots=True)
class PauseMixture:
    """
    Fast and slow gaps: their medians, their spread (sd of the natural logarithm), the share of the slow ones.

    `threshold_ms` is the gap that is as likely slow as fast: this writer's own border between typing and pausing.
    """

    fast_median_ms: float
    fast_spread: float
    slow_median_ms: float
    slow_spread: float
    slow_share: float
    threshold_ms: float


def fit_pauses(gaps_ms: Iterable[float]) -> PauseMixture | None:
    """The mixture, by expectation and maximisation; None where fewer than 200 gaps are there, or only one kind."""
    bins: dict[int, int] = {}
    for gap, times in Counter(gaps_ms).items():
        if 0 < gap < SESSION_GAP_MS:
            place = int(_BINS_AN_OCTAVE * log2(gap))
            bins[place] = bins.get(place, 0) + times
    total = sum(bins.values())
    if total < _MIN_GAPS or len(bins) < 4:
        return None
    rows = [((place + 0.5) / _BINS_AN_OCTAVE * log(2), times) for place, times in sorted(bins.items())]
    fast, slow = _quantile(rows, total, 0.4), _quantile(rows, total, 0.92)
    state = (0.2, fast, 0.5, max(slow, fast + 0.5), 1.0)
    for _ in range(_ROUNDS):
        state = _improved(rows, total, *state)
    return _described(*state)


def _quantile(rows: list[tuple[float, int]], total: int, share: float) -> float:
    passed = 0
    for place, times in rows:
        passed += times
        if passed >= share * total:
            return place
    return rows[-1][0]


def _improved(
    rows: list[tuple[float, int]], total: int, share: float, m1: float, s1: float, m2: float, s2: float
) -> tuple[float, float, float, float, float]:
    """One round: how slow each bin is, then the moments of both kinds."""
    n = sum1 = squares1 = sum2 = squares2 = 0.0
    a1, a2 = (1 - share) / s1, share / s2
    for x, times in rows:
        d1, d2 = (x - m1) / s1, (x - m2) / s2
        e1, e2 = a1 * exp(-0.5 * d1 * d1), a2 * exp(-0.5 * d2 * d2)
        slow = times * e2 / (e1 + e2) if e1 + e2 > 0 else float(times if x > m1 else 0)
        fast = times - slow
        n += slow
        sum1 += fast * x
        squares1 += fast * x * x
        sum2 += slow * x
        squares2 += slow * x * x
    n = min(max(n, 1.0), total - 1.0)
    m1, m2 = sum1 / (total - n), sum2 / n
    spread1 = sqrt(max(_NARROWEST**2, squares1 / (total - n) - m1 * m1 - _BIN_VARIANCE))
    spread2 = sqrt(max(_NARROWEST**2, squares2 / n - m2 * m2 - _BIN_VARIANCE))
    return n / total, m1, spread1, m2, spread2


def _described(share: float, m1: float, s1: float, m2: float, s2: float) -> PauseMixture | None:
    border = _border(share, m1, s1, m2, s2)
    if border == inf or m2 - m1 < log(2):
        return None
    return PauseMixture(
        fast_median_ms=round(exp(m1), 1),
        fast_spread=round(s1, 3),
        slow_median_ms=round(exp(m2), 1),
        slow_spread=round(s2, 3),
        slow_share=round(share, 3),
        threshold_ms=round(exp(border), 1),
    )


def _border(share: float, m1: float, s1: float, m2: float, s2: float) -> float:
    """Where the slow kind becomes the likelier one, between the two medians; `inf` where it never does."""
    low, high = m1, m2

    def lead(x: float) -> float:
        return log(share / s2) - 0.5 * ((x - m2) / s2) ** 2 - log((1 - share) / s1) + 0.5 * ((x - m1) / s1) ** 2

    if not 0 < share < 1 or lead(high) <= 0:
        return inf
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if lead(middle) > 0 else (middle, high)
    return high
