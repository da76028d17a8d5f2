"""All servers at once: each kept alive by itself, reached by name, each answer with its origin."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import anyio
import anyio.abc
from mcp.shared._httpx_utils import create_mcp_http_client  # the transports' own defaults; no public name has them
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import Tool

from scribetree.clock import Clock, SystemClock
from scribetree.errors import ScribeTreeError, UnknownName
from scribetree.host.answer import Answer
from scribetree.host.chain import (
    Call,
    Chain,
    HttpTarget,
    LastAnswers,
    LocalServers,
    McpTarget,
    Outbox,
    Standins,
    Target,
    Traits,
)
from scribetree.host.config import Configuration, ServerSpec, prefix_of
from scribetree.host.connection import OWN_ENVIRONMENT
from scribetree.host.flags import Flags, tool_flag
from scribetree.host.forks import Forks
from scribetree.host.options import Options, load_options
from scribetree.host.supervisor import Pauses, ServerState, ServerStatus, Supervisor
from scribetree.log import log, where_raised
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import Provenance
from scribetree.settings import Settings

__all__ = ["HostedTool", "Suite", "open_suite"]

_SPAWN_LIMIT_S = 2.0
_LAST_WORK_LIMIT_S = 2.0
"""What is left to write down or to deliver when the suite is left has so long."""

_DELIVER_EVERY_S = 30.0
_PREPARE_AFTER_S = 0.5
"""A command that makes one call ends before."""

_BEST_FIRST = (ServerState.READY, ServerState.STARTING, ServerState.AWAY, ServerState.STOPPED)

StatusListener = Callable[[ServerStatus], None]


@dataclass(frozen=True, slots=True)
class HostedTool:
    """A tool as the host knows it: on which server, under which name."""

    server: str
    name: str
    hosted_name: str
    tool: Tool


class _Server:
    """The instances of one server, and the other places where it can be asked."""

    def __init__(self, name: str, mcp: list[McpTarget], http: list[HttpTarget]) -> None:
        self.name = name
        self.mcp = mcp
        self.http = http
        self._turn = 0

    @property
    def limit_s(self) -> float:
        """How long a call may take."""
        return max(target.supervisor.spec.call_timeout_s for target in self.mcp)

    def targets(self) -> list[Target]:
        """Where to ask, in order: the connected instances in turn, or one that says why it is away; then HTTP."""
        connected = [target for target in self.mcp if target.is_connected()]
        if connected:
            self._turn = (self._turn + 1) % len(connected)
            connected = connected[self._turn :] + connected[: self._turn]
        return [*(connected or self.mcp[:1]), *self.http]

    def status(self) -> ServerStatus:
        """The best of its instances, in the server's name."""
        statuses = [target.supervisor.status for target in self.mcp]
        best = min(statuses, key=lambda status: _BEST_FIRST.index(status.state))
        tools = best.tools or next((status.tools for status in statuses if status.tools), ())
        return replace(best, tools=tools, starts=sum(status.starts for status in statuses))


class Suite:
    """The running servers of one configuration."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        settings: Settings,
        clock: Clock,
        pauses: Pauses,
        background: anyio.abc.TaskGroup,
        http: Any = None,  # noqa: ANN401 - the SDK's HTTP client, where an entry needs one
    ) -> None:
        self._ring = ring = KeyRing.open(settings)
        self._flags = Flags()
        self._background = background
        self._listeners: list[StatusListener] = []
        self._told: dict[str, ServerStatus] = {}
        self._problems = dict(configuration.problems)
        self._local = LocalServers(settings=settings, clock=clock)
        self._answers = LastAnswers(home=settings.home, ring=ring, clock=clock)
        self.outbox = Outbox(home=settings.home, ring=ring, clock=clock)
        self._chain = Chain(
            standins=Standins(local=self._local, answers=self._answers),
            outbox=self.outbox,
            ring=ring,
            clock=clock,
            later=self._later,
        )
        self._own_tools: dict[str, tuple[Tool, ...]] = {}
        self._work_left = 0
        self._due = anyio.Event()
        self._delivering = anyio.Lock()
        self._servers: dict[str, _Server] = {}
        logs = settings.home / "logs"
        self._forks = Forks(logs / "zygote.log", OWN_ENVIRONMENT)
        for spec in configuration.servers:
            server = self._servers.setdefault(spec.name, _Server(spec.name, [], _http_targets(spec, http, clock)))
            supervisor = Supervisor(spec, log_folder=logs, pauses=pauses, on_change=self._changed, forks=self._forks)
            server.mcp.append(McpTarget(supervisor, clock=clock))

    def adopt(self, options: Options) -> None:
        """The suite behaves as `options` say from now on; calls that are under way go on."""
        self._flags.replace(options)
        pauses = Pauses.of(options.health)
        for supervisor in self._supervisors():
            supervisor.retune(pauses)
        for listener in self._listeners:
            for status in self.statuses():
                listener(status)

    async def keep_alive(self) -> None:
        """Every server has been kept alive until this task was cancelled."""
        try:
            async with anyio.create_task_group() as group:
                for supervisor in self._supervisors():
                    group.start_soon(supervisor.run, name=f"supervise {supervisor.spec.label}")
                group.start_soon(self._deliver_until_cancelled, name="deliver")
                group.start_soon(self._prepare_standins, name="prepare stand-ins")
        finally:
            await self._forks.aclose()

    async def settled(self) -> None:
        """Each server is ready, or its first start has failed; bounded by the connect limits."""
        for supervisor in self._supervisors():
            await supervisor.settled.wait()
        for server in self._servers.values():
            await self._listed(server)

    async def spawned(self) -> None:
        """No server's process is half started."""
        # Looked at again and again: between two looks another server may begin to start.
        while any(supervisor.is_spawning for supervisor in self._supervisors()):  # noqa: ASYNC110
            await anyio.sleep(0.01)

    def subscribe(self, listener: StatusListener) -> None:
        """`listener` is told of every change of a server's state or tools."""
        self._listeners.append(listener)

    def statuses(self) -> list[ServerStatus]:
        """All servers, those with an unusable entry included."""
        unusable = [ServerStatus(name, ServerState.AWAY, problem=error) for name, error in self._problems.items()]
        return [server.status() for server in self._servers.values()] + unusable

    def tools(self) -> list[HostedTool]:
        """Every tool that is known, in the order of the configuration; ours also while their server never came."""
        return [
            HostedTool(status.name, tool.name, f"{prefix_of(status.name)}_{tool.name}"[:64], tool)
            for status in self.statuses()
            for tool in status.tools or self._own_tools.get(status.name, ())
            if not self._flags.is_off_for_all(tool_flag(status.name, tool.name))
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
        """The first rung's answer or an error in its place; never raises but for cancellation."""
        try:
            known, traits = await self._known(server, tool)
            self._refuse_if_switched_off(server, tool, caller)
        except ScribeTreeError as error:
            return Answer(None, error.payload(), Provenance(None, False, server, "", caller.correlation_id))
        limit = min(timeout_s or known.limit_s, known.limit_s)
        call = Call(server, tool, arguments, caller, limit, on_progress)
        return await self._chain.answer(call, traits, known.targets())

    async def deliver(self) -> None:
        """What waits in the outbox for servers that are there has been sent to them."""
        async with self._delivering:
            for server in self._servers.values():
                while any(target.is_connected() for target in server.targets()):
                    claimed = await self.outbox.claim(server.name, limit_s=server.limit_s)
                    if claimed is None or not await self._chain.deliver(claimed, server.targets()):
                        break

    async def finished(self) -> None:
        """Nothing is left to write down or, to servers that are there, to deliver."""
        await self.deliver()
        while self._work_left:  # noqa: ASYNC110 - a moment, when the suite is left
            await anyio.sleep(0.005)

    def close(self) -> None:
        """No file is open."""
        self._answers.close()
        self._local.close()

    def _refuse_if_switched_off(self, server: str, tool: str, caller: PrivacyContext) -> None:
        """A tool that a flag switches off for this caller is as if it were not there."""
        person = pseudonym(self._ring, caller.requester_id)
        if self._flags.is_on(tool_flag(server, tool), person=person) is False:
            raise UnknownName(
                f"There is no tool '{tool}' on {server} for this caller.",
                hint="It is switched off: see `flags` in the options.",
            )

    async def _known(self, name: str, tool: str) -> tuple[_Server, Traits]:
        if name in self._problems:
            raise self._problems[name]
        server = self._servers.get(name)
        if server is None:
            raise UnknownName.of("server", name, [*self._servers, *self._problems])
        if not any(target.is_connected() for target in server.mcp):
            for target in server.mcp:
                await target.supervisor.settled.wait()
        listed = await self._listed(server)
        found = next((each for each in listed if each.name == tool), None)
        if listed and found is None:
            raise UnknownName.of("tool", tool, [each.name for each in listed], where=f" on {name}")
        return server, Traits.of(found, server=name)

    async def _listed(self, server: _Server) -> tuple[Tool, ...]:
        """The tools that the server lists, or if it never came and is one of ours, those that it would list."""
        listed = server.status().tools
        if listed or server.name in self._own_tools:
            return listed or self._own_tools[server.name]
        own = tuple(await self._local.tools(server.name))
        self._own_tools[server.name] = own
        return own

    async def _deliver_until_cancelled(self) -> None:
        while True:
            self._due = anyio.Event()
            try:
                await self.deliver()
            except ScribeTreeError as error:
                log.error("delivery_failed", **where_raised(error))
            with anyio.move_on_after(_DELIVER_EVERY_S):
                await self._due.wait()

    def _supervisors(self) -> list[Supervisor]:
        return [target.supervisor for server in self._servers.values() for target in server.mcp]

    def _changed(self, changed: ServerStatus) -> None:
        status = self._servers[changed.name].status()
        if status == self._told.get(changed.name):
            return
        self._told[changed.name] = status
        if status.state is ServerState.READY:
            self._due.set()
        elif status.state is ServerState.AWAY:
            self._later(lambda: self._load_standin(changed.name))
        for listener in self._listeners:
            listener(status)

    async def _prepare_standins(self) -> None:
        """The servers in this process are loaded, so that the first answer in their place comes at once too."""
        await self.settled()
        await anyio.sleep(_PREPARE_AFTER_S)
        for name in self._servers:
            await self._local.get(name)

    async def _load_standin(self, name: str) -> None:
        """The server in this process is ready to stand in, before somebody waits for it."""
        await self._local.get(name)

    def _later(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work_left += 1
        self._background.start_soon(self._do, work)

    async def _do(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except ScribeTreeError as error:
            log.error("background_work_failed", **where_raised(error))
        finally:
            self._work_left -= 1


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
    failure: Exception | None = None
    async with AsyncExitStack() as stack:
        needs_http = any(spec.http for spec in configuration.servers)
        http = await stack.enter_async_context(create_mcp_http_client()) if needs_http else None
        files = stack.enter_context(ExitStack())
        group = await stack.enter_async_context(anyio.create_task_group())
        suite = Suite(
            configuration,
            settings=settings,
            clock=clock or SystemClock(),
            pauses=pauses or Pauses(),
            background=group,
            http=http,
        )
        files.callback(suite.close)
        if pauses is None:
            suite.adopt(load_options(settings))
        if on_change:
            suite.subscribe(on_change)
        group.start_soon(suite.keep_alive, name="suite")
        try:
            yield suite
        except Exception as error:  # noqa: BLE001 - carried past the group, which would wrap it
            failure = error
        with anyio.move_on_after(_LAST_WORK_LIMIT_S):
            await suite.finished()
        with anyio.move_on_after(_SPAWN_LIMIT_S):
            await suite.spawned()
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure


def _http_targets(spec: ServerSpec, client: Any, clock: Clock) -> list[HttpTarget]:  # noqa: ANN401 - as above
    return [HttpTarget(base, server=spec.name, client=client, clock=clock) for base in spec.http]
