"""
The profile of a text: its features, where they stand among the essays of a named reference, and what to notice.

A percentile says how many of 100 reference essays have less of a feature; it describes and does not grade. The
reference is one genre by one group of writers, so that a story or a child's text stands at its edges by nature.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from scribetree.tools.text import Reading, read, require_text
from scribetree.tools.writing._features import LANGUAGE_NEUTRAL, families_of

__all__ = ["Profile", "Reference", "profile", "profile_of", "reference"]

_ENOUGH_WORDS = 50
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{8}")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese write no spaces between words."""
_EDGE = 8
_MAX_NOTES = 6

# What is said of a feature at the low and at the high end; those without an entry are never remarked on.
_REMARKS: Mapping[str, tuple[str, str]] = {
    "words_per_sentence": ("Sentences are short", "Sentences are long"),
    "words_per_sentence_sd": ("Sentences are all about equally long", "Sentences differ much in length"),
    "words_per_paragraph": ("Paragraphs are short", "Paragraphs are long"),
    "content_zipf": ("Many words are rare ones", "Most words are very common ones"),
    "different_in_50": ("The same words come back within a few lines", "Words are seldom repeated"),
    "nominalisations": ("", "Many nouns are made from verbs or adjectives (-tion, -ment, -ness)"),
    "vague": ("", "Words like thing, lot, really are frequent"),
    "passives": ("", "Passive forms are frequent"),
    "same_opening_share": ("", "Many sentences begin like the one before"),
    "overlap_share": ("Few sentences take up a word of the one before", ""),
    "connectives": ("Connecting words are few", "Connecting words are many"),
    "hedges": ("Little is hedged (may, perhaps, often)", "Much is hedged (may, perhaps, often)"),
    "boosters": ("", "Emphasis is frequent (very, always, really)"),
    "evidence": ("Few words point to evidence or examples", "Many words point to evidence or examples"),
    "contrast_views": ("Few words point to other people's views", ""),
    "first_singular": ("", 'The writer says "I" often'),
    "second_person": ("", "The reader is addressed often"),
    "longest_paragraph_share": ("", "One paragraph holds much of the text"),
    "closing_share": ("The last paragraph is short beside the rest", ""),
    "doubtful_spellings": ("", "Many words are not in the word list: names, or spelling"),
    "unusual_pair_share": ("", "Many neighbouring words seldom stand together in edited English"),
    "no_final_mark": ("", "Some sentences have no mark at the end"),
    "spacing_slips": ("", "Spaces around marks are missing or too many"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """The essays that percentiles refer to: a name, a licence, how many, and the quantiles of each feature."""

    name: str
    licence: str
    texts: int
    quantiles: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Profile:
    """
    One text in figures; `features` always has the same keys, `families` says which belong together.

    `percentiles` (0 to 100) is empty, and `not_measured` names the families that stand at 0, where the text is too
    short or not English; `notes` then says so.
    """

    language: Literal["english", "other"]
    features: dict[str, float]
    families: dict[str, tuple[str, ...]]
    percentiles: dict[str, int]
    reference: str
    not_measured: tuple[str, ...]
    notes: tuple[str, ...]


def profile(text: str) -> Profile:
    """The profile of `text`; a text without a word raises InvalidInput."""
    require_text(text, "text")
    return profile_of(read(text))


def profile_of(reading: Reading) -> Profile:
    """The profile of a text that is already taken apart."""
    found = families_of(reading)
    english = reading.is_english
    skipped = () if english else tuple(name for name in found if name not in LANGUAGE_NEUTRAL)
    features = {
        name: 0.0 if family in skipped else value for family, values in found.items() for name, value in values.items()
    }
    comparable = english and len(reading.flat) >= _ENOUGH_WORDS
    percentiles = _percentiles(features) if comparable else {}
    return Profile(
        language="english" if english else "other",
        features=features,
        families={family: tuple(values) for family, values in found.items()},
        percentiles=percentiles,
        reference=reference().name if comparable else "none",
        not_measured=skipped,
        notes=tuple(_notes(reading.text, features, percentiles, english=english)),
    )


@cache
def reference() -> Reference:
    """The packaged reference: all drafts of the development writers of ArgRewrite V.2."""
    packaged = json.loads(files("scribetree.tools.writing").joinpath("reference.json").read_text("utf-8"))
    quantiles = {name: tuple(values) for name, values in packaged["quantiles"].items()}
    return Reference(packaged["name"], packaged["licence"], packaged["texts"], quantiles)


def _percentiles(features: Mapping[str, float]) -> dict[str, int]:
    quantiles = reference().quantiles
    return {name: _percentile(quantiles[name], value) for name, value in features.items()}


def _percentile(quantiles: tuple[float, ...], value: float) -> int:
    """The middle of the quantiles between which the value stands; many equal ones give the middle of their range."""
    low = high = bisect_left(quantiles, value)
    if low < len(quantiles) and quantiles[low] == value:
        high = bisect_right(quantiles, value)
    return round(100 * (low + high) / (2 * len(quantiles)))


def _notes(text: str, features: Mapping[str, float], percentiles: Mapping[str, int], *, english: bool) -> Iterator[str]:
    if not english:
        yield "This does not read like English: only lengths and paragraphs are measured, and nothing is compared."
        if _UNSPACED.search(text):
            yield "Words are not parted by spaces here: what is counted as words are runs of characters."
    elif not percentiles:
        yield f"Fewer than {_ENOUGH_WORDS} words: figures of so short a text say little, and nothing is compared."
    remarkable = ((name, percentiles.get(name, 50)) for name in _REMARKS)
    edges = sorted((min(at, 100 - at), name, at) for name, at in remarkable if _is_remarkable(name, at))
    for _, name, at in edges[:_MAX_NOTES]:
        low, high = _REMARKS[name]
        more = f"more than in {at}" if at > 50 else f"less than in {100 - at}"
        yield f"{high if at > 50 else low} ({_figure(features[name])}; {more} of 100 reference essays)."


def _is_remarkable(name: str, at: int) -> bool:
    low, high = _REMARKS[name]
    return bool((low and at <= _EDGE) or (high and at >= 100 - _EDGE))


def _figure(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"
