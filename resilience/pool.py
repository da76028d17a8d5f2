"""
A pool of connections: opened when needed, kept while they are good, closed when idle or old.

    pool = Pool(open=connect, close=disconnect, size=10)
    async with pool.lease() as connection:
        ...

A connection whose block raises a fault is closed, not handed on.
"""

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio

from scribetree.clock import Clock, SystemClock
from scribetree.errors import Overloaded

__all__ = ["Pool", "PoolStats"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PoolStats:
    """How many connections there are, and how many were ever opened."""

    leased: int
    idle: int
    opened: int


@dataclass(frozen=True, slots=True, eq=False)
class _Idle(Generic[T]):
    connection: T
    opened_at: float
    idle_since: float


class Pool(Generic[T]):
    """At most `size` connections at once; the one used last is used first, so that the others grow idle and go."""

    def __init__(
        self,
        *,
        open: Callable[[], Awaitable[T]],  # noqa: A002 - the word for it
        close: Callable[[T], Awaitable[object]],
        size: int,
        is_fault: Callable[[Exception], bool] = lambda _: True,
        longest_idle_s: float = 60.0,
        longest_life_s: float = 3600.0,
        wait_s: float = 5.0,
        clock: Clock | None = None,
    ) -> None:
        self._open = open
        self._close = close
        self._size = size
        self._is_fault = is_fault
        self._longest_idle_s = longest_idle_s
        self._longest_life_s = longest_life_s
        self._wait_s = wait_s
        self._clock = clock or SystemClock()
        self._free = anyio.Semaphore(size, max_value=size)
        self._idle: deque[_Idle[T]] = deque()
        self._opened = 0

    @asynccontextmanager
    async def lease(self) -> AsyncGenerator[T]:
        """The block has a connection for itself; raises Overloaded when none becomes free in time."""
        await self._wait()
        try:
            connection, opened_at = await self._obtain()
            is_good = False
            try:
                yield connection
                is_good = True
            except Exception as error:
                is_good = not self._is_fault(error)
                raise
            finally:
                await self._give_back(connection, opened_at, is_good=is_good)
        finally:
            self._free.release()

    async def close_idle(self, *, all_of_them: bool = False) -> None:
        """Connections that are idle or old beyond their limit are closed; on request all that are not leased."""
        now = self._clock.monotonic()
        spent = [idle for idle in self._idle if all_of_them or self._is_spent(idle, now)]
        self._idle = deque(idle for idle in self._idle if idle not in spent)
        for idle in spent:
            await self._shut(idle.connection)

    def stats(self) -> PoolStats:
        """The figures now."""
        return PoolStats(self._size - self._free.value, len(self._idle), self._opened)

    async def _wait(self) -> None:
        with anyio.move_on_after(self._wait_s) as scope:
            await self._free.acquire()
        if scope.cancelled_caught:
            raise Overloaded("All connections are in use.", hint="Try again in a moment.")

    async def _obtain(self) -> tuple[T, float]:
        await self.close_idle()
        if self._idle:
            idle = self._idle.pop()
            return idle.connection, idle.opened_at
        connection = await self._open()
        self._opened += 1
        return connection, self._clock.monotonic()

    async def _give_back(self, connection: T, opened_at: float, *, is_good: bool) -> None:
        if is_good:
            self._idle.append(_Idle(connection, opened_at, self._clock.monotonic()))
            return
        await self._shut(connection)

    async def _shut(self, connection: T) -> None:
        """It is closed, even when the task is being cancelled; one that cannot be closed is let go."""
        with suppress(Exception), anyio.CancelScope(shield=True), anyio.move_on_after(self._wait_s):
            await self._close(connection)

    def _is_spent(self, idle: _Idle[T], now: float) -> bool:
        return now - idle.idle_since >= self._longest_idle_s or now - idle.opened_at >= self._longest_life_s
