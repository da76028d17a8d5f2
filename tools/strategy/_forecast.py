"""
When goals and milestones will be done, and what their metrics will show by then.

Three sources, each used where its inputs are there: the open technical work (beta-PERT estimates through the network of
dependencies), the pace at which stages were finished (bootstrap of past months), and the trend of a metric.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from scribetree.errors import InvalidInput
from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._health import due_of
from scribetree.tools.strategy._model import Effort, Goal, Metric, Milestone, Plan
from scribetree.tools.strategy._network import schedule
from scribetree.tools.strategy._simulation import (
    MOST_ACTIVITIES,
    Network,
    Throughput,
    draw_network,
    draw_throughput,
    pert_mean,
)
from scribetree.tools.strategy._trend import MIN_POINTS, Forecast, ForecastPoint, Line, line

__all__ = [
    "CALENDAR_DAYS",
    "PERIOD_DAYS",
    "Assumptions",
    "critical_path",
    "finished_by_period",
    "forecast",
    "goal_draws",
    "metric_intervals",
    "metric_line",
    "open_work",
    "remaining",
    "work_behind",
]

PERIOD_DAYS = 30
CALENDAR_DAYS = 7 / 5
"""Calendar days that one person-day takes: five days of work a week, one person at each milestone."""
_MIN_PERIODS = 4
_MOST_GOALS = 40
"""Each costs a simulation of a few milliseconds."""
_MONTH_DAYS = 30.4375

_PERT = "Monte Carlo on beta-PERT estimates through the dependency network, 2,000 draws (Malcolm et al. 1959)"
_BOOTSTRAP = "bootstrap of the stages finished in past 30-day periods, 2,000 draws (Efron 1979)"
_OLS = "least-squares trend with the prediction interval of a new observation"
_WORK = "Work: five days a week, one person at each milestone, side by side where nothing is waited for."


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is supposed to be different: shares of change, 0.1 for a tenth more."""

    pace: float = 0.0
    revenue: float = 0.0


def remaining(milestone: Milestone) -> Effort:
    """The person-days that are left, in proportion to what is not complete."""
    left = 1 - milestone.completion / 100
    return Effort(milestone.effort.likely * left, milestone.effort.low * left, milestone.effort.high * left)


def open_work(plan: Plan) -> dict[str, Milestone]:
    """The technical milestones that are not done."""
    return {name: each for name, each in plan.milestones.items() if each.done_on is None}


def work_behind(goal: Goal, plan: Plan) -> dict[str, Milestone]:
    """The open work that a goal waits for: what supports it, what its stages link, and what these need in turn."""
    wanted = [
        *plan.supporting.get(goal.id, ()),
        *chain.from_iterable(stage.linked_work for stage in goal.milestones if stage.done_on is None),
    ]
    found: dict[str, Milestone] = {}
    while wanted:
        name = wanted.pop()
        if name in plan.milestones and name not in found:
            found[name] = plan.milestones[name]
            wanted += found[name].depends_on
    return {name: each for name, each in found.items() if each.done_on is None}


def finished_by_period(plan: Plan, today: date, *, goal: Goal | None = None) -> list[int]:
    """How many stages and milestones were finished in each full 30-day period up to today, oldest first."""
    stages = [stage.done_on for each in _these(plan, goal) for stage in each.milestones if stage.done_on]
    work = [] if goal else [each.done_on for each in plan.milestones.values() if each.done_on]
    begins = [each.created_on for each in _these(plan, goal)]
    begins += [] if goal else [each.created_on for each in plan.milestones.values()]
    first = min((*begins, *stages, *work), default=today)
    periods = (today - first).days // PERIOD_DAYS
    counts = [0] * periods
    for done in (*stages, *work):
        back = (today - done).days // PERIOD_DAYS
        if 0 <= back < periods:
            counts[periods - 1 - back] += 1
    return counts


def goal_draws(goal: Goal, plan: Plan, *, assumed: Assumptions | None = None) -> Network | None:
    """The days until the work behind a goal is done; None where no work is behind it."""
    return _draws_of(work_behind(goal, plan), assumed)


def metric_line(metric: Metric, from_day: date) -> Line | None:
    """The trend of a metric over days from `from_day`; None with fewer than six readings on three days."""
    try:
        return line([(each.on - from_day).days for each in metric.readings], [each.value for each in metric.readings])
    except InvalidInput:
        return None


def metric_intervals(metric: Metric, today: date, *, months_ahead: Sequence[int], levels: Sequence[float]) -> Forecast:
    """Where the trend of a metric leads in so many months; too few readings raise InvalidInput."""
    ordered = sorted(metric.readings, key=lambda each: each.on)
    trend = line([(each.on - today).days / _MONTH_DAYS for each in ordered], [each.value for each in ordered])

    def point(months: int, level: float) -> ForecastPoint:
        low, high = trend.interval(months, level)
        return ForecastPoint(months, level, round(trend.expected(months), 4), round(low, 4), round(high, 4))

    return Forecast(
        slope=round(trend.slope, 4),
        residual_sd=round(trend.residual_sd, 4),
        observations=len(ordered),
        points=tuple(point(months, level) for months in months_ahead for level in levels),
        caution="The interval holds if the trend stays straight; it knows nothing of what will be different.",
    )


def forecast(
    plan: Plan,
    today: date,
    *,
    months: int,
    level: float = 0.8,
    scenarios: bool = True,
    assumed: Assumptions | None = None,
    goals: Sequence[Goal] | None = None,
) -> Analysis:
    """What is to be expected within `months`: each goal's end, the chance to be in time, and its metrics' values."""
    horizon = today + timedelta(days=round(months * _MONTH_DAYS))
    rows = _Rows(plan, today, horizon, level, scenarios=scenarios, assumed=assumed or Assumptions())
    asked = _open(plan) if goals is None else list(goals)
    for goal in asked[:_MOST_GOALS]:
        rows.add(goal)
    if len(asked) > _MOST_GOALS:
        rows.missing.append(f"{len(asked) - _MOST_GOALS} goals that are due later are left out: ask for one of them.")
    if not plan.goals:
        rows.missing.append("There are no goals: enter one with create_business_goal.")
    return Analysis.bounded(
        f"Forecast to {horizon.isoformat()}",
        figures=rows.figures,
        findings=rows.findings,
        methods=rows.methods,
        assumptions=rows.assumptions,
        missing=rows.missing,
    )


def critical_path(plan: Plan, today: date, *, goal: Goal | None = None) -> Analysis:
    """Which open milestones decide when the work ends, and how much time the others have."""
    work = work_behind(goal, plan) if goal else open_work(plan)
    if not work:
        return Analysis(
            "Critical path", missing=("There is no open technical work: enter create_technical_milestone.",)
        )
    efforts = {name: remaining(each) for name, each in work.items()}
    needs = {name: [need for need in each.depends_on if need in work] for name, each in work.items()}
    planned = schedule({name: CALENDAR_DAYS * pert_mean(effort) for name, effort in efforts.items()}, needs)
    # The exact times are quick for any number; the simulation is not.
    drawn = draw_network(efforts, needs, factor=CALENDAR_DAYS) if len(work) <= MOST_ACTIVITIES else None
    figures = [
        figure("all of it", "length", planned.length, "days", method="critical path"),
        Figure("all of it", "end", _day(today, planned.length), "date", method="critical path"),
    ]
    for name in sorted(work, key=lambda each: planned.starts[each]):
        title = work[name].name
        figures.append(figure(title, "slack", planned.slack[name], "days", method="critical path"))
        if drawn:
            share = 100 * drawn.criticality[name]
            figures.append(figure(title, "chance to decide the end", share, "%", method="Monte Carlo"))
    late = [each for name, each in work.items() if _is_late(each, planned.ends[name], today)]
    return Analysis.bounded(
        "Critical path",
        figures=figures,
        findings=[
            Finding(
                each.name, "high", "By its estimates it ends after its planned date.", next_step="Replan or cut it."
            )
            for each in late
        ],
        methods=("critical path method on PERT means (Kelley and Walker 1959)", _PERT),
        assumptions=(_WORK,),
        missing=() if drawn else (f"Chances are drawn for up to {MOST_ACTIVITIES} open milestones: ask for one goal.",),
    )


class _Rows:
    """The figures of a forecast as they are gathered."""

    def __init__(
        self, plan: Plan, today: date, horizon: date, level: float, *, scenarios: bool, assumed: Assumptions
    ) -> None:
        self.plan, self.today, self.horizon, self.level = plan, today, horizon, level
        self.scenarios, self.assumed = scenarios, assumed
        self.figures: list[Figure] = []
        self.findings: list[Finding] = []
        self.methods: list[str] = []
        self.assumptions: list[str] = []
        self.missing: list[str] = []

    def add(self, goal: Goal) -> None:
        """Everything that can be said of the goal."""
        said = [self._by_work(goal), self._by_pace(goal), *(self._by_trend(goal, metric) for metric in goal.metrics)]
        if not any(said):
            self.missing.append(
                f"{goal.title}: enter technical milestones that support it, or the days on which its stages were done "
                f"over at least {_MIN_PERIODS} periods of 30 days, or {MIN_POINTS} readings of a metric."
            )

    def _by_work(self, goal: Goal) -> bool:
        drawn = goal_draws(goal, self.plan, assumed=self.assumed)
        if drawn is None:
            return False
        self._say(_PERT, _WORK, "Durations do not depend on one another.")
        low, high = (1 - self.level) / 2, (1 + self.level) / 2
        length = drawn.length
        self._ends(goal, length.at(0.5), length.at(low), length.at(high), "work")
        due = due_of(goal)
        if due is not None:
            self._chance(goal, due, length.chance(lambda days: self._date(days) <= due), "work")
        self._scenarios(goal, (length.at(0.95), length.at(0.5), length.at(0.05)))
        return True

    def _by_pace(self, goal: Goal) -> bool:
        left = sum(stage.done_on is None for stage in goal.milestones)
        history = finished_by_period(self.plan, self.today, goal=goal)
        if not left or len(history) < _MIN_PERIODS or not any(history):
            return False
        self._say(_BOOTSTRAP, "Coming periods are like past ones.")
        drawn: Throughput = draw_throughput(history, left, factor=1 + self.assumed.pace)
        low, high = (1 - self.level) / 2, (1 + self.level) / 2
        days = [PERIOD_DAYS * drawn.periods.at(each) for each in (0.5, low, high)]
        self._ends(goal, days[0], days[1], days[2], "pace")
        due = due_of(goal)
        if due is not None:
            in_time = drawn.periods.chance(lambda periods: self._date(PERIOD_DAYS * periods) <= due)
            self._chance(goal, due, in_time, "pace")
        return True

    def _by_trend(self, goal: Goal, metric: Metric) -> bool:
        trend = metric_line(metric, self.today)
        subject = f"{goal.title}: {metric.name}"
        if trend is None:
            self.missing.append(
                f"{subject}: {MIN_POINTS - len(metric.readings)} more readings give a trend."
                if len(metric.readings) < MIN_POINTS
                else f"{subject}: readings on more days."
            )
            return False
        self._say(_OLS, "Metrics go on in a straight line.")
        factor = 1 + (self.assumed.revenue if metric.type == "revenue" else 0.0)
        at = (self.horizon - self.today).days
        low, high = trend.interval(at, self.level)
        self.figures.append(
            figure(
                subject,
                f"value on {self.horizon.isoformat()}",
                factor * trend.expected(at),
                metric.unit,
                low=factor * low,
                high=factor * high,
                level=self.level,
                method="trend",
            )
        )
        chance = trend.chance_above(metric.target / factor if factor else metric.target, (metric.due - self.today).days)
        falling = metric.target < (metric.start or 0.0)
        self._chance_of(subject, metric.due, 1 - chance if falling else chance, "trend")
        return True

    def _scenarios(self, goal: Goal, days: Sequence[float]) -> None:
        if not self.scenarios:
            return
        names = ("pessimistic", "realistic", "optimistic")
        weights = (0.185, 0.63, 0.185)
        self.methods.append(
            "three scenarios at the 5th, 50th and 95th percentile, weights .185/.63/.185 "
            "(extended Pearson-Tukey; Keefer and Bodily 1983)"
        )
        self.figures += [
            Figure(goal.title, f"end, {name}", self._date(each).isoformat(), "date", method="work")
            for name, each in zip(names, days, strict=True)
        ]
        expected = sum(weight * each for weight, each in zip(weights, days, strict=True))
        self.figures.append(
            Figure(goal.title, "end, expected", self._date(expected).isoformat(), "date", method="work")
        )

    def _ends(self, goal: Goal, middle: float, low: float, high: float, method: str) -> None:
        ends = [self._date(days).isoformat() for days in (middle, low, high)]
        self.figures.append(
            Figure(goal.title, f"end by {method}", ends[0], "date", ends[1], ends[2], self.level, method)
        )

    def _chance(self, goal: Goal, due: date, chance: float, method: str) -> None:
        self._chance_of(goal.title, due, chance, method)

    def _chance_of(self, subject: str, due: date, chance: float, method: str) -> None:
        self.figures.append(
            figure(subject, f"chance to be reached by {due.isoformat()}", 100 * chance, "%", method=method)
        )
        if chance < 0.5:
            self.findings.append(
                Finding(
                    subject,
                    "critical" if chance < 0.1 else "high",
                    f"More likely than not it is not reached by {due.isoformat()} ({100 * chance:.0f} %).",
                    basis=method,
                    next_step="Move the date, cut the scope or change what decides the end.",
                )
            )

    def _say(self, method: str, *assumptions: str) -> None:
        self.methods.append(method)
        self.assumptions += assumptions

    def _date(self, days: float) -> date:
        return self.today + timedelta(days=round(days))


def _draws_of(work: Mapping[str, Milestone], assumed: Assumptions | None) -> Network | None:
    if not work:
        return None
    needs = {name: [need for need in each.depends_on if need in work] for name, each in work.items()}
    pace = 1 + (assumed.pace if assumed else 0.0)
    return draw_network({name: remaining(each) for name, each in work.items()}, needs, factor=CALENDAR_DAYS / pace)


def _open(plan: Plan) -> list[Goal]:
    """The goals that are not completed, those due first first."""
    goals = [goal for goal in plan.goals.values() if goal.status != "completed"]
    return sorted(goals, key=lambda goal: due_of(goal) or date.max)


def _these(plan: Plan, goal: Goal | None) -> Iterable[Goal]:
    return (goal,) if goal else plan.goals.values()


def _is_late(milestone: Milestone, ends: float, today: date) -> bool:
    return today + timedelta(days=round(ends)) > milestone.planned_date


def _day(today: date, days: float) -> str:
    return (today + timedelta(days=round(days))).isoformat()
