"""
Whether an intervention helped one student, from what was measured before and after it.

The comparison is NAP (Parker and Vannest, 2009): the chance that a measurement after is better than one before, with
Newcombe's interval (2006, method 5). Where the measurements before were already on the way (a monotone trend), the
trend is taken out first, in the manner of Tau-U (Parker et al., 2011), by the median of their slopes. Hedges' g is
told beside it where both sides have enough values. A measurement that called for the intervention was extreme, and the
next would have been less so anyway: it is left out of the comparison where there are others. Which direction is better
belongs to the metric: of load, less is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, lgamma, sqrt
from statistics import NormalDist, fmean, median, variance
from typing import Literal

from scribetree.errors import InvalidInput

__all__ = ["Effect", "EffectReport", "MeasurementType", "Metric", "MetricSeries", "effect_of"]

Metric = Literal["engagement", "quality", "progressRate", "reflectionDepth", "cognitiveLoad", "timeEfficiency"]
MeasurementType = Literal["pre_post", "longitudinal", "immediate", "delayed"]
Verdict = Literal["better", "no_clear_change", "worse", "too_early_to_say"]

_LESS_IS_BETTER = frozenset[Metric]({"cognitiveLoad"})
_FEWEST = 3
"""Of three against three, all twenty orders are equally likely by chance: one in twenty is as clear as can be."""
_FEWEST_FOR_TREND = 5
_FEWEST_FOR_LONGITUDINAL = 5
_IMMEDIATE_DAYS = 7.0
_DELAY_DAYS = 28.0
_STEPS = 60


@dataclass(frozen=True, slots=True)
class MetricSeries:
    """
    One metric before and after an intervention, oldest first.

    `after_days` are the days since the intervention of each later value. `trigger` says that the last value before is
    what called for the intervention.
    """

    metric: Metric
    before: tuple[float, ...]
    after: tuple[float, ...]
    after_days: tuple[float, ...] | None = None
    trigger: bool = True


@dataclass(frozen=True, slots=True)
class Effect:
    """
    What became of one metric.

    `improvement` is the change of the median in the good direction, in the metric's own unit; `nap` the chance that a
    value after is better than one before, with its interval; `hedges_g` None where there are too few values.
    """

    metric: Metric
    verdict: Verdict
    improvement: float | None
    nap: float | None
    low: float | None
    high: float | None
    hedges_g: float | None
    before_used: int
    after_used: int
    less_is_better: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffectReport:
    """All metrics of one intervention; `helped` is None where it is too early to say or nothing clear came of it."""

    effects: tuple[Effect, ...]
    overall: Verdict
    helped: bool | None
    insights: tuple[str, ...]
    recommendations: tuple[str, ...]


def effect_of(series: Sequence[MetricSeries], *, kind: MeasurementType, confidence: float) -> EffectReport:
    """What became of the intervention, with intervals of that confidence, all metrics of it together."""
    if not 0.5 <= confidence < 1:
        raise InvalidInput("`confidence_level` must be from 0.5 to below 1.", hint="Use 0.9 or 0.95.")
    if len({each.metric for each in series}) != len(series):
        raise InvalidInput("One metric is given twice.", hint="Put all values of a metric into one entry.")
    # Several metrics are several chances of a false find: each interval is as much wider.
    each_confidence = 1 - (1 - confidence) / max(1, len(series))
    effects = tuple(_effect(each, kind, each_confidence) for each in series)
    overall = _overall(effects)
    return EffectReport(
        effects,
        overall,
        {"better": True, "worse": False}.get(overall),
        tuple(_insight(each) for each in effects),
        (_NEXT[overall],),
    )


def _effect(series: MetricSeries, kind: MeasurementType, confidence: float) -> Effect:
    notes: list[str] = []
    sign = -1.0 if series.metric in _LESS_IS_BETTER else 1.0
    before = [sign * value for value in series.before]
    after = [sign * value for value in _after(series, kind)]
    if series.trigger and len(before) > _FEWEST:
        before = before[:-1]
        notes.append("The value that called for the intervention is left out: the next would have been milder anyway.")
    elif series.trigger and before:
        notes.append(
            "Too few values before to leave out the one that called for the intervention: a part of any gain is that "
            "the next value would have been milder anyway (regression to the mean)."
        )
    fewest = _FEWEST_FOR_LONGITUDINAL if kind == "longitudinal" else _FEWEST
    if len(before) < _FEWEST or len(after) < fewest:
        notes.append(f"It takes {_FEWEST} values before and {fewest} after.")
        return _too_early(series, len(before), len(after), notes)
    verdict, nap, low, high = _compared(before, after, confidence)
    slope = _trend(before)
    if slope:
        notes.append("What was before was already on its way; what is claimed holds with that trend taken out, too.")
        after = [value - slope * (len(before) + place) for place, value in enumerate(after)]
        before = [value - slope * place for place, value in enumerate(before)]
        as_it_was = verdict
        verdict, nap, low, high = _compared(before, after, confidence)
        verdict = verdict if verdict == as_it_was else "no_clear_change"
    if verdict == "better" and series.trigger and len(series.before) <= _FEWEST:
        verdict = "no_clear_change"
    return Effect(
        series.metric,
        verdict,
        round(median(after) - median(before), 4),
        round(nap, 3),
        round(low, 3),
        round(high, 3),
        _hedges(before, after),
        len(before),
        len(after),
        sign < 0,
        tuple(notes),
    )


def _compared(
    before: Sequence[float], after: Sequence[float], confidence: float
) -> tuple[Verdict, float, float, float]:
    """What the values after are beside those before, the chance that one is better, and its interval."""
    nap = _nap(before, after)
    low, high = _interval(nap, len(before), len(after), confidence)
    return "better" if low > 0.5 else "worse" if high < 0.5 else "no_clear_change", nap, low, high


def _after(series: MetricSeries, kind: MeasurementType) -> tuple[float, ...]:
    """Those later values that the kind of measurement is about."""
    if kind in {"pre_post", "longitudinal"}:
        return series.after
    days = series.after_days
    if days is None or len(days) != len(series.after):
        raise InvalidInput(
            f"A {kind} measurement needs `after_days`, one for each value after.",
            hint="Give the days since the intervention of each value, or use pre_post.",
        )
    if kind == "immediate":
        return tuple(value for value, day in zip(series.after, days, strict=True) if 0 <= day <= _IMMEDIATE_DAYS)
    return tuple(value for value, day in zip(series.after, days, strict=True) if day >= _DELAY_DAYS)


def _trend(values: Sequence[float]) -> float:
    """The median slope if the values rise or fall beyond chance (Kendall, two-sided 5 %), else none."""
    n = len(values)
    if n < _FEWEST_FOR_TREND:
        return 0.0
    pairs = list(combinations(range(n), 2))
    score = sum((values[b] > values[a]) - (values[b] < values[a]) for a, b in pairs)
    deviate = (abs(score) - 1) / sqrt(n * (n - 1) * (2 * n + 5) / 18)
    if deviate < NormalDist().inv_cdf(0.975):
        return 0.0
    return median((values[b] - values[a]) / (b - a) for a, b in pairs)


def _nap(before: Sequence[float], after: Sequence[float]) -> float:
    wins = sum(1.0 if b > a else 0.5 if b == a else 0.0 for a in before for b in after)
    return wins / (len(before) * len(after))


def _interval(nap: float, m: int, n: int, confidence: float) -> tuple[float, float]:
    """Newcombe's method 5: the chances at which the observed one would just be within `confidence`."""
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    half = (m + n) / 2 - 1

    def is_inside(chance: float) -> bool:
        spread = chance * (1 - chance) * (2 + half + (1 + 2 * half) * chance * (1 - chance))
        return m * n * (nap - chance) ** 2 * (2 - chance) * (1 + chance) <= z2 * spread

    return _edge(is_inside, nap, 0.0), _edge(is_inside, nap, 1.0)


def _edge(is_inside: Callable[[float], bool], inside: float, outside: float) -> float:
    for _ in range(_STEPS):
        half = (inside + outside) / 2
        inside, outside = (half, outside) if is_inside(half) else (inside, half)
    return inside


def _hedges(before: Sequence[float], after: Sequence[float]) -> float | None:
    """The standardised difference of means, with the exact correction for small samples (Hedges, 1981)."""
    freedom = len(before) + len(after) - 2
    pooled = ((len(before) - 1) * variance(before) + (len(after) - 1) * variance(after)) / freedom
    if pooled <= 0:
        return None
    correction = exp(lgamma(freedom / 2) - lgamma((freedom - 1) / 2)) / sqrt(freedom / 2)
    return round(correction * (fmean(after) - fmean(before)) / sqrt(pooled), 3)


def _too_early(series: MetricSeries, before: int, after: int, notes: Sequence[str]) -> Effect:
    less = series.metric in _LESS_IS_BETTER
    return Effect(series.metric, "too_early_to_say", None, None, None, None, None, before, after, less, tuple(notes))


def _overall(effects: Sequence[Effect]) -> Verdict:
    """Better or worse where some metric says so and none the opposite."""
    found = {each.verdict for each in effects}
    if not found or found == {"too_early_to_say"}:
        return "too_early_to_say"
    if "better" in found and "worse" not in found:
        return "better"
    return "worse" if "worse" in found and "better" not in found else "no_clear_change"


def _insight(effect: Effect) -> str:
    if effect.verdict == "too_early_to_say":
        return f"{effect.metric}: too early to say ({effect.before_used} before, {effect.after_used} after)."
    words = {"better": "better than before", "worse": "worse than before", "no_clear_change": "no clear change"}
    return (
        f"{effect.metric}: {words[effect.verdict]}; a value after beats one before with a chance of "
        f"{effect.nap:.0%} ({effect.low:.0%} to {effect.high:.0%})."
    )


_NEXT: dict[Verdict, str] = {
    "better": "Keep what helped as long as it is needed, and look again after a month without it.",
    "no_clear_change": "Ask the student what it was like, and change one thing before trying on.",
    "worse": "Stop it, and ask the student what else has changed: one student's figures cannot tell the two apart.",
    "too_early_to_say": "Measure on as planned; change nothing because of this answer.",
}
