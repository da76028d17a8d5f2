"""One student's traces in the chain, removed: for an erasure, or a consent that was withdrawn."""

from pathlib import Path

from scribetree.clock import Clock
from scribetree.host.chain._answers import LastAnswers
from scribetree.host.chain.outbox import Outbox
from scribetree.privacy.keys import KeyRing

__all__ = ["forget_student"]


async def forget_student(student_id: str, *, home: Path, ring: KeyRing, clock: Clock) -> int:
    """
    No kept answer and no waiting write names this student, in whatever process; how many writes did.

    Raises Unavailable when a file cannot be used, so that something may still be there.
    """
    answers = LastAnswers(home=home, ring=ring, clock=clock)
    try:
        await answers.forget(student_id)
    finally:
        answers.close()
    return Outbox(home=home, ring=ring, clock=clock).forget(student_id)
