"""Alerts put into educators' sealed inboxes, and into the ledger of what is told over which channel, and when."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import Denied, InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.deliveries import IN_APP, Delivery
from scribetree.privacy.guard import EDUCATORS
from scribetree.privacy.identity import pseudonym
from scribetree.servers.educator_alerts._people import suite
from scribetree.servers.educator_alerts._wishes import CHANNELS, Channel, Settings, settings_of
from scribetree.servers.kit import (
    WRITES_ONCE,
    AssignmentId,
    Caller,
    EducatorId,
    Means,
    PurposeWords,
    StudentId,
    Toolbox,
    Wiring,
)
from scribetree.tools import alerts as judgement

__all__ = ["Alert", "How", "put", "tools"]

tools = Toolbox()

_SAME_FOR = timedelta(days=7)
"""An alert that was acknowledged is not told anew for so long."""
_LOOKED_AT = 50


class Alert(BaseModel):
    """One alert; the educator and student of the call stand in where it names none."""

    model_config = ConfigDict(extra="forbid")

    alert_type: judgement.AlertType
    severity: judgement.Severity
    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(min_length=1, max_length=1000)]
    educator_id: EducatorId | None = None
    student_id: StudentId | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """
    What became of one alert; `deliver_at` is ISO 8601 in UTC.

    `channels` are those that will tell of it; `why_quiet` says why it stands in the inbox alone. `alert_id` is empty
    where it failed.
    """

    alert_id: str
    alert_type: str
    severity: str
    state: Literal["sent", "queued", "known", "failed"]
    deliver_at: str
    channels: tuple[str, ...]
    why_quiet: Literal["", "severity_or_type", "larger_cause", "no_other_channel"]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """
    All alerts of one call.

    `known` ones are open already, or were acknowledged within a week, and are not told twice; `failed` ones may not be
    sent by this caller to that educator.
    """

    sent: tuple[Sent, ...]
    queued: tuple[Sent, ...]
    known: tuple[Sent, ...]
    failed: tuple[Sent, ...]
    undeliverable_channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class How:
    """How the alerts of one call are to be sent."""

    assignment: str | None
    channels: Collection[str]
    immediate: bool
    batch: bool
    respect_quiet_hours: bool


@tools.add(title="Send educator alerts", hints=WRITES_ONCE, roles=EDUCATORS)
def send_educator_alerts(
    alerts: Annotated[list[Alert], Field(min_length=1, max_length=100)],
    caller: Caller,
    means: Means,
    educator_id: EducatorId | None = None,
    student_id: StudentId | None = None,
    assignment_id: AssignmentId | None = None,
    immediate: bool = False,
    channels: Annotated[
        list[Channel], Field(max_length=5, description="None of them: those that the educator chose.")
    ] = [],  # noqa: B006 - the schema's default
    batch_with_others: bool = True,
    respect_quiet_hours: bool = True,
    purpose: PurposeWords = "support",
) -> DeliveryReport:
    """
    Put alerts into an educator's sealed inbox, and tell of them over the channels that the educator chose.

    Use it after generate_intervention_recommendations, when a person should be told. The same alert (educator, student,
    type, assignment, title) is told once while it is open and for a week after it was acknowledged, whenever it is sent
    again; of higher severity it is told anew. Urgent and critical ones go at once, others with a batch after the
    quiet hours. What a larger cause about the student explains, or the educator muted, stands in the inbox alone.
    Messages outside the inbox hold no title, text or name. Only an educator who teaches the student can be told, and
    only an educator who teaches the student can tell.
    """
    how = How(assignment_id, channels, immediate, batch_with_others, respect_quiet_hours)
    addressed = [(alert, *_people(alert, educator_id, student_id)) for alert in alerts]
    # Larger causes first, so that they are there when what they explain is looked at.
    addressed.sort(key=lambda each: -judgement.rank(each[0].severity))
    done = [put(means, caller, alert, to=to, about=about, how=how) for alert, to, about in addressed]
    if all(each.state == "failed" for each in done):
        raise Denied(
            "None of these alerts may be sent to that educator; nothing was stored.",
            hint="An alert about a student goes from one who teaches them to one who does, for a purpose of teaching.",
        )
    reached = {to for (_, to, _), sent in zip(addressed, done, strict=True) if sent.state != "failed"}
    able = {to: settings_of(means, to, caller.correlation_id).reachable() for to in reached}
    return DeliveryReport(
        sent=_with(done, "sent"),
        queued=_with(done, "queued"),
        known=_with(done, "known"),
        failed=_with(done, "failed"),
        undeliverable_channels=tuple(
            each for each in channels if each != IN_APP and not any(each in ready for ready in able.values())
        ),
    )


def put(means: Wiring, caller: PrivacyContext, alert: Alert, *, to: str, about: str, how: How) -> Sent:
    """The alert is in the inbox and the ledger, or was there already; `failed` if the guard denies it."""
    now, ledger = means.clock.now(), means.office.deliveries
    # First, so that whoever may not send does not learn from the answer what has been sent.
    if not means.guard.may_write(caller, about, "alert", owner=to):
        return _sent(alert, "", "failed", now)
    cause = _cause(means, alert, to, about, how.assignment)
    episode, is_open = ledger.open_cause(to, cause, since=now - _SAME_FOR)
    ids = {severity: _alert_id(means, cause, severity, episode) for severity in judgement.SEVERITIES}
    alert_id = ids[alert.severity]
    as_grave = [ids[each] for each in judgement.SEVERITIES[judgement.rank(alert.severity) :]]
    if is_open and ledger.states(to, as_grave):
        return _sent(alert, alert_id, "known", now)
    settings = settings_of(means, to, caller.correlation_id)
    deliver_at = judgement.ready_at(
        alert.severity,
        now=now,
        zone=settings.zone,
        wishes=settings.wishes if how.batch else replace(settings.wishes, batch_minutes=0),
        immediate=how.immediate,
        respect_quiet_hours=how.respect_quiet_hours,
    )
    channels, why = _channels(means, caller, alert, settings, to=to, about=about, how=how)
    content = alert.model_dump(exclude={"educator_id", "student_id"})
    try:
        means.guard.write(
            caller,
            about,
            "alert",
            {**content, "student_id": about, "assignment_id": how.assignment},
            record_id=alert_id,
            owner=to,
            due_at=deliver_at,
        )
    except Denied:
        return _sent(alert, "", "failed", now)
    later = judgement.escalates_after(alert.severity)
    escalate_at = None if later is None else deliver_at + later
    in_app = Delivery("alert", alert_id, IN_APP, deliver_at, cause, escalate_at)
    ledger.add(to, [in_app, *(Delivery("alert", alert_id, channel, deliver_at, cause) for channel in channels)])
    return _sent(alert, alert_id, "sent" if deliver_at <= now else "queued", deliver_at, channels, why)


def _channels(
    means: Wiring, caller: PrivacyContext, alert: Alert, settings: Settings, *, to: str, about: str, how: How
) -> tuple[tuple[str, ...], Literal["", "severity_or_type", "larger_cause", "no_other_channel"]]:
    """The channels that interrupt for this alert; and if none does, why."""
    reachable = settings.reachable()
    chosen = tuple(each for each in how.channels if each in CHANNELS) if how.channels else reachable
    channels = tuple(each for each in chosen if getattr(settings, CHANNELS[each]))
    if not channels:
        return (), "no_other_channel"
    if not judgement.interrupts(alert.alert_type, alert.severity, settings.wishes):
        return (), "severity_or_type"
    if judgement.is_explained_by(alert.alert_type, alert.severity, _open_about(means, caller, to, about)):
        return (), "larger_cause"
    return channels, ""


def _open_about(
    means: Wiring, caller: PrivacyContext, to: str, about: str
) -> list[tuple[judgement.AlertType, judgement.Severity]]:
    """The kind of every alert about the student that the educator has not acknowledged, those not due yet included."""
    views = means.guard.inbox(
        suite(caller.correlation_id), to, "alert", limit=_LOOKED_AT, due_by=means.clock.now() + timedelta(days=2)
    ).views
    same = [view for view in views if view.values.get("student_id") == about]
    states = means.office.deliveries.states(to, [view.record_id for view in same])
    unseen = [view for view in same if (known := states.get(view.record_id)) is None or known.acknowledged_at is None]
    return [(view.values["alert_type"], view.values["severity"]) for view in unseen]


def _cause(means: Wiring, alert: Alert, to: str, about: str, assignment: str | None) -> str:
    parts = [to, about, alert.alert_type, assignment, alert.title]
    return pseudonym(means.ring, json.dumps(parts), scope="alert-cause")


def _alert_id(means: Wiring, cause: str, severity: str, episode: int) -> str:
    return pseudonym(means.ring, json.dumps([cause, severity, episode]), scope="alert")


def _sent(
    alert: Alert,
    alert_id: str,
    state: Literal["sent", "queued", "known", "failed"],
    at: datetime,
    channels: tuple[str, ...] = (),
    why: Literal["", "severity_or_type", "larger_cause", "no_other_channel"] = "",
) -> Sent:
    return Sent(alert_id, alert.alert_type, alert.severity, state, at.isoformat(), channels, why)


def _with(done: Sequence[Sent], state: str) -> tuple[Sent, ...]:
    return tuple(each for each in done if each.state == state)


def _people(alert: Alert, educator_id: str | None, student_id: str | None) -> tuple[str, str]:
    to, about = alert.educator_id or educator_id, alert.student_id or student_id
    if to is None or about is None:
        missing = "`educator_id`" if to is None else "`student_id`"
        raise InvalidInput(f"An alert names no {missing}; nothing was sent.", hint=f"Give {missing} with the call.")
    return to, about
