"""
Hedged reads: a read that takes unusually long is asked a second time, and the first good answer counts.

Only for reads: a hedged write may be done twice.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

__all__ = ["hedged"]

T = TypeVar("T")


async def hedged(reads: list[Callable[[], Awaitable[T]]], *, after_s: float) -> T:
    """
    The first good answer of `reads`, each begun `after_s` after the one before, or at once when that one failed.

    The others are cancelled. When all fail, the last failure is raised. A good `after_s` is about the 95th percentile
    of the usual time: then one read in twenty is asked twice.
    """
    if not reads:
        raise ValueError("there is nothing to read")
    answers: list[T] = []
    failures: list[Exception] = []
    async with anyio.create_task_group() as group:

        async def ask(read: Callable[[], Awaitable[T]], failed: anyio.Event) -> None:
            try:
                answer = await read()
            except Exception as error:  # noqa: BLE001 - kept, and raised when no other read answers
                failures.append(error)
                failed.set()
            else:
                answers.append(answer)
                group.cancel_scope.cancel()

        for number, read in enumerate(reads):
            failed = anyio.Event()
            group.start_soon(ask, read, failed)
            if number < len(reads) - 1:
                with anyio.move_on_after(after_s):
                    await failed.wait()
    if answers:
        return answers[0]
    raise failures[-1]
