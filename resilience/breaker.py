"""
A circuit breaker: what keeps failing is left alone for a while, then tried with care.

    breaker = Breaker()
    with breaker.attempt(is_fault=lambda error: isinstance(error, Unavailable)):
        await server.call(...)

Only what the caller classifies as a fault counts against the circuit: a denial or a bad argument is an answer.
An attempt counts only in the state in which it was admitted. A call that was let through before the circuit
opened says nothing about whether it may close again.
"""

import random
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

from scribetree.clock import Clock, SystemClock
from scribetree.errors import CircuitOpen

__all__ = ["Attempt", "Breaker", "BreakerPolicy", "BreakerStats", "CircuitState"]

CircuitState = Literal["closed", "open", "half-open"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a circuit opens, how long it stays so, and what closes it."""

    failures: int = 5
    """So many faults in a row open the circuit."""
    window_s: float = 60.0
    """Older outcomes are forgotten."""
    failure_share: float = 0.5
    least_calls: int = 20
    """This share of faults among at least so many calls of the window opens it too, in a row or not."""
    open_s: float = 30.0
    longest_open_s: float = 300.0
    """The rest doubles each time that a probe fails, up to the longest."""
    jitter: float = 0.1
    """Up to this share is taken off a rest that has grown, so that many hosts do not probe at one moment."""
    probes: int = 1
    """So many calls at once are let through while half-open."""
    successes: int = 3
    """So many probes that succeed close the circuit."""


@dataclass(frozen=True, slots=True)
class BreakerStats:
    """What a breaker has seen: totals since it was made, and the failure share within its window."""

    state: CircuitState
    calls: int
    successes: int
    failures: int
    rejected: int
    times_opened: int
    failure_share: float
    retry_after_s: float


class Attempt:
    """One admitted call; exactly one of its methods is called when it has ended, and later ones do nothing."""

    __slots__ = ("_breaker", "_epoch")

    def __init__(self, breaker: "Breaker", epoch: int) -> None:
        self._breaker: Breaker | None = breaker
        self._epoch = epoch

    def succeeded(self) -> None:
        """It was answered, be it with a denial."""
        self._end(failed=False)

    def failed(self) -> None:
        """It met a fault."""
        self._end(failed=True)

    def abandoned(self) -> None:
        """It was given up before it showed anything."""
        self._end(failed=None)

    def _end(self, *, failed: bool | None) -> None:
        if self._breaker is not None:
            breaker, self._breaker = self._breaker, None
            breaker.end(self._epoch, failed=failed)


class Breaker:
    """The circuit of one server, or of anything else that can fail."""

    def __init__(
        self,
        *,
        name: str = "The service",
        policy: BreakerPolicy | None = None,
        clock: Clock | None = None,
        seed: int | None = None,
    ) -> None:
        self._name = name
        self._policy = policy or BreakerPolicy()
        self._clock = clock or SystemClock()
        self._random = random.Random(seed)  # noqa: S311 - spreads probes, hides nothing
        self._epoch = 0
        self._state: CircuitState = "closed"
        self._window = _Window(self._policy.window_s)
        self._in_a_row: deque[float] = deque(maxlen=self._policy.failures)
        self._reopenings = 0
        self._open_until = 0.0
        self._probing = self._probes_passed = 0
        self._calls = self._successes = self._failures = self._rejected = self._times_opened = 0

    @property
    def state(self) -> CircuitState:
        """The circuit's state at this moment."""
        self._rest_over()
        return self._state

    def admit(self) -> Attempt:
        """The right to one call; raises CircuitOpen, with the time to wait, when there is none."""
        self._rest_over()
        if self._state == "open" or (self._state == "half-open" and self._probing >= self._policy.probes):
            self._rejected += 1
            raise self._refusal()
        if self._state == "half-open":
            self._probing += 1
        self._calls += 1
        return Attempt(self, self._epoch)

    @contextmanager
    def attempt(self, *, is_fault: Callable[[Exception], bool]) -> Generator[None]:
        """The block is one call; an exception of it counts as a fault if `is_fault` says so."""
        admitted = self.admit()
        try:
            yield
        except Exception as error:
            if is_fault(error):
                admitted.failed()
            else:
                admitted.succeeded()
            raise
        except BaseException:
            admitted.abandoned()
            raise
        admitted.succeeded()

    async def call(self, operation: Callable[[], Awaitable[T]], *, is_fault: Callable[[Exception], bool]) -> T:
        """What `operation` gives, if the circuit lets it be tried."""
        with self.attempt(is_fault=is_fault):
            return await operation()

    def end(self, epoch: int, *, failed: bool | None) -> None:
        """An attempt of that epoch has ended; called by Attempt."""
        self._successes += failed is False
        self._failures += failed is True
        if epoch != self._epoch:
            return
        if self._state == "half-open":
            self._end_probe(failed=failed)
        elif failed is not None:
            self._end_call(failed=failed)

    def try_now(self) -> None:
        """An open circuit is half-open: something shows that it may work again, so that its rest is cut short."""
        if self._state == "open":
            self._enter("half-open")

    def stats(self) -> BreakerStats:
        """The figures so far."""
        state = self.state
        calls, failures = self._window.counts(self._clock.monotonic())
        return BreakerStats(
            state=state,
            calls=self._calls,
            successes=self._successes,
            failures=self._failures,
            rejected=self._rejected,
            times_opened=self._times_opened,
            failure_share=failures / calls if calls else 0.0,
            retry_after_s=self._wait_s(),
        )

    def _end_call(self, *, failed: bool) -> None:
        now = self._clock.monotonic()
        self._window.add(now, failed=failed)
        if not failed:
            self._in_a_row.clear()
            return
        self._in_a_row.append(now)
        if self._has_failed_in_a_row(now) or self._has_failed_in_share(now):
            self._open(now)

    def _end_probe(self, *, failed: bool | None) -> None:
        self._probing -= 1
        if failed:
            self._reopenings += 1
            self._open(self._clock.monotonic())
        elif failed is False:
            self._probes_passed += 1
            if self._probes_passed >= self._policy.successes:
                self._close()

    def _has_failed_in_a_row(self, now: float) -> bool:
        failures = self._in_a_row
        return len(failures) == self._policy.failures and now - failures[0] <= self._policy.window_s

    def _has_failed_in_share(self, now: float) -> bool:
        calls, failures = self._window.counts(now)
        return calls >= self._policy.least_calls and failures >= calls * self._policy.failure_share

    def _open(self, now: float) -> None:
        self._enter("open")
        self._times_opened += 1
        rest = min(self._policy.open_s * 2.0 ** min(self._reopenings, 30), self._policy.longest_open_s)
        if self._reopenings:
            rest *= 1 - self._random.random() * self._policy.jitter
        self._open_until = now + rest

    def _rest_over(self) -> None:
        if self._state == "open" and self._clock.monotonic() >= self._open_until:
            self._enter("half-open")

    def _close(self) -> None:
        self._reopenings = 0
        self._enter("closed")

    def _enter(self, state: CircuitState) -> None:
        """The next state, in which nothing of the one before counts."""
        self._state = state
        self._epoch += 1
        self._probing = self._probes_passed = 0
        self._in_a_row.clear()
        self._window = _Window(self._policy.window_s)

    def _wait_s(self) -> float:
        return max(0.0, self._open_until - self._clock.monotonic()) if self._state == "open" else 0.0

    def _refusal(self) -> CircuitOpen:
        wait = self._wait_s()
        when = f"in {wait:.0f} s" if wait else "when the call that probes it has ended"
        return CircuitOpen(
            f"{self._name} failed repeatedly and is left alone for now.",
            hint=f"Try again {when}.",
            retry_after_s=wait,
        )


class _Window:
    """Calls and failures of the last `length_s` seconds, in ten slots; what leaves, leaves a slot at a time."""

    SLOTS = 10
    __slots__ = ("_slot_s", "_slots")

    def __init__(self, length_s: float) -> None:
        self._slot_s = length_s / self.SLOTS
        self._slots: deque[list[int]] = deque()

    def add(self, now: float, *, failed: bool) -> None:
        number = int(now / self._slot_s)
        self._forget(number)
        if not self._slots or self._slots[-1][0] != number:
            self._slots.append([number, 0, 0])
        slot = self._slots[-1]
        slot[1] += 1
        slot[2] += failed

    def counts(self, now: float) -> tuple[int, int]:
        self._forget(int(now / self._slot_s))
        return sum(slot[1] for slot in self._slots), sum(slot[2] for slot in self._slots)

    def _forget(self, number: int) -> None:
        while self._slots and self._slots[0][0] <= number - self.SLOTS:
            self._slots.popleft()
