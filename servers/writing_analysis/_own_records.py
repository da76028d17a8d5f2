"""What one student's records say, read through the guard."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import View
from scribetree.servers.kit import Wiring
from scribetree.servers.writing_analysis._insight_shapes import (
    PERIODS,
    UNITS,
    KeyMetric,
    Measure,
    MeasureTrend,
    PrivacyMetadata,
    SessionMeasure,
    Timeframe,
    Used,
    WritingInsights,
    number,
    session_value,
)
from scribetree.tools import writing

__all__ = ["insights"]

_WEEK_S = 604_800
_MOST_RECORDS = 100

# No field that holds a student's words: figures are enough.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "session": ("words", "minutes", "revisions"),
    "draft": ("words",),
    "assessment": ("quality",),
}
_SESSION_MEASURES: tuple[SessionMeasure, ...] = ("words", "minutes", "words_per_minute", "revisions")
_CLAIMED = frozenset({"rising", "falling"})
_NOTES = ("Texts on different tasks may differ for that alone; what the tasks were is not looked at.",)

Series = Sequence[tuple[datetime, float]]
"""A measure's values, each with its time."""


def insights(
    means: Wiring, caller: PrivacyContext, student: str, *, timeframe: Timeframe, include_recommendations: bool
) -> WritingInsights:
    """What the student's records of that time say, as far as this caller may see them; else Denied."""
    since = means.clock.now() - PERIODS[timeframe]
    records = {kind: _recent(means, caller, student, kind, since) for kind in _FIELDS}
    series = _series(records)
    trends = tuple(_trend(measure, values) for measure, values in series.items() if values)
    used = tuple(Used(kind, len(views)) for kind, views in records.items())
    return WritingInsights(
        summary=_summary(timeframe, used, trends),
        key_metrics=tuple(_middle(measure, values) for measure, values in series.items() if values),
        trends=trends,
        withheld=(),
        used=used,
        missing=_missing(records, series),
        notes=_NOTES,
        recommendations=_recommendations(records["session"]) if include_recommendations else (),
        privacy_metadata=PrivacyMetadata(
            aggregation_level="individual",
            differential_privacy_applied=False,
            data_points_included=sum(each.records for each in used),
        ),
    )


def _recent(means: Wiring, caller: PrivacyContext, student: str, kind: str, since: datetime) -> list[View]:
    views = means.guard.read(caller, student, kind, _FIELDS[kind], limit=_MOST_RECORDS)
    return [view for view in views if view.created_at >= since]


def _series(records: Mapping[str, Sequence[View]]) -> dict[Measure, Series]:
    series: dict[Measure, Series] = {
        measure: _values(records["session"], partial(session_value, measure)) for measure in _SESSION_MEASURES
    }
    series["draft_words"] = _values(records["draft"], lambda values: number(values.get("words")))
    series["quality"] = _values(records["assessment"], lambda values: number(values.get("quality")))
    return series


def _values(views: Sequence[View], value_of: Callable[[Mapping[str, Any]], float | None]) -> Series:
    found = [(view.created_at, value_of(view.values)) for view in views]
    return [(at, value) for at, value in found if value is not None]


def _trend(measure: Measure, series: Series) -> MeasureTrend:
    weeks = [at.timestamp() / _WEEK_S for at, _ in series]
    return MeasureTrend(measure, f"{UNITS[measure]}, per week", writing.trend(weeks, [value for _, value in series]))


def _middle(measure: Measure, series: Series) -> KeyMetric:
    value = round(median(value for _, value in series), 2)
    return KeyMetric(f"median_{measure}", UNITS[measure], value, texts=len(series))


def _summary(timeframe: Timeframe, used: Sequence[Used], trends: Sequence[MeasureTrend]) -> str:
    counted = ", ".join(f"{each.records} {each.kind}s" for each in used)
    moving = [f"{each.measure} {each.trend.direction}" for each in trends if each.trend.direction in _CLAIMED]
    return f"In the last {timeframe}: {counted}. {'; '.join(moving) or 'No trend is claimed'}."


def _missing(records: Mapping[str, Sequence[View]], series: Mapping[Measure, Series]) -> tuple[str, ...]:
    """What was not there to be read, and what could not be said for that."""
    empty = [f"No {kind} was recorded in this time." for kind, views in records.items() if not views]
    few = [
        f"{measure}: {len(values)} of the {writing.FEWEST_TEXTS} texts that a trend needs."
        for measure, values in series.items()
        if 0 < len(values) < writing.FEWEST_TEXTS
    ]
    cut = [
        f"Only the newest {_MOST_RECORDS} {kind} records were read."
        for kind, views in records.items()
        if len(views) == _MOST_RECORDS
    ]
    return tuple(empty + few + cut)


def _recommendations(sessions: Sequence[View]) -> tuple[str, ...]:
    """What sessions give reason to ask, each with how often they did."""
    asked: dict[str, int] = {}
    for view in sessions:
        words, minutes = number(view.values.get("words")), number(view.values.get("minutes"))
        if words is not None and minutes is not None:
            spent_s = timedelta(minutes=minutes).total_seconds()
            for notice in writing.session_notices(word_count=round(words), time_spent_s=spent_s):
                asked[notice.note] = asked.get(notice.note, 0) + 1
    return tuple(f"{note} ({count} of {len(sessions)} sessions)" for note, count in asked.items())
