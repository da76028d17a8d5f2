"""
Paragraphs: what stands between blank lines.

Text pasted from a word processor often has one line a paragraph and no blank lines. Where a text has no blank
line at all, a line that ends like a sentence ends a paragraph, so that hard-wrapped lines stay together.
"""

import re
from collections.abc import Iterable, Iterator

from scribetree.tools.text._span import Span, trimmed
from scribetree.tools.text._words import has_word

__all__ = ["BLANK_LINES", "paragraphs"]

BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+|\u2029")
_FULL_LINE_ENDS = re.compile(r"(?<=[.!?:\u2026\u3002\"\u201d\u2019)])[^\S\n]?[^\S\n]?\n")


def paragraphs(text: str) -> Iterator[Span]:
    """Each paragraph that has a word in it, without the white space around it, in order."""
    breaks = BLANK_LINES if BLANK_LINES.search(text.strip()) else _FULL_LINE_ENDS
    return pieces(text, (match.span() for match in breaks.finditer(text)))


def pieces(text: str, breaks: Iterable[tuple[int, int]]) -> Iterator[Span]:
    """What stands between the breaks, trimmed, where it has a word in it."""
    start = 0
    for break_start, break_end in (*breaks, (len(text), len(text))):
        if has_word(text, start, break_start):
            yield trimmed(text, start, break_start)
        start = break_end
