"""Time as a value that is passed in, so that nothing has to sleep to be tested."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "FixedClock", "SystemClock"]


class Clock(Protocol):
    """What the code may ask about time."""

    def now(self) -> datetime:
        """The time of day, always in UTC and aware of it."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        ...


class SystemClock:
    """The machine's own time."""

    monotonic = staticmethod(time.monotonic)

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A time that moves only when it is told to."""

    moment: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)
    elapsed_s: float = 0.0

    def now(self) -> datetime:
        return self.moment + timedelta(seconds=self.elapsed_s)

    def monotonic(self) -> float:
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        """Time is `seconds` later."""
        self.elapsed_s += seconds
