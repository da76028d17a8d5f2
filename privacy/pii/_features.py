"""
What the model of names weighs: what a name is made of, what kinds of words stand around it, and how it stands in the
rest of the text.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import cast

from scribetree.privacy.pii._candidates import Candidate
from scribetree.privacy.pii._cues import KIN, KIND, SELF, STUDY, TITLES
from scribetree.privacy.pii._gazetteer import Gazetteer, folded, gazetteer
from scribetree.privacy.pii._reading import Reading, ascii_letters, ascii_words

__all__ = ["YEAR_CLOSES", "YEAR_FOLLOWS", "described", "model"]

YEAR_FOLLOWS = re.compile(r"[\s,]*\(?(?:\d{4}[a-z]?\b|et al|n\.d\.|pp?\. ?\d|\d{1,3}\))")
YEAR_CLOSES = re.compile(r"[^()]{0,30}\b\d{1,4}[a-z]?[);,]")
_WORDS_BEFORE, _WORDS_AFTER = 48, 40
_PUNCTUATION = ".,;:!?\"'()[]{}\u2018\u2019\u201c\u201d\u2026*_-\u2013\u2014"
_QUOTES = '"\u201c\u201d\u2018'
# Stretches of a text that is looked at in pieces, in characters.
_BLOCK, _SENTENCE = 256, 160
_SELF, _KIN, _STUDY = (frozenset(cue.encode() for cue in cues) for cues in (SELF, KIN, STUDY))
_CUES = _SELF | _KIN | _STUDY
_SENTENCE_ENDS = re.compile(r"[.!?\n]")
_A_YEAR = re.compile(r"(?:1(?<!\w.)\d|2(?<!\w.)0(?=[0-3]))\d\d\b")
_APPOSITION = re.compile(r", (?P<by>an?|the|my|our|his|her|their|who|whose|which) (?P<what>[^.,;!?]{3,40})")
_TOLD_BEHIND = frozenset({"ROLE", "REL", "WORK", "CITE", "OWNED", "I"})
_OPENS = frozenset({"gap=sentence", "gap=line", "gap=start", "gap=quote"})
# What is told of a name at one place and counts for it at every other.
_TELLING = frozenset(
    {f"L1={kind}" for kind in ("REL", "MY", "TITLE", "ROLE", "CALL", "SALUTE", "MEET", "NAME", "BY", "HEAD", "SIGN")}
    | {f"R1={kind}" for kind in ("CITE", "DID", "REL", "ROLE", "WORK")}
    | {f"apposition={kind}" for kind in ("ROLE", "REL", "WORK", "CITE", "other")}
    | {"L2=ACCORDING,TO", "L2=REL,CALL", "L2=NAME,IS", "L2=REL,IS", "L2=I,IS", "owned,WORK", "owned,OWNED", "head"}
    | {"year", "cited in brackets", "alone", "figure", "figure1", "figure surname", "place", "mine", "after quote"}
    | {"sentence self", "sentence kin", "sentence study", "sentence year"}
)
_ELSEWHERE = {cue: f"elsewhere {cue}" for cue in _TELLING}
_LISTED_BEFORE = re.compile(r"(?P<name>[^\W\d_]+),? (?:(?:and|or) )?$")
_LISTED_AFTER = re.compile(r",? (?:(?:and|or) )?(?P<name>[^\W\d_]+)")
_BY_ENDING = (("ed", "PAST"), ("ly", "adverb"), ("ing", "ing"), ("s", "s"))


@dataclass(frozen=True, slots=True)
class Company:
    """
    What the names of a text say about each other: how often each stands there, which stand within a sentence, by which
    single names those who are named in full go elsewhere, and what is told of each and how often.
    """

    times: Mapping[str, int]
    within: frozenset[str]
    alone: frozenset[str]
    firsts: frozenset[str]
    lasts: frozenset[str]
    told: Mapping[str, Mapping[str, int]]
    told_of_parts: Mapping[str, Mapping[str, int]]

    def elsewhere(self, candidate: Candidate, own: frozenset[str]) -> list[str]:
        """What is told of the same person at other places of the text than the one where `own` is told."""
        parts, name = candidate.parts, candidate.name
        cues = {cue for cue, times in self.told[name].items() if times > (cue in own)}
        if len(parts) == 1:
            cues.update(self.told_of_parts.get(name, ()))
        else:
            cues.update(self.told.get(parts[0], ()), self.told.get(parts[-1], ()))
        return [_ELSEWHERE[cue] for cue in cues]


def described(reading: Reading, found: Sequence[Candidate], known: Gazetteer) -> list[list[str]]:
    """What the model weighs of each candidate: its make, the kinds of words around it, and the rest of the text."""
    scenes = Scenes(reading.lower)
    here = [_here(reading, candidate, known, scenes) for candidate in found]
    telling = [_TELLING.intersection(told) for told in here]
    others = company(reading, found, telling, known)
    return [
        [*told, *_in_the_text(candidate, others, told, own)]
        for candidate, told, own in zip(found, here, telling, strict=True)
    ]


def company(
    reading: Reading, found: Iterable[Candidate], tellings: Iterable[frozenset[str]], known: Gazetteer
) -> Company:
    """What all candidates of a text say about each."""
    within, alone, firsts, lasts = set[str](), set[str](), set[str](), set[str]()
    times, told, told_of_parts = dict[str, int](), dict[str, dict[str, int]](), dict[str, dict[str, int]]()
    for candidate, telling in zip(found, tellings, strict=True):
        name, parts = candidate.name, candidate.parts
        before = reading.text[max(0, candidate.start - 2) : candidate.start]
        if before[-1:] == " " and (before[:1].isalnum() or before[:1] == ","):
            within.add(name)
        times[name] = times.get(name, 0) + 1
        _count(telling, told.setdefault(name, {}))
        if len(parts) == 1:
            if "L1=TITLE" not in telling:
                alone.add(name)
        elif parts[0] in known.first or parts[-1] in known.last:
            firsts.add(parts[0])
            lasts.add(parts[-1])
            for part in {parts[0], parts[-1]}:
                _count(telling, told_of_parts.setdefault(part, {}))
    return Company(times, frozenset(within), frozenset(alone), frozenset(firsts), frozenset(lasts), told, told_of_parts)


def _count(cues: Iterable[str], into: dict[str, int]) -> None:
    for cue in cues:
        into[cue] = into.get(cue, 0) + 1


class Scenes:
    """What the text around a place is about: the writer, the people at home and in class, or works and their makers."""

    def __init__(self, lower: str) -> None:
        self._lower, self._blocks = lower, dict[int, tuple[frozenset[bytes], int]]()
        self._letters = ascii_letters(lower) if lower.isascii() else None
        self._told = dict[int, tuple[int, int, int, int]]()

    def around(self, start: int, shape: str) -> list[str]:
        """How much the few hundred characters around `start` speak of each, and how they speak of the two together."""
        at = start // _BLOCK
        if at not in self._told:
            self._told[at] = self._measured(at)
        self_, kin, study, years = self._told[at]
        return [
            f"near self={self_}",
            f"near kin={kin}",
            f"near study={study}",
            f"near years={years}",
            f"near={self_},{kin},{study}",
            f"near,shape={min(self_, 1)},{min(study, 3)},{shape}",
        ]

    def sentence(self, start: int, end: int, shape: str) -> list[str]:
        """What the sentence speaks of."""
        before = _SENTENCE_ENDS.split(self._lower[max(0, start - _SENTENCE) : start])[-1]
        after = _SENTENCE_ENDS.split(self._lower[end : end + _SENTENCE], maxsplit=1)[0]
        words = _CUES.intersection(ascii_words(f"{before} {after}"))
        speaks = [
            name for name, cues in (("self", _SELF), ("kin", _KIN), ("study", _STUDY)) if not cues.isdisjoint(words)
        ]
        if _A_YEAR.search(before) or _A_YEAR.search(after):
            speaks.append("year")
        together = "+".join(speaks)
        return [
            *(f"sentence {name}" for name in speaks),
            f"sentence={together}",
            f"sentence,shape={together},{shape[:2]}",
        ]

    def _measured(self, at: int) -> tuple[int, int, int, int]:
        blocks = [self._block(index) for index in (at - 1, at, at + 1) if index >= 0]
        words = frozenset[bytes]().union(*(words for words, _ in blocks))
        self_, kin, study = (min(len(words & cues), most) for cues, most in ((_SELF, 3), (_KIN, 3), (_STUDY, 4)))
        return self_, kin, study, min(sum(years for _, years in blocks), 2)

    def _block(self, index: int) -> tuple[frozenset[bytes], int]:
        if index not in self._blocks:
            low, high = index * _BLOCK, (index + 1) * _BLOCK
            text = self._lower[low:high]
            words = ascii_words(text) if self._letters is None else self._letters[low:high].split()
            self._blocks[index] = _CUES.intersection(words), len(_A_YEAR.findall(text))
        return self._blocks[index]


def _here(reading: Reading, candidate: Candidate, known: Gazetteer, scenes: Scenes) -> list[str]:
    """What the name is made of, and what kinds of words stand around it."""
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
    found += scenes.around(start, shape[:2])
    found += scenes.sentence(start, end, shape)
    found += _standing(reading, candidate, known, gap, follows)
    spelling = _spelling(candidate, known)
    if spelling:
        found += [f"spelling={spelling}", f"spelling,gap={spelling},{gap}", f"spelling,shape={spelling},{shape}"]
    fame = _fame(candidate, before, after, known)
    if fame:
        found += [fame, f"{fame},L1={left[0]}", f"{fame},R1={right[0]}", f"{fame},gap={gap}"]
    if owned:
        found += ["owned", f"owned,{right[0]}"]
    apposition = _APPOSITION.match(after)
    if apposition is not None:
        kinds = [_kind(word) for word in apposition["what"].split()]
        kind = next((kind for kind in kinds if kind in _TOLD_BEHIND), "other")
        found.append(f"apposition={apposition['by']},{kind}")
        found.append(f"apposition={kind}")
    if before.rfind("(") > before.rfind(")") and YEAR_CLOSES.match(after):
        found.append("cited in brackets")
    if YEAR_FOLLOWS.match(after):
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
        if _among_places(reading.lower, candidate, known):
            found.append("among places")
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


def _among_places(lower: str, candidate: Candidate, known: Gazetteer) -> bool:
    """Counted up with another place: `Nevada, Florida and Ohio`."""
    before = _LISTED_BEFORE.search(lower, max(0, candidate.start - 24), candidate.start)
    after = _LISTED_AFTER.match(lower, candidate.end)
    return any(other is not None and folded(other["name"]) in known.places for other in (before, after))


def _in_the_text(candidate: Candidate, others: Company, here: Sequence[str], own: frozenset[str]) -> list[str]:
    """Whether and how the name stands here again, and what is told of its bearer there."""
    name, parts, found = candidate.name, candidate.parts, list[str]()
    if others.times[name] > 1:
        found.append("again")
    if not _OPENS.isdisjoint(here):
        found.append("within" if name in others.within else "never within")
    if len(parts) == 1:
        found += [f"of a name={name in others.firsts},{name in others.lasts}"]
    else:
        found += [f"alone elsewhere={parts[0] in others.alone},{parts[-1] in others.alone}"]
    return [*found, *others.elsewhere(candidate, own)]


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
    weights, written = model()["spelling"], f"^{word}$"
    return weights[""] + sum(weights.get(written[at : at + 3], 0.0) for at in range(len(written) - 2))


def _fame(candidate: Candidate, before: str, after: str, known: Gazetteer) -> str:
    """Whether a public figure goes by this name, by this one word, or has it as a surname."""
    title = before.rsplit(None, 1)[-1:]
    if title and f"{title[0]} {candidate.name}" in known.figures:
        return "figure"
    if any(after.startswith(epithet) for epithet in known.epithets.get(candidate.name, ())):
        return "figure"
    if candidate.name in known.figure_givens and after[:1] == " ":
        following = after[1:].split(" ", 1)[0].rstrip(_PUNCTUATION + "s\u2019")
        if f"{candidate.name} {following}" in known.figures:
            return "figure"
    if len(candidate.parts) > 1 and candidate.name not in known.figures and _is_nearly_a_figure(candidate.name):
        return "figure"
    if candidate.name in known.figures:
        return "figure" if len(candidate.parts) > 1 else "figure1"
    return "figure surname" if len(candidate.parts) == 1 and candidate.name in known.figure_surnames else ""


@lru_cache(maxsize=4096)
def _is_nearly_a_figure(name: str) -> bool:
    """One letter too many, too few, or two swapped, in the last name of somebody whom everybody knows."""
    figures, (given, _, last) = gazetteer().figures, name.rpartition(" ")
    if len(last) < 6 or given not in gazetteer().figure_givens:
        return False
    for at in range(len(last)):
        left, right = last[:at], last[at:]
        if f"{given} {left}{right[1:]}" in figures or f"{given} {left}{right[1:2]}{right[:1]}{right[2:]}" in figures:
            return True
        if any(f"{given} {left}{sign}{right}" in figures for sign in {*last, *"aeioulnrst"}):
            return True
    return False


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


@cache
def model() -> dict[str, dict[str, float]]:
    model = json.loads((files("scribetree.privacy.pii") / "data" / "name_model.json").read_text(encoding="utf-8"))
    return {part: cast("dict[str, float]", model[part]) for part in ("weights", "spelling")}
