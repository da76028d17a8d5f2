"""
What is due is carried to where its reader wants it: once per channel, and on after a crash from where it was.

A batch is claimed, sent, and marked as sent. A process that dies in between leaves a claim that runs out, and the next
one sends the same batch under the same id (the Message-ID of an e-mail, `webhook-id`): between the receiver's answer
and our mark nothing else is possible with e-mail, and a receiver that knows the id shows it once. A channel that is
away is tried again for three days, ever less often. What cannot be delivered stays in the inbox, and says so there.
"""

import smtplib
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta

import anyio

from scribetree.errors import Denied, ScribeTreeError
from scribetree.log import log, where_raised
from scribetree.privacy.deliveries import Batch, Delivery
from scribetree.privacy.guard import View
from scribetree.provenance import new_correlation_id
from scribetree.servers.educator_alerts._messages import Line, Message, as_email, as_slack, as_webhook
from scribetree.servers.educator_alerts._people import short_name, suite
from scribetree.servers.educator_alerts._preferences import webhook_secret
from scribetree.servers.educator_alerts._safe_post import Refused, cut_off_in_time, post
from scribetree.servers.educator_alerts._school import MailServer, school
from scribetree.servers.educator_alerts._send import Alert, How, put
from scribetree.servers.educator_alerts._wishes import Settings, settings_of
from scribetree.servers.kit import Wiring
from scribetree.tools import alerts as judgement

__all__ = ["deliver_due", "keep_delivering"]

_FIRST_LOOK_S, _LOOK_EVERY_S = 1.0, 5.0
_MOST_A_ROUND = 100
_MOST_TRIES = 75
"""About three days: the pauses grow from a minute to an hour."""
_LONGEST_PAUSE_MINUTES = 60
_SMTP_TIMEOUT_S, _SMTP_WHOLE_S = 15.0, 60.0
_AT_ONCE = frozenset({"critical", "urgent"})


async def keep_delivering(means: Wiring) -> None:
    """What comes due is delivered, until this is cancelled; a message that is on its way is finished first."""
    await anyio.sleep(_FIRST_LOOK_S)
    while True:
        try:
            await anyio.to_thread.run_sync(deliver_due, means)
        except Exception as error:  # noqa: BLE001 - whatever it was, the next look may succeed
            log.error("delivery_round_failed", **where_raised(error))
        await anyio.sleep(_LOOK_EVERY_S)


def deliver_due(means: Wiring) -> int:
    """What is due now has been tried; how many batches were sent."""
    correlation_id = new_correlation_id()
    for owner, alert_id in means.office.deliveries.to_escalate():
        try:
            _escalate(means, owner, alert_id, correlation_id)
        except ScribeTreeError as error:
            # One inbox that cannot be read holds up no other.
            log.error("escalation_failed", **where_raised(error))
            if not error.retryable:
                means.office.deliveries.escalated(owner, alert_id)
    sent = 0
    for _ in range(_MOST_A_ROUND):
        # One at a time: a claim must not run out while its turn has not come.
        batch = means.office.deliveries.claim()
        if batch is None:
            break
        sent += _carried(means, batch, correlation_id)
    return sent


def _carried(means: Wiring, batch: Batch, correlation_id: str) -> bool:
    """Whether the batch has been sent; if not, the ledger knows what becomes of it."""
    try:
        return _carry(means, batch, correlation_id)
    except (Refused, smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as error:
        log.error("delivery_refused", channel=batch.channel, **where_raised(error))
        means.office.deliveries.failed(batch)
    except Exception as error:  # noqa: BLE001 - whatever it was, it holds up no other batch, and not this one for good
        _try_again(means, batch, error)
    return False


def _carry(means: Wiring, batch: Batch, correlation_id: str) -> bool:
    ledger = means.office.deliveries
    views = _views(means, batch, correlation_id)
    gone = set(batch.record_ids) - {view.record_id for view in views}
    if gone:
        ledger.drop(batch, gone)
    if not views:
        return False
    settings = settings_of(means, batch.owner, correlation_id)
    pause = _rest(means, batch, views, settings)
    if pause is not None:
        ledger.postpone(batch, pause)
        return False
    _send(means, batch, _message(means, batch, views), settings)
    ledger.sent(batch)
    return True


def _views(means: Wiring, batch: Batch, correlation_id: str) -> list[View]:
    """The records of the batch that are still there and the reader's, and that nobody has acknowledged meanwhile."""
    caller = suite(correlation_id)
    try:
        found = means.guard.inbox(
            caller, batch.owner, batch.kind, limit=len(batch.record_ids), record_ids=batch.record_ids
        ).views
    except Denied:
        return []
    states = means.office.deliveries.states(batch.owner, batch.record_ids)
    # A step that somebody planned themselves is theirs to be reminded of.
    is_own = batch.kind != "alert"
    theirs = batch.record_ids if is_own else means.guard.still_for(batch.owner, batch.kind, batch.record_ids)
    return [
        view
        for view in found
        if view.record_id in theirs and ((state := states.get(view.record_id)) is None or state.acknowledged_at is None)
    ]


def _rest(means: Wiring, batch: Batch, views: Sequence[View], settings: Settings) -> datetime | None:
    """Until when the batch waits because the day has had its messages; None where it goes now."""
    if batch.kind != "alert" or batch.attempts or any(view.values["severity"] in _AT_ONCE for view in views):
        return None
    now = means.clock.now()
    today = judgement.start_of_day(now, zone=settings.zone)
    if means.office.deliveries.messages_since(batch.owner, batch.channel, today) < settings.messages_a_day:
        return None
    tomorrow = judgement.start_of_day(today + timedelta(hours=36), zone=settings.zone)
    return judgement.end_of_quiet(tomorrow, quiet=settings.wishes.quiet, zone=settings.zone)


def _message(means: Wiring, batch: Batch, views: Sequence[View]) -> Message:
    is_reminder = batch.kind != "alert"
    lines = [
        Line("planned step", "medium", view.values["action"]["student"])
        if is_reminder
        else Line(view.values["alert_type"], view.values["severity"], short_name(means, view.values["student_id"]))
        for view in views
    ]
    return Message(batch.batch_id, is_reminder, lines, school(means.settings.home).board, means.clock.now())


def _send(means: Wiring, batch: Batch, message: Message, settings: Settings) -> None:
    """The message has been accepted by its channel, else something is raised."""
    if batch.channel == "email":
        server = school(means.settings.home).mail
        if settings.email is None:
            raise Refused
        if server is None:
            raise OSError
        _mail(server, message, to=settings.email)
        return
    url = settings.webhook_url if batch.channel == "webhook" else settings.slack_url
    if url is None:
        raise Refused
    secret = webhook_secret(means, batch.owner)
    body, headers = as_webhook(message, secret=secret) if batch.channel == "webhook" else as_slack(message)
    post(means.settings.home, url, body, headers)


def _mail(server: MailServer, message: Message, *, to: str) -> None:
    mail = as_email(message, sender=server.sender, to=to)
    context = ssl.create_default_context()
    with (
        socket.create_connection((server.host, server.port), timeout=_SMTP_TIMEOUT_S) as plain,
        cut_off_in_time(plain, _SMTP_WHOLE_S),
        _Mailing(
            server, context.wrap_socket(plain, server_hostname=server.host) if server.security == "tls" else plain
        ) as connection,
    ):
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user is not None and server.password is not None:
            connection.login(server.user, server.password)
        connection.send_message(mail)


class _Mailing(smtplib.SMTP):
    """A conversation with a mail server over a connection that is there already."""

    def __init__(self, server: MailServer, connected: socket.socket) -> None:
        self._connected = connected
        super().__init__(server.host, server.port, timeout=_SMTP_TIMEOUT_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._connected


def _try_again(means: Wiring, batch: Batch, error: Exception) -> None:
    now = means.clock.now()
    log.warning("delivery_failed", channel=batch.channel, attempts=batch.attempts, **where_raised(error))
    if batch.attempts >= _MOST_TRIES:
        means.office.deliveries.failed(batch)
        return
    means.office.deliveries.again(
        batch, now + timedelta(minutes=min(_LONGEST_PAUSE_MINUTES, 2 ** min(batch.attempts, 6)))
    )


def _escalate(means: Wiring, owner: str, alert_id: str, correlation_id: str) -> None:
    """Whoever was to act is told again, and the colleague named for this is told, too."""
    ledger, now = means.office.deliveries, means.clock.now()
    caller = suite(correlation_id)
    views = means.guard.inbox(caller, owner, "alert", limit=1, record_ids=[alert_id]).views
    if views:
        settings, says = settings_of(means, owner, correlation_id), views[0].values
        # Of what its reader may not have any more, _views tells them nothing; the colleague is told all the same.
        ledger.add(owner, [Delivery("alert", alert_id, each, now, again=True) for each in settings.reachable()])
        if settings.escalate_to is not None:
            alert = Alert(**{name: says[name] for name in ("alert_type", "severity", "title", "description")})
            how = How(says.get("assignment_id"), (), immediate=True, batch=False, respect_quiet_hours=False)
            put(means, caller, alert, to=settings.escalate_to, about=says["student_id"], how=how)
    ledger.escalated(owner, alert_id)
