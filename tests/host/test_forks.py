"""Servers forked from one process: what they share, what they do not, and what happens without that process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from tests.process_tree import HAS_PROC, below, is_running, open_files, servers_below, zygote_below

from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.forks import ForkedServer, Forks
from scribetree.host.suite import Suite, open_suite
from scribetree.host.supervisor import Pauses, ServerState, Supervisor
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import PROVENANCE_KEY
from scribetree.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not HAS_PROC, reason="finds the processes in /proc (Linux)")]

TWO = ("strategy", "ai-validator")
QUICK = Pauses(first_retry=0.05, longest_retry=0.2, probe_limit=0.5)


def spec(name: str, **more: Any) -> ServerSpec:
    limits: dict[str, Any] = {"connect_timeout_s": 30.0, "call_timeout_s": 10.0} | more
    return ServerSpec(name, "stdio", "scribetree", args=("serve", name), **limits)


def two(**more: Any) -> Configuration:
    return Configuration("test", tuple(spec(name, **more) for name in TWO))


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(40):
        while not condition():
            await anyio.sleep(0.02)


async def templates(suite: Suite, caller: PrivacyContext) -> Any:
    answer = await suite.call("strategy", "list_conversation_templates", {}, caller=caller)
    assert answer.error is None
    return answer


def zygote() -> int:
    found = zygote_below(os.getpid())
    assert found is not None
    return found


async def test_servers_are_forked_from_a_process_of_one_thread(settings: Settings) -> None:
    async with open_suite(two(), settings=settings) as suite:
        await suite.settled()
        servers = servers_below(os.getpid())
        assert set(servers.values()) == set(below(zygote()))
        assert len(list(Path(f"/proc/{zygote()}/task").iterdir())) == 1


async def test_a_forked_server_leads_a_group_of_its_own_and_holds_only_what_is_its_own(settings: Settings) -> None:
    async with open_suite(two(), settings=settings) as suite:
        await suite.settled()
        links = [
            sorted(map(os.readlink, Path(f"/proc/{pid}/fd").iterdir())) for pid in servers_below(os.getpid()).values()
        ]
        assert all(os.getpgid(pid) == pid for pid in servers_below(os.getpid()).values())
    sockets = [{link for link in each if link.startswith("socket:")} for each in links]
    assert not sockets[0] & sockets[1]
    assert [link for link in links[0] if link.endswith(".log")] != [link for link in links[1] if link.endswith(".log")]


async def test_a_forked_server_lists_what_one_that_is_started_anew_lists(settings: Settings) -> None:
    anew = spec("strategy", env=(("TZ", "UTC"),))
    async with open_suite(Configuration("test", (anew,)), settings=settings) as suite:
        await suite.settled()
        assert "serve" in command_line(servers_below(os.getpid())["strategy"])
        expected = suite.tools()
    async with open_suite(Configuration("test", (spec("strategy"),)), settings=settings) as suite:
        await suite.settled()
        assert "zygote" in command_line(servers_below(os.getpid())["strategy"])
        assert suite.tools() == expected


async def test_a_forked_server_has_the_settings_of_its_entry(settings: Settings, caller: PrivacyContext) -> None:
    elsewhere = spec("strategy", env=(("SCRIBETREE_HOME", str(settings.home / "elsewhere")),))
    async with open_suite(Configuration("test", (elsewhere,)), settings=settings) as suite:
        answer = await suite.call("strategy", "list_conversation_templates", {}, caller=caller)
    assert answer.error is not None
    assert answer.error["code"] == "denied"  # another installation's key does not verify the token of this caller


async def test_servers_of_one_zygote_draw_different_numbers(settings: Settings) -> None:
    drawn: set[str] = set()
    environment = {"SCRIBETREE_HOME": str(settings.home)}
    settings.home.mkdir()
    forks = Forks(settings.home / "zygote.log", {})
    with (settings.home / "server.log").open("a") as log:
        for _ in range(3):
            forked = await forks.fork(["serve", "strategy"], environment=environment, folder=None, log=log)
            async with Client(forked.transport(is_hung=lambda: False, on_endless_line=lambda: None)) as client:
                result = await client.call_tool("list_conversation_templates", {})
                drawn.add((result.meta or {})[PROVENANCE_KEY]["correlation_id"])
    await forks.aclose()
    assert len(drawn) == 3


async def test_without_the_zygote_servers_go_on_and_the_next_start_brings_another(
    settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(two(), settings=settings, pauses=QUICK) as suite:
        await suite.settled()
        before, lost = servers_below(os.getpid()), zygote()
        os.kill(lost, signal.SIGKILL)
        assert (await templates(suite, caller)).provenance.instance == f"pid-{before['strategy']}"
        os.kill(before["ai-validator"], signal.SIGKILL)
        await until(lambda: [status.starts for status in suite.statuses()] == [1, 2])
        assert zygote() != lost
    assert not any(map(is_running, before.values()))


async def test_a_server_is_started_by_its_own_command_where_the_zygote_is_silent(settings: Settings) -> None:
    async with open_suite(two(connect_timeout_s=20.0), settings=settings, pauses=QUICK) as suite:
        await suite.settled()
        silent = zygote()
        os.kill(silent, signal.SIGSTOP)
        os.kill(servers_below(os.getpid())["strategy"], signal.SIGKILL)
        await until(lambda: suite.statuses()[0].starts == 2)
        assert "serve" in command_line(servers_below(os.getpid())["strategy"])
    assert not is_running(silent)


async def test_a_server_whose_forked_process_does_not_live_is_started_by_its_own_command(settings: Settings) -> None:
    class StillBorn(Forks):
        async def fork(self, *arguments: Any, **named: Any) -> ForkedServer:
            forked = await super().fork(*arguments, **named)
            os.kill(forked.pid, signal.SIGKILL)
            return forked

    forks = StillBorn(settings.home / "zygote.log", {})
    supervisor = Supervisor(spec("strategy"), log_folder=settings.home, pauses=QUICK, forks=forks)
    async with anyio.create_task_group() as group:
        group.start_soon(supervisor.run)
        await until(lambda: supervisor.status.state is ServerState.READY)
        assert "serve" in command_line(servers_below(os.getpid())["strategy"])
        group.cancel_scope.cancel()
    await forks.aclose()


async def test_nothing_is_left_behind_when_the_suite_is_left(settings: Settings) -> None:
    files: list[int] = []
    for _ in range(3):
        async with open_suite(two(), settings=settings) as suite:
            await suite.settled()
        files.append(open_files())
        assert below(os.getpid()) == []
    assert len(set(files)) == 1


async def test_a_suite_that_is_left_at_once_leaves_nothing_behind(settings: Settings) -> None:
    for milliseconds in (0, 5, 50, 500):
        async with open_suite(two(), settings=settings):
            await anyio.sleep(milliseconds / 1000)
        assert below(os.getpid()) == []


@pytest.mark.slow
async def test_a_killed_host_leaves_no_server_behind_not_even_one_that_hangs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scribetree.host", "host"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=tmp_path) as host:
        await until(lambda: len(servers_below(host.pid)) == 6)
        started = below(host.pid)
        os.kill(servers_below(host.pid)["strategy"], signal.SIGSTOP)
        host.kill()
    await until(lambda: not any(map(is_running, started)))
