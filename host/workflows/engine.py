"""
Workflows run by DBOS, durable from the first step: a finished step is never done again.

DBOS keeps one SQLite file in SCRIBETREE_HOME. What it keeps of inputs and results is sealed. It is imported in a
thread while the servers start, because it costs half a second.
"""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import anyio
import anyio.to_thread

from scribetree.errors import InvalidInput, Unavailable, UnknownName
from scribetree.host.answer import Answer
from scribetree.host.suite import Suite
from scribetree.host.workflows.definition import Step, Workflow, evaluate
from scribetree.host.workflows.liveness import hold, is_held
from scribetree.host.workflows.store import make_serializer, system_database_url
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

__all__ = ["Engine", "RunResult", "StepEvent", "StepListener", "open_engine"]

_APPLICATION_VERSION = "1"
"""Raised when a change of this module could not go on with runs begun before it."""

_FIRST_RETRY_S = 0.5
_POLL_S = 0.05

StepState = Literal["running", "retrying", "ok", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class StepEvent:
    """Something happened to a step."""

    step: Step
    state: StepState
    ms: float = 0.0
    note: str = ""


StepListener = Callable[[StepEvent], None]


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run that has ended; `steps` holds for each step its state, result, error and provenance."""

    run_id: str
    workflow: Workflow
    status: Literal["completed", "failed"]
    steps: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The shape that `scribetree run --json` prints."""
        return {
            "run_id": self.run_id,
            "workflow": self.workflow.id,
            "status": self.status,
            "steps": {name: dict(step) for name, step in self.steps.items()},
        }


class Engine:
    """Runs workflows over one suite; there is one engine in a process."""

    def __init__(self, dbos: ModuleType, suite: Suite, *, listener: StepListener) -> None:
        self._dbos: Any = dbos.DBOS
        self._set_id: Any = dbos.SetWorkflowID
        self._suite = suite
        self._listener = listener

        @self._dbos.step(name="scribetree_call")  # type: ignore[untyped-decorator]
        async def call(step: dict[str, Any], arguments: dict[str, Any], caller: dict[str, Any]) -> dict[str, Any]:
            return await self._call_tool(step, arguments, caller)

        @self._dbos.workflow(name="scribetree_run")  # type: ignore[untyped-decorator]
        async def run(flow: dict[str, Any], inputs: dict[str, Any], caller: dict[str, Any]) -> dict[str, Any]:
            return await self._run_definition(flow, inputs, caller)

        self._call, self._run = call, run

    async def run(self, workflow: Workflow, inputs: Mapping[str, Any], *, caller: PrivacyContext) -> RunResult:
        """The workflow has run to its end; it can be resumed by its id from the moment it began."""
        workflow.check_inputs(inputs)
        await self.check_tools(workflow)
        run_id = caller.correlation_id
        with self._set_id(run_id):
            handle = await self._dbos.start_workflow_async(
                self._run, workflow.model_dump(mode="json"), dict(inputs), asdict(caller)
            )
        return _as_result(run_id, await handle.get_result(polling_interval_sec=_POLL_S))

    async def resume(self, run_id: str, *, home: Path) -> RunResult:
        """An interrupted run has gone on to its end."""
        status = await self._dbos.get_workflow_status_async(run_id)
        if status is None:
            raise UnknownName.of("run", run_id, [])
        if status.status == "PENDING" and is_held(home, status.executor_id):
            raise InvalidInput(
                "That run is going on in another process.",
                hint=f"See `scribetree workflows status {run_id}`.",
            )
        handle = await self._dbos.resume_workflow_async(run_id)
        return _as_result(run_id, await handle.get_result(polling_interval_sec=_POLL_S))

    async def check_tools(self, workflow: Workflow) -> None:
        """Nothing happens if every step's tool is there; a server that is away is not held against it."""
        await self._suite.settled()
        known = {status.name: [tool.name for tool in status.tools] for status in self._suite.statuses()}
        for step in workflow.steps:
            if step.server not in known:
                raise UnknownName.of("server", step.server, known, where=f" for step {step.id}")
            tools = known[step.server]
            if tools and step.tool not in tools:
                raise UnknownName.of("tool", step.tool, tools, where=f" on {step.server} for step {step.id}")

    async def _run_definition(
        self, definition: dict[str, Any], inputs: dict[str, Any], caller: dict[str, Any]
    ) -> dict[str, Any]:
        """Wave after wave, so that a step has the same number in every replay."""
        workflow = Workflow.model_validate(definition)
        steps: dict[str, Any] = {}
        for wave in workflow.waves():
            scope = {"inputs": inputs} | {name: step["result"] for name, step in steps.items()}
            failed = _stopped(workflow, steps)
            outcomes = await asyncio.gather(*(self._run_step(step, scope, caller, stopped_by=failed) for step in wave))
            steps |= {step.id: outcome for step, outcome in zip(wave, outcomes, strict=True)}
        status = "failed" if _stopped(workflow, steps) else "completed"
        return {"workflow": definition, "status": status, "steps": steps}

    async def _run_step(
        self, step: Step, scope: Mapping[str, Any], caller: dict[str, Any], *, stopped_by: str | None
    ) -> dict[str, Any]:
        if stopped_by is not None:
            return self._skipped(step, f"step {stopped_by} failed")
        if step.when is not None and not evaluate(step.when, scope):
            return self._skipped(step, "not called for")
        values = {name: evaluate(expression, scope) for name, expression in step.arguments.items()}
        arguments = {name: value for name, value in values.items() if value is not None}
        outcome: dict[str, Any] = await self._call(step.model_dump(mode="json"), arguments, caller)
        error = outcome["error"]
        self._listener(StepEvent(step, outcome["state"], ms=outcome["ms"], note=error["message"] if error else ""))
        return outcome

    async def _call_tool(
        self, definition: dict[str, Any], arguments: dict[str, Any], caller: dict[str, Any]
    ) -> dict[str, Any]:
        """The one thing that DBOS records: a call and its outcome, tried again while that may help."""
        step = Step.model_validate(definition)
        context = PrivacyContext(**caller)
        self._listener(StepEvent(step, "running"))
        started = time.perf_counter()
        pause = _FIRST_RETRY_S
        attempts_left = step.retries
        while True:
            answer = _or_unavailable(
                await self._suite.call(step.server, step.tool, arguments, caller=context, timeout_s=step.timeout_s)
            )
            if answer.error is None or not answer.error["retryable"] or not attempts_left:
                break
            self._listener(StepEvent(step, "retrying", note=answer.error["message"]))
            await anyio.sleep(pause)
            pause *= 2
            attempts_left -= 1
        return {
            "step": step.id,
            "state": "failed" if answer.error else "ok",
            "ms": round((time.perf_counter() - started) * 1000, 1),
            **answer.as_json(),
            "error": dict(answer.error) if answer.error else None,
        }

    def _skipped(self, step: Step, why: str) -> dict[str, Any]:
        self._listener(StepEvent(step, "skipped", note=why))
        return {"state": "skipped", "ms": 0.0, "result": None, "provenance": None, "error": None, "why": why}


@asynccontextmanager
async def open_engine(suite: Suite, *, settings: Settings, listener: StepListener) -> AsyncGenerator[Engine]:
    """The engine while it runs; runs that it had not ended can be resumed afterwards."""
    dbos = await anyio.to_thread.run_sync(_import_dbos)
    executor = f"host-{os.getpid()}-{secrets.token_hex(4)}"
    with hold(settings.home, executor):
        dbos.DBOS(
            config={
                "name": "scribetree",
                "system_database_url": system_database_url(settings.home),
                "serializer": make_serializer(KeyRing.at(settings.home)),
                "application_version": _APPLICATION_VERSION,
                "executor_id": executor,
                "log_level": "CRITICAL",
            }
        )
        engine = Engine(dbos, suite, listener=listener)
        dbos.DBOS.launch()
        try:
            yield engine
        finally:
            dbos.DBOS.destroy()


def _import_dbos() -> ModuleType:
    import dbos  # noqa: PLC0415 - half a second

    return dbos


def _or_unavailable(answer: Answer) -> Answer:
    """The answer, unless it is general advice: that is for people, and no step can go on from it."""
    if answer.provenance.served_by != "static":
        return answer
    away = Unavailable(f"{answer.provenance.server} is away.", hint="Resume the run when it is back.")
    return replace(answer, result=None, error=away.payload())


def _stopped(workflow: Workflow, steps: Mapping[str, Any]) -> str | None:
    """The step whose failure stops the workflow, if one did."""
    for step in workflow.steps:
        if step.id in steps and steps[step.id]["state"] == "failed" and step.on_failure == "stop":
            return step.id
    return None


def _as_result(run_id: str, outcome: Mapping[str, Any]) -> RunResult:
    return RunResult(
        run_id=run_id,
        workflow=Workflow.model_validate(outcome["workflow"]),
        status=outcome["status"],
        steps=outcome["steps"],
    )
