"""Where a student's skills are and where they are going: levels, growth, sudden changes, phases, what to expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scribetree.tools.profiling._estimate import Change, Direction, Estimate, Growth, estimate, estimates
from scribetree.tools.profiling._kalman import Observation
from scribetree.tools.profiling._skills import Band, band_of
from scribetree.tools.profiling._traits import REFLECTION, TRAITS

__all__ = ["AHEAD_DAYS", "OVERALL", "Phase", "SkillPath", "overall", "paths", "phase_now"]

AHEAD_DAYS = 28
OVERALL = "overall"
_SURE = 0.8
_BANDS: tuple[tuple[Band, float], ...] = (("beginning", 0.0), ("developing", 0.3), ("secure", 0.7))


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of time without a sudden change, in days, and where the level went in it; None: too few texts."""

    begins: float
    ends: float
    texts: int
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class SkillPath:
    """One skill: what is said of it, in which band it is with which probability, and its stretches."""

    skill: str
    estimate: Estimate
    band: Band | None
    band_chance: float | None
    phases: tuple[Phase, ...]

    @property
    def growth(self) -> Growth | None:
        """Where it is going."""
        return self.estimate.growth

    @property
    def changes(self) -> tuple[Change, ...]:
        """Its sudden changes."""
        return self.estimate.changes


def paths(observations: Mapping[str, Sequence[Observation]]) -> tuple[SkillPath, ...]:
    """The path of each skill that was judged at least once, the traits of the model first."""
    order = {name: place for place, name in enumerate(TRAITS)}
    names = sorted(observations, key=lambda name: (order.get(name, len(order)), name))
    judged = {name: observations[name] for name in names if observations[name]}
    found = estimates(judged, ahead_days=AHEAD_DAYS)
    return tuple(_path(name, judged[name], found[name]) for name in judged)


def overall(observations: Mapping[str, Sequence[Observation]]) -> list[Observation]:
    """Each judged text as one judgement: the mean of the skills that were looked at in it, reflection left out."""
    texts: dict[tuple[object, ...], list[Observation]] = {}
    for skill, judged in observations.items():
        for each in judged if skill != REFLECTION else ():
            texts.setdefault((each.day, each.judged_by, each.genre, each.prompt), []).append(each)
    return [
        Observation(
            each[0].day, sum(one.level for one in each) / len(each), each[0].judged_by, each[0].genre, each[0].prompt
        )
        for each in texts.values()
    ]


def phase_now(path: SkillPath | None) -> str:
    """The phase in words: a band where it is sure, two where it is not, and that it is not known where it is not."""
    if path is None or path.estimate.low is None or path.estimate.high is None:
        return "not known yet"
    if path.band is not None:
        return path.band
    lower, upper = band_of(path.estimate.low), band_of(path.estimate.high)
    return f"{lower} to {upper}" if lower != upper else lower


def _path(skill: str, observations: Sequence[Observation], found: Estimate) -> SkillPath:
    band, chance = _band(found)
    return SkillPath(skill, found, band, chance, _phases(observations, found))


def _band(found: Estimate) -> tuple[Band | None, float | None]:
    """The band in which the level lies with at least 80 %."""
    if found.level is None:
        return None, None
    above = [found.chance_above(begins) or 0.0 for _, begins in _BANDS]
    above[0] = 1.0
    chances = [one - other for one, other in zip(above, [*above[1:], 0.0], strict=True)]
    best = max(range(len(chances)), key=lambda place: chances[place])
    return (_BANDS[best][0] if chances[best] >= _SURE else None), round(chances[best], 2)


def _phases(observations: Sequence[Observation], found: Estimate) -> tuple[Phase, ...]:
    """The stretches between sudden changes; without one, the whole."""
    days = sorted(each.day for each in observations)
    edges = [days[0], *(change.day for change in found.changes), float("inf")]
    phases: list[Phase] = []
    for begins, ends in pairwise(edges):
        within = [each for each in observations if begins <= each.day < ends]
        if not within:
            continue
        whole = found if len(within) == len(observations) else estimate(within, known=())
        direction = whole.growth.direction if whole.growth else None
        texts = len({each.prompt or each.day for each in within})
        phases.append(Phase(begins, max(each.day for each in within), texts, direction))
    return tuple(phases)
