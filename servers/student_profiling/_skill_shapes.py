"""How one skill is shown: what is said of it, how sure that is, on what it rests, what would let one say more."""

from collections.abc import Sequence
from dataclasses import dataclass

from scribetree.servers.student_profiling._records import EvidenceLink, Judged, evidence, on_day
from scribetree.tools import profiling

__all__ = ["GrowthShown", "PhaseShown", "ShiftShown", "SkillShown", "shown"]


@dataclass(frozen=True, slots=True)
class GrowthShown:
    """The change of a level (0 to 1) in so many days, with a 90 % interval; unclear while that holds 0."""

    days: int
    change: float
    low: float
    high: float
    a_month: float
    direction: profiling.Direction


@dataclass(frozen=True, slots=True)
class ShiftShown:
    """A sudden change of a level, about that day (ISO 8601), with a 90 % interval of its size."""

    about: str
    size: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """A stretch without a sudden change, and where the level went in it; None: too few texts to say."""

    begins: str
    ends: str
    texts: int
    direction: profiling.Direction | None


@dataclass(frozen=True, slots=True)
class SkillShown:
    """
    One skill: its level from 0 to 1 with a 90 % interval, all None below three judged texts.

    `band` is None where no band holds the level with 80 %. `genres` are the kinds of text that were judged; the level
    is that of a middling one. `needed` is what is missing for what is not said.
    """

    skill: str
    title: str
    level: float | None
    low: float | None
    high: float | None
    band: profiling.Band | None
    growth: GrowthShown | None
    sudden_changes: tuple[ShiftShown, ...]
    phases: tuple[PhaseShown, ...]
    texts: int
    genres: tuple[str, ...]
    last_judged: str
    needed: tuple[str, ...]
    evidence: tuple[EvidenceLink, ...]


def shown(path: profiling.SkillPath, judged: Sequence[Judged]) -> SkillShown:
    """The skill with its evidence, dates in the place of days."""
    estimate, growth = path.estimate, path.growth
    return SkillShown(
        skill=path.skill,
        title=profiling.title_of(path.skill),
        level=estimate.level,
        low=estimate.low,
        high=estimate.high,
        band=path.band,
        growth=None
        if growth is None
        else GrowthShown(growth.days, growth.change, growth.low, growth.high, growth.a_month, growth.direction),
        sudden_changes=tuple(ShiftShown(on_day(c.day), c.size, c.low, c.high) for c in path.changes),
        phases=tuple(PhaseShown(on_day(p.begins), on_day(p.ends), p.texts, p.direction) for p in path.phases),
        texts=estimate.texts,
        genres=estimate.genres,
        last_judged=on_day(estimate.last_day),
        needed=estimate.needed,
        evidence=evidence(judged, path.skill),
    )
