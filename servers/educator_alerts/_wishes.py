"""How one educator wants to be told: kept sealed under the educator's own key, read when something is to be told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import time
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scribetree.errors import InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import admit_to_inbox
from scribetree.privacy.identity import pseudonym
from scribetree.servers.educator_alerts._people import suite
from scribetree.servers.kit import Wiring
from scribetree.tools import alerts as judgement

__all__ = ["CHANNELS", "Channel", "Settings", "keep", "settings_of", "zone_of"]

Channel = Literal["in_app", "email", "sms", "slack", "webhook"]
CHANNELS: Mapping[str, str] = {"email": "email", "slack": "slack_url", "webhook": "webhook_url"}
"""The channels that interrupt, each with the setting that it cannot do without."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an educator chose; times are on the educator's clock, `time_zone` is an IANA name, None this machine's."""

    time_zone: str | None = None
    quiet_from: str = "22:00"
    quiet_until: str = "07:00"
    minimum_severity: judgement.Severity = "medium"
    muted_types: tuple[judgement.AlertType, ...] = ()
    batch_minutes: int = 5
    messages_a_day: int = 4
    channels: tuple[Channel, ...] = ("in_app", "email")
    email: str | None = None
    webhook_url: str | None = None
    slack_url: str | None = None
    escalate_to: str | None = None

    @property
    def wishes(self) -> judgement.Wishes:
        """The part that decides when and whether."""
        return judgement.Wishes(
            quiet=judgement.Quiet(time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)),
            minimum_severity=self.minimum_severity,
            muted=frozenset(self.muted_types),
            batch_minutes=self.batch_minutes,
            messages_a_day=self.messages_a_day,
        )

    @property
    def zone(self) -> ZoneInfo | None:
        """The educator's time zone."""
        return None if self.time_zone is None else zone_of(self.time_zone)

    def reachable(self) -> tuple[str, ...]:
        """The channels that interrupt, were chosen, and have what they need."""
        return tuple(each for each in self.channels if each in CHANNELS and getattr(self, CHANNELS[each]))


def settings_of(means: Wiring, educator: str, correlation_id: str) -> Settings:
    """What the educator chose last, else the defaults."""
    views = means.guard.read(suite(correlation_id), educator, "alert_preferences", limit=1)
    if not views:
        return Settings()
    known: dict[str, Any] = dict(views[0].values["settings"])
    # A setting of a newer version is left alone; one that is missing has its default.
    kept = {field.name: known[field.name] for field in fields(Settings) if field.name in known}
    for name in ("muted_types", "channels"):
        if name in kept:
            kept[name] = tuple(kept[name])
    return Settings(**kept)


def keep(means: Wiring, caller: PrivacyContext, educator: str, settings: Settings) -> None:
    """The educator's settings are these; others than the educator are denied."""
    admit_to_inbox(caller, educator)
    means.guard.write(
        caller,
        educator,
        "alert_preferences",
        {"settings": asdict(settings)},
        record_id=pseudonym(means.ring, educator, scope="alert-preferences"),
        anew=True,
    )


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that IANA name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            "`time_zone` is not the IANA name of a time zone.", hint="Write it like Europe/Berlin or America/New_York."
        ) from None
