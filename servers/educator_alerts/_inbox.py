"""The educator's inbox: what was sent, what became of it, and that it was seen; as text, and as a board."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from scribetree.errors import InvalidInput
from scribetree.privacy.deliveries import IN_APP, Delivery, State
from scribetree.privacy.guard import EDUCATORS, View
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, EducatorId, Means, PurposeWords, Toolbox

__all__ = ["BOARD", "tools"]

tools = Toolbox()

BOARD = "ui://educator-alerts/board"

AlertId = Annotated[
    str, Field(max_length=32, pattern=r"^[0-9a-f]{32}$", description="An alert's id, as list_alerts gives it.")
]
Response = Literal["seen", "acting", "solved", "not_helpful"]


@dataclass(frozen=True, slots=True)
class InboxAlert:
    """
    One delivered alert; times are ISO 8601 in UTC.

    `response` is what was said when it was acknowledged, None as long as nobody has; `undelivered` the channels that
    could not be reached.
    """

    alert_id: str
    alert_type: str
    severity: str
    title: str
    description: str
    student_id: str
    assignment_id: str | None
    delivered_at: str
    response: str | None
    is_escalated: bool
    undelivered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """An educator's delivered alerts, newest first; how many are open, and how many are held back until later."""

    alerts: tuple[InboxAlert, ...]
    open: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """That the alert is acknowledged; `is_new` is False if it had been, and then the first response stands."""

    alert_id: str
    response: str
    is_new: bool


@tools.add(title="List alerts", hints=READS, roles=EDUCATORS, app=BOARD)
def list_alerts(
    educator_id: EducatorId,
    caller: Caller,
    means: Means,
    limit: Annotated[int, Field(ge=1, le=50)] = 20,
    open_only: bool = False,
    purpose: PurposeWords = "support",
) -> Inbox:
    """
    List the alerts that have been delivered to one educator, newest first, on a board where the client can show one.

    Use it to see what needs attention; `open_only` leaves out what was acknowledged, among the newest `limit`. Alerts
    that wait for the end of a batch or of the quiet hours are counted, not shown.
    """
    inbox = means.guard.inbox(caller, educator_id, "alert", limit=limit)
    states = means.office.deliveries.states(educator_id, [view.record_id for view in inbox.views])
    shown = [_in_inbox(view, states.get(view.record_id)) for view in inbox.views]
    still_open = [each for each in shown if each.response is None]
    return Inbox(tuple(still_open if open_only else shown), open=len(still_open), waiting=inbox.waiting)


@tools.add(title="Acknowledge an alert", hints=WRITES_ONCE, roles=EDUCATORS)
def acknowledge_alert(
    educator_id: EducatorId,
    alert_id: AlertId,
    caller: Caller,
    means: Means,
    response: Annotated[
        Response, Field(description="not_helpful says that it should not have been sent; it hides nothing.")
    ] = "seen",
    purpose: PurposeWords = "support",
) -> Acknowledged:
    """
    Say that an alert was seen, and what follows from it; it is then not escalated and not told again for a week.

    Use it when the educator has read an alert. Alerts of the same cause are acknowledged with it. It tells nobody
    else, changes nothing for the student, and cannot be taken back: the first response stands.
    """
    found = means.guard.inbox(caller, educator_id, "alert", limit=1, record_ids=[alert_id]).views
    if not found:
        raise InvalidInput("There is no such alert in that inbox.", hint="Take `alert_id` from list_alerts.")
    ledger = means.office.deliveries
    # An alert of an earlier version stands in no ledger yet.
    ledger.add(educator_id, [Delivery("alert", alert_id, IN_APP, found[0].due_at or found[0].created_at)])
    is_new = ledger.acknowledge(educator_id, alert_id, response)
    state = ledger.states(educator_id, [alert_id]).get(alert_id)
    return Acknowledged(alert_id, response if state is None else state.response or response, is_new)


def _in_inbox(view: View, state: State | None) -> InboxAlert:
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
        response=None if state is None else state.response,
        is_escalated=state is not None and state.is_escalated,
        undelivered=() if state is None else state.failed_channels,
    )
