"""
When access to students' data is unusual enough that a person should look: too often, too widely, or at night.

A threshold is a reason to ask, never a finding of guilt. The three are the origin's: more than 50 accesses or more than
20 students in an hour, or an access between 22 and 6 o'clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["LOOK_BACK", "LOOK_BACK_ACCESSES", "WATCHED_ACTIONS", "WATCHED_ROLES", "Suspicion", "suspicions"]

WATCHED_ROLES = frozenset({"educator", "administrator", "researcher"})
WATCHED_ACTIONS = frozenset({"read", "export"})
LOOK_BACK = timedelta(hours=1)

LOOK_BACK_ACCESSES = 101
"""The newest so many of the hour are looked at, so that an actor's thousandth access costs no more than the first."""

_MOST_ACCESSES = 50
_MOST_STUDENTS = 20
_NIGHT_BEGINS = 22
_NIGHT_ENDS = 6


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One threshold that was passed, and how far."""

    kind: str
    count: int


def suspicions(*, accesses: int, students: int, local_now: datetime) -> list[Suspicion]:
    """What is unusual about one actor's last hour, the present access included."""
    found: list[Suspicion] = []
    if accesses > _MOST_ACCESSES:
        found.append(Suspicion("rate", accesses))
    if students > _MOST_STUDENTS:
        found.append(Suspicion("breadth", students))
    if local_now.hour >= _NIGHT_BEGINS or local_now.hour < _NIGHT_ENDS:
        found.append(Suspicion("hours", local_now.hour))
    return found
