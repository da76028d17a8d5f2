"""How well a goal is doing: the plain mean of five shares, so that each can be argued about."""

from dataclasses import asdict, dataclass
from statistics import mean
from typing import Literal

from scribetree.errors import InvalidInput

__all__ = ["GoalHealth", "GoalSignals", "goal_health"]

Band = Literal["excellent", "good", "fair", "poor", "critical"]

_BANDS: tuple[tuple[float, Band], ...] = ((80, "excellent"), (65, "good"), (45, "fair"), (25, "poor"))


@dataclass(frozen=True, slots=True)
class GoalSignals:
    """The five parts, each 0 to 100; None where it is not known."""

    progress: float | None = None
    velocity: float | None = None
    confidence: float | None = None
    dependency: float | None = None
    alignment: float | None = None


@dataclass(frozen=True, slots=True)
class GoalHealth:
    """The mean of the known parts, its band, what each part adds, and the weakest part."""

    score: float
    band: Band
    contributions: dict[str, float]
    weakest: str
    unknown: tuple[str, ...]


def goal_health(signals: GoalSignals) -> GoalHealth:
    """The health that the known parts show."""
    known = {name: value for name, value in asdict(signals).items() if value is not None}
    for name, value in known.items():
        if not 0 <= value <= 100:
            raise InvalidInput(f"`{name}` must be between 0 and 100.", hint="Give it in percent.")
    if not known:
        raise InvalidInput("No part of the goal's health is known.", hint="Give at least `progress`.")
    score = mean(known.values())
    bands: list[Band] = [band for limit, band in _BANDS if score >= limit]
    return GoalHealth(
        score=round(score, 1),
        band=bands[0] if bands else "critical",
        contributions={name: round(value / len(known), 2) for name, value in known.items()},
        weakest=min(known, key=lambda name: known[name]),
        unknown=tuple(name for name in asdict(signals) if name not in known),
    )
