"""
Made-up data in place of personal data, so that a text can be read, taught with or shown without telling on anyone.

Surrogates are given out in the order of first mention, from fixed lists: nothing about the original can be learned
from which one stands in its place. Numbers are of kinds that are never given out to anybody (RFC 2606 domains,
555-01xx telephone numbers, RFC 5737 addresses, social security area 000).
"""

from collections.abc import Callable

from scribetree.privacy.pii._find import find
from scribetree.privacy.pii._span import Label, replaced

__all__ = ["with_surrogates"]

_FIRST = (
    "Alex Robin Sam Charlie Jamie Taylor Casey Morgan Riley Jordan Avery Quinn Rowan Sasha Noor Kai Remy Ari Toni Lou"
).split()
_LAST = (
    "Miller Rivera Chen Okafor Novak Haddad Larsen Moreau Silva Tanaka Kaya Horvat Mensah Rossi Varga Dubois "
    "Santos Weber Nair Berg"
).split()

_SHAPES: dict[Label, Callable[[int], str]] = {
    "EMAIL": lambda number: f"person{number}@example.org",
    "PHONE": lambda number: f"555-01{number % 100:02}",
    "URL_PERSONAL": lambda number: f"https://example.org/page-{number}",
    "ID_NUM": lambda number: f"{number:07}",
    "USERNAME": lambda number: f"user_{number}",
    "STREET_ADDRESS": lambda number: f"{number} Example Street",
    "DATE_OF_BIRTH": lambda number: f"January {1 + number % 28}, 2000",
    "SSN": lambda number: f"000-00-{number % 10_000:04}",
    "CREDIT_CARD": lambda number: f"0000 0000 0000 {number % 10_000:04}",
    "BANK_ACCOUNT": lambda number: f"{number:08}",
    "IP_ADDRESS": lambda number: f"192.0.2.{number % 256}",
    "HEALTH": lambda _number: "(something about health)",
    "FAMILY": lambda _number: "(something about family)",
}


def with_surrogates(text: str) -> str:
    """`text` with made-up data in place of each piece of personal data: the same piece, the same surrogate."""
    cast = _Cast(avoided=frozenset(text.split()))
    return replaced(text, find(text), lambda span: cast.part(span.label, text[span.start : span.end]))


class _Cast:
    """Who and what stands in for whom, within one text."""

    def __init__(self, *, avoided: frozenset[str]) -> None:
        self._first = [name for name in _FIRST if name not in avoided] or _FIRST
        self._last = [name for name in _LAST if name not in avoided] or _LAST
        self._words: dict[str, str] = {}
        self._people = 0
        self._others: dict[tuple[Label, str], str] = {}
        self._counts: dict[Label, int] = {}

    def part(self, label: Label, value: str) -> str:
        if label == "NAME":
            return self._person(value)
        key = (label, value.casefold())
        if key not in self._others:
            self._counts[label] = self._counts.get(label, 0) + 1
            self._others[key] = _SHAPES[label](self._counts[label])
        return self._others[key]

    def _person(self, name: str) -> str:
        """One or two words, as the name has; a word that was seen before keeps its surrogate."""
        words = name.casefold().split()
        ends = [words[0]] if len(words) == 1 else [words[0], words[-1]]
        if not all(word in self._words for word in ends):
            self._introduce(ends)
        return " ".join(self._words[word] for word in ends)

    def _introduce(self, ends: list[str]) -> None:
        lap, place = divmod(self._people, len(self._first))
        self._people += 1
        first = self._first[place] + (f" {lap + 1}" if lap else "")
        self._words.setdefault(ends[0], first)
        self._words.setdefault(ends[-1], self._last[(place * 7 + lap) % len(self._last)])
