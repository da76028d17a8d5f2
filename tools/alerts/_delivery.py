"""
When and how an educator is told: at once, with the next batch, after the quiet hours, or only in the inbox.

Alerts compete for a teacher's attention: those that are ignored teach the teacher to ignore the next. So what can wait
is gathered, what a larger cause explains interrupts nobody, and a day holds a few messages only. What is critical or
urgent is held back by none of this. Nothing is ever dropped: whatever interrupts nobody stands in the inbox.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo

from scribetree.tools.alerts._kinds import MOMENTS, AlertType, Severity, rank

__all__ = [
    "Quiet",
    "Wishes",
    "end_of_quiet",
    "escalates_after",
    "interrupts",
    "is_explained_by",
    "ready_at",
    "start_of_day",
]

_AT_ONCE = frozenset[Severity]({"critical", "urgent"})
_ESCALATE_AFTER: dict[Severity, timedelta] = {"urgent": timedelta(hours=1), "critical": timedelta(hours=4)}
_PARTS_OF_OVERLOAD = frozenset[AlertType]({"engagement_drop", "progress_concern", "quality_decline"})


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of the day, by the teacher's clock, in which nothing that can wait arrives; none if they are equal."""

    begins: time = time(22)
    ends: time = time(7)

    def holds(self, moment: time) -> bool:
        """Whether that time of day is quiet."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


@dataclass(frozen=True, slots=True)
class Wishes:
    """How one educator wants to be told."""

    quiet: Quiet = Quiet()
    minimum_severity: Severity = "medium"
    muted: frozenset[AlertType] = field(default_factory=frozenset[AlertType])
    batch_minutes: int = 5
    messages_a_day: int = 4


def ready_at(
    severity: Severity,
    *,
    now: datetime,
    zone: tzinfo | None,
    wishes: Wishes | None = None,
    immediate: bool = False,
    respect_quiet_hours: bool = True,
) -> datetime:
    """When an alert of that severity may arrive, in UTC; `zone` is the teacher's, None for this machine's."""
    if immediate or severity in _AT_ONCE:
        return now
    wishes = wishes or Wishes()
    ready = now + timedelta(minutes=wishes.batch_minutes)
    return end_of_quiet(ready, quiet=wishes.quiet, zone=zone) if respect_quiet_hours else ready


def end_of_quiet(moment: datetime, *, quiet: Quiet, zone: tzinfo | None) -> datetime:
    """
    The moment itself if it is not quiet, else when the quiet hours end by the teacher's clock, in UTC.

    On the night in which clocks change, that is still the time on the clock: the wait is an hour shorter or longer.
    """
    local = moment.astimezone(zone)
    if not quiet.holds(local.time()):
        return moment
    for days in (0, 1):
        day = local.date() + timedelta(days=days)
        for fold in (0, 1):
            # Without a zone of its own a naive time is this machine's, and `fold` counts there, too.
            end = datetime.combine(day, quiet.ends, tzinfo=zone).replace(fold=fold).astimezone(UTC)
            if end > moment and not quiet.holds(end.astimezone(zone).time()):
                return end
    return moment


def start_of_day(moment: datetime, *, zone: tzinfo | None) -> datetime:
    """The midnight before, by the teacher's clock, in UTC."""
    local = moment.astimezone(zone)
    return datetime.combine(local.date(), time(0), tzinfo=zone).astimezone(UTC)


def interrupts(alert_type: AlertType, severity: Severity, wishes: Wishes) -> bool:
    """Whether the alert is told over channels that interrupt, and not in the inbox alone."""
    if severity in _AT_ONCE:
        return True
    if alert_type in MOMENTS:
        return alert_type not in wishes.muted and wishes.minimum_severity == "low"
    return alert_type not in wishes.muted and rank(severity) >= rank(wishes.minimum_severity)


def is_explained_by(alert_type: AlertType, severity: Severity, others: Collection[tuple[AlertType, Severity]]) -> bool:
    """Whether a larger cause, of which the teacher is told anyway, explains this alert about the same student."""
    return any(
        rank(other_severity) > rank(severity)
        and (
            (other_type == "urgent_support" and alert_type != "academic_integrity")
            or (other_type == "intervention_needed" and alert_type in _PARTS_OF_OVERLOAD)
        )
        for other_type, other_severity in others
    )


def escalates_after(severity: Severity) -> timedelta | None:
    """How long an alert may stay unacknowledged before somebody is told again; None for what can wait."""
    return _ESCALATE_AFTER.get(severity)
