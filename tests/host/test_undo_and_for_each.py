"""Steps over lists, and runs that are taken back."""

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scribetree.host.config import Configuration
from scribetree.host.suite import open_suite
from scribetree.host.supervisor import Pauses
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import RunResult, StepEvent, open_engine
from scribetree.host.workflows.report import render
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

from .test_engine import running

pytestmark = pytest.mark.anyio

Go = Callable[..., Any]

KEEP: dict[str, Any] = {
    "server": "probe",
    "tool": "keep",
    "undo": {"tool": "drop", "arguments": {"text": "a.text"}},
}
EACH: dict[str, Any] = {
    **KEEP,
    "for_each": "inputs.texts",
    "arguments": {"text": "item"},
    "undo": {"tool": "drop", "arguments": {"text": "item"}},
}
FAILING: dict[str, Any] = {
    "id": "last",
    "server": "probe",
    "tool": "keep",
    "arguments": {"text": "'bad'"},
    "on_failure": "undo",
    "final": "Nothing was kept.",
}


@pytest.fixture
def go(
    configuration: Callable[..., Configuration], probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> Go:
    """Run steps over inputs; the result."""

    async def run(*steps: dict[str, Any], events: list[StepEvent] | None = None, **inputs: Any) -> RunResult:
        flow = Workflow.model_validate(
            {"id": "w", "title": "W", "inputs": {name: {} for name in inputs}, "steps": steps, "at_once": 2}
        )
        async with running(configuration(probe=probe), settings, [] if events is None else events) as (_, engine):
            return await engine.run(flow, inputs, caller=caller)

    return run


def kept(settings: Settings) -> set[str]:
    folder: Path = settings.home / "kept"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


async def test_a_step_for_each_element_gives_the_results_in_order(go: Go) -> None:
    echo = {"id": "a", "server": "probe", "tool": "echo", "for_each": "inputs.texts", "arguments": {"text": "item"}}
    result = await go(echo, texts=["x", "y", "z"])
    assert [each["text"] for each in result.steps["a"]["result"]] == ["x", "y", "z"]


async def test_no_more_calls_than_the_workflow_allows_are_under_way(go: Go) -> None:
    sleep = {
        "id": "a",
        "server": "probe",
        "tool": "sleep",
        "for_each": "inputs.waits",
        "arguments": {"seconds": "item"},
    }
    result = await go(sleep, waits=[0.2, 0.2, 0.2])
    began = sorted(datetime.fromisoformat(each["started_at"]) for each in result.steps["a"]["items"])
    assert began[2] - began[0] >= timedelta(seconds=0.2)


async def test_the_calls_of_a_step_are_counted_as_they_end(go: Go) -> None:
    events: list[StepEvent] = []
    await go({"id": "a", **EACH}, texts=["x", "y"], events=events)
    assert [(event.done, event.total) for event in events if event.total] == [(1, 2), (2, 2)]


async def test_one_failed_element_is_named_and_the_others_keep_their_results(go: Go) -> None:
    result = await go({"id": "a", **EACH}, texts=["x", "bad", "z"])
    step = result.steps["a"]
    assert [each and each["text"] for each in step["result"]] == ["x", None, "z"]
    assert step["error"]["message"] == "1 of 3 calls failed; the first: `text` is bad."


async def test_more_elements_than_the_limit_fail_the_step_before_its_first_call(go: Go, settings: Settings) -> None:
    result = await go({"id": "a", **EACH, "max_items": 2}, texts=["x", "y", "z"])
    assert (result.status, result.steps["a"]["error"]["code"]) == ("failed", "invalid_input")
    assert kept(settings) == set()


async def test_what_was_done_is_taken_back_when_a_later_step_fails(go: Go, settings: Settings) -> None:
    result = await go({"id": "a", **KEEP, "arguments": {"text": "'x'"}}, {**FAILING, "needs": ["a"]})
    assert (result.status, result.steps["a"]["undone"]["state"]) == ("undone", "ok")
    assert kept(settings) == set()


async def test_the_elements_that_succeeded_are_taken_back_and_no_others(go: Go, settings: Settings) -> None:
    settings.home.joinpath("kept").mkdir(parents=True)
    settings.home.joinpath("kept", "bad").touch()
    result = await go({"id": "a", **EACH, "on_failure": "undo"}, texts=["x", "bad", "z"])
    assert result.status == "undone"
    assert kept(settings) == {"bad"}


async def test_what_could_not_be_undone_is_reported(go: Go, settings: Settings) -> None:
    result = await go({"id": "a", **EACH}, {**FAILING, "needs": ["a"]}, texts=["x", "stuck"])
    assert result.status == "failed"
    assert result.steps["a"]["undone"] == {"state": "failed", "why": "`text` is stuck."}
    assert "- a: **not taken back**: `text` is stuck." in render(result)
    assert kept(settings) == {"stuck"}


async def test_a_final_step_says_why_it_stays(go: Go) -> None:
    final = {"server": "probe", "tool": "keep", "arguments": {"text": "'x'"}, "final": "It was read aloud."}
    result = await go({"id": "a", **final}, {**FAILING, "needs": ["a"]})
    assert result.status == "failed"
    assert result.steps["a"]["undone"] == {"state": "final", "why": "It was read aloud."}


async def test_elements_that_stay_are_said_to_stay_though_another_one_failed(go: Go) -> None:
    final = {name: value for name, value in EACH.items() if name != "undo"} | {"final": "It was read aloud."}
    result = await go({"id": "a", **final, "on_failure": "undo"}, texts=["x", "bad"])
    assert (result.status, result.steps["a"]["undone"]["state"]) == ("failed", "final")


async def test_an_element_that_did_not_answer_in_time_is_said_to_be_unknown(go: Go) -> None:
    late = {"tool": "sleep", "arguments": {"seconds": "item"}, "timeout_s": 2.0, "retries": 0, "on_failure": "undo"}
    undo = {"tool": "drop", "arguments": {"text": "'x'"}}
    result = await go({"id": "a", **EACH, **late, "undo": undo}, texts=[0.0, 5.0])
    assert (result.status, result.steps["a"]["undone"]["state"]) == ("failed", "unknown")


async def test_an_undoing_whose_expression_does_not_fit_is_reported_and_the_others_are_done(
    go: Go, settings: Settings
) -> None:
    other = {**KEEP, "arguments": {"text": "'y'"}, "undo": {"tool": "drop", "arguments": {"text": "abs(b.text)"}}}
    first = {"id": "a", **KEEP, "arguments": {"text": "'x'"}}
    result = await go(first, {"id": "b", **other}, {**FAILING, "needs": ["a", "b"]})
    assert (result.steps["a"]["undone"]["state"], result.steps["b"]["undone"]["state"]) == ("ok", "failed")
    assert kept(settings) == {"y"}


async def test_a_write_that_waits_in_the_outbox_is_taken_out_of_it(
    configuration: Callable[..., Configuration], probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    away = {"id": "a", **KEEP, "server": "away", "arguments": {"text": "'x'"}, "retries": 0}
    flow = Workflow.model_validate({"id": "w", "title": "W", "steps": [away, {**FAILING, "needs": ["a"]}]})
    slow = Pauses(first_retry=60, longest_retry=60)
    async with (
        open_suite(configuration(probe=probe, away=probe), settings=settings, pauses=slow) as suite,
        open_engine(suite, settings=settings, listener=lambda _: None) as engine,
    ):
        os.kill((await suite.call("away", "echo", {"text": ""}, caller=caller)).result["pid"], signal.SIGKILL)
        result = await engine.run(flow, {}, caller=caller)
        waiting = suite.outbox.waiting()
    assert (result.steps["a"]["result"]["state"], result.status, waiting) == ("queued", "undone", [])


async def test_a_step_that_was_given_too_many_elements_has_nothing_to_take_back(go: Go) -> None:
    result = await go({"id": "a", **EACH, "max_items": 1, "on_failure": "undo"}, texts=["x", "y"])
    assert (result.status, "undone" in result.steps["a"]) == ("undone", False)


async def test_an_expression_that_fails_on_a_result_fails_its_step_and_not_the_engine(go: Go) -> None:
    echo = {"server": "probe", "tool": "echo"}
    result = await go(
        {"id": "a", **echo, "arguments": {"text": "'x'"}},
        {"id": "b", **echo, "arguments": {"text": "abs(a.text)"}},
    )
    assert result.status == "failed"
    assert "does not fit what an earlier step gave" in result.steps["b"]["error"]["message"]


async def test_a_failed_run_is_tried_again_from_its_failed_step(
    configuration: Callable[..., Configuration], probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    events: list[StepEvent] = []
    echo = {"server": "probe", "tool": "echo"}
    steps = [
        {"id": "a", **echo, "arguments": {"text": "'x'"}},
        {"id": "b", "needs": ["a"], **{name: FAILING[name] for name in ("server", "tool", "arguments", "final")}},
    ]
    flow = Workflow.model_validate({"id": "w", "title": "W", "steps": steps})
    async with running(configuration(probe=probe), settings, events) as (_, engine):
        first = await engine.run(flow, {}, caller=caller)
        events.clear()
        second = await engine.retry(first.run_id)
    assert [event.step.id for event in events if event.state == "running"] == ["b"]
    assert (first.status, second.status, first.run_id != second.run_id) == ("failed", "failed", True)
