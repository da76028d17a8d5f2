"""
Sentences: a final stop ends one, unless it belongs to an abbreviation, a number or a quotation inside it.

A blank line and a new list entry end one too, so that headings and lists without stops do not run into the next
sentence. A small letter after a stop does not join two sentences: learners often leave the capital out.
"""

import re
from collections.abc import Iterator

from scribetree.tools.text._paragraphs import BLANK_LINES
from scribetree.tools.text._span import Span, trimmed
from scribetree.tools.text._words import has_word

__all__ = ["sentences"]

# A run of stops is taken whole and judged afterwards; a look-ahead inside would make long runs quadratic.
_STOPS = re.compile(
    rf"(?P<stop>[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4\u0964]+[\"'\u201d\u2019)\]\u00bb]*)"
    rf"|(?P<gap>{BLANK_LINES.pattern}|\n[^\S\n]*(?:[-*\u2022\u2013]|\d{{1,3}}[.)])[^\S\n])"
)
_NEXT = re.compile(r"\S")
_OPENERS = "([\"'\u201c\u2018"
_LOOK_BACK = 24

_TITLES = frozenset("mr mrs ms dr prof rev hon gen sen rep capt sgt st mt fig vs cf approx".split())
_BEFORE_NUMBER = frozenset("no nos p pp vol ch sec art eq ed".split())
_LATIN = frozenset(("e.g", "i.e", "eg", "ie", "viz"))
_MAY_END = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]|etc|al|inc|ltd|jr|sr|dept|est|[ap]\.m", re.IGNORECASE)
_UNSPACED = frozenset("\u3002\uff01\uff1f")


def sentences(text: str) -> Iterator[Span]:
    """Each sentence that has a word in it, with its stop and closing quotes, in order."""
    start = searched = 0
    for end in _ends(text):
        if has_word(text, searched, end):
            yield trimmed(text, start, end)
            start = end
        searched = end


def _ends(text: str) -> Iterator[int]:
    for match in _STOPS.finditer(text):
        if match["gap"] is not None:
            yield match.start()
        elif _is_final(text, match["stop"], match.start(), match.end()):
            yield match.end()
    yield len(text)


def _is_final(text: str, stop: str, start: int, end: int) -> bool:
    if end == len(text) or stop[0] in _UNSPACED:
        return True
    if not text[end].isspace():
        return _lacks_a_space(text, stop, start, end)
    after = text[end + 1 : end + 2]
    if not after or after.isspace():
        following = _NEXT.search(text, end)
        after = following.group() if following else ""
    if stop == ".":
        return not _is_abbreviation(text[max(0, start - _LOOK_BACK) : start], after)
    return not (after.islower() and _goes_on(stop))


def _lacks_a_space(text: str, stop: str, start: int, end: int) -> bool:
    """A small letter, a stop and a capital: the writer forgot the space."""
    return stop in ".!?" and start > 0 and text[start - 1].islower() and text[end].isupper()


def _goes_on(stop: str) -> bool:
    """Three points, or a quotation that the sentence continues after: "Why?" she asked."""
    return stop.startswith(("...", "\u2026")) or stop[-1] not in ".!?"


def _is_abbreviation(before: str, after: str) -> bool:
    token = before.rsplit(None, 1)[-1].lstrip(_OPENERS).lower() if before.strip() else ""
    if token in _TITLES or token in _LATIN:
        return True
    if token in _BEFORE_NUMBER:
        return after.isdigit()
    if len(token) == 1 and token.isalpha() and token != "i":  # noqa: S105 - a token of text
        return after.isalpha() and not after.islower()
    return _MAY_END.fullmatch(token) is not None and not after.isupper()
