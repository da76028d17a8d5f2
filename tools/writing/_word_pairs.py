"""
How usual the neighbours in a text are: "on the other hand" against "in other hand".

For each two neighbours, how much likelier (natural logarithm) the second is after the first than anywhere, in edited
English. The 1,500 commonest words stand for themselves, others for their endings. Trained on OneStopEnglish
(`word_pairs.json`, CC BY-SA 4.0, `bench/train_word_pairs.py`).
"""

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from scribetree.tools.text import Reading, english

__all__ = ["ENDINGS", "classify", "gains"]

ENDINGS = ("ing", "ed", "ly", "tion", "ment", "ness", "ity", "ous", "ive", "al", "er", "est", "s")
_RAREST = -23  # tenths: what stands after a first word that was never seen


Row = tuple[Mapping[str, int], int]
"""What stands after one class: the gain of each class that was seen there, and of all others."""


@dataclass(frozen=True, slots=True)
class _Model:
    words: frozenset[str]
    rows: Mapping[str, Row]


def gains(reading: Reading) -> list[int]:
    """For each two neighbours of a sentence, its two ends among them, the gain in tenths."""
    model, kept = _model(), classes_of_listed()
    rows = model.rows
    classes = {word: kept.get(word) or _class_of(word) for word in reading.counts}
    found: list[int] = []
    for line in reading.lower:
        inside = [classes[word] for word in line]
        firsts = [rows["^"], *[rows[each] for each in inside]]
        found += [row[0].get(second, row[1]) for row, second in zip(firsts, [*inside, "$"], strict=True)]
    return found


@cache
def classes_of_listed() -> dict[str, str]:
    """The classes of the English words met so far; other words are never kept."""
    return {}


def _class_of(word: str) -> str:
    found = classify(word, _model().words)
    if word in english():
        classes_of_listed()[word] = found
    return found


def classify(word: str, known: Container[str]) -> str:
    """The word itself where it is known, else "#" for a figure, its ending, or "*"."""
    if word in known:
        return word
    if word[0].isdigit():
        return "#"
    return next(("-" + ending for ending in ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2), "*")


@cache
def _model() -> _Model:
    packaged = json.loads(files("scribetree.tools.writing").joinpath("word_pairs.json").read_text("utf-8"))
    seen, unseen = packaged["seen"], packaged["unseen"]
    classes = (*packaged["words"], *("-" + ending for ending in ENDINGS), "*", "#", "^")
    rows: dict[str, Row] = {each: (seen.get(each, {}), unseen.get(each, _RAREST)) for each in classes}
    return _Model(frozenset(packaged["words"]), rows)
