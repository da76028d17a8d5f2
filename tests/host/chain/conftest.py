"""A chain whose remote rungs fail as they are told, and whose servers are the real ones, in this process."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from mcp.types import CallToolResult, Tool
from tests.servers.school import teach

from scribetree.clock import FixedClock, SystemClock
from scribetree.errors import InternalError, OutOfTime, Unavailable
from scribetree.host.answer import Answer
from scribetree.host.balance import Load
from scribetree.host.chain import Call, Chain, LastAnswers, LocalServers, Outbox, Standins, Traits
from scribetree.host.chain._remote import NotSent
from scribetree.privacy.caller import CALLER_KEY
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import Rung
from scribetree.resilience import Breaker
from scribetree.servers.catalog import load
from scribetree.servers.kit import KitServer, Wiring, error_result
from scribetree.settings import Settings

Fault = Literal["none", "away", "lost", "lost-after-doing", "silent", "internal", "busy", "circuit"]


class FaultyTarget:
    """A real server of the catalog behind a connection that fails on request."""

    def __init__(self, server: KitServer, *, rung: Rung = "mcp", fault: Fault = "none") -> None:
        self.server = server
        self.rung: Rung = rung
        self.fault: Fault = fault
        self.breaker = Breaker(clock=FixedClock())
        self.load = Load(FixedClock())
        self.asked = 0
        self.was_overtaken = False
        self.done = 0
        if fault == "circuit":
            for _ in range(5):
                self.breaker.admit().failed()

    def is_connected(self) -> bool:
        return self.fault != "away"

    def overtaken(self) -> None:
        self.was_overtaken = True

    def counts(self, error: Unavailable) -> bool:
        return not isinstance(error, NotSent)

    async def ask(self, call: Call, token: str, *, timeout_s: float) -> CallToolResult:
        self.asked += 1
        if self.fault == "away":
            raise NotSent("away", hint="wait")
        if self.fault == "lost":
            raise Unavailable("lost", hint="wait")
        if self.fault == "silent":
            raise OutOfTime("silent", hint="wait")
        if self.fault == "internal":
            return error_result(InternalError("broken", hint="report"))
        if self.fault == "busy":
            return error_result(Unavailable("The store is busy.", hint="wait"))
        self.done += 1
        result = await self.server.answer(call.tool, call.arguments, meta={CALLER_KEY: token}, rung=self.rung)
        if self.fault == "lost-after-doing":
            raise Unavailable("lost", hint="wait")
        return result


class ServersHere(LocalServers):
    """What was lost over a question is worked out here too: a process for each example would take too long."""

    async def isolated(
        self, name: str, tool: str, arguments: dict[str, Any], meta: dict[str, Any]
    ) -> CallToolResult | None:
        server = await self.get(name)
        return await server.answer(tool, arguments, meta=meta, rung="mock") if server else None


class Bench:
    """One installation with its chain, on a clock that the test moves."""

    def __init__(self, home: Path) -> None:
        self.clock = FixedClock(SystemClock().now())
        self.settings = Settings(home=home).with_all_tools()
        self.ring = KeyRing.at(home)
        self.wiring = Wiring(settings=self.settings, clock=self.clock)
        teach(self.wiring, "t-1", "s-1")
        self.local = ServersHere(settings=self.settings, clock=self.clock)
        self.answers = LastAnswers(home=home, ring=self.ring, clock=self.clock)
        self.outbox = Outbox(home=home, ring=self.ring, clock=self.clock)
        self.work: list[Callable[[], Awaitable[None]]] = []
        standins = Standins(local=self.local, answers=self.answers)
        self.chain = Chain(
            standins=standins, outbox=self.outbox, ring=self.ring, clock=self.clock, later=self.work.append
        )
        self.servers: dict[str, KitServer] = {}
        self.targets: list[FaultyTarget] = []

    def server(self, name: str) -> KitServer:
        if name not in self.servers:
            self.servers[name] = load(name, self.wiring)
        return self.servers[name]

    async def tool(self, server: str, name: str) -> Tool:
        return next(tool for tool in await self.server(server).list_tools() if tool.name == name)

    async def call(
        self,
        server: str,
        tool: str,
        arguments: dict[str, Any],
        *,
        role: RequesterType = "educator",
        requester: str = "t-1",
        faults: tuple[Fault, ...] = ("none",),
        limit_s: float = 10.0,
    ) -> Answer:
        """The chain's answer when the rungs mcp and http fail in that way."""
        caller = PrivacyContext(requester, role, "learning", "correlation-1")
        rungs: tuple[Rung, ...] = ("mcp", "http")
        self.targets = targets = [
            FaultyTarget(self.server(server), rung=rung, fault=fault)
            for rung, fault in zip(rungs, faults, strict=False)
        ]
        call = Call(server, tool, arguments, caller, limit_s)
        answer = await self.chain.answer(
            call, Traits.of(await self.tool(server, tool), arguments, server=server), targets
        )
        while self.work:
            await self.work.pop()()
        return answer

    def close(self) -> None:
        self.answers.close()
        self.wiring.close()


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    bench = Bench(tmp_path / "home")
    yield bench
    bench.close()
