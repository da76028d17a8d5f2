"""
How a text is written, whatever it is about: rates of common words, punctuation, word lengths and masked letters.

Words that carry the topic are masked before letters are counted (Stamatatos 2017, text distortion): `the *es are *ed`.
What is left hardly changes with the subject, and changes with the writer.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from scribetree.tools.integrity._units import COMMON_WORDS

__all__ = ["FAMILIES", "Scales", "distances", "style_of"]

FAMILIES = ("word", "two", "three", "mark", "length")
_MAX_CHARACTERS = 150_000
"""About 25,000 words: more adds nothing to the rates."""
_CLIP = 3.0
_FLOOR = 0.05
_PRIOR_WORDS = 100
_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?|\d+|\s+|[^\w\s]|_+")
_STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})
_LONGEST = 13

Style = Mapping[str, float]
Scales = Mapping[str, Mapping[str, Sequence[float]]]
"""For each family its keys, each with mean and standard deviation over many writers."""


def style_of(text: str) -> tuple[Style, int, float]:
    """Rates for each word of the text, how many words it has, and how large a share of them is common English."""
    counts: Counter[str] = Counter()
    masked: list[str] = []
    total = common = 0
    for token in _TOKEN.findall(text[:_MAX_CHARACTERS].translate(_STRAIGHT)):
        if token[0].isalpha():
            word = token.lower()
            total += 1
            common += word in COMMON_WORDS
            counts[f"length:{min(len(word), _LONGEST)}"] += 1
            if word in COMMON_WORDS:
                counts[f"word:{word}"] += 1
        elif not token[0].isspace() and not token[0].isdigit():
            counts[f"mark:{token[:1]}"] += 1
        masked.append(_masked(token))
    letters = "".join(masked)
    counts.update(f"two:{letters[i : i + 2]}" for i in range(len(letters) - 1))
    counts.update(f"three:{letters[i : i + 3]}" for i in range(len(letters) - 2))
    return {key: count / max(1, total) for key, count in counts.items()}, total, common / max(1, total)


def distances(one: Style, one_words: int, other: Style, other_words: int, scales: Scales) -> dict[str, float]:
    """
    For each family two measures of how unlike the texts are.

    `_chi` is the logarithm of the mean chi-square of the counts (Kilgarriff 2001), about 0 where only chance parts them
    in any population of writers; `_delta` is Burrows's Delta (2002): the mean difference of the z-scores.
    """
    found: dict[str, float] = {}
    for family in FAMILIES:
        squares = deltas = 0.0
        for key, (mean, deviation) in scales[family].items():
            x, y = one.get(key, 0.0), other.get(key, 0.0)
            squares += _square(x, one_words, y, other_words, mean)
            deltas += abs(_z(x, mean, deviation) - _z(y, mean, deviation))
        found[f"{family}_chi"] = math.log(squares / len(scales[family]) + _FLOOR)
        found[f"{family}_delta"] = deltas / len(scales[family])
    return found


def _square(x: float, x_words: int, y: float, y_words: int, mean: float) -> float:
    """The squared difference of two rates over its variance by chance; the pooled rate leans on what is usual."""
    pooled = (x * x_words + y * y_words + mean * _PRIOR_WORDS) / (x_words + y_words + _PRIOR_WORDS)
    return min(_CLIP**2, (x - y) ** 2 / (pooled * (1 / x_words + 1 / y_words)))


def _masked(token: str) -> str:
    if token[0].isspace():
        return "\n" if "\n" in token else " "
    if token[0].isdigit():
        return "0"
    if not token[0].isalpha() or token.lower() in COMMON_WORDS:
        return token.lower()
    return f"{'C' if token[0].isupper() else ''}*{token[-2:].lower() if len(token) > 4 else ''}"


def _z(rate: float, mean: float, deviation: float) -> float:
    return max(-_CLIP, min(_CLIP, (rate - mean) / deviation))
