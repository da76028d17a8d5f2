"""
One run from its first step to its end: wave after wave, and back again if it has to be undone.

Nothing here waits for anything but the recorded calls, and those begin in the same order in every replay: that is
how DBOS knows a finished call again after a kill.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from scribetree.errors import InvalidInput, ScribeTreeError
from scribetree.host.workflows.definition import ITEM, Step, Undo, Workflow, evaluate
from scribetree.shapes import as_list

__all__ = ["Run", "StepEvent", "StepListener", "StepState"]

StepState = Literal["running", "retrying", "ok", "failed", "skipped", "undone", "not undone"]

RecordedCall = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], Awaitable[dict[str, Any]]]
"""A step's definition, its arguments and the caller in; the outcome out, recorded before anybody sees it."""

_OF_EACH_CALL = ("state", "started_at", "ms", "error", "provenance")

Scope = Mapping[str, Any]
Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StepEvent:
    """Something happened to a step of a run; of one with `for_each`, `done` of `total` calls have ended."""

    step: Step
    state: StepState
    ms: float = 0.0
    note: str = ""
    done: int = 0
    total: int = 0
    run_id: str = ""


StepListener = Callable[[StepEvent], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one workflow."""

    id: str
    workflow: Workflow
    inputs: Mapping[str, Any]
    caller: dict[str, Any]
    call: RecordedCall
    listener: StepListener

    async def to_end(self) -> tuple[Literal["completed", "failed", "undone"], dict[str, Outcome]]:
        """How the run ended, and the outcome of each step."""
        steps: dict[str, Outcome] = {}
        for wave in self.workflow.waves():
            scope, failed = self._scope(steps), self._stopping(steps)
            outcomes = await _all(self._do(step, scope, stopped_by=failed) for step in wave)
            steps |= {step.id: outcome for step, outcome in zip(wave, outcomes, strict=True)}
        failed = self._stopping(steps)
        if failed is None:
            return "completed", steps
        if failed.on_failure != "undo":
            return "failed", steps
        return ("undone" if await self._undo(steps) else "failed"), steps

    def _scope(self, steps: Mapping[str, Outcome]) -> Scope:
        return {"inputs": dict(self.inputs)} | {name: outcome["result"] for name, outcome in steps.items()}

    def _stopping(self, steps: Mapping[str, Outcome]) -> Step | None:
        """The first step whose failure ends the run, if one did."""
        for step in self.workflow.steps:
            if step.id in steps and steps[step.id]["state"] == "failed" and step.on_failure != "continue":
                return step
        return None

    async def _do(self, step: Step, scope: Scope, *, stopped_by: Step | None) -> Outcome:
        if stopped_by is not None:
            return self._skipped(step, f"step {stopped_by.id} failed")
        try:
            if step.when is not None and not evaluate(step.when, scope):
                return self._skipped(step, "not called for")
            calls = _arguments_of_each_call(step, scope)
        except ScribeTreeError as error:
            return self._ended(step, _failure(step, error))
        if step.for_each is None:
            return self._ended(step, await self._call(step, calls[0]))
        return self._ended(step, _joined(step, await self._call_each(step, calls)))

    async def _call(self, step: Step, arguments: dict[str, Any]) -> Outcome:
        return await self.call(step.model_dump(mode="json"), arguments, self.caller)

    async def _call_each(self, step: Step, calls: Sequence[dict[str, Any]]) -> list[Outcome]:
        done = 0

        async def one(arguments: dict[str, Any]) -> Outcome:
            nonlocal done
            outcome = await self._call(step, arguments)
            done += 1
            self._tell(StepEvent(step, "running", done=done, total=len(calls)))
            return outcome

        return await _all(one(arguments) for arguments in calls)

    def _tell(self, event: StepEvent) -> None:
        self.listener(replace(event, run_id=self.id))

    async def _undo(self, steps: dict[str, Outcome]) -> bool:
        """What was done has been taken back, last first, as far as it can be; True if nothing is left."""
        scope = self._scope(steps)
        done = [step for wave in self.workflow.waves() for step in wave if steps[step.id]["state"] != "skipped"]
        for step in reversed(done):
            undone = await self._undo_step(step, steps[step.id], scope)
            if undone is not None:
                steps[step.id]["undone"] = undone
        return all(outcome.get("undone", {}).get("state", "ok") == "ok" for outcome in steps.values())

    async def _undo_step(self, step: Step, outcome: Outcome, scope: Scope) -> dict[str, Any] | None:
        """What became of undoing one step; None if it did nothing that has to be undone."""
        if step.final is not None:
            return {"state": "final", "why": step.final} if outcome["state"] == "ok" else None
        if step.undo is None:
            return None
        if outcome["state"] == "failed" and step.for_each is None:
            return _unknown(outcome)
        return await self._take_back(step, outcome, scope)

    async def _take_back(self, step: Step, outcome: Outcome, scope: Scope) -> dict[str, Any]:
        failures: list[str] = []
        undo = step.undo or Undo(tool=step.tool)
        for one in _calls_to_undo(step, outcome, scope):
            if undo.when is not None and not evaluate(undo.when, one):
                continue
            arguments = _evaluated(undo.arguments, one)
            undone = await self.call(_as_step(step).model_dump(mode="json"), arguments, self.caller)
            if undone["error"]:
                failures.append(undone["error"]["message"])
        self._tell(StepEvent(step, "not undone" if failures else "undone", note="; ".join(failures[:1])))
        return {"state": "failed", "why": "; ".join(failures[:3])} if failures else {"state": "ok", "why": ""}

    def _ended(self, step: Step, outcome: Outcome) -> Outcome:
        error = outcome["error"]
        note = error["message"] if error else ""
        self._tell(StepEvent(step, outcome["state"], ms=outcome["ms"], note=note))
        return outcome

    def _skipped(self, step: Step, why: str) -> Outcome:
        self._tell(StepEvent(step, "skipped", note=why))
        return {**_empty(step), "state": "skipped", "why": why}


async def _all(calls: Iterable[Awaitable[Outcome]]) -> list[Outcome]:
    """The outcomes of calls side by side; where the run was stopped, not before all of them have come to rest."""
    ended = await asyncio.gather(*calls, return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return [each for each in ended if not isinstance(each, BaseException)]


def _arguments_of_each_call(step: Step, scope: Scope) -> list[dict[str, Any]]:
    if step.for_each is None:
        return [_evaluated(step.arguments, scope)]
    return [_evaluated(step.arguments, {**scope, ITEM: element}) for element in _elements(step, scope)]


def _elements(step: Step, scope: Scope) -> Sequence[object]:
    elements = as_list(evaluate(step.for_each or "", scope)) or []
    if len(elements) > step.max_items:
        raise InvalidInput(
            f"Step {step.id} was given {len(elements)} elements; its limit is {step.max_items}.",
            hint="Give it fewer, or raise `max_items` in the definition.",
        )
    return elements


def _evaluated(arguments: Mapping[str, str], scope: Scope) -> dict[str, Any]:
    values = {name: evaluate(expression, scope) for name, expression in arguments.items()}
    return {name: value for name, value in values.items() if value is not None}


def _joined(step: Step, outcomes: Sequence[Outcome]) -> Outcome:
    """The outcomes of one step's calls as the outcome of the step; what failed is null in its result."""
    failed = [outcome for outcome in outcomes if outcome["error"]]
    error = None
    if failed:
        first = failed[0]["error"]
        message = f"{len(failed)} of {len(outcomes)} calls failed; the first: {first['message']}"
        error = {**first, "message": message}
    return {
        **_empty(step),
        "state": "failed" if failed else "ok",
        "ms": max((outcome["ms"] for outcome in outcomes), default=0.0),
        "result": [outcome["result"] for outcome in outcomes],
        "error": error,
        "items": [{name: outcome.get(name) for name in _OF_EACH_CALL} for outcome in outcomes],
    }


def _calls_to_undo(step: Step, outcome: Outcome, scope: Scope) -> list[Scope]:
    """The scope of each call that succeeded, last first, with that call's own result under the step's id."""
    if step.for_each is None:
        return [{**scope, step.id: outcome["result"]}]
    done: list[Scope] = [
        {**scope, ITEM: element, step.id: result}
        for element, result, one in zip(
            _elements(step, scope), outcome["result"] or [], outcome.get("items", []), strict=True
        )
        if one["state"] == "ok"
    ]
    return done[::-1]


def _as_step(step: Step) -> Step:
    """The undoing of `step` as a step of its own."""
    undo = step.undo
    if undo is None:
        return step
    return Step(
        id=step.id,
        server=undo.server or step.server,
        tool=undo.tool,
        least_rung="http",
        timeout_s=step.timeout_s,
        retries=max(step.retries, 4),
    )


def _unknown(outcome: Outcome) -> dict[str, Any] | None:
    """A write that did not answer may have happened; one that was refused did not."""
    if not outcome["error"]["retryable"]:
        return None
    return {"state": "unknown", "why": "It did not answer in time: what it writes may be there."}


def _failure(step: Step, error: ScribeTreeError) -> Outcome:
    return {**_empty(step), "state": "failed", "error": dict(error.payload())}


def _empty(step: Step) -> Outcome:
    return {"step": step.id, "state": "ok", "ms": 0.0, "result": None, "provenance": None, "error": None}
