"""Arithmetic over the whole plan: counts, progress, pace; and the documents that put several analyses together."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from statistics import mean

from scribetree.tools.strategy._alignment import alignment
from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._forecast import critical_path, finished_by_period, forecast
from scribetree.tools.strategy._gaps import strategy_gaps
from scribetree.tools.strategy._health import health_report
from scribetree.tools.strategy._model import Plan, ReportType
from scribetree.tools.strategy._patterns import patterns
from scribetree.tools.strategy._quality import analysis_quality, skeptical
from scribetree.tools.strategy._ranking import opportunities
from scribetree.tools.strategy._report import Document, Section, section_of
from scribetree.tools.strategy._triggers import evaluate, facts_of

__all__ = [
    "AREAS",
    "areas",
    "dashboard_metrics",
    "executive_brief",
    "goal_analytics",
    "next_setup_step",
    "quick_insights",
    "strategic_report",
]

_Area = Callable[[Plan, date], Analysis]


def goal_analytics(plan: Plan, today: date) -> Analysis:
    """Goals by status and category, mean progress, and the pace of finished stages and milestones."""
    goals = tuple(plan.goals.values())
    figures: list[Figure] = [figure("goals", "in all", float(len(goals)), "goals", method="count")]
    for measure, counts in (
        ("status", Counter(goal.status for goal in goals)),
        ("category", Counter(goal.category for goal in goals)),
    ):
        figures += [
            figure(f"{measure} {name}", "goals", float(count), "goals", method="count")
            for name, count in sorted(counts.items())
        ]
    known = [goal.progress for goal in goals if goal.progress is not None]
    if known:
        figures.append(figure("goals", "mean progress", mean(known), "%", method="mean of metrics, else of stages"))
    pace = finished_by_period(plan, today)
    if pace:
        figures.append(
            figure(
                "stages and milestones",
                "finished in 30 days",
                mean(pace),
                "a period",
                low=float(min(pace)),
                high=float(max(pace)),
                level=1.0,
                method="mean and range of past periods",
            )
        )
    missing = [f"{goal.title}: a reading or a stage." for goal in goals if goal.progress is None]
    return Analysis.bounded(
        "Figures over all goals",
        figures=figures,
        methods=("counts", "progress: the share of the way from start to target, at most 100 %"),
        missing=missing if goals else ("There are no goals: enter one with create_business_goal.",),
    )


def _forecast(plan: Plan, today: date) -> Analysis:
    return forecast(plan, today, months=12, scenarios=False)


def _opportunities(plan: Plan, today: date) -> Analysis:
    del today
    return opportunities(plan)


def _triggers(plan: Plan, today: date) -> Analysis:
    return evaluate(plan.triggers, facts_of(plan, today))[0]


AREAS: Mapping[str, _Area] = {
    "goals": goal_analytics,
    "health": health_report,
    "alignment": alignment,
    "forecast": _forecast,
    "critical-path": critical_path,
    "gaps": strategy_gaps,
    "opportunities": _opportunities,
    "patterns": patterns,
    "triggers": _triggers,
    "skeptical": skeptical,
    "quality": analysis_quality,
}
"""The analyses that reports, dashboards and briefs are put together from."""

_REPORTS: Mapping[ReportType, tuple[str, ...]] = {
    "executive-summary": ("goals", "health", "gaps", "triggers"),
    "detailed-analysis": tuple(AREAS),
    "board-presentation": ("goals", "health", "forecast", "gaps"),
    "investor-update": ("goals", "forecast", "opportunities"),
    "team-dashboard": ("goals", "critical-path", "alignment", "triggers"),
}


def areas(plan: Plan, today: date, names: Iterable[str]) -> list[Analysis]:
    """The analyses of those names, in the order given."""
    return [AREAS[name](plan, today) for name in dict.fromkeys(names)]


def strategic_report(
    plan: Plan, today: date, *, kind: ReportType, start: date, end: date, confidential: bool
) -> Document:
    """A report of the period: what was done in it, then what its type analyses; decisions only where confidential."""
    name = plan.context.name if plan.context else "Strategy"
    sections = [_period(plan, start, end)]
    sections += [section_of(each) for each in areas(plan, today, _REPORTS[kind])]
    if confidential:
        sections.append(_decisions(plan, start, end))
    return Document(
        f"{name}: {kind.replace('-', ' ')}",
        f"{start.isoformat()} to {end.isoformat()}, made on {today.isoformat()}",
        tuple(sections),
    )


def executive_brief(parts: Sequence[Analysis]) -> Analysis:
    """At most ten findings of the parts, the gravest first, and one figure of each."""
    ranks = ("critical", "significant", "high", "poor", "moderate", "medium", "fair", "low", "minor", "info")
    findings = sorted(
        (finding for part in parts for finding in part.findings),
        key=lambda each: ranks.index(each.severity) if each.severity in ranks else len(ranks),
    )
    return Analysis.bounded(
        "Brief",
        figures=[part.figures[0] for part in parts if part.figures],
        findings=findings[:10],
        methods=[method for part in parts for method in part.methods],
        missing=[
            *(each for part in parts for each in part.missing[:2]),
            *((f"{len(findings) - 10} findings more in the areas themselves.",) if len(findings) > 10 else ()),
        ],
    )


def quick_insights(plan: Plan, today: date, *, days: int, parts: Sequence[Analysis] = ()) -> Analysis:
    """What happened in the last days, and the gravest findings of the parts."""
    start = today - timedelta(days=days)
    done = [each for each in plan.milestones.values() if each.done_on and start <= each.done_on <= today]
    stages = [
        stage
        for goal in plan.goals.values()
        for stage in goal.milestones
        if stage.done_on and start <= stage.done_on <= today
    ]
    brief = executive_brief(parts)
    counts = (
        ("milestones finished", len(done)),
        ("stages finished", len(stages)),
        ("insights noted", sum(start <= each.noted_on <= today for each in plan.insights.values())),
        ("decisions made", sum(start <= each.decided_on <= today for each in plan.decisions.values())),
        (
            "actions finished",
            sum(each.done_on is not None and start <= each.done_on <= today for each in plan.actions.values()),
        ),
    )
    return Analysis.bounded(
        f"The last {days} days",
        figures=[
            *(figure(f"last {days} days", name, float(count), method="count") for name, count in counts),
            *brief.figures,
        ],
        findings=[
            *(
                Finding(each.name, "info", "Finished.", basis=each.done_on.isoformat() if each.done_on else "")
                for each in done
            ),
            *brief.findings,
        ],
        methods=brief.methods,
        missing=brief.missing,
    )


def _period(plan: Plan, start: date, end: date) -> Section:
    stages = [
        (goal.title, stage.title, stage.done_on)
        for goal in plan.goals.values()
        for stage in goal.milestones
        if stage.done_on and start <= stage.done_on <= end
    ]
    work = [
        ("technical work", each.name, each.done_on)
        for each in plan.milestones.values()
        if each.done_on and start <= each.done_on <= end
    ]
    rows = tuple((of, what, day.isoformat()) for of, what, day in sorted((*stages, *work), key=lambda row: row[2]))
    return Section(
        "Done in the period",
        () if rows else ("Nothing was marked as done.",),
        (("Of", "What", "Day"), *rows) if rows else (),
    )


def _decisions(plan: Plan, start: date, end: date) -> Section:
    rows = tuple(
        (each.decision, each.rationale, each.owner or "nobody", each.status)
        for each in plan.decisions.values()
        if start <= each.decided_on <= end
    )
    return Section(
        "Decisions (confidential)",
        () if rows else ("None in the period.",),
        (("Decided", "Why", "Owner", "Status"), *rows) if rows else (),
    )


def dashboard_metrics(plan: Plan, today: date, *, days: int) -> Analysis:
    """The few figures of a board."""
    facts = facts_of(plan, today)
    lately = quick_insights(plan, today, days=days)
    goals = goal_analytics(plan, today)
    return Analysis.bounded(
        "Board",
        figures=[
            *goals.figures,
            *lately.figures,
            *(figure("now", name, value, method="fact") for name, value in facts.items()),
        ],
        methods=goals.methods,
        missing=goals.missing,
    )


_SETUP: tuple[tuple[str, str, str, Callable[[Plan], bool]], ...] = (
    (
        "the project",
        "What is the project called, for whom is it, and how many people work on it?",
        "initialize_project_context",
        lambda plan: plan.context is not None,
    ),
    (
        "a goal",
        "What is the one thing to reach this year, who owns it, and which figure will show it?",
        "create_business_goal",
        lambda plan: bool(plan.goals),
    ),
    (
        "a metric with a reading",
        "What does that figure show today?",
        "update_goal_progress",
        lambda plan: any(metric.readings for goal in plan.goals.values() for metric in goal.metrics),
    ),
    (
        "a stage",
        "Which stage comes first, and by when?",
        "add_milestone",
        lambda plan: any(goal.milestones for goal in plan.goals.values()),
    ),
    (
        "technical work",
        "Which work has to be done for it: likely, least and most person-days?",
        "create_technical_milestone",
        lambda plan: bool(plan.milestones),
    ),
    (
        "a conversation",
        "What was talked about last, and what was learnt?",
        "start_strategy_session",
        lambda plan: bool(plan.conversations),
    ),
    (
        "a decision",
        "What has been decided, and what was given up for it?",
        "track_strategic_decision",
        lambda plan: bool(plan.decisions),
    ),
)


def next_setup_step(plan: Plan) -> tuple[tuple[str, ...], str, str]:
    """What is there already, the next question, and the tool that takes its answer."""
    done = tuple(name for name, _, _, is_there in _SETUP if is_there(plan))
    for _, question, tool, is_there in _SETUP:
        if not is_there(plan):
            return done, question, tool
    return done, "All is there: see what it says.", "run_comprehensive_analysis"
