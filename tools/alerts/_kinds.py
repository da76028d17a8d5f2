"""What an alert can be about, how much it presses, and what a teacher can do: the words that all of this shares."""

from typing import Literal, get_args

__all__ = [
    "ALERT_TYPES",
    "INTERVENTION_TYPES",
    "MOMENTS",
    "SEVERITIES",
    "ActionType",
    "AlertType",
    "InterventionType",
    "Severity",
    "Timeframe",
    "Urgency",
    "rank",
]

AlertType = Literal[
    "intervention_needed",
    "progress_concern",
    "academic_integrity",
    "engagement_drop",
    "quality_decline",
    "urgent_support",
    "breakthrough_moment",
    "milestone_reached",
]
Severity = Literal["low", "medium", "high", "critical", "urgent"]
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
Urgency = Literal["now", "this_week", "next_weeks"]

ALERT_TYPES: tuple[AlertType, ...] = get_args(AlertType)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
INTERVENTION_TYPES: tuple[InterventionType, ...] = get_args(InterventionType)
MOMENTS: frozenset[AlertType] = frozenset({"breakthrough_moment", "milestone_reached"})
"""What went well: worth telling, and nothing to mend."""


def rank(severity: Severity) -> int:
    """0 for low to 4 for urgent."""
    return SEVERITIES.index(severity)
