"""What a plan leaves open: goals without figures or work, dates that are past, decisions that nobody looks at again."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from scribetree.tools.strategy._alignment import goals_served
from scribetree.tools.strategy._answer import Analysis, Finding, figure
from scribetree.tools.strategy._model import Goal, Plan

__all__ = ["SEVERITIES", "Severity", "gaps", "strategy_gaps"]

Severity = Literal["minor", "moderate", "significant", "critical"]
SEVERITIES: Mapping[Severity, int] = {"minor": 0, "moderate": 1, "significant": 2, "critical": 3}
_STALE = timedelta(days=45)
_UNDECIDED = timedelta(days=30)
_UNREVIEWED = timedelta(days=180)


def gaps(plan: Plan, today: date) -> list[Finding]:
    """All gaps, the gravest first."""
    found = [each for rule in _RULES for each in rule(plan, today)]
    return sorted(found, key=lambda each: -SEVERITIES[_as_severity(each.severity)])


def strategy_gaps(plan: Plan, today: date, *, min_severity: Severity = "minor", market: Iterable[str] = ()) -> Analysis:
    """The gaps from a severity on, and how many of each; what is said of the market is set beside the goals by name."""
    found = [each for each in gaps(plan, today) if SEVERITIES[_as_severity(each.severity)] >= SEVERITIES[min_severity]]
    counts = {severity: sum(each.severity == severity for each in found) for severity in reversed(tuple(SEVERITIES))}
    untouched = [
        Finding(
            said[:80], "moderate", "No goal, insight or decision mentions this.", next_step="Ask whether it matters."
        )
        for said in market
        if not _is_mentioned(said, plan)
    ]
    return Analysis.bounded(
        "Gaps of the strategy",
        figures=[figure("gaps", severity, float(count), "gaps", method="count") for severity, count in counts.items()],
        findings=[*found, *untouched],
        methods=("rules over what was entered; each names what it found",),
        assumptions=(
            f"A reading older than {_STALE.days} days is stale; a decision is due after {_UNDECIDED.days} days.",
        ),
        missing=() if plan.goals else ("There are no goals: enter one with create_business_goal.",),
    )


def _without_measure(plan: Plan, today: date) -> Iterable[Finding]:
    del today
    for goal in _open_goals(plan):
        if not goal.metrics and not goal.milestones:
            yield Finding(
                goal.title,
                "critical",
                "Nothing says whether it is reached.",
                next_step="Give it a metric with a target, or stages.",
            )
        elif goal.metrics and all(not metric.readings for metric in goal.metrics):
            yield Finding(
                goal.title, "significant", "None of its metrics was ever read.", next_step="Enter a first reading."
            )


def _stale(plan: Plan, today: date) -> Iterable[Finding]:
    for goal in _open_goals(plan):
        for metric in goal.metrics:
            newest = max((reading.on for reading in metric.readings), default=None)
            if newest and today - newest > _STALE:
                yield Finding(
                    f"{goal.title}: {metric.name}",
                    "moderate",
                    f"Last read on {newest.isoformat()}.",
                    next_step="Read it again.",
                )


def _overdue(plan: Plan, today: date) -> Iterable[Finding]:
    for goal in _open_goals(plan):
        for metric in goal.metrics:
            if metric.due < today and (metric.progress is None or metric.progress < 100):
                yield Finding(
                    f"{goal.title}: {metric.name}",
                    "critical",
                    f"Its target was due on {metric.due.isoformat()}.",
                    next_step="Close it, or set a new date.",
                )
        for stage in goal.milestones:
            if stage.done_on is None and stage.target_date < today:
                yield Finding(
                    f"{goal.title}: {stage.title}",
                    "significant",
                    f"Due on {stage.target_date.isoformat()}.",
                    next_step="Mark it done, or set a new date.",
                )
    for work in plan.milestones.values():
        if work.done_on is None and (work.estimated_date or work.planned_date) < today:
            yield Finding(work.name, "significant", "Its date is past.", next_step="Enter a new estimate.")
    for action in plan.actions.values():
        if action.done_on is None and action.due < today:
            severity = "significant" if action.priority in {"critical", "high"} else "moderate"
            yield Finding(
                action.description[:80], severity, f"Due on {action.due.isoformat()}.", next_step="Do it, or drop it."
            )


def _blocked(plan: Plan, today: date) -> Iterable[Finding]:
    del today
    for goal in _open_goals(plan):
        if goal.status == "blocked" and not goal.blockers:
            yield Finding(
                goal.title, "significant", "It is blocked, and nothing says by what.", next_step="Name the blocker."
            )
        gone = [name for name in goal.depends_on if name not in plan.goals]
        if gone:
            yield Finding(
                goal.title,
                "moderate",
                f"It depends on {len(gone)} goals that are not entered.",
                next_step="Enter them.",
            )


def _unserved(plan: Plan, today: date) -> Iterable[Finding]:
    del today
    if not plan.milestones:
        return
    served = {goal_id for goals in goals_served(plan).values() for goal_id in goals}
    for goal in _open_goals(plan):
        if goal.id not in served:
            yield Finding(
                goal.title,
                "significant",
                "No technical work serves it.",
                next_step="Plan some, or say that it needs none.",
            )


def _undecided(plan: Plan, today: date) -> Iterable[Finding]:
    for decision in plan.decisions.values():
        age = today - decision.decided_on
        if decision.status == "pending" and age > _UNDECIDED:
            yield Finding(
                decision.decision[:80], "moderate", f"Pending for {age.days} days.", next_step="Approve it or drop it."
            )
        if decision.status == "implemented" and age > _UNREVIEWED:
            yield Finding(
                decision.decision[:80],
                "minor",
                "It was put into effect and never looked at again.",
                next_step="Review it.",
            )
        if not decision.owner:
            yield Finding(decision.decision[:80], "minor", "Nobody owns it.", next_step="Name an owner.")


_RULES: tuple[Callable[[Plan, date], Iterable[Finding]], ...] = (
    _without_measure,
    _overdue,
    _blocked,
    _unserved,
    _stale,
    _undecided,
)


def _open_goals(plan: Plan) -> Iterable[Goal]:
    return [goal for goal in plan.goals.values() if goal.status not in {"completed", "paused"}]


def _as_severity(name: str) -> Severity:
    return next(severity for severity in SEVERITIES if severity == name)


def _is_mentioned(said: str, plan: Plan) -> bool:
    words = {word for word in said.lower().split() if len(word) > 4}
    texts = (
        *(f"{goal.title} {goal.description}" for goal in plan.goals.values()),
        *(insight.text for insight in plan.insights.values()),
        *(decision.decision for decision in plan.decisions.values()),
    )
    return any(words & set(text.lower().split()) for text in texts)
