"""
How easily a text reads, learnt from texts that teachers rewrote at three levels, and what drives it.

One unit is the distance between neighbouring levels of OneStopEnglish; 0 is its middle level, higher is easier.
Weights: `readability.json` (CC BY-SA 4.0). Method, figures and limits: docs/cards/readability.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from scribetree.tools.text import Reading, read, require_text
from scribetree.tools.writing._features import families_of
from scribetree.tools.writing._models import contributions, packaged, softmax

__all__ = ["Driver", "Readability", "readability"]

_MIN_WORDS = 30
_NINETY_PERCENT = 1.645
_SURE_OF_LEVEL = 0.6
_DRIVERS = 4

# In plain language, for the drivers that a writer can do something about; the rest are named by their feature.
_PLAIN: Mapping[str, str] = {
    "words_per_sentence": "the length of sentences",
    "long_sentence_share": "sentences of more than 30 words",
    "short_sentence_share": "sentences of fewer than 8 words",
    "words_per_mark": "how far apart the marks stand",
    "commas_per_sentence": "commas in a sentence",
    "subordinators_per_sentence": "words like because, although, that in a sentence",
    "relatives_per_sentence": "words like which, who in a sentence",
    "letters_per_word": "the length of words",
    "letters_per_word_sd": "very long beside short words",
    "syllables_per_word": "syllables in a word",
    "three_syllables_share": "words of three or more syllables",
    "three_syllables_a_sentence_root": "words of three or more syllables in a sentence",
    "long_word_share": "words of seven or more letters",
    "very_long_word_share": "words of ten or more letters",
    "content_zipf": "how common the content words are",
    "zipf": "how common the words are",
    "uncommon_share": "uncommon words",
    "rare_share": "rare words",
    "rare_types_share": "how many different rare words there are",
    "different_in_50": "how seldom words come back",
    "nominalisations": "nouns made from verbs and adjectives",
    "overlap_next": "how much each sentence takes up from the one before",
    "overlap_second_next": "how much each sentence takes up from the second before it",
    "passives": "passive forms",
    "prepositions": "prepositions",
}


@dataclass(frozen=True, slots=True)
class Driver:
    """What one feature adds to the easiness, beside an average OneStop text; negative makes the text harder."""

    feature: str
    plain: str
    value: float
    effect: float


@dataclass(frozen=True, slots=True)
class Readability:
    """
    How easily a text reads, higher is easier, with the 90 % interval for a longer sample of the same writing.

    All is None and `reason` says why where it abstains: under 30 words, or not English. `level` is given where one of
    the three is more likely than 0.6. The formulas are those of their authors, for comparison.
    """

    easiness: float | None
    low: float | None
    high: float | None
    level: str | None
    level_probabilities: dict[str, float]
    drivers: tuple[Driver, ...]
    formulas: dict[str, float]
    abstained: bool
    reason: str


def readability(text: str) -> Readability:
    """How easily `text` reads; a text without a word raises InvalidInput."""
    require_text(text, "text")
    reading = read(text)
    if not reading.is_english:
        return _abstained("This does not read like English, and the measure was made for English only.")
    if len(reading.flat) < _MIN_WORDS:
        return _abstained(f"Fewer than {_MIN_WORDS} words: too little to tell.")
    return _judged(reading)


def _abstained(reason: str) -> Readability:
    return Readability(None, None, None, None, {}, (), {}, abstained=True, reason=reason)


def _judged(reading: Reading) -> Readability:
    features = {name: value for values in families_of(reading).values() for name, value in values.items()}
    model = packaged("readability")
    effects = contributions(model, features)
    easiness = model["start"] + sum(effects.values())
    half = _NINETY_PERCENT * model["noise"] / sqrt(len(reading.flat))
    likely = _levels(model, features)
    level = max(likely, key=lambda name: likely[name])
    return Readability(
        easiness=round(easiness, 3),
        low=round(easiness - half, 3),
        high=round(easiness + half, 3),
        level=level if likely[level] >= _SURE_OF_LEVEL else None,
        level_probabilities=likely,
        drivers=_drivers(effects, features),
        formulas=_formulas(features),
        abstained=False,
        reason="",
    )


def _levels(model: Mapping[str, Any], features: Mapping[str, float]) -> dict[str, float]:
    levels = model["levels"]
    likely = softmax([level["start"] + sum(contributions(level, features).values()) for level in levels])
    return {level["name"]: round(p, 3) for level, p in zip(levels, likely, strict=True)}


def _drivers(effects: Mapping[str, float], features: Mapping[str, float]) -> tuple[Driver, ...]:
    """The features that make the text easier and harder most, among those with a plain name."""
    named = sorted((effect, name) for name, effect in effects.items() if name in _PLAIN)
    chosen = [each for each in named[:_DRIVERS] if each[0] < 0] + [each for each in named[-_DRIVERS:] if each[0] > 0]
    chosen.sort(key=lambda each: -abs(each[0]))
    return tuple(Driver(name, _PLAIN[name], round(features[name], 3), round(effect, 3)) for effect, name in chosen)


def _formulas(features: Mapping[str, float]) -> dict[str, float]:
    """Flesch 1948, Kincaid 1975, Smith and Senter 1967 (ARI), McLaughlin 1969 (SMOG), each as published."""
    length, syllables = features["words_per_sentence"], features["syllables_per_word"]
    return {
        "flesch_reading_ease": round(206.835 - 1.015 * length - 84.6 * syllables, 1),
        "flesch_kincaid_grade": round(0.39 * length + 11.8 * syllables - 15.59, 1),
        "automated_readability_index": round(4.71 * features["letters_per_word"] + 0.5 * length - 21.43, 1),
        "smog_grade": round(3.1291 + 1.043 * sqrt(30) * features["three_syllables_a_sentence_root"], 1),
    }
