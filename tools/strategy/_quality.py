"""How much a plan may be believed: what rests on evidence, what contradicts the record, and what would mend it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from statistics import mean, median
from typing import NamedTuple

from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._forecast import metric_line
from scribetree.tools.strategy._health import due_of
from scribetree.tools.strategy._model import Context, Goal, Insight, Metric, Plan
from scribetree.tools.strategy._patterns import KINDS, patterns

__all__ = ["analysis_quality", "context_analysis", "grounded_insights", "insight_accuracy", "skeptical"]

_NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s*(%|percent)?")
_WORD = re.compile(r"[a-z][a-z'-]+")
_HEDGES = ("always", "never", "everyone", "nobody", "certainly", "obviously", "guaranteed", "all users")
_FIELDS = (
    "description",
    "stage",
    "audience",
    "team_size",
    "budget",
    "horizon_months",
    "constraints",
    "facts",
    "competitors",
    "markets",
)
_FRESH_DAYS = 90
_FEWEST_FINISHED = 3


class _Claim(NamedTuple):
    """A figure that an insight claims for a metric, and whose that is."""

    value: float
    metric: Metric
    name: str


def insight_accuracy(insight: Insight, plan: Plan, today: date) -> Analysis:
    """
    What stands behind an insight: its evidence, its age, and its figures beside those that were entered.

    There is no score of truth: what cannot be checked against the record is listed as unchecked.
    """
    claims = list(_claims(insight, plan))
    unchecked = len(_NUMBER.findall(insight.text)) - len(claims)
    return Analysis.bounded(
        "What stands behind the insight",
        figures=[
            figure(insight.id, "pieces of evidence", float(len(insight.evidence)), "pieces", method="count"),
            figure(insight.id, "age", float((today - insight.noted_on).days), "days", method="count"),
            *_beside_readings(claims),
        ],
        findings=[*_weaknesses(insight), *_contradicted(claims)],
        methods=("figures of the text beside readings of metrics whose name it mentions; a tenth apart is told",),
        missing=[f"{unchecked} figures in it name no metric that was entered: they are unchecked."]
        if unchecked
        else [],
    )


def _claims(insight: Insight, plan: Plan) -> Iterator[_Claim]:
    """The figures of an insight that stand in a sentence with the name of a metric."""
    for sentence in re.split(r"(?<=[.!?])\s", insight.text):
        words = set(_WORD.findall(sentence.lower()))
        for goal in plan.goals.values():
            for metric in goal.metrics:
                named = set(_WORD.findall(metric.name.lower()))
                if named and named <= words:
                    yield from (
                        _Claim(float(number.replace(",", "")), metric, f"{goal.title}: {metric.name}")
                        for number, _ in _NUMBER.findall(sentence)
                    )


def _weaknesses(insight: Insight) -> Iterator[Finding]:
    if not insight.evidence:
        yield Finding(
            insight.id, "high", "Nothing is given as evidence.", next_step="Add what was seen, where and when."
        )
    sweeping = [word for word in _HEDGES if word in insight.text.lower()]
    if sweeping:
        yield Finding(
            insight.id,
            "medium",
            f"It claims more than evidence can show: {', '.join(sweeping)}.",
            next_step="Say how many, of how many.",
        )


def _beside_readings(claims: Iterable[_Claim]) -> Iterator[Figure]:
    for value, metric, name in claims:
        current = metric.current
        if current is not None:
            yield figure(
                name, "as claimed", value, metric.unit, low=current, high=current, method="beside the newest reading"
            )


def _contradicted(claims: Iterable[_Claim]) -> Iterator[Finding]:
    for value, metric, name in claims:
        current = metric.current
        if current is not None and abs(value - current) > 0.1 * max(abs(current), 1e-9):
            yield Finding(
                name,
                "high",
                f"The newest reading is {current:g}, the claim {value:g}.",
                next_step="Correct the claim, or say which day it is about.",
            )


def skeptical(plan: Plan, today: date) -> Analysis:
    """The plan as somebody would read it who believes nothing: claims without evidence, dates beside past overruns."""
    ratios = _overruns(plan)
    judges_estimates = len(ratios) >= _FEWEST_FINISHED
    return Analysis.bounded(
        "Skeptical reading",
        figures=[*_share_with_evidence(plan), *([_overrun(ratios)] if judges_estimates else [])],
        findings=[
            *_claimed_without_evidence(plan),
            *_decided_without_price(plan),
            *(_optimistic_estimates(ratios) if judges_estimates else ()),
            *_too_confident(plan, today),
        ],
        methods=(
            "reference class of past overruns (Kahneman and Lovallo 1993)",
            "confidence beside the chance that the trend gives",
        ),
        missing=()
        if judges_estimates
        else ("Three finished milestones with their beginnings would show how far estimates may be believed.",),
    )


def _share_with_evidence(plan: Plan) -> Iterator[Figure]:
    if plan.insights:
        share = mean(float(bool(each.evidence)) for each in plan.insights.values())
        yield figure("insights", "with evidence", 100 * share, "%", method="count")


def _claimed_without_evidence(plan: Plan) -> Iterator[Finding]:
    for each in plan.insights.values():
        if not each.evidence:
            severity = "high" if each.impact in {"critical", "high"} else "medium"
            yield Finding(
                each.text[:80], severity, "Claimed without evidence.", next_step="Add some, or lower its impact."
            )


def _decided_without_price(plan: Plan) -> Iterator[Finding]:
    for each in plan.decisions.values():
        if not each.tradeoffs:
            yield Finding(
                each.decision[:80],
                "medium",
                "Decided without naming what was given up.",
                next_step="Write down the alternative and its price.",
            )


def _overruns(plan: Plan) -> list[float]:
    """The working days that each finished milestone took, as a multiple of its estimate."""
    return [
        (each.done_on - each.started_on).days * 5 / 7 / each.effort.likely
        for each in plan.milestones.values()
        if each.done_on and each.started_on and each.effort.likely > 0
    ]


def _overrun(ratios: Sequence[float]) -> Figure:
    return figure(
        "finished milestones",
        "time taken beside the estimate",
        median(ratios),
        "times",
        low=min(ratios),
        high=max(ratios),
        level=1.0,
        method="reference class",
    )


def _optimistic_estimates(ratios: Sequence[float]) -> Iterator[Finding]:
    if median(ratios) > 1.2:
        yield Finding(
            "estimates",
            "high",
            f"Finished work took {median(ratios):.2f} times its estimate (median of {len(ratios)}).",
            next_step="Stretch coming estimates by as much.",
        )


def _too_confident(plan: Plan, today: date) -> Iterator[Finding]:
    for goal in plan.goals.values():
        if goal.status != "completed" and due_of(goal) and (goal.confidence or 0) > 60:
            yield from (_against_its_trend(goal, metric, chance) for metric, chance in _unlikely(goal, today))
        if goal.confidence is not None and goal.confidence >= 95:
            yield Finding(
                goal.title,
                "low",
                "Confidence of 95 % or more is seldom earned.",
                next_step="Ask what would prove it wrong.",
            )


def _unlikely(goal: Goal, today: date) -> Iterator[tuple[Metric, float]]:
    """The metrics whose trend gives their target a chance below a fifth."""
    for metric in goal.metrics:
        trend = metric_line(metric, today)
        if trend is not None:
            above = trend.chance_above(metric.target, (metric.due - today).days)
            chance = 1 - above if metric.target < (metric.start or 0) else above
            if chance < 0.2:
                yield metric, chance


def _against_its_trend(goal: Goal, metric: Metric, chance: float) -> Finding:
    return Finding(
        f"{goal.title}: {metric.name}",
        "high",
        f"Its owner is {goal.confidence:.0f} % confident; its trend gives {100 * chance:.0f} %.",
        next_step="Ask what will break the trend.",
    )


def analysis_quality(plan: Plan, today: date) -> Analysis:
    """How complete, how fresh and how well supported what was entered is; each share is shown with what it counts."""
    open_goals = [goal for goal in plan.goals.values() if goal.status != "completed"]
    metrics = [metric for goal in open_goals for metric in goal.metrics]
    shares = (
        ("goals with a metric or a stage", [bool(goal.metrics or goal.milestones) for goal in open_goals]),
        ("metrics with six readings", [len(metric.readings) >= 6 for metric in metrics]),
        (f"metrics read within {_FRESH_DAYS} days", [_is_fresh(metric, today) for metric in metrics]),
        ("insights with evidence", [bool(each.evidence) for each in plan.insights.values()]),
        (
            "decisions with an owner and a trade-off",
            [bool(each.owner and each.tradeoffs) for each in plan.decisions.values()],
        ),
        ("milestones that serve a goal", [bool(each.supports) for each in plan.milestones.values()]),
        (
            "milestones with a range of effort",
            [each.effort.high > each.effort.low for each in plan.milestones.values()],
        ),
    )
    figures = [
        figure("plan", name, 100 * sum(holds) / len(holds), f"% of {len(holds)}", method="count")
        for name, holds in shares
        if holds
    ]
    weakest = sorted(figures, key=lambda each: float(each.value))[:3]
    return Analysis.bounded(
        "Quality of what was entered",
        figures=figures,
        findings=[
            Finding(
                "plan",
                "medium",
                f"Only {float(each.value):.0f} {each.unit}: {each.measure}.",
                next_step="Complete these first: what is computed rests on them.",
            )
            for each in weakest
            if float(each.value) < 80
        ],
        methods=("shares of what was entered",),
        missing=[f"Nothing to count for: {name}." for name, holds in shares if not holds],
    )


def context_analysis(context: Context | None) -> Analysis:
    """What is told of the surroundings, what is not, and what contradicts itself."""
    if context is None:
        return Analysis("The project", missing=("Nothing is told of the project: call initialize_project_context.",))
    told = [name for name in _FIELDS if getattr(context, name) not in (None, "", ())]
    unsourced = [fact for fact in context.facts if not fact.source]
    findings = [
        Finding(fact.statement[:80], "low", "Nobody is named who says so.", next_step="Name the source.")
        for fact in unsourced
    ]
    shares = sum(each.share or 0 for each in context.competitors)
    if shares > 100:
        findings.append(
            Finding("competitors", "high", "Their shares add up to more than 100 %.", next_step="Correct one.")
        )
    findings += [
        Finding(market.segment, "high", "Its low end is above its high end.", next_step="Correct it.")
        for market in context.markets
        if market.low > market.high
    ]
    if context.budget and context.team_size and context.horizon_months:
        monthly = context.budget / context.team_size / context.horizon_months
        unit = f"{context.currency or 'money'} a person and month"
        return Analysis.bounded(
            f"The project: {context.name}",
            figures=[
                figure(context.name, "told", 100 * len(told) / len(_FIELDS), "% of fields", method="count"),
                figure(context.name, "budget", monthly, unit, method="division"),
            ],
            findings=findings,
            missing=[f"Not told: {name}." for name in _FIELDS if name not in told],
        )
    return Analysis.bounded(
        f"The project: {context.name}",
        figures=[figure(context.name, "told", 100 * len(told) / len(_FIELDS), "% of fields", method="count")],
        findings=findings,
        missing=[f"Not told: {name}." for name in _FIELDS if name not in told],
    )


def grounded_insights(plan: Plan, today: date) -> Analysis:
    """Statements that the record itself supports, each with the figure it rests on; none where nothing stands up."""
    found = patterns(plan, today, kinds=KINDS)
    name = plan.context.name if plan.context else ""
    return Analysis.bounded(
        f"What the record of {name} shows" if name else "What the record shows",
        figures=found.figures,
        findings=found.findings,
        methods=found.methods,
        assumptions=found.assumptions,
        missing=(*found.missing, *(() if plan.context else ("The project itself: call initialize_project_context.",))),
    )


def _is_fresh(metric: Metric, today: date) -> bool:
    return any((today - reading.on).days <= _FRESH_DAYS for reading in metric.readings)
