"""Every fault in every phase, on all six servers at once: the answer, its rung and its mark, and the way back."""

import gc
import os
import signal
from functools import partial
from pathlib import Path

import anyio
import pytest
from tests.faults.matrix import FAULTS, QUICK, Matrix, six_faulty, until
from tests.process_tree import HAS_PROC, below, is_running, open_files, servers_below

from scribetree.host.answer import Answer
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import Suite, open_suite
from scribetree.settings import Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not HAS_PROC, reason="its faults are Linux's"),
]


def check(answers: dict[str, Answer], allowed: frozenset[str]) -> None:
    """Each read was answered by a rung that may answer, and a degraded answer says so."""
    for server, answer in answers.items():
        origin = answer.provenance
        assert answer.error is None, (server, answer.error, origin)
        assert origin.served_by in allowed, (server, origin)
        assert origin.degraded == (origin.served_by in {"mock", "static"}), (server, origin)
        assert len(origin.attempts) >= 1 + origin.degraded, (server, origin)


async def go_through(matrix: Matrix, fault: str) -> None:
    """The three phases of a fault, the first of which the suite was opened in."""
    in_connect, in_call, in_idle = FAULTS[fault]
    check(await matrix.ask_all(), in_connect)
    matrix.lift()
    await matrix.healed()

    matrix.plan("call", fault)
    check(await matrix.ask_all(), in_call)
    written = await matrix.alert(f"Written while {fault}")
    assert written.error is None, written
    matrix.lift()
    await matrix.healed()

    matrix.plan("idle", fault)
    await matrix.struck()
    check(await matrix.ask_all(), in_idle)
    matrix.lift()
    await matrix.healed()


async def run(fault: str, settings: Settings, folder: Path) -> None:
    async with six_faulty(settings, folder, fault=fault) as matrix:
        await go_through(matrix, fault)
        await matrix.suite.deliver()
        assert await matrix.inbox() == [f"Written while {fault}"]
        assert matrix.suite.outbox.waiting() == []
    assert below(os.getpid()) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_answered_marked_and_healed_in_every_phase(fault: str, settings: Settings, tmp_path: Path) -> None:
    gc.collect()
    files = open_files()
    anyio.run(run, fault, settings, tmp_path / "faults")
    gc.collect()
    assert open_files() == files


def has_started(suite: Suite, times: int) -> bool:
    return suite.statuses()[0].starts == times


async def kill_and_recover(settings: Settings, cycles: int) -> tuple[list[int], list[list[int]]]:
    """How many files the host held after each cycle, and what ran below it."""
    name = "strategy"
    spec = ServerSpec(name, "stdio", "scribetree", args=("serve", name), connect_timeout_s=60)
    files: list[int] = []
    running: list[list[int]] = []
    async with open_suite(Configuration("test", (spec,)), settings=settings, pauses=QUICK) as suite:
        await suite.settled()
        matrix = Matrix(suite, settings.home)
        for cycle in range(2, cycles + 2):
            os.kill(servers_below(os.getpid())[name], signal.SIGKILL)
            await until(partial(has_started, suite, cycle))
            assert (await matrix.ask(name)).provenance.served_by == "mcp"
            files.append(open_files())
            running.append([pid for pid in below(os.getpid()) if is_running(pid)])
    return files, running


def test_thirty_deaths_leave_no_process_and_no_file_behind(settings: Settings) -> None:
    files, running = anyio.run(kill_and_recover, settings, 30)
    assert {len(each) for each in running} == {2}  # the server and the process it is forked from
    assert max(files[5:]) <= max(files[:5])
    assert below(os.getpid()) == []
