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
    alerts = [name for _, kind, name in found if kind == "alert"]
    theirs = means.guard.still_for(caller.requester_id, "alert", alerts) if alerts else frozenset[str]()
    told = [each for each in found if each[1] != "alert" or each[2] in theirs]
    reached, last = (found[-1][0], found[-1][2]) if found else since
    return _place(reached, last), [LiveEvent(_place(due, name), kind, {"alert_id": name}) for due, kind, name in told]


def _place(at: float, record_id: str) -> str:
    return f"{at!r}/{record_id}"
