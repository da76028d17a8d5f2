"""Goals: what is to be reached, how far it is, and what stands in the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import (
    PLANNERS,
    Day,
    EntryId,
    Ids,
    Limit,
    Line,
    Lines,
    Listing,
    Paragraph,
    Percent,
    Row,
    VersionSeen,
    bounded_rows,
)
from scribetree.servers.strategy._desk import Desk, Saved
from scribetree.tools.strategy import (
    Analysis,
    Goal,
    GoalCategory,
    GoalMilestone,
    GoalStatus,
    Metric,
    MetricType,
    Milestone,
    Reading,
    goal_analytics,
    order,
)

__all__ = ["tools"]

tools = Toolbox("goals")

Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]


class NewMetric(BaseModel):
    """A figure that the goal moves from `start` (nought if left out) to `target`, by `timeframe`."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    type: MetricType
    target: Number
    unit: Annotated[str, Field(min_length=1, max_length=40)]
    timeframe: Day
    start: Number | None = None


class MetricUpdate(BaseModel):
    """A reading of a metric of the goal, on a day (today if left out); `unit`, where given, must be the metric's."""

    model_config = ConfigDict(extra="forbid")

    metric: Line
    value: Number
    on: Day | None = None
    unit: Annotated[str, Field(max_length=40)] | None = None
    source: Annotated[str, Field(max_length=200)] = "entered"


@dataclass(frozen=True, slots=True)
class GoalWhole:
    """A goal, its version, its progress in percent where known, and the technical milestones that support it."""

    goal: Goal
    version: int
    progress: float | None
    supported_by: tuple[str, ...]


@tools.add(title="Create a goal", hints=WRITES_ONCE, roles=PLANNERS)
def create_business_goal(
    category: GoalCategory,
    title: Line,
    description: Annotated[str, Field(min_length=1, max_length=4_000)],
    owner: Line,
    caller: Caller,
    means: Means,
    stakeholders: Lines = [],  # noqa: B006 - the schema's default
    dependencies: Annotated[list[EntryId], Field(max_length=100, description="Goals that it waits for.")] = [],  # noqa: B006 - as above
    initial_metrics: Annotated[list[NewMetric], Field(max_length=20)] = [],  # noqa: B006 - as above
    confidence: Percent | None = None,
) -> Saved:
    """
    Keep a goal with the figures that will show whether it is reached.

    Use it when a goal is agreed. A goal without metric or stage can be neither forecast nor rated, and is named as a
    gap. Figures about students do not belong here by hand: see update_goal_progress.
    """
    desk = Desk.of(means, caller)
    names = [metric.name for metric in initial_metrics]
    if len(set(names)) < len(names):
        raise InvalidInput("`initial_metrics` names a metric twice.", hint="Give each its own name.")
    goal = Goal(
        "",
        category,
        title,
        description,
        owner,
        desk.today,
        tuple(stakeholders),
        desk.require(Goal, dependencies, field="dependencies"),
        confidence=confidence,
        metrics=tuple(
            Metric(each.name, each.type, each.target, each.unit, each.timeframe, each.start) for each in initial_metrics
        ),
    )
    return desk.add(goal, next_step="" if initial_metrics else "Give it stages with add_milestone.")


@tools.add(title="Update a goal's progress", hints=WRITES_ONCE, roles=PLANNERS)
def update_goal_progress(
    goal_id: EntryId,
    caller: Caller,
    means: Means,
    metric_updates: Annotated[list[MetricUpdate], Field(max_length=50)] = [],  # noqa: B006 - the schema's default
    confidence: Percent | None = None,
    notes: Paragraph | None = None,
    blockers: Lines | None = None,
    achievements: Lines = [],  # noqa: B006 - as above
    risks: Lines | None = None,
    status: GoalStatus | None = None,
    depends_on: Ids | None = None,
    milestones_done: Annotated[list[EntryId], Field(max_length=50, description="Stages that are done today.")] = [],  # noqa: B006 - as above
    version: VersionSeen | None = None,
) -> Saved:
    """
    Enter readings of a goal's metrics, finished stages, and what helps or hinders; what is left out stays as it was.

    Use it whenever something was measured: six readings give a trend. A figure about students comes from
    generate_privacy_preserving_analytics with its noise in it: name that as `source`.
    """
    desk = Desk.of(means, caller)
    goal = desk.get(Goal, goal_id)
    _check(goal, metric_updates, milestones_done)
    needed = None if depends_on is None else _without_circle(desk, goal_id, depends_on)

    def told(old: Goal) -> Goal:
        return replace(
            old,
            metrics=_with_readings(old.metrics, metric_updates, desk.today),
            milestones=tuple(
                replace(stage, done_on=desk.today) if stage.id in milestones_done and stage.done_on is None else stage
                for stage in old.milestones
            ),
            confidence=old.confidence if confidence is None else confidence,
            notes=old.notes if notes is None else notes,
            blockers=old.blockers if blockers is None else tuple(blockers),
            achievements=tuple(dict.fromkeys((*old.achievements, *achievements)))[-200:],
            risks=old.risks if risks is None else tuple(risks),
            status=status or old.status,
            depends_on=old.depends_on if needed is None else needed,
        )

    said = [
        [update.model_dump() for update in metric_updates],
        confidence,
        notes,
        blockers,
        achievements,
        risks,
        status,
        depends_on,
        milestones_done,
    ]
    return desk.change(Goal, goal_id, told, said=said, version=version)


@tools.add(title="Add a milestone to a goal", hints=WRITES_ONCE, roles=PLANNERS)
def add_milestone(
    goal_id: EntryId,
    title: Line,
    description: Paragraph,
    target_date: Day,
    caller: Caller,
    means: Means,
    linked_technical_work: Annotated[
        list[EntryId], Field(max_length=50, description="Milestones of technical work.")
    ] = [],  # noqa: B006 - the schema's default
) -> Saved:
    """
    Give a goal a stage with a date, and the technical work that the stage waits for.

    Use it to say how a goal will be reached. Technical work itself is entered with create_technical_milestone.
    """
    desk = Desk.of(means, caller)
    work = desk.require(Milestone, linked_technical_work, field="linked_technical_work")

    def told(old: Goal) -> Goal:
        if len(old.milestones) >= 100:
            raise InvalidInput("The goal has 100 stages already.", hint="Split the goal.")
        stage = GoalMilestone(f"stage-{len(old.milestones) + 1}", title, target_date, description, work)
        return replace(old, milestones=(*old.milestones, stage))

    past = (
        "Its date is past: mark it done with update_goal_progress, or give another." if target_date < desk.today else ""
    )
    return desk.change(
        Goal, goal_id, told, said=[title, description, target_date, linked_technical_work], next_step=past
    )


@tools.add(title="Get a goal", hints=READS, roles=PLANNERS)
def get_goal(goal_id: EntryId, caller: Caller, means: Means) -> GoalWhole:
    """
    Give one goal whole: its metrics with their readings, its stages, its progress, and what supports it.

    Use it before changing a goal: the version it gives belongs into the change. For a forecast use
    generate_business_impact_forecast.
    """
    desk = Desk.of(means, caller)
    goal, version = desk.with_version(Goal, goal_id)
    supporting = [each.id for each in desk.plan().milestones.values() if goal_id in each.supports]
    return GoalWhole(goal, version, goal.progress, tuple(supporting))


@tools.add(title="List goals", hints=READS, roles=PLANNERS)
def list_goals(
    caller: Caller,
    means: Means,
    category: GoalCategory | None = None,
    status: GoalStatus | None = None,
    owner: Annotated[str, Field(max_length=200)] | None = None,
    limit: Limit = 50,
) -> Listing:
    """
    List the goals, newest first, with their progress where it is known.

    Use it to find a goal or its id. get_goal_analytics gives figures over all of them.
    """
    found = [
        Row(
            goal.id,
            goal.title,
            goal.status,
            "progress not known" if goal.progress is None else f"{goal.progress:.0f} %",
        )
        for goal in Desk.of(means, caller).plan().goals.values()
        if category in {None, goal.category} and status in {None, goal.status} and owner in {None, goal.owner}
    ]
    return bounded_rows(found, limit)


@tools.add(title="Get figures over all goals", hints=READS, roles=PLANNERS)
def get_goal_analytics(caller: Caller, means: Means) -> Analysis:
    """
    Count the goals by status and category, and give their progress and the pace at which stages are finished.

    Use it for an overview of all goals. It is arithmetic over what was entered and forecasts nothing.
    """
    desk = Desk.of(means, caller)
    return goal_analytics(desk.plan(), desk.today)


def _check(goal: Goal, updates: Iterable[MetricUpdate], done: Iterable[str]) -> None:
    units = {metric.name: metric.unit for metric in goal.metrics}
    for update in updates:
        if update.metric not in units:
            raise InvalidInput(
                "`metric_updates` names a metric that the goal has not.", hint="See get_goal for its metrics."
            )
        if update.unit is not None and update.unit != units[update.metric]:
            raise InvalidInput(
                "`metric_updates.unit` is not the unit of the metric.",
                hint="Convert the value to the metric's unit first.",
            )
    stages = {stage.id for stage in goal.milestones}
    if not stages.issuperset(done):
        raise InvalidInput(
            "`milestones_done` names a stage that the goal has not.", hint="See get_goal for its stages."
        )


def _with_readings(metrics: Sequence[Metric], updates: Sequence[MetricUpdate], today: date) -> tuple[Metric, ...]:
    """The metrics with the new readings; a second reading of one day takes the first one's place."""

    def read(metric: Metric) -> Metric:
        by_day = {reading.on: reading for reading in metric.readings}
        for update in updates:
            if update.metric == metric.name:
                day = update.on or today
                by_day[day] = Reading(day, update.value, update.source)
        newest = sorted(by_day.values(), key=lambda reading: reading.on)[-1000:]
        return replace(metric, readings=tuple(newest))

    return tuple(read(metric) for metric in metrics)


def _without_circle(desk: Desk, goal_id: str, depends_on: Sequence[str]) -> tuple[str, ...]:
    wanted = desk.require(Goal, list(depends_on), field="depends_on")
    needs = {goal.id: goal.depends_on for goal in desk.plan().goals.values()}
    order(needs | {goal_id: wanted})
    return wanted
