"""
When access to students' data is unusual enough that a person should look: too often, too widely, or at night.

A threshold is a reason to ask, never a finding of guilt. The three are the origin's: more than 50 accesses or more than
20 students in an hour, or an access between 22 and 6 o'clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["LOOK_BACK", "LOOK_BACK_ACCESSES", "WATCHED_ACTIONS", "WATCHED_ROLES", "Suspicion", "suspicions"]

WATCHED_ROLES = frozenset({"educator", "administrator", "researcher"})
WATCHED_ACTIONS = frozenset({"read", "export"})
LOOK_BACK = timedelta(hours=1)

LOOK_BACK_ACCESSES = 101
"""As many as are looked at; more would not change the answer about the rate."""

_MOST_ACCESSES = 50
_MOST_STUDENTS = 20
_NIGHT_BEGINS = 22
_NIGHT_ENDS = 6


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One threshold that was passed, and how far."""

    kind: str
    count: int


def suspicions(students: Sequence[bytes | None], *, local_now: datetime) -> list[Suspicion]:
    """What is unusual about an actor's accesses of the last hour, this one included; `students` has one for each."""
    found: list[Suspicion] = []
    if len(students) > _MOST_ACCESSES:
        found.append(Suspicion("rate", len(students)))
    different = len({student for student in students if student is not None})
    if different > _MOST_STUDENTS:
        found.append(Suspicion("breadth", different))
    if local_now.hour >= _NIGHT_BEGINS or local_now.hour < _NIGHT_ENDS:
        found.append(Suspicion("hours", local_now.hour))
    return found
