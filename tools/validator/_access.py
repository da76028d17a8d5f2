"""
How much AI help a student's work has earned over time, by one formula.

0.4 reflection + 0.3 independence + 0.2 consistency, plus up to 10 for time and for breakthroughs each, minus up to
20 for struggles. Where the levels begin, and that one rises a step at a time, stands in `scribetree.tools.access`.
"""

from dataclasses import dataclass

from scribetree.errors import InvalidInput
from scribetree.tools.access import LEVELS, TABLE, AccessLevel, row, stepped

__all__ = ["AccessDecision", "AccessLevel", "StudentMetrics", "progressive_access"]

_ENHANCED_REFLECTION = 80
_ENHANCED_INDEPENDENCE = 70
_ENHANCED_DAYS = 14


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
    recommended = stepped(current, _supported(score, metrics))
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


def _supported(score: float, metrics: StudentMetrics) -> AccessLevel:
    reached: list[AccessLevel] = [each.level for each in TABLE if score >= each.standing]
    return reached[-1] if reached[-1] != "enhanced" or _earned_enhanced(metrics) else "standard"


def _earned_enhanced(metrics: StudentMetrics) -> bool:
    return (
        metrics.reflection_average >= _ENHANCED_REFLECTION
        and metrics.independence >= _ENHANCED_INDEPENDENCE
        and metrics.days_in_level >= _ENHANCED_DAYS
    )


_ENHANCED_NEEDS = (
    f"Reflections of {_ENHANCED_REFLECTION}, independence of {_ENHANCED_INDEPENDENCE} "
    f"and {_ENHANCED_DAYS} days in the level."
)


def _issues(wanted: AccessLevel, recommended: AccessLevel, metrics: StudentMetrics) -> list[str]:
    if LEVELS.index(wanted) <= LEVELS.index(recommended):
        return []
    issues = [f"The metrics support {recommended}, and {wanted} is more."]
    if wanted == "enhanced" and not _earned_enhanced(metrics):
        issues.append(f"Enhanced asks for more: {_ENHANCED_NEEDS}")
    return issues


def _next_requirements(recommended: AccessLevel, score: float, metrics: StudentMetrics) -> tuple[str, ...]:
    if recommended == LEVELS[-1]:
        return ("Keep it up.",)
    above = LEVELS[LEVELS.index(recommended) + 1]
    short = row(above).standing - score
    needs = [f"{short:.0f} more points towards {above}."] if short > 0 else []
    if above == "enhanced" and not _earned_enhanced(metrics):
        needs.append(_ENHANCED_NEEDS)
    return tuple(needs) or (f"Stay at this level for a while; {above} comes one step at a time.",)
