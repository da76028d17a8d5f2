"""
A wall between callers: one slow server cannot take every place there is.

    async with bulkhead.place():
        await server.call(...)
"""

import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from scribetree.errors import Overloaded

__all__ = ["Bulkhead", "BulkheadStats"]


@dataclass(frozen=True, slots=True)
class BulkheadStats:
    """How full it is, and how many were turned away."""

    running: int
    waiting: int
    rejected: int


class Bulkhead:
    """At most `places` run and at most `queue` wait, first come, first served, for at most `wait_s`."""

    def __init__(self, *, places: int, queue: int = 0, wait_s: float = 1.0) -> None:
        self._places = places
        self._queue = queue
        self._wait_s = wait_s
        self._free = anyio.Semaphore(places, max_value=places)
        self._waiting = 0
        self._rejected = 0

    @asynccontextmanager
    async def place(self, *, within_s: float = math.inf) -> AsyncGenerator[None]:
        """The block runs in a place of its own; raises Overloaded where none is free in time, or in `within_s`."""
        await self._enter(min(self._wait_s, within_s))
        try:
            yield
        finally:
            self._free.release()

    def stats(self) -> BulkheadStats:
        """The figures now."""
        return BulkheadStats(self._places - self._free.value, self._waiting, self._rejected)

    async def _enter(self, wait_s: float) -> None:
        try:
            self._free.acquire_nowait()
        except anyio.WouldBlock:
            await self._queue_up(wait_s)

    async def _queue_up(self, wait_s: float) -> None:
        if self._waiting >= self._queue:
            raise self._refusal()
        self._waiting += 1
        try:
            with anyio.move_on_after(wait_s) as scope:
                await self._free.acquire()
        finally:
            self._waiting -= 1
        if scope.cancelled_caught:
            raise self._refusal()

    def _refusal(self) -> Overloaded:
        self._rejected += 1
        return Overloaded("Too many calls are running already.", hint="Try again in a moment.")
