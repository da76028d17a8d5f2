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
from scribetree.shapes import as_list, as_object

__all__ = ["Run", "StepEvent", "StepListener", "StepState", "cancelled", "left_out", "withdrawn"]

StepState = Literal["running", "retrying", "ok", "failed", "cancelled", "skipped", "undone", "not undone"]

RecordedCall = Callable[[dict[str, Any], dict[str, Any], dict[str, Any], bool], Awaitable[dict[str, Any]]]
"""A step's definition, its arguments, the caller, and whether it takes something back; the outcome, recorded first."""

_OF_EACH_CALL = ("state", "started_at", "ms", "error", "provenance", "may_be_there")

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
    withdraw: Callable[[dict[str, Any], str], Awaitable[dict[str, Any]]]
    """A step's definition and the receipt of a write of its that was queued; the outcome out, recorded first."""
    is_cancelled: Callable[[], Awaitable[bool]]
    """Whether the run is to stop and take back what it did; once true it stays so, in every replay."""
    listener: StepListener

    async def to_end(self) -> tuple[Literal["completed", "failed", "undone"], dict[str, Outcome]]:
        """How the run ended, and the outcome of each step."""
        steps: dict[str, Outcome] = {}
        for wave in self.workflow.waves():
            scope, stopped = self._scope(steps), _why_stopped(self._stopping(steps), steps)
            outcomes = await _all(self._do(step, scope, stopped=stopped) for step in wave)
            steps |= {step.id: outcome for step, outcome in zip(wave, outcomes, strict=True)}
        failed = self._stopping(steps)
        if await self.is_cancelled() or (failed is not None and failed.on_failure == "undo"):
            return ("undone" if await self._undo(steps) else "failed"), steps
        return ("completed" if failed is None else "failed"), steps

    def _scope(self, steps: Mapping[str, Outcome]) -> Scope:
        return {"inputs": dict(self.inputs)} | {name: outcome["result"] for name, outcome in steps.items()}

    def _stopping(self, steps: Mapping[str, Outcome]) -> Step | None:
        """The first step that ends the run, because it failed or was cancelled, if one did."""
        for step in self.workflow.steps:
            state = steps[step.id]["state"] if step.id in steps else None
            if state == "cancelled" or (state == "failed" and step.on_failure != "continue"):
                return step
        return None

    async def _do(self, step: Step, scope: Scope, *, stopped: str | None) -> Outcome:
        if stopped is not None:
            return self._skipped(step, stopped)
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
        return await self.call(step.model_dump(mode="json"), arguments, self.caller, False)

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
        if step.undo is None and step.final is None:
            return None
        calls: list[Outcome] = outcome.get("items", [outcome])
        is_done = any(call["state"] == "ok" for call in calls)
        unknown = [_UNKNOWN] if any(map(_may_be_there, calls)) else []
        if not (is_done or unknown):
            return None
        failures = await self._take_back(step, outcome, scope) if is_done else []
        self._tell(StepEvent(step, "not undone" if failures or unknown else "undone", note="".join(failures[:1])))
        state = ("failed" if step.undo else "final") if failures else "unknown" if unknown else "ok"
        return {"state": state, "why": " ".join([*failures[:3], *unknown])}

    async def _take_back(self, step: Step, outcome: Outcome, scope: Scope) -> list[str]:
        """The calls of a step that succeeded have been taken back, last first; why those could not be that were not."""
        whys = [await self._take_call_back(step, one) for one in _calls_to_undo(step, outcome, scope)]
        return list(dict.fromkeys(why for why in whys if why))

    async def _take_call_back(self, step: Step, scope: Scope) -> str | None:
        """Why a call could not be taken back; None if it was, or if there is nothing to take back."""
        receipt = _receipt(scope[step.id])
        if receipt is not None:
            undone = await self.withdraw(step.model_dump(mode="json"), receipt)
        elif step.undo is None:
            return step.final
        else:
            try:
                if step.undo.when is not None and not evaluate(step.undo.when, scope):
                    return None
                arguments = _evaluated(step.undo.arguments, scope)
            except ScribeTreeError as error:
                return error.message
            undoing = _as_step(step, step.undo).model_dump(mode="json")
            undone = await self.call(undoing, arguments, self.caller, True)
        return undone["error"]["message"] if undone["error"] else None

    def _ended(self, step: Step, outcome: Outcome) -> Outcome:
        error = outcome["error"]
        note = error["message"] if error else outcome.get("why", "")
        self._tell(StepEvent(step, outcome["state"], ms=outcome["ms"], note=note))
        return outcome

    def _skipped(self, step: Step, why: str) -> Outcome:
        self._tell(StepEvent(step, "skipped", note=why))
        return {**_empty(step), "state": "skipped", "why": why}


def _why_stopped(by: Step | None, steps: Mapping[str, Outcome]) -> str | None:
    if by is None:
        return None
    return f"step {by.id} {'failed' if steps[by.id]['state'] == 'failed' else 'was cancelled'}"


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
    states = {outcome["state"] for outcome in outcomes}
    error = None
    if failed:
        first = failed[0]["error"]
        message = f"{len(failed)} of {len(outcomes)} calls failed; the first: {first['message']}"
        error = {**first, "message": message}
    return {
        **_empty(step),
        "state": next((state for state in ("cancelled", "failed") if state in states), "ok"),
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


def _as_step(step: Step, undo: Undo) -> Step:
    """The undoing of `step` as a step of its own."""
    return Step(
        id=step.id,
        server=undo.server or step.server,
        tool=undo.tool,
        least_rung="http",
        timeout_s=step.timeout_s,
        retries=max(step.retries, 4),
    )


_UNKNOWN = "It was not seen to answer: what it writes may be there."


def _may_be_there(call: Outcome) -> bool:
    """Whether a call may have happened though nobody saw it answer; one that was refused did not."""
    return call.get("may_be_there") is True or bool(call["error"] and call["error"]["retryable"])


def left_out(workflow: Workflow, why: str) -> dict[str, Outcome]:
    """The outcomes of a run that did nothing."""
    return {step.id: {**_empty(step), "state": "skipped", "why": why} for step in workflow.steps}


def _receipt(result: object) -> str | None:
    """The receipt of a write that waits in the outbox for its server."""
    answer = as_object(result) or {}
    is_queued = answer.get("degraded") is True and answer.get("state") == "queued"
    return str(answer["receipt"]) if is_queued else None


def withdrawn(step: Step, error: ScribeTreeError | None) -> Outcome:
    """The outcome of taking a write out of the outbox."""
    payload = None if error is None else dict(error.payload())
    return {**_empty(step), "state": "not undone" if error else "undone", "error": payload}


def cancelled(step: Step, *, may_be_there: bool) -> Outcome:
    """The outcome of a call that is not made any more; a process that is gone may have made it before."""
    return {**_empty(step), "state": "cancelled", "why": "the run was cancelled", "may_be_there": may_be_there}


def _failure(step: Step, error: ScribeTreeError) -> Outcome:
    return {**_empty(step), "state": "failed", "error": dict(error.payload())}


def _empty(step: Step) -> Outcome:
    return {"step": step.id, "state": "ok", "ms": 0.0, "result": None, "provenance": None, "error": None}
