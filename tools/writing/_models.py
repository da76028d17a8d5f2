"""
Packaged models, evaluated in plain Python: sums of small trees, and weighted sums of features.

A tree is a nested list: a number is a leaf, `[feature, threshold, left, right]` goes left where the feature is at most
the threshold. Weights are JSON beside this module, made by the `bench/train_*.py` script that each file names.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import exp
from typing import Any

__all__ = ["boosted", "contributions", "logistic", "packaged", "softmax"]

_Node = float | list[Any]


@cache
def packaged(name: str) -> dict[str, Any]:
    """The model file of that name, read once."""
    loaded: dict[str, Any] = json.loads(files("scribetree.tools.writing").joinpath(f"{name}.json").read_text("utf-8"))
    return loaded


def boosted(trees: Sequence[_Node], values: Sequence[float]) -> float:
    """The sum of the leaves that `values` reach."""
    total = 0.0
    for tree in trees:
        node: Any = tree
        while type(node) is not float:
            node = node[2] if values[node[0]] <= node[1] else node[3]
        total += node
    return total


def contributions(model: Mapping[str, Any], features: Mapping[str, float]) -> dict[str, float]:
    """What each feature adds to the model's start: its weight times how far it stands from the usual, at most 3 sd."""
    return {
        name: weight * max(-3.0, min(3.0, (features[name] - mean) / deviation))
        for name, (weight, mean, deviation) in model["weights"].items()
    }


def logistic(score: float) -> float:
    """The probability that belongs to log odds of `score`."""
    return 1 / (1 + exp(-max(-50.0, min(50.0, score))))


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities that belong to `scores`, adding up to 1."""
    top = max(scores)
    raised = [exp(score - top) for score in scores]
    return [each / sum(raised) for each in raised]
