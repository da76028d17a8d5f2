"""What a guided conversation has come to, and its report."""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from scribetree.errors import InternalError
from scribetree.tools.strategy._model import Action, Conversation, ConversationType, Decision, Insight
from scribetree.tools.strategy._report import Document, Section
from scribetree.tools.strategy._templates import Section as TemplateSection
from scribetree.tools.strategy._templates import Template

__all__ = ["conversation_report", "conversation_type", "open_outputs"]

Row = tuple[str, ...]

_WORD = re.compile(r"[a-z]{4,}")


def conversation_type(template: Template) -> ConversationType:
    """The type of conversation that the template leads."""
    for known in get_args(ConversationType):
        if known == template.conversation_type:
            return known  # type: ignore[no-any-return]
    raise InternalError("A template names an unknown type of conversation.", hint="Report this.")


def open_outputs(section: TemplateSection, texts: Iterable[str]) -> tuple[str, ...]:
    """The outputs of the section of which no text shares two words (one, where an output has only one)."""
    held = [set(_WORD.findall(text.lower())) for text in texts]

    def is_there(output: str) -> bool:
        words = set(_WORD.findall(output.lower()))
        return any(len(words & about) >= min(2, len(words)) for about in held)

    return tuple(output for output in section.outputs if not is_there(output))


def conversation_report(
    conversation: Conversation,
    insights: Iterable[Insight],
    decisions: Iterable[Decision],
    actions: Iterable[Action],
    *,
    template: Template | None = None,
) -> Document:
    """The conversation as a report; with a template also what its sections still lack."""
    told, decided, doing = tuple(insights), tuple(decisions), tuple(actions)
    texts = _texts(conversation, told, decided, doing)
    people = ", ".join(conversation.participants) or "nobody was named"
    return Document(
        conversation.title,
        f"{conversation.type}, {conversation.started_on.isoformat()}, with {people}",
        (
            Section(
                "Summary",
                (conversation.summary or "No summary was entered.",),
                notes=tuple(f"Open: {each}" for each in conversation.key_questions),
            ),
            Section("Insights", rows=_insights(told)),
            Section("Decisions", rows=_decisions(decided)),
            Section("Actions", rows=_actions(doing)),
            *(_still_lacking(part, texts) for part in (template.sections if template else ())),
        ),
    )


def _insights(told: Iterable[Insight]) -> tuple[Row, ...]:
    rows = [(each.text, each.category, each.impact, "; ".join(each.evidence) or "none given") for each in told]
    return _under(("What was learnt", "Kind", "Impact", "Evidence"), rows)


def _decisions(decided: Iterable[Decision]) -> tuple[Row, ...]:
    rows = [
        (each.decision, each.rationale, "; ".join(each.tradeoffs) or "not said", each.owner or "nobody", each.status)
        for each in decided
    ]
    return _under(("Decided", "Why", "Given up", "Owner", "Status"), rows)


def _actions(doing: Iterable[Action]) -> tuple[Row, ...]:
    rows = [
        (each.description, each.owner, each.due.isoformat(), each.done_on.isoformat() if each.done_on else "no")
        for each in doing
    ]
    return _under(("What", "Who", "By", "Done"), rows)


def _under(head: Row, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows under their head; nothing where there are none."""
    return (head, *rows) if rows else ()


def _still_lacking(part: TemplateSection, texts: Iterable[str]) -> Section:
    lacking = tuple(f"Not there yet: {each}" for each in open_outputs(part, texts))
    return Section(f"Template: {part.title}", (part.purpose,), notes=lacking)


def _texts(
    conversation: Conversation, told: Iterable[Insight], decided: Iterable[Decision], doing: Iterable[Action]
) -> tuple[str, ...]:
    return (
        conversation.summary,
        *(each.text for each in told),
        *(each.decision for each in decided),
        *(each.description for each in doing),
    )
