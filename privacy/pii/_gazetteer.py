"""
Names, words and public people, read once from the package: who may be a person, and who is everybody's.

Sources and licences: docs/cards/pii.md, bench/build_pii_names.py.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scribetree.privacy.pii._cues import KIND

__all__ = ["Gazetteer", "folded", "gazetteer"]

# Letters that have no mark to take away, as they are written where the letter is not at hand.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "\u0131": "i",
        "ə": "e",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "\u2019": "'",
    }
)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Sets of words in small letters, without marks."""

    first: frozenset[str]
    last: frozenset[str]
    words: frozenset[str]
    homographs: frozenset[str]
    figures: frozenset[str]
    figure_surnames: frozenset[str]
    figure_givens: frozenset[str]
    places: frozenset[str]
    lower_first: frozenset[str]
    epithets: Mapping[str, tuple[str, ...]]
    """What follows a name and makes it a public one: `helen`: ` of troy`."""


def folded(name: str) -> str:
    """The name as the gazetteers hold it."""
    if name.isascii():
        return name.lower()
    parts = unicodedata.normalize("NFD", name.lower().translate(_LETTERS))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


@cache
def gazetteer() -> Gazetteer:
    """The gazetteers of this package."""
    first, last, words, homographs, cities = (
        frozenset(_read(name).split()) for name in ("first", "last", "words", "homographs", "cities")
    )
    cited = _entries("figures", ",")
    figures = frozenset((*cited, *_entries("figures_in_full", ","), *_read("people").splitlines()))
    places = frozenset(entry.replace("_", " ") for entry in (*_entries("places", " "), *cities))
    return Gazetteer(
        first=first,
        last=last,
        words=words,
        homographs=homographs,
        figures=figures,
        figure_surnames=frozenset(name.rsplit(" ", 1)[-1] for name in cited if " " in name),
        figure_givens=frozenset(name.rpartition(" ")[0] for name in figures),
        places=places,
        epithets=_epithets(figures),
        lower_first=frozenset(name for name in first - words - homographs - places - KIND.keys() if len(name) > 3),
    )


def _epithets(figures: frozenset[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for figure in figures:
        for joint in (" of ", " the ", " and ", " in "):
            name, joined, rest = figure.partition(joint)
            if joined:
                found[name] = (*found.get(name, ()), joined + rest)
    return found


def _read(name: str) -> str:
    return (files("scribetree.privacy.pii") / "data" / f"{name}.txt").read_text(encoding="utf-8")


def _entries(name: str, separator: str) -> list[str]:
    lines = [line.partition(":")[2] for line in _read(name).splitlines() if not line.startswith("#")]
    return [folded(entry.strip()) for line in lines for entry in line.split(separator) if entry.strip()]
