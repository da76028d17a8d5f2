"""
The time that a request has in all, handed from step to step and never made longer.

    deadline = Deadline.after(10)
    with deadline.limit():                       # the whole
        with deadline.within(4).limit():         # a step: 4 s, or what is left
            await call(timeout_s=deadline.for_next_hop())
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import anyio

from scribetree.clock import Clock, SystemClock
from scribetree.errors import OutOfTime

__all__ = ["Deadline"]

_HOP_MARGIN = 0.05
_LONGEST_MARGIN_S = 0.25


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the clock's monotonic time."""

    at_s: float
    clock: Clock

    @classmethod
    def after(cls, timeout_s: float, *, clock: Clock | None = None) -> "Deadline":
        """The moment `timeout_s` from now."""
        clock = clock or SystemClock()
        return cls(clock.monotonic() + timeout_s, clock)

    def remaining_s(self) -> float:
        """The seconds that are left, never below 0."""
        return max(0.0, self.at_s - self.clock.monotonic())

    def has_passed(self) -> bool:
        """Whether nothing is left."""
        return self.remaining_s() == 0.0

    def within(self, timeout_s: float) -> "Deadline":
        """The deadline of one step: `timeout_s` from now, and never later than this one."""
        return Deadline(min(self.at_s, self.clock.monotonic() + timeout_s), self.clock)

    def for_next_hop(self) -> float:
        """
        The time-out to give to the next process: what is left, less what the answer needs to come back.

        The margin is 5 % of what is left, at most 0.25 s, so that the callee gives up before its caller does.
        """
        left = self.remaining_s()
        return left - min(left * _HOP_MARGIN, _LONGEST_MARGIN_S)

    def check(self) -> None:
        """Nothing happens while time is left; afterwards OutOfTime is raised."""
        if self.has_passed():
            raise _out_of_time()

    @contextmanager
    def limit(self) -> Generator[None]:
        """The block ends in time, or is cancelled and OutOfTime is raised."""
        self.check()
        with anyio.move_on_after(self.remaining_s()) as scope:
            yield
        if scope.cancelled_caught:
            raise _out_of_time()


def _out_of_time() -> OutOfTime:
    return OutOfTime("The time for this request is used up.", hint="Ask for less at once, or allow more time.")
