"""
Whether an AI response stays within bounds: six parts, each 100 less penalties, passed at 70.

Weights (the first Scribe Tree system): questions only 0.25, educational value 0.2, fitting difficulty 0.15,
independence 0.2, transparency 0.1, no dependency 0.1. It is valid from 80 in all, and only if "questions only" is
passed and nothing in it gives the work away: a good rationale does not buy a ghost-written sentence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from scribetree.tools.validator._context import AiResponse, CognitiveLoad, Moment
from scribetree.tools.validator._questions import QuestionValue, is_question, question_value
from scribetree.tools.validator._reply import reply

__all__ = ["BoundedCheck", "Part", "bounded_enhancement", "difficulty_target"]

WEIGHTS = {
    "questions_only": 0.25,
    "educational_value": 0.20,
    "appropriate_difficulty": 0.15,
    "independence_building": 0.20,
    "transparent_rationale": 0.10,
    "dependency_prevention": 0.10,
}
_PASS, _VALID = 70.0, 80.0
_REVEALS = 0.5

# Complexity 0 to 100 for each load: least, most, ideal.
_TARGETS: dict[CognitiveLoad, tuple[float, float, float]] = {
    "low": (50, 90, 70),
    "optimal": (40, 80, 60),
    "high": (20, 60, 40),
    "overload": (10, 40, 25),
}
_LEVEL_FACTOR = {"elementary": 0.6, "middle": 0.75, "high": 0.9, "undergraduate": 1.0, "graduate": 1.1}

_COPY = re.compile(
    r"\b(?:copy|paste|use (?:this|the following)|write (?:this|the following)|insert this|just say)\b", re.IGNORECASE
)
_COMMAND = re.compile(
    r"^\W*(?:write|change|replace|add|delete|remove|rewrite|use|insert|fix|put|make|say|state|include)\b", re.IGNORECASE
)
INDEPENDENCE = re.compile(
    r"\b(?:on your own|yourself|by yourself|before (?:you )?ask\w*|without (?:help|me|looking)|try first|first try"
    r"|you decide|your own|how will you (?:check|know|decide)|next time|(?:what|how|which) would you)\b",
    re.IGNORECASE,
)
SELF_REFLECTION = re.compile(
    r"\b(?:reflect|how did you|what did you (?:learn|notice|find)|why did you|what made you|how do you know"
    r"|what would you (?:do|change)|how sure|looking back|your (?:choice|reason|goal|aim)s?)\b",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"\b(?:don't you (?:think|agree)|wouldn't you (?:say|agree)|isn't it|shouldn't you|the best (?:way|answer|word) is"
    r"|you should (?:say|write)|surely|obviously|let me (?:do|write|fix)|i can (?:write|do|fix))\b",
    re.IGNORECASE,
)
SAYS_AI = re.compile(
    r"\bAI[- ]generated questions?\b|\bquestions? (?:was|were|are)? ?(?:generated|written|made) by (?:an )?AI\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part's score, 0 to 100, whether it is passed, and what took points away."""

    score: float
    passed: bool
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoundedCheck:
    """The six parts and their weighted sum; `deciding` is the sentence that gave most away, if any did."""

    is_valid: bool
    overall_score: float
    principle_scores: dict[str, Part]
    issues: tuple[str, ...]
    recommendations: tuple[str, ...]
    adjustments: tuple[str, ...]
    deciding: str | None
    educational_rationale: str


def bounded_enhancement(
    response: AiResponse, moment: Moment | None = None, *, objectives: Sequence[str] = (), history: str = ""
) -> BoundedCheck:
    """Whether the response asks instead of doing, at the right height, and says what it is."""
    moment = moment or Moment()
    values = [question_value(each, objectives=objectives, level=moment.level) for each in response.questions]
    judged = [reply(history, each) for each in response.questions]
    revealing = max(judged, key=lambda each: each.reveals_answer, default=None)
    gives_away = revealing is not None and revealing.reveals_answer > _REVEALS
    found = {
        "questions_only": _questions_only(response, given=sum(each.reveals_answer > _REVEALS for each in judged)),
        "educational_value": _educational_value(values),
        "appropriate_difficulty": _difficulty(values, moment),
        "independence_building": _independence(response, moment),
        "transparent_rationale": _transparency(response),
        "dependency_prevention": _dependency(response),
    }
    parts = {name: _part(penalties) for name, penalties in found.items()}
    overall = round(sum(WEIGHTS[name] * part.score for name, part in parts.items()), 1)
    issues = tuple(issue for part in parts.values() for issue in part.issues)
    return BoundedCheck(
        is_valid=overall >= _VALID and parts["questions_only"].passed and not gives_away,
        overall_score=overall,
        principle_scores=parts,
        issues=issues,
        recommendations=tuple(_ADVICE[name] for name, part in parts.items() if not part.passed),
        adjustments=tuple(dict.fromkeys(_ADJUSTMENT[name] for name, part in parts.items() if part.issues)),
        deciding=revealing.evidence if revealing is not None and gives_away else None,
        educational_rationale=response.rationale or "The response gives no reason for itself.",
    )


def difficulty_target(moment: Moment) -> tuple[float, float, float]:
    """The least, greatest and ideal complexity for the load and level."""
    factor = _LEVEL_FACTOR[moment.level]
    least, most, ideal = _TARGETS[moment.load]
    return least * factor, most * factor, ideal * factor


Penalty = tuple[float, str]


def _part(penalties: Iterator[Penalty]) -> Part:
    taken = list(penalties)
    score = max(0.0, min(100.0, 100.0 - sum(points for points, _ in taken)))
    return Part(round(score, 1), score >= _PASS, tuple(issue for points, issue in taken if points > 0))


def _questions_only(response: AiResponse, *, given: int) -> Iterator[Penalty]:
    if not response.questions:
        yield 100, "There is no question in it."
    for _ in range(given):
        yield 30, "It gives an answer away."
    for each in response.questions:
        if _COPY.search(each):
            yield 25, "It offers words to copy."
        if not is_question(each):
            yield 20, "A part of it is no question."
        elif _COMMAND.search(each):
            yield 15, "It begins with a command."


def _educational_value(values: Sequence[QuestionValue]) -> Iterator[Penalty]:
    if not values:
        yield 100, "There is nothing to learn from."
        return
    quality = mean(each.overall_quality for each in values)
    if quality < 50:
        yield 35, "The questions ask for little thinking."
    elif quality < 58:
        yield 15, "The questions could ask for more thinking."
    if all((each.bloom_level or 2) <= 1 for each in values):
        yield 25, "All questions ask to recall."


def _difficulty(values: Sequence[QuestionValue], moment: Moment) -> Iterator[Penalty]:
    if not values:
        return
    found = mean(each.complexity for each in values)
    least, most, ideal = difficulty_target(moment)
    if found > most:
        yield min(60, 10 + 1.5 * (found - most)), "The questions are harder than the student can carry now."
    elif found < least:
        yield min(60, 10 + 1.5 * (least - found)), "The questions are easier than the student needs."
    elif abs(found - ideal) <= 10:
        yield -10, ""
    if moment.load == "overload" and len(values) > 2:
        yield 20, "In overload one or two questions are enough."
    elif len(values) > 5:
        yield 15, "More than five questions at once are too many."


def _independence(response: AiResponse, moment: Moment) -> Iterator[Penalty]:
    elements = sum(bool(INDEPENDENCE.search(each) or SELF_REFLECTION.search(each)) for each in response.questions)
    if elements == 0:
        yield 35, "Nothing in it leads to working alone."
    elif moment.trend == "decreasing" and elements < 2:
        yield 30, "For a student who leans more on help, two steps towards working alone are needed."


def _transparency(response: AiResponse) -> Iterator[Penalty]:
    if len(response.rationale) < 50:
        yield 30, "The reason for the questions is missing or too short."
    if not SAYS_AI.search(response.attribution):
        yield 25, "It does not say that these are AI-generated questions."
    if not response.limitations:
        yield 20, "It does not say what it cannot do."


def _dependency(response: AiResponse) -> Iterator[Penalty]:
    text = " ".join(response.questions)
    for _ in LEADING.findall(text):
        yield 20, "A phrase leads the student to an answer."
    if not SELF_REFLECTION.search(text):
        yield 15, "No question asks the student to look at the own choices."
    if not INDEPENDENCE.search(text):
        yield 10, "No wording points to working alone."


_ADVICE = {
    "questions_only": "Turn every statement into a question, and give no answer.",
    "educational_value": "Ask why, how, or what another reader would say.",
    "appropriate_difficulty": "Change how hard the questions are, or how many.",
    "independence_building": "Ask what the student would try alone, and how it can be checked.",
    "transparent_rationale": "Say why these questions, that an AI made them, and what it cannot judge.",
    "dependency_prevention": "Take leading phrases out; ask about the student's own choice.",
}
_ADJUSTMENT = {
    "questions_only": "rephrase",
    "educational_value": "rephrase",
    "appropriate_difficulty": "reduce_complexity",
    "independence_building": "add_scaffolding",
    "transparent_rationale": "add_rationale",
    "dependency_prevention": "add_reflection",
}
