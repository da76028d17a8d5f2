"""Real faults on real servers: all six at once, killed or hung; each call is answered, and all come back."""

import os
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest
from tests.faults.matrix import CALLER, READS, until
from tests.process_tree import HAS_PROC, servers_below
from tests.servers.school import teach

from scribetree.host.answer import Answer
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import Suite, open_suite
from scribetree.host.supervisor import Pauses, ServerState
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.catalog import SERVERS
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not HAS_PROC, reason="finds the servers in /proc (Linux)"),
]

ALERT = {
    "alerts": [{"alert_type": "intervention_needed", "severity": "critical", "title": "Look", "description": "Now."}],
    "educator_id": "t-1",
    "student_id": "s-1",
}


@asynccontextmanager
async def six(settings: Settings, *, call_timeout_s: float = 30.0) -> AsyncGenerator[Suite]:
    specs = tuple(
        ServerSpec(
            name,
            "stdio",
            "scribetree",
            args=("serve", name),
            connect_timeout_s=60,
            call_timeout_s=call_timeout_s,
        )
        for name in SERVERS
    )
    pauses = Pauses(first_retry=0.05, longest_retry=1, probe_limit=1)
    async with open_suite(Configuration("test", specs), settings=settings, pauses=pauses) as suite:
        await suite.settled()
        yield suite


def processes() -> dict[str, int]:
    return servers_below(os.getpid())


def all_are(suite: Suite, state: ServerState) -> bool:
    return all(status.state is state for status in suite.statuses())


async def ask_all(suite: Suite) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}

    async def ask(server: str) -> None:
        tool, arguments = READS[server]
        answers[server] = await suite.call(server, tool, arguments, caller=CALLER)

    async with anyio.create_task_group() as group:
        for server in SERVERS:
            group.start_soon(ask, server)
    return answers


def rungs(answers: dict[str, Answer]) -> set[tuple[str | None, bool]]:
    return {(answer.provenance.served_by, answer.provenance.degraded) for answer in answers.values()}


async def test_six_killed_servers_are_stood_in_for_and_come_back(settings: Settings) -> None:
    async with six(settings) as suite:
        for pid in processes().values():
            os.kill(pid, signal.SIGKILL)
        await until(lambda: not any(status.state is ServerState.READY for status in suite.statuses()))
        meanwhile = await ask_all(suite)
        await until(lambda: all_are(suite, ServerState.READY))
        afterwards = await ask_all(suite)
    assert all(answer.error is None for answer in meanwhile.values())
    assert rungs(afterwards) == {("mcp", False)}
    assert processes() == {}


async def test_six_hung_servers_are_stood_in_for_in_bounded_time_and_replaced(settings: Settings) -> None:
    async with six(settings, call_timeout_s=1.0) as suite:
        hung = processes()
        for pid in hung.values():
            os.kill(pid, signal.SIGSTOP)
        started = time.monotonic()
        meanwhile = await ask_all(suite)
        took = time.monotonic() - started
        await until(lambda: len(processes()) == 6 and not set(processes().values()) & set(hung.values()))
        await until(lambda: all_are(suite, ServerState.READY))
        afterwards = await ask_all(suite)
    assert rungs(meanwhile) <= {("mock", True), ("static", True)}
    assert took < 30
    assert rungs(afterwards) == {("mcp", False)}
    assert processes() == {}


async def test_a_write_to_a_killed_server_reaches_the_inbox_once_by_itself(settings: Settings) -> None:
    means = Wiring(settings=settings)
    teach(means, "t-1", "s-1")
    means.close()
    async with six(settings) as suite:
        os.kill(processes()["educator-alerts"], signal.SIGKILL)
        await until(lambda: not all_are(suite, ServerState.READY))
        receipt = await suite.call("educator-alerts", "send_educator_alerts", ALERT, caller=CALLER)
        await until(lambda: all_are(suite, ServerState.READY) and not suite.outbox.waiting())
        inbox = await suite.call("educator-alerts", "list_alerts", {"educator_id": "t-1"}, caller=CALLER)
    assert receipt.error is None
    assert [alert["title"] for alert in inbox.result["alerts"]] == ["Look"]


async def test_a_hundred_calls_at_once_through_a_death_are_all_answered(settings: Settings) -> None:
    answers: list[Answer] = []

    async def ask(suite: Suite, number: int) -> None:
        arguments = {"questions": [f"Why {number}?"]}
        answers.append(await suite.call("ai-validator", "assess_blooms_taxonomy", arguments, caller=CALLER))

    async with six(settings) as suite:
        async with anyio.create_task_group() as group:
            for number in range(100):
                group.start_soon(ask, suite, number)
                if number == 50:
                    os.kill(processes()["ai-validator"], signal.SIGKILL)
        await until(lambda: all_are(suite, ServerState.READY))
        afterwards = await suite.call("ai-validator", *READS["ai-validator"], caller=CALLER)
    assert [answer.error for answer in answers] == [None] * 100
    assert afterwards.provenance.served_by == "mcp"


async def test_of_a_killed_server_a_students_own_trend_is_worked_out_without_it_and_a_groups_figures_wait(
    settings: Settings,
) -> None:
    name = "writing-analysis"
    spec = ServerSpec(name, "stdio", "scribetree", args=("serve", name), connect_timeout_s=60, call_timeout_s=30)
    a_minute = Pauses(first_retry=60, longest_retry=60, probe_limit=1)
    student = PrivacyContext("s-1", "student", "learning", "correlation-1")
    group = {"scope": "class", "target": "7b", "students": [f"s-{number}" for number in range(9)]}
    async with open_suite(Configuration("test", (spec,)), settings=settings, pauses=a_minute) as suite:
        await suite.settled()
        os.kill(processes()[name], signal.SIGKILL)
        await until(lambda: not all_are(suite, ServerState.READY))
        own, figures = [
            await suite.call(name, "generate_writing_insights", arguments, caller=caller)
            for arguments, caller in (({"scope": "individual", "target": "s-1"}, student), (group, CALLER))
        ]
        waiting = [each.receipt for each in suite.outbox.waiting()]
    assert rungs({"own": own}) == {("mock", True)}
    assert own.result["privacy_metadata"]["aggregation_level"] == "individual"
    assert (figures.result["state"], [figures.result["receipt"]]) == ("queued", waiting)
