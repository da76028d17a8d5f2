"""What a change in a student's work is called, how grave it is, and the figures that it is told with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.alerts._kinds import SEVERITIES, AlertType, Severity

__all__ = ["Evidence", "Measure", "Signal", "signal"]

Measure = Literal["sessions_a_week", "words_a_minute", "marks", "reflection_depth", "pasted_share"]

_ALONE: Mapping[Measure, AlertType] = {
    "sessions_a_week": "engagement_drop",
    "words_a_minute": "progress_concern",
    "marks": "quality_decline",
    "reflection_depth": "intervention_needed",
    "pasted_share": "academic_integrity",
}
_WORDS: Mapping[Measure, str] = {
    "sessions_a_week": "sessions a week {usual:.1f} -> {lately:.1f}",
    "words_a_minute": "words a minute {usual:.1f} -> {lately:.1f}",
    "marks": "the skills that fell most, beside the class, {usual:+.2f} -> {lately:+.2f}",
    "reflection_depth": "depth of reflection {usual:.2f} -> {lately:.2f}",
    "pasted_share": "pasted share {usual:.2f} -> {lately:.2f}",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measure's part in a signal; `strength` is 1 where it alone would have been enough."""

    measure: Measure
    usual: float
    lately: float
    observations: int
    strength: float


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that changed, the day on which that became clear, and what it rests on; it quotes no text."""

    day: float
    alert_type: AlertType
    severity: Severity
    statement: str
    evidence: tuple[Evidence, ...]


def signal(day: float, evidence: tuple[Evidence, ...]) -> Signal:
    """What changed, under the name of the measure that changed most, or of several together."""
    first = max(evidence, key=lambda each: each.strength)
    working = [each for each in evidence if each.measure != "pasted_share"]
    severity = _severity(evidence)
    alert_type = _ALONE[first.measure]
    if len(working) >= 2 and first.measure != "pasted_share":
        alert_type = "urgent_support" if severity == "urgent" else "intervention_needed"
    told = "; ".join(_WORDS[each.measure].format(usual=each.usual, lately=each.lately) for each in evidence)
    return Signal(day, alert_type, severity, f"Unlike this student's usual work: {told}.", evidence)


def _severity(evidence: Sequence[Evidence]) -> Severity:
    """How large the change is, and one step more where several measures changed together; urgent only with both."""
    steps = sum(max(map(_size, evidence)) >= limit for limit in (0.35, 0.6, 0.85))
    together = 1 if len(evidence) >= 2 else 0
    return SEVERITIES[steps + together]


def _size(evidence: Evidence) -> float:
    """0 for no change, 1 for as much as can be: the share that is lost, or of a scale."""
    if evidence.measure in {"sessions_a_week", "words_a_minute"}:
        return max(0.0, 1 - evidence.lately / evidence.usual) if evidence.usual > 0 else 0.0
    return min(1.0, 1.5 * abs(evidence.lately - evidence.usual))
