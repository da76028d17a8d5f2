"""`scribetree outbox`: the writes that wait for their server."""

from dataclasses import asdict
from typing import Any

from scribetree.clock import SystemClock
from scribetree.host.chain import Outbox, Waiting
from scribetree.host.commands._session import print_json, print_line
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

__all__ = ["drop", "show"]


def show(*, as_json: bool) -> int:
    """The waiting writes are listed, without what they say; 1 if one needs a person."""
    waiting = _outbox().waiting()
    if as_json:
        print_json([_as_json(each) for each in waiting], indent=2)
    else:
        for each in waiting:
            why = f" ({each.why})" if each.why else ""
            print_line(f"{each.receipt}  {each.server} {each.tool}  {each.queued_at:%Y-%m-%d %H:%M}  {each.state}{why}")
        print_line(f"{len(waiting)} waiting" if waiting else "Nothing waits.")
    return 1 if any(each.state in {"uncertain", "refused"} for each in waiting) else 0


def drop(receipt: str) -> int:
    """The write will not be done."""
    _outbox().drop(receipt)
    print_line(f"{receipt}  dropped")
    return 0


def _outbox() -> Outbox:
    settings = Settings.from_environment()
    return Outbox(home=settings.home, ring=KeyRing.open(settings), clock=SystemClock())


def _as_json(waiting: Waiting) -> dict[str, Any]:
    return asdict(waiting) | {"queued_at": waiting.queued_at.isoformat()}
