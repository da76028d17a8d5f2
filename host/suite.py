"""All servers at once: each kept alive by itself, reached by name, each answer with its origin."""

import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import anyio
import anyio.abc
import anyio.to_thread
from mcp.shared._httpx_utils import create_mcp_http_client  # the transports' own defaults; no public name has them
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import Tool

from scribetree.clock import Clock, SystemClock
from scribetree.errors import ScribeTreeError, UnknownName
from scribetree.host.answer import Answer
from scribetree.host.chain import (
    Call,
    Chain,
    LastAnswers,
    LocalServers,
    Outbox,
    Standins,
    Target,
    Traits,
)
from scribetree.host.config import Configuration, ServerSpec, prefix_of
from scribetree.host.connection import OWN_ENVIRONMENT
from scribetree.host.figures import HostFigures, instance_figures
from scribetree.host.flags import Flags, tool_flag, version_flag
from scribetree.host.forks import CAN_FORK, Forks
from scribetree.host.instances import Instance, Server, Source
from scribetree.host.limits import Limits
from scribetree.host.options import Options, load_options
from scribetree.host.supervisor import Pauses, ServerState, ServerStatus, Supervisor
from scribetree.host.witness import Witness
from scribetree.log import log, where_raised
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import Provenance
from scribetree.resilience import Deadline, SingleFlight, redis_at
from scribetree.servers.catalog import SERVERS
from scribetree.settings import Settings

__all__ = ["HostedTool", "Suite", "open_suite"]

_SPAWN_LIMIT_S = 2.0
_LAST_WORK_LIMIT_S = 2.0
"""What is left to write down or to deliver when the suite is left has so long."""

_DELIVER_EVERY_S = 30.0
_PREPARE_AFTER_S = 0.5
"""A command that makes one call ends before."""

StatusListener = Callable[[ServerStatus], None]
InstanceListener = Callable[[Instance, ServerStatus], None]


@dataclass(frozen=True, slots=True)
class HostedTool:
    """A tool as the host knows it: on which server, under which name."""

    server: str
    name: str
    hosted_name: str
    tool: Tool


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
        redis: Any = None,  # noqa: ANN401 - a redis.asyncio.Redis, where one is configured
    ) -> None:
        self._ring = ring = KeyRing.open(settings)
        self._settings = settings
        self._clock = clock
        self._pauses = pauses
        self._http = http
        self._options = Options()
        self._figures = HostFigures()
        self._limits = Limits(clock=clock, redis=redis)
        self._same: SingleFlight[_Question, Answer] = SingleFlight()
        self._flags = Flags()
        self._background = background
        self._listeners: list[StatusListener] = []
        self._watchers: list[InstanceListener] = []
        self._told: dict[str, ServerStatus] = {}
        self._problems = dict(configuration.problems)
        self._forks = Forks(settings.home / "logs" / "zygote.log", OWN_ENVIRONMENT)
        self._local = LocalServers(settings=settings, clock=clock, forks=self._forks if CAN_FORK else None)
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
        self._servers: dict[str, Server] = {}
        for spec in configuration.servers:
            self._included(spec, "mcp.json")

    @property
    def options(self) -> Options:
        """The options in force."""
        return self._options

    def adopt(self, options: Options) -> None:
        """The suite behaves as `options` say from now on; calls that are under way go on."""
        self._options = options
        self._flags.replace(options)
        self._limits.adopt(options.limits)
        self._chain.adopt(options.reads)
        self._pauses = Pauses.of(options.health)
        for supervisor in self._supervisors():
            supervisor.retune(self._pauses)
        for listener in self._listeners:
            for status in self.statuses():
                listener(status)

    async def keep_alive(self) -> None:
        """Every server has been kept alive until this task was cancelled."""
        try:
            async with anyio.create_task_group() as group:
                for instance in self.instances():
                    group.start_soon(instance.live, name=f"supervise {instance.id}")
                group.start_soon(self._deliver_until_cancelled, name="deliver")
                group.start_soon(self._prepare_standins, name="prepare stand-ins")
                if self._http is not None:
                    group.start_soon(self._probe_doors, name="probe HTTP doors")
        finally:
            await self._forks.aclose()

    def instances(self) -> list[Instance]:
        """Every instance of every server, those that are let go included."""
        return [instance for server in self._servers.values() for instance in server.instances]

    async def add(self, spec: ServerSpec) -> Instance:
        """A registered instance is kept connected and asked as soon as it is; it has been connected to once, or not."""
        instance = self._included(spec, "registered")
        self._background.start_soon(instance.live, name=f"supervise {instance.id}")
        try:
            await instance.supervisor.settled.wait()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self.drain(instance)
            raise
        return instance

    async def drain(self, instance: Instance) -> None:
        """It is given no new call, has finished those that it had, and is gone."""
        instance.is_draining = True
        self._told_of(instance)
        await instance.drained(limit_s=self._options.balance.drain_limit_s)
        server = self._servers[instance.spec.name]
        server.instances.remove(instance)
        if not server.instances and instance.source == "registered":
            del self._servers[server.name]
        for listener in self._listeners:
            listener(server.status())

    async def settled(self) -> None:
        """Each server is ready, or its first start has failed; bounded by the connect limits."""
        for supervisor in self._supervisors():
            if not supervisor.settled.is_set():  # to wait for what is there gives way to all other tasks, at each call
                await supervisor.settled.wait()
        for server in [*self._servers.values()]:
            await self._listed(server)

    async def spawned(self) -> None:
        """No server's process is half started."""
        # Looked at again and again: between two looks another server may begin to start.
        while any(supervisor.is_spawning for supervisor in self._supervisors()):  # noqa: ASYNC110
            await anyio.sleep(0.01)

    def subscribe(self, listener: StatusListener) -> None:
        """`listener` is told of every change of a server's state or tools."""
        self._listeners.append(listener)

    def watch(self, watcher: InstanceListener) -> None:
        """`watcher` is told of every change of an instance's state or tools."""
        self._watchers.append(watcher)

    def statuses(self) -> list[ServerStatus]:
        """All servers, those with an unusable entry included."""
        unusable = [
            ServerStatus(name, ServerState.AWAY, problem=error)
            for name, error in self._problems.items()
            if name not in self._servers
        ]
        return [server.status() for server in self._servers.values()] + unusable

    def tools(self) -> list[HostedTool]:
        """Every tool that is known, in the order of the configuration; ours also while their server never came."""
        return [
            HostedTool(status.name, tool.name, f"{prefix_of(status.name)}_{tool.name}"[:64], tool)
            for status in self.statuses()
            for tool in status.tools or self._own_tools.get(status.name, ())
            if not self._flags.is_off_for_all(tool_flag(status.name, tool.name))
        ]

    def find(self, hosted_name: str) -> HostedTool | None:
        """The tool of that name, if there is one; nothing is made of the others, for every call asks."""
        for status in self.statuses():
            prefix = f"{prefix_of(status.name)}_"
            if not hosted_name.startswith(prefix):
                continue
            for tool in status.tools or self._own_tools.get(status.name, ()):
                if f"{prefix}{tool.name}"[:64] == hosted_name:
                    is_off = self._flags.is_off_for_all(tool_flag(status.name, tool.name))
                    return None if is_off else HostedTool(status.name, tool.name, hosted_name, tool)
        return None

    async def call(
        self,
        server: str,
        tool: str,
        arguments: dict[str, Any],
        *,
        caller: PrivacyContext,
        timeout_s: float | None = None,
        on_progress: ProgressFnT | None = None,
        client: str | None = None,
    ) -> Answer:
        """
        The first rung's answer or an error in its place; never raises but for cancellation.

        `client` names whoever calls over HTTP, and must say nothing about a person; its calls are counted.
        """
        started = time.perf_counter()
        try:
            known, traits = await self._known(server, tool, arguments)
            self._refuse_if_switched_off(server, tool, caller)
        except ScribeTreeError as error:
            return _refused(error, server, caller)
        limit = min(timeout_s or known.limit_s, known.limit_s)
        call = Call(server, tool, arguments, caller, limit, on_progress)
        try:
            if client is not None:
                await self._limits.check(server, client)
            answer = await self._answer(call, traits, known)
        except ScribeTreeError as error:
            answer = _refused(error, server, caller)
        self._figures.answered(call, answer, is_known=traits.known, ms=(time.perf_counter() - started) * 1000)
        return answer

    async def figures(self) -> dict[str, Any]:
        """What was asked and answered since the suite began, and how its servers are."""
        waiting = await anyio.to_thread.run_sync(self.outbox.waiting)
        return {
            **self._figures.as_json(),
            "limits": self._limits.as_json(),
            "instances": instance_figures(self.instances()),
            "outbox": dict(Counter(each.state for each in waiting)),
        }

    async def _answer(self, call: Call, traits: Traits, server: Server) -> Answer:
        """The chain's answer, or the one that the same question of the same caller, under way already, is given."""
        question = _question(call) if traits.keepable else None
        if question is None:
            return await self._asked(call, traits, server)
        answer = await self._same.do(question, lambda: self._asked(call, traits, server))
        provenance = replace(answer.provenance, correlation_id=call.caller.correlation_id)
        return replace(answer, provenance=provenance)

    async def _asked(self, call: Call, traits: Traits, server: Server) -> Answer:
        """The chain's answer, in a place of its own; the time that was waited for one is taken off."""
        deadline = Deadline.after(call.limit_s, clock=self._clock)
        async with self._limits.places(server.name).place(within_s=call.limit_s):
            call = replace(call, limit_s=deadline.remaining_s())
            targets = server.targets(self._options.balance.strategy, version=self._version_for(call))
            return await self._chain.answer(call, traits, targets)

    async def deliver(self) -> None:
        """What waits in the outbox for servers that are there has been sent to them."""
        async with self._delivering:
            for server in [*self._servers.values()]:
                while any(target.is_connected() for target in self._targets(server)):
                    claimed = await self.outbox.claim(server.name, limit_s=server.limit_s)
                    if claimed is None or not await self._chain.deliver(claimed, self._targets(server)):
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
        flag = tool_flag(server, tool)
        if flag not in self._flags:
            return
        if not self._flags.is_on(flag, person=pseudonym(self._ring, caller.requester_id)):
            raise UnknownName(
                f"There is no tool '{tool}' on {server} for this caller.",
                hint="It is switched off: see `flags` in the options.",
            )

    def _version_for(self, call: Call) -> str | None:
        """Which version of the server this caller is to be answered by, if a flag divides people among some."""
        flag = version_flag(call.server)
        if flag not in self._flags:
            return None
        return self._flags.variant(flag, person=pseudonym(self._ring, call.caller.requester_id))

    def _targets(self, server: Server) -> list[Target]:
        return server.targets(self._options.balance.strategy)

    async def _known(self, name: str, tool: str, arguments: dict[str, Any]) -> tuple[Server, Traits]:
        server = self._servers.get(name)
        if server is None and name in self._problems:
            raise self._problems[name]
        if server is None:
            raise UnknownName.of("server", name, [*self._servers, *self._problems])
        if not server.is_connected():
            for instance in [*server.instances]:
                await instance.supervisor.settled.wait()
        listed = await self._listed(server)
        found = next((each for each in listed if each.name == tool), None)
        if listed and found is None:
            raise UnknownName.of("tool", tool, [each.name for each in listed], where=f" on {name}")
        return server, Traits.of(found, arguments, server=name)

    async def _listed(self, server: Server) -> tuple[Tool, ...]:
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
        return [instance.supervisor for instance in self.instances()]

    def _included(self, spec: ServerSpec, source: Source) -> Instance:
        """The instance is one of its server's, and not kept alive yet."""

        def told(_status: ServerStatus) -> None:
            self._told_of(instance)

        logs = self._settings.home / "logs"
        witness = Witness(spec.name, self._ring) if spec.name in SERVERS else None
        supervisor = Supervisor(
            spec,
            log_folder=logs,
            pauses=self._pauses,
            on_change=told,
            forks=self._forks,
            witness=witness,
        )
        instance = Instance.of(supervisor, client=self._http, clock=self._clock, source=source, witness=witness)
        self._servers.setdefault(spec.name, Server(spec.name)).instances.append(instance)
        return instance

    def _told_of(self, instance: Instance) -> None:
        """Whoever watches knows of the change of an instance, and whoever is subscribed of its server's, if any."""
        for watcher in self._watchers:
            watcher(instance, instance.supervisor.status)
        self._changed(instance.spec.name)

    def _changed(self, name: str) -> None:
        status = self._servers[name].status()
        if status == self._told.get(name):
            return
        self._told[name] = status
        if status.state is ServerState.READY:
            self._due.set()
        elif status.state is ServerState.AWAY:
            self._later(lambda: self._load_standin(name))
        for listener in self._listeners:
            listener(status)

    async def _probe_doors(self) -> None:
        """Of each HTTP door it is known whether it answers, until this task was cancelled."""
        while True:
            for door in [door for instance in self.instances() for door in instance.http]:
                await door.probe(limit_s=self._pauses.probe_limit)
            await anyio.sleep(self._pauses.probe_every)

    async def _prepare_standins(self) -> None:
        """The servers in this process are loaded, so that the first answer in their place comes at once too."""
        await self.settled()
        await anyio.sleep(_PREPARE_AFTER_S)
        for name in [*self._servers]:
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
    is_open_to_others: bool = False,
) -> AsyncGenerator[Suite]:
    """
    The suite while it runs; every server is stopped when the block is left, and its error comes out as it is.

    One that is open to others takes registrations, and counts their calls on Redis where a URL is set.
    """
    failure: Exception | None = None
    async with AsyncExitStack() as stack:
        needs_http = is_open_to_others or any(spec.http for spec in configuration.servers)
        http = await stack.enter_async_context(create_mcp_http_client()) if needs_http else None
        redis_url = settings.redis_url if is_open_to_others else None
        redis = await stack.enter_async_context(redis_at(redis_url)) if redis_url else None
        files = stack.enter_context(ExitStack())
        group = await stack.enter_async_context(anyio.create_task_group())
        suite = Suite(
            configuration,
            settings=settings,
            clock=clock or SystemClock(),
            pauses=pauses or Pauses(),
            background=group,
            http=http,
            redis=redis,
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


def _refused(error: ScribeTreeError, server: str, caller: PrivacyContext) -> Answer:
    return Answer(None, error.payload(), Provenance(None, False, server, "", caller.correlation_id))


_Question = tuple[str, str, str, str, str, str, float]


def _question(call: Call) -> _Question | None:
    """What two calls have in common that may share one answer: all but their correlation ids; None if it is no JSON."""
    try:
        asked = json.dumps(call.arguments, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return None
    caller = call.caller
    return (call.server, call.tool, asked, caller.requester_id, caller.requester_type, caller.purpose, call.limit_s)
