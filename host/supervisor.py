"""
One server kept alive: connected once, watched, and brought back with growing pauses when it dies.

The client is entered and left in the one task that owns it. Calls come from other tasks and share it.
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

import anyio
from mcp import Client
from mcp.shared.dispatcher import ProgressFnT
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CONNECTION_CLOSED,
    REQUEST_TIMEOUT,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    RequestParamsMeta,
    Result,
    Tool,
)
from pydantic import ValidationError

from scribetree.errors import InternalError, InvalidInput, OutOfTime, ScribeTreeError, Unavailable
from scribetree.host.config import ServerSpec
from scribetree.host.connection import Link, make_client
from scribetree.host.forks import Forks
from scribetree.host.options import HealthOptions
from scribetree.host.witness import Stranger, Witness
from scribetree.log import log, where_raised
from scribetree.privacy.caller import CALLER_KEY, COUNTERSIGN_KEY
from scribetree.servers.catalog import SERVERS

__all__ = ["Pauses", "ServerState", "ServerStatus", "Supervisor"]

_MAX_LOG_BYTES = 5_000_000
_INVALID_PARAMS = -32602


class ServerState(StrEnum):
    """Where a server is in its life."""

    STARTING = "starting"
    READY = "ready"
    AWAY = "away"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server, as others may see it."""

    name: str
    state: ServerState
    tools: tuple[Tool, ...] = ()
    problem: ScribeTreeError | None = None
    starts: int = 0
    protocol: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Pauses:
    """The waits of a supervisor, in seconds."""

    first_retry: float = 0.25
    longest_retry: float = 30.0
    probe_every: float = 30.0
    probe_limit: float = 5.0

    @classmethod
    def of(cls, health: HealthOptions) -> "Pauses":
        """The waits that the options name."""
        return cls(health.first_retry_s, health.longest_retry_s, health.probe_every_s, health.probe_limit_s)


class Supervisor:
    """Keeps one server connected for as long as `run` runs."""

    def __init__(
        self,
        spec: ServerSpec,
        *,
        log_folder: Path,
        pauses: Pauses | None = None,
        on_change: Callable[[ServerStatus], None] = lambda _: None,
        forks: Forks | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.spec = spec
        self.settled = anyio.Event()
        self._pauses = pauses or Pauses()
        self._log_path = log_folder / f"{spec.label}.log"
        self._on_change = on_change
        self._forks = forks
        self._witness = witness if spec.kind in {"http", "sse"} else None
        self._may_fork = True
        self._status = ServerStatus(spec.name, ServerState.STARTING)
        self._client: Client | None = None
        self._suspect = anyio.Event()
        self._link: Link | None = None
        self.seen_at: datetime | None = None
        """When it last answered a greeting or a probe."""

    def retune(self, pauses: Pauses) -> None:
        """From its next wait on, the supervisor waits as `pauses` say; no call is dropped."""
        self._pauses = pauses

    def look_now(self) -> None:
        """The server is probed at once: its tools are listed anew, and it is replaced if it does not answer."""
        self._suspect.set()

    @property
    def is_spawning(self) -> bool:
        """Whether a process is being started right now: to be cancelled at that moment would leak it."""
        return self.spec.kind == "stdio" and self._link is not None and not self._link.opened

    @property
    def is_connected(self) -> bool:
        """Whether a call would be sent right now."""
        return self._client is not None

    @property
    def status(self) -> ServerStatus:
        """The server's state now; its tools stay known while it is away."""
        return self._status

    async def run(self) -> None:
        """The server has been kept alive until this task was cancelled."""
        pause = self._pauses.first_retry
        try:
            while True:
                was_ready = await self._live_once()
                pause = self._pauses.first_retry if was_ready else pause
                await anyio.sleep(pause)
                pause = min(pause * 2, self._pauses.longest_retry)
        finally:
            self._client = None
            self._become(ServerState.STOPPED)

    async def call(
        self,
        tool: str,
        arguments: dict[str, Any],
        *,
        meta: RequestParamsMeta,
        timeout_s: float | None = None,
        on_progress: ProgressFnT | None = None,
    ) -> CallToolResult:
        """
        The server's own answer.

        Raises Unavailable when the server is away or dies, and OutOfTime when it is silent for longer than its limit.
        """
        client = self._client
        if client is None:
            raise self._away()
        limit = min(timeout_s or self.spec.call_timeout_s, self.spec.call_timeout_s)
        try:
            result = await self._asked(client, tool, arguments, meta=meta, limit_s=limit, on_progress=on_progress)
            self._check(result, meta)
        except MCPError as error:
            raise self._translated(error, limit) from None
        except (OSError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            self._suspect.set()
            raise self._lost() from None
        except (RuntimeError, ValidationError):  # the SDK's, where an answer does not fit its tool's schema or MCP's
            raise InternalError(
                f"{self.spec.name} gave an answer that does not fit its own schema.", hint="Report it to its makers."
            ) from None
        return result

    async def _asked(
        self,
        client: Client,
        tool: str,
        arguments: dict[str, Any],
        *,
        meta: RequestParamsMeta,
        limit_s: float,
        on_progress: ProgressFnT | None,
    ) -> CallToolResult:
        """
        What the client brings back.

        An answer of ours was made to fit its schema by the kit; `Client.call_tool` would look again whether it does,
        with a validator in Python: a tenth of the host's time.
        """
        if not self.spec.is_ours:
            return await client.call_tool(
                tool, arguments, read_timeout_seconds=limit_s, progress_callback=on_progress, meta=meta
            )
        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments, _meta=meta))
        return await client.session.send_request(
            request, CallToolResult, request_read_timeout_seconds=limit_s, progress_callback=on_progress
        )

    async def _live_once(self) -> bool:
        """Connect and stay until the connection is lost; True if it was ever ready."""
        was_ready = False
        link = self._link = Link()
        link.tools_changed = self.look_now
        self._suspect = anyio.Event()
        problem: ScribeTreeError = self._lost()
        with anyio.CancelScope() as scope:
            scope.deadline = anyio.current_time() + self.spec.connect_timeout_s
            try:
                with self._server_log() as server_log:
                    forks = self._forks if self._may_fork else None
                    async with make_client(self.spec, link, server_log=server_log, forks=forks) as client:
                        await self._welcome(client)
                        scope.deadline = float("inf")
                        was_ready = link.problem is None
                        async with anyio.create_task_group() as beside:
                            if self.spec.name not in SERVERS:
                                # The lists of ours do not change, and a stream that is open delays their stop.
                                beside.start_soon(link.listen, client)
                            await self._watch(client, link)
                            beside.cancel_scope.cancel()
                        problem = link.problem or problem
                        self._client = None
                        self._become(ServerState.AWAY, problem=problem)
            except Exception as error:  # noqa: BLE001 - whatever ends a connection, the server is away now
                problem = link.problem or (problem if was_ready else self._start_problem(error, link))
        # Where a forked process does not live, one that is started by its own command may.
        self._may_fork = was_ready or not self._may_fork
        self._client = self._link = None
        if scope.cancelled_caught:
            problem = link.problem or self._too_slow(link)
        self._become(ServerState.AWAY, problem=problem)
        self.settled.set()
        return was_ready

    async def _listed(self, client: Client) -> tuple[Tool, ...]:
        """The server's tools, as they are now; Stranger if somebody else answers in its place."""
        challenge: Any = {CALLER_KEY: secrets.token_urlsafe()}
        listed = await client.list_tools(meta=challenge if self._witness else None, cache_mode="refresh")
        self._check(listed, challenge)
        return tuple(listed.tools)

    def _check(self, result: Result, meta: Mapping[str, Any]) -> None:
        """Nothing happens if it is the server that has answered; else the connection ends, and Stranger is raised."""
        if self._witness is None:
            return
        try:
            self._witness.check((result.meta or {}).get(COUNTERSIGN_KEY), str(meta[CALLER_KEY]))
        except Stranger as error:
            if self._link is not None:
                self._link.problem = error
                self._link.ended.set()
            raise

    async def _welcome(self, client: Client) -> None:
        try:
            tools = await self._listed(client)
        except Stranger:
            return
        self._client = client
        about = client.server_info
        self._status = replace(
            self._status,
            starts=self._status.starts + 1,
            protocol=client.protocol_version,
            version=about.version if about else None,
        )
        self.seen_at = datetime.now(UTC)
        self._become(ServerState.READY, tools=tools)
        self.settled.set()

    async def _watch(self, client: Client, link: Link) -> None:
        """Return when the connection has ended or no longer answers."""
        while True:
            with anyio.move_on_after(self._pauses.probe_every):
                await self._first_of(link.ended, self._suspect)
            if link.ended.is_set():
                return
            self._suspect = anyio.Event()
            if not await self._answers(client):
                link.is_hung = True
                return

    async def _answers(self, client: Client) -> bool:
        try:
            with anyio.fail_after(self._pauses.probe_limit):
                tools = await self._listed(client)
        except (MCPError, OSError, TimeoutError, anyio.ClosedResourceError, anyio.BrokenResourceError, Stranger):
            return False
        self.seen_at = datetime.now(UTC)
        if tools != self._status.tools:
            self._become(ServerState.READY, tools=tools)
        return True

    async def _first_of(self, *events: anyio.Event) -> None:
        async with anyio.create_task_group() as group:

            async def wait(event: anyio.Event) -> None:
                await event.wait()
                group.cancel_scope.cancel()

            for event in events:
                group.start_soon(wait, event)

    def _become(
        self,
        state: ServerState,
        *,
        tools: tuple[Tool, ...] | None = None,
        problem: ScribeTreeError | None = None,
    ) -> None:
        before = self._status
        kept = before.tools if tools is None else tools
        self._status = replace(before, state=state, tools=kept, problem=problem)
        if self._status != before:
            self._on_change(self._status)

    def _translated(self, error: MCPError, limit: float) -> ScribeTreeError:
        if error.code == CONNECTION_CLOSED:
            return self._lost()
        self._suspect.set()
        if error.code == REQUEST_TIMEOUT:
            return OutOfTime(
                f"{self.spec.name} did not answer within {round(limit, 2):g} s.",
                hint="It is being checked, and restarted if it hangs; try again.",
            )
        if error.code == _INVALID_PARAMS and self._witness is None:  # such an error is not countersigned
            return InvalidInput(f"{self.spec.name} refused the request.", hint="See the tool's input schema.")
        return InternalError(
            f"{self.spec.name} failed with protocol error {error.code}.", hint=f"See {self._log_path}."
        )

    def _away(self) -> Unavailable:
        why = self._status.problem.message if self._status.problem else f"{self.spec.name} is not connected yet."
        return Unavailable(why, hint=f"It is being started again; try again in a moment, or see {self._log_path}.")

    def _lost(self) -> Unavailable:
        return Unavailable(
            f"{self.spec.name} stopped.", hint=f"It is being started again; try again. See {self._log_path}."
        )

    def _too_slow(self, link: Link) -> Unavailable:
        return Unavailable(
            f"{self.spec.name} did not start within {self.spec.connect_timeout_s:g} s.{_rubbish(link)}",
            hint=self._where_to_look(),
        )

    def _start_problem(self, error: Exception, link: Link) -> Unavailable:
        log.info("server_start_failed", server=self.spec.name, **where_raised(error))
        if isinstance(error, FileNotFoundError):
            return Unavailable(
                f"The command of {self.spec.name} was not found.", hint="Give an absolute path in mcp.json."
            )
        if isinstance(error, PermissionError):
            return Unavailable(
                f"The command of {self.spec.name} may not be run.",
                hint="Make it executable, or name another.",
            )
        how = "cannot be reached" if self.spec.kind in {"http", "sse"} else "ended before it was ready"
        return Unavailable(
            f"{self.spec.name} {how}, or does not speak MCP.{_rubbish(link)}", hint=self._where_to_look()
        )

    def _where_to_look(self) -> str:
        if self.spec.kind in {"http", "sse"}:
            return "See that it runs, and that its `url` in mcp.json is right."
        return f"Run its command by hand, or see {self._log_path}."

    def _server_log(self) -> contextlib.AbstractContextManager[TextIO]:
        """Where the server's standard error goes: a file of its own, begun anew when it grows large."""
        self._log_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        large = self._log_path.exists() and self._log_path.stat().st_size > _MAX_LOG_BYTES
        return self._log_path.open("w" if large else "a", encoding="utf-8", errors="replace")


def _rubbish(link: Link) -> str:
    if not link.unreadable_lines:
        return ""
    return f" It printed {link.unreadable_lines} lines on standard output that are not MCP messages."
