"""
When the strategy has to be looked at again: rules as data over facts that the plan gives.

A rule compares one fact with a number. The five that are there from the start are the origin's.
"""

from collections.abc import Callable, Mapping
from datetime import date

from scribetree.errors import InvalidInput
from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._forecast import goal_draws
from scribetree.tools.strategy._gaps import gaps
from scribetree.tools.strategy._health import due_of, health_of
from scribetree.tools.strategy._model import Plan, Trigger

__all__ = ["FACTS", "STANDARD_TRIGGERS", "evaluate", "facts_of", "is_met", "market_fact", "with_standard"]

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "above": lambda fact, value: fact > value,
    "at_least": lambda fact, value: fact >= value,
    "below": lambda fact, value: fact < value,
    "at_most": lambda fact, value: fact <= value,
}
_RECENT_DAYS = 30
_QUESTIONS = ("What do we know now that we did not know then?", "Which goal or date changes because of it?")

FACTS: Mapping[str, str] = {
    "critical_milestones_done_recently": f"milestones of market timing 'critical' done in the last {_RECENT_DAYS} days",
    "worst_goal_health": "the lowest health of an open goal, of 100",
    "mean_goal_health": "the mean health of the open goals, of 100",
    "days_since_review": "days since the last completed review, or since the first entry",
    "critical_gaps": "critical gaps of the strategy",
    "overdue_milestones": "milestones whose planned date is past",
    "overdue_actions": "actions whose day is past",
    "blocked_goals": "goals that are blocked",
    "lowest_chance_in_time": "the lowest chance of a goal with work behind it to be in time, in percent",
    "market_threat": "the largest probability of a market event that was told, in percent",
}
"""What a rule can be about, in words."""

STANDARD_TRIGGERS: tuple[Trigger, ...] = (
    Trigger("standard-milestone", "A critical milestone is done", "milestone-based", "high",
            "critical_milestones_done_recently", "at_least", 1, questions=_QUESTIONS),
    Trigger("standard-health", "A goal is in a critical state", "threshold-based", "critical",
            "worst_goal_health", "below", 40, questions=_QUESTIONS),
    Trigger("standard-quarter", "The quarter is over", "time-based", "medium",
            "days_since_review", "at_least", 90, questions=_QUESTIONS),
    Trigger("standard-threat", "A threat is likely", "event-based", "high",
            "market_threat", "above", 50, questions=_QUESTIONS),
    Trigger("standard-gap", "The strategy has a critical gap", "event-based", "critical",
            "critical_gaps", "at_least", 1, questions=_QUESTIONS),
)  # fmt: skip


def facts_of(plan: Plan, today: date) -> dict[str, float]:
    """The facts that the plan gives today; one that it does not give is left out."""
    scores = [health.score for _, health in health_of(plan, today).values() if health is not None]
    reviewed = [each.completed_on for each in plan.reviews.values() if each.completed_on]
    entered = [
        *(each.started_on for each in plan.conversations.values()),
        *(each.created_on for each in plan.goals.values()),
        *(each.created_on for each in plan.milestones.values()),
    ]
    facts = {
        "critical_milestones_done_recently": float(
            sum(
                each.market_timing == "critical"
                and each.done_on is not None
                and 0 <= (today - each.done_on).days <= _RECENT_DAYS
                for each in plan.milestones.values()
            )
        ),
        "critical_gaps": float(sum(each.severity == "critical" for each in gaps(plan, today))),
        "overdue_milestones": float(
            sum(each.done_on is None and each.planned_date < today for each in plan.milestones.values())
        ),
        "overdue_actions": float(sum(each.done_on is None and each.due < today for each in plan.actions.values())),
        "blocked_goals": float(sum(each.status == "blocked" for each in plan.goals.values())),
    }
    if scores:
        facts |= {"worst_goal_health": min(scores), "mean_goal_health": sum(scores) / len(scores)}
    if reviewed or entered:
        facts["days_since_review"] = float((today - (max(reviewed) if reviewed else min(entered))).days)
    chances = _chances(plan, today)
    if chances:
        facts["lowest_chance_in_time"] = min(chances)
    return facts


def market_fact(probabilities: Mapping[str, float]) -> dict[str, float]:
    """The fact that told market events give; none were told, no fact."""
    return {"market_threat": max(probabilities.values())} if probabilities else {}


def is_met(trigger: Trigger, facts: Mapping[str, float]) -> bool | None:
    """Whether the rule holds; None where its fact is not known."""
    if trigger.fact not in FACTS:
        raise InvalidInput("`fact` is not one that a rule can be about.", hint=f"Use one of: {', '.join(FACTS)}.")
    fact = facts.get(trigger.fact)
    return None if fact is None else _HOLDS[trigger.comparison](fact, trigger.value)


def evaluate(triggers: Mapping[str, Trigger], facts: Mapping[str, float]) -> tuple[Analysis, tuple[Trigger, ...]]:
    """What each enabled rule says, and the rules that hold, the gravest first."""
    enabled = [trigger for trigger in triggers.values() if trigger.enabled]
    fired = [trigger for trigger in enabled if is_met(trigger, facts)]
    ranks = ("critical", "high", "medium", "low")
    fired.sort(key=lambda trigger: ranks.index(trigger.severity))
    unknown = dict.fromkeys(trigger.fact for trigger in enabled if trigger.fact not in facts)
    figures: list[Figure] = [figure(FACTS[name], name, value, method="fact") for name, value in facts.items()]
    return (
        Analysis.bounded(
            "Review triggers",
            figures=figures,
            findings=[
                Finding(
                    each.name,
                    each.severity,
                    f"{FACTS[each.fact]}: {facts[each.fact]:g}, {each.comparison.replace('_', ' ')} {each.value:g}.",
                    basis=each.id,
                    next_step="Hold the review.",
                )
                for each in fired
            ],
            methods=("rules as data: a fact compared with a number",),
            missing=[f"Not known: {FACTS[name]}." for name in unknown],
        ),
        tuple(fired),
    )


def _chances(plan: Plan, today: date) -> list[float]:
    """Of at most twenty goals, each costs a simulation."""
    found: list[float] = []
    for goal in plan.goals.values():
        due = due_of(goal)
        if goal.status == "completed" or due is None or len(found) == 20:
            continue
        drawn = goal_draws(goal, plan) if plan.milestones else None
        if drawn is not None:
            days = (due - today).days
            found.append(100 * drawn.length.chance(lambda length, days=days: length <= days))  # type: ignore[misc]
    return found


def with_standard(own: Mapping[str, Trigger]) -> dict[str, Trigger]:
    """The standard rules and one's own, which stand in for a standard one of the same id."""
    return {each.id: each for each in STANDARD_TRIGGERS} | dict(own)
