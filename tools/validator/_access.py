"""
How much AI help a student's work has earned, by one formula.

0.4 reflection + 0.3 independence + 0.2 consistency, plus up to 10 for time and for breakthroughs each, minus up to
20 for struggles. Levels begin at 45, 65 and 85. A level rises one step at a time; it may fall by more.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from scribetree.errors import InvalidInput

__all__ = ["AccessDecision", "AccessLevel", "StudentMetrics", "progressive_access"]

AccessLevel = Literal["restricted", "basic", "standard", "enhanced"]

_LEVELS: tuple[AccessLevel, ...] = get_args(AccessLevel)
_FROM = (0.0, 45.0, 65.0, 85.0)


@dataclass(frozen=True, slots=True)
class StudentMetrics:
    """What access follows from; the first three are 0 to 100."""

    reflection_average: float
    independence: float
    consistency: float
    days_in_level: float = 0.0
    breakthroughs: int = 0
    struggles: int = 0


@dataclass(frozen=True, slots=True)
class AccessDecision:
    """The level that the metrics support, and the parts of the score that led there."""

    is_valid: bool
    current_level: AccessLevel
    recommended_level: AccessLevel
    score: float
    contributions: dict[str, float]
    issues: tuple[str, ...]
    next_requirements: tuple[str, ...]


def progressive_access(
    current: AccessLevel, metrics: StudentMetrics, *, proposed: AccessLevel | None = None
) -> AccessDecision:
    """The recommended level; `is_valid` tells whether the proposed one (else the current) may be given."""
    _check(metrics)
    contributions = _contributions(metrics)
    score = round(max(0.0, min(100.0, sum(contributions.values()))), 1)
    recommended = _one_step_up(current, _supported(score, metrics))
    wanted = proposed or current
    issues = tuple(_issues(wanted, recommended, metrics))
    return AccessDecision(
        is_valid=not issues,
        current_level=current,
        recommended_level=recommended,
        score=score,
        contributions=contributions,
        issues=issues,
        next_requirements=_next_requirements(recommended, score, metrics),
    )


def _check(metrics: StudentMetrics) -> None:
    for name in ("reflection_average", "independence", "consistency"):
        if not 0 <= getattr(metrics, name) <= 100:
            raise InvalidInput(f"`{name}` must be between 0 and 100.", hint="Give it in percent.")
    for name in ("days_in_level", "breakthroughs", "struggles"):
        if getattr(metrics, name) < 0:
            raise InvalidInput(f"`{name}` must not be negative.", hint="Give a count, or leave it out.")


def _contributions(metrics: StudentMetrics) -> dict[str, float]:
    days = metrics.days_in_level
    return {
        "reflection": round(0.4 * metrics.reflection_average, 2),
        "independence": round(0.3 * metrics.independence, 2),
        "consistency": round(0.2 * metrics.consistency, 2),
        "time": 10.0 if days > 30 else 5.0 if days > 14 else 0.0,
        "breakthroughs": float(min(10, 3 * metrics.breakthroughs)),
        "struggles": -float(min(20, 5 * metrics.struggles)),
    }


def _supported(score: float, metrics: StudentMetrics) -> int:
    level = max(index for index, limit in enumerate(_FROM) if score >= limit)
    return level if level < 3 or _earned_enhanced(metrics) else 2


def _earned_enhanced(metrics: StudentMetrics) -> bool:
    return metrics.reflection_average >= 80 and metrics.independence >= 70 and metrics.days_in_level >= 14


def _one_step_up(current: AccessLevel, supported: int) -> AccessLevel:
    return _LEVELS[min(supported, _LEVELS.index(current) + 1)]


def _issues(wanted: AccessLevel, recommended: AccessLevel, metrics: StudentMetrics) -> list[str]:
    if _LEVELS.index(wanted) <= _LEVELS.index(recommended):
        return []
    issues = [f"The metrics support {recommended}, and {wanted} is more."]
    if wanted == "enhanced" and not _earned_enhanced(metrics):
        issues.append("Enhanced needs reflections of 80, independence of 70 and 14 days in the level.")
    return issues


def _next_requirements(recommended: AccessLevel, score: float, metrics: StudentMetrics) -> tuple[str, ...]:
    index = _LEVELS.index(recommended)
    if index == 3:
        return ("Keep it up.",)
    missing = _FROM[index + 1] - score
    needs = [f"{missing:.0f} more points towards {_LEVELS[index + 1]}."] if missing > 0 else []
    if index == 2 and not _earned_enhanced(metrics):
        needs.append("Reflections of 80, independence of 70 and 14 days in the level.")
    return tuple(needs) or (f"Stay at this level for a while; {_LEVELS[index + 1]} comes one step at a time.",)
