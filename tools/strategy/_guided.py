"""What a guided conversation has come to, and its report."""

import re
from collections.abc import Iterable
from typing import get_args

from scribetree.errors import InternalError
from scribetree.tools.strategy._model import Action, Conversation, ConversationType, Decision, Insight
from scribetree.tools.strategy._report import Document, Section
from scribetree.tools.strategy._templates import Section as TemplateSection
from scribetree.tools.strategy._templates import Template

__all__ = ["conversation_report", "conversation_type", "open_outputs"]

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
    told = tuple(insights)
    decided = tuple(decisions)
    doing = tuple(actions)
    sections = [
        Section(
            "Summary",
            (conversation.summary or "No summary was entered.",),
            notes=tuple(f"Open: {each}" for each in conversation.key_questions),
        ),
        Section(
            "Insights",
            rows=(
                ("What was learnt", "Kind", "Impact", "Evidence"),
                *((each.text, each.category, each.impact, "; ".join(each.evidence) or "none given") for each in told),
            )
            if told
            else (),
        ),
        Section(
            "Decisions",
            rows=(
                ("Decided", "Why", "Given up", "Owner", "Status"),
                *(
                    (
                        each.decision,
                        each.rationale,
                        "; ".join(each.tradeoffs) or "not said",
                        each.owner or "nobody",
                        each.status,
                    )
                    for each in decided
                ),
            )
            if decided
            else (),
        ),
        Section(
            "Actions",
            rows=(
                ("What", "Who", "By", "Done"),
                *(
                    (
                        each.description,
                        each.owner,
                        each.due.isoformat(),
                        each.done_on.isoformat() if each.done_on else "no",
                    )
                    for each in doing
                ),
            )
            if doing
            else (),
        ),
    ]
    if template:
        texts = (
            conversation.summary,
            *(each.text for each in told),
            *(each.decision for each in decided),
            *(each.description for each in doing),
        )
        sections += [
            Section(
                f"Template: {part.title}",
                (part.purpose,),
                notes=tuple(f"Not there yet: {each}" for each in open_outputs(part, texts)),
            )
            for part in template.sections
        ]
    people = ", ".join(conversation.participants) or "nobody was named"
    return Document(
        conversation.title,
        f"{conversation.type}, {conversation.started_on.isoformat()}, with {people}",
        tuple(sections),
    )
