"""Whether a student leans on AI help more than learning needs: points for each sign, by one published table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.validator._context import Trend

__all__ = ["DependencyRisk", "Indicator", "InteractionPattern", "dependency_risk"]

RiskLevel = Literal["none", "low", "medium", "high", "critical"]

_ANSWER_SEEKING = frozenset({"answer", "solution", "rewrite", "write", "complete"})

# (limit, points), strictest first: the first limit that is passed counts.
_FREQUENCY = ((10.0, 40), (5.0, 25), (3.0, 15), (2.0, 8))
_REFLECTION = ((30.0, 25), (50.0, 15), (70.0, 8))
_INDEPENDENT = ((0.2, 30), (0.4, 20), (0.6, 10))
_FIRST_REQUEST = ((2.0, 20), (5.0, 12), (10.0, 5))
_LEVELS: tuple[tuple[int, RiskLevel], ...] = ((80, "critical"), (60, "high"), (40, "medium"), (20, "low"))


@dataclass(frozen=True, slots=True)
class InteractionPattern:
    """How a student asks for help; what is unknown counts nothing."""

    frequency: float
    """Requests an hour."""
    request_types: tuple[str, ...] = ()
    """What was asked for, in order: explanation, feedback, assistance, answer ..."""
    reflection_quality: float | None = None
    """0 to 100."""
    independent_work_ratio: float | None = None
    """Share of the work done without AI, 0 to 1."""
    minutes_before_first_request: float | None = None
    trend: Trend | None = None
    """Whether independence is increasing, stable or decreasing."""
    uses_help_in_overload: bool = False
    independence_is_a_weakness: bool = False
    reflects_for_show: bool = False
    """Reflections that the writing-analysis server found written for the gate and not about the text."""
    request_levels: tuple[int, ...] = ()
    """Bloom levels (1 to 6) of what was asked, in order."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One sign and the points it adds."""

    sign: str
    points: int


@dataclass(frozen=True, slots=True)
class DependencyRisk:
    """The sum of points (0 to 100), its band, and what may help; never a reproach."""

    risk_level: RiskLevel
    risk_score: int
    indicators: tuple[Indicator, ...]
    interventions: tuple[str, ...]
    unknown: tuple[str, ...]


def dependency_risk(pattern: InteractionPattern) -> DependencyRisk:
    """The risk that the pattern shows, with the points that make it up."""
    _check(pattern)
    indicators = tuple(_indicators(pattern))
    score = min(100, sum(indicator.points for indicator in indicators))
    reached: list[RiskLevel] = [name for limit, name in _LEVELS if score >= limit]
    level: RiskLevel = reached[0] if reached else "none"
    optional = ("reflection_quality", "independent_work_ratio", "minutes_before_first_request")
    return DependencyRisk(
        risk_level=level,
        risk_score=score,
        indicators=indicators,
        interventions=tuple(_interventions(pattern, level)),
        unknown=tuple(name for name in optional if getattr(pattern, name) is None),
    )


def _check(pattern: InteractionPattern) -> None:
    limits = {
        "frequency": 1000.0,
        "reflection_quality": 100.0,
        "independent_work_ratio": 1.0,
        "minutes_before_first_request": 100_000.0,
    }
    if any(not 1 <= level <= 6 for level in pattern.request_levels):
        raise InvalidInput("`request_levels` must be between 1 and 6.", hint="1 remember to 6 create.")
    for name, top in limits.items():
        value = getattr(pattern, name)
        if value is not None and not 0 <= value <= top:
            raise InvalidInput(f"`{name}` must be between 0 and {top:g}.", hint="See the tool's input schema.")


def _indicators(pattern: InteractionPattern) -> Iterator[Indicator]:
    yield from _above("many requests an hour", pattern.frequency, _FREQUENCY)
    kinds = [kind.casefold() for kind in pattern.request_types]
    if any(kind in _ANSWER_SEEKING for kind in kinds):
        yield Indicator("asks for answers", 25)
    if len(kinds) > 2 and len(set(kinds)) == 1:
        yield Indicator("always asks for the same", 15)
    yield from _below("reflections say little", pattern.reflection_quality, _REFLECTION)
    yield from _below("little work without AI", pattern.independent_work_ratio, _INDEPENDENT)
    yield from _below("asks before trying", pattern.minutes_before_first_request, _FIRST_REQUEST)
    yield from _of_profile(pattern)


def _of_profile(pattern: InteractionPattern) -> Iterator[Indicator]:
    """Signs that need the student's profile; without one they add nothing."""
    half = len(pattern.request_levels) // 2
    if half and mean(pattern.request_levels[half:]) < mean(pattern.request_levels[:half]) - 0.5:
        yield Indicator("asks ever simpler things", 20)
    if pattern.trend == "decreasing":
        yield Indicator("independence is falling", 20)
    if pattern.independence_is_a_weakness:
        yield Indicator("working alone is hard for this student", 15)
    if pattern.uses_help_in_overload:
        yield Indicator("asks for help when overloaded", 10)
    if pattern.reflects_for_show:
        yield Indicator("reflections are written for the gate", 15)


def _above(sign: str, value: float, table: Sequence[tuple[float, int]]) -> Iterator[Indicator]:
    points = next((points for limit, points in table if value > limit), 0)
    if points:
        yield Indicator(sign, points)


def _below(sign: str, value: float | None, table: Sequence[tuple[float, int]]) -> Iterator[Indicator]:
    points = next((points for limit, points in table if value is not None and value < limit), 0)
    if points:
        yield Indicator(sign, points)


def _interventions(pattern: InteractionPattern, level: RiskLevel) -> Iterator[str]:
    if level in {"high", "critical"}:
        yield "Two requests an hour, each after 15 minutes of own work."
        yield "A conversation with the educator about what help is for."
    if pattern.reflection_quality is not None and pattern.reflection_quality < 50:
        yield "A short workshop on reflecting: one change, one reason."
    if pattern.independent_work_ratio is not None and pattern.independent_work_ratio < 0.4:
        yield "One paragraph written without AI, then compared with a helped one."
    if pattern.reflects_for_show:
        yield "A talk about what reflections are for: they are read, and they unlock nothing by their length."
    if level != "none":
        yield "The student's own list of what helps to start: notes, a timer, reading aloud, a friend."
