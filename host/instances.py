"""The instances of one server, wherever they run: who is asked first, what they say of it, and how one is let go."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import anyio

from scribetree.clock import Clock
from scribetree.errors import Unavailable
from scribetree.host.balance import Balancer, Strategy
from scribetree.host.chain import HttpTarget, McpTarget, Target
from scribetree.host.config import ServerSpec
from scribetree.host.supervisor import ServerState, ServerStatus, Supervisor

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
    ) -> "Instance":
        """The instance that `supervisor` keeps connected."""
        spec = supervisor.spec
        doors = tuple(HttpTarget(base, server=spec.name, client=client, clock=clock) for base in spec.http)
        return cls(supervisor, McpTarget(supervisor, clock=clock), doors, source)

    @property
    def id(self) -> str:
        """Its name among all instances."""
        return self.spec.label

    @property
    def spec(self) -> ServerSpec:
        """How it is reached."""
        return self.supervisor.spec

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
        return any(instance.mcp.is_connected() for instance in self._open())

    def targets(self, strategy: Strategy) -> list[Target]:
        """Where to ask, in order: the connected instances, or one that says why it is away; then HTTP."""
        open_ones = self._open()
        connected = [instance.mcp for instance in open_ones if instance.mcp.is_connected()]
        doors = list({door.url: door for instance in open_ones for door in instance.http}.values())
        healthy = [door for door in doors if door.is_connected()]
        unhealthy = [door for door in doors if not door.is_connected()]
        mcp: Sequence[Target] = self._mcp.ordered(connected, strategy) or [each.mcp for each in open_ones[:1]]
        return [*mcp, *self._http.ordered(healthy, strategy), *unhealthy]

    def status(self) -> ServerStatus:
        """The best of its instances, in the server's name."""
        statuses = [instance.supervisor.status for instance in self._open()]
        if not statuses:
            gone = Unavailable(f"{self.name} has no instance.", hint="Start one, or register one.")
            return ServerStatus(self.name, ServerState.AWAY, problem=gone)
        best = min(statuses, key=lambda status: _BEST_FIRST.index(status.state))
        tools = best.tools or next((status.tools for status in statuses if status.tools), ())
        return replace(best, tools=tools, starts=sum(status.starts for status in statuses))

    def _open(self) -> list[Instance]:
        return [instance for instance in self.instances if not instance.is_draining]
