"""All servers at once: each kept alive by itself, reached by name, each answer with its origin."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import CallToolResult, TextContent, Tool

from scribetree.clock import Clock, SystemClock
from scribetree.errors import ScribeTreeError, UnknownName
from scribetree.host.answer import Answer
from scribetree.host.config import Configuration, prefix_of
from scribetree.host.supervisor import Pauses, ServerState, ServerStatus, Supervisor
from scribetree.privacy.caller import CALLER_KEY, sign
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import PROVENANCE_KEY, Attempt, Provenance
from scribetree.servers.kit import error_of
from scribetree.settings import Settings

__all__ = ["HostedTool", "Suite", "open_suite"]

_SPAWN_LIMIT_S = 2.0

StatusListener = Callable[[ServerStatus], None]


@dataclass(frozen=True, slots=True)
class HostedTool:
    """A tool as the host knows it: on which server, under which name."""

    server: str
    name: str
    hosted_name: str
    tool: Tool


class Suite:
    """The running servers of one configuration."""

    def __init__(self, configuration: Configuration, *, settings: Settings, clock: Clock, pauses: Pauses) -> None:
        self._settings = settings
        self._clock = clock
        self._listeners: list[StatusListener] = []
        self._problems = dict(configuration.problems)
        self._supervisors = {
            spec.name: Supervisor(spec, log_folder=settings.home / "logs", pauses=pauses, on_change=self._changed)
            for spec in configuration.servers
        }

    async def keep_alive(self) -> None:
        """Every server has been kept alive until this task was cancelled."""
        async with anyio.create_task_group() as group:
            for supervisor in self._supervisors.values():
                group.start_soon(supervisor.run, name=f"supervise {supervisor.spec.name}")

    async def settled(self) -> None:
        """Each server is ready, or its first start has failed; bounded by the connect limits."""
        for supervisor in self._supervisors.values():
            await supervisor.settled.wait()

    async def spawned(self) -> None:
        """No server's process is half started."""
        # Looked at again and again: between two looks another server may begin to start.
        while any(supervisor.is_spawning for supervisor in self._supervisors.values()):  # noqa: ASYNC110
            await anyio.sleep(0.01)

    def subscribe(self, listener: StatusListener) -> None:
        """`listener` is told of every change of a server's state or tools."""
        self._listeners.append(listener)

    def statuses(self) -> list[ServerStatus]:
        """All servers, those with an unusable entry included."""
        unusable = [ServerStatus(name, ServerState.AWAY, problem=error) for name, error in self._problems.items()]
        return [supervisor.status for supervisor in self._supervisors.values()] + unusable

    def tools(self) -> list[HostedTool]:
        """Every tool that is known, in the order of the configuration."""
        return [
            HostedTool(status.name, tool.name, f"{prefix_of(status.name)}_{tool.name}"[:64], tool)
            for status in self.statuses()
            for tool in status.tools
        ]

    async def call(
        self,
        server: str,
        tool: str,
        arguments: dict[str, Any],
        *,
        caller: PrivacyContext,
        timeout_s: float | None = None,
        on_progress: ProgressFnT | None = None,
    ) -> Answer:
        """The tool's answer or an error in its place; never raises but for cancellation."""
        started = time.perf_counter()
        try:
            supervisor = await self._ready(server, tool)
            meta: Any = {CALLER_KEY: sign(caller, ring=KeyRing.open(self._settings), clock=self._clock)}
            result = await supervisor.call(tool, arguments, meta=meta, timeout_s=timeout_s, on_progress=on_progress)
        except ScribeTreeError as error:
            return Answer(None, error.payload(), self._provenance(server, caller, started, error.code))
        error_payload = error_of(result)
        outcome = error_payload["code"] if error_payload else "ok"
        instance = (result.meta or {}).get(PROVENANCE_KEY, {}).get("instance", "")
        provenance = self._provenance(server, caller, started, outcome, instance=instance, served=True)
        return Answer(_value_of(result), error_payload, provenance, raw=result)

    async def _ready(self, server: str, tool: str) -> Supervisor:
        if server in self._problems:
            raise self._problems[server]
        supervisor = self._supervisors.get(server)
        if supervisor is None:
            raise UnknownName.of("server", server, [*self._supervisors, *self._problems])
        await supervisor.settled.wait()
        known = [known.name for known in supervisor.status.tools]
        if known and tool not in known:
            raise UnknownName.of("tool", tool, known, where=f" on {server}")
        return supervisor

    def _provenance(
        self,
        server: str,
        caller: PrivacyContext,
        started: float,
        outcome: str,
        *,
        instance: str = "",
        served: bool = False,
    ) -> Provenance:
        return Provenance(
            served_by="mcp" if served else None,
            degraded=False,
            server=server,
            instance=instance,
            correlation_id=caller.correlation_id,
            attempts=(Attempt("mcp", outcome, (time.perf_counter() - started) * 1000),),
        )

    def _changed(self, status: ServerStatus) -> None:
        for listener in self._listeners:
            listener(status)


@asynccontextmanager
async def open_suite(
    configuration: Configuration,
    *,
    settings: Settings,
    clock: Clock | None = None,
    pauses: Pauses | None = None,
    on_change: StatusListener | None = None,
) -> AsyncGenerator[Suite]:
    """The suite while it runs; every server is stopped when the block is left, and its error comes out as it is."""
    suite = Suite(configuration, settings=settings, clock=clock or SystemClock(), pauses=pauses or Pauses())
    if on_change:
        suite.subscribe(on_change)
    KeyRing.open(settings)
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(suite.keep_alive, name="suite")
        try:
            yield suite
        except Exception as error:  # noqa: BLE001 - carried past the group, which would wrap it
            failure = error
        with anyio.move_on_after(_SPAWN_LIMIT_S):
            await suite.spawned()
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure


def _value_of(result: CallToolResult) -> Any:  # noqa: ANN401 - a tool's own JSON
    """What a tool said: its structured content, else its text."""
    if result.is_error:
        return None
    if result.structured_content is not None:
        return result.structured_content
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))
