"""
Words: letters and digits, with the apostrophes and hyphens inside them and the points inside numbers.

Combining marks of Latin, Greek, Hebrew, Arabic and Devanagari stay with their letter, so a text in NFD has the
same words as in NFC. Scripts that write no spaces between words give one word a run.
"""

import re
from collections.abc import Iterator

from scribetree.tools.text._span import Span

__all__ = ["has_word", "words", "words_within"]

_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u1ab0-\u1aff\u1dc0-\u1dff"
_REST = rf"[\w{_MARKS}]"
_JOINERS = "'\u2019\u2010\u2011-"

# Every alternative begins with a character that the one before it cannot take: no backtracking, linear time.
_WORD = re.compile(rf"[^\W_]{_REST}*(?:[{_JOINERS}]{_REST}+|(?<=\d)[.,]\d{_REST}*)*")
_WORD_BEGINS = re.compile(r"[^\W_]")


def words(text: str) -> Iterator[Span]:
    """Each word in order."""
    return (Span(*match.span()) for match in _WORD.finditer(text))


def has_word(text: str, start: int, end: int) -> bool:
    """Whether a word begins between the two offsets."""
    return _WORD_BEGINS.search(text, start, end) is not None


def words_within(text: str, span: Span) -> list[str]:
    """The words of one stretch, as they are written; faster than `words` where offsets are not needed."""
    return _WORD.findall(text, span.start, span.end)
