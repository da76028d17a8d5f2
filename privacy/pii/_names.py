"""
Names of people who are not public: candidates by their letters, judged by a small model on what stands around them.

A candidate is a run of capitalised words (or of first names in small letters). What it is made of and what its
neighbours are becomes a handful of features; a logistic model, whose weights are in data/name_model.json, says how
likely the name is somebody's in the writer's life. Whoever is named in full once is known by one name afterwards.
"""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from scribetree.privacy.pii._candidates import JOINED, Candidate, candidates
from scribetree.privacy.pii._cues import NOT_NAMES, TITLES
from scribetree.privacy.pii._features import YEAR_CLOSES, YEAR_FOLLOWS, described, model
from scribetree.privacy.pii._gazetteer import Gazetteer, gazetteer
from scribetree.privacy.pii._reading import Reading
from scribetree.privacy.pii._span import Span

__all__ = ["names"]

_LISTED = re.compile(r"(?:,? (?:and|or|&) |, )(?:I, )?")
_THRESHOLD = 0.5
# How many different names in small letters are looked for again, so that a long text stays cheap.
_MOST_SMALL_NAMES = 64
# A name that a public figure bears, cited as one cites a public figure, is that figure's.
_FAME = frozenset({"figure", "figure1", "figure surname"})
_CITATION = frozenset({"L2=ACCORDING,TO", "year", "cited in brackets", "R1=CITE", "owned,WORK"})
# Who is known by this very name is that person, unless the text introduces a namesake; so are a place among places
# and a title in quotation marks.
_NOBODY_MEANT = frozenset({"figure", "figure1", "among places", "gap,next=quote,quote"})
_INTRODUCTION = frozenset(
    {
        "L1=REL",
        "L1=NAME",
        "L1=CALL",
        "L1=SALUTE",
        "L1=HEAD",
        "L1=MY",
        "L2=NAME,IS",
        "L2=REL,IS",
        "L2=I,IS",
        "R2=AND,I",
        "head",
    }
    | {
        "gap=line",
        "gap=start",
        "gap=colon",
        "alone",
        "L2=REL,CALL",
        "L1=MADE",
        "L2=MADE,BY",
        "L2=CALL,AS",
        "L2=REL,REL",
    }
)
_CITED_AT_MOST = 0.3
# Whose full name is so little likely a friend's is meant by the last name alone, too.
_SURELY_PUBLIC = 0.25
# "My name is" settles it, whoever else is called so.
_SAID_AT_LEAST = 0.9
# Mr. Castro teaches; who leads a country is written without.
_TITLED_AT_LEAST = 0.6


def names(reading: Reading) -> Iterator[Span]:
    """Each name of a person who is not public."""
    weights, known = model()["weights"], gazetteer()
    found = list(candidates(reading, known))
    judged = [
        (candidate, _probability(told, weights))
        for candidate, told in zip(found, described(reading, found, known), strict=True)
    ]
    judged = _in_company(reading.text, judged, known)
    private, public = _people(judged, reading, known)
    small: dict[str, Candidate] = {}
    for candidate, probability in judged:
        confidence = _in_light_of(candidate, probability, private, public)
        if confidence >= _THRESHOLD and public.get(candidate.name, 1.0) < _SURELY_PUBLIC:
            confidence = confidence if _is_titled(reading.lower, candidate) else _CITED_AT_MOST
        if confidence >= _THRESHOLD:
            yield Span(candidate.start, candidate.end, "NAME", round(confidence, 3))
            if candidate.small and len(candidate.parts) == 1 and _is_a_name_anywhere(candidate, confidence, known):
                small.setdefault(candidate.name, candidate)
    for candidate in list(small.values())[:_MOST_SMALL_NAMES]:
        yield from _again(reading.lower, candidate)


def _is_a_name_anywhere(candidate: Candidate, confidence: float, known: Gazetteer) -> bool:
    """Neither a word nor like one, so that the same letters mean the same person all over the text."""
    name = candidate.name
    if name in known.words or name in known.homographs or name in NOT_NAMES:
        return False
    return name in known.lower_first or confidence >= _SAID_AT_LEAST


def _again(lower: str, candidate: Candidate) -> Iterator[Span]:
    """The same name in small letters wherever else it stands as a word of its own, a hundred times at most."""
    written, place = lower[candidate.start : candidate.end], 0
    for _ in range(100):
        place = lower.find(written, place)
        if place < 0:
            return
        end = place + len(written)
        if not _touches_a_word(lower, place, end):
            yield Span(place, end, "NAME", _THRESHOLD)
        place = end


def _touches_a_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return before.isalnum() or after.isalnum() or before in JOINED or after in {"_", "@", "-"}


def _in_company(text: str, judged: list[tuple[Candidate, float]], known: Gazetteer) -> list[tuple[Candidate, float]]:
    """The same names; who is counted up with somebody private ("Ana, Li and Omar") is most likely private too."""
    sure = [probability for _, probability in judged]
    order = sorted(range(len(judged)), key=lambda index: judged[index][0].start)
    pairs = [pair for pair in pairwise(order) if _are_listed(text, judged[pair[0]][0], judged[pair[1]][0], known)]
    for left, right in (*pairs, *reversed(pairs)):
        sure[left] = max(sure[left], 0.9 * sure[right])
        sure[right] = max(sure[right], 0.9 * sure[left])
    return [(candidate, probability) for (candidate, _), probability in zip(judged, sure, strict=True)]


def _are_listed(text: str, left: Candidate, right: Candidate, known: Gazetteer) -> bool:
    if not 0 < right.start - left.end <= 6 or _LISTED.fullmatch(text, left.end, right.start) is None:
        return False
    return all(one.parts[0] in known.first and one.name not in known.figures for one in (left, right))


def _probability(found: list[str], weights: dict[str, float]) -> float:
    score = weights["bias"] + sum(weights.get(feature, 0.0) for feature in found)
    probability = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
    if "L2=NAME,IS" in found and "mine" in found:
        return max(probability, _SAID_AT_LEAST)
    if "figure surname" in found and "L1=TITLE" in found and "year" not in found:
        return max(probability, _TITLED_AT_LEAST)
    is_cited = not _FAME.isdisjoint(found) and not _CITATION.isdisjoint(found)
    is_not_introduced = not _NOBODY_MEANT.isdisjoint(found) and _INTRODUCTION.isdisjoint(found)
    return min(probability, _CITED_AT_MOST) if is_cited or is_not_introduced else probability


def _people(
    judged: Iterable[tuple[Candidate, float]], reading: Reading, known: Gazetteer
) -> tuple[dict[str, float], dict[str, float]]:
    """The single names by which private and public people of this text go, and how likely each is private."""
    private: dict[str, float] = {}
    public: dict[str, float] = {}
    for candidate, probability in judged:
        if probability >= _THRESHOLD:
            if candidate.name in known.figures and probability < _SAID_AT_LEAST:
                continue
            middle = (part for part in candidate.parts[1:-1] if len(part) > 2)
            for part in {candidate.parts[0], *middle, candidate.parts[-1], candidate.name}:
                if part not in known.words or part not in reading.written:
                    private[part] = max(probability, private.get(part, 0.0))
        elif len(candidate.parts) > 1:
            for name in (candidate.parts[-1], candidate.name):
                public[name] = min(probability, public.get(name, 1.0))
        elif _is_cited(reading.text, candidate):
            public.setdefault(candidate.name, probability)
    return private, public


def _is_titled(lower: str, candidate: Candidate) -> bool:
    """Mr. Rivera, who teaches, next to Diego Rivera, who painted."""
    before = lower[max(0, candidate.start - 12) : candidate.start].split()[-1:]
    return bool(before) and before[0].rstrip(".") in TITLES


def _is_cited(text: str, candidate: Candidate) -> bool:
    """A year stands behind the name, or the name stands in brackets that a year closes."""
    before, after = (
        text[max(0, candidate.start - 40) : candidate.start],
        text[candidate.end : candidate.end + 40],
    )
    is_in_brackets = before.rfind("(") > before.rfind(")") and YEAR_CLOSES.match(after) is not None
    return is_in_brackets or YEAR_FOLLOWS.match(after) is not None


def _in_light_of(
    candidate: Candidate, probability: float, private: dict[str, float], public: dict[str, float]
) -> float:
    """What the rest of the text says about this name: who is private once is private at every place."""
    name, first = candidate.name, candidate.parts[0]
    if len(candidate.parts) > 1:
        is_friend = name in private or (first in private and name not in gazetteer().figures)
        known_as = max(private.get(name, 0.0), private.get(first, 0.0)) if is_friend else 0.0
        return max(probability, _THRESHOLD, 0.9 * known_as) if known_as else probability
    if name in private and name not in public:
        return max(probability, _THRESHOLD, 0.9 * private[name])
    return probability * 0.6 if name in public and probability < 0.9 else probability
