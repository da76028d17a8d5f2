"""One text, read once: in small letters, with the set of its words, so that each detector starts where it must."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

__all__ = ["Reading", "ascii_letters", "ascii_words", "read"]

_STRETCH = 16_384
"""The length of a few essays: one that has none of a cue is not searched for it, however long the whole text is."""

# Everything but letters becomes a space; letters beyond ASCII do too, and no cue has any.
_ONLY_LETTERS = bytes(code if chr(code).isalpha() and code < 128 else 32 for code in range(256))


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A text and what is looked up in it over and over.

    `lower` has the length of `text`, character by character. `words` are its runs of the letters a to z, in small
    letters; `written` the same as they were written; `stretches` where each part of the text begins and ends, and its
    own words.
    """

    text: str
    lower: str
    words: frozenset[str]
    written: frozenset[str]
    stretches: tuple[tuple[int, int, frozenset[str]], ...]

    def places(self, cues: AbstractSet[str]) -> Iterator[int]:
        """Where each of the `cues` stands as a whole word; a stretch without any costs one look at its words."""
        if cues.isdisjoint(self.words):
            return
        for start, end, words in self.stretches:
            for cue in cues & words:
                yield from self._places_of(cue, start, end)

    def _places_of(self, cue: str, start: int, stop: int) -> Iterator[int]:
        lower, size = self.lower, len(cue)
        position = lower.find(cue, start, stop)
        while position >= 0:
            end = position + size
            if not (position and lower[position - 1].isalpha()) and not lower[end : end + 1].isalpha():
                yield position
            position = lower.find(cue, end, stop)


def read(text: str) -> Reading:
    """The reading of `text`."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)
    parts = [(start, end, _written(text[start:end])) for start, end in _stretches(text)]
    stretches = tuple((start, end, frozenset([word.lower() for word in written])) for start, end, written in parts)
    words = frozenset[str]().union(*(words for _, _, words in stretches))
    return Reading(text, lower, words, frozenset[str]().union(*(written for _, _, written in parts)), stretches)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """The parts of the text, each up to a space, so that no word stands in two."""
    start = 0
    while start < len(text):
        space = text.find(" ", start + _STRETCH)
        end = len(text) if space < 0 else space
        yield start, end
        start = end


def _written(part: str) -> frozenset[str]:
    return frozenset(ascii_letters(part).decode("ascii").split())


def ascii_words(text: str) -> list[bytes]:
    """The runs of the letters a to z, in capitals or not."""
    return ascii_letters(text).split()


def ascii_letters(text: str) -> bytes:
    """The text with a space for each byte that is no letter from a to z."""
    return text.encode("utf-8", "surrogatepass").translate(_ONLY_LETTERS)
