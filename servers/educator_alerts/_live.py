"""What comes into the caller's own inbox, as it comes: ids only, whose content is read through list_alerts."""

from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import LiveEvent, Wiring

__all__ = ["events"]


def events(means: Wiring, caller: PrivacyContext, after: str | None) -> tuple[str, list[LiveEvent]]:
    """
    What is new since the place `after`, and the place that this reaches to; without one, from now on.

    A place is a time and an id, as the last event gave it.
    """
    at, _, record_id = (after or "").partition("/")
    try:
        since = float(at), record_id
    except ValueError:
        since = means.clock.now().timestamp(), ""
    found = means.office.deliveries.newest(caller.requester_id, after=since)
    news = [LiveEvent(f"{due!r}/{name}", kind, {"alert_id": name}) for due, kind, name in found]
    return (news[-1].event_id if news else f"{since[0]!r}/{since[1]}"), news
