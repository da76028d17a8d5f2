"""Runs that are paused, cancelled, and begun twice under one key."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from scribetree.errors import InvalidInput
from scribetree.host.config import Configuration
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import StepEvent
from scribetree.host.workflows.history import History
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

from .test_engine import running

pytestmark = pytest.mark.anyio

Make = Callable[..., Configuration]

STEPS: list[dict[str, Any]] = [
    {"id": "first", "server": "probe", "tool": "echo", "arguments": {"text": "'one'"}},
    {"id": "second", "server": "probe", "tool": "sleep", "needs": ["first"], "arguments": {"seconds": "`0.3`"}},
    {"id": "third", "server": "probe", "tool": "echo", "needs": ["second"], "arguments": {"text": "first.text"}},
]
FLOW = Workflow.model_validate({"id": "w", "title": "W", "steps": STEPS})


def begun(events: list[StepEvent]) -> list[str]:
    return [event.step.id for event in events if event.state == "running"]


@pytest.fixture
def events() -> list[StepEvent]:
    return []


async def stopped_during_second(
    how: str, events: list[StepEvent], configuration: Configuration, settings: Settings, caller: PrivacyContext
) -> str:
    """A run has been paused or cancelled while its second step was under way; what its waiter was told."""
    told: list[str] = []
    async with running(configuration, settings, events) as (_, engine), anyio.create_task_group() as group:

        async def wait() -> None:
            with pytest.raises(InvalidInput) as caught:
                await engine.run(FLOW, {}, caller=caller)
            told.append(caught.value.message)

        group.start_soon(wait)
        while "second" not in begun(events):
            await anyio.sleep(0.01)
        with History(settings) as history:
            await anyio.to_thread.run_sync(getattr(history, how), caller.correlation_id)
    return told[0]


async def test_a_paused_run_begins_no_further_step_until_it_is_resumed(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    told = await stopped_during_second("pause", events, configuration(probe=probe), settings, caller)
    with History(settings) as history:
        before = history.find(caller.correlation_id)["status"]
    assert (told, before, begun(events)) == ("The run was paused.", "paused", ["first", "second"])
    events.clear()
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        result = await engine.resume(caller.correlation_id)
    assert (result.status, "first" in begun(events)) == ("completed", False)


async def test_a_cancelled_run_is_not_resumed_and_can_be_retried(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    told = await stopped_during_second("cancel", events, configuration(probe=probe), settings, caller)
    assert told == "The run was cancelled."
    events.clear()
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        with pytest.raises(InvalidInput, match="was cancelled"):
            await engine.resume(caller.correlation_id)
        result = await engine.retry(caller.correlation_id)
    assert (result.status, "first" in begun(events)) == ("completed", False)


async def test_what_has_ended_can_be_neither_paused_nor_cancelled(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        await engine.run(FLOW, {}, caller=caller)
    with History(settings) as history:
        for stop in (history.pause, history.cancel):
            with pytest.raises(InvalidInput, match="completed already"):
                stop(caller.correlation_id)


async def test_the_history_says_when_each_call_was_made_how_long_it_took_and_who_answered(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        await engine.run(FLOW, {}, caller=caller)
    with History(settings) as history:
        run, steps = history.find(caller.correlation_id), history.steps(caller.correlation_id)
    assert [step["step"] for step in steps] == ["first", "second", "third"]
    assert run["started_at"] <= steps[0]["started_at"] <= steps[2]["started_at"]
    assert steps[1]["ms"] >= 300
    assert {step["provenance"]["served_by"] for step in steps} == {"mcp"}


async def test_the_same_id_again_is_the_same_run(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext, events: list[StepEvent]
) -> None:
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        first = await engine.run_once(FLOW, {}, caller=caller)
        second = await engine.run_once(FLOW, {}, caller=caller)
    assert (first.as_json() == second.as_json(), begun(events)) == (True, ["first", "second", "third"])
