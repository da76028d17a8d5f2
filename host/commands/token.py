"""`scribetree token`: who may call over plain HTTP, in which role."""

from scribetree.clock import SystemClock
from scribetree.host.commands._session import caller_for, say
from scribetree.privacy.caller import LIFETIME_S, sign
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

__all__ = ["run"]


def run(*, role: str, purpose: str, student: str | None) -> str:
    """A caller's token under this installation's key ring, good for minutes."""
    settings = Settings.from_environment()
    caller = caller_for(role, purpose=purpose, student_id=student)
    say(f"Good for {LIFETIME_S // 60} minutes; send it as `Authorization: Bearer TOKEN`.")
    return sign(caller, ring=KeyRing.open(settings), clock=SystemClock())
