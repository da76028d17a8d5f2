"""
What a message outside the inbox says: how many alerts, of which kinds, about which pseudonyms, and where to read them.

No title, no text, no name, no identifier: an e-mail is a postcard.
"""

import base64
import hmac
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

__all__ = ["Line", "Message", "as_email", "as_slack", "as_webhook"]

_SHOWN = 20
_ORDER = ("urgent", "critical", "high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Line:
    """One alert or reminder, as far as it may be told outside."""

    kind: str
    severity: str
    student: str


@dataclass(frozen=True, slots=True)
class Message:
    """One batch for one person: its id, its lines, and where the rest is read."""

    message_id: str
    is_reminder: bool
    lines: Sequence[Line]
    board: str
    at: datetime

    @property
    def subject(self) -> str:
        """What a list of messages shows."""
        count = len(self.lines)
        if self.is_reminder:
            return f"Scribe Tree: {count} planned {'step' if count == 1 else 'steps'} coming up"
        worst = min((line.severity for line in self.lines), key=_ORDER.index)
        return f"Scribe Tree: {count} {'alert' if count == 1 else 'alerts'}, {worst}"

    @property
    def body(self) -> str:
        """What it says, grouped by student, the gravest first."""
        grouped: dict[str, list[Line]] = {}
        for line in sorted(self.lines, key=lambda each: _ORDER.index(each.severity)):
            grouped.setdefault(line.student, []).append(line)
        told = [f"- student {student}: {_counted(lines)}" for student, lines in list(grouped.items())[:_SHOWN]]
        more = len(grouped) - len(told)
        if more > 0:
            told.append(f"- and {more} more students")
        return "\n".join(
            [*told, "", f"Read and answer them here: {self.board}", "No name and no text stands in this message."]
        )


def as_email(message: Message, *, sender: str, to: str) -> EmailMessage:
    """The e-mail; its Message-ID is the batch's, so that the same batch sent again is the same message."""
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"], mail["To"] = sender, to
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.message_id}@{sender.rsplit('@', 1)[-1].strip('<> ')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    return mail


def as_webhook(message: Message, *, secret: str) -> tuple[bytes, Mapping[str, str]]:
    """The body and headers of a signed message (Standard Webhooks): `webhook-id` is the same for the same batch."""
    shape: dict[str, Any] = {
        "type": "reminder" if message.is_reminder else "alerts",
        "timestamp": message.at.isoformat(),
        "data": {
            "alerts": [
                {"kind": line.kind, "severity": line.severity, "student": line.student} for line in message.lines
            ],
            "board": message.board,
        },
    }
    body = json.dumps(shape, separators=(",", ":")).encode()
    at = str(int(message.at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, b".".join((message.message_id.encode(), at.encode(), body)), "sha256")
    return body, {
        "Content-Type": "application/json",
        "webhook-id": message.message_id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def as_slack(message: Message) -> tuple[bytes, Mapping[str, str]]:
    """The body and headers for an incoming webhook of Slack."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": message.subject}},
        {"type": "section", "text": {"type": "plain_text", "text": message.body[:3000]}},
    ]
    body = json.dumps({"text": message.subject, "blocks": blocks}).encode()
    return body, {"Content-Type": "application/json"}


def _counted(lines: Sequence[Line]) -> str:
    counts = Counter((line.kind.replace("_", " "), line.severity) for line in lines)
    return ", ".join(
        f"{kind} ({severity}{f', {count}' if count > 1 else ''})" for (kind, severity), count in counts.items()
    )
