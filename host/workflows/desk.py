"""
Workflows for those who reach the host from outside: begun, watched and looked up, in their own role.

Only packaged workflows can be begun here: a caller names no file of the host's. The engine is opened when the first
run is asked for, because it costs half a second, and stays until the host ends. A run goes on if whoever began it
leaves; its id finds it again.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import anyio.to_thread

from scribetree.errors import Denied, UnknownName
from scribetree.host.suite import Suite
from scribetree.host.workflows.definition import Workflow, library, load_workflow
from scribetree.host.workflows.engine import Engine, RunResult, StepEvent, StepListener, as_result, open_engine
from scribetree.host.workflows.history import History
from scribetree.host.workflows.report import render
from scribetree.host.workflows.run_ids import run_id_of
from scribetree.host.workflows.store import has_runs
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import new_correlation_id
from scribetree.settings import Settings

__all__ = ["Desk", "open_desk"]


class Desk:
    """One host's workflows, over its suite."""

    def __init__(self, suite: Suite, *, settings: Settings, until_end: AsyncExitStack) -> None:
        self._suite = suite
        self._settings = settings
        self._until_end = until_end
        self._opening = anyio.Lock()
        self._engine: Engine | None = None
        self._listeners: dict[str, StepListener] = {}

    def definitions(self) -> list[Workflow]:
        """The workflows that can be begun."""
        return [load_workflow(name) for name in library()]

    def steps(self, name: str) -> list[str]:
        """The steps of a workflow, or none if there is no such workflow."""
        return [step.id for step in load_workflow(name).steps] if name in library() else []

    async def run(
        self,
        name: str,
        inputs: Mapping[str, Any],
        *,
        caller: PrivacyContext,
        listener: StepListener,
        key: str | None = None,
    ) -> RunResult:
        """
        The workflow has run to its end; `listener` was told of each step of it.

        With a `key` the same caller's same run is waited for, goes on, or is given as it ended.
        """
        workflow = _begun_by(caller, name)
        workflow.check_inputs(inputs)
        engine = await self._opened()
        run_id = self._run_id(workflow, inputs, caller, key)
        self._listeners[run_id] = listener
        try:
            return await engine.run_once(workflow, inputs, caller=replace(caller, correlation_id=run_id))
        finally:
            self._listeners.pop(run_id, None)

    async def begin(
        self, name: str, inputs: Mapping[str, Any], *, caller: PrivacyContext, key: str | None = None
    ) -> str:
        """The run goes on by itself; its id. With a `key` the same caller's same run is not begun twice."""
        workflow = _begun_by(caller, name)
        workflow.check_inputs(inputs)
        engine = await self._opened()
        run_id = self._run_id(workflow, inputs, caller, key)
        await engine.begin(workflow, inputs, caller=replace(caller, correlation_id=run_id))
        return run_id

    def _run_id(self, workflow: Workflow, inputs: Mapping[str, Any], caller: PrivacyContext, key: str | None) -> str:
        """Never one that the caller chose, which might be another's; with a key, one that is this caller's own."""
        if key is None:
            return new_correlation_id()
        ring = KeyRing.open(self._settings)
        return run_id_of(workflow, inputs, key, caller.requester_type, caller.requester_id, ring=ring)

    async def look_up(self, run_id: str, *, caller: PrivacyContext) -> dict[str, Any]:
        """How far a run of this caller's has come: its state, each call that has ended, and its report at the end."""
        return await anyio.to_thread.run_sync(self._looked_up, run_id, caller)

    def _looked_up(self, run_id: str, caller: PrivacyContext) -> dict[str, Any]:
        if not has_runs(self._settings):
            raise UnknownName.of("run", run_id, [])
        with History(self._settings) as history:
            if not history.is_of(run_id, caller):
                raise UnknownName.of("run", run_id, [])
            return {**history.find(run_id), "steps": history.steps(run_id), "report": _report(history, run_id)}

    async def _opened(self) -> Engine:
        async with self._opening:
            if self._engine is None:
                self._engine = await self._until_end.enter_async_context(
                    open_engine(self._suite, settings=self._settings, listener=self._tell)
                )
            return self._engine

    def _tell(self, event: StepEvent) -> None:
        listener: Callable[[StepEvent], None] | None = self._listeners.get(event.run_id)
        if listener is not None:
            listener(event)


@asynccontextmanager
async def open_desk(suite: Suite, *, settings: Settings) -> AsyncGenerator[Desk]:
    """The desk while the host runs; what it began and did not end can be resumed afterwards."""
    async with AsyncExitStack() as until_end:
        yield Desk(suite, settings=settings, until_end=until_end)


def _begun_by(caller: PrivacyContext, name: str) -> Workflow:
    if caller.requester_type == "student":
        raise Denied("This caller may not make this call.", hint="Workflows are run by educators.")
    if name not in library():
        raise UnknownName.of("workflow", name, library())
    return load_workflow(name)


def _report(history: History, run_id: str) -> str | None:
    outcome = history.outcome(run_id)
    return None if outcome is None else render(as_result(run_id, outcome))
