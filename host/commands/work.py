"""`scribetree run --queue` and `scribetree workflows work`: runs left for a worker, and the worker."""

import sys
from pathlib import Path

import anyio

from scribetree.host.commands._session import caller_for, running_suite, say
from scribetree.host.commands.run import keyed, read_inputs
from scribetree.host.config import load_configuration
from scribetree.host.workflows.definition import load_workflow
from scribetree.host.workflows.engine import StepEvent, as_arguments, open_engine
from scribetree.host.workflows.names import APPLICATION_VERSION, QUEUE, RUN
from scribetree.host.workflows.store import make_serializer, system_database_url
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

__all__ = ["enqueue", "work"]


def enqueue(name: str, input_file: Path, *, role: str, priority: int, key: str | None = None) -> int:
    """The run waits for a worker, durably, unless one of that `key` was left before; its id is on standard output."""
    from dbos import DBOS, DBOSClient  # noqa: PLC0415 - half a second

    settings = Settings.from_environment()
    workflow, inputs = load_workflow(name), read_inputs(input_file)
    workflow.check_inputs(inputs)
    caller = caller_for(role, purpose="assessment", student_id=inputs.get("student_id"))
    if key is not None:
        caller = keyed(caller, workflow, inputs, key=key)
    DBOS.migrate(system_database_url(settings))  # nobody may have run anything here yet
    client = DBOSClient(
        system_database_url=system_database_url(settings), serializer=make_serializer(KeyRing.open(settings))
    )
    try:
        client.enqueue(
            {
                "queue_name": QUEUE,
                "workflow_name": RUN,
                "workflow_id": caller.correlation_id,
                "app_version": APPLICATION_VERSION,
                "priority": priority,
            },
            *as_arguments(workflow, inputs, caller),
            False,
        )
    finally:
        client.destroy()
    sys.stdout.write(caller.correlation_id + "\n")
    say("hint: `scribetree workflows work` takes it up; `scribetree workflows status` shows it")
    return 0


def work(config: Path | None, *, runs_at_once: int, over_all: int | None, until_empty: bool) -> int:
    """Queued runs have been done until the queue was empty, or a signal came."""
    try:
        anyio.run(_work, config, runs_at_once, over_all, until_empty)
    except KeyboardInterrupt:
        say("stopped; what was under way goes on with the next worker")
    return 0


async def _work(config: Path | None, runs_at_once: int, over_all: int | None, until_empty: bool) -> None:
    settings = Settings.from_environment()
    async with (
        running_suite(load_configuration(config)) as suite,
        open_engine(suite, settings=settings, listener=_say_step, works=True) as engine,
    ):
        await engine.work(runs_at_once=runs_at_once, over_all=over_all, until_empty=until_empty)


def _say_step(event: StepEvent) -> None:
    if event.state in {"failed", "retrying", "not undone"}:
        say(f"step    {event.step.id} {event.state}: {event.note}")
