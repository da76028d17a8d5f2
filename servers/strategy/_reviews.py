"""When the strategy is looked at again: rules as data, the reviews that they ask for, and what came of them."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import PLANNERS, EntryId, Line, Lines, Percent
from scribetree.servers.strategy._desk import Desk, Saved
from scribetree.tools import strategy
from scribetree.tools.strategy import Analysis, Impact, Review, Trigger, TriggerType

__all__ = ["tools"]

tools = Toolbox("reviews")

FactName = Literal[
    "critical_milestones_done_recently",
    "worst_goal_health",
    "mean_goal_health",
    "days_since_review",
    "critical_gaps",
    "overdue_milestones",
    "overdue_actions",
    "blocked_goals",
    "lowest_chance_in_time",
    "market_threat",
]


class MarketEvent(BaseModel):
    """Something that may happen outside, and how likely somebody thinks it is."""

    model_config = ConfigDict(extra="forbid")

    description: Line
    probability: Percent


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What each rule says, and the reviews that were opened for those that hold."""

    analysis: Analysis
    opened: tuple[Saved, ...]


@dataclass(frozen=True, slots=True)
class Reviews:
    """Reviews, newest first."""

    reviews: tuple[Review, ...]


@tools.add(title="Evaluate review triggers", hints=WRITES_ONCE, roles=PLANNERS)
def evaluate_strategy_review_triggers(
    caller: Caller,
    means: Means,
    open_reviews: Annotated[bool, Field(description="Open a review for each rule that holds.")] = True,
    include_standard_triggers: bool = True,
    market_events: Annotated[list[MarketEvent], Field(max_length=20)] = [],  # noqa: B006 - the schema's default
) -> Evaluation:
    """
    Compare the facts of the plan with the rules, and open a review for each rule that holds.

    Use it weekly, or when something happened. A rule with a pending review opens no second one. Market events are
    what people expect, with a probability they give.
    """
    desk = Desk.of(means, caller)
    plan = desk.plan()
    facts = strategy.facts_of(plan, desk.today)
    facts |= strategy.market_fact({each.description: each.probability for each in market_events})
    rules = strategy.with_standard(plan.triggers) if include_standard_triggers else plan.triggers
    analysis, held = strategy.evaluate(rules, facts)
    pending = {review.trigger_id for review in plan.reviews.values() if review.status == "pending"}
    opened = [desk.add(_review(each, desk)) for each in held if open_reviews and each.id not in pending]
    return Evaluation(analysis, tuple(opened))


@tools.add(title="Configure a review trigger", hints=WRITES_ONCE, roles=PLANNERS)
def configure_strategy_review_trigger(
    action: Literal["create", "update", "enable", "disable"],
    caller: Caller,
    means: Means,
    trigger_id: EntryId | None = None,
    name: Line | None = None,
    type: TriggerType | None = None,  # noqa: A002 - the origin's name of the argument
    severity: Impact | None = None,
    fact: FactName | None = None,
    comparison: Literal["above", "at_least", "below", "at_most"] | None = None,
    value: Annotated[float, Field(ge=-1e6, le=1e6)] | None = None,
    questions: Lines | None = None,
) -> Saved:
    """
    Create, change, enable or disable a rule that asks for a review: one fact of the plan compared with a number.

    Use it to say when the strategy must be looked at. The five standard rules can be changed and disabled too; the
    answer of evaluate_strategy_review_triggers shows every fact.
    """
    desk = Desk.of(means, caller)
    if action == "create":
        if name is None or fact is None or comparison is None or value is None:
            raise InvalidInput("A new rule needs `name`, `fact`, `comparison` and `value`.", hint="Give all four.")
        return desk.add(
            Trigger(
                "",
                name,
                type or "threshold-based",
                severity or "medium",
                fact,
                comparison,
                value,
                questions=tuple(questions or ()),
            )
        )
    if trigger_id is None:
        raise InvalidInput("`trigger_id` is missing.", hint="See get_strategy_reviews or the standard rules.")
    rules = strategy.with_standard(desk.plan().triggers)
    if trigger_id not in rules:
        raise InvalidInput(
            "`trigger_id` names no rule.", hint=f"Standard rules: {', '.join(sorted(strategy.with_standard({})))}."
        )
    old = rules[trigger_id]
    if action in {"enable", "disable"}:
        return desk.put(replace(old, enabled=action == "enable"))
    return desk.put(
        replace(
            old,
            name=name or old.name,
            type=type or old.type,
            severity=severity or old.severity,
            fact=fact or old.fact,
            comparison=comparison or old.comparison,
            value=old.value if value is None else value,
            questions=old.questions if questions is None else tuple(questions),
        )
    )


@tools.add(title="Get strategy reviews", hints=READS, roles=PLANNERS)
def get_strategy_reviews(
    caller: Caller,
    means: Means,
    status: Literal["pending", "completed"] | None = None,
    include_questions: bool = True,
) -> Reviews:
    """
    List the reviews that rules asked for, newest first, at most a hundred, with the questions to ask.

    Use it to prepare a review, and to see what earlier ones decided.
    """
    found = [each for each in Desk.of(means, caller).plan().reviews.values() if status in {None, each.status}]
    shown = reversed(found[-100:])
    return Reviews(tuple(each if include_questions else replace(each, questions=()) for each in shown))


@tools.add(title="Complete a strategy review", hints=WRITES_ONCE, roles=PLANNERS)
def complete_strategy_review(
    review_id: EntryId,
    decisions: Annotated[Lines, Field(min_length=1)],
    next_steps: Lines,
    caller: Caller,
    means: Means,
) -> Saved:
    """
    Close a review with what was decided and what follows.

    Use it when the review was held. The rule that asked for it may then ask again.
    """
    desk = Desk.of(means, caller)

    def told(old: Review) -> Review:
        if old.status == "completed":
            raise InvalidInput(
                "The review is completed already.", hint="Wait for the next one, or keep a decision by itself."
            )
        return replace(
            old, status="completed", decisions=tuple(decisions), next_steps=tuple(next_steps), completed_on=desk.today
        )

    return desk.change(Review, review_id, told, said=[decisions, next_steps])


def _review(trigger: Trigger, desk: Desk) -> Review:
    return Review("", trigger.id, trigger.name, trigger.severity, desk.today, trigger.questions)
