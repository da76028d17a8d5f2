"""
How common an English word is, how many syllables it has, and whether it is spelled right.

The list (88,000 words, `english.txt`, CC BY-SA 4.0, built by `bench/build_lexicon.py`) is read once, at the first use:
about 40 ms and 13 MB.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

__all__ = ["RARE_ZIPF", "WordFacts", "english", "syllables_by_rule"]

RARE_ZIPF = 1.0
"""The Zipf frequency below which words are not told apart: once in 100 million."""

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^dt]ed|[^aeiouycgsxz]es)\Z")


class WordFacts(NamedTuple):
    """Zipf frequency (1 to 8, tenfold a step), syllables, and whether the spelling is known to be right."""

    zipf: float
    syllables: int
    is_right: bool


@cache
def english() -> Mapping[str, WordFacts]:
    """The facts of each listed word, by its lower-case form with straight apostrophes."""
    listed: dict[str, WordFacts] = {}
    packaged = files("scribetree.tools.text").joinpath("english.txt").read_text("utf-8")
    for line in packaged.splitlines():
        if line.startswith("#"):
            continue
        facts, _, words = line.partition("\t")
        zipf, syllables, spelling = facts.split(" ")
        shared = WordFacts(int(zipf) / 10, int(syllables), spelling == "r")
        listed.update(dict.fromkeys(words.split(" "), shared))
    return listed


def syllables_by_rule(word: str) -> int:
    """The groups of vowels, less a silent ending: right for 0.86 of the words that CMU's dictionary has."""
    return max(1, len(_VOWELS.findall(word)) - (_SILENT.search(word) is not None))
