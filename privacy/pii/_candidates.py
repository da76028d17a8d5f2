"""
Candidates for a name, by their letters alone: runs of capitalised words, runs of letters that have no capitals, and
first names or introduced words in small letters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scribetree.privacy.pii._cues import KIND, NOT_NAMES, ORGANISATIONS, TITLES
from scribetree.privacy.pii._gazetteer import Gazetteer, folded
from scribetree.privacy.pii._reading import Reading

__all__ = ["JOINED", "Candidate", "candidates"]

_UPPER = "A-Z" + "".join(
    sign
    for low, high in ((0xC0, 0x24F), (0x370, 0x556), (0x1E00, 0x1EFF))
    for sign in map(chr, range(low, high + 1))
    if sign.isupper()
)
# Md. Rahim and Ma. Teresa bear names that are always written short.
_REST = rf"(?:(?:d|ohd|uh|a|k)\.(?=[ ][{_UPPER}])|[\w'\u2019]+(?:-[{_UPPER}]?\w+)*|\.(?=[ ]?[{_UPPER}]))?(?![\w-])"
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
_MOST_PARTS = 4
_TOP = 3
_JOINED_PREFIXES = ("mc", "mac", "de", "di", "la", "le", "van", "o'", "al", "el", "da", "du", "fitz", "d'", "st")
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
JOINED = frozenset("._-@/")
_SAID_IS = re.compile(r"\bname(?:'s|\u2019s| is|: ?)\s*$|\b(?:named|called|calls me|call me|i'm|i am|nicknamed)\s+$")

_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
# In August Ana came: a month that is a name as well, where somebody says when.
_SEASONS = frozenset("april may june august summer autumn winter dawn easter".split())
_WHEN = re.compile(
    r"\b(?:in|by|since|until|till|last|next|this|every|each|from|of|after|before|during|early|late|mid)[ -]$",
    re.IGNORECASE,
)
_DAY_FOLLOWS = re.compile(r"\.? ?\d")


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


def candidates(reading: Reading, known: Gazetteer) -> Iterator[Candidate]:
    """Everything in the text that could be a name, in order of kind."""
    text = reading.text
    for chain in _CHAIN.finditer(text):
        if chain.group().lower() in NOT_NAMES:
            continue  # most sentences begin so, and need no closer look
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
    if high > 1 and pieces[0][2] in _SEASONS and _WHEN.search(text, max(0, pieces[0][0] - 12), pieces[0][0]):
        low = 1
    is_figure = " ".join(word for _, _, word in pieces) in known.figures
    is_heading = pieces[0][0] < _TOP and text[pieces[-1][1] : pieces[-1][1] + 1] in {"", "\n"}
    is_within = text[max(0, pieces[0][0] - 2) : pieces[0][0]].replace(",", "a")[:1].isalpha()
    while high - low > 1 and not is_figure and _is_plain(pieces[low][2], known.first, known):
        if (
            (is_within or is_heading)
            and low == 0
            and pieces[0][2] not in KIND
            and pieces[0][2] not in known.places
            and high == 2
        ):
            break  # who writes a plain word with a capital in the middle of a sentence means a name
        low += 1
    while high - low > 1 and not is_figure and _is_plain(pieces[high - 1][2], known.last, known):
        high -= 1
    kept = pieces[low:high]
    if len(kept) > 1 and (" ".join(word for _, _, word in kept) in known.places or _is_shouted(text, kept, known)):
        return
    if len(kept) <= 5 and not (len(kept) == 1 and _is_no_name(text, *kept[0], known)):
        yield Candidate(kept[0][0], kept[-1][1], tuple(word for _, _, word in kept))


def _is_shouted(text: str, pieces: list[tuple[int, int, str]], known: Gazetteer) -> bool:
    """Part of a text in capitals, where only what no dictionary has can be told for a name."""
    low, high = pieces[0][0], pieces[-1][1]
    if not text[low:high].isupper():
        return False
    around = [sign for sign in text[max(0, low - 24) : low] + text[high : high + 24] if sign.isalpha()]
    if 2 * sum(sign.isupper() for sign in around) <= len(around) or not around:
        return False
    return (
        any(word in known.words or word in NOT_NAMES or word in known.homographs for _, _, word in pieces)
        or pieces[0][2] not in known.first
    )


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
    if text[start - 1 : start] in JOINED and start:
        return True
    return text[end : end + 1] in {"_", "@"} or (text[end : end + 1] in JOINED and text[end + 1 : end + 2].isalnum())


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
    while not owned and len(parts) < _MOST_PARTS and text[end : end + 1] == " ":
        following = _LOWER_NAME.match(text, end + 1)
        last = _POSSESSIVE.sub("", following.group()) if following else ""
        if following is None or last in known.words or len(last) < 2 or not (last in known.last or last in known.first):
            break
        end = following.start() + len(last)
        parts.append(last)
        owned = _POSSESSIVE.search(following.group())
    return Candidate(start, end, tuple(parts), small=True)
