"""What may come: scenarios, gaps, competition, what-ifs, and intervals around a trend."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import PLANNERS, EntryId, Line, Lines, Months, Paragraph, Percent
from scribetree.servers.strategy._desk import Desk
from scribetree.tools import strategy
from scribetree.tools.strategy import Analysis, Goal, Severity

__all__ = ["NewCompetitor", "NewMarket", "tools"]

tools = Toolbox("forecasting")

Positive = Annotated[float, Field(gt=0, le=1e15)]
Change = Annotated[float, Field(ge=-90, le=500, description="In percent.")]


class NewCompetitor(BaseModel):
    """Another offer as far as it is known: leave out what is not."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    strengths: Lines = []
    weaknesses: Lines = []
    price: Positive | None = None
    share: Percent | None = None
    source: Annotated[str, Field(max_length=300)] = ""


class NewMarket(BaseModel):
    """How large a segment is, as a range in which it lies with 80 percent, and who says so."""

    model_config = ConfigDict(extra="forbid")

    segment: Line
    low: Positive
    high: Positive
    unit: Annotated[str, Field(min_length=1, max_length=40)]
    source: Annotated[str, Field(min_length=1, max_length=300)]


class MarketTrend(BaseModel):
    """A movement of the market, its yearly change in percent as a range where known, and who says so."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    low: Annotated[float, Field(ge=-100, le=10_000)] | None = None
    high: Annotated[float, Field(ge=-100, le=10_000)] | None = None
    source: Annotated[str, Field(max_length=300)] = ""


class WhatIf(BaseModel):
    """A scenario: percent of change of the pace of work and of revenue; words are shown and change no figure."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    description: Paragraph
    completion_rate_change: Change = 0
    revenue_realization_change: Change = 0
    competitor_actions: Lines = []
    market_changes: Lines = []


@tools.add(title="Generate a scenario forecast", hints=READS, roles=PLANNERS)
def generate_scenario_forecast(
    timeframe: Months,
    caller: Caller,
    means: Means,
    focus_area: Annotated[EntryId, Field(description="One goal; else all.")] | None = None,
    include_disruption: bool = False,
) -> Analysis:
    """
    Give a pessimistic, a realistic and an optimistic end for the work behind goals, and the mean over the three.

    Use it to plan with a range. The three are the 95th, 50th and 5th percentile of 2,000 simulated courses;
    `include_disruption` adds the drivers that move the end most.
    """
    desk = Desk.of(means, caller)
    goals = [desk.get(Goal, focus_area)] if focus_area else None
    plan = desk.plan()
    found = strategy.forecast(plan, desk.today, months=timeframe, goals=goals)
    return strategy.joined(found, strategy.tornado(plan)) if include_disruption else found


@tools.add(title="Identify gaps of the strategy", hints=READS, roles=PLANNERS)
def identify_strategy_gaps(
    caller: Caller,
    means: Means,
    market_context: Lines = [],  # noqa: B006 - the schema's default
    min_severity: Severity = "minor",
) -> Analysis:
    """
    Name what the plan leaves open: goals that nothing measures, past dates, blocked or unserved goals, old decisions.

    Use it before a review. Movements of the market that are given are compared with goals, insights and decisions by
    their words, and named where none mentions them.
    """
    desk = Desk.of(means, caller)
    return strategy.strategy_gaps(desk.plan(), desk.today, min_severity=min_severity, market=market_context)


@tools.add(title="Generate competitive intelligence", hints=READS, roles=PLANNERS)
def generate_competitive_intelligence(
    caller: Caller,
    means: Means,
    market_segment: Annotated[str, Field(max_length=200)] = "",
    market_size: Annotated[list[NewMarket], Field(max_length=20)] = [],  # noqa: B006 - the schema's default
    competitors: Annotated[list[NewCompetitor], Field(max_length=50)] = [],  # noqa: B006 - the schema's default
    trends: Annotated[list[MarketTrend], Field(max_length=30)] = [],  # noqa: B006 - as above
    our_price: Positive | None = None,
    our_share_low: Percent | None = None,
    our_share_high: Percent | None = None,
) -> Analysis:
    """
    Put what the user knows of competitors and the market in order: sizes, concentration, prices, what nobody offers.

    Use it with what people bring, and name sources. It looks nothing up and marks every unknown. What the project's
    context holds already is taken with it.
    """
    desk = Desk.of(means, caller)
    context = desk.plan().context
    told = [
        strategy.Competitor(
            each.name, tuple(each.strengths), tuple(each.weaknesses), each.price, each.share, each.source
        )
        for each in competitors
    ]
    names = {each.name for each in told}
    known = [each for each in (context.competitors if context else ()) if each.name not in names]
    markets = [strategy.MarketSize(each.segment, each.low, each.high, each.unit, each.source) for each in market_size]
    return strategy.competition(
        market_segment or (context.audience if context else "") or "the market",
        [*told, *known],
        markets=markets or (context.markets if context else ()),
        trends=[strategy.Trend(each.name, each.source, each.low, each.high) for each in trends],
        our_price=our_price,
        our_share=_range(our_share_low, our_share_high),
    )


@tools.add(title="Run a what-if analysis", hints=READS, roles=PLANNERS)
def run_what_if_analysis(
    scenarios: Annotated[list[WhatIf], Field(min_length=1, max_length=8)],
    timeframe: Months,
    caller: Caller,
    means: Means,
) -> Analysis:
    """
    Run the forecast as things are and under each scenario, and say how far each goal's end and metrics move.

    Use it for a question of the form "what if we were a quarter slower". Only the two percentages change figures;
    what is said of competitors and markets is shown beside them. The largest single drivers are listed.
    """
    desk = Desk.of(means, caller)
    told = [
        strategy.Scenario(
            each.name,
            each.description,
            strategy.Assumptions(each.completion_rate_change / 100, each.revenue_realization_change / 100),
            (*each.competitor_actions, *each.market_changes),
        )
        for each in scenarios
    ]
    return strategy.what_if(desk.plan(), desk.today, told, months=timeframe)


@tools.add(title="Generate confidence intervals", hints=READS, roles=PLANNERS)
def generate_confidence_intervals(
    timeframes: Annotated[
        list[Annotated[int, Field(ge=1, le=60)]],
        Field(min_length=1, max_length=20, description="Periods after the last figure; months for a metric of a goal."),
    ],
    caller: Caller,
    means: Means,
    history: Annotated[
        list[float],
        Field(max_length=1000, description="Equally spaced figures, oldest first; or name goal and metric."),
    ] = [],  # noqa: B006 - the schema's default
    goal_id: EntryId | None = None,
    metric: Annotated[str, Field(max_length=200)] | None = None,
    confidence_levels: Annotated[list[Annotated[float, Field(ge=0.5, le=0.99)]], Field(min_length=1, max_length=5)]
    | None = None,
) -> strategy.Forecast:
    """
    Continue the straight trend of a series, with prediction intervals at the levels asked for (else 0.8 and 0.95).

    Use it for a metric of a goal with at least six readings, or for figures that are given. It invents nothing: with
    fewer figures it refuses, and it knows of no seasons or events.
    """
    levels = confidence_levels or (0.8, 0.95)
    if history:
        return strategy.confidence_intervals(history, steps_ahead=timeframes, levels=levels)
    if not goal_id or not metric:
        raise InvalidInput("Neither `history` nor `goal_id` with `metric` is given.", hint="Give one of the two.")
    desk = Desk.of(means, caller)
    found = next((each for each in desk.get(Goal, goal_id).metrics if each.name == metric), None)
    if found is None:
        raise InvalidInput("`metric` names none of the goal's metrics.", hint="See get_goal for its metrics.")
    return strategy.metric_intervals(found, desk.today, months_ahead=timeframes, levels=levels)


def _range(low: float | None, high: float | None) -> tuple[float, float] | None:
    if low is None and high is None:
        return None
    if low is None or high is None or not 0 < low <= high:
        raise InvalidInput(
            "`our_share_low` and `our_share_high` must both be given, above 0 and in order.", hint="Give a range."
        )
    return low, high
