"""
How specific a reflection is: 1.0 names nothing, 4.0 points at places and says what stands there.

Somewhat more than half of it comes from what is named at all (distinct words that are not common talk about writing,
on a scale that flattens, so the twentieth adds little), the rest from pointing: named parts, quotations and numbers,
examples and reasons. With a draft, words taken up from it count as pointing, and without any the figure stays low.
"""

import math
import re
from collections.abc import Sequence

from scribetree.tools.writing._reflection_sentences import Sentence

__all__ = ["specificity"]

_QUOTED = re.compile(r'"[^"]{3,200}"')
_PLACE = re.compile(
    r"\b0\b|\b(?:first|second|third|fourth|last|opening|final|new|old)"
    r" (?:draft|paragraph|sentence|version|line|ending)\b"
)
_ILLUSTRATION = re.compile(r"\b(for example|for instance|such as|like when|especially|in particular|specifically)\b")
_GROUNDED = re.compile(
    r"\b(because|so that|since|which means|which meant|that is why|how|why|whether|difference between)\b"
)
_NAMED_MOST = 1.8
_POINTING_MOST = 1.2
_UNTIED_MOST = 2.0


def specificity(found: Sequence[Sentence], draft: str | None) -> float:
    """1.0 to 4.0."""
    named = frozenset(word for sentence in found for word in sentence.substance)
    points = min(_NAMED_MOST, 0.55 * math.log2(1 + len(named) / 2))
    score = round(1.0 + points + _pointing(found, draft is not None), 2)
    taken_up = frozenset(word for sentence in found for word in sentence.taken_up)
    return min(score, _UNTIED_MOST) if draft is not None and not taken_up else score


def _pointing(found: Sequence[Sentence], has_draft: bool) -> float:
    said = " ".join(sentence.plain for sentence in found if sentence.substance)
    parts = len({part for sentence in found for part in sentence.named_parts if sentence.substance})
    places = len(_QUOTED.findall(said)) + len(_PLACE.findall(said))
    taken_up = len({word for sentence in found for word in sentence.taken_up})
    grounded = len(_ILLUSTRATION.findall(said)) + len(_GROUNDED.findall(said))
    shares = [min(1.0, parts / 3), min(1.0, places / 2), min(1.0, grounded / 3)]
    return _POINTING_MOST * sum([*shares, min(1.0, taken_up / 8)] if has_draft else shares) / (4 if has_draft else 3)
