"""
Slips of the keyboard in the words that a reflection is read by, put right for reading only.

A student's spelling must not decide what help the student gets. An unknown word that is one slip away from exactly
one of the known words (a letter left out, put in, exchanged, or two swapped) is read as that word. The method is the
symmetric deletion of SymSpell at distance one: both words, each with one letter fewer, meet. The text itself, its
offsets and its quotations stay as they are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Slips"]

_LEAST_LETTERS = 5
_MOST_LETTERS = 24
"""Beyond this a run of letters is no word, and its shortened forms would take quadratic work."""


class Slips:
    """The words that slips are read as."""

    def __init__(self, *, meant: frozenset[str]) -> None:
        self._words = meant
        near: defaultdict[str, set[str]] = defaultdict(set)
        for word in meant:
            if len(word) >= _LEAST_LETTERS:
                for form in (word, *_shortened(word)):
                    near[form].add(word)
        self._near: Mapping[str, set[str]] = near

    def read(self, tokens: Sequence[str], *, is_known: Callable[[str], bool]) -> list[str]:
        """The tokens with the slips put right; words that are known anyway are left alone."""
        return [token if is_known(token) else self._meant(token) for token in tokens]

    def _meant(self, token: str) -> str:
        if token in self._words or not _LEAST_LETTERS - 1 <= len(token) <= _MOST_LETTERS or not token.isalpha():
            return token
        forms = (token, *_shortened(token))
        close = {word for form in forms for word in self._near.get(form, ()) if _is_one_slip(token, word)}
        return close.pop() if len(close) == 1 else token


def _shortened(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _is_one_slip(token: str, word: str) -> bool:
    """Both begin alike, as slips nearly always leave them, and differ in one place or in two neighbours."""
    if token[0] != word[0] or abs(len(token) - len(word)) > 1:
        return False
    if len(token) != len(word):
        short, long = sorted((token, word), key=len)
        return short in set(_shortened(long))
    different = [place for place, (one, other) in enumerate(zip(token, word, strict=True)) if one != other]
    return len(different) == 1 or (
        len(different) == 2
        and different[1] == different[0] + 1
        and token[different[0]] == word[different[1]]
        and token[different[1]] == word[different[0]]
    )
