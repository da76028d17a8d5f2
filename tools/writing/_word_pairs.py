"""
How usual the neighbours in a text are: "on the other hand" against "in other hand".

For each two neighbours, how much likelier (natural logarithm) the second is after the first than anywhere, in edited
English. The 1,500 commonest words stand for themselves, others for their endings. Trained on OneStopEnglish
(`word_pairs.json`, CC BY-SA 4.0, `bench/train_word_pairs.py`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

from scribetree.tools.text import Reading

__all__ = ["ENDINGS", "classify", "gains"]

ENDINGS = ("ing", "ed", "ly", "tion", "ment", "ness", "ity", "ous", "ive", "al", "er", "est", "s")
_RAREST = -23  # tenths: what stands after a first word that was never seen


@dataclass(frozen=True, slots=True)
class _Model:
    classes: Mapping[str, str]
    seen: Mapping[str, Mapping[str, int]]
    unseen: Mapping[str, int]


def gains(reading: Reading) -> list[int]:
    """For each two neighbours of a sentence, its two ends among them, the gain in tenths."""
    model = _model()
    seen, unseen = model.seen, model.unseen
    classes = {word: classify(word, model.classes) for word in reading.counts}
    found: list[int] = []
    for line in reading.lower:
        first = "^"
        for second in chain(map(classes.__getitem__, line), "$"):
            after = seen.get(first)
            gain = after.get(second) if after else None
            found.append(unseen.get(first, _RAREST) if gain is None else gain)
            first = second
    return found


def classify(word: str, known: Mapping[str, str]) -> str:
    """The word itself where it is known, else "#" for a figure, its ending, or "*"."""
    if word in known:
        return word
    if word[0].isdigit():
        return "#"
    return next(("-" + ending for ending in ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2), "*")


@cache
def _model() -> _Model:
    packaged = json.loads(files("scribetree.tools.writing").joinpath("word_pairs.json").read_text("utf-8"))
    return _Model({word: word for word in packaged["words"]}, packaged["seen"], packaged["unseen"])
