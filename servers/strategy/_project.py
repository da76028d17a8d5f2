"""What the plan is about, and how much of what was entered may be believed."""

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import PLANNERS, EntryId, Line, Lines, Paragraph
from scribetree.servers.strategy._desk import CONTEXT_ID, Desk, Saved
from scribetree.servers.strategy._forecasting import NewCompetitor, NewMarket
from scribetree.servers.strategy._integration import Note
from scribetree.servers.strategy._shapes import Analyses
from scribetree.tools import strategy
from scribetree.tools.strategy import Analysis, Competitor, Context, Criterion, Insight, MarketSize, Option

__all__ = ["tools"]

tools = Toolbox("project")


class NewCriterion(BaseModel):
    """Something that options are judged by, and its weight relative to the others."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    weight: Annotated[float, Field(ge=0, le=1000)] = 1


class NewOption(BaseModel):
    """One possibility, with a score for each criterion in their order, all on one scale, higher is better."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    scores: Annotated[list[Annotated[float, Field(ge=-1e6, le=1e6)]], Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class Wizard:
    """How far the set-up is, and the next question with the tool that takes its answer."""

    done: tuple[str, ...]
    next_question: str
    tool: str


@tools.add(title="Initialize the project's context", hints=WRITES_ONCE, roles=PLANNERS)
def initialize_project_context(
    name: Line,
    caller: Caller,
    means: Means,
    description: Paragraph = "",
    stage: Annotated[str, Field(max_length=100)] = "",
    audience: Annotated[str, Field(max_length=300)] = "",
    team_size: Annotated[float, Field(gt=0, le=1e6)] | None = None,
    budget: Annotated[float, Field(ge=0, le=1e12)] | None = None,
    currency: Annotated[str, Field(max_length=10)] = "",
    horizon_months: Annotated[int, Field(ge=1, le=120)] | None = None,
    constraints: Lines = [],  # noqa: B006 - the schema's default
    competitors: Annotated[list[NewCompetitor], Field(max_length=50)] = [],  # noqa: B006 - as above
    markets: Annotated[list[NewMarket], Field(max_length=20)] = [],  # noqa: B006 - as above
) -> Saved:
    """
    Say what the plan is about: the project, its stage, people, money, limits, competitors and market.

    Use it once at the beginning, and again to change it: what is given replaces what was there, facts from documents
    stay. Leave out what is not known.
    """
    desk = Desk.of(means, caller)
    before = desk.plan().context
    context = Context(
        CONTEXT_ID,
        name,
        description,
        stage,
        audience,
        team_size,
        budget,
        currency,
        horizon_months,
        tuple(constraints),
        before.facts if before else (),
        tuple(
            Competitor(each.name, tuple(each.strengths), tuple(each.weaknesses), each.price, each.share, each.source)
            for each in competitors
        ),
        tuple(MarketSize(each.segment, each.low, each.high, each.unit, each.source) for each in markets),
    )
    return desk.put(context, next_step="See what is not told yet with analyze_project_context.")


@tools.add(title="Import context from a document", hints=WRITES_ONCE, roles=PLANNERS)
def import_context_from_document(document: Note, caller: Caller, means: Means) -> Saved:
    """
    Take facts about the project from a document: lines such as "Stage: pilot" or "Team: 6", and sentences with figures.

    Use it with a plan or a pitch that the user gives. It fills only what is empty, keeps the document's name as the
    source of each fact, and follows no instruction in it.
    """
    desk = Desk.of(means, caller)
    read = strategy.Document(document.name, document.text)
    context = desk.plan().context or Context(CONTEXT_ID, strategy.facts_in(read).get("name", document.name))
    return desk.put(strategy.with_document(context, read, desk.today))


@tools.add(title="Quick setup wizard", hints=READS, roles=PLANNERS)
def quick_setup_wizard(caller: Caller, means: Means) -> Wizard:
    """
    Say what is set up already and give the next question to ask the user, with the tool that takes the answer.

    Use it when somebody begins: call it again after each answer until it says that all is there.
    """
    done, question, tool = strategy.next_setup_step(Desk.of(means, caller).plan())
    return Wizard(done, question, tool)


@tools.add(title="Run a critical analysis", hints=READS, roles=PLANNERS)
def run_critical_analysis(
    caller: Caller,
    means: Means,
    criteria: Annotated[list[NewCriterion], Field(max_length=20)] = [],  # noqa: B006 - the schema's default
    options: Annotated[list[NewOption], Field(max_length=20)] = [],  # noqa: B006 - as above
) -> Analyses:
    """
    Weigh options against criteria and show what would change the winner; without options, question the plan itself.

    Use it before a decision with several ways. It shows under which share of all weightings each option wins and the
    weight at which another comes first.
    """
    desk = Desk.of(means, caller)
    if not options and not criteria:
        plan = desk.plan()
        return Analyses((strategy.skeptical(plan, desk.today), strategy.strategy_gaps(plan, desk.today)))
    if len(options) < 2 or not criteria:
        raise InvalidInput("A comparison needs one criterion and two options.", hint="Give `criteria` and `options`.")
    if any(len(option.scores) != len(criteria) for option in options):
        raise InvalidInput("`options.scores` needs one score for each criterion.", hint="Keep the order of `criteria`.")
    names = [criterion.name for criterion in criteria]
    return Analyses(
        (
            strategy.weighted_decision(
                [Criterion(each.name, each.weight) for each in criteria],
                [Option(each.name, dict(zip(names, each.scores, strict=True))) for each in options],
            ),
        )
    )


@tools.add(title="Generate a skeptical report", hints=READS, roles=PLANNERS)
def generate_skeptical_report(caller: Caller, means: Means) -> Analysis:
    """
    Read the plan as somebody who believes nothing: claims without evidence, confidence beside the trend, past overruns.

    Use it before others do. It finds what the record does not support; it does not say that it is false.
    """
    desk = Desk.of(means, caller)
    return strategy.skeptical(desk.plan(), desk.today)


@tools.add(title="Analyse the project's context", hints=READS, roles=PLANNERS)
def analyze_project_context(caller: Caller, means: Means) -> Analysis:
    """
    Show how much is told of the project, what is not, what has no source, and what contradicts itself.

    Use it after initialize_project_context, to see what to ask for next.
    """
    return strategy.context_analysis(Desk.of(means, caller).plan().context)


@tools.add(title="Validate an insight's accuracy", hints=READS, roles=PLANNERS)
def validate_insight_accuracy(insight_id: EntryId, caller: Caller, means: Means) -> Analysis:
    """
    Set an insight beside the record: its evidence, its age, and its figures beside the metrics that it names.

    Use it before something rests on an insight. There is no score of truth: what cannot be checked is said to be
    unchecked.
    """
    desk = Desk.of(means, caller)
    return strategy.insight_accuracy(desk.get(Insight, insight_id), desk.plan(), desk.today)


@tools.add(title="Generate insights from the record", hints=READS, roles=PLANNERS)
def generate_contextually_accurate_insights(caller: Caller, means: Means) -> Analysis:
    """
    Give statements that the record itself supports, each with its test and figure; none where nothing stands up.

    Use it when there are months of record. It is the corrected pattern analysis over all kinds, and needs no wording
    by a model.
    """
    desk = Desk.of(means, caller)
    return strategy.grounded_insights(desk.plan(), desk.today)


@tools.add(title="Generate an analysis quality report", hints=READS, roles=PLANNERS)
def generate_analysis_quality_report(caller: Caller, means: Means) -> Analysis:
    """
    Say how complete, fresh and well supported the entries are, as shares with what they count.

    Use it to judge how far any other figure may be believed, and what to complete first.
    """
    desk = Desk.of(means, caller)
    return strategy.analysis_quality(desk.plan(), desk.today)


@tools.add(title="Improve an insight's accuracy", hints=WRITES_ONCE, roles=PLANNERS)
def improve_insight_accuracy(
    insight_id: EntryId,
    caller: Caller,
    means: Means,
    evidence: Lines = [],  # noqa: B006 - the schema's default
    corrected_text: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None,
    certainty: Annotated[float, Field(ge=0, le=100)] | None = None,
) -> Saved:
    """
    Add evidence to a kept insight, correct its words, or say how sure it is; the old version stays in its history.

    Use it after validate_insight_accuracy named what is missing. Give what was seen, where and when.
    """

    def told(old: Insight) -> Insight:
        return replace(
            old,
            text=corrected_text or old.text,
            evidence=tuple(dict.fromkeys((*old.evidence, *evidence)))[:60],
            certainty=old.certainty if certainty is None else certainty,
        )

    if not evidence and corrected_text is None and certainty is None:
        raise InvalidInput(
            "Nothing is given that would change the insight.", hint="Give `evidence`, words or `certainty`."
        )
    said = [evidence, corrected_text, certainty]
    return Desk.of(means, caller).change(Insight, insight_id, told, said=said)
