"""Technical work, and what it has to do with the goals."""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import (
    PLANNERS,
    Day,
    EntryId,
    Ids,
    Line,
    Lines,
    Months,
    Paragraph,
    Percent,
    Score,
    VersionSeen,
)
from scribetree.servers.strategy._desk import Desk, Saved
from scribetree.tools import strategy
from scribetree.tools.strategy import Analysis, Effort, Goal, Impact, MarketTiming, Milestone, MilestoneCategory

__all__ = ["tools"]

tools = Toolbox("intelligence")

Days = Annotated[float, Field(gt=0, le=10_000, description="Person-days.")]


@tools.add(title="Create a technical milestone", hints=WRITES_ONCE, roles=PLANNERS)
def create_technical_milestone(
    name: Line,
    description: Annotated[str, Field(min_length=1, max_length=4_000)],
    category: MilestoneCategory,
    planned_date: Day,
    effort: Days,
    complexity: Score,
    caller: Caller,
    means: Means,
    effort_low: Days | None = None,
    effort_high: Days | None = None,
    codebase_changes: Lines = [],  # noqa: B006 - the schema's default
    performance_impact: Paragraph = "",
    architectural_impact: Paragraph = "",
    risks_mitigated: Lines = [],  # noqa: B006 - as above
    supports_goals: Ids = [],  # noqa: B006 - as above
    depends_on: Annotated[list[EntryId], Field(max_length=100, description="Milestones that come before.")] = [],  # noqa: B006 - as above
    market_timing: MarketTiming | None = None,
    business_value: Score | None = None,
    urgency: Score | None = None,
    risk_reduction: Score | None = None,
    started_on: Day | None = None,
) -> Saved:
    """
    Keep technical work with its estimate: the likely effort, and the least and most that are thinkable.

    Use it for work of days to months. The range of effort is what forecasts rest on; without one the estimate counts
    as certain. With value, urgency and risk judged from 1 to 10 it can be ranked.
    """
    estimate = Effort(
        effort, effort if effort_low is None else effort_low, effort if effort_high is None else effort_high
    )
    if not estimate.low <= estimate.likely <= estimate.high:
        raise InvalidInput(
            "`effort` must lie between `effort_low` and `effort_high`.", hint="Give low, likely, high in person-days."
        )
    desk = Desk.of(means, caller)
    return desk.add(
        Milestone(
            "",
            name,
            description,
            category,
            desk.today,
            planned_date,
            estimate,
            complexity,
            tuple(codebase_changes),
            performance_impact,
            architectural_impact,
            tuple(risks_mitigated),
            desk.require(Goal, supports_goals, field="supports_goals"),
            desk.require(Milestone, depends_on, field="depends_on"),
            market_timing,
            business_value,
            urgency,
            risk_reduction,
            started_on=started_on,
        ),
        next_step=_advice(estimate, has_goal=bool(supports_goals), is_past=planned_date < desk.today),
    )


@tools.add(title="Update a technical milestone", hints=WRITES_ONCE, roles=PLANNERS)
def update_milestone_progress(
    milestone_id: EntryId,
    completion_percentage: Percent,
    caller: Caller,
    means: Means,
    blockers: Lines | None = None,
    achievements: Lines = [],  # noqa: B006 - the schema's default
    next_steps: Lines | None = None,
    estimated_completion_date: Day | None = None,
    confidence_level: Percent | None = None,
    business_impact_update: Paragraph = "",
    started_on: Day | None = None,
    depends_on: Ids | None = None,
    supports_goals: Ids | None = None,
    done_on: Annotated[Day, Field(description="Today where completion is 100 and this is left out.")] | None = None,
    version: VersionSeen | None = None,
) -> Saved:
    """
    Say how far technical work is; at 100 percent it is done. What is left out stays as it was.

    Use it whenever work moves. The days on which work began and ended show how far estimates may be believed.
    """
    desk = Desk.of(means, caller)
    if done_on is not None and completion_percentage < 100:
        raise InvalidInput("`done_on` needs a completion of 100.", hint="Give both, or leave the day out.")
    needed = None if depends_on is None else desk.require(Milestone, depends_on, field="depends_on")
    goals = None if supports_goals is None else desk.require(Goal, supports_goals, field="supports_goals")
    if needed is not None:
        strategy.order({each.id: each.depends_on for each in desk.plan().milestones.values()} | {milestone_id: needed})

    def told(old: Milestone) -> Milestone:
        began = started_on or old.started_on
        ended = (done_on or old.done_on or desk.today) if completion_percentage == 100 else None
        if began and ended and ended < began:
            raise InvalidInput("`done_on` is before the work began.", hint="Correct one of the two days.")
        return replace(
            old,
            completion=completion_percentage,
            blockers=old.blockers if blockers is None else tuple(blockers),
            achievements=tuple(dict.fromkeys((*old.achievements, *achievements)))[-200:],
            next_steps=old.next_steps if next_steps is None else tuple(next_steps),
            estimated_date=estimated_completion_date or old.estimated_date,
            confidence=old.confidence if confidence_level is None else confidence_level,
            business_note=business_impact_update or old.business_note,
            depends_on=old.depends_on if needed is None else needed,
            supports=old.supports if goals is None else goals,
            started_on=began,
            done_on=ended,
        )

    said = [completion_percentage, blockers, achievements, next_steps, estimated_completion_date, confidence_level,
            business_impact_update, started_on, depends_on, supports_goals, done_on]  # fmt: skip
    return desk.change(Milestone, milestone_id, told, said=said, version=version)


@tools.add(title="Analyse alignment of work and goals", hints=READS, roles=PLANNERS)
def analyze_development_business_alignment(
    caller: Caller,
    means: Means,
    include_milestones: bool = True,
    include_goals: bool = True,
    include_gaps: bool = True,
) -> Analysis:
    """
    Show how much of the open work serves a goal, what each goal gets, and what on either side is left over.

    Use it before planning work. Work counts for a goal if it supports it, is linked to a stage of it, or is needed for
    such work.
    """
    desk = Desk.of(means, caller)
    return strategy.alignment(
        desk.plan(),
        desk.today,
        include_milestones=include_milestones,
        include_goals=include_goals,
        include_gaps=include_gaps,
    )


@tools.add(title="Forecast goals and metrics", hints=READS, roles=PLANNERS)
def generate_business_impact_forecast(
    timeframe: Months,
    caller: Caller,
    means: Means,
    confidence: Annotated[float, Field(ge=0.5, le=0.99, description="Of the intervals.")] = 0.8,
    include_scenarios: bool = True,
) -> Analysis:
    """
    Forecast when goals are reached and what their metrics will show, with intervals and the chance to be in time.

    Use it for planning ahead. It draws from the estimates of open work, the pace of past stages, and the trend of
    readings, each where its inputs were entered; what is missing is named and nothing is guessed.
    """
    desk = Desk.of(means, caller)
    return strategy.forecast(desk.plan(), desk.today, months=timeframe, level=confidence, scenarios=include_scenarios)


@tools.add(title="Identify strategic opportunities", hints=READS, roles=PLANNERS)
def identify_strategic_opportunities(
    caller: Caller,
    means: Means,
    analysis_type: Literal["all", "insights", "milestones"] = "all",
    min_impact: Impact = "medium",
) -> Analysis:
    """
    Rank insights by RICE and open work by weighted shortest job first, with what the estimates leave open.

    Use it to choose what comes first. Only what was judged is ranked; the rest is listed with what to enter.
    """
    return strategy.opportunities(Desk.of(means, caller).plan(), kind=analysis_type, min_impact=min_impact)


@tools.add(title="Get a milestone's business alignment", hints=READS, roles=PLANNERS)
def get_milestone_business_alignment(milestone_id: EntryId, caller: Caller, means: Means) -> Analysis:
    """
    Show which goals one piece of technical work serves, how much of their open work it is, and what waits for it.

    Use it to decide about one milestone; analyze_development_business_alignment looks at all.
    """
    desk = Desk.of(means, caller)
    return strategy.milestone_alignment(desk.get(Milestone, milestone_id), desk.plan(), desk.today)


def _advice(effort: Effort, *, has_goal: bool, is_past: bool) -> str:
    if is_past:
        return "Its planned date is past already."
    if effort.low == effort.high:
        return "Give the least and the most effort, so that forecasts can show how sure they are."
    return "" if has_goal else "Say which goals it supports."
