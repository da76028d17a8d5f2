"""
Which passages two texts share, word for word or reworded, and how much the one leans on the other.

Runs of equal words are found by their hashes and grown; what they leave is compared sentence by sentence through the
rare words that both hold. Phrases of everyone's, the assignment's own wording and quotations are shown but not counted.
A small trained model (`weights/compare.json`) tells the four kinds apart; see docs/cards/compare.md.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from scribetree.tools.integrity._attribution import cites, quoted_mask
from scribetree.tools.integrity._units import Unit, WordText, is_common
from scribetree.tools.text import require_text

__all__ = ["Comparison", "Kind", "Passage", "compare", "features_of"]

_Alignment = tuple[Unit, Unit, float]
"""A unit of the shorter text, the unit of the longer that holds most of its words, and how much (0 to 1)."""

Kind = Literal["copied", "light", "heavy", "independent"]
Wording = Literal["same", "reworded"]

_KINDS: tuple[Kind, ...] = ("copied", "light", "heavy", "independent")
_RUN = 5
_MAX_PLACES = 50
"""A run that stands in more places than this is a phrase of everyone's, and would make the search quadratic."""
_MIN_CONTENT = 2
"""A run with fewer words of its own than this is a common phrase: "on the other hand, it is"."""
_ASSIGNMENT_RUN = 4
_REWORDED = 0.5
_MIN_REWORDED_STEMS = 3
_RAREST, _MAX_POSTINGS = 8, 24
_FEW_WORDS = 30
_MAX_PASSAGES = 200


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A stretch that both texts hold, as offsets in characters; `words` is its length in the shorter text.

    `similarity` is 1 for the same words; `counted` is False for quotations, common phrases and the assignment's words.
    """

    a_start: int
    a_end: int
    b_start: int
    b_end: int
    words: int
    wording: Wording
    similarity: float
    quoted: bool
    cited: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    How much of the shorter text stands in the other.

    `score` (0 to 1) is the share of its words in counted passages, a reworded one by its similarity. `kind` is the
    likeliest of copied, light (lightly revised), heavy (heavily revised) and independent; `probabilities` has all four.
    `shared_words` are the words that stand in both in the same order. `note` says when little can be said.
    """

    score: float
    kind: Kind
    passages: tuple[Passage, ...]
    shared_words: int
    probabilities: dict[str, float]
    note: str


def compare(a: str, b: str, *, assignment: str | None = None) -> Comparison:
    """What two texts share; words that the assignment gave to both are not counted."""
    require_text(a, "a")
    require_text(b, "b")
    one, other = WordText.of(a), WordText.of(b)
    is_swapped = len(one.words) > len(other.words)
    small, large = (other, one) if is_swapped else (one, other)
    aligned = list(_aligned(small, large))
    found = _matches(small, large, aligned, assignment)
    passages = [_as_passage(match, small, large, is_swapped=is_swapped) for match in found]
    counted = [passage for passage in passages if passage.counted]
    usable = max(1, len(small.words) - sum(each.words for each in passages if not each.counted))
    score = min(1.0, sum(each.words * each.similarity for each in counted) / usable)
    probabilities = _probabilities(features_of(small, large, aligned, found))
    kind = max(_KINDS, key=lambda name: probabilities[name])
    if small.words == large.words:
        score, kind, probabilities = 1.0, "copied", _certain("copied")
    elif all(is_common(word) for word in small.words):
        kind, probabilities = "independent", _certain("independent")
    passages.sort(key=lambda each: (-each.counted, -each.words * each.similarity, each.a_start))
    return Comparison(
        score=round(score, 4),
        kind=kind,
        passages=tuple(passages[:_MAX_PASSAGES]),
        shared_words=sum(each.words for each in passages if each.wording == "same"),
        probabilities={name: round(value, 4) for name, value in probabilities.items()},
        note=_note(small, passages),
    )


def _certain(kind: Kind) -> dict[str, float]:
    return {name: float(name == kind) for name in _KINDS}


@dataclass(frozen=True, slots=True)
class _Match:
    """Words `i` up to `i_end` of the shorter text beside `j` up to `j_end` of the longer."""

    i: int
    i_end: int
    j: int
    j_end: int
    similarity: float
    quoted: bool
    cited: bool
    counted: bool


def _matches(small: WordText, large: WordText, aligned: Sequence[_Alignment], assignment: str | None) -> list[_Match]:
    given = _given_words(small.words, assignment)
    quoted_small, quoted_large = quoted_mask(small.text, small.spans), quoted_mask(large.text, large.spans)
    exact = [_exact(run, small, large, given, (quoted_small, quoted_large)) for run in _runs(small.words, large.words)]
    taken = bytearray(len(small.words))
    for match in exact:
        taken[match.i : match.i_end] = b"\x01" * (match.i_end - match.i)
    return [*exact, *_reworded(small, large, aligned, taken, given)]


def _given_words(words: Sequence[str], assignment: str | None) -> bytearray:
    """For each word whether it repeats a run of the assignment."""
    mask = bytearray(len(words))
    if assignment:
        prompt = WordText.of(assignment).words
        runs = {tuple(prompt[i : i + _ASSIGNMENT_RUN]) for i in range(len(prompt) - _ASSIGNMENT_RUN + 1)}
        for i in range(len(words) - _ASSIGNMENT_RUN + 1):
            if tuple(words[i : i + _ASSIGNMENT_RUN]) in runs:
                mask[i : i + _ASSIGNMENT_RUN] = b"\x01" * _ASSIGNMENT_RUN
    return mask


def _runs(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int, int]]:
    """Shared runs as (index in a, index in b, words); each word of either text is in one run at most."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in range(len(b) - _RUN + 1):
        here = places[tuple(b[index : index + _RUN])]
        if len(here) < _MAX_PLACES:
            here.append(index)
    taken = bytearray(len(b))
    found: list[tuple[int, int, int]] = []
    index = 0
    while index <= len(a) - _RUN:
        starts = places.get(tuple(a[index : index + _RUN]), ())
        length, start = max(((_grown(a, b, index, start, taken), start) for start in starts), default=(0, 0))
        if length < _RUN:
            index += 1
            continue
        taken[start : start + length] = b"\x01" * length
        found.append((index, start, length))
        index += length
    return found


def _grown(a: Sequence[str], b: Sequence[str], i: int, j: int, taken: bytearray) -> int:
    length = 0
    while i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length] and not taken[j + length]:
        length += 1
    return length


def _exact(
    run: tuple[int, int, int],
    small: WordText,
    large: WordText,
    given: bytearray,
    quoted: tuple[bytearray, bytearray],
) -> _Match:
    i, j, length = run
    own = sum(1 for k in range(i, i + length) if not given[k] and not is_common(small.words[k]))
    in_small, in_large = (
        sum(mask[start : start + length]) * 2 > length for mask, start in zip(quoted, (i, j), strict=True)
    )
    is_cited = _cited(small, i, i + length) or _cited(large, j, j + length)
    is_quoted = in_small != in_large or (in_small and in_large and is_cited)
    return _Match(i, i + length, j, j + length, 1.0, is_quoted, is_cited, own >= _MIN_CONTENT and not is_quoted)


def _cited(text: WordText, first: int, last: int) -> bool:
    """Whether a source is named beside the words: from 80 characters before them to 80 after."""
    place = text.place(first, last)
    return cites(text.text[max(0, place.start - 80) : place.start]) or cites(text.text[place.end : place.end + 80])


def _reworded(
    small: WordText, large: WordText, aligned: Sequence[_Alignment], taken: bytearray, given: bytearray
) -> Iterator[_Match]:
    """Units of the shorter text whose rare words a unit of the longer holds, as far as they are not exact runs."""
    for unit, best, similarity in aligned:
        free = [k for k in range(unit.first, unit.last) if not taken[k] and not given[k]]
        if similarity < _REWORDED or len(unit.stems & best.stems) < _MIN_REWORDED_STEMS:
            continue
        if len(free) * 2 < unit.last - unit.first:
            continue
        yield _Match(
            free[0],
            free[-1] + 1,
            best.first,
            best.last,
            min(0.99, round(similarity, 3)),
            quoted=False,
            cited=_cited(small, unit.first, unit.last) or _cited(large, best.first, best.last),
            counted=True,
        )


def _aligned(small: WordText, large: WordText) -> Iterator[_Alignment]:
    """For each unit of the shorter text the unit, or pair of neighbours, of the longer that holds most of its words."""
    pairs = [
        *large.units,
        *(
            Unit(one.first, other.last, one.stems | other.stems)
            for one, other in zip(large.units, large.units[1:], strict=False)
        ),
    ]
    places: dict[str, list[int]] = defaultdict(list)
    for number, unit in enumerate(pairs):
        for each in unit.stems:
            places[each].append(number)
    for unit in small.units:
        if len(unit.stems) < _MIN_REWORDED_STEMS:
            continue
        best, similarity = _best(unit, pairs, places)
        if best is not None:
            yield unit, best, similarity


def _best(unit: Unit, pairs: Sequence[Unit], places: Mapping[str, Sequence[int]]) -> tuple[Unit | None, float]:
    weights = {each: 1 / math.log(2 + len(places.get(each, ()))) for each in unit.stems}
    rare = sorted((each for each in unit.stems if each in places), key=lambda each: (len(places[each]), each))[:_RAREST]
    votes = Counter(number for each in rare for number in places[each][:_MAX_POSTINGS])
    total = sum(weights.values())
    best: tuple[Unit | None, float] = (None, 0.0)
    for number, _ in votes.most_common(4):
        candidate = pairs[number]
        shared = sum(weights[each] for each in unit.stems & candidate.stems)
        extra = max(0, len(candidate.stems) - 2 * len(unit.stems)) * 0.01
        if shared / total - extra > best[1]:
            best = candidate, shared / total - extra
    return best


def features_of(
    small: WordText, large: WordText, aligned: Sequence[_Alignment], found: Sequence[_Match]
) -> dict[str, float]:
    """What the kind is judged by; all are shares of the shorter text, 0 to 1."""
    count = len(small.words)
    counted = [match for match in found if match.counted]
    exact = [match.i_end - match.i for match in counted if match.similarity == 1.0]
    uncounted = sum(match.i_end - match.i for match in found if not match.counted)
    usable = max(1, count - uncounted)
    alike = [similarity for _, _, similarity in aligned]
    units = max(1, sum(1 for unit in small.units if len(unit.stems) >= _MIN_REWORDED_STEMS))
    return {
        "runs": min(1.0, sum(exact) / usable),
        "long_runs": min(1.0, sum(length for length in exact if length >= 12) / usable),
        "longest": min(1.0, max(exact, default=0) / usable),
        "two": _contained(small.words, large.words, 2),
        "three": _contained(small.words, large.words, 3),
        "content": _contained_stems(small, large),
        "aligned": sum(alike) / units,
        "aligned_units": sum(similarity >= _REWORDED for similarity in alike) / units,
        "closely_aligned_units": sum(similarity >= 0.75 for similarity in alike) / units,
    }


def _contained(a: Sequence[str], b: Sequence[str], length: int) -> float:
    grams = [tuple(a[i : i + length]) for i in range(len(a) - length + 1)]
    there = {tuple(b[i : i + length]) for i in range(len(b) - length + 1)}
    return sum(gram in there for gram in grams) / len(grams) if grams else 0.0


def _contained_stems(small: WordText, large: WordText) -> float:
    there = {each for unit in large.units for each in unit.stems}
    here = {each for unit in small.units for each in unit.stems}
    return len(here & there) / len(here) if here else 0.0


def _probabilities(figures: Mapping[str, float]) -> dict[str, float]:
    weights = _weights()
    odds = {
        name: weights[name]["intercept"] + sum(weights[name]["figures"][key] * value for key, value in figures.items())
        for name in _KINDS
    }
    top = max(odds.values())
    shares = {name: math.exp(value - top) for name, value in odds.items()}
    total = sum(shares.values())
    return {name: value / total for name, value in shares.items()}


@cache
def _weights() -> dict[str, Any]:
    source = files("scribetree.tools.integrity").joinpath("weights", "compare.json").read_text("utf-8")
    kinds: dict[str, Any] = json.loads(source)["kinds"]
    return kinds


def _as_passage(match: _Match, small: WordText, large: WordText, *, is_swapped: bool) -> Passage:
    here, there = small.place(match.i, match.i_end), large.place(match.j, match.j_end)
    a, b = (there, here) if is_swapped else (here, there)
    return Passage(
        a_start=a.start,
        a_end=a.end,
        b_start=b.start,
        b_end=b.end,
        words=match.i_end - match.i,
        wording="same" if match.similarity == 1.0 else "reworded",
        similarity=match.similarity,
        quoted=match.quoted,
        cited=match.cited,
        counted=match.counted,
    )


def _note(small: WordText, passages: Sequence[Passage]) -> str:
    if len(small.words) < _FEW_WORDS:
        return f"One text has fewer than {_FEW_WORDS} words: sharing them says little."
    quoted = sum(each.words for each in passages if each.quoted)
    if quoted:
        return f"{quoted} shared words stand in quotation marks and are not counted."
    return "Shared words are no finding about a person: look at the passages, and ask."
