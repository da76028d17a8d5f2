"""
What to do first: RICE for insights, weighted shortest job first for work, weighted criteria for options.

RICE (Intercom, 2016): reach x impact x confidence / effort, impact 3, 2, 1, 0.5. WSJF (Reinertsen 2009; SAFe): cost of
delay / job size. Options: the additive model, with the share of all weightings under which each option wins
(stochastic multicriteria acceptability, Lahdelma et al. 1998) and the smallest change of one weight that changes the
winner.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from scribetree.errors import InvalidInput
from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._model import Impact, Insight, Milestone, Plan

__all__ = ["Criterion", "Option", "opportunities", "rice", "weighted_decision", "wsjf"]

_RICE_IMPACT: Mapping[Impact, float] = {"critical": 3, "high": 2, "medium": 1, "low": 0.5}
_RANKS: Mapping[Impact, int] = {"low": 0, "medium": 1, "high": 2, "critical": 3}
_RICE = "RICE: reach x impact x confidence / effort (Intercom 2016)"
_WSJF = "weighted shortest job first: (value + urgency + risk removed) / effort (Reinertsen 2009; SAFe)"
_DRAWS = 2_000
_SEED = 1998


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that an option is judged by, and its weight relative to the others."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Option:
    """One possibility and its scores by criterion, each on the same scale, higher is better."""

    name: str
    scores: Mapping[str, float]


def rice(insight: Insight) -> float | None:
    """The RICE score; None where reach, certainty or effort is not known."""
    if insight.reach is None or insight.certainty is None or not insight.effort_weeks:
        return None
    return insight.reach * _RICE_IMPACT[insight.impact] * insight.certainty / 100 / insight.effort_weeks


def wsjf(milestone: Milestone) -> tuple[float, float, float] | None:
    """The score with the likely, the largest and the least effort; None where a part is not judged."""
    parts = (milestone.value, milestone.urgency, milestone.risk_reduction)
    if None in parts or min(milestone.effort.low, milestone.effort.likely) <= 0:
        return None
    cost = sum(part for part in parts if part is not None)
    effort = milestone.effort
    return cost / effort.likely, cost / effort.high, cost / effort.low


def opportunities(plan: Plan, *, kind: str = "all", min_impact: Impact = "medium") -> Analysis:
    """Insights by RICE and open work by WSJF, best first, with the range that the estimates of effort leave open."""
    insights = [each for each in plan.insights.values() if _RANKS[each.impact] >= _RANKS[min_impact]]
    work = [each for each in plan.milestones.values() if each.done_on is None]
    ranked = [_by_rice(insights)] * (kind in {"all", "insights"}) + [_by_wsjf(work)] * (kind in {"all", "milestones"})
    figures = [each for found, _ in ranked for each in found]
    there_is_nothing = not plan.insights and not plan.milestones
    return Analysis.bounded(
        "Opportunities, best first",
        figures=figures,
        findings=[*_firsts(figures), *_close_calls(figures)],
        methods=(_RICE, _WSJF),
        assumptions=("Impact counts 3, 2, 1 and 0.5 from critical to low.",),
        missing=[
            *(text for _, missing in ranked for text in missing),
            *(("There are no insights and no technical work yet.",) if there_is_nothing else ()),
        ],
    )


def _by_rice(insights: Sequence[Insight]) -> tuple[list[Figure], list[str]]:
    """The scores of those that have one, best first, and what the others lack."""
    scored = [(score, each) for each in insights if (score := rice(each)) is not None]
    figures = [
        figure(_short(each.text), "RICE", score, "people a week of effort", method="RICE")
        for score, each in sorted(scored, key=lambda pair: -pair[0])
    ]
    return figures, [
        f"{_short(each.text)}: enter reach, certainty and effort." for each in insights if rice(each) is None
    ]


def _by_wsjf(work: Sequence[Milestone]) -> tuple[list[Figure], list[str]]:
    """As `_by_rice`, of work that is not done."""
    scored = [(points, each) for each in work if (points := wsjf(each)) is not None]
    figures = [
        figure(each.name, "WSJF", middle, "points a person-day", low=low, high=high, level=1.0, method="WSJF")
        for (middle, low, high), each in sorted(scored, key=lambda pair: -pair[0][0])
    ]
    return figures, [
        f"{each.name}: judge value, urgency and risk removed (1 to 10)." for each in work if wsjf(each) is None
    ]


def _firsts(figures: Sequence[Figure]) -> Iterator[Finding]:
    for name in ("RICE", "WSJF"):
        first = next((each for each in figures if each.measure == name), None)
        if first is not None:
            yield Finding(first.subject, "info", f"First by {name}.", basis=f"{first.value}")


def _close_calls(figures: Sequence[Figure]) -> Iterator[Finding]:
    for first, second in _neighbours(figures):
        if isinstance(first.low, float) and isinstance(second.high, float) and first.low < second.high:
            yield Finding(
                first.subject,
                "info",
                f"Its place before '{second.subject}' depends on the estimate of effort.",
                next_step="Estimate both more closely.",
            )


def weighted_decision(criteria: Sequence[Criterion], options: Sequence[Option]) -> Analysis:
    """Each option's weighted score, in which share of all weightings it wins, and what would change the winner."""
    weights = _normal(criteria, options)
    scores = {option.name: _score(option, weights) for option in options}
    ranked = sorted(scores, key=lambda name: -scores[name])
    wins = _acceptability(criteria, options)
    figures = [
        each
        for name in ranked
        for each in (
            figure(name, "weighted score", scores[name], method="additive"),
            figure(name, "wins under random weights", 100 * wins[name], "%", method="acceptability"),
        )
    ]
    by_name = {option.name: option for option in options}
    findings = [
        Finding(
            criterion.name,
            "info",
            f"'{ranked[0]}' stays first while this weight is {'below' if turn > weights[criterion.name] else 'above'} "
            f"{100 * turn:.1f} % (now {100 * weights[criterion.name]:.1f} %).",
            next_step="Be sure of this weight.",
        )
        for criterion in criteria
        if (turn := _turning_point(criterion.name, weights, by_name, ranked)) is not None
    ]
    return Analysis.bounded(
        "Options compared",
        figures=figures,
        findings=findings,
        methods=(
            "additive weighting, with the weight of one criterion at which another option comes first",
            "stochastic multicriteria acceptability, 2,000 weightings drawn evenly (Lahdelma et al. 1998)",
        ),
        assumptions=("Scores of all criteria are on one scale, and add up.",),
    )


def _normal(criteria: Sequence[Criterion], options: Sequence[Option]) -> dict[str, float]:
    whole = sum(criterion.weight for criterion in criteria)
    if whole <= 0 or any(criterion.weight < 0 for criterion in criteria):
        raise InvalidInput("Weights must not be negative, and one must be positive.", hint="Give 1 for each to begin.")
    names = {criterion.name for criterion in criteria}
    if len(names) < len(criteria) or len({option.name for option in options}) < len(options):
        raise InvalidInput("A criterion or an option is named twice.", hint="Give each its own name.")
    if any(set(option.scores) != names for option in options):
        raise InvalidInput("Each option needs one score for each criterion.", hint="Score what is missing.")
    return {criterion.name: criterion.weight / whole for criterion in criteria}


def _score(option: Option, weights: Mapping[str, float]) -> float:
    return sum(weight * option.scores[name] for name, weight in weights.items())


def _acceptability(criteria: Sequence[Criterion], options: Sequence[Option]) -> dict[str, float]:
    random = Random(_SEED)  # noqa: S311 - a simulation, not a secret
    wins = {option.name: 0 for option in options}
    for _ in range(_DRAWS):
        drawn = {criterion.name: random.expovariate(1) for criterion in criteria}
        wins[max(options, key=lambda option: _score(option, drawn)).name] += 1
    return {name: count / _DRAWS for name, count in wins.items()}


def _turning_point(
    name: str, weights: Mapping[str, float], options: Mapping[str, Option], ranked: Sequence[str]
) -> float | None:
    """The nearest share of this weight at which another option comes first, the other weights kept in proportion."""
    share = weights[name]
    if share >= 1:
        return None
    first = options[ranked[0]]
    turns: list[float] = []
    for other in ranked[1:]:
        gap_here = first.scores[name] - options[other].scores[name]
        rest = sum(
            weight / (1 - share) * (first.scores[key] - options[other].scores[key])
            for key, weight in weights.items()
            if key != name
        )
        if gap_here != rest and 0 <= (turn := rest / (rest - gap_here)) <= 1 and abs(turn - share) > 1e-12:
            turns.append(turn)
    return min(turns, key=lambda turn: abs(turn - share), default=None)


def _neighbours(figures: Sequence[Figure]) -> list[tuple[Figure, Figure]]:
    ranked = [each for each in figures if each.measure == "WSJF"]
    return list(itertools.pairwise(ranked))


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
