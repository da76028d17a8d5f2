"""
Workflows run by DBOS, durable from the first step: a finished step is never done again.

DBOS keeps one SQLite file in SCRIBETREE_HOME, or its tables in the PostgreSQL that several hosts share. What it keeps
of inputs and results is sealed: hosts that share runs share a key ring. It is imported in a thread while the servers
start, because it costs half a second.
"""

import asyncio
import os
import secrets
import time
import uuid
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Literal, get_args

import anyio
import anyio.to_thread

from scribetree.errors import ErrorPayload, InvalidInput, ScribeTreeError, Unavailable, UnknownName
from scribetree.host.answer import Answer
from scribetree.host.suite import Suite
from scribetree.host.workflows.check import check_against_tools
from scribetree.host.workflows.definition import Step, Workflow
from scribetree.host.workflows.execution import Run, StepEvent, StepListener, StepState, cancelled, left_out, withdrawn
from scribetree.host.workflows.history import is_paused, is_taken_back
from scribetree.host.workflows.liveness import hold, is_held
from scribetree.host.workflows.names import APPLICATION_VERSION, QUEUE, RUN, SCHEDULED, TAKEN_BACK
from scribetree.host.workflows.schedules import is_left_out, missed_spans
from scribetree.host.workflows.store import make_serializer, system_database_url
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import Rung
from scribetree.settings import Settings

__all__ = [
    "Engine",
    "RunResult",
    "RunStatus",
    "StepEvent",
    "StepListener",
    "StepState",
    "as_arguments",
    "as_result",
    "open_engine",
]

_CALLS_AT_ONCE = 20
"""Over all runs of this process; each workflow says its own limit below that."""

_FIRST_RETRY_S = 0.5
_LOOK_S = 1.0
_CANCELLED_LOOK_S = 0.2
"""A run looks no more often than this whether it was cancelled: one look costs a fifth of a step."""
_CLOCK_LOOK_S = 10.0
"""A worker looks so often for instants that were not fired: DBOS's own clock stands still while a machine sleeps."""
_TAKE_UP_S = 0.2
"""A worker looks so often whether a run waits; between two looks it takes up no more than it has room for."""
_POLL_S = 0.05
_CLOSE_WITHIN_S = 0.1
"""A thread of DBOS that is not used here sleeps so long between two looks at whether it should end."""
_RUNGS: tuple[Rung, ...] = get_args(Rung)

_NOT_DONE = frozenset({"failed", "cancelled"})

RunStatus = Literal["completed", "failed", "undone"]


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run that has ended; `steps` holds for each step its state, result, error and provenance."""

    run_id: str
    workflow: Workflow
    status: RunStatus
    steps: Mapping[str, Mapping[str, Any]]
    error: ErrorPayload | None = None
    """Why it never began, if a queued run turned out not to fit the tools."""

    def as_json(self) -> dict[str, Any]:
        """The shape that `scribetree run --json` prints."""
        return {
            "run_id": self.run_id,
            "workflow": self.workflow.id,
            "status": self.status,
            "steps": {name: dict(step) for name, step in self.steps.items()},
            **({"error": dict(self.error)} if self.error else {}),
        }


@dataclass(slots=True)
class _Going:
    """A run that this process is at."""

    places: asyncio.Semaphore
    looked_at: float
    is_fresh: bool
    """Whether no other process can have begun a call of it, nor this one before the run was stopped."""
    is_taken_back: bool = False


class Engine:
    """Runs workflows over one suite; there is one engine in a process."""

    def __init__(self, dbos: ModuleType, suite: Suite, *, settings: Settings, listener: StepListener) -> None:
        self._dbos: Any = dbos.DBOS
        self._set_id: Any = dbos.SetWorkflowID
        self._suite = suite
        self._settings = settings
        self._listener = listener
        self._everywhere = asyncio.Semaphore(_CALLS_AT_ONCE)
        self._going: dict[str, _Going] = {}
        self._begun: set[str] = set()

        @self._dbos.step(name="scribetree_call")  # type: ignore[untyped-decorator]
        async def call(
            step: dict[str, Any], arguments: dict[str, Any], caller: dict[str, Any], undoes: bool
        ) -> dict[str, Any]:
            run_id, asked = str(self._dbos.workflow_id), Step.model_validate(step)
            going = self._going[run_id]
            async with going.places, self._everywhere:
                if not undoes and await self._is_taken_back(run_id):
                    return cancelled(asked, may_be_there=not going.is_fresh)
                outcome = await self._call_tool(run_id, asked, arguments, PrivacyContext(**caller), undoes=undoes)
            return outcome if not undoes else {**outcome, "state": "not undone" if outcome["error"] else "undone"}

        @self._dbos.step(name="scribetree_withdraw")  # type: ignore[untyped-decorator]
        async def withdraw(step: dict[str, Any], receipt: str) -> dict[str, Any]:
            return withdrawn(Step.model_validate(step), await self._withdrawal_fault(receipt))

        @self._dbos.step(name="scribetree_check")  # type: ignore[untyped-decorator]
        async def check(flow: dict[str, Any]) -> dict[str, Any]:
            self._going[str(self._dbos.workflow_id)].is_fresh = True
            misfit = await self._misfit(Workflow.model_validate(flow))
            return {"step": None, "state": "ok", "error": None if misfit is None else dict(misfit.payload())}

        async def to_end(
            flow: dict[str, Any], inputs: dict[str, Any], caller: dict[str, Any], checked: bool
        ) -> dict[str, Any]:
            workflow = Workflow.model_validate(flow)
            run_id = str(self._dbos.workflow_id)
            with self._at(run_id, workflow):
                misfit = None if checked else (await check(flow))["error"]
                if misfit:
                    return {"workflow": flow, "status": "failed", "steps": {}, "error": misfit}
                run = Run(
                    run_id,
                    workflow,
                    inputs,
                    caller,
                    call=call,
                    withdraw=withdraw,
                    is_cancelled=lambda: self._is_taken_back(run_id),
                    listener=self._listener,
                )
                status, steps = await run.to_end()
            return {"workflow": flow, "status": status, "steps": steps}

        @self._dbos.workflow(name=RUN)  # type: ignore[untyped-decorator]
        async def run(
            flow: dict[str, Any], inputs: dict[str, Any], caller: dict[str, Any], checked: bool
        ) -> dict[str, Any]:
            return await to_end(flow, inputs, caller, checked)

        @self._dbos.workflow(name=SCHEDULED)  # type: ignore[untyped-decorator]
        async def scheduled(when: str, context: dict[str, Any]) -> dict[str, Any]:
            if await self._is_left_out(str(self._dbos.workflow_id), when, context):
                steps = left_out(Workflow.model_validate(context["flow"]), "its time had passed")
                return {"workflow": context["flow"], "status": "completed", "steps": steps}
            # An id that follows from the run's own, so that a replay has it too, and that can stand in a log.
            own_id = uuid.uuid5(uuid.NAMESPACE_OID, self._dbos.workflow_id).hex
            caller = {**context["caller"], "correlation_id": own_id}
            return await to_end(context["flow"], context["inputs"], caller, False)

        self._run = run
        self._scheduled = scheduled
        self._cancelled = dbos.error.DBOSAwaitedWorkflowCancelledError

    async def run(self, workflow: Workflow, inputs: Mapping[str, Any], *, caller: PrivacyContext) -> RunResult:
        """
        The workflow has run to its end; it can be resumed by its id from the moment it began.

        The id is the caller's correlation id: the same id again gives the same run, finished or going on.
        """
        handle = await self._start(workflow, inputs, caller)
        try:
            return as_result(handle.get_workflow_id(), await handle.get_result(polling_interval_sec=_POLL_S))
        except self._cancelled:
            raise _stopped(await self._known(caller.correlation_id)) from None

    async def run_once(self, workflow: Workflow, inputs: Mapping[str, Any], *, caller: PrivacyContext) -> RunResult:
        """As `run`, but one of that id that was interrupted or paused goes on, and one that failed is tried anew."""
        status = await self._dbos.get_workflow_status_async(caller.correlation_id)
        if status is None or status.status == "SUCCESS":
            result = await self.run(workflow, inputs, caller=caller)
            return result if status is None or result.status == "completed" else await self.retry(result.run_id)
        if status.status not in {"PENDING", "ENQUEUED"}:
            await self._go_on(caller.correlation_id)
        return await self.wait_for(caller.correlation_id)

    async def begin(self, workflow: Workflow, inputs: Mapping[str, Any], *, caller: PrivacyContext) -> None:
        """The run goes on by itself, from its begin or from where it was; one that has ended stays as it is."""
        status = await self._dbos.get_workflow_status_async(caller.correlation_id)
        if status is None:
            await self._start(workflow, inputs, caller)
        elif is_paused(status) or (status.status == "PENDING" and not is_held(self._settings, status.executor_id)):
            await self._go_on(caller.correlation_id)

    async def _start(self, workflow: Workflow, inputs: Mapping[str, Any], caller: PrivacyContext) -> Any:  # noqa: ANN401 - DBOS's handle
        workflow.check_inputs(inputs)
        await self.check_tools(workflow)
        self._begun.add(caller.correlation_id)
        with self._set_id(caller.correlation_id):
            return await self._dbos.start_workflow_async(self._run, *as_arguments(workflow, inputs, caller), True)

    async def _go_on(self, run_id: str, **where: str) -> None:
        self._begun.discard(run_id)
        await self._dbos.resume_workflow_async(run_id, **where)

    async def resume(self, run_id: str) -> RunResult:
        """An interrupted or paused run has gone on to its end; a cancelled one is refused."""
        status = await self._known(run_id)
        if status.status == "CANCELLED" and not is_paused(status):
            raise _stopped(status)
        if status.status == "PENDING" and is_held(self._settings, status.executor_id):
            raise InvalidInput(
                "That run is going on in another process.",
                hint=f"See `scribetree workflows status {run_id}`.",
            )
        await self._go_on(run_id)
        return await self.wait_for(run_id)

    async def take_back(self, run_id: str) -> RunResult:
        """
        The run begins no further call, and what it did was taken back, last first, as far as that can be.

        Whichever process is at the run does it; if that one dies, or none is, it is done here. A kill in the middle
        leaves a run that is resumed like any other.
        """
        status = await self._known(run_id)
        if status.status == "SUCCESS" and is_taken_back(status):
            return as_result(run_id, status.output)
        if status.status in {"SUCCESS", "ERROR"}:
            raise InvalidInput(
                "The run has ended already.", hint=f"See `scribetree workflows status {run_id}`: nothing was changed."
            )
        await self._dbos.update_workflow_attributes_async(run_id, {TAKEN_BACK: run_id}, merge=True)
        if status.status != "PENDING":
            await self._go_on(run_id)
        return await self.wait_for(run_id)

    async def retry(self, run_id: str, *, from_step: str | None = None) -> RunResult:
        """
        A new run has gone to its end, which keeps what an ended one did before a step and does the rest anew.

        Without a step it begins at the first that failed; where anything was taken back, it is begun anew.
        """
        status = await self._known(run_id)
        if status.status in {"PENDING", "ENQUEUED"}:
            raise InvalidInput(
                "The run has not ended.", hint=f"It goes on with `scribetree workflows resume {run_id}`."
            )
        recorded = await self._dbos.list_workflow_steps_async(run_id)
        was_undone = any(each["output"] and each["output"]["state"] == "undone" for each in recorded)
        number = 1 if was_undone else _first_number(recorded, from_step)
        if number is None:
            known = {str(each["output"]["step"]) for each in recorded if each["output"]}
            raise UnknownName.of("step", str(from_step), known, where=f" among those that run {run_id} called")
        forked = await self._dbos.fork_workflow_async(run_id, number)
        return await self.wait_for(forked.get_workflow_id())

    async def wait_for(self, run_id: str) -> RunResult:
        """The run has ended, whichever process is at it; if that one dies, the run goes on here."""
        while True:
            status = await self._known(run_id)
            if status.status == "SUCCESS":
                return as_result(run_id, status.output)
            if status.status == "PENDING" and not is_held(self._settings, status.executor_id):
                await self._go_on(run_id)
            elif status.status not in {"PENDING", "ENQUEUED"}:
                raise _stopped(status)
            await anyio.sleep(_POLL_S)

    async def work(self, *, runs_at_once: int, over_all: int | None = None, until_empty: bool = False) -> None:
        """
        Queued runs are taken up, and those of workers that died are taken over, until this task is cancelled.

        No worker has more than `runs_at_once` of them, and all together no more than `over_all` (0: no limit; None: as
        it stands). DBOS keeps both beside the runs, so that what was said last holds for every worker. With
        `until_empty` it ends when no run waits and none is going on.
        """
        await self._limit_queue(runs_at_once, over_all)
        looked_at = -_CLOCK_LOOK_S
        while True:
            if time.monotonic() >= looked_at + _CLOCK_LOOK_S:
                looked_at = time.monotonic()
                for name, start, end in missed_spans(await self._dbos.list_schedules_async()):
                    await self._dbos.backfill_schedule_async(name, start, end)
            running = await self._unfinished("PENDING")
            await self._take_over(running)
            if until_empty and not running and not await self._unfinished("ENQUEUED", most=1):
                return
            await anyio.sleep(_LOOK_S)

    async def _limit_queue(self, runs_at_once: int, over_all: int | None) -> None:
        if over_all is None:
            kept = await self._dbos.retrieve_queue_async(QUEUE)
            over_all = None if kept is None else await kept.get_global_concurrency_async()
        await self._dbos.register_queue_async(
            QUEUE,
            worker_concurrency=min(runs_at_once, over_all or runs_at_once),
            global_concurrency=over_all or None,
            polling_interval_sec=_TAKE_UP_S,
            on_conflict="always_update",
        )

    async def _unfinished(self, state: str, *, most: int | None = None) -> list[Any]:
        found: list[Any] = await self._dbos.list_workflows_async(
            name=[RUN, SCHEDULED], status=[state], limit=most, load_input=False, load_output=False
        )
        return found

    async def _take_over(self, running: list[Any]) -> None:
        """Runs whose process died wait in the queue again."""
        others = {str(run.executor_id) for run in running} - {str(self._dbos.executor_id)}
        dead = {executor for executor in others if not is_held(self._settings, executor)}
        for run in running:
            if run.executor_id in dead:
                await self._go_on(run.workflow_id, queue_name=QUEUE)

    async def check_tools(self, workflow: Workflow) -> None:
        """Nothing happens if the workflow fits the tools that are there."""
        misfit = await self._misfit(workflow)
        if misfit is not None:
            raise misfit

    async def _misfit(self, workflow: Workflow) -> ScribeTreeError | None:
        await self._suite.settled()
        tools = {status.name: {tool.name: tool for tool in status.tools} for status in self._suite.statuses()}
        try:
            check_against_tools(workflow, tools)
        except ScribeTreeError as misfit:
            return misfit
        return None

    async def _known(self, run_id: str) -> Any:  # noqa: ANN401 - DBOS's own record
        status = await self._dbos.get_workflow_status_async(run_id)
        if status is None:
            raise UnknownName.of("run", run_id, [])
        return status

    async def _withdrawal_fault(self, receipt: str) -> ScribeTreeError | None:
        try:
            is_gone = await self._suite.outbox.withdraw(receipt)
        except ScribeTreeError as error:
            return error
        late = "It waited in the outbox and was sent since, or waits on another host: what it writes may be there."
        return None if is_gone else Unavailable(late, hint="See `scribetree outbox`.")

    @contextmanager
    def _at(self, run_id: str, workflow: Workflow) -> Generator[None]:
        """This process is known to be at the run."""
        is_fresh = run_id in self._begun
        looked_at = time.monotonic() if is_fresh else -_CANCELLED_LOOK_S
        self._going[run_id] = _Going(asyncio.Semaphore(workflow.at_once), looked_at=looked_at, is_fresh=is_fresh)
        try:
            yield
        finally:
            del self._going[run_id]
            self._begun.discard(run_id)

    async def _is_taken_back(self, run_id: str) -> bool:
        going = self._going[run_id]
        if not going.is_taken_back and time.monotonic() >= going.looked_at + _CANCELLED_LOOK_S:
            going.looked_at = time.monotonic()
            found = await self._look_up(run_id)
            going.is_taken_back = found is not None and is_taken_back(found)
        return going.is_taken_back

    async def _is_left_out(self, run_id: str, when: str, context: dict[str, Any]) -> bool:
        found = await self._look_up(run_id)
        if found is None:
            return False
        begun = datetime.fromtimestamp(found.created_at / 1000, UTC)
        return is_left_out(datetime.fromisoformat(when), begun=begun, context=context)

    async def _look_up(self, run_id: str) -> Any:  # noqa: ANN401 - DBOS's own record
        """The run without what it was given, looked up from within it."""

        def look() -> Any:  # noqa: ANN401 - as above
            found = self._dbos.list_workflows(workflow_ids=[run_id], load_input=False, load_output=False)
            return found[0] if found else None

        # In a thread that does not see that this is a run: DBOS would make the look a step of it.
        return await asyncio.get_running_loop().run_in_executor(None, look)

    async def _call_tool(
        self, run_id: str, step: Step, arguments: dict[str, Any], caller: PrivacyContext, *, undoes: bool
    ) -> dict[str, Any]:
        """The one thing that DBOS records: a call and its outcome, tried again while that may help."""
        self._listener(StepEvent(step, "running", run_id=run_id))
        started_at, started = datetime.now(UTC), time.perf_counter()
        pause = _FIRST_RETRY_S
        attempts_left = step.retries
        while True:
            answer = await self._suite.call(step.server, step.tool, arguments, caller=caller, timeout_s=step.timeout_s)
            error = answer.error or _too_low(step, answer)
            if error is None or not error["retryable"] or not attempts_left:
                break
            if not undoes and await self._is_taken_back(run_id):
                break
            self._listener(StepEvent(step, "retrying", note=error["message"], run_id=run_id))
            await anyio.sleep(pause)
            pause *= 2
            attempts_left -= 1
        return {
            "step": step.id,
            "state": "failed" if error else "ok",
            "started_at": started_at.isoformat(timespec="milliseconds"),
            "ms": round((time.perf_counter() - started) * 1000, 1),
            **answer.as_json(),
            "result": None if error else answer.result,
            "error": dict(error) if error else None,
        }


def as_arguments(
    workflow: Workflow, inputs: Mapping[str, Any], caller: PrivacyContext
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What a run is begun with: its definition, its inputs and its caller, as JSON."""
    return workflow.model_dump(mode="json", by_alias=True), dict(inputs), asdict(caller)


@asynccontextmanager
async def open_engine(
    suite: Suite, *, settings: Settings, listener: StepListener, works: bool = False
) -> AsyncGenerator[Engine]:
    """
    The engine while it runs; runs that it had not ended can be resumed afterwards.

    Only one that `works` takes up queued runs.
    """
    dbos = await anyio.to_thread.run_sync(_import_dbos)
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - with DBOS

    try:
        executor = f"host-{os.getpid()}-{secrets.token_hex(4)}"
        with hold(settings, executor):
            dbos.DBOS(
                config={
                    "name": "scribetree",
                    "system_database_url": system_database_url(settings),
                    "serializer": make_serializer(KeyRing.open(settings)),
                    "application_version": APPLICATION_VERSION,
                    "executor_id": executor,
                    "log_level": "CRITICAL",
                    "notification_listener_polling_interval_sec": _CLOSE_WITHIN_S,
                }
            )
            engine = Engine(dbos, suite, settings=settings, listener=listener)
            dbos.DBOS.listen_queues([QUEUE] if works else [])
            dbos.DBOS.launch()
            try:
                yield engine
            finally:
                dbos.DBOS.destroy()
    except OperationalError as error:
        raise Unavailable(
            "The runs cannot be written down: the disk is full, or their database cannot be reached.",
            hint="Make room or bring it back, then `scribetree workflows resume`: what was done is kept.",
        ) from error


def _import_dbos() -> ModuleType:
    import dbos  # noqa: PLC0415 - half a second

    return dbos


def as_result(run_id: str, outcome: Mapping[str, Any]) -> RunResult:
    """A run that has ended, from what was recorded of its end."""
    return RunResult(
        run_id=run_id,
        workflow=Workflow.model_validate(outcome["workflow"]),
        status=outcome["status"],
        steps=outcome["steps"],
        error=outcome.get("error"),
    )


def _stopped(status: Any) -> ScribeTreeError:  # noqa: ANN401 - as above
    """Why a run has no result."""
    run_id = status.workflow_id
    if is_paused(status):
        return InvalidInput("The run was paused.", hint=f"It goes on with `scribetree workflows resume {run_id}`.")
    rest = f"`scribetree workflows retry {run_id}` does the rest of it in a new run"
    if status.status == "CANCELLED":
        undo = f"`scribetree workflows cancel {run_id} --undo` takes back what it did"
        return InvalidInput("The run was cancelled.", hint=f"{rest}; {undo}.")
    return InvalidInput("The run broke off for a reason of its own.", hint=f"{rest}.")


def _too_low(step: Step, answer: Answer) -> ErrorPayload | None:
    """The error of an answer from a rung below the least that the step accepts."""
    rung = answer.provenance.served_by
    if rung is None or _RUNGS.index(rung) <= _RUNGS.index(step.least_rung):
        return None
    return Unavailable(
        f"{step.server} is away, and step {step.id} accepts no answer from the rung {rung}.",
        hint="Resume the run when the server is back.",
    ).payload()


def _first_number(recorded: list[Any], step_id: str | None) -> int | None:
    """The number under which DBOS recorded the first call of that step; without a step, the first that was not done."""
    for each in recorded:
        outcome = each["output"]
        if outcome and (outcome["step"] == step_id or (step_id is None and outcome["state"] in _NOT_DONE)):
            return int(each["function_id"])
    # Where no call failed, what came after the last one did.
    return len(recorded) + 1 if step_id is None else None
