"""Workflows over a real server: order, failure, durability."""

import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.config import Configuration
from scribetree.host.suite import Suite, open_suite
from scribetree.host.supervisor import Pauses
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import Engine, StepEvent, open_engine
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

Make = Callable[..., Configuration]
QUICK = Pauses(first_retry=0.05, longest_retry=0.2)
SECRET = "the secret of the essay"
REFUSED = {"id": "a", "tool": "keep", "arguments": {"text": "'bad'"}, "final": "It stays where it is."}


@asynccontextmanager
async def running(
    configuration: Configuration, settings: Settings, events: list[StepEvent]
) -> AsyncGenerator[tuple[Suite, Engine]]:
    async with (
        open_suite(configuration, settings=settings, pauses=QUICK) as suite,
        open_engine(suite, settings=settings, listener=events.append) as engine,
    ):
        yield suite, engine


def workflow(*steps: dict[str, Any]) -> Workflow:
    full = [{"server": "probe", "tool": "echo", "arguments": {"text": "inputs.text"}, **step} for step in steps]
    return Workflow.model_validate({"id": "w", "title": "W", "inputs": {"text": {}}, "steps": full})


@pytest.fixture
def events() -> list[StepEvent]:
    return []


async def test_results_flow_from_step_to_step(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    flow = workflow({"id": "b", "arguments": {"text": "join('+', [a.text, inputs.text])"}}, {"id": "a"})
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        result = await engine.run(flow, {"text": "x"}, caller=caller)
    assert result.status == "completed"
    assert result.steps["b"]["result"]["text"] == "x+x"
    assert [(event.step.id, event.state) for event in events] == [
        ("a", "running"),
        ("a", "ok"),
        ("b", "running"),
        ("b", "ok"),
    ]


async def test_steps_that_do_not_need_one_another_run_side_by_side(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    slow = {"tool": "sleep", "arguments": {"seconds": "`0.2`"}}
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        await engine.run(workflow({"id": "a", **slow}, {"id": "b", **slow}), {}, caller=caller)
    assert [event.state for event in events] == ["running", "running", "ok", "ok"]


async def test_a_condition_that_does_not_hold_skips_the_step(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        result = await engine.run(workflow({"id": "a", "when": "inputs.text"}), {}, caller=caller)
    assert result.steps["a"]["state"] == "skipped"
    assert result.status == "completed"


async def test_a_failed_step_stops_what_follows_and_says_why(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    flow = workflow(REFUSED, {"id": "b", "needs": ["a"]})
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        result = await engine.run(flow, {"text": "x"}, caller=caller)
    assert result.status == "failed"
    assert result.steps["a"]["error"]["message"] == "`text` is bad."
    assert (result.steps["b"]["state"], result.steps["b"]["why"]) == ("skipped", "step a failed")


async def test_a_step_may_fail_without_stopping_the_others(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    flow = workflow({**REFUSED, "on_failure": "continue"}, {"id": "b", "needs": ["a"]})
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        result = await engine.run(flow, {"text": "x"}, caller=caller)
    assert (result.status, result.steps["b"]["state"]) == ("completed", "ok")


async def test_a_server_killed_during_a_run_costs_a_retry_and_not_the_run(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    flow = workflow({"id": "a", "tool": "sleep", "arguments": {"seconds": "`0.5`"}})
    async with running(configuration(probe=probe), settings, events) as (suite, engine):
        pid = (await suite.call("probe", "echo", {"text": ""}, caller=caller)).result["pid"]

        async with anyio.create_task_group() as group:

            async def kill_soon() -> None:
                while not events:
                    await anyio.sleep(0.01)
                os.kill(pid, signal.SIGKILL)

            group.start_soon(kill_soon)
            result = await engine.run(flow, {}, caller=caller)
            assert result.status == "completed"
    assert "retrying" in [event.state for event in events]


async def test_a_definition_whose_tool_is_missing_is_refused_before_it_starts(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        with pytest.raises(UnknownName, match="no tool 'ekko' on probe for step a"):
            await engine.run(workflow({"id": "a", "tool": "ekko"}), {}, caller=caller)
    assert not events


async def test_what_is_kept_of_a_run_cannot_be_read_from_the_disk(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        await engine.run(workflow({"id": "a"}), {"text": SECRET}, caller=caller)
    kept = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert len(kept) > 10_000
    assert SECRET.encode() not in kept


async def test_a_run_goes_on_where_its_killed_process_left_it(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    killed = await anyio.run_process(
        [sys.executable, str(Path(__file__).with_name("run_and_die.py")), caller.correlation_id], check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        result = await engine.resume(caller.correlation_id)
    assert result.status == "completed"
    assert [event.step.id for event in events if event.state == "running"] == ["second"]
    assert result.steps["first"]["result"]["pid"] != result.steps["second"]["result"]["pid"]


async def test_a_run_that_another_process_is_at_is_left_to_it(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    flow = workflow({"id": "a", "tool": "sleep", "arguments": {"seconds": "`1`"}})
    async with running(configuration(probe=probe), settings, events) as (_, engine), anyio.create_task_group() as group:
        group.start_soon(lambda: engine.run(flow, {}, caller=caller))
        while not events:
            await anyio.sleep(0.01)
        with pytest.raises(InvalidInput, match="another process"):
            await engine.resume(caller.correlation_id)


async def test_an_unknown_run_is_said_to_be_unknown(
    configuration: Make, probe: tuple[str, ...], settings: Settings, events: list[StepEvent]
) -> None:
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        with pytest.raises(UnknownName):
            await engine.resume("no-such-run")
