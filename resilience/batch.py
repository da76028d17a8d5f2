"""
Many askers, one question: identical reads in flight share one answer, and small requests travel together.

No task runs loose: the first asker does the work in its own task. When it is cancelled, a read passes to the next
asker; a batch, which may have been sent, is brought to its end first.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio

__all__ = ["Batcher", "SingleFlight"]

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(slots=True)
class _Flight(Generic[T]):
    ended: anyio.Event = field(default_factory=anyio.Event)
    answer: list[T] = field(default_factory=list)
    failure: Exception | None = None


class SingleFlight(Generic[K, T]):
    """One read at a time for each key."""

    def __init__(self) -> None:
        self._flights: dict[K, _Flight[T]] = {}

    def __len__(self) -> int:
        return len(self._flights)

    async def do(self, key: K, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` gives, or what the same read that is already under way gives."""
        while (flight := self._flights.get(key)) is not None:
            await flight.ended.wait()
            if flight.failure is not None:
                raise flight.failure
            if flight.answer:
                return flight.answer[0]
            # Its task was cancelled: whoever wakes first flies again.
        return await self._lead(key, read)

    async def _lead(self, key: K, read: Callable[[], Awaitable[T]]) -> T:
        flight = self._flights[key] = _Flight[T]()
        try:
            answer = await read()
            flight.answer.append(answer)
        except Exception as error:
            flight.failure = error
            raise
        finally:
            del self._flights[key]
            flight.ended.set()
        return answer


@dataclass(slots=True)
class _Batch(Generic[Q, A]):
    questions: list[Q] = field(default_factory=list)
    full: anyio.Event = field(default_factory=anyio.Event)
    ended: anyio.Event = field(default_factory=anyio.Event)
    answers: Sequence[A] = ()
    failure: Exception | None = None


class Batcher(Generic[Q, A]):
    """Questions that come within `within_s` of the first, at most `size` of them, are asked in one request."""

    def __init__(
        self,
        ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]],
        *,
        size: int = 10,
        within_s: float = 0.005,
        limit_s: float = 30.0,
    ) -> None:
        self._ask = ask
        self._size = size
        self._within_s = within_s
        self._limit_s = limit_s
        self._open: _Batch[Q, A] | None = None

    async def ask(self, question: Q) -> A:
        """The answer to `question`; a failure of the request is that of everyone in it."""
        is_first = self._open is None
        batch = self._open = self._open or _Batch[Q, A]()
        place = len(batch.questions)
        batch.questions.append(question)
        if len(batch.questions) >= self._size:
            self._open = None
            batch.full.set()
        if is_first:
            with anyio.CancelScope(shield=True):
                await self._send(batch)
        else:
            await batch.ended.wait()
        if batch.failure is not None:
            raise batch.failure
        return batch.answers[place]

    async def _send(self, batch: _Batch[Q, A]) -> None:
        with anyio.move_on_after(self._within_s):
            await batch.full.wait()
        if self._open is batch:
            self._open = None
        try:
            with anyio.fail_after(self._limit_s):
                answers = await self._ask(tuple(batch.questions))
            if len(answers) != len(batch.questions):
                raise ValueError("a batch needs as many answers as it had questions")  # noqa: TRY301
            batch.answers = answers
        except Exception as error:  # noqa: BLE001 - raised to each asker
            batch.failure = error
        finally:
            batch.ended.set()
