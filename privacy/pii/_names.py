"""
Names of people who are not public: candidates by their letters, judged by a small model on what stands around them.

A candidate is a run of capitalised words (or of first names in small letters). What it is made of and what its
neighbours are becomes a handful of features; a logistic model, whose weights are in data/name_model.json, says how
likely the name is somebody's in the writer's life. Whoever is named in full once is known by one name afterwards.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import cast

from scribetree.privacy.pii._cues import KIND, NOT_NAMES, ORGANISATIONS, TITLES
from scribetree.privacy.pii._gazetteer import Gazetteer, folded, gazetteer
from scribetree.privacy.pii._reading import Reading
from scribetree.privacy.pii._span import Span

__all__ = ["Candidate", "Company", "candidates", "company", "features", "names"]

_UPPER = "A-Z" + "".join(
    sign
    for low, high in ((0xC0, 0x24F), (0x370, 0x556), (0x1E00, 0x1EFF))
    for sign in map(chr, range(low, high + 1))
    if sign.isupper()
)
_REST = rf"(?:[\w'\u2019]+(?:-[{_UPPER}]?\w+)*|\.(?=[ ]?[{_UPPER}]))?(?![\w-])"
_PARTICLE = (
    r"(?:(?:de|da|del|della|dos|das|do|di|du|van|von|der|den|ten|bin|binti|bint|ibn|al|el|la|las|los|le|ter|af|"
    r"zu|y|e) )"
    r"{0,3}"
)
# What may not stand before a name is looked at behind its first letter: a search for letters alone is fast.
_CHAIN = re.compile(
    rf"[{_UPPER}](?<![\w@#/.&'\u2019-].)(?<!\w['\u2019].){_REST}"
    rf"(?:[ \u00a0]{{0,2}}(?<=[. \u00a0]){_PARTICLE}[{_UPPER}]{_REST}){{0,9}}"
)
# Letters of scripts that have no capitals: Hebrew to Ethiopic, Khmer, the kana, Chinese, Korean.
_CASELESS = "\u0590-\u137f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufefc"
_CASELESS_RUN = re.compile(rf"[{_CASELESS}\u200c\u200d]+(?:[ \u00b7-][{_CASELESS}\u200c\u200d]+){{0,4}}")
_CLOSED_UP = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]{2,6}")
_PART = re.compile(r"[^ \u00a0]+")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
_JOINED_PREFIXES = ("mc", "mac", "de", "di", "la", "le", "van", "o'", "al", "el", "da", "du", "fitz", "d'", "st")
_LISTED = re.compile(r"(?:,? (?:and|or|&) |, )(?:I, )?")
_YEAR_FOLLOWS = re.compile(r"[\s,]*\(?(?:\d{4}[a-z]?\b|et al|n\.d\.|pp?\. ?\d|\d{1,3}\))")
_YEAR_CLOSES = re.compile(r"[^()]{0,30}\b\d{1,4}[a-z]?[);,]")
_WORDS_BEFORE, _WORDS_AFTER = 48, 40
_PUNCTUATION = ".,;:!?\"'()[]{}\u2018\u2019\u201c\u201d\u2026*_-\u2013\u2014"
_QUOTES = '"\u201c\u201d\u2018'
_SMALL = "[a-z\u00df-\u00f6\u00f8-\u024f\u0259]"
_LOWER_NAME = re.compile(rf"{_SMALL}+(?:(?:{_SMALL}|['\u2019-])*{_SMALL})?")
_AFTER_KIN = re.compile(rf"[a-z]+,? (?P<name>{_SMALL}{{2,}}(?:(?:{_SMALL}|['\u2019-])*{_SMALL})?)(?![\w@])")
_AFTER_CUE = re.compile(
    rf"[a-z]+(?:['\u2019]s)?(?:: ?| )(?P<name>{_SMALL}{{2,}}(?:(?:{_SMALL}|['\u2019-])*{_SMALL})?)(?![\w@])"
)
_CLOSE = frozenset(word for word, kind in KIND.items() if kind == "REL" and not word.endswith("s")) - {"student"}
_MINE_BEFORE = re.compile(r"\b(?:my|our|his|her|their|ur)(?: (?!and\b|or\b|from\b|to\b)[a-z-]+)? $")
_NAMING = frozenset({"named", "called", "name", "nickname"})
_CONTRACTED = ("n't", "n\u2019t", "'s", "\u2019s")
_SMALL_TITLES = frozenset({"mr", "mrs", "ms"})
_AFTER_TITLE = re.compile(r"mr?s?\.? (?P<name>[a-z]+(?:[a-z'\u2019-]*[a-z])?)")
_MARKED_NAME = re.compile(r"(?<![\w.@/-])(?=\w*[^\x00-\x7f])[a-z\u00df-\u024f]{3,}(?![\w@])")
_JOINED = frozenset("._-@/")
_SAID_IS = re.compile(r"\bname(?:'s|\u2019s| is|: ?)\s*$|\b(?:named|called|calls me|call me|i'm|i am|nicknamed)\s+$")

_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
_DAY_FOLLOWS = re.compile(r"\.? ?\d")

_THRESHOLD = 0.5
# How many different names in small letters are looked for again, so that a long text stays cheap.
_MOST_SMALL_NAMES = 64
# A name that a public figure bears, cited as one cites a public figure, is that figure's.
_BY_ENDING = (("ed", "PAST"), ("ly", "adverb"), ("ing", "ing"), ("s", "s"))
_FAME = frozenset({"figure", "figure1", "figure surname"})
_CITATION = frozenset({"L2=ACCORDING,TO", "year", "cited in brackets", "R1=CITE", "owned,WORK"})
# Who is known by this very name is that person, unless the text introduces a namesake.
_WELL_KNOWN = frozenset({"figure", "figure1"})
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
# "My name is" settles it, whoever else is called so.
_SAID_AT_LEAST = 0.9
# Mr. Castro teaches; who leads a country is written without.
_TITLED_AT_LEAST = 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """The words of a possible name, and whether each was written with a capital."""

    start: int
    end: int
    parts: tuple[str, ...]
    small: bool = False

    @property
    def name(self) -> str:
        """The words as the gazetteers hold them."""
        return " ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Company:
    """How often each name stands in a text, which stand within a sentence, and which are part of a longer one."""

    times: Mapping[str, int]
    within: frozenset[str]
    parts: frozenset[str]


def company(reading: Reading, found: Iterable[Candidate], known: Gazetteer) -> Company:
    """What all candidates of a text say about each."""
    times, within, parts = dict[str, int](), set[str](), set[str]()
    for candidate in found:
        times[candidate.name] = times.get(candidate.name, 0) + 1
        before = reading.text[max(0, candidate.start - 2) : candidate.start]
        if before[-1:] == " " and (before[:1].isalnum() or before[:1] == ","):
            within.add(candidate.name)
        if len(candidate.parts) > 1 and candidate.parts[0] in known.first:
            parts.update((candidate.parts[0], candidate.parts[-1]))
    return Company(times, frozenset(within), frozenset(parts))


def names(reading: Reading) -> Iterator[Span]:
    """Each name of a person who is not public."""
    weights, known = _weights(), gazetteer()
    found = list(candidates(reading, known))
    others = company(reading, found, known)
    judged = [(candidate, _probability(reading, candidate, known, others, weights)) for candidate in found]
    judged = _in_company(reading.text, judged, known)
    private, public = _people(judged, reading, known)
    small: dict[str, Candidate] = {}
    for candidate, probability in judged:
        confidence = _in_light_of(candidate, probability, private, public)
        if confidence >= _THRESHOLD:
            yield Span(candidate.start, candidate.end, "NAME", round(confidence, 3))
            if candidate.small and len(candidate.parts) == 1 and candidate.name not in known.words:
                small.setdefault(candidate.name, candidate)
    for candidate in list(small.values())[:_MOST_SMALL_NAMES]:
        yield from _again(reading.lower, candidate)


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
    return before.isalnum() or after.isalnum() or before in _JOINED or after in {"_", "@", "-"}


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


def _probability(
    reading: Reading, candidate: Candidate, known: Gazetteer, others: Company, weights: dict[str, float]
) -> float:
    found = features(reading, candidate, known, others)
    score = weights["bias"] + sum(weights.get(feature, 0.0) for feature in found)
    probability = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))
    if "L2=NAME,IS" in found and "mine" in found:
        return max(probability, _SAID_AT_LEAST)
    if "figure surname" in found and "L1=TITLE" in found and "year" not in found:
        return max(probability, _TITLED_AT_LEAST)
    is_cited = not _FAME.isdisjoint(found) and not _CITATION.isdisjoint(found)
    is_not_introduced = not _WELL_KNOWN.isdisjoint(found) and _INTRODUCTION.isdisjoint(found)
    return min(probability, _CITED_AT_MOST) if is_cited or is_not_introduced else probability


def _people(
    judged: Iterable[tuple[Candidate, float]], reading: Reading, known: Gazetteer
) -> tuple[dict[str, float], frozenset[str]]:
    """The single names by which people of this text go: private ones with their confidence, and public ones."""
    private: dict[str, float] = {}
    public: set[str] = set()
    for candidate, probability in judged:
        if probability >= _THRESHOLD:
            if candidate.name in known.figures and probability < _SAID_AT_LEAST:
                continue
            for part in {*candidate.parts[:1], candidate.parts[-1], candidate.name}:
                if part not in known.words or part not in reading.written:
                    private[part] = max(probability, private.get(part, 0.0))
        elif len(candidate.parts) > 1:
            public.update((candidate.parts[-1], candidate.name))
        elif _is_cited(reading.text, candidate):
            public.add(candidate.name)
    return private, frozenset(public)


def _is_cited(text: str, candidate: Candidate) -> bool:
    """A year stands behind the name, or the name stands in brackets that a year closes."""
    before, after = (
        text[max(0, candidate.start - 40) : candidate.start],
        text[candidate.end : candidate.end + _WORDS_AFTER],
    )
    is_in_brackets = before.rfind("(") > before.rfind(")") and _YEAR_CLOSES.match(after) is not None
    return is_in_brackets or _YEAR_FOLLOWS.match(after) is not None


def _in_light_of(candidate: Candidate, probability: float, private: dict[str, float], public: frozenset[str]) -> float:
    """What the rest of the text says about a name that stands alone here."""
    if len(candidate.parts) > 1 and probability < _THRESHOLD:
        return max(probability, private.get(candidate.name, 0.0) * 0.9)
    if len(candidate.parts) > 1:
        return probability
    name = candidate.name
    if name in private and name not in public:
        return max(probability, 0.9 * private[name])
    return probability * 0.6 if name in public and probability < 0.9 else probability


def candidates(reading: Reading, known: Gazetteer) -> Iterator[Candidate]:
    """Everything in the text that could be a name, in order of kind."""
    text = reading.text
    for chain in _CHAIN.finditer(text):
        yield from _of_chain(text, chain.start(), chain.end(), known)
    if not text.isascii():
        for run in _CASELESS_RUN.finditer(text):
            parts = _caseless_parts(run.group(), known)
            if parts and len(run.group()) > 1:
                yield Candidate(*run.span(), parts)
    yield from _in_small_letters(reading, known)


def _caseless_parts(run: str, known: Gazetteer) -> tuple[str, ...]:
    """First name, then last name, where a name is written in one piece with the last name before it."""
    parts = tuple(folded(run).replace("\u00b7", " ").split())
    if _CLOSED_UP.fullmatch(run) is None:
        return parts
    splits = [(run[size:], run[:size]) for size in (2, 1, 3) if run[:size] in known.last and run[size:]]
    return next(
        (split for split in splits if split[0] in known.first), splits[0] if splits and len(run) <= 4 else parts
    )


def _of_chain(text: str, start: int, end: int, known: Gazetteer) -> Iterator[Candidate]:
    """The candidates in one run of capitalised words: what is left between the words that no name has."""
    pieces: list[tuple[int, int, str]] = []
    for part in _PART.finditer(text, start, end):
        low, high = part.span()
        owned = _POSSESSIVE.search(part.group())
        if owned and high - low > 3:
            high -= len(owned.group())
        word = folded(text[low:high]).replace("\u2019", "'")
        if _never_names(word, first=not pieces):
            yield from _whole(text, pieces, known)
            pieces = []
        else:
            pieces.append((low, high, word))
            if owned:
                yield from _whole(text, pieces, known)
                pieces = []
    yield from _whole(text, pieces, known)


def _never_names(word: str, *, first: bool) -> bool:
    """A function word, one with another contracted to it ("I'm", "We've"), a title, or the word I."""
    stem, contracted, _ = word.partition("'")
    if word in NOT_NAMES or word.rstrip(".") in TITLES:
        return True
    return (bool(contracted) and (stem in NOT_NAMES or stem == "i")) or (first and word in {"i", "a"})


def _whole(text: str, pieces: list[tuple[int, int, str]], known: Gazetteer) -> Iterator[Candidate]:
    """The pieces as one candidate, without the plain words at its two ends; none where it names an organisation."""
    if not pieces or (len(pieces) > 1 and pieces[-1][2] in ORGANISATIONS and pieces[-1][2] not in known.first):
        return
    low, high = 0, len(pieces)
    is_figure = " ".join(word for _, _, word in pieces) in known.figures
    is_within = text[max(0, pieces[0][0] - 2) : pieces[0][0]].replace(",", "a")[:1].isalpha()
    while high - low > 1 and not is_figure and _is_plain(pieces[low][2], known.first, known):
        if is_within and low == 0 and pieces[0][2] not in KIND and pieces[0][2] not in known.places and high == 2:
            break  # who writes a plain word with a capital in the middle of a sentence means a name
        low += 1
    while high - low > 1 and not is_figure and _is_plain(pieces[high - 1][2], known.last, known):
        high -= 1
    kept = pieces[low:high]
    if len(kept) <= 5 and not (len(kept) == 1 and _is_no_name(text, *kept[0], known)):
        yield Candidate(kept[0][0], kept[-1][1], tuple(word for _, _, word in kept))


def _is_plain(word: str, names: frozenset[str], known: Gazetteer) -> bool:
    if "-" in word and word not in names:
        return all(part in known.words or part in known.places for part in word.split("-"))
    return (word in known.words and word not in names) or (
        word in known.places and word not in known.first and word not in names
    )


def _is_no_name(text: str, start: int, end: int, word: str, known: Gazetteer) -> bool:
    """A single letter, an acronym, a word for a kind of person, or a compound of plain words."""
    if KIND.get(word) in {"ROLE", "REL"} and word in known.words and word not in known.first:
        return True
    if word in _MONTHS and (text[start - 2 : start - 1].isdigit() or _DAY_FOLLOWS.match(text, end)):
        return True
    if end - start < 2 or text[start : start + 2].isupper():
        return end - start < 4 or not text[start:end].isupper() or word not in known.first
    if _INNER_CAPITAL.search(text, start, end) and not word.startswith(_JOINED_PREFIXES):
        return True
    if word in known.places and word not in known.first and word not in known.last:
        return True
    return "-" in word and _is_plain(word, known.first, known)


def _in_small_letters(reading: Reading, known: Gazetteer) -> Iterator[Candidate]:
    """First names that were written without a capital, with a last name behind them if there is one."""
    small = {word for word in known.lower_first & reading.words if word in reading.written}
    for place in reading.places(small):
        match = _LOWER_NAME.match(reading.text, place)
        if match is not None and match.group() in small and not _is_inside(reading.text, place, match.end()):
            yield _with_last(reading, place, match.end(), known)
    if not reading.text.isascii():
        for match in _MARKED_NAME.finditer(reading.text):
            if folded(match.group()) in known.lower_first:
                yield Candidate(*match.span(), (folded(match.group()),), small=True)
    yield from _introduced(reading, known)


def _is_inside(text: str, start: int, end: int) -> bool:
    """Part of an account, an address or a link rather than a word of its own."""
    if text[start - 1 : start] in _JOINED and start:
        return True
    return text[end : end + 1] in {"_", "@"} or (text[end : end + 1] in _JOINED and text[end + 1 : end + 2].isalnum())


def _introduced(reading: Reading, known: Gazetteer) -> Iterator[Candidate]:
    for place in reading.places(_SMALL_TITLES & reading.written):
        titled = _AFTER_TITLE.match(reading.text, place)
        if titled is not None and titled["name"] not in known.lower_first:
            yield Candidate(titled.start("name"), titled.end("name"), (titled["name"],), small=True)
    for place in reading.places(_CLOSE):
        match = _AFTER_KIN.match(reading.text, place)
        if match is None or _MINE_BEFORE.search(reading.lower, max(0, place - 24), place) is None:
            continue
        if (
            folded(match["name"]) not in known.words
            and not match["name"].endswith(_CONTRACTED)
            and match["name"] not in known.homographs
            and match["name"] not in known.lower_first
        ):
            yield _with_last(reading, match.start("name"), match.end("name"), known)
    if reading.words.isdisjoint(_NAMING):
        return
    for place in reading.places(_NAMING | {"is"}):
        match = _AFTER_CUE.match(reading.text, place)
        if match is None or match["name"] in known.words or match["name"] in known.lower_first:
            continue
        at = match.start("name")
        if _SAID_IS.search(reading.lower, max(0, at - 14), at):
            yield _with_last(reading, at, match.end("name"), known)


def _with_last(reading: Reading, start: int, end: int, known: Gazetteer) -> Candidate:
    text = reading.text
    parts = [reading.lower[start:end]]
    owned = _POSSESSIVE.search(parts[0])
    if owned:
        end -= len(owned.group())
        parts[0] = parts[0][: -len(owned.group())]
    following = _LOWER_NAME.match(text, end + 1) if text[end : end + 1] == " " else None
    if following is not None and not owned:
        last = _POSSESSIVE.sub("", following.group())
        if last not in known.words and last in known.last:
            end = following.start() + len(last)
            parts.append(last)
    return Candidate(start, end, tuple(parts), small=True)


def features(reading: Reading, candidate: Candidate, known: Gazetteer, others: Company) -> list[str]:
    """What the model weighs: what the name is made of, and what kinds of words stand around it."""
    shape = _shape(candidate, known)
    lower, start, end = reading.lower, candidate.start, candidate.end
    before = lower[max(0, start - _WORDS_BEFORE) : start]
    after = lower[end : end + _WORDS_AFTER]
    gap, left = _left(before, at_start=start == 0)
    follows, right = _right(after)
    nearby = {_kind(word) for word in before.split()[-7:]}, {_kind(word) for word in after.split()[:7]}
    owned = after[:2] in {"'s", "\u2019s"}
    found = [
        f"shape={shape}",
        f"gap={gap}",
        f"gap,shape={gap},{shape}",
        f"L1={left[0]}",
        f"L2={left[1]},{left[0]}",
        f"L3={left[2]}",
        f"R1={right[0]}",
        f"R2={right[0]},{right[1]}",
        f"next={follows}",
        f"L1,shape={left[0]},{shape}",
        f"L1,R1={left[0]},{right[0]}",
        f"gap,next={gap},{follows}",
        f"R3={right[2]}",
        *(f"before={kind}" for kind in nearby[0]),
        *(f"after={kind}" for kind in nearby[1]),
    ]
    found += _standing(reading, candidate, known, gap, follows)
    found += _in_the_text(candidate, others, gap)
    spelling = _spelling(candidate, known)
    if spelling:
        found += [f"spelling={spelling}", f"spelling,gap={spelling},{gap}", f"spelling,shape={spelling},{shape}"]
    fame = _fame(candidate, before, after, known)
    if fame:
        found += [fame, f"{fame},L1={left[0]}", f"{fame},R1={right[0]}", f"{fame},gap={gap}"]
    if owned:
        found += ["owned", f"owned,{right[0]}"]
    if before.rfind("(") > before.rfind(")") and _YEAR_CLOSES.match(after):
        found.append("cited in brackets")
    if _YEAR_FOLLOWS.match(after):
        found.append("year")
    around = " " + before[-40:] + " " + after
    if "\u201d" in before[-3:] or '"' in before[-3:]:
        found.append("after quote")
    if " my " in around or " i " in around or " me " in around or "i'm" in around:
        found += ["mine", f"mine,{shape}"]
    return found


def _shape(candidate: Candidate, known: Gazetteer) -> str:
    """Number of words, whether the first is a first name and the last a last name, and how many are plain words."""
    parts = candidate.parts
    first, last = parts[0] in known.first, parts[-1] in known.last
    plain = sum(part in known.words for part in parts)
    commonness = "none" if plain == 0 else "all" if plain == len(parts) else "some"
    return (
        f"{min(len(parts), 3)}{'F' if first else '-'}{'L' if last else '-'}{commonness}{'s' if candidate.small else ''}"
    )


def _standing(reading: Reading, candidate: Candidate, known: Gazetteer, gap: str, follows: str) -> list[str]:
    """Public or private, a place or a person, alone on its line or not, at the top of the text or at its foot."""
    name, found = candidate.name, list[str]()
    if name in known.places:
        found.append("place")
    elif any(part in known.places for part in candidate.parts):
        found.append("place in it")
    if gap in {"line", "start"} and candidate.start < 160:
        found += ["head", f"head,{follows}"]
    if not candidate.name.isascii() and candidate.name[0] > "\u036f":
        found += ["foreign script", f"foreign script,{gap}", f"foreign script,{_shape(candidate, known)}"]
    if gap in {"line", "start"} and follows in {"line", "end"}:
        found += [
            "alone",
            "alone,top"
            if candidate.start < 160
            else "alone,foot"
            if candidate.end > len(reading.text) - 200
            else "alone,inside",
        ]
    written = reading.text[candidate.start : candidate.end]
    if written.isupper() and len(written) > 2:
        found.append("capitals")
    if len(candidate.parts) == 1 and not candidate.small and name in reading.written:
        found.append("also small")
    return found


def _in_the_text(candidate: Candidate, others: Company, gap: str) -> list[str]:
    """Whether the name stands here again, within a sentence somewhere, and whether a full name of the text has it."""
    name, found = candidate.name, list[str]()
    if others.times[name] > 1:
        found.append("again")
    if gap in {"sentence", "line", "start", "quote"}:
        found.append("within" if name in others.within else "never within")
    if len(candidate.parts) == 1 and name in others.parts:
        found.append("part of a name")
    return found


def _spelling(candidate: Candidate, known: Gazetteer) -> str:
    """For a word in no list: whether it is spelled like a name; for any one word: whether it may be a slip."""
    parts, found = candidate.parts, ""
    if len(parts) == 1 and _is_a_slip(parts[0]):
        found = "slip"
    unknown = [part for part in parts if part not in known.first and part not in known.last and part not in known.words]
    if not unknown or not unknown[0].isascii():
        return found
    score = sum(_spelled(part) for part in unknown) / len(unknown)
    return found + ("word" if score < -1 else "maybe word" if score < 0 else "maybe name" if score < 1.5 else "name")


@lru_cache(maxsize=8192)
def _is_a_slip(word: str) -> bool:
    """One slip away from a common word: two letters swapped, one too many, one doubled, a vowel missing or another."""
    words = gazetteer().words
    if len(word) < 4 or word in words or not word.isascii():
        return False
    pairs = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return any(
        (len(right) > 1 and left + right[1] + right[0] + right[2:] in words)
        or (right and left + right[1:] in words and len(word) > 4)
        or (left and left + left[-1] + right in words)
        or any(left + vowel + right in words or (right and left + vowel + right[1:] in words) for vowel in "aeiou")
        for left, right in pairs
    )


@lru_cache(maxsize=8192)
def _spelled(word: str) -> float:
    """How much more the three-letter pieces of a word are those of names than those of words (log odds)."""
    weights, written = _model()["spelling"], f"^{word}$"
    return weights[""] + sum(weights.get(written[at : at + 3], 0.0) for at in range(len(written) - 2))


def _fame(candidate: Candidate, before: str, after: str, known: Gazetteer) -> str:
    """Whether a public figure goes by this name, by this one word, or has it as a surname."""
    title = before.rsplit(None, 1)[-1:]
    if title and f"{title[0]} {candidate.name}" in known.figures:
        return "figure"
    if any(after.startswith(epithet) for epithet in known.epithets.get(candidate.name, ())):
        return "figure"
    if candidate.name in known.figures:
        return "figure" if len(candidate.parts) > 1 else "figure1"
    return "figure surname" if len(candidate.parts) == 1 and candidate.name in known.figure_surnames else ""


def _left(before: str, *, at_start: bool) -> tuple[str, list[str]]:
    """What separates the name from what is before it, and the kinds of the three words there, nearest first."""
    stripped = before.rstrip(" \u00a0\t")
    words = [_kind(word) for word in stripped.replace("\n", " \n ").split(" ")[-4:] if word][::-1]
    words = (words + ["none"] * 3)[:3]
    if not stripped:
        return ("start" if at_start else "line"), words
    last = stripped[-1]
    if last == "\n":
        return "line", words
    if last in ".!?\u2026":
        abbreviated = stripped[:-1].rsplit(None, 1)[-1:] and stripped[:-1].rsplit(None, 1)[-1] in TITLES
        return ("title" if abbreviated else "sentence"), words
    if last in _QUOTES:
        return "quote", words
    return {",": "comma", ":": "colon", "(": "paren", "-": "dash", "\u2014": "dash", "\u2013": "dash", "@": "at"}.get(
        last, "word"
    ), words


def _right(after: str) -> tuple[str, list[str]]:
    """What stands directly behind the name, and the kinds of the three words there."""
    body = after[2:] if after[:2] in {"'s", "\u2019s"} else after
    words = [_kind(word) for word in body.replace("\n", " \n ").split(" ") if word][:3]
    words = (words + ["none"] * 3)[:3]
    stripped = after.lstrip(" \u00a0\t")
    if not stripped:
        return "end", words
    sign = stripped[0]
    if sign == "\n":
        return "line", words
    return {",": "comma", ":": "colon", "(": "paren", ")": "close", ".": "stop", "!": "stop", "?": "stop"}.get(
        sign, "word" if sign.isalnum() else "quote" if sign in _QUOTES else "sign"
    ), words


@lru_cache(maxsize=16384)
def _kind(word: str) -> str:
    if word == "\n":
        return "break"
    bare = word.strip(_PUNCTUATION)
    if bare.endswith(("'s", "\u2019s")):
        return KIND.get(bare[:-2], "word") + "'s"
    known = KIND.get(bare) or KIND.get(bare.rpartition("-")[2])
    if known is not None or not bare:
        return known or "none"
    if bare[0].isdigit():
        return "number"
    return next((kind for ending, kind in _BY_ENDING if bare.endswith(ending)), "word")


def _weights() -> dict[str, float]:
    return _model()["weights"]


@cache
def _model() -> dict[str, dict[str, float]]:
    model = json.loads((files("scribetree.privacy.pii") / "data" / "name_model.json").read_text(encoding="utf-8"))
    return {part: cast("dict[str, float]", model[part]) for part in ("weights", "spelling")}
