"""Servers that register with a running suite: real processes, asked, lost, let go."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from tests.processes import free_port, is_open

from scribetree.clock import SystemClock
from scribetree.errors import ConfigError, Denied, Unavailable, UnknownName
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.options import HealthOptions, Options, RegistryOptions
from scribetree.host.registry import Lease, Registration, Registry, RegistryEvent
from scribetree.host.suite import Suite, open_suite
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

PROBE = str(Path(__file__).parents[1] / "probe_server.py")
OPTIONS = Options(
    health=HealthOptions(probe_every_s=0.5, first_retry_s=0.05, longest_retry_s=0.2),
    registry=RegistryOptions(servers=("probe",)),
)
NOBODY = Configuration("test", ())


@asynccontextmanager
async def probe(
    name: str = "probe", *, port: int | None = None, home: Path | None = None
) -> AsyncGenerator[tuple[str, int]]:
    """Where a probe server answers, and its process."""
    port = port or free_port()
    environment = os.environ | ({"SCRIBETREE_HOME": str(home)} if home else {})
    command = [sys.executable, PROBE, "--name", name, "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment)
    try:
        with anyio.fail_after(30):
            while not is_open(port):
                await anyio.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        await anyio.to_thread.run_sync(process.wait)


class Running:
    """A suite with its registry, and what it told."""

    def __init__(self, suite: Suite, registry: Registry, caller: PrivacyContext) -> None:
        self.suite = suite
        self.registry = registry
        self.caller = caller
        self.events: list[RegistryEvent] = []

    async def register(self, base: str, *, lease_s: float = 60, server: str = "probe") -> Lease:
        return await self.registry.register(Registration(server=server, url=f"{base}/mcp", http=base, lease_s=lease_s))

    async def pid(self, tool: str = "echo", **arguments: Any) -> int | None:
        answer = await self.suite.call("probe", tool, {"text": "x", **arguments}, caller=self.caller)
        return answer.result["pid"] if answer.error is None else None

    def told(self, instance: str) -> list[str]:
        return [event.change for event in self.events if event.instance == instance]

    async def until(self, condition: Callable[[], bool]) -> None:
        with anyio.fail_after(30):
            while not condition():
                await anyio.sleep(0.02)


@asynccontextmanager
async def registry(
    settings: Settings, caller: PrivacyContext, configuration: Configuration = NOBODY
) -> AsyncGenerator[Running]:
    async with open_suite(configuration, settings=settings, is_open_to_others=True) as suite:
        suite.adopt(OPTIONS)
        kept = Registry(suite, settings=settings, ring=KeyRing.open(settings), clock=SystemClock())
        running = Running(suite, kept, caller)

        async def collect() -> None:
            with kept.events() as changes:
                async for change in changes:
                    running.events.append(change)

        async with anyio.create_task_group() as group:
            group.start_soon(collect)
            await anyio.lowlevel.checkpoint()
            group.start_soon(kept.keep)
            yield running
            group.cancel_scope.cancel()


async def test_a_registered_instance_is_asked_and_described(settings: Settings, caller: PrivacyContext) -> None:
    async with registry(settings, caller) as host, probe() as (base, pid):
        lease = await host.register(base)
        again = await host.register(base)
        assert await host.pid() == pid
        [service] = host.registry.services()
        [instance] = service["instances"]
        found = host.registry.providing("echo")
    assert again.id == lease.id
    assert (service["server"], service["type"], service["version"]) == ("probe", "hybrid", "0.1.0")
    assert "echo" in service["tools"]
    assert (instance["state"], instance["source"], instance["calls"]) == ("ready", "registered", 1)
    assert instance["endpoints"]["health"] == f"{base}/health"
    assert found == [{"server": "probe", "tool": "echo", "state": "ready"}]
    assert host.told(lease.id)[:2] == ["registered", "ready"]


async def test_calls_go_round_the_instances_and_past_one_that_died(settings: Settings, caller: PrivacyContext) -> None:
    async with registry(settings, caller) as host, probe() as (one, first), probe() as (two, second):
        lease = await host.register(one)
        await host.register(two)
        assert {await host.pid() for _ in range(4)} == {first, second}
        os.kill(first, signal.SIGKILL)
        assert {await host.pid() for _ in range(4)} == {second}
        await host.until(lambda: "away" in host.told(lease.id))


async def test_a_lease_that_is_not_renewed_ends_and_one_that_is_does_not(
    settings: Settings, caller: PrivacyContext
) -> None:
    async with registry(settings, caller) as host, probe() as (one, _), probe() as (two, second):
        kept = await host.register(two, lease_s=2)
        lost = await host.register(one, lease_s=1)
        while host.told(lost.id)[-1] != "gone":
            await host.registry.renew(kept.id)
            await anyio.sleep(0.1)
        assert {await host.pid() for _ in range(3)} == {second}
        with pytest.raises(UnknownName):
            await host.registry.renew(lost.id)
    assert host.told(lost.id) == ["registered", "ready", "expired", "draining", "gone"]


async def test_a_drained_instance_gets_no_new_call_and_finishes_its_own(
    settings: Settings, caller: PrivacyContext
) -> None:
    answers: list[int | None] = []
    async with registry(settings, caller) as host, probe() as (one, first), probe() as (two, second):
        lease = await host.register(one)

        async def call_slowly() -> None:
            answers.append(await host.pid("tally", seconds=1.0))

        async with anyio.create_task_group() as group:
            group.start_soon(call_slowly)
            await host.until(lambda: any(each.running for each in host.suite.instances()))
            await host.register(two)
            group.start_soon(host.registry.drain, lease.id)
            await host.until(lambda: "draining" in host.told(lease.id))
            assert {await host.pid() for _ in range(3)} == {second}
            assert answers == []
        assert answers == [first]
        assert [each.spec.target for each in host.suite.instances()] == [f"{two}/mcp"]
        with pytest.raises(Denied, match="was drained"):
            await host.registry.renew(lease.id)
    assert host.told(lease.id)[-1] == "gone"


async def test_a_drained_instance_that_is_registered_again_renews_as_before(
    settings: Settings, caller: PrivacyContext
) -> None:
    async with registry(settings, caller) as host, probe() as (one, _):
        lease = await host.register(one)
        await host.registry.drain(lease.id)
        await host.register(one)
        assert (await host.registry.renew(lease.id)).id == lease.id


async def test_an_instance_of_the_configuration_can_be_drained_too(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    specs = tuple(ServerSpec("probe", "stdio", probe[0], args=probe[1:], instance=n) for n in (1, 2))
    async with registry(settings, caller, Configuration("test", specs)) as host:
        await host.suite.settled()
        assert len({await host.pid() for _ in range(4)}) == 2
        await host.registry.drain("probe-1")
        [left] = {await host.pid() for _ in range(4)}
        assert [each.id for each in host.suite.instances()] == ["probe-2"]
        assert Path(f"/proc/{left}").exists() or sys.platform != "linux"


async def test_what_does_not_answer_or_is_another_server_is_refused_and_never_asked(
    settings: Settings, caller: PrivacyContext
) -> None:
    async with registry(settings, caller) as host, probe() as (base, _):
        with pytest.raises(Unavailable, match="is not strategy"):
            await host.register(base, server="strategy")
        with pytest.raises(Unavailable, match="cannot be reached"):
            await host.register(f"http://127.0.0.1:{free_port()}")
        assert host.suite.instances() == []
        assert host.registry.services() == []


async def test_an_address_that_never_answers_keeps_no_other_waiting_and_leaves_nothing(
    settings: Settings, caller: PrivacyContext
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        async with registry(settings, caller) as host, probe() as (base, pid), anyio.create_task_group() as group:
            group.start_soon(host.register, f"http://127.0.0.1:{silent.getsockname()[1]}")
            await host.until(lambda: len(host.suite.instances()) == 1)
            lease = await host.register(base)
            assert await host.pid() == pid
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await host.until(lambda: [each.id for each in host.suite.instances()] == [lease.id])


async def test_a_server_whose_entry_cannot_be_used_may_register(settings: Settings, caller: PrivacyContext) -> None:
    broken = Configuration("test", (), (("probe", ConfigError("It is broken.", hint="Mend it.")),))
    async with registry(settings, caller, broken) as host, probe() as (base, pid):
        assert await host.pid() is None
        await host.register(base)
        assert await host.pid() == pid
        assert [service["server"] for service in host.registry.services()] == ["probe"]


async def test_registrations_outlive_the_host(settings: Settings, caller: PrivacyContext) -> None:
    async with probe() as (base, pid):
        async with registry(settings, caller) as host:
            lease = await host.register(base)
        async with registry(settings, caller) as host:
            await host.until(lambda: "ready" in host.told(lease.id))
            assert await host.pid() == pid
            await host.registry.drain(lease.id)
        async with registry(settings, caller) as host:
            assert host.suite.instances() == []


async def test_another_server_at_the_address_of_one_that_left_is_not_asked(
    settings: Settings, caller: PrivacyContext
) -> None:
    async with registry(settings, caller) as host:
        async with probe("strategy") as (base, pid):
            lease = await host.register(base, server="strategy")
            answer = await host.suite.call("strategy", "echo", {"text": "x"}, caller=caller)
            assert answer.result["pid"] == pid
            port = int(base.rpartition(":")[2])
        await host.until(lambda: "away" in host.told(lease.id))
        async with probe("other", port=port):
            await host.until(lambda: "refused" in host.told(lease.id))
            answer = await host.suite.call("strategy", "echo", {"text": "x"}, caller=caller)
            assert answer.provenance.served_by not in {"mcp", "http"}


async def test_the_answer_of_whoever_took_over_an_address_is_not_used_though_no_probe_found_it(
    settings: Settings, caller: PrivacyContext, tmp_path: Path
) -> None:
    rarely_probed = OPTIONS.model_copy(update={"health": HealthOptions(probe_every_s=3600)})
    async with registry(settings, caller) as host:
        host.suite.adopt(rarely_probed)
        async with probe("strategy") as (base, _):
            lease = await host.register(base, server="strategy")
            port = int(base.rpartition(":")[2])
        async with probe("strategy", port=port, home=tmp_path / "another installation"):
            answer = await host.suite.call("strategy", "echo", {"text": "x"}, caller=caller)
            assert host.told(lease.id) == ["registered", "ready", "refused"]
    assert answer.provenance.served_by not in {"mcp", "http"}
    assert {each.outcome for each in answer.provenance.attempts if each.rung in {"mcp", "http"}} == {"unavailable"}


async def test_a_subscriber_who_does_not_keep_up_is_left_behind(settings: Settings, caller: PrivacyContext) -> None:
    async with registry(settings, caller) as host, probe() as (base, _):
        with host.registry.events() as slow:
            lease = await host.register(base)
            for _ in range(400):
                host.registry._tell("ready", "probe", lease.id)  # pyright: ignore[reportPrivateUsage]
            received = [change async for change in slow]
        assert len(received) == 256
        assert await host.pid() is not None
