"""
The last step of every call: what an answer must not hold is not sent.

Looked for are the installation's canaries, the students it knows, and patterns of personal data; what the caller wrote
into the same call may be told back, and what the guard showed to the caller may be told. Students are known to a
process from when it opens student data: before that, it has nobody's but its caller's. The list is read again every
minute, so that who was enrolled elsewhere is found, too.
"""

import json
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any, cast

import anyio
from mcp.server.context import HandlerResult
from mcp.types import CallToolResult, TextContent
from pydantic import BaseModel

from scribetree.errors import Withheld
from scribetree.log import log, where_raised
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.egress import EgressScan, Leak, canaries_of
from scribetree.servers.kit._results import error_result
from scribetree.servers.kit._wiring import Wiring

__all__ = ["Egress"]

_READ_AGAIN_AFTER_S = 60
_SHORTEST_NUMBER = 100_000
"""Smaller ones are counts and scores."""


class Egress:
    """The door out of one process."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._scan: EgressScan | None = None
        self._knows_students_since: float | None = None
        self._lock = Lock()

    async def let_out(
        self,
        result: HandlerResult,
        *,
        tool: str,
        arguments: dict[str, Any],
        caller: PrivacyContext | None,
        told: Sequence[str] = (),
    ) -> HandlerResult:
        """
        The result itself if it may go; else an error that says nothing of what was in it.

        `told` is what the guard has shown to this caller in this call.
        """
        try:
            scan = self._scan
            if scan is None or self._is_stale():
                scan = await anyio.to_thread.run_sync(self._made)
            outgoing = "\n".join(dict.fromkeys(_values(result)))
            leaks = scan.leaks(outgoing)
            if leaks:
                leaks = scan.leaks(outgoing, given="\n".join((tool, *told, *_leaves(arguments), *_named(caller))))
        except Exception as error:  # noqa: BLE001 - fail closed: what cannot be looked at is not sent
            log.error("egress_scan_failed", **where_raised(error))
            leaks = frozenset({Leak("unreadable")})
        if not leaks:
            return result
        kinds = sorted(leak.kind for leak in leaks)
        log.error("answer_withheld", kinds=kinds, correlation_id=caller.correlation_id if caller else None)
        return _withheld()

    def _is_stale(self) -> bool:
        if "office" not in self._wiring.__dict__:
            return False
        since = self._knows_students_since
        return since is None or self._wiring.clock.monotonic() - since > _READ_AGAIN_AFTER_S

    def _made(self) -> EgressScan:
        """The scan for who is known now; whoever comes while it is made waits for it."""
        with self._lock:
            if self._scan is None or self._is_stale():
                now, canaries = self._wiring.clock.monotonic(), canaries_of(self._wiring.settings.home)
                if "office" in self._wiring.__dict__:
                    self._scan, self._knows_students_since = self._wiring.office.egress_scan(canaries=canaries), now
                else:
                    self._scan = EgressScan(canaries=canaries)
            return self._scan


def _named(caller: PrivacyContext | None) -> Iterator[str]:
    if caller is not None:
        yield caller.requester_id
        yield caller.student_id or ""


def _withheld() -> CallToolResult:
    return error_result(
        Withheld(
            "The answer holds personal data that may not leave, and was withheld.",
            hint="Ask for less; an administrator finds the kind in this server's log.",
        )
    )


def _values(result: HandlerResult) -> Iterator[str]:
    """Every text of a result, once: the usual second copy of its structure as JSON is left out."""
    if not isinstance(result, CallToolResult):
        yield from _leaves(result.model_dump(mode="json") if isinstance(result, BaseModel) else result)
        return
    yield from _leaves(result.structured_content)
    yield from _leaves(result.meta)
    for block in result.content:
        if not isinstance(block, TextContent):
            yield from _leaves(block.model_dump(mode="json"))
        elif block.text[:1] not in {"{", "["}:
            yield block.text
        elif (read := _read(block.text)) != result.structured_content:
            yield from _leaves(read)


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in cast("dict[object, object]", value).items():
            yield str(name)
            yield from _leaves(part)
    elif isinstance(value, (list, tuple)):
        for part in cast("list[object]", value):
            yield from _leaves(part)
    elif isinstance(value, int) and value >= _SHORTEST_NUMBER:
        yield str(value)
