"""
Trying again, where that is safe and only so often that it does not add to the trouble.

An operation that is not idempotent is tried once: whether the first try did its work is unknown. A budget shared by
all callers bounds retries to a share of the calls, so that an outage does not multiply its own load.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import anyio

from scribetree.resilience.deadline import Deadline

__all__ = ["RetryBudget", "RetryPolicy", "retry"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and after which pauses: full jitter between 0 and a limit that doubles."""

    tries: int = 3
    first_pause_s: float = 0.1
    longest_pause_s: float = 5.0


class RetryBudget:
    """Retries are at most `share` of the calls, beyond `reserve` of them."""

    def __init__(self, *, share: float = 0.1, reserve: float = 10.0) -> None:
        self._share = share
        self._most = self._left = reserve

    def call_made(self) -> None:
        """A first try adds its share."""
        self._left = min(self._most, self._left + self._share)

    def spend(self) -> bool:
        """Whether one more retry may be made; if so, it is paid for."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


async def retry(
    operation: Callable[[], Awaitable[T]],
    *,
    is_fault: Callable[[Exception], bool],
    is_idempotent: bool,
    policy: RetryPolicy | None = None,
    budget: RetryBudget | None = None,
    deadline: Deadline | None = None,
    sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
    seed: int | None = None,
) -> T:
    """
    What `operation` gives at its first success, else its last fault.

    An exception that is no fault, a spent budget, or a pause that would outlast the deadline ends it at once. A fault
    that says when to come back (`retry_after_s`) is waited for at least so long.
    """
    policy, budget = policy or RetryPolicy(), budget or RetryBudget()
    chance = random.Random(seed)  # noqa: S311 - spreads load, hides nothing
    budget.call_made()
    for number in range(1, (policy.tries if is_idempotent else 1) + 1):
        try:
            return await operation()
        except Exception as error:
            pause = _pause(policy, number, error, chance)
            is_last = number == policy.tries or not is_idempotent
            if is_last or not is_fault(error) or not _has_time(deadline, pause) or not budget.spend():
                raise
        await sleep(pause)
    raise ValueError("a retry policy needs at least one try")


def _pause(policy: RetryPolicy, number: int, error: Exception, chance: random.Random) -> float:
    limit = min(policy.first_pause_s * 2.0 ** (number - 1), policy.longest_pause_s)
    return max(chance.uniform(0, limit), float(getattr(error, "retry_after_s", None) or 0.0))


def _has_time(deadline: Deadline | None, pause_s: float) -> bool:
    return deadline is None or deadline.remaining_s() > pause_s
