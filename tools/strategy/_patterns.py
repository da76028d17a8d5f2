"""
Whether something in the record is more than chance.

Each look is an exact or permutation test, and all of one call are corrected together for the many looks (Benjamini and
Hochberg 1995), so that of the patterns told at most 5 % are expected to be none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from math import comb, erfc, sqrt
from random import Random
from statistics import mean, median

from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._forecast import PERIOD_DAYS, finished_by_period
from scribetree.tools.strategy._model import Milestone, Plan, Reading

__all__ = [
    "KINDS",
    "Look",
    "benjamini_hochberg",
    "mann_kendall",
    "patterns",
    "permuted_spearman",
    "sign_test",
    "spearman",
]

KINDS = ("efficiency", "velocity", "correlation", "risk", "opportunity", "trend")
_PERMUTATIONS = 2_000
_SEED = 1995
_MIN_SERIES = 6
_MIN_PAIRS = 8
_MOST_PAIRS = 100
_MOST_SERIES = 200


@dataclass(frozen=True, slots=True)
class Look:
    """One test: what was looked at, how large the effect, how probable it is by chance, what it would mean."""

    kind: str
    subject: str
    effect: float
    unit: str
    p: float
    statement: str
    method: str
    next_step: str = ""


def patterns(
    plan: Plan, today: date, *, kinds: Iterable[str] = KINDS, actionable: bool = True, false_discoveries: float = 0.05
) -> Analysis:
    """The patterns that stand up to a test, and how many looks were taken for them."""
    asked = tuple(dict.fromkeys(kinds))
    missing: list[str] = []
    looks = [look for kind in asked for look in _LOOKS[kind](plan, today, missing)]
    corrected = benjamini_hochberg([look.p for look in looks])
    figures: list[Figure] = [figure("all", "looks taken", float(len(looks)), "tests", method="count")]
    findings: list[Finding] = []
    for look, q in sorted(zip(looks, corrected, strict=True), key=lambda pair: pair[1]):
        figures.append(figure(look.subject, f"{look.kind}: effect", look.effect, look.unit, method=look.method))
        figures.append(figure(look.subject, f"{look.kind}: corrected p", q, method="Benjamini-Hochberg"))
        if q <= false_discoveries:
            findings.append(
                Finding(
                    look.subject,
                    "info",
                    look.statement,
                    f"{look.method}, corrected p {q:.3f}",
                    look.next_step if actionable else "",
                )
            )
    return Analysis.bounded(
        "Patterns that chance does not explain",
        figures=figures,
        findings=findings,
        methods=(
            *(look.method for look in looks),
            f"Benjamini-Hochberg correction at {100 * false_discoveries:.0f} % (1995)",
        ),
        assumptions=(
            f"A pattern is told if its corrected p is at most {false_discoveries:.2f}. None of them shows a cause.",
        ),
        missing=missing,
    )


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The smallest false discovery rate at which each is still told."""
    ranked = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    corrected = [1.0] * len(p_values)
    least = 1.0
    for position, index in enumerate(ranked):
        least = min(least, p_values[index] * len(p_values) / (len(p_values) - position))
        corrected[index] = least
    return corrected


def mann_kendall(values: Sequence[float]) -> tuple[float, float]:
    """Kendall's S over its largest value, and the two-sided p (Mann 1945; Kendall 1975; corrected for ties)."""
    n = len(values)
    s = sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))
    ties = [values.count(value) for value in set(values)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    if variance <= 0:
        return 0.0, 1.0
    z = (abs(s) - 1) / sqrt(variance) if s else 0.0
    return s / (n * (n - 1) / 2), erfc(max(0.0, z) / sqrt(2))


def spearman(x: Sequence[float], y: Sequence[float]) -> float:
    """The correlation of ranks, ties sharing theirs; 0 where one side does not vary."""
    first, second = _ranks(x), _ranks(y)
    middle = (len(x) + 1) / 2
    above = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    below = sqrt(sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second))
    return above / below if below else 0.0


def permuted_spearman(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Spearman's correlation, and how often as large a one comes up when one side is shuffled (2,000 times)."""
    found = spearman(x, y)
    random = Random(_SEED)  # noqa: S311 - a simulation, not a secret
    shuffled = list(y)
    reached = 0
    for _ in range(_PERMUTATIONS):
        random.shuffle(shuffled)
        reached += abs(spearman(x, shuffled)) >= abs(found) - 1e-12
    return found, (reached + 1) / (_PERMUTATIONS + 1)


def sign_test(above: int, n: int) -> float:
    """The two-sided p of `above` of `n` where each side is equally likely."""
    tail = sum(comb(n, k) for k in range(min(above, n - above) + 1)) / 2.0**n
    return min(1.0, 2 * float(tail))


def _velocity(plan: Plan, today: date, missing: list[str]) -> Iterable[Look]:
    counts = finished_by_period(plan, today)
    if len(counts) < _MIN_SERIES:
        missing.append(f"velocity: {_MIN_SERIES} periods of {PERIOD_DAYS} days with work in them.")
        return
    tau, p = mann_kendall(counts)
    yield Look(
        "velocity",
        "work finished a month",
        tau,
        "tau",
        p,
        f"The pace is {'rising' if tau > 0 else 'falling'}: {counts[0]} in the first period, now {counts[-1]}.",
        "Mann-Kendall",
        "Ask what changed, and keep or mend it.",
    )


def _efficiency(plan: Plan, today: date, missing: list[str]) -> Iterable[Look]:
    del today
    ratios = [ratio for each in plan.milestones.values() if (ratio := _overrun(each)) is not None]
    if len(ratios) < _MIN_SERIES:
        missing.append(f"efficiency: {_MIN_SERIES} milestones with the days on which they began and were done.")
        return
    over = sum(ratio > 1 for ratio in ratios)
    told = sum(ratio != 1 for ratio in ratios)
    p = sign_test(over, told) if told else 1.0
    times = median(ratios)
    yield Look(
        "efficiency",
        "time taken beside the estimate",
        times,
        "times",
        p,
        f"{over} of {len(ratios)} milestones took longer than estimated, the median {times:.2f} times.",
        "sign test",
        f"Multiply coming estimates by {times:.2f} (reference class).",
    )


def _risk(plan: Plan, today: date, missing: list[str]) -> Iterable[Look]:
    done = [each for each in plan.milestones.values() if each.done_on]
    if len(done) < _MIN_PAIRS:
        missing.append(f"risk: {_MIN_PAIRS} milestones that are done.")
        return
    late = [float((each.done_on - each.planned_date).days) for each in done if each.done_on]
    rho, p = permuted_spearman([float(each.complexity) for each in done], late)
    yield Look(
        "risk",
        "complexity and lateness",
        rho,
        "rho",
        p,
        f"More complex milestones are {'later' if rho > 0 else 'earlier'} than planned.",
        "Spearman, 2,000 permutations",
        "Split the most complex ones.",
    )
    del today


def _correlation(plan: Plan, today: date, missing: list[str]) -> Iterable[Look]:
    del today
    monthly = {
        f"{goal.title}: {metric.name}": _monthly(metric.readings)
        for goal in plan.goals.values()
        for metric in goal.metrics
        if len(metric.readings) >= _MIN_PAIRS
    }
    series = dict(list(monthly.items())[:_MOST_SERIES])
    if len(monthly) > _MOST_SERIES:
        missing.append(f"correlation: only the first {_MOST_SERIES} of {len(monthly)} metrics were looked at.")
    pairs = [
        (first, second, shared)
        for first, second in combinations(series, 2)
        if len(shared := sorted(series[first].keys() & series[second].keys())) >= _MIN_PAIRS
    ]
    if not pairs:
        missing.append(f"correlation: two metrics with readings in the same {_MIN_PAIRS} months.")
    if len(pairs) > _MOST_PAIRS:
        missing.append(f"correlation: only the first {_MOST_PAIRS} of {len(pairs)} pairs were looked at.")
    for first, second, months in pairs[:_MOST_PAIRS]:
        # Of changes, since two things that both grow go together whatever they are.
        x, y = (
            _changes([series[first][month] for month in months]),
            _changes([series[second][month] for month in months]),
        )
        rho, p = permuted_spearman(x, y)
        yield Look(
            "correlation",
            f"{first} / {second}",
            rho,
            "rho",
            p,
            f"Their monthly changes go {'together' if rho > 0 else 'against each other'}.",
            "Spearman of monthly changes, 2,000 permutations",
            "Look for what drives both before acting on one.",
        )


def _opportunity(plan: Plan, today: date, missing: list[str]) -> Iterable[Look]:
    del today
    strong = [each for each in plan.insights.values() if each.impact in {"high", "critical"}]
    if len(strong) < _MIN_PAIRS:
        missing.append(f"opportunity: {_MIN_PAIRS} insights of high impact.")
        return
    for category in sorted({each.category for each in strong}):
        count = sum(each.category == category for each in strong)
        p = sum(comb(len(strong), k) * 5 ** (len(strong) - k) for k in range(count, len(strong) + 1)) / 6 ** len(strong)
        yield Look(
            "opportunity",
            category,
            100 * count / len(strong),
            "% of strong insights",
            p,
            f"{count} of {len(strong)} strong insights are of this kind, more than one in six.",
            "binomial, one of six categories",
            "Hold a conversation on this alone.",
        )


def _trend(plan: Plan, today: date, missing: list[str]) -> Iterable[Look]:
    del today
    told = False
    for goal in plan.goals.values():
        for metric in goal.metrics:
            if len(metric.readings) < _MIN_SERIES:
                continue
            told = True
            values = [reading.value for reading in sorted(metric.readings, key=lambda reading: reading.on)][-1000:]
            tau, p = mann_kendall(values)
            better = (tau > 0) == (metric.target >= (metric.start or 0.0))
            yield Look(
                "trend",
                f"{goal.title}: {metric.name}",
                tau,
                "tau",
                p,
                f"It is moving {'towards' if better else 'away from'} its target.",
                "Mann-Kendall",
                "" if better else "Ask what pulls it away.",
            )
    if not told:
        missing.append(f"trend: {_MIN_SERIES} readings of a metric.")


_LOOKS: dict[str, Callable[[Plan, date, list[str]], Iterable[Look]]] = {
    "velocity": _velocity,
    "efficiency": _efficiency,
    "risk": _risk,
    "correlation": _correlation,
    "opportunity": _opportunity,
    "trend": _trend,
}


def _overrun(milestone: Milestone) -> float | None:
    if milestone.started_on is None or milestone.done_on is None or milestone.effort.likely <= 0:
        return None
    return (milestone.done_on - milestone.started_on).days * 5 / 7 / milestone.effort.likely


def _monthly(readings: Iterable[Reading]) -> dict[int, float]:
    """The mean reading of each month, by the number of the month."""
    by_month: dict[int, list[float]] = {}
    for reading in readings:
        by_month.setdefault(12 * reading.on.year + reading.on.month, []).append(reading.value)
    return {month: mean(values) for month, values in by_month.items()}


def _changes(values: Sequence[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(values)]


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for index in order[at : end + 1]:
            ranks[index] = (at + end) / 2 + 1
        at = end + 1
    return ranks
