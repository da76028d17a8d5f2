"""
Which of nine reflective categories a sentence belongs to, with calibrated probabilities.

A multinomial logistic model over the cues of `_reflection_cues`, trained on CEReD (Apache-2.0) by
`bench/train_reflective_sentence.py`; method, figures and limits stand in docs/cards/reflective-sentence.md. The table
of weights is read once, holds a byte a category and cue, and needs nothing but the standard library.
"""

import binascii
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypedDict, cast, get_args

from scribetree.tools.text import require_text
from scribetree.tools.writing._reflection_cues import cues

__all__ = [
    "CATEGORIES",
    "DEEP",
    "Category",
    "ReflectiveSentence",
    "category_of",
    "category_probabilities",
    "is_common_word",
    "reflective_sentence",
]

Category = Literal[
    "Belief", "Difficulty", "Experience", "Feeling", "Intention", "Learning", "Other", "Perspective", "Reflection"
]
CATEGORIES: tuple[Category, ...] = get_args(Category)

DEEP: frozenset[Category] = frozenset(("Reflection", "Perspective", "Learning", "Intention"))
"""The categories in which the writer draws something from what happened."""

_DEEP_FROM = 1 / 3
"""How likely all deep categories must be together for one of them to be named: split four ways, they lose too often."""
_ZERO = 128
"""The byte that stands for a weight of nothing."""


class Family(TypedDict):
    """One family of cues as the file holds it: a base64 row of nine bytes a cue."""

    unit: float
    shared: bool
    weights: dict[str, str]


class Weights(TypedDict):
    """The file of weights, with what it was made of."""

    licence: str
    source: str
    categories: list[str]
    bias: list[float]
    temperature: float
    families: dict[str, Family]


@dataclass(frozen=True, slots=True)
class ReflectiveSentence:
    """The category of a sentence (see `category_of`), and the probability of each of the nine."""

    category: Category
    probabilities: dict[Category, float]


def reflective_sentence(text: str, context: str = "") -> ReflectiveSentence:
    """
    The reflective category of the sentence `text`.

    `context` is the passage around it. It was measured not to help this model (docs/cards/reflective-sentence.md), so
    the judgement rests on the sentence alone and the same sentence is judged alike everywhere.
    """
    del context
    require_text(text, "text")
    found = category_probabilities(text)
    return ReflectiveSentence(category_of(found), found)


def category_of(probabilities: Mapping[Category, float]) -> Category:
    """The likeliest of the deep categories where these come to a third together, else the likeliest of the others."""
    is_deep = math.fsum(probabilities[name] for name in DEEP) >= _DEEP_FROM
    return max((name for name in CATEGORIES if (name in DEEP) == is_deep), key=probabilities.__getitem__)


def category_probabilities(sentence: str) -> dict[Category, float]:
    """The probability of each category; they add up to one."""
    weights = _weights()
    scores = list(weights["bias"])
    for family, names in cues(sentence).items():
        table = weights["families"][family]
        share = table["unit"] / (math.sqrt(len(names) or 1) if table["shared"] else 1.0)
        for place, total in enumerate(_summed(table["weights"], sorted(names))):
            scores[place] += share * total
    return dict(zip(CATEGORIES, _softmax([score / weights["temperature"] for score in scores]), strict=True))


def is_common_word(word: str) -> bool:
    """Whether the sentences that the model was trained on use the word more than once."""
    return word in _weights()["families"]["words"]["weights"]


def _summed(table: Mapping[str, str], names: Sequence[str]) -> list[int]:
    """The nine weights of the known names, each added up."""
    rows = [binascii.a2b_base64(row) for name in names if (row := table.get(name)) is not None]
    return [sum(column) - _ZERO * len(rows) for column in zip(*rows, strict=True)] or [0] * len(CATEGORIES)


def _softmax(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    raised = [math.exp(score - highest) for score in scores]
    total = sum(raised)
    return [each / total for each in raised]


@cache
def _weights() -> Weights:
    packaged = files("scribetree.tools.writing") / "_reflective_sentence.json"
    return cast("Weights", json.loads(packaged.read_text("utf-8")))
