"""
Which instance of a server is asked first.

`round-robin` and `random` treat all alike. `health` prefers those whose circuit is closed, and among them the one that
is expected to answer first: its usual time to answer, times the calls that it has already. What is known of an
instance fades, so that one that was slow is tried again.
"""

import math
import random
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Literal, Protocol, TypeVar

from scribetree.clock import Clock
from scribetree.errors import Unavailable
from scribetree.resilience import Breaker

__all__ = ["Balancer", "Load", "Strategy"]

Strategy = Literal["round-robin", "random", "health"]

_FADES_IN_S = 10.0
_WEIGHT = 0.3
_LEAST_S = 0.001
_FAULT_S = 1.0
"""A call that failed counts as one that took so much longer."""


class Load:
    """How much one instance has to do, and how quick it is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._usual_s = 0.0
        self._learned_at = clock.monotonic()
        self.running = 0
        self.calls = 0

    @contextmanager
    def call(self) -> Generator[None]:
        """The block is one call of it."""
        started = self._clock.monotonic()
        self.running += 1
        self.calls += 1
        penalty = 0.0
        try:
            yield
        except Unavailable:
            penalty = _FAULT_S
            raise
        finally:
            self.running -= 1
            self._learn(self._clock.monotonic() - started + penalty)

    def usual_ms(self) -> float:
        """Its usual time to answer, as far as it is still known."""
        return 1000 * self._faded()

    def cost_s(self) -> float:
        """When one more call can be expected to be answered, to the millisecond: less is no difference."""
        return round((_LEAST_S + self._faded()) * (self.running + 1), 3)

    def _learn(self, took_s: float) -> None:
        known = self._faded()
        self._usual_s = took_s if known == 0 else known + _WEIGHT * (took_s - known)
        self._learned_at = self._clock.monotonic()

    def _faded(self) -> float:
        return self._usual_s * math.exp(-(self._clock.monotonic() - self._learned_at) / _FADES_IN_S)


class _Loaded(Protocol):
    @property
    def breaker(self) -> Breaker: ...

    @property
    def load(self) -> Load: ...


T = TypeVar("T", bound=_Loaded)


class Balancer:
    """The order among the instances of one server."""

    def __init__(self) -> None:
        self._turn = 0

    def ordered(self, instances: Sequence[T], strategy: Strategy) -> list[T]:
        """All of them, the one to ask first in front."""
        if len(instances) < 2:
            return list(instances)
        if strategy == "random":
            return random.sample(instances, len(instances))
        self._turn = (self._turn + 1) % len(instances)
        in_turn = [*instances[self._turn :], *instances[: self._turn]]
        if strategy == "round-robin":
            return in_turn
        # The sort is stable: those that are alike take turns.
        return sorted(in_turn, key=lambda each: (each.breaker.state != "closed", each.load.cost_s()))
