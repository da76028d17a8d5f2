"""
What a student could do next: from a catalogue with sources, by what their skills need and by what has helped them.

The worth of a recommendation is need times effect. Need is how probable it is that a skill lies below its goal. Effect
starts as what the source found on average, and moves towards what earlier ones came to for this very student: a normal
prior and normal evidence. Where nothing is known about a student, the catalogue alone decides, and the answer says so.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from scribetree.tools.profiling._estimate import Estimate
from scribetree.tools.profiling._skills import SECURE
from scribetree.tools.profiling._traits import title_of

__all__ = ["Catalogued", "Outcome", "RecommendationType", "Recommended", "catalogue", "recommend"]

RecommendationType = Literal["learning", "practice", "resource", "collaboration"]

_PRIOR_SD = 0.3
"""How much the effect of one kind of help differs between students: about as much as between studies."""
_UNKNOWN_NEED = 0.5


@dataclass(frozen=True, slots=True)
class Catalogued:
    """One entry of the catalogue; `effect` in standard deviations, as its source found it on average."""

    id: str
    type: RecommendationType
    skills: tuple[str, ...]
    title: str
    description: str
    effect: float
    source: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an earlier recommendation came to for this student, in standard deviations, and how unsure that is."""

    action: str
    effect: float
    sd: float


@dataclass(frozen=True, slots=True)
class Recommended:
    """
    One thing to do, why, and on what data.

    `confidence_score` is how probable it is that the skill needs it, None where nothing is known of it.
    `expected_effect` is in standard deviations of quality: the source's mean, moved by the student's own outcomes.
    """

    id: str
    type: RecommendationType
    title: str
    description: str
    skill: str
    rationale: str
    data_used: tuple[str, ...]
    confidence_score: float | None
    expected_effect: float
    earlier: int
    minutes: int
    source: str


@cache
def catalogue() -> tuple[Catalogued, ...]:
    """The packaged catalogue."""
    packaged = json.loads(files("scribetree.tools.profiling").joinpath("recommendations.json").read_text("utf-8"))
    return tuple(_catalogued(entry, packaged["sources"]) for entry in packaged["items"])


def recommend(
    known: Mapping[str, Estimate],
    *,
    outcomes: Sequence[Outcome] = (),
    types: Sequence[RecommendationType] = (),
    goals: Mapping[str, float] | None = None,
    most: int = 5,
    usual_minutes: float | None = None,
) -> tuple[Recommended, ...]:
    """
    The most worthwhile recommendations of these types (none named: all), the best first; two a skill at most.

    What takes longer than `usual_minutes`, a usual session of the student's, comes after what does not.
    """
    entries = [each for each in catalogue() if not types or each.type in types]
    valued = [_valued(each, known, outcomes, goals or {}) for each in entries]
    limit = float("inf") if usual_minutes is None else usual_minutes
    ranked = sorted(valued, key=lambda pair: (pair[1].minutes > limit, -pair[0]))
    chosen: list[Recommended] = []
    for _, each in ranked:
        if sum(other.skill == each.skill for other in chosen) < 2:
            chosen.append(each)
    return tuple(chosen[:most])


def _catalogued(entry: Mapping[str, Any], sources: Mapping[str, str]) -> Catalogued:
    values: dict[str, Any] = {**entry, "skills": tuple(entry["skills"]), "source": sources[entry["source"]]}
    return Catalogued(**values)


def _valued(
    entry: Catalogued, known: Mapping[str, Estimate], outcomes: Sequence[Outcome], goals: Mapping[str, float]
) -> tuple[float, Recommended]:
    needs = {skill: _need(known.get(skill), goals.get(skill, SECURE)) for skill in entry.skills}
    skill = max(entry.skills, key=lambda name: (needs[name] or 0.0, -entry.skills.index(name)))
    need = needs[skill]
    earlier = [each for each in outcomes if each.action == entry.id]
    effect = _effect(entry, earlier)
    value = (_UNKNOWN_NEED if need is None else need) * effect
    data_used = tuple(
        name for name, used in (("skill_estimates", need is not None), ("recorded_effects", bool(earlier))) if used
    )
    recommended = Recommended(
        id=entry.id,
        type=entry.type,
        title=entry.title,
        description=entry.description,
        skill=skill,
        rationale=_rationale(entry, skill, known.get(skill), need, earlier),
        data_used=data_used,
        confidence_score=None if need is None else round(need, 2),
        expected_effect=round(effect, 2),
        earlier=len(earlier),
        minutes=entry.minutes,
        source=entry.source,
    )
    return value, recommended


def _need(estimate: Estimate | None, goal: float) -> float | None:
    """How probable it is that the skill lies below its goal."""
    above = None if estimate is None else estimate.chance_above(goal)
    return None if above is None else 1 - above


def _effect(entry: Catalogued, earlier: Sequence[Outcome]) -> float:
    """The source's mean and the student's own outcomes, each by its certainty."""
    precision = 1 / _PRIOR_SD**2
    weighted = entry.effect * precision
    for each in earlier:
        own = 1 / max(each.sd, 0.05) ** 2
        precision, weighted = precision + own, weighted + own * each.effect
    return weighted / precision


def _rationale(
    entry: Catalogued, skill: str, estimate: Estimate | None, need: float | None, earlier: Sequence[Outcome]
) -> str:
    title = title_of(skill)
    if estimate is None or estimate.level is None or need is None:
        why = f"It helps with {title.lower()}; nothing was looked at that says how much you need it."
    else:
        why = (
            f"{title} stands at {estimate.level:.2f} ({estimate.low:.2f} to {estimate.high:.2f}), judged in "
            f"{estimate.texts} texts; it is below its goal with a probability of {need:.0%}."
        )
    helped = f" Tried {len(earlier)} times before; what came of it is counted in." if earlier else ""
    return f"{why} On average it changed the quality of writing by {entry.effect:.2f} standard deviations.{helped}"
