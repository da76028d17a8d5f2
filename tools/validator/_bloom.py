"""
Which level of Bloom's revised taxonomy a question asks for (Anderson and Krathwohl 2001).

Whole words are matched, never parts of words: "because" holds no "use". The level of a question is that of the
highest cue that speaks to the reader, so "explain how you would test" is about testing.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scribetree.errors import InvalidInput

__all__ = ["BloomAssessment", "QuestionLevel", "assess_blooms"]

LevelName = Literal["remember", "understand", "apply", "analyze", "evaluate", "create"]
AcademicLevel = Literal["elementary", "middle", "high", "undergraduate", "graduate"]

_NAMES: tuple[LevelName, ...] = ("remember", "understand", "apply", "analyze", "evaluate", "create")
_EXPECTED: dict[AcademicLevel, int] = {"elementary": 2, "middle": 3, "high": 4, "undergraduate": 4, "graduate": 5}
_MAX_QUESTIONS = 200

# For each level, verbs that name it alone and verbs that other levels use too.
_VERBS: tuple[tuple[str, str], ...] = (
    ("define list name recall recite identify memorize label", "state match repeat select"),
    ("explain summarize paraphrase describe interpret illustrate clarify", "discuss restate report classify"),
    ("apply demonstrate solve implement calculate practise practice", "use show complete try"),
    ("analyze analyse compare contrast differentiate distinguish examine deconstruct", "relate organize question"),
    ("evaluate judge critique justify defend assess argue weigh prioritize", "support rate convince choose"),
    ("create design compose invent formulate devise imagine construct", "plan develop propose combine"),
)
_PATTERNS: tuple[tuple[str, float], ...] = (
    (r"\b(who|when|where) (is|was|were|are|did)\b|\bwhat (is|was|are|were) the (name|date|definition)\b", 0.7),
    (r"\bin your own words\b|\bwhat does .{1,60} mean\b|\bmain idea\b", 0.8),
    (r"\bhow (would|could|can) you (use|apply)\b", 0.8),
    (r"\bwhy (do|does|did|is|are|might|would)\b|\bhow (is|are) .{1,80} (different|similar|related)\b", 0.6),
    (
        r"\bhow (convincing|strong|effective|well)\b|\bwhich .{1,60} (better|best|stronger|strongest)\b"
        + r"|\bdo you agree\b|\bhow do you know\b",
        0.8,
    ),
    (r"\bwhat if\b|\bhow (would|could|might) you (change|improve|rewrite|revise|design)\b", 0.7),
)
_CUES = tuple(
    (
        re.compile(rf"\b({'|'.join(primary.split())})\b"),
        re.compile(rf"\b({'|'.join(secondary.split())})\b"),
        re.compile(pattern),
        certainty,
    )
    for (primary, secondary), (pattern, certainty) in zip(_VERBS, _PATTERNS, strict=True)
)


@dataclass(frozen=True, slots=True)
class QuestionLevel:
    """One question's level, 1 (remember) to 6 (create); None where no cue was found. Confidence is 0 to 1."""

    level: int | None
    name: LevelName | None
    confidence: float
    reasoning: str


@dataclass(frozen=True, slots=True)
class BloomAssessment:
    """All questions; `overall_level` is their confidence-weighted mean, `distribution` percent by level."""

    overall_level: int | None
    questions: tuple[QuestionLevel, ...]
    distribution: dict[str, float]
    expected_level: int | None
    aligned: bool | None
    recommendations: tuple[str, ...]


def assess_blooms(
    questions: Sequence[str], *, target_level: int | None = None, academic_level: AcademicLevel | None = None
) -> BloomAssessment:
    """The level that each question asks for, and whether the whole suits the target."""
    if not 1 <= len(questions) <= _MAX_QUESTIONS:
        raise InvalidInput(f"`questions` must hold 1 to {_MAX_QUESTIONS} questions.", hint="Give some, or fewer.")
    found = tuple(_level(question) for question in questions)
    overall = _overall(found)
    expected = target_level or (_EXPECTED[academic_level] if academic_level else None)
    distribution = _distribution(found)
    return BloomAssessment(
        overall_level=overall,
        questions=found,
        distribution=distribution,
        expected_level=expected,
        aligned=None if overall is None or expected is None else abs(overall - expected) <= 1,
        recommendations=_recommendations(distribution, overall, expected),
    )


def _level(question: str) -> QuestionLevel:
    text = question.casefold()
    for number in range(6, 0, -1):
        primary, secondary, pattern, certainty = _CUES[number - 1]
        for cue, confidence in ((primary, 0.9), (pattern, certainty), (secondary, 0.6)):
            match = cue.search(text)
            if match:
                name = _NAMES[number - 1]
                return QuestionLevel(number, name, confidence, f"'{match.group()[:40]}' asks to {name}.")
    return QuestionLevel(None, None, 0.0, "No cue of any level was found.")


def _overall(found: Sequence[QuestionLevel]) -> int | None:
    weight = sum(each.confidence for each in found)
    if not weight:
        return None
    return round(sum(each.confidence * (each.level or 0) for each in found) / weight)


def _distribution(found: Sequence[QuestionLevel]) -> dict[str, float]:
    counts = Counter(each.name for each in found if each.name)
    total = sum(counts.values())
    return {name: round(100 * counts[name] / total, 1) if total else 0.0 for name in _NAMES}


def _recommendations(distribution: dict[str, float], overall: int | None, expected: int | None) -> tuple[str, ...]:
    if overall is None:
        return ("No question could be placed: say what the student should do with the idea.",)
    advice: list[str] = []
    if distribution["remember"] > 40:
        advice.append("Many questions ask to recall: follow one up with why or how.")
    if sum(distribution[name] for name in _NAMES[3:]) < 30:
        advice.append("Few questions ask to analyse, evaluate or create: add one that weighs two choices.")
    if expected is not None and abs(overall - expected) > 1:
        advice.append(f"The questions lie {'below' if overall < expected else 'above'} the level aimed at.")
    return tuple(advice)
