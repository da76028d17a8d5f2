"""Runs that are cancelled and take back what they did, whoever is at them and whenever that one dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from scribetree.errors import InvalidInput
from scribetree.host.config import Configuration
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import RunResult, StepEvent
from scribetree.host.workflows.history import History
from scribetree.host.workflows.report import render
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

from .run_and_die import CONFIGURATION
from .test_engine import running

pytestmark = pytest.mark.anyio

Make = Callable[..., Configuration]

KEEP: dict[str, Any] = {
    "id": "a",
    "server": "probe",
    "tool": "keep",
    "arguments": {"text": "'x'"},
    "undo": {"tool": "drop", "arguments": {"text": "a.text"}},
}
SLOW: dict[str, Any] = {
    "id": "b",
    "server": "probe",
    "tool": "sleep",
    "needs": ["a"],
    "arguments": {"seconds": "`0.6`"},
}
LAST: dict[str, Any] = {**KEEP, "id": "c", "needs": ["b"], "undo": {"tool": "drop", "arguments": {"text": "c.text"}}}
FINAL = {name: value for name, value in KEEP.items() if name != "undo"} | {"final": "It was read aloud."}


def kept(settings: Settings) -> set[str]:
    return {path.name for path in (settings.home / "kept").glob("*")}


@pytest.fixture
def cancelled(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> Callable[..., Any]:
    """Run steps, cancel the run and take it back while one of them is under way; what its waiter was given."""

    async def run(*steps: dict[str, Any], during: str = "b", **inputs: Any) -> RunResult:
        shape: dict[str, Any] = {"id": "w", "title": "W", "inputs": {name: {} for name in inputs}, "at_once": 1}
        shape["steps"] = steps
        flow, events, given = Workflow.model_validate(shape), list[StepEvent](), list[RunResult]()
        async with running(configuration(probe=probe), settings, events) as (_, engine):

            async def wait() -> None:
                given.append(await engine.run(flow, inputs, caller=caller))

            async with anyio.create_task_group() as group:
                group.start_soon(wait)
                while during not in [event.step.id for event in events]:
                    await anyio.sleep(0.01)
                assert (await engine.take_back(caller.correlation_id)).status != "completed"
        return given[0]

    return run


async def test_a_cancelled_run_begins_no_further_step_and_takes_back_what_it_did(
    cancelled: Callable[..., Any], settings: Settings
) -> None:
    result = await cancelled(KEEP, SLOW, LAST)
    assert [result.steps[name]["state"] for name in "abc"] == ["ok", "ok", "cancelled"]
    assert (result.status, result.steps["a"]["undone"]["state"], kept(settings)) == ("undone", "ok", set())
    assert "The run was cancelled, and what it had done was taken back:\n\n- a: taken back" in render(result)


async def test_a_run_that_is_cancelled_during_its_last_step_is_taken_back_too(
    cancelled: Callable[..., Any], settings: Settings
) -> None:
    result = await cancelled(KEEP, SLOW)
    assert (result.status, kept(settings)) == ("undone", set())


async def test_what_cannot_be_taken_back_is_said_and_why(cancelled: Callable[..., Any], settings: Settings) -> None:
    result = await cancelled(FINAL, SLOW)
    assert (result.status, kept(settings)) == ("failed", {"x"})
    assert "- a: **not taken back**: It was read aloud." in render(result)


async def test_a_cancelled_run_that_did_nothing_says_so(cancelled: Callable[..., Any]) -> None:
    result = await cancelled({**SLOW, "needs": []})
    assert "it had done nothing that has to be taken back" in render(result)


async def test_the_elements_that_were_not_begun_are_not_begun_any_more(
    cancelled: Callable[..., Any], settings: Settings
) -> None:
    waits: dict[str, Any] = {**SLOW, "needs": [], "for_each": "inputs.waits", "arguments": {"seconds": "item"}}
    result = await cancelled(waits, waits=[0.6, 0.6, 0.6])
    assert sorted(each["state"] for each in result.steps["b"]["items"]) == ["cancelled", "cancelled", "ok"]


async def test_the_process_that_is_at_a_run_takes_it_back_when_another_one_asks(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    flow, events = Workflow.model_validate({"id": "w", "title": "W", "steps": [KEEP, SLOW, LAST]}), list[StepEvent]()

    async def ask() -> None:
        while "b" not in [event.step.id for event in events]:
            await anyio.sleep(0.01)
        with History(settings) as history:
            await anyio.to_thread.run_sync(history.take_back, caller.correlation_id)

    async with running(configuration(probe=probe), settings, events) as (_, engine), anyio.create_task_group() as group:
        group.start_soon(ask)
        result = await engine.run(flow, {}, caller=caller)
        assert (await engine.take_back(caller.correlation_id)).as_json() == result.as_json()
        assert (result.status, kept(settings)) == ("undone", set())


async def test_a_run_that_was_taken_back_is_retried_from_its_begin(
    cancelled: Callable[..., Any], configuration: Make, probe: tuple[str, ...], settings: Settings
) -> None:
    first = await cancelled(KEEP, SLOW, LAST)
    async with running(configuration(probe=probe), settings, []) as (_, engine):
        second = await engine.retry(first.run_id)
    assert (second.status, kept(settings)) == ("completed", {"x"})


async def test_a_run_that_has_ended_is_not_taken_back(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    flow = Workflow.model_validate({"id": "w", "title": "W", "steps": [KEEP]})
    async with running(configuration(probe=probe), settings, []) as (_, engine):
        await engine.run(flow, {}, caller=caller)
        with pytest.raises(InvalidInput, match="has ended already"):
            await engine.take_back(caller.correlation_id)
    assert kept(settings) == {"x"}


async def test_a_run_that_has_not_ended_is_not_retried(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    events: list[StepEvent] = []
    flow = Workflow.model_validate({"id": "w", "title": "W", "steps": [{**SLOW, "needs": []}]})
    async with running(configuration(probe=probe), settings, events) as (_, engine), anyio.create_task_group() as group:
        group.start_soon(lambda: engine.run(flow, {}, caller=caller))
        while not events:
            await anyio.sleep(0.01)
        with pytest.raises(InvalidInput, match="has not ended"):
            await engine.retry(caller.correlation_id)


async def died(run_id: str, how: str) -> None:
    killed = await anyio.run_process(
        [sys.executable, str(Path(__file__).with_name("run_and_die.py")), run_id, how], check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()


async def test_a_call_that_a_killed_process_may_have_made_is_said_to_be_unknown(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    await died(caller.correlation_id, "writing")
    async with running(configuration(probe=probe), settings, []) as (_, engine):
        result = await engine.take_back(caller.correlation_id)
    assert (result.status, result.steps["second"]["undone"]["state"]) == ("failed", "unknown")
    assert (result.steps["first"]["undone"]["state"], kept(settings)) == ("ok", set())


async def test_a_taking_back_that_was_killed_goes_on_when_the_run_is_resumed(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    await died(caller.correlation_id, "writing")
    await died(caller.correlation_id, "taking-back")
    async with running(configuration(probe=probe), settings, []) as (_, engine):
        result = await engine.resume(caller.correlation_id)
    assert (result.steps["first"]["undone"]["state"], kept(settings)) == ("ok", set())


async def test_the_command_takes_an_interrupted_run_back_and_says_what_stays(
    settings: Settings, caller: PrivacyContext, tmp_path: Path
) -> None:
    await died(caller.correlation_id, "writing")
    (tmp_path / "mcp.json").write_text(CONFIGURATION)
    told = await anyio.run_process(
        [sys.executable, "-m", "scribetree.host", "workflows", "cancel", caller.correlation_id, "--undo"],
        cwd=tmp_path,
        env={**os.environ},
        check=False,
        stderr=subprocess.STDOUT,
    )
    assert told.returncode == 1
    assert "- first: taken back" in told.stdout.decode()
    assert "- second: **not taken back**: It was not seen to answer" in told.stdout.decode()
    assert kept(settings) == set()


async def test_a_cancelled_run_names_what_it_leaves_and_can_be_taken_back_later(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    await died(caller.correlation_id, "writing")
    with History(settings) as history:
        history.cancel(caller.correlation_id)
        assert history.written(caller.correlation_id) == ["first"]
    async with running(configuration(probe=probe), settings, []) as (_, engine):
        await engine.take_back(caller.correlation_id)
    with History(settings) as history:
        assert history.written(caller.correlation_id) == []
    assert kept(settings) == set()
