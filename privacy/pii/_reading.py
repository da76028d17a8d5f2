"""One text, read once: in small letters, with the set of its words, so that each detector starts where it must."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

__all__ = ["Reading", "ascii_letters", "ascii_words", "read"]

# Everything but letters becomes a space; letters beyond ASCII do too, and no cue has any.
_ONLY_LETTERS = bytes(code if chr(code).isalpha() and code < 128 else 32 for code in range(256))


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A text and what is looked up in it over and over.

    `lower` has the length of `text`, character by character. `words` are its runs of the letters a to z, in small
    letters; `written` the same as they were written.
    """

    text: str
    lower: str
    words: frozenset[str]
    written: frozenset[str]

    def places(self, cues: AbstractSet[str]) -> Iterator[int]:
        """Where each of the `cues` stands as a whole word; a text without any costs one look at its words."""
        for cue in cues & self.words:
            yield from self._places_of(cue)

    def _places_of(self, cue: str) -> Iterator[int]:
        lower, size = self.lower, len(cue)
        position = lower.find(cue)
        while position >= 0:
            end = position + size
            if not (position and lower[position - 1].isalpha()) and not lower[end : end + 1].isalpha():
                yield position
            position = lower.find(cue, end)


def read(text: str) -> Reading:
    """The reading of `text`."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)
    written = frozenset(ascii_letters(text).decode("ascii").split())
    return Reading(text, lower, frozenset([word.lower() for word in written]), written)


def ascii_words(text: str) -> list[bytes]:
    """The runs of the letters a to z, in capitals or not."""
    return ascii_letters(text).split()


def ascii_letters(text: str) -> bytes:
    """The text with a space for each byte that is no letter from a to z."""
    return text.encode("utf-8", "surrogatepass").translate(_ONLY_LETTERS)
