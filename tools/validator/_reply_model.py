"""
The trained part of the judgement of a reply: a logistic model on the figures and words of a reply, and small trees.

The weights were learnt from MRBench (CC BY-SA 4.0) by `bench/train_tutor_reply.py`; they stand, under that licence, in
a file of their own, which is read once. Nothing here needs more than the standard library.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

__all__ = ["TARGETS", "grams", "probabilities"]

TARGETS = ("reveals_answer", "guidance", "actionable", "tone")

_TOKEN = re.compile(r"\w+|[?!]")
_DIGITS = re.compile(r"\d[\d,.]*")
_CLIP = 3.0
"""How many standard deviations from the mean a figure counts at most."""
_MAX_CHARACTERS = 20_000

Tree = tuple[str, float, "Tree | float", "Tree | float"]
"""A figure, a limit, the branch up to the limit and the branch above it."""


@dataclass(frozen=True, slots=True)
class _Target:
    """One question's model; `trees_share` is the part of the trees in the mean of the two log-odds."""

    intercept: float
    figures: Mapping[str, float]
    grams: Mapping[str, float]
    trees: Sequence[Any]
    trees_intercept: float
    trees_share: float
    shift: float


@dataclass(frozen=True, slots=True)
class _Weights:
    scales: Mapping[str, tuple[float, float]]
    vocabulary: frozenset[str]
    targets: Mapping[str, _Target]


def grams(text: str) -> set[str]:
    """The words and pairs of words that the model may know; all numbers are the same one."""
    found = _TOKEN.findall(_DIGITS.sub("0", text[:_MAX_CHARACTERS].lower()))
    return {*found, *(f"{one} {other}" for one, other in pairwise(found))}


def probabilities(figures: Mapping[str, float], text: str, *, targets: Sequence[str] = TARGETS) -> dict[str, float]:
    """For each target the probability that people would say yes."""
    weights = _weights()
    scaled = {
        name: max(-_CLIP, min(_CLIP, (figures[name] - mean) / scale)) for name, (mean, scale) in weights.scales.items()
    }
    known = grams(text) & weights.vocabulary
    return {name: _probability(weights.targets[name], figures, scaled, known) for name in targets}


def _probability(target: _Target, figures: Mapping[str, float], scaled: Mapping[str, float], known: set[str]) -> float:
    linear = target.intercept + math.fsum(weight * scaled[name] for name, weight in target.figures.items())
    if known:
        linear += math.fsum(target.grams.get(gram, 0.0) for gram in known) / math.sqrt(len(known))
    trees = target.trees_intercept + math.fsum(_leaf(tree, figures) for tree in target.trees)
    odds = (1 - target.trees_share) * linear + target.trees_share * trees + target.shift
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def _leaf(tree: Any, figures: Mapping[str, float]) -> float:  # noqa: ANN401 - a tree as JSON has it
    while not isinstance(tree, int | float):
        name, limit, below, above = tree
        tree = below if figures[name] <= limit else above
    return float(tree)


@cache
def _weights() -> _Weights:
    source = files("scribetree.tools.validator").joinpath("weights", "tutor_reply.json").read_text("utf-8")
    raw: dict[str, Any] = json.loads(source)
    targets = {name: _Target(**raw["targets"][name]) for name in TARGETS}
    return _Weights(
        scales={name: (float(mean), float(scale)) for name, (mean, scale) in raw["scales"].items()},
        vocabulary=frozenset(raw["vocabulary"]),
        targets=targets,
    )
