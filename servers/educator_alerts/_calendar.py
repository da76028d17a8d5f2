"""A planned intervention as a calendar file (RFC 5545), with its time zone and reminders, and without a name in it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

__all__ = ["calendar_file"]


def calendar_file(
    *,
    uid: str,
    stamp: datetime,
    begins: datetime,
    minutes: int,
    summary: str,
    description: str,
    location: str | None,
    url: str | None,
    reminders: Sequence[timedelta],
) -> str:
    """The file; the same `uid` imported again replaces the entry."""
    from icalendar import Alarm, Calendar, Event  # noqa: PLC0415 - it costs 0.15 s, and few calls need it

    event = Event.new(
        uid=uid,
        stamp=stamp,
        start=begins,
        end=begins + timedelta(minutes=minutes),
        summary=summary,
        description=description,
        location=location,
        url=url,
    )
    for before in reminders:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Scribe Tree//educator-alerts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical(), "utf-8")
