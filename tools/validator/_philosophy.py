"""
Whether an AI response follows the five principles, for this student and not for any.

Productive struggle 0.25, cognitive load 0.2, independence 0.25, transfer 0.15, transparency 0.15; each is 100 less
penalties, kept at 70, and critical below 30, high below 50, medium below 70 (the first Scribe Tree system). What is
known of the student moves the penalties; what is unknown moves none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from scribetree.tools.validator._bounded import INDEPENDENCE, SELF_REFLECTION, difficulty_target
from scribetree.tools.validator._context import AiResponse, Moment
from scribetree.tools.validator._questions import question_value
from scribetree.tools.validator._reply import reply

__all__ = ["PhilosophyCheck", "Principle", "philosophy"]

Severity = Literal["none", "medium", "high", "critical"]

_WEIGHTS = {
    "productive_struggle": 0.25,
    "cognitive_load_balance": 0.20,
    "independence_trajectory": 0.25,
    "transfer_learning": 0.15,
    "transparent_dependency": 0.15,
}
_COMPLIANT, _KEPT = 80.0, 70.0
_EASES = re.compile(
    r"\b(?:simply|just|easy|easily|quick fix|don't worry about|no need to think|all you need)\b", re.IGNORECASE
)
_CHALLENGES = re.compile(
    r"\b(?:why|how|what if|which|evidence|reader|another view|strong\w*|convinc\w*)\b", re.IGNORECASE
)
_SUPPORTS = re.compile(
    r"\b(?:first|one step|start with|one (?:sentence|paragraph|idea)|smaller|for now|take a break)\b", re.IGNORECASE
)
_LEANS = re.compile(r"\b(?:ask me|come back to me|i will|i'll|let me|rely on|i can (?:help|do|write))\b", re.IGNORECASE)
_TRANSFERS = re.compile(
    r"\b(?:other|another|next|future|elsewhere|different|again|similar|generally|whenever|any)\b.{0,40}"
    r"\b(?:essays?|texts?|papers?|tasks?|assignments?|class\w*|subjects?|time|situations?|readers?)\b"
    r"|\bnext time\b|\bwhere else\b|\bin general\b",
    re.IGNORECASE,
)
_LIMITS_TRANSFER = re.compile(r"\b(?:only here|just for this|only for this|in this case only)\b", re.IGNORECASE)
_MESSAGE = re.compile(
    r"\b(?:on your own|without (?:me|help|ai)|try first|before you ask|less often|by yourself)\b", re.IGNORECASE
)
_STRENGTHS = {
    "evidence_analysis": re.compile(r"\bevidence|source|proof|support", re.IGNORECASE),
    "perspective_taking": re.compile(r"\breader|view|perspective|disagree|other side", re.IGNORECASE),
    "logical_reasoning": re.compile(r"\breason|why|follow|because|logic", re.IGNORECASE),
    "creative_thinking": re.compile(r"\bimagine|what if|invent|new|surpris", re.IGNORECASE),
    "organizational_skills": re.compile(r"\border|structure|paragraph|outline|begin|sequence", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Principle:
    """One principle's score, 0 to 100, how far it is missed, and why."""

    score: float
    compliant: bool
    severity: Severity
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhilosophyCheck:
    """The five principles and their weighted sum; `profile_used` names what was known of the student and counted."""

    overall_compliance: bool
    compliance_score: float
    principle_results: dict[str, Principle]
    violations: tuple[str, ...]
    recommendations: tuple[str, ...]
    adjustments: tuple[str, ...]
    profile_used: tuple[str, ...]


def philosophy(response: AiResponse, moment: Moment, *, history: str = "") -> PhilosophyCheck:
    """How the response stands to the five principles, given what is known of the student."""
    given_away = any(reply(history, each).reveals_answer > 0.5 for each in response.questions)
    found = {
        "productive_struggle": _struggle(response, moment, given_away=given_away),
        "cognitive_load_balance": _load(response, moment),
        "independence_trajectory": _independence(response, moment),
        "transfer_learning": _transfer(response, moment),
        "transparent_dependency": _transparency(response, moment),
    }
    results = {name: _principle(list(penalties)) for name, penalties in found.items()}
    score = round(sum(_WEIGHTS[name] * each.score for name, each in results.items()), 1)
    missed = {name: each for name, each in results.items() if not each.compliant}
    return PhilosophyCheck(
        overall_compliance=score >= _COMPLIANT and not given_away,
        compliance_score=score,
        principle_results=results,
        violations=tuple(issue for each in missed.values() for issue in each.issues),
        recommendations=tuple(_ADVICE[name] for name in missed),
        adjustments=tuple(dict.fromkeys(_ADJUSTMENT[name] for name, each in results.items() if each.issues)),
        profile_used=tuple(_known(moment)),
    )


Penalty = tuple[float, str]


def _principle(penalties: list[Penalty]) -> Principle:
    score = max(0.0, 100.0 - sum(points for points, _ in penalties))
    severity: Severity = "none"
    if score < _KEPT:
        severity = "critical" if score < 30 else "high" if score < 50 else "medium"
    return Principle(score, score >= _KEPT, severity, tuple(issue for _, issue in penalties))


def _struggle(response: AiResponse, moment: Moment, *, given_away: bool) -> Iterator[Penalty]:
    text = " ".join(response.questions)
    if given_away:
        yield 35, "It gives an answer away."
    if _EASES.search(text):
        yield 15, "It makes the task smaller than it is."
    if moment.load in {"high", "overload"} and _complexity(response) > difficulty_target(moment)[1]:
        yield 15, "It is too hard for a student who is carrying much."
    if (moment.minutes_struggling or 0) > 20 and not _SUPPORTS.search(text):
        yield 10, "After 20 minutes of struggle it offers no first step."
    if not _CHALLENGES.search(text):
        yield 10, "There is nothing to work on in it."


def _load(response: AiResponse, moment: Moment) -> Iterator[Penalty]:
    least, most, _ = difficulty_target(moment)
    found = _complexity(response)
    outside = max(0.0, found - most, least - found)
    if outside:
        yield min(30.0, 10 + outside), "Its difficulty does not fit how much the student is carrying."
    if moment.load == "overload" and not _SUPPORTS.search(" ".join(response.questions)):
        yield 20, "In overload it offers no relief."
    if moment.load == "low" and not _CHALLENGES.search(" ".join(response.questions)):
        yield 15, "A student with room to spare gets no challenge."
    if len(response.questions) > 5:
        yield 15, "More than five questions at once are too many."


def _independence(response: AiResponse, moment: Moment) -> Iterator[Penalty]:
    elements = sum(bool(INDEPENDENCE.search(each) or SELF_REFLECTION.search(each)) for each in response.questions)
    if moment.trend == "decreasing" and elements < 2:
        yield 30, "This student leans more on help than before: two steps towards working alone are needed."
    if not elements:
        yield 20, "Nothing in it leads to working alone."
    if _LEANS.search(" ".join(response.questions)):
        yield 25, "It offers to do things for the student."
    if (
        moment.trend == "increasing"
        and moment.emotion == "confident"
        and not _CHALLENGES.search(" ".join(response.questions))
    ):
        yield 15, "This student is ready for a challenge and gets none."


def _transfer(response: AiResponse, moment: Moment) -> Iterator[Penalty]:
    text = " ".join(response.questions)
    times = sum(bool(_TRANSFERS.search(each)) for each in response.questions)
    if not times and len(response.questions) > 2:
        yield 25, "No question leads beyond this text."
    elif times == 1 and len(response.questions) > 3:
        yield 15, "One question alone leads beyond this text."
    if _LIMITS_TRANSFER.search(text):
        yield 20, "It says that what is learnt holds only here."
    if moment.strengths and not any(_STRENGTHS[name].search(text) for name in moment.strengths):
        yield 10, "It uses none of the student's strengths."


def _transparency(response: AiResponse, moment: Moment) -> Iterator[Penalty]:
    if len(response.attribution) < 20:
        yield 30, "It does not say who made the questions."
    if not response.limitations:
        yield 25, "It does not say what it cannot do."
    if len(response.rationale) < 50:
        yield 20, "The reason for the questions is missing or too short."
    if (moment.requests_an_hour or 0) > 3 and not _MESSAGE.search(
        " ".join((*response.questions, response.rationale, *response.limitations))
    ):
        yield 15, "A frequent user gets no word about working alone."


def _complexity(response: AiResponse) -> float:
    return mean([question_value(each).complexity for each in response.questions] or [0.0])


def _known(moment: Moment) -> Iterator[str]:
    for name in ("emotion", "trend", "requests_an_hour", "minutes_struggling", "reflection_depth"):
        if getattr(moment, name) is not None:
            yield name
    if moment.strengths:
        yield "strengths"


_ADVICE = {
    "productive_struggle": "Leave the work with the student: a first step and a question, no answer.",
    "cognitive_load_balance": "Fit number and difficulty of the questions to what the student carries now.",
    "independence_trajectory": "Ask what the student would try alone, and how it can be checked.",
    "transfer_learning": "Ask where else this would help.",
    "transparent_dependency": "Say that an AI made the questions, why, and what it cannot judge.",
}
_ADJUSTMENT = {
    "productive_struggle": "rephrase",
    "cognitive_load_balance": "reduce_complexity",
    "independence_trajectory": "add_scaffolding",
    "transfer_learning": "add_reflection",
    "transparent_dependency": "add_rationale",
}
