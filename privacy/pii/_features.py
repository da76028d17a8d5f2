"""
What the model of names weighs: what a name is made of, what kinds of words stand around it, and how it stands in the
rest of the text.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import cast

from scribetree.privacy.pii._candidates import Candidate
from scribetree.privacy.pii._cues import KIND, TITLES
from scribetree.privacy.pii._gazetteer import Gazetteer, gazetteer
from scribetree.privacy.pii._reading import Reading

__all__ = ["YEAR_CLOSES", "YEAR_FOLLOWS", "Company", "company", "features", "model"]

YEAR_FOLLOWS = re.compile(r"[\s,]*\(?(?:\d{4}[a-z]?\b|et al|n\.d\.|pp?\. ?\d|\d{1,3}\))")
YEAR_CLOSES = re.compile(r"[^()]{0,30}\b\d{1,4}[a-z]?[);,]")
_WORDS_BEFORE, _WORDS_AFTER = 48, 40
_PUNCTUATION = ".,;:!?\"'()[]{}\u2018\u2019\u201c\u201d\u2026*_-\u2013\u2014"
_QUOTES = '"\u201c\u201d\u2018'
_BY_ENDING = (("ed", "PAST"), ("ly", "adverb"), ("ing", "ing"), ("s", "s"))


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
    weights, written = model()["spelling"], f"^{word}$"
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


@cache
def model() -> dict[str, dict[str, float]]:
    model = json.loads((files("scribetree.privacy.pii") / "data" / "name_model.json").read_text(encoding="utf-8"))
    return {part: cast("dict[str, float]", model[part]) for part in ("weights", "spelling")}
