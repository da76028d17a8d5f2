"""
What an assistant may be asked about a piece of writing: four boundaries, tried in order, as data.

A request is denied by the first boundary that it crosses. What passes goes on shortened and without names of people.
The level here only tells explanations from the rest; what AI help a reflection unlocks is decided elsewhere.
"""

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["BoundaryDecision", "BoundedRequest", "RequestType", "apply_ai_boundaries"]

RequestType = Literal["assistance", "feedback", "explanation", "answer"]
Boundary = Literal["reflection_requirement", "no_direct_answers", "educational_value_required", "progressive_access"]

_MAX_CONTEXT = 500
_MIN_QUESTION_WORDS = 6

_WRITING = (
    r"(?:essay|paper|paragraph|introduction|conclusion|thesis|sentence|reflection|assignment|homework|report|story"
    r"|it|this)"
)
_ANSWER_SEEKING = re.compile(
    r"\b(?:what(?:'s| is) the (?:right |correct )?answer"
    r"|give me (?:the|an?) (?:answer|solution|essay|thesis|paragraph|introduction|conclusion)"
    r"|(?:solve|write|rewrite|finish|complete|do|fix|paraphrase|redo) (?:\w+ ){0,4}?for me"
    rf"|(?:write|rewrite|finish|complete|generate|produce|draft) (?:me )?(?:my|an?|the|this) (?:\w+ ){{0,3}}?{_WRITING}"
    r"|complete my assignment|do my (?:homework|assignment|essay)"
    r"|tell me (?:exactly )?what to write|just (?:write|give|tell))\b"
)
_SEEKS_TO_LEARN = re.compile(
    r"\b(?:how (?:can|do|could|should|does)|explain|help me (?:understand|see|think|find)|what (?:does|do) .{1,80} mean"
    r"|why (?:is|does|do|are)|clarify|guide me|is (?:it|this|my) .{1,80} clear|where (?:is|does|do|could))\b"
)
_TWO_CAPITALS = re.compile(r"\b[A-Z][a-z\u00e0-\u00ff]+(?:[ -][A-Z][a-z\u00e0-\u00ff]+)+\b")
_REASONS: dict[Boundary, tuple[str, str]] = {
    "reflection_requirement": (
        "Answers come after a reflection, and none is there yet.",
        "Write a few sentences on what you tried and where it got hard.",
    ),
    "no_direct_answers": (
        "The request asks for the work itself.",
        "Ask about one place: what does not work yet, and why?",
    ),
    "educational_value_required": (
        "The request does not say what you want to understand.",
        "Ask how, why or where: what would you like to understand?",
    ),
    "progressive_access": (
        "At this point explanations are open, and the rest after a reflection.",
        "Ask for an explanation, or reflect on the draft first.",
    ),
}


@dataclass(frozen=True, slots=True)
class BoundedRequest:
    """What may be passed on to an assistant: the prompt, and the context cut to 500 characters, without names."""

    prompt: str
    context: str


@dataclass(frozen=True, slots=True)
class BoundaryDecision:
    """Whether the request may go on, the boundary that stopped it, and what to try instead."""

    allowed: bool
    modified_request: BoundedRequest | None
    reason: str
    suggestions: tuple[str, ...]
    boundaries_applied: tuple[Boundary, ...]


def apply_ai_boundaries(
    prompt: str, context: str, request_type: RequestType, *, reflection_completed: bool
) -> BoundaryDecision:
    """The decision on one request; where nothing is known of a reflection, take it as not completed."""
    crossed = _crossed(" ".join(prompt.casefold().replace("\u2019", "'").split()), request_type, reflection_completed)
    if crossed:
        reason, suggestion = _REASONS[crossed]
        return BoundaryDecision(False, None, reason, (suggestion,), (crossed,))
    request = BoundedRequest(prompt=_without_names(prompt), context=_without_names(context)[:_MAX_CONTEXT])
    reason = "The request asks to understand. The reply may ask and explain, and never offers words to hand in."
    return BoundaryDecision(True, request, reason, (), ())


def _crossed(said: str, request_type: RequestType, reflection_completed: bool) -> Boundary | None:
    if request_type == "answer" and not reflection_completed:
        return "reflection_requirement"
    if _ANSWER_SEEKING.search(said):
        return "no_direct_answers"
    is_question = said.endswith("?") and len(said.split()) >= _MIN_QUESTION_WORDS
    if not (is_question or _SEEKS_TO_LEARN.search(said)):
        return "educational_value_required"
    if not reflection_completed and request_type != "explanation":
        return "progressive_access"
    return None


def _without_names(text: str) -> str:
    """Two or more capitalised words side by side may be a person: they become [NAME]."""
    return _TWO_CAPITALS.sub("[NAME]", text)
