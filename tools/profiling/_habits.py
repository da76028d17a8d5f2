"""
What comes back in most of a writer's texts: a feature that stands at the edge of the reference essays, again and again.

It describes, and grades nothing: how little such features say of a text's level stands in docs/cards/traits.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.profiling._traits import title_of
from scribetree.tools.writing import Profile, profile

__all__ = ["Habit", "Habits", "habits"]

_EDGE = 8
_FEWEST = 2
_MOST = 4

# For each feature the skill that it belongs to, and what it means at its low and its high end; "" says nothing.
_MEANINGS: Mapping[str, tuple[str, str, str]] = {
    "evidence": ("ideas", "few words point to evidence or examples", "many words point to evidence or examples"),
    "contrast_views": ("ideas", "other people's views are seldom named", "other people's views are often named"),
    "connectives": ("organization", "few words connect the sentences", "many words connect the sentences"),
    "overlap_share": ("organization", "few sentences take up the one before", "sentences take up the one before"),
    "hedges": ("voice", "little is hedged", "much is hedged"),
    "vague": ("word_choice", "vague words are rare", "vague words (thing, lot, really) are frequent"),
    "different_in_50": ("word_choice", "the same words come back soon", "words are seldom repeated"),
    "words_per_sentence_sd": ("sentence_fluency", "sentences are all about equally long", "sentences vary in length"),
    "same_opening_share": ("sentence_fluency", "", "many sentences begin like the one before"),
    "doubtful_spellings": ("conventions", "", "many words are not in the word list"),
}


@dataclass(frozen=True, slots=True)
class Habit:
    """What comes back, in how many of how many texts."""

    skill: str
    end: Literal["low", "high"]
    note: str
    texts: int
    of: int


@dataclass(frozen=True, slots=True)
class Habits:
    """The habits of a writer, most frequent first, and how many texts could not be compared (short, not English)."""

    found: tuple[Habit, ...]
    compared: int
    left_out: int


def habits(texts: Sequence[str]) -> Habits:
    """The habits in these texts; with fewer than two that can be compared there are none."""
    read = [profile(text) for text in texts if text.strip()]
    compared = [each for each in read if each.percentiles]
    found = list(_found(compared)) if len(compared) >= _FEWEST else []
    ordered = sorted(found, key=lambda habit: (-habit.texts, habit.skill))
    return Habits(tuple(ordered[:_MOST]), len(compared), len(texts) - len(compared))


def _found(compared: Sequence[Profile]) -> Iterator[Habit]:
    ends: tuple[Literal["low", "high"], ...] = ("low", "high")
    for feature, (skill, *notes) in _MEANINGS.items():
        at = [each.percentiles[feature] for each in compared]
        for end, note in zip(ends, notes, strict=True):
            texts = sum((place <= _EDGE) if end == "low" else (place >= 100 - _EDGE) for place in at)
            if note and texts >= _FEWEST and 2 * texts > len(compared):
                yield Habit(skill, end, f"{title_of(skill)}: {note}.", texts, len(compared))
