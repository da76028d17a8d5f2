"""
What a question is worth for learning: five parts, each 0 to 100, and how hard it is.

Weights: critical thinking 0.25, depth 0.2, fit to the objectives 0.2, openness 0.2, scaffolding 0.15; the parts start
at 50, 40, 70, 50 and 60 (the first Scribe Tree system), and cues of whole words move them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribetree.tools.text import require_text
from scribetree.tools.validator._bloom import assess_blooms
from scribetree.tools.validator._context import AcademicLevel, without_instructions
from scribetree.tools.validator._dialogue import content, tokens

__all__ = ["QuestionValue", "complexity", "is_question", "question_value"]

_WEIGHTS = {"critical_thinking": 0.25, "depth": 0.2, "alignment": 0.2, "openness": 0.2, "scaffolding": 0.15}
_GOOD, _POOR = 70.0, 45.0

_CRITICAL = re.compile(
    r"\b(?:why|evidence|assum\w+|alternative\w*|counter\w*|convinc\w+|strong(?:er|est)|weak(?:er|est)?|compare\w*"
    r"|disagree\w*|justify|support\w*|how do you know|what makes|bias\w*|reason\w*)\b"
)
_DEEP = re.compile(
    r"\b(?:why|how|what if|consequence\w*|relat\w+|connect\w*|underl\w+|mean\w*|chang\w+|effect\w*|cause\w*|impl\w+"
    r"|purpose|tension|beyond)\b"
)
_CLOSED = re.compile(r"^\W*(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had)\b")
_OPEN = re.compile(r"\b(?:how|why|what|which|in what way\w*|to what extent)\b")
_RECALL = re.compile(r"^\W*(?:who|when|where)\b|\bwhat (?:is|was) the (?:name|date|title|definition)\b")
_SCAFFOLD = re.compile(
    r"\b(?:paragraph|sentence|draft|thesis|introduction|conclusion|example\w*|first|before|after|one|look|choose|reader"
    r"|claim|source\w*|your)\b"
)
_LEADING = re.compile(
    r"\b(?:don't you (?:think|agree)|isn't it|wouldn't you (?:say|agree)|shouldn't you|surely|obviously|right\?$)"
)
_INVITES = re.compile(r"\b(?:consider|think about|reflect on)\b")


@dataclass(frozen=True, slots=True)
class QuestionValue:
    """The five parts and their weighted sum, 0 to 100, with Bloom's level (1 to 6, None where no cue was found)."""

    critical_thinking: float
    depth_of_thought: float
    learning_objective_alignment: float
    open_endedness: float
    scaffolding_quality: float
    overall_quality: float
    bloom_level: int | None
    complexity: float
    is_question: bool
    issues: tuple[str, ...]
    strengths: tuple[str, ...]


def question_value(
    question: str, *, objectives: Sequence[str] = (), level: AcademicLevel | None = None
) -> QuestionValue:
    """What one question is worth; without objectives their part stays at its start."""
    require_text(question, "question")
    asked = without_instructions(question) or question
    low = asked.lower().replace("\u2019", "'")
    bloom = assess_blooms([asked], academic_level=level).questions[0].level
    parts = {
        "critical_thinking": _bounded(50 + 12 * _count(_CRITICAL, low) + 6 * max(0, (bloom or 2) - 3)),
        "depth": _bounded(40 + 12 * _count(_DEEP, low) + 5 * ((bloom or 2) - 2) - 20 * _has(_RECALL, low)),
        "alignment": _alignment(asked, objectives),
        "openness": _openness(low),
        "scaffolding": _bounded(60 + 8 * min(3, _count(_SCAFFOLD, low)) - 15 * (len(tokens(asked)) > 40)),
    }
    asks = is_question(asked)
    overall = sum(_WEIGHTS[name] * value for name, value in parts.items()) * (1.0 if asks else 0.6)
    return QuestionValue(
        critical_thinking=parts["critical_thinking"],
        depth_of_thought=parts["depth"],
        learning_objective_alignment=parts["alignment"],
        open_endedness=parts["openness"],
        scaffolding_quality=parts["scaffolding"],
        overall_quality=round(overall, 1),
        bloom_level=bloom,
        complexity=complexity(asked, bloom),
        is_question=asks,
        issues=tuple(_issues(parts, low, asks=asks)),
        strengths=tuple(f"Strong in {name.replace('_', ' ')}." for name, value in parts.items() if value >= _GOOD + 5),
    )


def is_question(text: str) -> bool:
    """Whether the text asks: a question mark, or an invitation to consider, think about or reflect on."""
    return "?" in text or bool(_INVITES.search(text.lower()))


def complexity(question: str, bloom: int | None) -> float:
    """How hard a question is, 0 to 100: its level of thinking, its length, and the length of its words."""
    words = tokens(question)
    long_words = sum(len(word) > 8 for word in words) / max(1, len(words))
    return round(_bounded(10 * (bloom or 2) + min(30, len(words)) + 40 * long_words), 1)


def _alignment(question: str, objectives: Sequence[str]) -> float:
    wanted = {word[:5] for objective in objectives for word in content(objective)}
    if not wanted:
        return 70.0
    shared = len({word[:5] for word in content(question)} & wanted)
    return _bounded(45 + 20 * min(3, shared))


def _openness(low: str) -> float:
    value = 50 + 30 * _has(_OPEN, low) - 25 * _has(_CLOSED, low) - 15 * _has(_RECALL, low) - 20 * _has(_LEADING, low)
    return _bounded(value)


def _issues(parts: dict[str, float], low: str, *, asks: bool) -> Iterator[str]:
    if not asks:
        yield "It is no question: end it with one."
    if _LEADING.search(low):
        yield "It leads to its own answer: ask it without the hint."
    if _RECALL.search(low):
        yield "It asks for a fact: follow it with why or how."
    advice = {
        "critical_thinking": "Ask for a reason, evidence or another view.",
        "depth": "Ask how or why, and not only what.",
        "alignment": "Name what the objective is about.",
        "openness": "It can be answered with yes or no: begin with how, why or which.",
        "scaffolding": "Point to a place in the text, or to one step.",
    }
    yield from (advice[name] for name, value in parts.items() if value < _POOR)


def _count(pattern: re.Pattern[str], low: str) -> int:
    return len(set(pattern.findall(low)))


def _has(pattern: re.Pattern[str], low: str) -> bool:
    return pattern.search(low) is not None


def _bounded(value: float) -> float:
    return float(max(0.0, min(100.0, value)))
