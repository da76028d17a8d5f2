"""The one shape of insights, whomever they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from scribetree.tools.writing import Trend

__all__ = [
    "PERIODS",
    "UNITS",
    "KeyMetric",
    "Measure",
    "MeasureTrend",
    "PrivacyMetadata",
    "SessionMeasure",
    "Timeframe",
    "Used",
    "WithheldFigure",
    "WritingInsights",
    "number",
    "session_value",
]

Timeframe = Literal["day", "week", "month", "semester"]
SessionMeasure = Literal["words", "minutes", "words_per_minute", "revisions"]
Measure = Literal["words", "minutes", "words_per_minute", "revisions", "draft_words", "quality"]

PERIODS: Mapping[Timeframe, timedelta] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "semester": timedelta(days=183),
}
UNITS: Mapping[Measure, str] = {
    "words": "words a session",
    "minutes": "minutes a session",
    "words_per_minute": "words a minute",
    "revisions": "revisions a session",
    "draft_words": "words a draft",
    "quality": "as assessed",
}


@dataclass(frozen=True, slots=True)
class KeyMetric:
    """
    One figure: of a student the median of so many `texts`; of a group a noisy one between `low` and `high`.

    `released_at` (ISO 8601) is when a group's figure was first told; a repeated one cost nothing.
    """

    name: str
    unit: str
    value: float
    low: float | None = None
    high: float | None = None
    texts: int | None = None
    released_at: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class MeasureTrend:
    """How one measure of a student moves, in its unit per week."""

    measure: Measure
    unit: str
    trend: Trend


@dataclass(frozen=True, slots=True)
class WithheldFigure:
    """A figure that was not told, why, and what to do."""

    name: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class Used:
    """How many records of a kind the figures rest on."""

    kind: str
    records: int


@dataclass(frozen=True, slots=True)
class PrivacyMetadata:
    """How the figures were protected; for a group neither its size nor how many of it agreed is told."""

    aggregation_level: Literal["individual", "class", "cohort"]
    differential_privacy_applied: bool
    data_points_included: int | None
    smallest_group: int | None = None
    epsilon_per_figure: float | None = None
    confidence: float | None = None
    cohort_budget_left: float | None = None
    renews_at: str | None = None


@dataclass(frozen=True, slots=True)
class WritingInsights:
    """What the records say, what they were, what was not there, and what to bear in mind."""

    summary: str
    key_metrics: tuple[KeyMetric, ...]
    trends: tuple[MeasureTrend, ...]
    withheld: tuple[WithheldFigure, ...]
    used: tuple[Used, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    recommendations: tuple[str, ...]
    privacy_metadata: PrivacyMetadata


def session_value(measure: SessionMeasure, values: Mapping[str, Any]) -> float | None:
    """The measure of one session; None where it was not kept, or may not be seen."""
    if measure != "words_per_minute":
        return number(values.get(measure))
    words, minutes = number(values.get("words")), number(values.get("minutes"))
    return words / minutes if words is not None and minutes else None


def number(value: object) -> float | None:
    """`value` if it is a number; what a mask left is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
