"""A text as comparison sees it: normal words with their places, stems, and units of at most one sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scribetree.tools.text import Span, sentences, spans_within, words

__all__ = ["COMMON_WORDS", "Unit", "WordText", "is_common", "stem"]

_MAX_UNIT_WORDS = 40
"""A sentence longer than this is compared in pieces, so that a text without stops costs no more than another."""

COMMON_WORDS = frozenset(
    "a about above according across actually after again against all almost along already also although always am "
    "among an and another any anyone anything are around as aspect at available away back be became because become "
    "been before began behind being believe below best better between both but by came can cannot case certain "
    "clear clearly come conclusion consider could day deal did didn't different do does doesn't doing don't done "
    "down due during each either else end enough especially essay etc even ever every everyone everything example "
    "fact far few finally find first following for found from further furthermore gave general get give given go "
    "goes going gone good got great had hand has have having he help her here hers herself him himself his how "
    "however i idea if important in indeed instead into is isn't issue it its it's itself i'm i've just keep kind "
    "know known large last later least less let like likely little long look lot made main make makes making many "
    "may maybe me mean means might mine more moreover most much must my myself need never nevertheless new next no "
    "nor not nothing now number of off often on once one only opinion or order other others otherwise our ours out "
    "over overall own part particular people perhaps person place point possible probably problem put quite rather "
    "real really reason recent regard result right said same say says second see seem seems seen several shall she "
    "should show shows similar simply since so some someone something sometimes soon still such sure take taken "
    "than that that's the their theirs them themselves then there therefore these they they're thing things think "
    "this those though three through throughout thus time times to today together too took toward towards true two "
    "under until up upon us use used using usually various very view want was wasn't way ways we well went were "
    "what whatever when where whether which while who whole whose why will with within without won't words work "
    "world would year years yes yet you your yours yourself".split()
)
_APOSTROPHE = str.maketrans({"\u2019": "'", "\u2010": "-", "\u2011": "-"})
_ENDINGS = re.compile(r"(?:ization|ations?|ments?|ness|ingly|edly|ings?|ions?|ers?|ies|ied|ive|ity|ly|ed|es|s|e|y)$")
_MIN_STEM = 3


def stem(word: str) -> str:
    """The word without its ending: crude, and the same for both texts."""
    cut = word.removesuffix("'s")
    shorter = _ENDINGS.sub("", cut)
    return shorter if len(shorter) >= _MIN_STEM else cut


def is_common(word: str) -> bool:
    """Whether the word belongs to everyone."""
    return word in COMMON_WORDS


@dataclass(frozen=True, slots=True)
class Unit:
    """The words `first` up to and not including `last`: a sentence, or a piece of a long one."""

    first: int
    last: int
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class WordText:
    """Words without case and typography, their places in the text, and the units that they make up."""

    text: str
    spans: list[Span]
    words: list[str]
    units: list[Unit]

    @classmethod
    def of(cls, text: str) -> "WordText":
        """The text, taken apart."""
        spans = list(words(text))
        normal = cls.normal(text, spans)
        return cls(text, spans, normal, _units(text, spans, normal))

    @staticmethod
    def normal(text: str, spans: Sequence[Span]) -> list[str]:
        """The words without case and typographic marks."""
        straight = text.translate(_APOSTROPHE)
        return [span.of(straight).casefold() for span in spans]

    def place(self, first: int, last: int) -> Span:
        """Where the words from `first` up to and not including `last` stand in the text."""
        return Span(self.spans[first].start, self.spans[last - 1].end)


def _units(text: str, spans: Sequence[Span], normal: Sequence[str]) -> list[Unit]:
    found: list[Unit] = []
    own = {word: stem(word) for word in set(normal) if not is_common(word)}
    first = 0
    for sentence in sentences(text):
        count = len(spans_within(spans, sentence))
        for start in range(first, first + count, _MAX_UNIT_WORDS):
            last = min(first + count, start + _MAX_UNIT_WORDS)
            stems = frozenset(own[word] for word in normal[start:last] if word in own)
            found.append(Unit(start, last, stems))
        first += count
    return found
