"""
Which passages two texts share, whatever stands between them.

Runs of five equal words (case and punctuation apart) are found by their hashes and grown to their full length:
the local alignment that plagiarism tools share, in its plainest form.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.text import Span, require_text, words

__all__ = ["Comparison", "Passage", "compare", "normal_words"]

_RUN = 5
_MAX_PLACES = 50
"""A run that stands in more places than this is a phrase of everyone's, and would make the search quadratic."""

Kind = Literal["copied", "light", "heavy", "independent"]


@dataclass(frozen=True, slots=True)
class Passage:
    """The same words in both texts, as offsets in characters."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    words: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    How much of the shorter text stands in the other.

    `score` is the share of its words in shared passages, 0 to 1; `kind` bands it: copied from 0.8, light
    (lightly changed) from 0.4, heavy (heavily changed) from 0.1, else independent.
    """

    score: float
    kind: Kind
    passages: tuple[Passage, ...]
    shared_words: int


def compare(a: str, b: str) -> Comparison:
    """The passages of at least five words that two texts share, longest first."""
    require_text(a, "a")
    require_text(b, "b")
    spans_a, spans_b = list(words(a)), list(words(b))
    passages = _passages(normal_words(a, spans_a), normal_words(b, spans_b))
    shared = sum(length for _, _, length in passages)
    score = min(1.0, shared / min(len(spans_a), len(spans_b)))
    return Comparison(
        score=round(score, 4),
        kind=_kind(score),
        passages=tuple(_as_offsets(place, spans_a, spans_b) for place in sorted(passages, key=lambda p: -p[2])),
        shared_words=shared,
    )


def normal_words(text: str, spans: list[Span]) -> list[str]:
    """The words without their case and typographic quotes."""
    return [span.of(text).casefold().replace("\u2019", "'") for span in spans]


def _passages(a: list[str], b: list[str]) -> list[tuple[int, int, int]]:
    """Shared runs as (index in a, index in b, words); each word of either text is in one run at most."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(b) - _RUN + 1):
        places[tuple(b[index : index + _RUN])].append(index)
    taken = bytearray(len(b))
    found: list[tuple[int, int, int]] = []
    index = 0
    while index <= len(a) - _RUN:
        starts = places.get(tuple(a[index : index + _RUN]), [])[:_MAX_PLACES]
        length, start = max(((_grown(a, b, index, start, taken), start) for start in starts), default=(0, 0))
        if length < _RUN:
            index += 1
            continue
        taken[start : start + length] = b"\x01" * length
        found.append((index, start, length))
        index += length
    return found


def _grown(a: list[str], b: list[str], i: int, j: int, taken: bytearray) -> int:
    length = 0
    while i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length] and not taken[j + length]:
        length += 1
    return length


def _as_offsets(place: tuple[int, int, int], spans_a: list[Span], spans_b: list[Span]) -> Passage:
    i, j, length = place
    return Passage(spans_a[i].start, spans_a[i + length - 1].end, spans_b[j].start, spans_b[j + length - 1].end, length)


def _kind(score: float) -> Kind:
    if score >= 0.8:
        return "copied"
    if score >= 0.4:
        return "light"
    return "heavy" if score >= 0.1 else "independent"
