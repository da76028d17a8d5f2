"""
One call, rung by rung, until somebody answers.

The next rung is tried after a fault: a connection refused or lost, a time-out, an open circuit, an internal fault of
the server. An answer ends the chain, also when it is a refusal: bad arguments, a denial, a tool's own error. A write
never reaches mock or static. One that was never sent, or that may be repeated, waits in the outbox; of any other it is
said that nobody knows whether it was done.

A read that broke off is tried again while a budget lasts. One that depends on its arguments alone is, when it is slow,
asked of the next instance too. Every wait is a share of the one time that the call has.
"""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
from mcp.types import CallToolResult, TextContent

from scribetree.clock import Clock
from scribetree.errors import CircuitOpen, InternalError, OutOfTime, ScribeTreeError, Unavailable
from scribetree.host.answer import Answer
from scribetree.host.chain._call import Call, Traits
from scribetree.host.chain._mock import Standin, Standins
from scribetree.host.chain._remote import NotSent, Target
from scribetree.host.chain.outbox import Claimed, Outbox, State
from scribetree.host.options import ReadOptions
from scribetree.privacy.caller import sign
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import PROVENANCE_KEY, Attempt, Provenance, Rung
from scribetree.resilience import Deadline, RetryBudget, RetryPolicy, hedged, retry
from scribetree.servers.kit import error_of, error_result

__all__ = ["Chain"]

_FAULTS = frozenset({"internal", "unavailable"})
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 0.5
_SHARE_BEFORE_ANOTHER = 0.6
"""Of the time that is left, as long as another instance or rung could be asked after this one."""

Later = Callable[[Callable[[], Awaitable[None]]], None]
"""Does something after the answer was given."""


@dataclass(slots=True)
class _Trail:
    """What one call has met so far."""

    attempts: list[Attempt] = field(default_factory=list)
    fault: ScribeTreeError | None = None
    may_be_done: bool = False
    is_harmful: bool = False
    """Whether a server was lost or fell silent over the question."""

    def failure(self, call: Call) -> ScribeTreeError:
        """The fault that was met last."""
        return self.fault or Unavailable(f"{call.server} is away.", hint="Try again in a moment.")

    def note(self, rung: Rung, outcome: str, started: float) -> None:
        self.attempts.append(Attempt(rung, outcome, (time.perf_counter() - started) * 1000))


class Chain:
    """The rungs of one installation's servers."""

    def __init__(self, *, standins: Standins, outbox: Outbox, ring: KeyRing, clock: Clock, later: Later) -> None:
        self._standins = standins
        self._outbox = outbox
        self._ring = ring
        self._clock = clock
        self._later = later
        self._reads = ReadOptions()
        self._budgets: defaultdict[str, RetryBudget] = defaultdict(RetryBudget)

    def adopt(self, reads: ReadOptions) -> None:
        """Reads that begin from now on are hedged and tried again as `reads` say."""
        self._reads = reads

    async def answer(self, call: Call, traits: Traits, targets: Sequence[Target]) -> Answer:
        """The first rung's answer, be it a refusal; else the error that stands in its place."""
        trail = _Trail()
        token = sign(call.caller, ring=self._ring, clock=self._clock)
        rung, result = await self._ask_remote(call, traits, targets, token, trail)
        if result is not None:
            self._learn(call, traits, result)
            return _answer(call, trail, rung, result)
        if traits.reads:
            return await self._stand_in(call, traits, token, trail)
        return await self._queue(call, traits, token, trail) if traits.known else _failed(call, trail)

    async def deliver(self, claimed: Claimed, targets: Sequence[Target]) -> bool:
        """Whether a write from the outbox was answered; it is done, or waits again, or stays for a person to see."""
        trail = _Trail()
        token = sign(claimed.call.caller, ring=self._ring, clock=self._clock)
        uncertain: State = "pending" if claimed.is_repeatable else "uncertain"
        try:
            traits = Traits(repeatable=claimed.is_repeatable)
            _, result = await self._ask_remote(claimed.call, traits, targets, token, trail)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._outbox.release(claimed, state=uncertain, why="its delivery broke off")
            raise
        error = error_of(result) if result is not None else None
        if result is None:
            why = trail.fault.code if trail.fault else "unavailable"
            await self._outbox.release(claimed, state=uncertain if trail.may_be_done else "pending", why=why)
        elif error is None:
            await self._outbox.delivered(claimed)
        else:
            await self._outbox.release(claimed, state="pending" if error["retryable"] else "refused", why=error["code"])
        return result is not None and (error is None or not error["retryable"])

    async def _ask_remote(
        self, call: Call, traits: Traits, targets: Sequence[Target], token: str, trail: _Trail
    ) -> tuple[Rung | None, CallToolResult | None]:
        deadline = Deadline.after(call.limit_s, clock=self._clock)
        is_hedged = traits.keepable and self._reads.hedge_after_s > 0 and len(targets) > 1
        ask = self._side_by_side if is_hedged else partial(self._in_turn, is_repeatable=traits.repeatable)
        try:
            return await retry(
                partial(ask, call, targets, token, trail, deadline),
                is_fault=lambda error: _may_pass(error) and any(target.is_connected() for target in targets),
                is_idempotent=traits.reads,
                policy=RetryPolicy(1 + self._reads.retries, _FIRST_PAUSE_S, _LONGEST_PAUSE_S),
                budget=self._budgets[call.server],
                deadline=deadline,
            )
        except ScribeTreeError:
            return None, None

    async def _in_turn(
        self,
        call: Call,
        targets: Sequence[Target],
        token: str,
        trail: _Trail,
        deadline: Deadline,
        *,
        is_repeatable: bool,
    ) -> tuple[Rung, CallToolResult]:
        """The first answer, each target being asked when the one before failed; else the last fault is raised."""
        for number, target in enumerate(targets, 1):
            if deadline.has_passed() or (trail.may_be_done and not is_repeatable):
                break
            is_last = number == len(targets)
            step = deadline if is_last else deadline.within(deadline.remaining_s() * _SHARE_BEFORE_ANOTHER)
            result = await self._ask(call, target, token, step.for_next_hop(), trail)
            if result is not None:
                return target.rung, result
        raise trail.failure(call)

    async def _side_by_side(
        self, call: Call, targets: Sequence[Target], token: str, trail: _Trail, deadline: Deadline
    ) -> tuple[Rung, CallToolResult]:
        """The first answer, the next target being asked as well when one is slow; else the last fault is raised."""
        waiting: list[Target] = []

        async def ask(target: Target) -> tuple[Rung, CallToolResult]:
            waiting.append(target)
            result = await self._ask(call, target, token, deadline.for_next_hop(), trail)
            waiting.remove(target)
            if result is None:
                raise trail.failure(call)
            return target.rung, result

        answer = await hedged([partial(ask, target) for target in targets], after_s=self._reads.hedge_after_s)
        for slow in waiting:
            slow.overtaken()
        return answer

    async def _ask(
        self, call: Call, target: Target, token: str, timeout_s: float, trail: _Trail
    ) -> CallToolResult | None:
        """The target's answer; after a fault, which is noted, None."""
        started = time.perf_counter()
        try:
            attempt = target.breaker.admit()
        except CircuitOpen as error:
            trail.fault = trail.fault or error
            trail.note(target.rung, "circuit_open", started)
            return None
        try:
            with target.load.call():
                result = await target.ask(call, token, timeout_s=timeout_s)
        except Unavailable as error:
            if target.counts(error):
                attempt.failed()
            trail.fault = error
            trail.may_be_done |= not isinstance(error, NotSent)
            trail.is_harmful |= not isinstance(error, NotSent)
            trail.note(target.rung, "timeout" if isinstance(error, OutOfTime) else error.code, started)
            return None
        except ScribeTreeError as error:
            result = error_result(error)
        except anyio.get_cancelled_exc_class():
            trail.note(target.rung, "overtaken", started)
            raise
        finally:
            attempt.abandoned()
        attempt.succeeded()
        return self._judged(target, result, trail, started)

    def _judged(self, target: Target, result: CallToolResult, trail: _Trail, started: float) -> CallToolResult | None:
        """The answer, unless it says that the server itself failed."""
        error = error_of(result)
        trail.note(target.rung, error["code"] if error else "ok", started)
        if error is None or error["code"] not in _FAULTS:
            return result
        kind = Unavailable if error["code"] == "unavailable" else InternalError
        trail.fault = kind(error["message"], hint=error["fix"])
        trail.may_be_done = True
        return None

    def _learn(self, call: Call, traits: Traits, result: CallToolResult) -> None:
        """A good answer to a read is kept; a denied one is not quoted any more."""
        if not traits.keepable:
            return
        error = error_of(result)
        if error is None:
            self._later(lambda: self._standins.keep(call, result))
        elif error["code"] == "denied":
            self._later(lambda: self._standins.drop(call))

    async def _stand_in(self, call: Call, traits: Traits, token: str, trail: _Trail) -> Answer:
        started = time.perf_counter()
        standin = await self._standins.mock(call, token, is_keepable=traits.keepable, is_harmful=trail.is_harmful)
        if standin is not None:
            error = error_of(standin.result)
            trail.note("mock", error["code"] if error else "ok", started)
            return _stood_in(call, trail, "mock", standin)
        trail.note("mock", "unavailable", started)
        started = time.perf_counter()
        standin = self._standins.static(call)
        if standin is not None:
            trail.note("static", "ok", started)
            return _stood_in(call, trail, "static", standin)
        return _failed(call, trail)

    async def _queue(self, call: Call, traits: Traits, token: str, trail: _Trail) -> Answer:
        """A receipt for a write that waits; an error where it may have been done and must not be done twice."""
        if trail.may_be_done and not traits.repeatable:
            why = trail.fault.message if trail.fault else f"{call.server} is away."
            trail.fault = Unavailable(why, hint="It may have been done: look before you try again.")
            return _failed(call, trail)
        refusal = await self._standins.refusal(call, token)
        if refusal is not None:
            return _answer(call, trail, None, refusal)
        try:
            waiting = await self._outbox.put(call, is_repeatable=traits.repeatable)
        except ScribeTreeError as error:
            trail.fault = error
            return _failed(call, trail)
        receipt: dict[str, Any] = {
            "degraded": True,
            "state": "queued",
            "receipt": waiting.receipt,
            "queued_at": waiting.queued_at.isoformat(),
        }
        first = f"Queued, not done yet: {call.server} is away. It is delivered once when the server is back."
        text = f"{first}\nReceipt {waiting.receipt}; `scribetree outbox` shows it until then."
        result = CallToolResult(content=[TextContent(type="text", text=text)], structured_content=receipt)
        return Answer(receipt, None, _provenance(call, trail, None, degraded=True), raw=result)


def _answer(call: Call, trail: _Trail, rung: Rung | None, result: CallToolResult) -> Answer:
    instance = (result.meta or {}).get(PROVENANCE_KEY, {}).get("instance", "")
    provenance = _provenance(call, trail, rung, instance=instance)
    return Answer(_value_of(result), error_of(result), provenance, raw=result)


def _stood_in(call: Call, trail: _Trail, rung: Rung, standin: Standin) -> Answer:
    error = error_of(standin.result)
    provenance = _provenance(call, trail, rung, degraded=not standin.is_final, age_s=standin.age_s)
    return Answer(_value_of(standin.result), error, provenance, raw=standin.result)


def _failed(call: Call, trail: _Trail) -> Answer:
    return Answer(None, trail.failure(call).payload(), _provenance(call, trail, None))


def _may_pass(error: Exception) -> bool:
    """Whether the same question, asked again in a moment, may be answered: it broke off, or the server said so."""
    return isinstance(error, Unavailable) and not isinstance(error, NotSent | OutOfTime | CircuitOpen)


def _provenance(
    call: Call,
    trail: _Trail,
    rung: Rung | None,
    *,
    degraded: bool = False,
    instance: str = "",
    age_s: float | None = None,
) -> Provenance:
    return Provenance(
        served_by=rung,
        degraded=degraded,
        server=call.server,
        instance=instance,
        correlation_id=call.caller.correlation_id,
        attempts=tuple(trail.attempts),
        age_s=age_s,
    )


def _value_of(result: CallToolResult) -> Any:  # noqa: ANN401 - a tool's own JSON
    """What a tool said: its structured content, else its text."""
    if result.is_error:
        return None
    if result.structured_content is not None:
        return result.structured_content
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))
