"""The educator-alerts server: what a teacher might do next, and a sealed inbox of alerts."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from mcp.server import MCPServer
from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.privacy.guard import EDUCATORS, View
from scribetree.privacy.identity import pseudonym
from scribetree.servers.kit import (
    READS,
    WRITES_ONCE,
    AssignmentId,
    Caller,
    CourseId,
    EducatorId,
    Means,
    PurposeWords,
    StudentId,
    Toolbox,
    Wiring,
    make_server,
)
from scribetree.tools import alerts as judgement

__all__ = ["create"]

tools = Toolbox()

Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, le=100_000)]
Channel = Literal["in_app", "email", "sms", "slack"]

_WORKING_CHANNELS = frozenset({"in_app"})


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
class Delivery:
    """What became of one alert; `deliver_at` is ISO 8601 in UTC."""

    alert_id: str
    alert_type: str
    severity: str
    state: Literal["sent", "queued", "known"]
    deliver_at: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """All alerts of one call; `known` ones had been stored before and were not stored again."""

    sent: tuple[Delivery, ...]
    queued: tuple[Delivery, ...]
    known: tuple[Delivery, ...]
    undeliverable_channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InboxAlert:
    """One delivered alert; times are ISO 8601 in UTC."""

    alert_id: str
    alert_type: str
    severity: str
    title: str
    description: str
    student_id: str
    assignment_id: str | None
    delivered_at: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """An educator's delivered alerts, newest first, and how many are held back until later."""

    alerts: tuple[InboxAlert, ...]
    waiting: int


@tools.add(title="Generate intervention recommendations", hints=READS, roles=EDUCATORS)
async def generate_intervention_recommendations(
    student_id: StudentId,
    cognitive_load: Share | None = None,
    engagement_score: Share | None = None,
    quality_score: Share | None = None,
    reflection_depth: Share | None = None,
    time_on_task: Minutes | None = None,
    struggling_duration: Minutes | None = None,
    assignment_id: AssignmentId | None = None,
    course_id: CourseId | None = None,
    purpose: PurposeWords = "support",
) -> judgement.InterventionPlan:
    """
    Suggest what a teacher might do next for one student, and which alerts are worth sending.

    Use it with measures from the other servers; shares are 0 to 1, durations are minutes. Without any measure it
    abstains. It sends nothing: pass its `alerts` to send_educator_alerts if a person should be told.
    """
    return judgement.recommend(
        judgement.Measures(
            cognitive_load,
            engagement_score,
            quality_score,
            reflection_depth,
            time_on_task,
            struggling_duration,
        )
    )


@tools.add(title="Send educator alerts", hints=WRITES_ONCE, roles=EDUCATORS)
def send_educator_alerts(
    alerts: Annotated[list[Alert], Field(min_length=1, max_length=100)],
    caller: Caller,
    means: Means,
    educator_id: EducatorId | None = None,
    student_id: StudentId | None = None,
    assignment_id: AssignmentId | None = None,
    immediate: bool = False,
    channels: Annotated[list[Channel], Field(max_length=4)] = ["in_app"],  # noqa: B006 - the schema's default
    respect_quiet_hours: bool = True,
    purpose: PurposeWords = "support",
) -> DeliveryReport:
    """
    Put alerts into an educator's sealed inbox: at once when urgent or immediate, else after a batch and quiet hours.

    Use it after generate_intervention_recommendations, when a person should be told. The same alert on the same day
    is stored once. Only the in_app channel exists so far; other channels are reported as undeliverable.
    """
    now = means.clock.now()
    local_now = now.astimezone()
    addressed = [(alert, *_people(alert, educator_id, student_id)) for alert in alerts]
    done: list[Delivery] = []
    for alert, to, about in addressed:
        wait = judgement.deliver_after_s(
            alert.severity, local_now=local_now, immediate=immediate, respect_quiet_hours=respect_quiet_hours
        )
        deliver_at = now + timedelta(seconds=wait)
        day = now.date().isoformat()
        alert_id = pseudonym(means.ring, json.dumps([alert.model_dump(), to, about, assignment_id, day]))
        content = alert.model_dump(exclude={"educator_id", "student_id"})
        written = means.guard.write(
            caller,
            about,
            "alert",
            {**content, "student_id": about, "assignment_id": assignment_id},
            record_id=alert_id,
            owner=to,
            due_at=deliver_at,
        )
        state: Literal["sent", "queued", "known"] = ("queued" if wait else "sent") if written.is_new else "known"
        done.append(Delivery(alert_id, alert.alert_type, alert.severity, state, deliver_at.isoformat()))
    return DeliveryReport(
        sent=tuple(each for each in done if each.state == "sent"),
        queued=tuple(each for each in done if each.state == "queued"),
        known=tuple(each for each in done if each.state == "known"),
        undeliverable_channels=tuple(channel for channel in channels if channel not in _WORKING_CHANNELS),
    )


@tools.add(title="List alerts", hints=READS, roles=EDUCATORS)
def list_alerts(
    educator_id: EducatorId,
    caller: Caller,
    means: Means,
    limit: Annotated[int, Field(ge=1, le=50)] = 20,
    purpose: PurposeWords = "support",
) -> Inbox:
    """
    List the alerts that have been delivered to one educator, newest first.

    Use it to see what needs attention. Alerts that wait for the end of a batch or of the quiet hours are counted,
    not shown.
    """
    inbox = means.guard.inbox(caller, educator_id, "alert", limit=limit)
    return Inbox(alerts=tuple(_in_inbox(view) for view in inbox.views), waiting=inbox.waiting)


def _in_inbox(view: View) -> InboxAlert:
    says = view.values
    return InboxAlert(
        alert_id=view.record_id,
        alert_type=says["alert_type"],
        severity=says["severity"],
        title=says["title"],
        description=says["description"],
        student_id=says["student_id"],
        assignment_id=says.get("assignment_id"),
        delivered_at=(view.due_at or view.created_at).isoformat(),
    )


def _people(alert: Alert, educator_id: str | None, student_id: str | None) -> tuple[str, str]:
    to, about = alert.educator_id or educator_id, alert.student_id or student_id
    if to is None or about is None:
        missing = "`educator_id`" if to is None else "`student_id`"
        raise InvalidInput(f"An alert names no {missing}; nothing was sent.", hint=f"Give {missing} with the call.")
    return to, about


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "educator-alerts",
        title="Educator alerts",
        instructions="What a teacher might do next, and a sealed inbox. Alerts hold no text by students.",
        tools=tools,
        wiring=wiring,
    )
