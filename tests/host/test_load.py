"""What the host does under load, over real processes: limits, places, shared answers, second tries and instances."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from scribetree.host.answer import Answer
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.options import LimitOptions, Options, ReadOptions
from scribetree.host.suite import Suite, open_suite
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import new_correlation_id
from scribetree.resilience import redis_at
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

REDIS = "redis://127.0.0.1:6379/0"


@asynccontextmanager
async def running(
    probe: tuple[str, ...],
    settings: Settings,
    options: Options,
    *,
    instances: int = 1,
    is_open_to_others: bool = False,
) -> AsyncGenerator[Suite]:
    """Instances of the probe under the name of one of ours, so that its answers depend on nothing but the question."""
    specs = tuple(ServerSpec("strategy", "stdio", probe[0], args=probe[1:], instance=n + 1) for n in range(instances))
    configuration = Configuration("test", specs)
    async with open_suite(configuration, settings=settings, is_open_to_others=is_open_to_others) as suite:
        suite.adopt(options)
        await suite.settled()
        yield suite


async def together(suite: Suite, calls: list[tuple[str, dict[str, Any], PrivacyContext]]) -> list[Answer]:
    answers: list[Answer] = []

    async def call(tool: str, arguments: dict[str, Any], caller: PrivacyContext) -> None:
        answers.append(await suite.call("strategy", tool, arguments, caller=caller))

    async with anyio.create_task_group() as group:
        for each in calls:
            group.start_soon(call, *each)
    return answers


def code(answer: Answer) -> str:
    return answer.error["code"] if answer.error else "ok"


def times_run(settings: Settings) -> int:
    return len((settings.home / "tally").read_text().splitlines())


async def test_a_client_that_asks_too_often_is_told_when_to_come_back_and_others_are_answered(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    options = Options(limits=LimitOptions(client_per_minute=2))
    async with running(probe, settings, options) as suite:
        clients = ["a", "a", "a", "b", None, None, None]
        answers = [await suite.call("strategy", "echo", {"text": "x"}, caller=caller, client=name) for name in clients]
    assert [code(answer) for answer in answers] == ["ok", "ok", "rate_limited", "ok", "ok", "ok", "ok"]
    refused = answers[2].error
    assert refused is not None
    assert refused["retryable"]
    assert 0 < refused.get("retry_after_s", 0) <= 30
    assert "Ask again in" in refused["fix"]


async def test_limits_that_change_hold_for_the_next_call(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with running(probe, settings, Options(limits=LimitOptions(client_per_minute=1))) as suite:

        async def call() -> str:
            return code(await suite.call("strategy", "echo", {"text": "x"}, caller=caller, client="a"))

        before = [await call(), await call()]
        suite.adopt(Options())
        after = await call()
    assert [*before, after] == ["ok", "rate_limited", "ok"]


async def test_two_hosts_count_together_on_redis(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    from redis.exceptions import ConnectionError as NoRedis

    async with redis_at(REDIS) as redis:
        try:
            await redis.ping()
        except NoRedis:
            pytest.skip("no Redis on 127.0.0.1:6379")
    shared, options = replace(settings, redis_url=REDIS), Options(limits=LimitOptions(client_per_minute=3))
    client = new_correlation_id()
    async with (
        running(probe, shared, options, is_open_to_others=True) as one,
        running(probe, shared, options, is_open_to_others=True) as two,
    ):
        hosts = [one, two, one, two]
        answers = [await host.call("strategy", "echo", {"text": "x"}, caller=caller, client=client) for host in hosts]
    assert [code(answer) for answer in answers] == ["ok", "ok", "ok", "rate_limited"]


async def test_more_calls_than_there_are_places_are_turned_away_at_once(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    options = Options(limits=LimitOptions(at_once=1, waiting=1, wait_s=30))
    async with running(probe, settings, options) as suite:
        calls = [("tally", {"text": str(n), "seconds": 0.5}, caller) for n in range(3)]
        answers = await together(suite, calls)
    assert sorted(code(answer) for answer in answers) == ["ok", "ok", "unavailable"]
    assert times_run(settings) == 2


async def test_the_same_question_in_flight_is_asked_once_and_each_asker_keeps_their_id(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    callers = [replace(caller, correlation_id=f"correlation-{n}") for n in range(5)]
    async with running(probe, settings, Options()) as suite:
        answers = await together(suite, [("tally", {"text": "x", "seconds": 0.5}, each) for each in callers])
    assert times_run(settings) == 1
    assert {answer.provenance.correlation_id for answer in answers} == {each.correlation_id for each in callers}
    assert {code(answer) for answer in answers} == {"ok"}


async def test_another_caller_shares_nobody_s_answer(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    others = [replace(caller, requester_id="t-2"), replace(caller, requester_type="student"), caller]
    async with running(probe, settings, Options()) as suite:
        await together(suite, [("tally", {"text": "x", "seconds": 0.5}, each) for each in others])
    assert times_run(settings) == 3


async def test_a_read_that_a_busy_server_refused_is_asked_again(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with running(probe, settings, Options()) as suite:
        again = await suite.call("strategy", "fail_once", {"text": "a"}, caller=caller)
        suite.adopt(Options(reads=ReadOptions(retries=0)))
        once = await suite.call("strategy", "fail_once", {"text": "b"}, caller=caller)
    assert [attempt.outcome for attempt in again.provenance.attempts] == ["unavailable", "ok"]
    assert not again.provenance.degraded
    assert once.provenance.served_by != "mcp"


async def test_a_read_that_hangs_is_answered_by_the_other_instance_and_the_first_is_replaced(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with running(probe, settings, Options(reads=ReadOptions(hedge_after_s=0)), instances=2) as suite:

        async def ask() -> Answer:
            return await suite.call("strategy", "echo", {"text": "x"}, caller=caller)

        # They take turns; what the host itself asks at its start takes one, too.
        pids = {(await ask()).result["pid"] for _ in range(4)}
        assert len(pids) == 2
        suite.adopt(Options(reads=ReadOptions(hedge_after_s=0.2)))
        hung = pids.pop()
        os.kill(hung, signal.SIGSTOP)
        answers = [await ask(), await ask()]
        with anyio.fail_after(30):
            while hung == (await ask()).result["pid"] or Path(f"/proc/{hung}").exists():
                await anyio.sleep(0.05)
    assert {code(answer) for answer in answers} == {"ok"}
    outcomes = [[attempt.outcome for attempt in answer.provenance.attempts] for answer in answers]
    assert ["overtaken", "ok"] in [sorted(each, reverse=True) for each in outcomes]
