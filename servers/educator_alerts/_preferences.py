"""How an educator wants to be told, said by the educator."""

import base64
import hmac
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from scribetree.errors import InvalidInput
from scribetree.privacy.guard import EDUCATORS, admit_to_inbox
from scribetree.servers.educator_alerts._safe_post import check_url
from scribetree.servers.educator_alerts._wishes import CHANNELS, Channel, Settings, keep, settings_of, zone_of
from scribetree.servers.kit import WRITES_ONCE, Caller, EducatorId, Means, PurposeWords, Toolbox, Wiring
from scribetree.tools import alerts as judgement

__all__ = ["tools", "webhook_secret"]

tools = Toolbox()

_Time = Annotated[str, Field(max_length=5, pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="A time of day, HH:MM.")]
_Url = Annotated[str, Field(min_length=8, max_length=500, pattern=r"^https?://\S+$")]
_Address = Annotated[str, Field(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+$")]


@dataclass(frozen=True, slots=True)
class AlertPreferences:
    """
    What holds now. Addresses are kept and not told again: `ready_channels` says which channels have theirs.

    `webhook_secret` is given when `webhook_url` was set in this call: with it the receiver checks each message.
    """

    time_zone: str | None
    quiet_from: str
    quiet_until: str
    minimum_severity: judgement.Severity
    muted_types: tuple[judgement.AlertType, ...]
    batch_minutes: int
    messages_a_day: int
    channels: tuple[Channel, ...]
    ready_channels: tuple[str, ...]
    has_escalation: bool
    webhook_secret: str | None
    notes: tuple[str, ...]


@tools.add(title="Set alert preferences", hints=WRITES_ONCE, roles=EDUCATORS)
def set_alert_preferences(
    educator_id: EducatorId,
    caller: Caller,
    means: Means,
    time_zone: Annotated[str, Field(max_length=64, description="An IANA name such as Europe/Berlin.")] | None = None,
    quiet_from: _Time | None = None,
    quiet_until: _Time | None = None,
    minimum_severity: judgement.Severity | None = None,
    muted_types: Annotated[list[judgement.AlertType], Field(max_length=8)] | None = None,
    batch_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None,
    messages_a_day: Annotated[int, Field(ge=1, le=50)] | None = None,
    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)] | None = None,
    email: _Address | None = None,
    webhook_url: _Url | None = None,
    slack_url: _Url | None = None,
    escalate_to: EducatorId | None = None,
    purpose: PurposeWords = "support",
) -> AlertPreferences:
    """
    Say how one educator is told of alerts: channels, quiet hours in a time zone, severity, batching, messages a day.

    Use it when an educator wants fewer, later or other messages; what is not named stays as it was, and without any
    setting it shows what holds. Equal times mean no quiet hours. Below `minimum_severity`, and for `muted_types`,
    alerts stand in the inbox and interrupt nobody; critical and urgent ones always do. `escalate_to` is the colleague
    who is told when an urgent or critical alert stays unacknowledged; that colleague has to teach the student, too.
    """
    admit_to_inbox(caller, educator_id)
    held = settings_of(means, educator_id, caller.correlation_id)
    given: dict[str, Any] = {
        "time_zone": time_zone,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "minimum_severity": minimum_severity,
        "muted_types": None if muted_types is None else tuple(dict.fromkeys(muted_types)),
        "batch_minutes": batch_minutes,
        "messages_a_day": messages_a_day,
        "channels": None if channels is None else tuple(dict.fromkeys(channels)),
        "email": email,
        "webhook_url": webhook_url,
        "slack_url": slack_url,
        "escalate_to": escalate_to,
    }
    named = {name: value for name, value in given.items() if value is not None}
    _check(means, named, educator_id)
    chosen = replace(held, **named)
    if named:
        keep(means, caller, educator_id, chosen)
    return _told(chosen, webhook_secret(means, educator_id) if webhook_url else None)


def webhook_secret(means: Wiring, educator: str) -> str:
    """The secret that signs an educator's webhook messages (Standard Webhooks: `whsec_` and base64)."""
    key = hmac.digest(means.ring.key("webhook"), educator.encode(), "sha256")
    return f"whsec_{base64.b64encode(key).decode()}"


def _check(means: Wiring, named: dict[str, Any], educator: str) -> None:
    if "time_zone" in named:
        zone_of(named["time_zone"])
    for field in ("webhook_url", "slack_url"):
        if field in named:
            check_url(means.settings.home, named[field], field=field)
    if named.get("escalate_to") == educator:
        raise InvalidInput("`escalate_to` is the educator themselves.", hint="Name a colleague, or leave it out.")


def _told(chosen: Settings, secret: str | None) -> AlertPreferences:
    ready = chosen.reachable()
    missing = [each for each in chosen.channels if each in CHANNELS and each not in ready]
    notes = [f"{channel} was chosen and has no `{CHANNELS[channel]}` yet." for channel in missing]
    if "sms" in chosen.channels:
        notes.append("sms is not carried by this installation.")
    return AlertPreferences(
        time_zone=chosen.time_zone,
        quiet_from=chosen.quiet_from,
        quiet_until=chosen.quiet_until,
        minimum_severity=chosen.minimum_severity,
        muted_types=chosen.muted_types,
        batch_minutes=chosen.batch_minutes,
        messages_a_day=chosen.messages_a_day,
        channels=chosen.channels,
        ready_channels=("in_app", *ready),
        has_escalation=chosen.escalate_to is not None,
        webhook_secret=secret,
        notes=tuple(notes),
    )
