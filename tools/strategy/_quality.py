"""How much a plan may be believed: what rests on evidence, what contradicts the record, and what would mend it."""

import re
from collections.abc import Iterable
from datetime import date
from statistics import median

from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._forecast import metric_line
from scribetree.tools.strategy._health import due_of
from scribetree.tools.strategy._model import Context, Insight, Metric, Plan
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


def insight_accuracy(insight: Insight, plan: Plan, today: date) -> Analysis:
    """
    What stands behind an insight: its evidence, its age, and its figures beside those that were entered.

    There is no score of truth: what cannot be checked against the record is listed as unchecked.
    """
    figures: list[Figure] = [
        figure(insight.id, "pieces of evidence", float(len(insight.evidence)), "pieces", method="count"),
        figure(insight.id, "age", float((today - insight.noted_on).days), "days", method="count"),
    ]
    findings: list[Finding] = []
    if not insight.evidence:
        findings.append(
            Finding(insight.id, "high", "Nothing is given as evidence.", next_step="Add what was seen, where and when.")
        )
    sweeping = [word for word in _HEDGES if word in insight.text.lower()]
    if sweeping:
        findings.append(
            Finding(
                insight.id,
                "medium",
                f"It claims more than evidence can show: {', '.join(sweeping)}.",
                next_step="Say how many, of how many.",
            )
        )
    for value, metric, name in _claims(insight, plan):
        current = metric.current
        if current is None:
            continue
        figures.append(
            figure(
                name, "as claimed", value, metric.unit, low=current, high=current, method="beside the newest reading"
            )
        )
        if abs(value - current) > 0.1 * max(abs(current), 1e-9):
            findings.append(
                Finding(
                    name,
                    "high",
                    f"The newest reading is {current:g}, the claim {value:g}.",
                    next_step="Correct the claim, or say which day it is about.",
                )
            )
    unchecked = len(_NUMBER.findall(insight.text)) - len(list(_claims(insight, plan)))
    return Analysis.bounded(
        "What stands behind the insight",
        figures=figures,
        findings=findings,
        methods=("figures of the text beside readings of metrics whose name it mentions; a tenth apart is told",),
        missing=[f"{unchecked} figures in it name no metric that was entered: they are unchecked."]
        if unchecked
        else [],
    )


def skeptical(plan: Plan, today: date) -> Analysis:
    """The plan as somebody would read it who believes nothing: claims without evidence, dates beside past overruns."""
    findings: list[Finding] = []
    bare = [each for each in plan.insights.values() if not each.evidence]
    findings += [
        Finding(
            each.text[:80],
            "high" if each.impact in {"critical", "high"} else "medium",
            "Claimed without evidence.",
            next_step="Add some, or lower its impact.",
        )
        for each in bare
    ]
    findings += [
        Finding(
            each.decision[:80],
            "medium",
            "Decided without naming what was given up.",
            next_step="Write down the alternative and its price.",
        )
        for each in plan.decisions.values()
        if not each.tradeoffs
    ]
    figures: list[Figure] = []
    if plan.insights:
        figures.append(
            figure("insights", "with evidence", 100 * (1 - len(bare) / len(plan.insights)), "%", method="count")
        )
    ratios = [
        (each.done_on - each.started_on).days * 5 / 7 / each.effort.likely
        for each in plan.milestones.values()
        if each.done_on and each.started_on and each.effort.likely > 0
    ]
    missing: list[str] = []
    if len(ratios) >= 3:
        figures.append(
            figure(
                "finished milestones",
                "time taken beside the estimate",
                median(ratios),
                "times",
                low=min(ratios),
                high=max(ratios),
                level=1.0,
                method="reference class",
            )
        )
        if median(ratios) > 1.2:
            findings.append(
                Finding(
                    "estimates",
                    "high",
                    f"Finished work took {median(ratios):.2f} times its estimate (median of {len(ratios)}).",
                    next_step="Stretch coming estimates by as much.",
                )
            )
    else:
        missing.append("Three finished milestones with their beginnings would show how far estimates may be believed.")
    for goal in plan.goals.values():
        due = due_of(goal)
        for metric in goal.metrics:
            trend = metric_line(metric, today)
            if trend and due and goal.status != "completed":
                chance = trend.chance_above(metric.target, (metric.due - today).days)
                if metric.target < (metric.start or 0):
                    chance = 1 - chance
                if chance < 0.2 and (goal.confidence or 0) > 60:
                    findings.append(
                        Finding(
                            f"{goal.title}: {metric.name}",
                            "high",
                            f"Its owner is {goal.confidence:.0f} % confident; its trend gives {100 * chance:.0f} %.",
                            next_step="Ask what will break the trend.",
                        )
                    )
        if goal.confidence is not None and goal.confidence >= 95:
            findings.append(
                Finding(
                    goal.title,
                    "low",
                    "Confidence of 95 % or more is seldom earned.",
                    next_step="Ask what would prove it wrong.",
                )
            )
    return Analysis.bounded(
        "Skeptical reading",
        figures=figures,
        findings=findings,
        methods=(
            "reference class of past overruns (Kahneman and Lovallo 1993)",
            "confidence beside the chance that the trend gives",
        ),
        missing=missing,
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


def _claims(insight: Insight, plan: Plan) -> Iterable[tuple[float, Metric, str]]:
    """The figures of an insight that stand in a sentence with the name of a metric."""
    for sentence in re.split(r"(?<=[.!?])\s", insight.text):
        words = set(_WORD.findall(sentence.lower()))
        for goal in plan.goals.values():
            for metric in goal.metrics:
                named = set(_WORD.findall(metric.name.lower()))
                if named and named <= words:
                    yield from (
                        (float(number.replace(",", "")), metric, f"{goal.title}: {metric.name}")
                        for number, _ in _NUMBER.findall(sentence)
                    )


def _is_fresh(metric: Metric, today: date) -> bool:
    return any((today - reading.on).days <= _FRESH_DAYS for reading in metric.readings)
