"""
Slips against the conventions of written English: where they stand and of which kind they are.

The message says what to look at and never what to write; a replacement is given only where the caller has unlocked it.
Spelling knows a list of words and what is one letter away from it; grammar is a list of pairs that are rarely right.
What is found and what is missed: docs/cards/conventions.md.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from string import ascii_lowercase
from typing import Literal

from scribetree.tools.text import Reading, Span, english, read, require_text, words
from scribetree.tools.writing._classes import CLASSES, PAIRS
from scribetree.tools.writing._harper import grammar
from scribetree.tools.writing._tally import is_misspelled

__all__ = ["ConventionCheck", "Slip", "SlipKind", "check_conventions"]

SlipKind = Literal[
    "spelling",
    "apostrophe",
    "capital",
    "doubled word",
    "article",
    "agreement",
    "confused words",
    "final mark",
    "spacing",
    "repeated marks",
    "grammar",
]

_MAX_SLIPS = 500
_MAX_SPELLINGS = 300
_COMMON_ZIPF = 3.5
_OFTEN = 3
_HARPER = 0.7
"""How sure a slip is that Harper marks: a rank among the others, not calibrated."""
_MESSAGES: Mapping[SlipKind, str] = {
    "spelling": "This word is not in the word list: is it a name, or how is it spelled?",
    "apostrophe": "This short form usually has an apostrophe.",
    "capital": "A capital letter is usual here.",
    "doubled word": "The same word stands here twice.",
    "article": "Say it aloud: a or an?",
    "agreement": "Do these two words agree in number and person?",
    "confused words": "These words sound like others: are they the ones that are meant?",
    "final mark": "This sentence has no mark at its end.",
    "spacing": "Look at the space around this mark.",
    "repeated marks": "One mark is usual here.",
    "grammar": "Read this aloud: does each word have the form that it needs here?",
}
_SPACING = re.compile(r"[^\S\n]+(?=[,;?!](?![,;?!])|\.(?:\s|\Z))|(?<=[A-Za-z])[,;](?=[A-Za-z])")
_REPEATED = re.compile(r"[!?]{2,}|,{2,}|(?<!\.)\.\.(?!\.)")
_CLOSERS = "\"'\u201d\u2019)]\u00bb"
_STOPS = frozenset(".!?\u2026:;,")
_VOWEL_SOUND_EXCEPTIONS = re.compile(r"(?:eu|uni|use|usu|uti|one|once|ur[aio]|ub|hour|hon|heir)")
_HOLD_AS_ONE = frozenset("had that very so really no yes blah ha bye knock".split())
_PAIR_KINDS: Mapping[str, SlipKind] = {"agreement_slips": "agreement", "confusions": "confused words"}


@dataclass(frozen=True, slots=True)
class Slip:
    """One place to look at, as offsets, with how sure it is a slip; `replacement` is None unless unlocked."""

    kind: SlipKind
    start: int
    end: int
    message: str
    confidence: float
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class ConventionCheck:
    """The slips in the order of the text, how many of each kind, and per 100 words; `more` were left out."""

    slips: tuple[Slip, ...]
    kinds: dict[str, int]
    per_100_words: float
    more: int
    replacements_hidden: bool
    abstained: bool
    reason: str


def check_conventions(
    text: str, *, most: int = 100, unlocked: bool = False, with_grammar: bool = False
) -> ConventionCheck:
    """
    The slips in `text`, surest first where there are more than `most`; it abstains on other languages.

    `with_grammar` also asks Harper and raises Unavailable where that extra is not installed.
    """
    require_text(text, "text")
    reading = read(text)
    if not reading.is_english:
        reason = "This does not read like English: the conventions of other languages are not known here."
        return ConventionCheck((), {}, 0.0, 0, replacements_hidden=True, abstained=True, reason=reason)
    slips = set(_slips(reading))
    if with_grammar:
        slips |= set(_grammar_slips(reading.text, slips))
    found = sorted(slips, key=lambda slip: (-slip.confidence, slip.start))
    shown = sorted(found[: min(most, _MAX_SLIPS)], key=lambda slip: slip.start)
    return ConventionCheck(
        slips=tuple(shown if unlocked else (replace(slip, replacement=None) for slip in shown)),
        kinds=dict(Counter(slip.kind for slip in found).most_common()),
        per_100_words=round(100 * len(found) / len(reading.flat), 2),
        more=len(found) - len(shown),
        replacements_hidden=not unlocked,
        abstained=False,
        reason="",
    )


def _slips(reading: Reading) -> Iterator[Slip]:
    placed = list(words(reading.text))
    yield from _word_slips(reading, placed)
    yield from _pair_slips(reading, placed)
    yield from _mark_slips(reading)
    yield from _sentence_slips(reading)


def _grammar_slips(text: str, others: Collection[Slip]) -> Iterator[Slip]:
    """What Harper marks where nothing else was found."""
    for kind, span, replacement in grammar(text):
        if not any(other.start < span.end and span.start < other.end for other in others):
            yield _slip(kind, span, _HARPER, replacement)


def _slip(kind: SlipKind, span: Span, confidence: float, replacement: str | None = None) -> Slip:
    return Slip(kind, span.start, span.end, _MESSAGES[kind], confidence, replacement)


def _word_slips(reading: Reading, placed: list[Span]) -> Iterator[Slip]:
    firsts = {span.start for span in reading.sentences}
    known: dict[str, tuple[float, str | None]] = {}
    for span in placed:
        written = span.of(reading.text)
        word = written.lower().replace("\u2019", "'")
        if written == "i" and _stands_alone(reading.text, span):
            yield _slip("capital", span, 0.95, "I")
        elif word in CLASSES["bare_contractions"] and word != "id":
            yield _slip("apostrophe", span, 0.9)
        elif _may_be_misspelled(written, word, at_start=span.start in firsts):
            if word not in known and len(known) < _MAX_SPELLINGS:
                known[word] = _spelling(word, reading.counts[word])
            confidence, nearest = known.get(word, (0.0, None))
            if confidence:
                yield _slip("spelling", span, confidence, nearest)


def _stands_alone(text: str, span: Span) -> bool:
    """Whether the letter is a word of its own, not part of "i.e." or of a numbering."""
    return text[span.end : span.end + 1] not in {".", ")", "-"} and text[max(0, span.start - 1) : span.start] not in {
        "(",
        ".",
    }


def _may_be_misspelled(written: str, word: str, *, at_start: bool) -> bool:
    """Names, figures and abbreviations are let be: a capital inside a sentence makes a name."""
    if len(word) < 3 or not written.isascii() or any(map(str.isdigit, written)):
        return False
    is_name = written[0].isupper() and not at_start
    return not is_name and not written[1:].isupper() and is_misspelled(word)


def _spelling(word: str, times: int) -> tuple[float, str | None]:
    """How sure it is that the word is misspelled, and the commonest word one letter away."""
    if times >= _OFTEN:
        return 0.4, None
    listed = english()
    near = [other for other in _one_away(word) if other in listed and listed[other].is_right]
    best = max(near, key=lambda other: listed[other].zipf, default=None)
    if best is None:
        return 0.5, None
    return (0.9 if listed[best].zipf >= _COMMON_ZIPF else 0.6), best


def _one_away(word: str) -> Iterator[str]:
    """Every string that one letter left out, put in, changed, or swapped with its neighbour makes of the word."""
    if len(word) > 24:
        return
    for i in range(len(word) + 1):
        left, right = word[:i], word[i:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in ascii_lowercase:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def _pair_slips(reading: Reading, placed: list[Span]) -> Iterator[Slip]:
    text = reading.text
    for first, second in pairwise(placed):
        if text[first.end : second.start].strip(" \t"):
            continue
        a, b = first.of(text).lower(), second.of(text).lower()
        both = Span(first.start, second.end)
        if a == b and a not in _HOLD_AS_ONE and a.isalpha():
            yield _slip("doubled word", both, 0.85, first.of(text))
        elif PAIRS.get((a, b)) in _PAIR_KINDS:
            yield _slip(_PAIR_KINDS[PAIRS[a, b]], both, 0.6)
        elif a in {"a", "an"} and b.isalpha() and _wrong_article(a, b):
            yield _slip("article", both, 0.8, "an" if a == "a" else "a")


def _wrong_article(article: str, word: str) -> bool:
    if _VOWEL_SOUND_EXCEPTIONS.match(word) or len(word) == 1 or word[0] == "u":
        return article == "a" and word.startswith(("hour", "honest", "honor", "heir"))
    return (word[0] in "aeio") == (article == "a")


def _mark_slips(reading: Reading) -> Iterator[Slip]:
    for match in _SPACING.finditer(reading.text):
        yield _slip("spacing", Span(*match.span()), 0.8)
    for match in _REPEATED.finditer(reading.text):
        yield _slip("repeated marks", Span(*match.span()), 0.6)


def _sentence_slips(reading: Reading) -> Iterator[Slip]:
    paragraph_ends = {paragraph.end for paragraph in reading.paragraphs}
    for span, line in zip(reading.sentences, reading.written, strict=True):
        first = line[0]
        if first[0].islower() and first[0].isascii() and reading.text[span.start].islower():
            yield _slip("capital", Span(span.start, span.start + len(first)), 0.7, first[0].upper() + first[1:])
        is_heading = len(line) < 8 and span.end in paragraph_ends
        if not is_heading and reading.text[span.start : span.end].rstrip(_CLOSERS)[-1:] not in _STOPS:
            yield _slip("final mark", Span(span.end - len(line[-1]), span.end), 0.7)
