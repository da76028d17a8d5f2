"""The plan as a whole: several analyses at once, the health of goals, patterns that stand up to a test."""

from typing import Annotated, Literal

from pydantic import Field

from scribetree.servers.kit import READS, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import PLANNERS, EntryId, Percent
from scribetree.servers.strategy._desk import Desk
from scribetree.servers.strategy._shapes import Analyses
from scribetree.tools import strategy
from scribetree.tools.strategy import Analysis, Goal, HealthWeights

__all__ = ["BOARD", "tools"]

tools = Toolbox("analytics")

BOARD = "ui://scribetree/strategy-board"

Area = Literal[
    "goals",
    "health",
    "alignment",
    "forecast",
    "critical-path",
    "gaps",
    "opportunities",
    "patterns",
    "triggers",
    "skeptical",
    "quality",
]
Areas = Annotated[list[Area], Field(max_length=11)]
PatternKind = Literal["efficiency", "velocity", "correlation", "risk", "opportunity", "trend"]
Weight = Annotated[float, Field(ge=0, le=100)]


@tools.add(title="Run a comprehensive analysis", hints=READS, roles=PLANNERS)
def run_comprehensive_analysis(
    caller: Caller,
    means: Means,
    include_alignment: bool = True,
    include_forecast: bool = True,
    include_patterns: bool = True,
    include_gaps: bool = True,
    analysis_depth: Literal["overview", "detailed"] = "overview",
) -> Analyses:
    """
    Run several analyses over the whole plan at once: goals and health always, the others as asked for.

    Use it for a first look, or before a review. `detailed` adds critical path, opportunities, a skeptical reading and
    the quality of what was entered. For one question use the one tool.
    """
    chosen = ["goals", "health"]
    chosen += ["alignment"] * include_alignment + ["forecast"] * include_forecast
    chosen += ["patterns"] * include_patterns + ["gaps"] * include_gaps
    if analysis_depth == "detailed":
        chosen += ["critical-path", "opportunities", "skeptical", "quality"]
    desk = Desk.of(means, caller)
    return Analyses(tuple(strategy.areas(desk.plan(), desk.today, chosen)))


@tools.add(title="Generate a strategic dashboard", hints=READS, roles=PLANNERS, app=BOARD)
def generate_strategic_dashboard(
    caller: Caller,
    means: Means,
    timeframe: Annotated[int, Field(ge=1, le=366, description="Days to look back.")] = 30,
    focus: Areas = ["goals", "health", "gaps", "triggers"],  # noqa: B006 - the schema's default
) -> Analyses:
    """
    Give what happened lately and the state of the areas asked for, as figures for a board.

    Use it for a standing overview; assistants that show MCP Apps draw it. For a document use
    generate_strategic_report.
    """
    desk = Desk.of(means, caller)
    plan = desk.plan()
    parts = strategy.areas(plan, desk.today, focus)
    return Analyses((strategy.quick_insights(plan, desk.today, days=timeframe, parts=parts), *parts))


@tools.add(title="Generate a goal health report", hints=READS, roles=PLANNERS)
def generate_goal_health_report(
    caller: Caller,
    means: Means,
    goal_id: EntryId | None = None,
    include_recommendations: bool = True,
    weight_progress: Weight = 1,
    weight_velocity: Weight = 1,
    weight_confidence: Weight = 1,
    weight_dependency: Weight = 1,
    weight_alignment: Weight = 1,
) -> Analysis:
    """
    Rate the health of one goal or of all from five parts, with what each part adds and which is the weakest.

    Use it to see which goal wants attention. The weights can be changed, 0 leaves a part out; a part that is not
    known is named and does not count.
    """
    desk = Desk.of(means, caller)
    if goal_id:
        desk.get(Goal, goal_id)
    weights = HealthWeights(weight_progress, weight_velocity, weight_confidence, weight_dependency, weight_alignment)
    report = strategy.health_report(desk.plan(), desk.today, goal_id=goal_id, weights=weights)
    return report if include_recommendations else strategy.without_next_steps(report)


@tools.add(title="Generate a pattern analysis", hints=READS, roles=PLANNERS)
def generate_pattern_analysis_report(
    caller: Caller,
    means: Means,
    pattern_types: Annotated[list[PatternKind], Field(max_length=6)] = [],  # noqa: B006 - the schema's default
    confidence_threshold: Annotated[
        Percent, Field(description="Told from a corrected confidence of this many percent on.")
    ] = 95,
    include_actionable_plan: bool = True,
) -> Analysis:
    """
    Look for patterns in pace, effort, risk, metrics and insights, and tell those that chance does not explain.

    Use it when there are months of record. Every look is a test, and all are corrected together for their number; no
    pattern shows a cause.
    """
    desk = Desk.of(means, caller)
    return strategy.patterns(
        desk.plan(),
        desk.today,
        kinds=pattern_types or strategy.PATTERN_KINDS,
        actionable=include_actionable_plan,
        false_discoveries=1 - confidence_threshold / 100,
    )


@tools.add(title="Generate an executive brief", hints=READS, roles=PLANNERS)
def generate_executive_insights_brief(
    caller: Caller,
    means: Means,
    timeframe: Annotated[int, Field(ge=1, le=366, description="Days to look back.")] = 30,
    focus_areas: Areas = ["health", "forecast", "gaps"],  # noqa: B006 - the schema's default
) -> Analyses:
    """
    Give the ten gravest findings of the areas asked for, and what was finished lately.

    Use it for somebody with two minutes. run_comprehensive_analysis gives everything.
    """
    desk = Desk.of(means, caller)
    plan = desk.plan()
    return Analyses(
        (
            strategy.executive_brief(strategy.areas(plan, desk.today, focus_areas)),
            strategy.quick_insights(plan, desk.today, days=timeframe),
        )
    )
