"""Strategy talks and what comes out of them: insights, decisions, actions."""

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

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
    Row,
    VersionSeen,
    bounded_rows,
)
from scribetree.servers.strategy._desk import Desk, Saved
from scribetree.tools.strategy import (
    Action,
    Category,
    Conversation,
    ConversationStatus,
    ConversationType,
    Decision,
    DecisionStatus,
    Goal,
    Impact,
    Insight,
)

__all__ = ["ConversationWhole", "tools", "whole"]

tools = Toolbox("conversations")


@dataclass(frozen=True, slots=True)
class ConversationWhole:
    """A conversation, its version, and what came out of it."""

    conversation: Conversation
    version: int
    insights: tuple[Insight, ...]
    decisions: tuple[Decision, ...]
    actions: tuple[Action, ...]


@tools.add(title="Start a strategy session", hints=WRITES_ONCE, roles=PLANNERS)
def start_strategy_session(
    type: ConversationType,  # noqa: A002 - the origin's name of the argument
    title: Line,
    caller: Caller,
    means: Means,
    context: Paragraph = "",
    participants: Lines = [],  # noqa: B006 - the schema's default
) -> Saved:
    """
    Begin a strategy conversation and keep it, so that insights, decisions and actions can be tied to it.

    Use it when people sit down to talk about direction. For a guided talk with questions to ask, use
    start_templated_conversation; for several people who contribute one by one, create_collaboration_session.
    """
    desk = Desk.of(means, caller)
    return desk.add(
        Conversation("", type, title, desk.today, context, tuple(participants)),
        next_step="Keep what is learnt with capture_strategic_insight.",
    )


@tools.add(title="Capture a strategic insight", hints=WRITES_ONCE, roles=PLANNERS)
def capture_strategic_insight(
    conversation_id: EntryId,
    insight: Annotated[str, Field(min_length=1, max_length=2_000)],
    category: Category,
    impact: Impact,
    caller: Caller,
    means: Means,
    evidence: Lines = [],  # noqa: B006 - the schema's default
    actionable: bool = False,
    linked_insights: Ids = [],  # noqa: B006 - the schema's default
    reach: Annotated[float, Field(ge=0, le=1e9, description="People that it touches in a quarter.")] | None = None,
    certainty: Annotated[float, Field(ge=0, le=100, description="How sure that is, in percent.")] | None = None,
    effort_weeks: Annotated[float, Field(gt=0, le=10_000, description="Person-weeks to act on it.")] | None = None,
) -> Saved:
    """
    Keep something that was learnt in a conversation, with what shows it.

    Use it for a statement that should count later. With reach, certainty and effort it can be ranked
    (identify_strategic_opportunities); without evidence generate_skeptical_report will name it.
    """
    desk = Desk.of(means, caller)
    desk.get(Conversation, conversation_id)
    return desk.add(
        Insight(
            "",
            insight,
            category,
            impact,
            desk.today,
            conversation_id,
            tuple(evidence),
            actionable,
            desk.require(Insight, linked_insights, field="linked_insights"),
            reach=reach,
            certainty=certainty,
            effort_weeks=effort_weeks,
        ),
        next_step="" if evidence else "Add what shows it with improve_insight_accuracy.",
    )


@tools.add(title="Track a strategic decision", hints=WRITES_ONCE, roles=PLANNERS)
def track_strategic_decision(
    conversation_id: EntryId,
    decision: Annotated[str, Field(min_length=1, max_length=1_000)],
    rationale: Annotated[str, Field(min_length=1, max_length=4_000)],
    caller: Caller,
    means: Means,
    tradeoffs: Lines = [],  # noqa: B006 - the schema's default
    review_triggers: Lines = [],  # noqa: B006 - the schema's default
    timeline: Annotated[str, Field(max_length=200)] = "",
    owner: Annotated[str, Field(max_length=200)] = "",
    status: DecisionStatus = "pending",
    decision_id: Annotated[EntryId, Field(description="To change a decision that is kept already.")] | None = None,
    version: VersionSeen | None = None,
) -> Saved:
    """
    Keep a decision with its reasons, what was given up for it, and when to look at it again; or change a kept one.

    Use it as soon as something is decided. Two people who change one decision from the same version do not overwrite
    each other: the second is told to read it again.
    """
    desk = Desk.of(means, caller)
    desk.get(Conversation, conversation_id)

    def told(old: Decision) -> Decision:
        return replace(
            old,
            decision=decision,
            rationale=rationale,
            tradeoffs=tuple(tradeoffs),
            review_triggers=tuple(review_triggers),
            timeline=timeline,
            owner=owner,
            status=status,
        )

    if decision_id is None:
        new = Decision("", decision, rationale, desk.today, conversation_id)
        return desk.add(told(new), next_step="" if tradeoffs else "Say what was given up for it.")
    said = [decision, rationale, tradeoffs, review_triggers, timeline, owner, status]
    return desk.change(Decision, decision_id, told, said=said, version=version)


@tools.add(title="Add an action", hints=WRITES_ONCE, roles=PLANNERS)
def add_action_item(
    conversation_id: EntryId,
    description: Annotated[str, Field(min_length=1, max_length=1_000)],
    owner: Line,
    due_date: Day,
    priority: Impact,
    caller: Caller,
    means: Means,
    linked_goals: Ids = [],  # noqa: B006 - the schema's default
    action_id: Annotated[EntryId, Field(description="To change an action that is kept already.")] | None = None,
    done: bool = False,
) -> Saved:
    """
    Keep what somebody will do by a day; or change or finish a kept action.

    Use it for a single step with one owner. Work that takes weeks is a milestone (create_technical_milestone).
    """
    desk = Desk.of(means, caller)
    desk.get(Conversation, conversation_id)
    goals = desk.require(Goal, linked_goals, field="linked_goals")
    action = Action(
        action_id or "", description, owner, due_date, priority, conversation_id, goals, desk.today if done else None
    )
    if action_id is None:
        return desk.add(action, next_step="It is overdue already." if due_date < desk.today and not done else "")
    said = [description, owner, due_date, priority, linked_goals, done]
    return desk.change(Action, action_id, lambda _: action, said=said)


@tools.add(title="Update a conversation's summary", hints=WRITES_ONCE, roles=PLANNERS)
def update_conversation_summary(
    conversation_id: EntryId,
    summary: Annotated[str, Field(min_length=1, max_length=4_000)],
    caller: Caller,
    means: Means,
    key_questions: Lines = [],  # noqa: B006 - the schema's default
    status: ConversationStatus | None = None,
    version: VersionSeen | None = None,
) -> Saved:
    """
    Say what a conversation came to, which questions stay open, and whether it goes on.

    Use it at the end of a talk, or between two parts of it. What was there before stays in its history.
    """

    def told(old: Conversation) -> Conversation:
        return replace(old, summary=summary, key_questions=tuple(key_questions), status=status or old.status)

    said = [summary, key_questions, status]
    return Desk.of(means, caller).change(Conversation, conversation_id, told, said=said, version=version)


@tools.add(title="Get a conversation", hints=READS, roles=PLANNERS)
def get_conversation(conversation_id: EntryId, caller: Caller, means: Means) -> ConversationWhole:
    """
    Give one conversation whole: what was said of it, and its insights, decisions and actions.

    Use it before going on with a talk, or to change something in it: the version it gives belongs into that change.
    """
    return whole(Desk.of(means, caller), conversation_id)


@tools.add(title="List conversations", hints=READS, roles=PLANNERS)
def list_conversations(
    caller: Caller,
    means: Means,
    type: ConversationType | None = None,  # noqa: A002 - the origin's name of the argument
    status: ConversationStatus | None = None,
    limit: Limit = 20,
) -> Listing:
    """
    List the strategy conversations, newest first, by type and status.

    Use it to find one again. It shows titles only; get_conversation gives one whole.
    """
    found = [
        Row(each.id, each.title, each.status, each.type)
        for each in Desk.of(means, caller).plan().conversations.values()
        if type in {None, each.type} and status in {None, each.status}
    ]
    return bounded_rows(found, limit)


def whole(desk: Desk, conversation_id: str) -> ConversationWhole:
    """The conversation of that id with what came out of it."""
    conversation, version = desk.with_version(Conversation, conversation_id)
    plan = desk.plan()
    return ConversationWhole(
        conversation,
        version,
        tuple(each for each in plan.insights.values() if each.conversation_id == conversation_id),
        tuple(each for each in plan.decisions.values() if each.conversation_id == conversation_id),
        tuple(each for each in plan.actions.values() if each.conversation_id == conversation_id),
    )
