"""When an alert reaches its educator: at once, or after the quiet hours."""

from datetime import datetime, time, timedelta
from typing import Literal, get_args

__all__ = ["ALERT_TYPES", "SEVERITIES", "AlertType", "Severity", "deliver_after_s"]

AlertType = Literal[
    "intervention_needed",
    "progress_concern",
    "academic_integrity",
    "engagement_drop",
    "quality_decline",
    "urgent_support",
]
Severity = Literal["low", "medium", "high", "critical", "urgent"]

ALERT_TYPES: tuple[AlertType, ...] = get_args(AlertType)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

_AT_ONCE = frozenset({"critical", "urgent"})
_QUIET_FROM, _QUIET_UNTIL = time(22), time(7)
_BATCH_S = 300.0
"""Alerts that can wait are gathered for five minutes, so that a class's results arrive together."""


def deliver_after_s(
    severity: Severity, *, local_now: datetime, immediate: bool = False, respect_quiet_hours: bool = True
) -> float:
    """How many seconds an alert waits: none if it is urgent or meant to be immediate, else a batch and the night."""
    if immediate or severity in _AT_ONCE:
        return 0.0
    ready = local_now + timedelta(seconds=_BATCH_S)
    if not respect_quiet_hours or _QUIET_UNTIL <= ready.time() < _QUIET_FROM:
        return _BATCH_S
    morning = ready.replace(hour=_QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
    if ready.time() >= _QUIET_FROM:
        morning += timedelta(days=1)
    return (morning - local_now).total_seconds()
