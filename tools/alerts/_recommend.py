"""
What a teacher might do next for one student: from what changed (signals), and from single measures (rules).

A signal says how the student's own work has changed, and is as sure as signals were found to be. A rule looks at one
measure and one threshold, starting points of the origin system and of ours and no findings of research; each names its
measure and threshold, so that a teacher can disagree. What to do comes from the catalogue, with its evidence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.alerts._catalogue import Intervention, SuggestedAction, Trials, ordered_for
from scribetree.tools.alerts._change import Signal
from scribetree.tools.alerts._kinds import MOMENTS, AlertType, InterventionType, Severity, Timeframe

__all__ = ["InterventionPlan", "Measures", "Recommendation", "SuggestedAlert", "recommend"]

_SIGNALS_RIGHT = 0.8
"""The share of signals that were right in simulated years that they were not tuned on (docs/cards/alerts.md)."""
_CLEAR = 0.75
_MANY = 3
_LARGEST_MINUTES = 100_000.0


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a student's work; each may be unknown. Shares are 0 to 1, durations are minutes."""

    cognitive_load: float | None = None
    engagement_score: float | None = None
    quality_score: float | None = None
    reflection_depth: float | None = None
    time_on_task: float | None = None
    struggling_duration: float | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """
    One intervention of the catalogue, what led to it, and how sure that is (0 to 1).

    `expected_effect` is what studies found on average (None: not studied), `tried` and `helped` what this teacher's own
    trials came to; whether it helps here is seen in `measured_by` after `judge_after_days`.
    """

    intervention: str
    type: InterventionType
    confidence: float
    rationale: str
    suggested_actions: tuple[SuggestedAction, ...]
    expected_outcomes: tuple[str, ...]
    timeframe: Timeframe
    measure: str
    value: float
    threshold: float
    expected_effect: float | None
    evidence: str
    source: str
    measured_by: str
    judge_after_days: int
    tried: int
    helped: int


@dataclass(frozen=True, slots=True)
class SuggestedAlert:
    """An alert that is called for; it holds no text by the student."""

    alert_type: AlertType
    severity: Severity
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class InterventionPlan:
    """The recommendations, surest first, and the alerts they call for; `abstained` where nothing was there to see."""

    recommendations: tuple[Recommendation, ...]
    alerts: tuple[SuggestedAlert, ...]
    signals: tuple[Signal, ...]
    measures_used: tuple[str, ...]
    measures_missing: tuple[str, ...]
    abstained: bool
    note: str


@dataclass(frozen=True, slots=True)
class _Rule:
    measure: str
    beyond: Literal["above", "below"]
    threshold: float
    span: float
    """How far beyond the threshold the rule is as sure as it can be."""
    base: float
    meaning: str
    alert: AlertType
    severe_at: float
    """Beyond this value the alert is of high severity."""


_RULES = (
    _Rule(
        "cognitive_load",
        "above",
        0.8,
        0.2,
        0.7,
        "the work seems to ask more at once than the student can hold",
        "intervention_needed",
        0.9,
    ),
    _Rule(
        "struggling_duration",
        "above",
        20.0,
        40.0,
        0.6,
        "the student has been stuck for longer than struggle is productive",
        "progress_concern",
        45.0,
    ),
    _Rule(
        "engagement_score",
        "below",
        0.4,
        0.4,
        0.6,
        "the student works little with the task",
        "engagement_drop",
        0.2,
    ),
    _Rule(
        "quality_score",
        "below",
        0.5,
        0.5,
        0.6,
        "the work is below what the task asks for",
        "quality_decline",
        0.25,
    ),
    _Rule(
        "reflection_depth",
        "below",
        0.4,
        0.4,
        0.6,
        "the reflection tells what was done and hardly why",
        "intervention_needed",
        0.05,
    ),
)


def recommend(
    measures: Measures,
    signals: Sequence[Signal] = (),
    trials: Mapping[str, Trials] | None = None,
    *,
    looked: bool = False,
) -> InterventionPlan:
    """
    The plan that measures and signals call for.

    With no measure, and no records that were `looked` at, it abstains, and says what would help.
    """
    own = trials or {}
    known = {field.name: getattr(measures, field.name) for field in fields(measures)}
    used = tuple(name for name, value in known.items() if value is not None)
    for name in used:
        _check(name, known[name])
    by_rule = [(rule, _by_rule(rule, value, own)) for rule, value in _matches(known)]
    found = sorted([each for _, each in by_rule] + list(_by_signals(signals, own)), key=lambda each: -each.confidence)
    alerts = [_alert(rule, each) for rule, each in by_rule if each.confidence >= _CLEAR]
    return InterventionPlan(
        recommendations=tuple(found),
        alerts=(*_of_signals(signals, own), *_largest(alerts)),
        signals=tuple(signals),
        measures_used=used,
        measures_missing=tuple(name for name in known if name not in used),
        abstained=not used and not looked,
        note=_note(is_empty=not used and not looked, found=len(found)),
    )


def _check(name: str, value: float) -> None:
    top = _LARGEST_MINUTES if name in {"time_on_task", "struggling_duration"} else 1.0
    if not 0 <= value <= top:
        raise InvalidInput(f"`{name}` must be between 0 and {top:g}.", hint="Shares are 0 to 1, durations minutes.")


def _matches(known: Mapping[str, float | None]) -> Iterator[tuple[_Rule, float]]:
    for rule in _RULES:
        value = known[rule.measure]
        if value is not None and _distance(rule, value) > 0:
            yield rule, value


def _distance(rule: _Rule, value: float) -> float:
    return value - rule.threshold if rule.beyond == "above" else rule.threshold - value


def _by_rule(rule: _Rule, value: float, own: Mapping[str, Trials]) -> Recommendation:
    share = min(1.0, _distance(rule, value) / rule.span)
    return _recommendation(
        ordered_for(rule.measure, own)[0],
        own,
        confidence=round(rule.base + (0.95 - rule.base) * share, 2),
        rationale=f"{rule.measure} is {value:g}, {rule.beyond} {rule.threshold:g}: {rule.meaning}.",
        measure=rule.measure,
        value=round(value, 3),
        threshold=rule.threshold,
    )


def _by_signals(signals: Sequence[Signal], own: Mapping[str, Trials]) -> Iterator[Recommendation]:
    for signal in signals:
        if signal.alert_type in MOMENTS:
            continue
        first = max(signal.evidence, key=lambda each: each.strength)
        for intervention in ordered_for(_cause(signal), own)[:2]:
            yield _recommendation(
                intervention,
                own,
                confidence=_SIGNALS_RIGHT,
                rationale=signal.statement,
                measure=first.measure,
                value=first.lately,
                threshold=first.usual,
            )


def _cause(signal: Signal) -> str:
    """Where several measures changed together, that is the cause to deal with, and none of them alone."""
    (first, *more) = signal.evidence
    return "overload" if more else first.measure


def _recommendation(
    intervention: Intervention,
    own: Mapping[str, Trials],
    *,
    confidence: float,
    rationale: str,
    measure: str,
    value: float,
    threshold: float,
) -> Recommendation:
    trials = own.get(intervention.id, Trials())
    return Recommendation(
        intervention=intervention.id,
        type=intervention.type,
        confidence=confidence,
        rationale=rationale,
        suggested_actions=intervention.actions,
        expected_outcomes=intervention.outcomes,
        timeframe=intervention.timeframe,
        measure=measure,
        value=value,
        threshold=threshold,
        expected_effect=intervention.effect,
        evidence=intervention.evidence,
        source=intervention.source,
        measured_by=intervention.measured_by,
        judge_after_days=intervention.judge_after_days,
        tried=trials.tried,
        helped=trials.helped,
    )


def _of_signals(signals: Sequence[Signal], own: Mapping[str, Trials]) -> Iterator[SuggestedAlert]:
    for signal in signals:
        if signal.alert_type in MOMENTS:
            yield SuggestedAlert(signal.alert_type, signal.severity, "A good moment", signal.statement)
            continue
        first = ordered_for(_cause(signal), own)[0]
        yield SuggestedAlert(
            signal.alert_type,
            signal.severity,
            f"Worth a look: {signal.alert_type.replace('_', ' ')}",
            f"{signal.statement} First idea: {first.actions[0].description}",
        )


def _alert(rule: _Rule, recommendation: Recommendation) -> SuggestedAlert:
    beyond = recommendation.value > rule.severe_at if rule.beyond == "above" else recommendation.value < rule.severe_at
    return SuggestedAlert(
        alert_type=rule.alert,
        severity="high" if beyond else "medium",
        title=f"Worth a look: {recommendation.type.replace('_', ' ')}",
        description=f"{recommendation.rationale} First idea: {recommendation.suggested_actions[0].description}",
    )


def _largest(alerts: Sequence[SuggestedAlert]) -> Iterator[SuggestedAlert]:
    """Several grave alerts about one student at once have one cause: one alert tells of it."""
    if sum(alert.severity == "high" for alert in alerts) < _MANY:
        yield from alerts
        return
    told = " ".join(alert.description.split(" First idea:")[0] for alert in alerts)
    yield SuggestedAlert("urgent_support", "critical", "Worth a look today: several things at once", told[:1000])


def _note(*, is_empty: bool, found: int) -> str:
    if is_empty:
        return "Nothing was measured, so nothing is recommended."
    if not found:
        return "Nothing that was looked at calls for an intervention."
    return "Reasons to look, not a diagnosis: check each against what you know of the student."
