"""What changed for a student, what a teacher might do, when a teacher is told, and whether it helped."""

from scribetree.tools.alerts._catalogue import Intervention, SuggestedAction, Trials, catalogue, ordered_for
from scribetree.tools.alerts._change import Evidence, Signal
from scribetree.tools.alerts._delivery import (
    Quiet,
    Wishes,
    end_of_quiet,
    escalates_after,
    interrupts,
    is_explained_by,
    ready_at,
    start_of_day,
)
from scribetree.tools.alerts._effect import Effect, EffectReport, MeasurementType, Metric, MetricSeries, effect_of
from scribetree.tools.alerts._kinds import ALERT_TYPES, MOMENTS, SEVERITIES, AlertType, Severity, rank
from scribetree.tools.alerts._recommend import InterventionPlan, Measures, Recommendation, SuggestedAlert, recommend
from scribetree.tools.alerts._signals import Reflection, Session, Text, Work, watch_class

__all__ = [
    "ALERT_TYPES",
    "MOMENTS",
    "SEVERITIES",
    "AlertType",
    "Effect",
    "EffectReport",
    "Evidence",
    "Intervention",
    "InterventionPlan",
    "MeasurementType",
    "Measures",
    "Metric",
    "MetricSeries",
    "Quiet",
    "Recommendation",
    "Reflection",
    "Session",
    "Severity",
    "Signal",
    "SuggestedAction",
    "SuggestedAlert",
    "Text",
    "Trials",
    "Wishes",
    "Work",
    "catalogue",
    "effect_of",
    "end_of_quiet",
    "escalates_after",
    "interrupts",
    "is_explained_by",
    "ordered_for",
    "rank",
    "ready_at",
    "recommend",
    "start_of_day",
    "watch_class",
]
