"""
The text as a reader sees it: without invisible characters, with look-alike letters read as what they look like.

Detection works on this view; every span is carried back to the text as it was given. Ordinary text is its own view.
"""

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["View", "plain"]

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
)
_ODD = re.compile(
    f"[{_INVISIBLE}\uff01-\uff5e\u2460-\u24ff\u2100-\u214f"
    "\U0001d400-\U0001d7ff\U0001f130-\U0001f189\U000e0000-\U000e007f\u00a0\u2000-\u200a\u202f\u205f\u3000]"
)
_IS_INVISIBLE = re.compile(f"[{_INVISIBLE}\U000e0000-\U000e007f]")
_FOREIGN_LETTER = re.compile("[\u0370-\u03ff\u0400-\u04ff]")
_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[A-Za-z]")

# Cyrillic and Greek letters that are drawn like Latin ones (Unicode TR39, the pairs that a reader cannot tell).
_LOOKS_LIKE = str.maketrans(
    "абвеклмнорстухіјѕԁһԛԝАВЕКМНОРСТХІЈЅԌαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "a6beklmhopctyxijsdhqwABEKMHOPCTXIJSGaeikvoptuxABEZHIKMNOPTYX",
)


@dataclass(frozen=True, slots=True)
class View:
    """`text` as it is read; `origin[i]` is where its character `i` came from, and None when nothing was changed."""

    text: str
    origin: list[int] | None

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the view stands in the text as it was given."""
        if self.origin is None or start >= end:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def plain(text: str) -> View:
    """The view of `text`, in one pass; the text itself where no character is out of the ordinary."""
    if text.isascii():
        return View(text, None)
    if _ODD.search(text) is None:
        return View(_without_look_alikes(text), None)
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for odd in _ODD.finditer(text):
        place = odd.start()
        shown = _shown(odd.group())
        pieces += (text[done:place], shown)
        origin += range(done, place)
        origin += [place] * len(shown)
        done = odd.end()
    pieces.append(text[done:])
    origin += range(done, len(text))
    return View(_without_look_alikes("".join(pieces)), origin)


def _shown(character: str) -> str:
    return "" if _IS_INVISIBLE.match(character) else unicodedata.normalize("NFKC", character)


def _without_look_alikes(text: str) -> str:
    """Words that mix Latin with Cyrillic or Greek letters, in Latin; words wholly in another script stay."""
    if _FOREIGN_LETTER.search(text) is None:
        return text
    return _WORD.sub(lambda word: _as_latin(word.group()), text)


def _as_latin(word: str) -> str:
    mixed = _FOREIGN_LETTER.search(word) and _LATIN.search(word)
    return word.translate(_LOOKS_LIKE) if mixed else word
