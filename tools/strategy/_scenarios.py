"""What follows if something is different: scenarios through the same forecast, and the drivers by their swing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._forecast import (
    CALENDAR_DAYS,
    Assumptions,
    forecast,
    open_work,
    remaining,
)
from scribetree.tools.strategy._model import Plan
from scribetree.tools.strategy._network import schedule
from scribetree.tools.strategy._simulation import pert_mean

__all__ = ["Scenario", "tornado", "what_if"]

_MOST_DRIVERS = 20


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something that might be different; the shares change the pace of work and the revenue metrics."""

    name: str
    description: str
    assumed: Assumptions
    untold: tuple[str, ...] = ()
    """What was said of competitors and markets in words: shown beside the figures, and not in them."""


def what_if(plan: Plan, today: date, scenarios: Sequence[Scenario], *, months: int) -> Analysis:
    """The forecast as things are and under each scenario, side by side, and which single driver moves the end most."""
    base = forecast(plan, today, months=months, scenarios=False)
    drivers = tornado(plan)
    figures: list[Figure] = [*_named("as things are", base.figures)]
    findings: list[Finding] = []
    for scenario in scenarios:
        changed = forecast(plan, today, months=months, scenarios=False, assumed=scenario.assumed)
        figures += _named(scenario.name, changed.figures)
        findings += _shifts(scenario, base, changed)
        findings += [Finding(scenario.name, "info", f"Not in the figures: {said}") for said in scenario.untold]
    return Analysis.bounded(
        "What if",
        figures=[*figures, *drivers.figures],
        findings=findings,
        methods=(*base.methods, *drivers.methods),
        assumptions=(
            *base.assumptions,
            "A change of pace stretches or shortens every open milestone alike.",
            "What competitors or markets do changes figures only through the shares that were given.",
        ),
        missing=base.missing,
    )


def tornado(plan: Plan) -> Analysis:
    """How far each milestone's own estimate moves the end of the whole, from its least to its most, largest first."""
    work = open_work(plan)
    efforts = {name: remaining(each) for name, each in work.items()}
    needs = {name: [need for need in each.depends_on if need in work] for name, each in work.items()}
    means = {name: CALENDAR_DAYS * pert_mean(effort) for name, effort in efforts.items()}
    figures: list[Figure] = []
    if work:
        middle = schedule(means, needs).length
        # Only what could come to lie on the critical path can move the end; the longest spans first.
        spans = sorted(work, key=lambda name: efforts[name].low - efforts[name].high)[: 5 * _MOST_DRIVERS]
        for name in spans:
            low = schedule(means | {name: CALENDAR_DAYS * efforts[name].low}, needs).length
            high = schedule(means | {name: CALENDAR_DAYS * efforts[name].high}, needs).length
            figures.append(
                figure(
                    work[name].name,
                    "length of the whole",
                    middle,
                    "days",
                    low=low,
                    high=high,
                    level=1.0,
                    method="tornado",
                )
            )
    figures.sort(key=_swing, reverse=True)
    return Analysis.bounded(
        "Drivers of the end",
        figures=figures[:_MOST_DRIVERS],
        methods=("tornado: one estimate at a time from its least to its most, the others at their PERT mean",),
        missing=() if work else ("There is no open technical work.",),
    )


def _swing(each: Figure) -> float:
    return (each.high if isinstance(each.high, float) else 0.0) - (each.low if isinstance(each.low, float) else 0.0)


def _named(name: str, figures: Iterable[Figure]) -> Iterable[Figure]:
    return (replace(each, subject=f"{name}: {each.subject}") for each in figures)


def _shifts(scenario: Scenario, base: Analysis, changed: Analysis) -> Iterable[Finding]:
    for before, after in zip(base.figures, changed.figures, strict=True):
        if before.measure.startswith("end by") and before.value != after.value:
            days = (date.fromisoformat(str(after.value)) - date.fromisoformat(str(before.value))).days
            yield Finding(
                f"{scenario.name}: {before.subject}",
                "info",
                f"Its end moves by {days:+d} days, to {after.value}.",
                basis=before.method,
            )
