"""
Whether a text is written as its writer's earlier texts are: a calibrated likelihood ratio, with how often it errs.

It compares habits (common words, punctuation, word lengths, masked letters), not topics, by chi-squares of counts and
Burrows's Delta; weights, calibration and base rates come from `weights/authorship.json` (docs/cards/authorship.md).
A ratio is no finding about a person: it says how much oftener such a likeness is seen within writers than between.
"""

import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from scribetree.tools.integrity._style import distances, style_of
from scribetree.tools.text import require_text

__all__ = ["MIN_STYLE_WORDS", "SameAuthor", "same_author"]

MIN_STYLE_WORDS = 250
"""Below this on either side nothing is said: chance is then larger than habit."""
_MIN_COMMON_SHARE = 0.3
"""English essays lie between 0.40 and 0.70; lists, code and other languages below."""
_REFERENCE_WORDS = 300
_MAX_RATIO = 1.5
"""A hundred writers cannot show that a ratio is beyond about thirty to one."""


@dataclass(frozen=True, slots=True)
class SameAuthor:
    """
    How the questioned text stands to the known ones.

    `log_likelihood_ratio` (base 10, -1.5 to 1.5) is above 0 where such a likeness is commoner within one writer than
    between two, and 0 where `enough_text` is False. `within_writer_share` is how many of 100 pairs of texts that one
    writer wrote are at least as unlike. `unlikeness` has the parts.
    """

    log_likelihood_ratio: float
    enough_text: bool
    within_writer_share: float | None
    known_words: int
    questioned_words: int
    unlikeness: dict[str, float]
    statement: str


def same_author(known: str | Sequence[str], questioned: str) -> SameAuthor:
    """How much likelier the likeness of the texts is if one person wrote them all than if two did."""
    texts = [known] if isinstance(known, str) else list(known)
    for text in texts:
        require_text(text, "known")
    require_text(questioned, "questioned")
    one, known_words, known_common = style_of("\n\n".join(texts))
    other, questioned_words, questioned_common = style_of(questioned)
    shorter = min(known_words, questioned_words)
    why = _why_not(shorter, min(known_common, questioned_common))
    if why:
        return SameAuthor(0.0, False, None, known_words, questioned_words, {}, why)
    weights = _weights()
    unlikeness = distances(one, known_words, other, questioned_words, weights["scales"])
    ratio = _ratio(unlikeness, shorter, weights)
    share = bisect_right(weights["within"], ratio) / len(weights["within"])
    return SameAuthor(
        log_likelihood_ratio=round(ratio, 3),
        enough_text=True,
        within_writer_share=round(share, 2),
        known_words=known_words,
        questioned_words=questioned_words,
        unlikeness={name: round(value, 3) for name, value in unlikeness.items()},
        statement=_statement(ratio, share),
    )


def _why_not(words: int, common: float) -> str:
    if words < MIN_STYLE_WORDS:
        return f"One side has fewer than {MIN_STYLE_WORDS} words: nothing can be said about how it is written."
    if common < _MIN_COMMON_SHARE:
        return "One side is not running English prose: the method was measured on nothing else, so nothing is said."
    return ""


def _ratio(unlikeness: dict[str, float], words: int, weights: dict[str, Any]) -> float:
    score: float = weights["intercept"] + sum(weights["figures"][name] * value for name, value in unlikeness.items())
    length = math.log(min(words, 600) / _REFERENCE_WORDS)
    calibration = weights["calibration"]
    natural: float = calibration["base"] + calibration["length"] * length
    natural += score * (calibration["score"] + calibration["score_by_length"] * length)
    return max(-_MAX_RATIO, min(_MAX_RATIO, natural / math.log(10)))


def _statement(ratio: float, share: float) -> str:
    times = 10 ** abs(ratio)
    direction = "within one writer than between two" if ratio >= 0 else "between two writers than within one"
    return (
        f"A likeness such as this one is about {times:.1f} times commoner {direction}. Of 100 pairs of texts that one "
        f"writer wrote, about {max(1, round(100 * share))} are at least as unlike: writers differ from themselves by "
        "topic, genre, help, time and mood. It is no finding about a person."
    )


@cache
def _weights() -> dict[str, Any]:
    source = files("scribetree.tools.integrity").joinpath("weights", "authorship.json").read_text("utf-8")
    weights: dict[str, Any] = json.loads(source)
    return weights
