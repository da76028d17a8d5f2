"""How work and goals hang together, as a graph: what serves which goal, and what serves none."""

from collections.abc import Iterable, Iterator
from datetime import date

from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._forecast import work_behind
from scribetree.tools.strategy._model import Goal, Milestone, Plan

__all__ = ["alignment", "goals_served", "milestone_alignment"]

_METHOD = "reachability in the graph of milestones, stages and goals"
_ENTER_MILESTONES = "There is no technical work: enter create_technical_milestone."
_ENTER_GOALS = "There are no goals: enter create_business_goal."


def goals_served(plan: Plan) -> dict[str, set[str]]:
    """For each milestone the goals that it serves, itself or through what waits for it."""
    direct: dict[str, set[str]] = {
        name: set(each.supports) & plan.goals.keys() for name, each in plan.milestones.items()
    }
    for goal in plan.goals.values():
        for stage in goal.milestones:
            for work in stage.linked_work:
                if work in direct:
                    direct[work].add(goal.id)
    served = {name: set(goals) for name, goals in direct.items()}
    for name, goals in direct.items():
        for need in _all_needs(name, plan):
            served[need] |= goals
    return served


def alignment(
    plan: Plan, today: date, *, include_milestones: bool = True, include_goals: bool = True, include_gaps: bool = True
) -> Analysis:
    """How much of the open work serves a goal, how much of it each goal gets, and what is left over on either side."""
    work = {name: each for name, each in plan.milestones.items() if each.done_on is None}
    served = goals_served(plan)
    effort = sum(each.effort.likely for each in work.values())
    serving = [name for name in work if served[name]]
    figures: list[Figure] = []
    if effort:
        covered = sum(work[name].effort.likely for name in serving)
        figures.append(
            figure("open work", "share that serves a goal", 100 * covered / effort, "% of effort", method=_METHOD)
        )
    open_goals = [goal for goal in plan.goals.values() if goal.status != "completed"]
    if include_goals:
        figures += _per_goal(open_goals, plan, effort)
    if include_milestones:
        figures += [
            figure(work[name].name, "goals served", float(len(served[name])), "goals", method=_METHOD) for name in work
        ]
    return Analysis.bounded(
        "Alignment of work and goals",
        figures=figures,
        findings=_gaps(open_goals, work.values(), served, plan, today) if include_gaps else (),
        methods=(_METHOD,),
        assumptions=(
            "Work serves a goal if it is said to support it, is linked to a stage of it, or is needed for such work.",
        ),
        missing=[
            text for text, there in ((_ENTER_MILESTONES, plan.milestones), (_ENTER_GOALS, plan.goals)) if not there
        ],
    )


def milestone_alignment(milestone: Milestone, plan: Plan, today: date) -> Analysis:
    """What one milestone serves, what waits for it, and how its progress stands beside its date."""
    served = goals_served(plan)[milestone.id]
    waiting = [each for each in plan.milestones.values() if milestone.id in each.depends_on]
    return Analysis.bounded(
        f"Alignment of {milestone.name}",
        figures=[
            figure(milestone.name, "goals served", float(len(served)), "goals", method=_METHOD),
            figure(milestone.name, "milestones that wait for it", float(len(waiting)), "milestones", method="count"),
            figure(milestone.name, "completion", milestone.completion, "%", method="entered"),
            *(each for name in sorted(served) for each in _within(plan.goals[name], milestone, plan)),
        ],
        findings=[*(() if served else (_serves_nothing(milestone),)), *_late(milestone, today)],
        methods=(_METHOD,),
    )


def _within(goal: Goal, milestone: Milestone, plan: Plan) -> Iterator[Figure]:
    """What the milestone is to a goal that it serves."""
    behind = work_behind(goal, plan)
    whole = sum(each.effort.likely for each in behind.values())
    if whole and milestone.id in behind:
        share = 100 * milestone.effort.likely / whole
        yield figure(goal.title, "share of its open work", share, "% of effort", method=_METHOD)
    if goal.progress is not None:
        yield figure(goal.title, "progress", goal.progress, "%", method="mean of metrics or stages")


def _serves_nothing(milestone: Milestone) -> Finding:
    return Finding(
        milestone.name,
        "medium",
        "It serves no goal.",
        next_step="Say which goal it supports, or ask whether it is needed.",
    )


def _late(milestone: Milestone, today: date) -> Iterator[Finding]:
    if milestone.done_on is None and milestone.planned_date < today:
        yield Finding(
            milestone.name,
            "high",
            f"Its planned date was {milestone.planned_date.isoformat()}.",
            next_step="Enter a new estimate.",
        )


def _per_goal(goals: Iterable[Goal], plan: Plan, effort: float) -> Iterable[Figure]:
    for goal in goals:
        behind = sum(each.effort.likely for each in work_behind(goal, plan).values()) if plan.milestones else 0.0
        yield figure(
            goal.title,
            "share of open work behind it",
            100 * behind / effort if effort else 0.0,
            "% of effort",
            method=_METHOD,
        )


def _gaps(
    goals: Iterable[Goal], work: Iterable[Milestone], served: dict[str, set[str]], plan: Plan, today: date
) -> Iterable[Finding]:
    reached = {goal_id for targets in served.values() for goal_id in targets}
    for goal in goals:
        if goal.id not in reached:
            yield Finding(
                goal.title,
                "high",
                "No technical work serves this goal.",
                next_step="Plan some, or say that it needs none.",
            )
    for each in work:
        if not served[each.id]:
            yield Finding(
                each.name,
                "medium",
                "This work serves no goal.",
                next_step="Link it to a goal or ask whether it is needed.",
            )
        for name in sorted(served[each.id]):
            goal = plan.goals[name]
            dates = [stage.target_date for stage in goal.milestones if each.id in stage.linked_work]
            if any(wanted < each.planned_date for wanted in dates):
                yield Finding(
                    each.name,
                    "high",
                    f"It is planned for after the stage of '{goal.title}' that waits for it.",
                    next_step="Move one of the two dates.",
                )
    del today


def _all_needs(name: str, plan: Plan) -> set[str]:
    found: set[str] = set()
    wanted = list(plan.milestones[name].depends_on)
    while wanted:
        need = wanted.pop()
        if need in plan.milestones and need not in found:
            found.add(need)
            wanted += plan.milestones[need].depends_on
    return found
