"""An intervention planned: on the record, in a calendar file, and told of again before it begins."""

import json
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from scribetree.errors import InvalidInput
from scribetree.privacy.deliveries import IN_APP, Delivery
from scribetree.privacy.guard import EDUCATORS, admit_to_inbox
from scribetree.privacy.identity import pseudonym
from scribetree.servers.educator_alerts._calendar import calendar_file
from scribetree.servers.educator_alerts._people import short_name
from scribetree.servers.educator_alerts._wishes import Settings, settings_of, zone_of
from scribetree.servers.kit import WRITES_ONCE, Caller, EducatorId, Means, PurposeWords, StudentId, Toolbox, Wiring
from scribetree.tools import alerts as judgement

__all__ = ["tools"]

tools = Toolbox()

ScheduledType = Literal["meeting", "check_in", "feedback_session", "support_call", "progress_review"]
ReminderTime = Literal["15m", "30m", "1h", "2h", "24h", "1d", "1w"]

_BEFORE: dict[str, timedelta] = {
    "15m": timedelta(minutes=15),
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "2h": timedelta(hours=2),
    "24h": timedelta(days=1),
    "1d": timedelta(days=1),
    "1w": timedelta(weeks=1),
}
_FURTHEST = timedelta(days=400)
_Words = Annotated[str, Field(min_length=1, max_length=300)]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """
    What is planned; times are ISO 8601, `begins_at` in UTC and `local_time` on the educator's clock.

    `calendar` is an iCalendar file to save as .ics; imported again, it replaces what it said before. `is_new` is False
    where the same step was planned before, and now says what this answer says.
    """

    intervention_id: str
    scheduled_type: str
    intervention: str | None
    begins_at: str
    local_time: str
    time_zone: str
    duration_minutes: int
    judge_from: str
    reminders: tuple[str, ...]
    reminders_left_out: tuple[str, ...]
    calendar: str
    is_new: bool
    notes: tuple[str, ...]


@tools.add(title="Schedule intervention actions", hints=WRITES_ONCE, roles=EDUCATORS)
def schedule_intervention_actions(
    educator_id: EducatorId,
    student_id: StudentId,
    scheduled_type: ScheduledType,
    scheduled_for: Annotated[
        str, Field(max_length=40, description="ISO 8601: local time of `time_zone`, or with an offset.")
    ],
    duration_minutes: Annotated[int, Field(ge=5, le=300)],
    caller: Caller,
    means: Means,
    time_zone: Annotated[str, Field(max_length=64, description="IANA; else the educator's own.")] | None = None,
    intervention: Annotated[str, Field(max_length=64, description="An entry of the catalogue, by its id.")]
    | None = None,
    location: _Words | None = None,
    virtual_meeting_url: Annotated[str, Field(max_length=500, pattern=r"^https://\S+$")] | None = None,
    agenda: Annotated[list[_Words], Field(max_length=20)] = [],  # noqa: B006 - the schema's default
    preparation_materials: Annotated[list[_Words], Field(max_length=20)] = [],  # noqa: B006
    follow_up_required: bool = False,
    reminder_times: Annotated[list[ReminderTime], Field(max_length=7)] = ["1d", "1h"],  # noqa: B006
    purpose: PurposeWords = "support",
) -> Scheduled:
    """
    Plan a meeting, check-in or other step with one student, with a calendar file and reminders.

    Use it after a recommendation was chosen; name its `intervention`, so that track_intervention_effectiveness can
    learn from it. The same step planned again (student, type, time, intervention) stays one, with what was said of it
    last, and repeating a call changes nothing. A local time that the clocks skip, a time in the past, and
    an offset that the zone does not have then are refused; of an hour that comes twice, the first is meant. It invites
    nobody and tells the student nothing: send the calendar file yourself.
    """
    admit_to_inbox(caller, educator_id)
    if intervention is not None and intervention not in judgement.catalogue():
        raise InvalidInput(
            "`intervention` is no entry of the catalogue.", hint=f"One of: {', '.join(judgement.catalogue())}."
        )
    settings = settings_of(means, educator_id, caller.correlation_id)
    zone = zone_of(time_zone or settings.time_zone or "UTC")
    begins, notes = _moment(scheduled_for, zone)
    now = means.clock.now()
    if not now <= begins <= now + _FURTHEST:
        raise _too_far()
    same = [educator_id, student_id, scheduled_type, begins.isoformat(), intervention]
    intervention_id = pseudonym(means.ring, json.dumps(same), scope="intervention")
    who = short_name(means, student_id)
    wanted = sorted({_BEFORE[each] for each in reminder_times}, reverse=True)
    coming = [before for before in wanted if begins - before > now]
    calendar = calendar_file(
        uid=f"{intervention_id}@scribetree",
        stamp=now,
        begins=begins.astimezone(zone),
        minutes=duration_minutes,
        summary=f"{scheduled_type.replace('_', ' ').capitalize()} (student {who})",
        description="\n".join([*agenda, *(f"Bring: {each}" for each in preparation_materials)]),
        location=location,
        url=virtual_meeting_url,
        reminders=coming,
    )
    written = means.guard.write(
        caller,
        student_id,
        "intervention",
        {
            "action": {"type": scheduled_type, "intervention": intervention, "student": who},
            "plan": {
                "begins_at": begins.isoformat(),
                "minutes": duration_minutes,
                "location": location,
                "url": virtual_meeting_url,
                "agenda": agenda,
                "materials": preparation_materials,
                "follow_up": follow_up_required,
            },
        },
        record_id=intervention_id,
        owner=educator_id,
        due_at=now,
        anew=True,
    )
    _remind(means, educator_id, intervention_id, settings, [begins - before for before in coming])
    days = 28 if intervention is None else judgement.catalogue()[intervention].judge_after_days
    return Scheduled(
        intervention_id=intervention_id,
        scheduled_type=scheduled_type,
        intervention=intervention,
        begins_at=begins.isoformat(),
        local_time=begins.astimezone(zone).isoformat(),
        time_zone=zone.key,
        duration_minutes=duration_minutes,
        judge_from=(begins + timedelta(days=days)).date().isoformat(),
        reminders=tuple((begins - before).isoformat() for before in coming),
        reminders_left_out=tuple(str(before) for before in wanted if before not in coming),
        calendar=calendar,
        is_new=written.is_new,
        notes=notes,
    )


def _moment(words: str, zone: ZoneInfo) -> tuple[datetime, tuple[str, ...]]:
    """The time that is meant, in UTC, and what had to be decided about it."""
    try:
        given = datetime.fromisoformat(words)
    except ValueError:
        raise InvalidInput("`scheduled_for` is no date and time.", hint="Write it like 2026-03-02T14:30.") from None
    if given.year in {MINYEAR, MAXYEAR}:
        # Some of their hours lie outside the calendar in another zone.
        raise _too_far()
    if given.tzinfo is not None:
        there = given.replace(tzinfo=None)
        offsets = {there.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
        if given.utcoffset() not in offsets and given.utcoffset() != timedelta(0):
            raise InvalidInput(
                "The offset of `scheduled_for` is not that of `time_zone` at that time.",
                hint="Leave the offset out, or give the time in UTC (Z).",
            )
        return given.astimezone(UTC), ()
    first, second = (given.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    begins = first.astimezone(UTC)
    if begins.astimezone(zone).replace(tzinfo=None) != given:
        raise InvalidInput(
            "There is no such time on that day: the clocks are put forward over it.",
            hint="Give a time after the change.",
        )
    is_twice = first.utcoffset() != second.utcoffset()
    return begins, ("That hour comes twice on that night: the first is meant.",) if is_twice else ()


def _too_far() -> InvalidInput:
    return InvalidInput(
        "`scheduled_for` lies in the past, or more than a year ahead.", hint="Give a time within the next year."
    )


def _remind(means: Wiring, educator: str, intervention_id: str, settings: Settings, times: list[datetime]) -> None:
    channels = (IN_APP, *settings.reachable())
    means.office.deliveries.replace_waiting(
        educator,
        intervention_id,
        [Delivery("intervention", intervention_id, channel, at) for at in times for channel in channels],
    )
