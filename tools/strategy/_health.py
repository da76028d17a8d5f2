"""How well a goal is doing: the weighted mean of five shares, so that each can be argued about."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.strategy._answer import MOST_ROWS, Analysis, Figure, Finding, figure
from scribetree.tools.strategy._model import Goal, Plan

__all__ = [
    "GoalHealth",
    "GoalSignals",
    "HealthWeights",
    "due_of",
    "goal_health",
    "health_of",
    "health_report",
    "signals_of",
]

Band = Literal["excellent", "good", "fair", "poor", "critical"]

_HEALTHY = 65
_BANDS: tuple[tuple[float, Band], ...] = ((80, "excellent"), (_HEALTHY, "good"), (45, "fair"), (25, "poor"))

_PARTS = ("progress", "velocity", "confidence", "dependency", "alignment")
_WHAT_TO_ENTER = {
    "progress": "a reading of one of its metrics, or which stages are done",
    "velocity": "a reading, and a metric or a stage with a date that lies ahead",
    "confidence": "how confident its owner is",
    "dependency": "readings of the goals that it depends on",
    "alignment": "technical milestones that support it",
}


@dataclass(frozen=True, slots=True)
class GoalSignals:
    """The five parts, each 0 to 100; None where it is not known."""

    progress: float | None = None
    velocity: float | None = None
    confidence: float | None = None
    dependency: float | None = None
    alignment: float | None = None


@dataclass(frozen=True, slots=True)
class HealthWeights:
    """What each part counts, relative to the others."""

    progress: float = 1.0
    velocity: float = 1.0
    confidence: float = 1.0
    dependency: float = 1.0
    alignment: float = 1.0


@dataclass(frozen=True, slots=True)
class GoalHealth:
    """The weighted mean of the known parts, its band, what each part adds, and the weakest part."""

    score: float
    band: Band
    contributions: dict[str, float]
    weakest: str
    unknown: tuple[str, ...]


def goal_health(signals: GoalSignals, weights: HealthWeights | None = None) -> GoalHealth:
    """The health that the known parts show."""
    counted: Mapping[str, float] = _by_part(weights or HealthWeights())
    known = {name: value for name, value in _told(signals).items() if value is not None and counted[name] > 0}
    for name, value in known.items():
        if not 0 <= value <= 100:
            raise InvalidInput(f"`{name}` must be between 0 and 100.", hint="Give it in percent.")
    if not known:
        raise InvalidInput("No part of the goal's health is known.", hint="Enter at least its progress.")
    whole = sum(counted[name] for name in known)
    score = sum(counted[name] * value for name, value in known.items()) / whole
    bands: list[Band] = [band for limit, band in _BANDS if score >= limit]
    return GoalHealth(
        score=round(score, 1),
        band=bands[0] if bands else "critical",
        contributions={name: round(counted[name] * value / whole, 2) for name, value in known.items()},
        weakest=min(known, key=lambda name: known[name]),
        unknown=tuple(name for name, value in _told(signals).items() if value is None and counted[name] > 0),
    )


def _by_part(parts: HealthWeights) -> dict[str, float]:
    return {name: getattr(parts, name) for name in _PARTS}


def _told(parts: GoalSignals) -> dict[str, float | None]:
    return {name: getattr(parts, name) for name in _PARTS}


def due_of(goal: Goal) -> date | None:
    """The last day that a metric or a stage of the goal names."""
    return max(
        (*(metric.due for metric in goal.metrics), *(stage.target_date for stage in goal.milestones)), default=None
    )


def signals_of(goal: Goal, plan: Plan, today: date) -> GoalSignals:
    """
    The five parts as the plan shows them.

    Velocity is progress beside the part of the time that is gone; dependency the mean progress of the goals it needs
    (100 where it needs none); alignment the share of its stages with technical work behind them, and where it has no
    stages, 100 if any technical milestone supports it and else 0.
    """
    progress, due = goal.progress, due_of(goal)
    velocity = None
    if progress is not None and due is not None and due > goal.created_on:
        gone = (today - goal.created_on).days / (due - goal.created_on).days
        velocity = 100.0 if gone <= 0 else min(100.0, progress / min(1.0, gone))
    return GoalSignals(progress, velocity, goal.confidence, _dependency(goal, plan), _alignment(goal, plan))


def health_of(
    plan: Plan, today: date, weights: HealthWeights | None = None
) -> dict[str, tuple[GoalSignals, GoalHealth | None]]:
    """Every goal that is not completed, with its parts and its health; None where no part is known."""
    found: dict[str, tuple[GoalSignals, GoalHealth | None]] = {}
    for goal in plan.goals.values():
        if goal.status == "completed":
            continue
        signals = signals_of(goal, plan, today)
        found[goal.id] = signals, _health_or_none(signals, weights)
    return found


def health_report(
    plan: Plan, today: date, *, goal_id: str | None = None, weights: HealthWeights | None = None
) -> Analysis:
    """The health of one goal or of all, worst first, with what each part adds and what is not known."""
    health = health_of(plan, today, weights)
    asked = {goal_id: health[goal_id]} if goal_id in health else health if goal_id is None else {}
    rated = sorted(
        ((plan.goals[name], signals, found) for name, (signals, found) in asked.items() if found is not None),
        key=lambda each: each[2].score,
    )
    told = rated[:MOST_ROWS]
    used = _by_part(weights or HealthWeights())
    return Analysis.bounded(
        "Health of goals",
        figures=[
            *_mean_health([found.score for _, _, found in rated]),
            *(each for goal, _, found in told for each in _parts_of_health(goal, found)),
        ],
        findings=[_weakness(*each) for each in told if each[2].score < _HEALTHY],
        methods=("weighted mean of five parts: progress, velocity, confidence, dependency, alignment",),
        assumptions=(
            "Weights: " + ", ".join(f"{name} {value:g}" for name, value in used.items()) + "; unknown parts count not.",
            "Progress is expected to be even over the time of a goal.",
        ),
        missing=[
            *(
                f"{plan.goals[name].title}: enter {_WHAT_TO_ENTER[part]} (for {part})."
                for name, (_, found) in asked.items()
                for part in (found.unknown if found else _WHAT_TO_ENTER)
            ),
            *_why_nothing(plan, goal_id, health),
        ],
    )


def _mean_health(scores: Sequence[float]) -> Iterator[Figure]:
    if len(scores) > 1:
        yield figure("all open goals", "mean health", mean(scores), "of 100", method="mean")


def _parts_of_health(goal: Goal, found: GoalHealth) -> Iterator[Figure]:
    method = "weighted mean of five parts"
    yield figure(goal.title, "health", found.score, "of 100", method=method)
    for part, value in found.contributions.items():
        yield figure(goal.title, f"{part} adds", value, "points", method=method)


def _weakness(goal: Goal, signals: GoalSignals, found: GoalHealth) -> Finding:
    return Finding(
        goal.title,
        found.band,
        f"Its weakest part is {found.weakest} ({getattr(signals, found.weakest):.0f} of 100).",
        basis=f"health {found.score}",
        next_step=_NEXT_STEP[found.weakest],
    )


def _why_nothing(plan: Plan, goal_id: str | None, health: Collection[str]) -> Iterator[str]:
    if not plan.goals:
        yield "There are no goals: enter one with create_business_goal."
    elif goal_id in plan.goals and goal_id not in health:
        yield "The goal is completed: it has no health any more."


_NEXT_STEP = {
    "progress": "Look at the metric that moved least, and at what stands in its way.",
    "velocity": "Compare the pace with the date: move the date, the scope or the help.",
    "confidence": "Ask its owner what would have to be true to be more confident.",
    "dependency": "See to the goals that it waits for first.",
    "alignment": "Say which work serves it, or plan some.",
}


def _dependency(goal: Goal, plan: Plan) -> float | None:
    needed = [plan.goals[name] for name in goal.depends_on if name in plan.goals]
    if not needed:
        return 100.0
    known = [100.0 if each.status == "completed" else each.progress for each in needed]
    told = [value for value in known if value is not None]
    return mean(told) if told else None


def _alignment(goal: Goal, plan: Plan) -> float | None:
    if not plan.milestones:
        return None
    if goal.milestones:
        return 100 * _share(any(work in plan.milestones for work in stage.linked_work) for stage in goal.milestones)
    return 100.0 if goal.id in plan.supporting else 0.0


def _share(holds: Iterable[bool]) -> float:
    return mean(map(float, holds))


def _health_or_none(signals: GoalSignals, weights: HealthWeights | None) -> GoalHealth | None:
    known = {name for name, value in _told(signals).items() if value is not None}
    counted: Mapping[str, float] = _by_part(weights or HealthWeights())
    # Dependency alone says nothing of a goal without figures.
    return (
        goal_health(signals, weights)
        if any(counted[name] > 0 for name in known - {"dependency", "alignment"})
        else None
    )
