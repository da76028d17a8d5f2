"""
The registry: what is registered is kept connected, probed, asked like any other, and let go when its lease ends.

An instance is sent no call before it has answered over MCP as the server that it was registered as, and again after
each time that it was away. A lease that is not renewed ends: the instance gets no new call, finishes those that it
has, and is gone. Leases are kept over restarts of the host.
"""

import hashlib
import hmac
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, Literal

import anyio
import anyio.to_thread
from anyio.streams.memory import MemoryObjectSendStream

from scribetree.clock import Clock
from scribetree.errors import Denied, Overloaded, ScribeTreeError, Unavailable, UnknownName
from scribetree.host.config import ServerSpec
from scribetree.host.instances import Instance
from scribetree.host.registry._capabilities import CAPABILITIES, DEPENDENCIES, capabilities_of
from scribetree.host.registry._leases import Lease, Leases
from scribetree.host.registry._trust import Registration, check_address, check_name
from scribetree.host.suite import Suite
from scribetree.host.supervisor import ServerState, ServerStatus
from scribetree.host.witness import Stranger
from scribetree.log import log, where_raised
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

__all__ = ["Registry", "RegistryEvent"]

Change = Literal["registered", "ready", "away", "tools_changed", "refused", "draining", "expired", "gone"]

_MOST_INSTANCES = 64
_BUFFERED_EVENTS = 256


@dataclass(frozen=True, slots=True)
class RegistryEvent:
    """One change of one instance."""

    change: Change
    server: str
    instance: str
    at: str


class Registry:
    """The instances of a running suite, and the leases of those that registered."""

    def __init__(self, suite: Suite, *, settings: Settings, ring: KeyRing, clock: Clock) -> None:
        self._suite = suite
        self._ring = ring
        self._clock = clock
        self._leases = Leases(settings.home, ring)
        self._configured = {instance.spec.name for instance in suite.instances()}
        self._held: dict[str, Lease] = {}
        self._drained: deque[str] = deque(maxlen=_MOST_INSTANCES)
        self._ends_at: dict[str, float] = {}
        self._seen = {instance.id: instance.supervisor.status for instance in suite.instances()}
        self._subscribers: set[MemoryObjectSendStream[RegistryEvent]] = set()
        self._changed = anyio.Event()
        self._admitting: set[str] = set()
        suite.watch(self._on_change)

    async def keep(self) -> None:
        """Leases from before count again, and each has ended in its time, until this task was cancelled."""
        async with anyio.create_task_group() as group:
            for lease in await anyio.to_thread.run_sync(self._leases.live, self._clock.now()):
                group.start_soon(self._restore, lease)
            while True:
                now = self._clock.monotonic()
                for instance_id in [name for name, ends_at in self._ends_at.items() if ends_at <= now]:
                    del self._ends_at[instance_id]
                    group.start_soon(self._expire, instance_id)
                self._changed = anyio.Event()
                with anyio.move_on_after(min(self._ends_at.values(), default=float("inf")) - now):
                    await self._changed.wait()

    async def register(self, wanted: Registration) -> Lease:
        """
        The instance is asked from now on, for as long as its lease is renewed; registered again, it is renewed.

        Raises UnknownName or Denied where the host does not take it in, Unavailable where it cannot be reached or is
        not what it says.
        """
        options = self._suite.options.registry
        check_name(wanted.server, configured=self._configured, options=options)
        url = check_address(wanted.url, options, field="url")
        http = check_address(wanted.http, options, field="http") if wanted.http else None
        lease_s = wanted.lease_s or options.lease_s
        ends = self._clock.now() + timedelta(seconds=lease_s)
        lease = Lease(self._id(wanted.server, url), wanted.server, url, http, lease_s, ends)
        known = self._find(lease.id)
        if lease.id in self._admitting or (known is not None and known.is_draining):
            raise Unavailable("That instance is coming or going already.", hint="Register it again in a moment.")
        if known is None:
            self._admitting.add(lease.id)
            try:
                await self._admit(lease)
            finally:
                self._admitting.discard(lease.id)
        if lease.id in self._drained:
            self._drained.remove(lease.id)
        return await self._hold(lease)

    async def renew(self, instance_id: str) -> Lease:
        """The lease counts for its whole time again; UnknownName if it has ended, Denied if it was drained."""
        lease = self._held.get(instance_id)
        if lease is None and instance_id in self._drained:
            raise Denied("That instance was drained.", hint="Register it again if it is to be asked again.")
        if lease is None:
            raise UnknownName("There is no lease of that instance.", hint="Register it again.")
        return await self._hold(replace(lease, expires_at=self._clock.now() + timedelta(seconds=lease.lease_s)))

    async def drain(self, instance_id: str) -> None:
        """The instance, registered or of mcp.json, was given no new call, has finished the others, and is gone."""
        await self._end(instance_id, is_renewable=False)

    def services(self) -> list[dict[str, Any]]:
        """All servers: what each is good for, and its instances."""
        instances = self._suite.instances()
        return [self._service(status, instances) for status in self._suite.statuses()]

    def providing(self, capability: str) -> list[dict[str, Any]]:
        """The servers that give a capability, named as such or by its tool, with the tool."""
        tool = CAPABILITIES.get(capability, capability)
        return [
            {"server": status.name, "tool": tool, "state": status.state}
            for status in self._suite.statuses()
            if any(each.name == tool for each in status.tools)
        ]

    @contextmanager
    def events(self) -> Generator[Any]:
        """A stream of what changes from now on; it ends for a subscriber who does not keep up."""
        send, receive = anyio.create_memory_object_stream[RegistryEvent](_BUFFERED_EVENTS)
        self._subscribers.add(send)
        try:
            with receive:
                yield receive
        finally:
            self._subscribers.discard(send)
            send.close()

    async def _admit(self, lease: Lease) -> None:
        """The instance is one of the suite's, and has answered as the server that it should be."""
        if len(self._held) + len(self._admitting) > _MOST_INSTANCES:
            raise Overloaded(f"{_MOST_INSTANCES} instances are registered already.", hint="Drain one first.")
        self._tell("registered", lease.server, lease.id)
        instance = await self._suite.add(_spec(lease))
        if not instance.is_verified:
            is_reached = isinstance(instance.supervisor.status.problem, Stranger)
            await self._let_go(instance)
            why = f"answers, and is not {lease.server}" if is_reached else "cannot be reached over MCP"
            raise Unavailable(f"What is registered as {lease.server} {why}.", hint="See what runs at its `url`.")

    async def _restore(self, lease: Lease) -> None:
        """A lease from before counts until it ends, if its server may still be taken in."""
        options = self._suite.options.registry
        try:
            check_name(lease.server, configured=self._configured, options=options)
            for url in filter(None, (lease.url, lease.http)):
                check_address(url, options, field="url")
        except ScribeTreeError as error:
            log.warning("lease_refused", **where_raised(error))
            self._leases.drop(lease.id)
            return
        self._held[lease.id] = lease
        self._ends_at[lease.id] = self._clock.monotonic() + (lease.expires_at - self._clock.now()).total_seconds()
        self._changed.set()
        self._tell("registered", lease.server, lease.id)
        await self._suite.add(_spec(lease))

    async def _end(self, instance_id: str, *, is_renewable: bool) -> None:
        """The instance is gone; whoever renews it is told to register it again, or that it is not wanted."""
        instance = self._find(instance_id)
        if instance is None or instance.is_draining:
            raise UnknownName.of("instance", instance_id, [each.id for each in self._suite.instances()])
        self._held.pop(instance_id, None)
        self._ends_at.pop(instance_id, None)
        self._leases.drop(instance_id)
        if not is_renewable:
            self._drained.append(instance_id)
        await self._let_go(instance)

    async def _let_go(self, instance: Instance) -> None:
        await self._suite.drain(instance)
        self._seen.pop(instance.id, None)
        self._tell("gone", instance.spec.name, instance.id)

    async def _hold(self, lease: Lease) -> Lease:
        await anyio.to_thread.run_sync(self._leases.put, lease)
        self._held[lease.id] = lease
        self._ends_at[lease.id] = self._clock.monotonic() + lease.lease_s
        self._changed.set()
        return lease

    async def _expire(self, instance_id: str) -> None:
        lease = self._held.get(instance_id)
        if lease is None:
            return
        self._tell("expired", lease.server, instance_id)
        try:
            await self._end(instance_id, is_renewable=True)
        except UnknownName:
            return

    def _on_change(self, instance: Instance, status: ServerStatus) -> None:
        """Told of an instance's new state in the moment in which it begins, before a call can go there."""
        before = self._seen.get(instance.id)
        self._seen[instance.id] = status
        if instance.source == "registered":
            instance.is_verified = status.state is ServerState.READY
            instance.was_verified |= instance.is_verified
        change = _change(instance, before, status)
        if change is not None:
            self._tell(change, instance.spec.name, instance.id)

    def _tell(self, change: Change, server: str, instance_id: str) -> None:
        event = RegistryEvent(change, server, instance_id, self._clock.now().isoformat())
        log.info("registry_changed", **asdict(event))
        for subscriber in [*self._subscribers]:
            try:
                subscriber.send_nowait(event)
            except (anyio.WouldBlock, anyio.BrokenResourceError):
                self._subscribers.discard(subscriber)
                subscriber.close()

    def _find(self, instance_id: str) -> Instance | None:
        return next((instance for instance in self._suite.instances() if instance.id == instance_id), None)

    def _id(self, server: str, url: str) -> str:
        """The same for the same server at the same address, so that it is one instance however often it registers."""
        digest = hmac.new(self._ring.key("registry/instance"), f"{server} {url}".encode(), hashlib.sha256)
        return f"{server}-{digest.hexdigest()[:12]}"

    def _service(self, status: ServerStatus, instances: list[Instance]) -> dict[str, Any]:
        own = [instance for instance in instances if instance.spec.name == status.name]
        tools = {tool.name for tool in status.tools}
        return {
            "server": status.name,
            "version": status.version,
            "type": "hybrid" if any(instance.http for instance in own) else "mcp",
            "state": status.state,
            "capabilities": capabilities_of(tools),
            "tools": sorted(tools),
            "depends_on": list(DEPENDENCIES.get(status.name, ())),
            "instances": [self._instance(instance) for instance in own],
        }

    def _instance(self, instance: Instance) -> dict[str, Any]:
        status, lease = instance.supervisor.status, self._held.get(instance.id)
        door = instance.http[0] if instance.http else None
        return {
            "id": instance.id,
            "state": "draining" if instance.is_draining else status.state,
            "source": instance.source,
            "endpoints": {
                "mcp": instance.spec.target if instance.spec.kind in {"http", "sse"} else instance.spec.kind,
                "http": door.url if door else None,
                "health": f"{door.url}/health" if door else None,
            },
            "http_health": door.health if door else None,
            "version": status.version,
            "protocol": status.protocol,
            "seen_at": instance.supervisor.seen_at.isoformat() if instance.supervisor.seen_at else None,
            "lease_ends_at": lease.expires_at.isoformat() if lease else None,
            "circuit": instance.mcp.breaker.state,
            "running": instance.running,
            "calls": instance.mcp.load.calls,
            "usual_ms": round(instance.mcp.load.usual_ms(), 3),
        }


def _change(instance: Instance, before: ServerStatus | None, now: ServerStatus) -> Change | None:
    """What is new about an instance, if it is worth telling."""
    was_ready = before is not None and before.state is ServerState.READY
    if instance.is_draining:
        return "draining" if before == now else None
    if now.state is not ServerState.READY:
        if isinstance(now.problem, Stranger):
            return None if before is not None and isinstance(before.problem, Stranger) else "refused"
        return "away" if was_ready else None
    if not was_ready:
        return "ready"
    return "tools_changed" if before is not None and before.tools != now.tools else None


def _spec(lease: Lease) -> ServerSpec:
    return ServerSpec(
        lease.server,
        "http",
        lease.url,
        http=(lease.http,) if lease.http else (),
        instance=lease.id.removeprefix(f"{lease.server}-"),
    )
