"""
The way of every call: known tool, fitting arguments, caller, guard, tool, bounded answer, egress scan, provenance.

It is an SDK extension that wraps `tools/call`, so that no tool can be reached around it; the HTTP door and the host's
own process come in through `answer`, and pass the same steps.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.extension import Extension
from mcp.types import CallToolRequestParams, CallToolResult

from scribetree.errors import ScribeTreeError, UnknownName
from scribetree.log import log, where_raised
from scribetree.privacy.context import PrivacyContext, disclosed
from scribetree.privacy.guard import admit
from scribetree.privacy.identity import pseudonym
from scribetree.provenance import Attempt, Provenance, Rung, is_correlation_id, new_correlation_id
from scribetree.servers.kit._caller import CORRELATION_KEY, Request, current, resolve_caller
from scribetree.servers.kit._egress import Egress
from scribetree.servers.kit._results import bounded, error_of, error_result, with_provenance
from scribetree.servers.kit._schema import check_arguments
from scribetree.servers.kit._toolbox import RegisteredTool, Toolbox
from scribetree.servers.kit._wiring import Wiring

__all__ = ["CallRecord", "Observer", "Pipeline"]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One finished call, without anything personal: what telemetry may keep."""

    server: str
    tool: str
    role: str | None
    purpose: str | None
    student: str | None
    outcome: str
    ms: float
    correlation_id: str


class Observer(Protocol):
    """Whoever wants to know of each finished call."""

    def call_finished(self, record: CallRecord) -> None:
        """Told after the answer is made, before it is sent."""
        ...


class LogObserver:
    """Writes one line for each call."""

    def call_finished(self, record: CallRecord) -> None:
        log.info(
            "call",
            server=record.server,
            tool=record.tool,
            role=record.role,
            purpose=record.purpose,
            student=record.student,
            outcome=record.outcome,
            ms=round(record.ms, 3),
            correlation_id=record.correlation_id,
        )


class Pipeline(Extension):
    """Every call of one server goes through here."""

    identifier = "org.scribetree/pipeline"

    def __init__(self, *, server: str, toolbox: Toolbox, wiring: Wiring, observers: Sequence[Observer]) -> None:
        self._server = server
        self._toolbox = toolbox
        self.wiring = wiring
        self._observers = observers
        self._egress = Egress(wiring)

    async def intercept_tool_call(
        self, params: CallToolRequestParams, ctx: ServerRequestContext[Any, Any], call_next: CallNext
    ) -> HandlerResult:
        async def run() -> HandlerResult:
            return await call_next(ctx)

        return await self.answer(params.name, params.arguments or {}, dict(ctx.meta or {}), run=run)

    async def answer(
        self,
        tool: str,
        arguments: dict[str, Any],
        meta: dict[str, Any],
        *,
        run: Callable[[], Awaitable[HandlerResult]],
        rung: Rung = "mcp",
    ) -> HandlerResult:
        """What `run` gives, if the call may be made; an error in its place if not."""
        started = time.perf_counter()
        caller: PrivacyContext | None = None
        told: list[str] = []
        try:
            registered = self._fitting(tool, arguments)
            caller = self._caller(registered, meta, arguments)
            admit(caller, registered.rule)
            result = await self._run(caller, told, run)
        except ScribeTreeError as error:
            result = error_result(error)
        if isinstance(result, CallToolResult):
            result = bounded(result, tool=tool)
        result = await self._egress.let_out(result, tool=tool, arguments=arguments, caller=caller, told=told)
        if not isinstance(result, CallToolResult):
            return result
        return self._finish(tool, result, caller, meta, rung=rung, ms=(time.perf_counter() - started) * 1000)

    def check(self, tool: str, arguments: dict[str, Any], meta: dict[str, Any]) -> RegisteredTool:
        """The tool, if this caller may call it in this way; else the error that a call would be answered with."""
        registered = self._fitting(tool, arguments)
        admit(self._caller(registered, meta, arguments), registered.rule)
        return registered

    def _caller(self, registered: RegisteredTool, meta: dict[str, Any], arguments: dict[str, Any]) -> PrivacyContext:
        usual = registered.tool.parameters.get("properties", {}).get("purpose", {}).get("default")
        return resolve_caller(meta, arguments, self.wiring, usual_purpose=usual)

    def _fitting(self, tool: str, arguments: dict[str, Any]) -> RegisteredTool:
        registered = self._find(tool)
        check_arguments(registered.tool, arguments)
        return registered

    def _find(self, name: str) -> RegisteredTool:
        registered = self._toolbox.get(name)
        if registered is None:
            raise UnknownName.of("tool", name, self._toolbox.names(), where=f" on {self._server}")
        return registered

    async def _run(
        self, caller: PrivacyContext, told: list[str], run: Callable[[], Awaitable[HandlerResult]]
    ) -> HandlerResult:
        token, telling = current.set(Request(caller, self.wiring)), disclosed.set(told)
        try:
            return await run()
        finally:
            disclosed.reset(telling)
            current.reset(token)

    def _finish(
        self,
        tool: str,
        result: CallToolResult,
        caller: PrivacyContext | None,
        meta: dict[str, Any],
        *,
        rung: Rung,
        ms: float,
    ) -> CallToolResult:
        error = error_of(result)
        outcome = error["code"] if error else "ok"
        correlation_id = caller.correlation_id if caller else _correlation_id(meta)
        self._tell(self._record(tool, outcome, caller, correlation_id, ms))
        return with_provenance(
            result,
            Provenance(
                served_by=rung,
                degraded=False,
                server=self._server,
                instance=self.wiring.instance,
                correlation_id=correlation_id,
                attempts=(Attempt(rung, outcome, ms),),
            ),
        )

    def _record(
        self, tool: str, outcome: str, caller: PrivacyContext | None, correlation_id: str, ms: float
    ) -> CallRecord:
        student = caller.student_id if caller else None
        return CallRecord(
            server=self._server,
            tool=tool if self._toolbox.get(tool) else "unknown",
            role=caller.requester_type if caller else None,
            purpose=caller.purpose if caller else None,
            student=pseudonym(self.wiring.ring, student) if student else None,
            outcome=outcome,
            ms=ms,
            correlation_id=correlation_id,
        )

    def _tell(self, record: CallRecord) -> None:
        for observer in self._observers:
            try:
                observer.call_finished(record)
            except Exception as error:  # noqa: BLE001 - watching a call must not break it
                log.error("observer_failed", **where_raised(error))


def _correlation_id(meta: dict[str, Any]) -> str:
    given = meta.get(CORRELATION_KEY)
    return str(given) if is_correlation_id(given) else new_correlation_id()
