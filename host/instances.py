"""The instances of one server, wherever they run: who is asked first, what they say of it, and how one is let go."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import anyio

from scribetree.clock import Clock
from scribetree.errors import Unavailable
from scribetree.host.balance import Balancer, Strategy
from scribetree.host.chain import HttpTarget, McpTarget, Target
from scribetree.host.config import ServerSpec
from scribetree.host.supervisor import ServerState, ServerStatus, Supervisor
from scribetree.host.witness import Witness

__all__ = ["Instance", "Server"]

Source = Literal["mcp.json", "registered"]

_BEST_FIRST = (ServerState.READY, ServerState.STARTING, ServerState.AWAY, ServerState.STOPPED)
_LIMIT_S = 30.0
_LOOK_EVERY_S = 0.01


@dataclass(eq=False)
class Instance:
    """One instance: its connection, its HTTP doors, and the task that keeps it alive."""

    supervisor: Supervisor
    mcp: McpTarget
    http: tuple[HttpTarget, ...]
    source: Source = "mcp.json"
    is_draining: bool = False
    is_verified: bool = True
    """Whether it is known to be what it says; a registered one is not, before it has answered."""
    was_verified: bool = False
    _scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    _ended: anyio.Event = field(default_factory=anyio.Event)

    @classmethod
    def of(
        cls,
        supervisor: Supervisor,
        *,
        client: Any,  # noqa: ANN401 - the SDK's HTTP client, where an entry needs one
        clock: Clock,
        source: Source = "mcp.json",
        witness: Witness | None = None,
    ) -> "Instance":
        """The instance that `supervisor` keeps connected."""
        spec = supervisor.spec
        door = partial(HttpTarget, server=spec.name, client=client, clock=clock, witness=witness)
        doors = tuple(door(base) for base in spec.http)
        mcp = McpTarget(supervisor, clock=clock)
        return cls(supervisor, mcp, doors, source, is_verified=source == "mcp.json")

    @property
    def id(self) -> str:
        """Its name among all instances."""
        return self.spec.label

    @property
    def spec(self) -> ServerSpec:
        """How it is reached."""
        return self.supervisor.spec

    @property
    def is_open(self) -> bool:
        """Whether it may be sent calls."""
        return self.is_verified and not self.is_draining

    @property
    def is_known(self) -> bool:
        """Whether what it says of itself counts: what it listed stays known while it is away."""
        is_away = self.supervisor.status.state is not ServerState.READY
        return self.is_open or (self.was_verified and is_away and not self.is_draining)

    @property
    def running(self) -> int:
        """How many calls it has to answer now."""
        return self.mcp.load.running + sum(door.load.running for door in self.http)

    async def live(self) -> None:
        """It was kept alive until it was ended."""
        try:
            with self._scope:
                await self.supervisor.run()
        finally:
            self._ended.set()

    async def drained(self, *, limit_s: float) -> None:
        """It was given no new call, has finished those that it had, at the latest after `limit_s`, and has ended."""
        self.is_draining = True
        with anyio.move_on_after(limit_s):
            while self.running:  # noqa: ASYNC110 - calls end in many places
                await anyio.sleep(_LOOK_EVERY_S)
        while self.supervisor.is_spawning:  # noqa: ASYNC110 - a moment; to cancel in it would leak a process
            await anyio.sleep(_LOOK_EVERY_S)
        self._scope.cancel()
        await self._ended.wait()


class Server:
    """All instances of one server."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.instances: list[Instance] = []
        self._mcp, self._http = Balancer(), Balancer()

    @property
    def limit_s(self) -> float:
        """How long a call may take."""
        return max((instance.spec.call_timeout_s for instance in self.instances), default=_LIMIT_S)

    def is_connected(self) -> bool:
        """Whether one of them would be sent a call over MCP now."""
        return any(instance.is_open and instance.mcp.is_connected() for instance in self.instances)

    def targets(self, strategy: Strategy, *, version: str | None = None) -> list[Target]:
        """
        Where to ask, in order: the connected instances, or one that says why it is away; then HTTP.

        Those of `version` go before the others, where one is wanted and is there.
        """
        open_ones = [instance for instance in self.instances if instance.is_open]
        connected = [instance.mcp for instance in open_ones if instance.mcp.is_connected()]
        doors = list({door.url: door for instance in open_ones for door in instance.http}.values())
        healthy = [door for door in doors if door.is_connected()]
        unhealthy = [door for door in doors if not door.is_connected()]
        mcp = self._mcp.ordered(connected, strategy) or [each.mcp for each in open_ones[:1]]
        if version is not None:
            mcp.sort(key=lambda target: target.supervisor.status.version != version)
        return [*mcp, *self._http.ordered(healthy, strategy), *unhealthy]

    def status(self) -> ServerStatus:
        """The best of its instances, in the server's name."""
        statuses = [instance.supervisor.status for instance in self.instances if instance.is_known]
        if not statuses:
            gone = Unavailable(f"{self.name} has no instance.", hint="Start one, or register one.")
            return ServerStatus(self.name, ServerState.AWAY, problem=gone)
        if len(statuses) == 1:
            return statuses[0]
        best = min(statuses, key=lambda status: _BEST_FIRST.index(status.state))
        tools = best.tools or next((status.tools for status in statuses if status.tools), ())
        return replace(best, tools=tools, starts=sum(status.starts for status in statuses))
