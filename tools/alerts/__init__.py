"""Who may need help, what a teacher might do, and when a teacher is told."""

from scribetree.tools.alerts._delivery import ALERT_TYPES, SEVERITIES, AlertType, Severity, deliver_after_s
from scribetree.tools.alerts._recommend import (
    InterventionPlan,
    Measures,
    Recommendation,
    SuggestedAction,
    SuggestedAlert,
    recommend,
)

__all__ = [
    "ALERT_TYPES",
    "SEVERITIES",
    "AlertType",
    "InterventionPlan",
    "Measures",
    "Recommendation",
    "Severity",
    "SuggestedAction",
    "SuggestedAlert",
    "deliver_after_s",
    "recommend",
]
