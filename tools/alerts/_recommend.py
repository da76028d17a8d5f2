"""
What a teacher might do next for one student, by rules that are written down.

A rule looks at one measure and one threshold; how sure it is grows with the distance from the threshold. The
thresholds are starting points of the origin system and of ours, not findings of research: each recommendation
names its measure and threshold, so that a teacher can disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.alerts._delivery import AlertType, Severity

__all__ = ["InterventionPlan", "Measures", "Recommendation", "SuggestedAction", "SuggestedAlert", "recommend"]

InterventionType = Literal[
    "cognitive_support",
    "engagement_boost",
    "quality_improvement",
    "progress_acceleration",
    "reflection_enhancement",
]
ActionType = Literal[
    "contact_student",
    "schedule_meeting",
    "provide_feedback",
    "modify_assignment",
    "refer_support",
    "adjust_ai_boundaries",
]
Timeframe = Literal["immediate", "short_term", "medium_term"]


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
class SuggestedAction:
    """One thing to do; `expected_duration` in minutes."""

    action_type: ActionType
    description: str
    urgency: Literal["now", "this_week", "next_weeks"]
    expected_duration: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One intervention, the measure that led to it, and how sure that is (0 to 1)."""

    type: InterventionType
    confidence: float
    rationale: str
    suggested_actions: tuple[SuggestedAction, ...]
    expected_outcomes: tuple[str, ...]
    timeframe: Timeframe
    measure: str
    value: float
    threshold: float


@dataclass(frozen=True, slots=True)
class SuggestedAlert:
    """An alert that a recommendation calls for; it holds no text by the student."""

    alert_type: AlertType
    severity: Severity
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class InterventionPlan:
    """The recommendations, strongest first, and the alerts they call for; `abstained` when nothing was measured."""

    recommendations: tuple[Recommendation, ...]
    alerts: tuple[SuggestedAlert, ...]
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
    type: InterventionType
    base: float
    timeframe: Timeframe
    meaning: str
    actions: tuple[SuggestedAction, ...]
    outcomes: tuple[str, ...]
    alert: AlertType
    severe_at: float
    """Beyond this value the alert is of high severity."""


_RULES = (
    _Rule(
        "cognitive_load",
        "above",
        0.8,
        0.2,
        "cognitive_support",
        0.7,
        "immediate",
        "the work seems to ask more at once than the student can hold",
        (
            SuggestedAction(
                "contact_student", "Ask which part feels like too much, and do that part first.", "now", 10
            ),
            SuggestedAction("modify_assignment", "Split the next step into two smaller ones.", "this_week", 15),
        ),
        ("The student names the next small step.",),
        "intervention_needed",
        0.9,
    ),
    _Rule(
        "struggling_duration",
        "above",
        20.0,
        40.0,
        "progress_acceleration",
        0.6,
        "immediate",
        "the student has been stuck for longer than struggle is productive",
        (
            SuggestedAction("contact_student", "Ask what has been tried, and give one hint as a question.", "now", 10),
            SuggestedAction("schedule_meeting", "Plan a short conference about how to begin again.", "this_week", 20),
        ),
        ("The student writes again within the next session.",),
        "progress_concern",
        45.0,
    ),
    _Rule(
        "engagement_score",
        "below",
        0.4,
        0.4,
        "engagement_boost",
        0.6,
        "short_term",
        "the student works little with the task",
        (
            SuggestedAction(
                "schedule_meeting", "Talk about what in the topic matters to the student.", "this_week", 15
            ),
            SuggestedAction("modify_assignment", "Offer a choice of audience or form.", "this_week", 15),
        ),
        ("The student returns to the draft on two days of the next week.",),
        "engagement_drop",
        0.2,
    ),
    _Rule(
        "quality_score",
        "below",
        0.5,
        0.5,
        "quality_improvement",
        0.6,
        "medium_term",
        "the work is below what the task asks for",
        (
            SuggestedAction("provide_feedback", "Comment on one strength and one next step only.", "this_week", 20),
            SuggestedAction("refer_support", "Suggest a session at the writing centre.", "next_weeks", 5),
        ),
        ("The next draft shows the one step that was named.",),
        "quality_decline",
        0.25,
    ),
    _Rule(
        "reflection_depth",
        "below",
        0.4,
        0.4,
        "reflection_enhancement",
        0.6,
        "short_term",
        "the reflection tells what was done and hardly why",
        (
            SuggestedAction(
                "provide_feedback", "Ask: which change mattered most to a reader, and why?", "this_week", 5
            ),
            SuggestedAction(
                "adjust_ai_boundaries", "Keep AI help at questions until the next reflection.", "this_week", 2
            ),
        ),
        ("The next reflection gives a reason for a named change.",),
        "intervention_needed",
        0.05,
    ),
)

_LARGEST_MINUTES = 100_000.0


def recommend(measures: Measures) -> InterventionPlan:
    """The plan that the measures call for; with no measure it abstains, and says which would help."""
    known = {field.name: getattr(measures, field.name) for field in fields(measures)}
    used = tuple(name for name, value in known.items() if value is not None)
    for name in used:
        _check(name, known[name])
    found = sorted(_matches(known), key=lambda pair: -pair[1].confidence)
    return InterventionPlan(
        recommendations=tuple(recommendation for _, recommendation in found),
        alerts=tuple(_alert(rule, recommendation) for rule, recommendation in found if _is_clear(recommendation)),
        measures_used=used,
        measures_missing=tuple(name for name in known if name not in used),
        abstained=not used,
        note=_note(used, len(found)),
    )


def _check(name: str, value: float) -> None:
    top = _LARGEST_MINUTES if name in {"time_on_task", "struggling_duration"} else 1.0
    if not 0 <= value <= top:
        raise InvalidInput(f"`{name}` must be between 0 and {top:g}.", hint="Shares are 0 to 1, durations minutes.")


def _matches(known: dict[str, float | None]) -> Iterator[tuple[_Rule, Recommendation]]:
    for rule in _RULES:
        value = known[rule.measure]
        if value is not None and _distance(rule, value) > 0:
            yield rule, _recommendation(rule, value)


def _distance(rule: _Rule, value: float) -> float:
    return value - rule.threshold if rule.beyond == "above" else rule.threshold - value


def _recommendation(rule: _Rule, value: float) -> Recommendation:
    share = min(1.0, _distance(rule, value) / rule.span)
    return Recommendation(
        type=rule.type,
        confidence=round(rule.base + (0.95 - rule.base) * share, 2),
        rationale=f"{rule.measure} is {value:g}, {rule.beyond} {rule.threshold:g}: {rule.meaning}.",
        suggested_actions=rule.actions,
        expected_outcomes=rule.outcomes,
        timeframe=rule.timeframe,
        measure=rule.measure,
        value=round(value, 3),
        threshold=rule.threshold,
    )


def _is_clear(recommendation: Recommendation) -> bool:
    """An alert interrupts a person: only what is well beyond its threshold is worth one."""
    return recommendation.confidence >= 0.75


def _alert(rule: _Rule, recommendation: Recommendation) -> SuggestedAlert:
    beyond = recommendation.value > rule.severe_at if rule.beyond == "above" else recommendation.value < rule.severe_at
    return SuggestedAlert(
        alert_type=rule.alert,
        severity="high" if beyond else "medium",
        title=f"Worth a look: {recommendation.type.replace('_', ' ')}",
        description=f"{recommendation.rationale} First idea: {recommendation.suggested_actions[0].description}",
    )


def _note(used: tuple[str, ...], found: int) -> str:
    if not used:
        return "Nothing was measured, so nothing is recommended."
    if not found:
        return "Nothing that was measured calls for an intervention."
    return "Rules, not a diagnosis: check each against what you know of the student."
