"""A text taken apart once: its paragraphs, its sentences, and the words of each sentence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from scribetree.tools.text._lexicon import english
from scribetree.tools.text._paragraphs import paragraphs
from scribetree.tools.text._sentences import sentences
from scribetree.tools.text._span import Span
from scribetree.tools.text._words import words_within

__all__ = ["Reading", "read"]

# Words that no other language written in Latin letters uses often: "in", "on", "a", "so", "was" are shared.
_ONLY_ENGLISH = frozenset(
    "the and that of to it this they with for have are you be because when which would there their his her your my "
    "our what from about people not but if by has can will she i".split()
)
_ENGLISH_SHARE = 0.12
_KNOWN_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Reading:
    """
    One text and its parts, in order.

    `written` are the words of each sentence as they stand, `lower` the same in small letters with straight
    apostrophes, `flat` those of the whole text in one line, `counts` how often each occurs.
    """

    text: str
    paragraphs: Sequence[Span]
    sentences: Sequence[Span]
    written: Sequence[Sequence[str]]
    lower: Sequence[Sequence[str]]
    flat: Sequence[str]
    counts: Mapping[str, int]

    @property
    def is_english(self) -> bool:
        """Whether enough of the commonest English words occur, or nearly all words are in the English list."""
        share = sum(self.counts.get(word, 0) for word in _ONLY_ENGLISH) / max(1, len(self.flat))
        return share >= _ENGLISH_SHARE or self._known_share() >= _KNOWN_SHARE

    def _known_share(self) -> float:
        listed = english()
        known = sum(n for word, n in self.counts.items() if word in listed and listed[word].is_right)
        return known / max(1, len(self.flat))


def read(text: str) -> Reading:
    """The parts of `text`."""
    found = list(sentences(text))
    written = [words_within(text, span) for span in found]
    lower = [_lower(line) for line in written]
    flat = list(chain.from_iterable(lower))
    return Reading(
        text=text,
        paragraphs=list(paragraphs(text)),
        sentences=found,
        written=written,
        lower=lower,
        flat=flat,
        counts=Counter(flat),
    )


def _lower(line: Sequence[str]) -> list[str]:
    return "\n".join(line).lower().replace("\u2019", "'").split("\n")
