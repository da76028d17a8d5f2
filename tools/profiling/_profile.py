"""
What a student's records say of them as a writer: strengths first, each with how sure it is, then what is not known.

A strength is a skill that lies above the student's own middle, or that grew: everybody has some, and nobody is compared
with anybody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from scribetree.tools.profiling._estimate import chance_positive
from scribetree.tools.profiling._traits import TRAITS, title_of
from scribetree.tools.profiling._trajectory import SkillPath

__all__ = ["Strength", "Unknown", "strengths", "unknowns"]

_SURE = 0.75
_MOST = 5
_OLD_DAYS = 60


@dataclass(frozen=True, slots=True)
class Strength:
    """Something that goes well, on what it rests, and how probable it is that it is so (0 to 1)."""

    skill: str
    kind: Literal["relative_strength", "growth", "breakthrough"]
    statement: str
    chance: float
    texts: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that cannot be said, and what it would take."""

    about: str
    why: str
    needed: str


def strengths(paths: Sequence[SkillPath]) -> tuple[Strength, ...]:
    """What goes well, the surest first."""
    known = [path for path in paths if path.estimate.level is not None]
    found = [*_relative(known), *_grown(known), *_leapt(known)]
    return tuple(sorted(found, key=lambda each: (-each.chance, each.skill))[:_MOST])


def unknowns(paths: Sequence[SkillPath], *, now_day: float) -> tuple[Unknown, ...]:
    """What is not known of the model's skills, and what is known of another time or one kind of text only."""
    by_name: Mapping[str, SkillPath] = {path.skill: path for path in paths}
    found: list[Unknown] = []
    unjudged = [title_of(name) for name in TRAITS if name not in by_name]
    if unjudged:
        found.append(Unknown(", ".join(unjudged), "Nobody has judged these yet.", "Judge them in three texts."))
    for path in paths:
        title = title_of(path.skill)
        found += [Unknown(title, "Too few judgements.", need) for need in path.estimate.needed[:1]]
    judged = [path for path in paths if path.estimate.level is not None]
    if judged and now_day - max(path.estimate.last_day for path in judged) > _OLD_DAYS:
        days = round(now_day - max(path.estimate.last_day for path in judged))
        found.append(Unknown("Today", f"The last judgement is {days} days old.", "Judge a new text."))
    genres = {genre for path in judged for genre in path.estimate.genres}
    if judged and len(genres) < 2:
        told = "one kind of text" if genres else "texts of kinds that were not named"
        found.append(Unknown("Other kinds of text", f"All judgements are of {told}.", "Name the genre; vary it."))
    return tuple(found)


def _relative(known: Sequence[SkillPath]) -> list[Strength]:
    if len(known) < 2:
        return []
    middle = mean(path.estimate.level or 0.0 for path in known)
    found: list[Strength] = []
    for path in known:
        chance = path.estimate.chance_above(middle) or 0.0
        if chance >= _SURE:
            statement = f"{title_of(path.skill)} stands above your own middle."
            found.append(Strength(path.skill, "relative_strength", statement, round(chance, 2), path.estimate.texts))
    return found


def _grown(known: Sequence[SkillPath]) -> list[Strength]:
    found: list[Strength] = []
    for path in known:
        growth = path.growth
        if growth is not None and growth.direction == "rising":
            statement = (
                f"{title_of(path.skill)} grew by {growth.change:.2f} ({growth.low:.2f} to {growth.high:.2f}) "
                f"in {growth.days} days."
            )
            chance = chance_positive(growth.low, growth.high)
            found.append(Strength(path.skill, "growth", statement, chance, path.estimate.texts))
    return found


def _leapt(known: Sequence[SkillPath]) -> list[Strength]:
    return [
        Strength(
            path.skill,
            "breakthrough",
            f"{title_of(path.skill)} took a leap of about {change.size:.2f}.",
            chance_positive(change.low, change.high),
            path.estimate.texts,
        )
        for path in known
        for change in path.changes
        if change.low > 0
    ]
