"""Guided conversations: which questions to ask, and a report of what was answered."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import PLANNERS, EntryId, Line, Lines, Paragraph
from scribetree.servers.strategy._conversations import ConversationWhole, whole
from scribetree.servers.strategy._desk import Desk, Saved
from scribetree.tools import strategy

__all__ = ["tools"]

tools = Toolbox("templates")

TemplateId = Annotated[str, Field(min_length=1, max_length=64, description="From list_conversation_templates.")]


@dataclass(frozen=True, slots=True)
class Templates:
    """All guided conversations."""

    templates: tuple[strategy.TemplateSummary, ...]


@dataclass(frozen=True, slots=True)
class Guidance:
    """One section of a guided conversation beside what the conversation holds of it so far."""

    section: strategy.TemplateSection
    section_number: int
    sections: int
    insights_so_far: int
    decisions_so_far: int
    open_outputs: tuple[str, ...]
    """What the section should leave behind, and no insight, decision or action mentions yet."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Markdown."""

    markdown: str


@tools.add(title="List conversation templates", hints=READS, roles=PLANNERS)
async def list_conversation_templates() -> Templates:
    """
    List the guided strategy conversations: what each is for and how many sections it has.

    Use it to choose one; get_conversation_template gives its questions.
    """
    return Templates(strategy.list_templates())


@tools.add(title="Get a conversation template", hints=READS, roles=PLANNERS)
async def get_conversation_template(template_id: TemplateId) -> strategy.Template:
    """
    Give one guided conversation whole: its sections, the questions to ask and what should be written down.

    Use it to lead a strategy talk. It holds no answers: those come from the people in the room.
    """
    return strategy.template(template_id)


@tools.add(title="Start a guided conversation", hints=WRITES_ONCE, roles=PLANNERS)
def start_templated_conversation(
    template_id: TemplateId,
    title: Line,
    caller: Caller,
    means: Means,
    context: Paragraph = "",
    participants: Lines = [],  # noqa: B006 - the schema's default
) -> Saved:
    """
    Begin a strategy conversation that follows a template, and keep it.

    Use it instead of start_strategy_session when a template fits. Ask the questions of each section in turn with
    apply_template_guidance.
    """
    chosen = strategy.template(template_id)
    desk = Desk.of(means, caller)
    return desk.add(
        strategy.Conversation(
            "",
            strategy.conversation_type(chosen),
            title,
            desk.today,
            context,
            tuple(participants),
            key_questions=chosen.sections[0].questions,
            template_id=template_id,
        ),
        next_step=f"Begin with section 0, '{chosen.sections[0].title}' (apply_template_guidance).",
    )


@tools.add(title="Apply a section of a template", hints=READS, roles=PLANNERS)
def apply_template_guidance(
    conversation_id: EntryId,
    template_id: TemplateId,
    section_index: Annotated[int, Field(ge=0, le=20)],
    caller: Caller,
    means: Means,
) -> Guidance:
    """
    Give the questions of one section of a template, and which of its outputs the conversation does not hold yet.

    Use it at each step of a guided talk. An output counts as there when an insight, a decision or an action shares
    two of its words.
    """
    sections = strategy.template(template_id).sections
    if section_index >= len(sections):
        raise InvalidInput("`section_index` is beyond the last section.", hint=f"Use 0 to {len(sections) - 1}.")
    held = whole(Desk.of(means, caller), conversation_id)
    section = sections[section_index]
    return Guidance(
        section,
        section_index,
        len(sections),
        len(held.insights),
        len(held.decisions),
        strategy.open_outputs(section, _texts(held)),
    )


@tools.add(title="Generate a conversation report", hints=READS, roles=PLANNERS)
def generate_conversation_report(
    conversation_id: EntryId,
    caller: Caller,
    means: Means,
    template_id: TemplateId | None = None,
    include_template: bool = False,
) -> Text:
    """
    Write up one conversation in Markdown: its summary, insights with evidence, decisions with trade-offs, actions.

    Use it to send round what was said. It holds what was entered and adds nothing.
    """
    held = whole(Desk.of(means, caller), conversation_id)
    named = template_id or held.conversation.template_id
    chosen = strategy.template(named) if named and (include_template or template_id) else None
    report = strategy.conversation_report(
        held.conversation, held.insights, held.decisions, held.actions, template=chosen
    )
    return Text(strategy.as_markdown(report))


def _texts(held: ConversationWhole) -> tuple[str, ...]:
    return (
        held.conversation.summary,
        *(each.text for each in held.insights),
        *(each.decision for each in held.decisions),
        *(each.description for each in held.actions),
    )
