"""
Whether an AI response asks for the reflection that this student's work calls for.

Length: 100 words, 50 more for a depth below 40, 20 fewer above 70, 30 more while independence falls, 30 fewer in
overload, 20 more with room to spare, never below 50. Threshold: analytical if the depth is below 50 or the last three
reflections average below 40, else detailed (the first Scribe Tree system).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.validator._context import Moment, without_instructions

__all__ = ["ReflectionAsked", "RequirementsCheck", "Threshold", "reflection_requirements"]

Threshold = Literal["basic", "detailed", "analytical"]

_ORDER: dict[Threshold, int] = {"basic": 0, "detailed": 1, "analytical": 2}
_VALID = 70.0
_BASE_WORDS, _LEAST_WORDS = 100, 50
_PROMPT_QUALITIES = {
    "about the own thinking": re.compile(
        r"\b(?:thought|think|decid\w+|choice|chose|notice\w*|learn\w*|understand)\b", re.IGNORECASE
    ),
    "about a place in the text": re.compile(
        r"\b(?:sentence|paragraph|word|example|passage|part|line|draft)\b", re.IGNORECASE
    ),
    "asking why or how": re.compile(r"\b(?:why|how)\b", re.IGNORECASE),
    "about the exchange with the AI": re.compile(
        r"\b(?:AI|question|suggestion|feedback|assistant|help)\b", re.IGNORECASE
    ),
}


@dataclass(frozen=True, slots=True)
class ReflectionAsked:
    """What a response asks for before more help is given."""

    mandatory: bool = False
    min_words: int = 0
    threshold: Threshold = "basic"
    prompts: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()

    def is_nothing(self) -> bool:
        """Whether no reflection is asked for at all."""
        return not (self.mandatory or self.min_words or self.prompts or self.criteria)


@dataclass(frozen=True, slots=True)
class RequirementsCheck:
    """Whether enough is asked, out of 100, and what would be right for this student."""

    is_valid: bool
    quality_score: float
    meets_requirements: bool
    issues: tuple[str, ...]
    suggestions: tuple[str, ...]
    adjusted_min_words: int
    adjusted_threshold: Threshold
    prompt_qualities: dict[str, bool]


def reflection_requirements(
    asked: ReflectionAsked, moment: Moment, *, previous_qualities: Sequence[float] = ()
) -> RequirementsCheck:
    """How what is asked stands to what this student needs; `previous_qualities` are earlier reflections, 0 to 100."""
    if asked.min_words < 0 or asked.min_words > 10_000:
        raise InvalidInput("`min_words` must be between 0 and 10000.", hint="100 is usual.")
    if any(not 0 <= each <= 100 for each in previous_qualities):
        raise InvalidInput("`previous_qualities` must be between 0 and 100.", hint="Give them in percent.")
    words, threshold = _needed_words(moment), _needed_threshold(moment, previous_qualities)
    prompts = [without_instructions(prompt) for prompt in asked.prompts]
    qualities = {name: any(pattern.search(prompt) for prompt in prompts) for name, pattern in _PROMPT_QUALITIES.items()}
    penalties = list(_penalties(asked, words, threshold))
    score = max(0.0, 100.0 - sum(points for points, _ in penalties))
    return RequirementsCheck(
        is_valid=score >= _VALID,
        quality_score=score,
        meets_requirements=not penalties,
        issues=tuple(issue for _, issue in penalties),
        suggestions=tuple(f"Add a prompt {name}." for name, is_there in qualities.items() if not is_there),
        adjusted_min_words=words,
        adjusted_threshold=threshold,
        prompt_qualities=qualities,
    )


def _needed_words(moment: Moment) -> int:
    words = _BASE_WORDS
    if moment.reflection_depth is not None:
        words += 50 if moment.reflection_depth < 40 else -20 if moment.reflection_depth > 70 else 0
    words += 30 if moment.trend == "decreasing" else 0
    words += {"overload": -30, "low": 20}.get(moment.load, 0)
    return max(_LEAST_WORDS, words)


def _needed_threshold(moment: Moment, previous: Sequence[float]) -> Threshold:
    low_depth = moment.reflection_depth is not None and moment.reflection_depth < 50
    low_lately = bool(previous) and mean(previous[-3:]) < 40
    return "analytical" if low_depth or low_lately else "detailed"


def _penalties(asked: ReflectionAsked, words: int, threshold: Threshold) -> Iterator[tuple[float, str]]:
    if asked.is_nothing():
        yield 30, "No reflection is asked for."
    if not asked.mandatory:
        yield 25, "The reflection is not asked for before more help."
    if asked.min_words < words:
        yield 15, f"At least {words} words suit this student now."
    if _ORDER[asked.threshold] < _ORDER[threshold]:
        yield 20, f"A reflection that is {threshold} is called for."
    if len(asked.prompts) < 2:
        yield 15, "Two prompts are needed."
    if len(asked.criteria) < 3:
        yield 15, "Three criteria are needed, so that the student knows what counts."
