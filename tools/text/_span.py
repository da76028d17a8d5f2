"""A stretch of a text by its offsets, which count code points of the text as it was given."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Span", "spans_within", "trimmed"]


class Span(NamedTuple):
    """The characters from `start` up to and not including `end`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]


def spans_within(inner: Sequence[Span], outer: Span) -> Sequence[Span]:
    """Those of the ordered `inner` that begin inside `outer`."""
    return inner[bisect_left(inner, (outer.start, 0)) : bisect_left(inner, (outer.end, 0))]


def trimmed(text: str, start: int, end: int) -> Span:
    """The same stretch without the white space at its two ends."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return Span(start + left, start + max(left, len(piece.rstrip())))
