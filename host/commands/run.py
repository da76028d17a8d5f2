"""`scribetree run` and `scribetree workflows resume`: a workflow to its end, watched, and its report."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio

from scribetree.errors import InvalidInput
from scribetree.host.commands._session import (
    caller_for,
    parse_json,
    print_json,
    read_input,
    read_json,
    running_suite,
    say,
)
from scribetree.host.config import Configuration, load_configuration
from scribetree.host.progress import Progress
from scribetree.host.workflows.definition import Workflow, load_workflow
from scribetree.host.workflows.engine import Engine, RunResult, RunStatus, open_engine
from scribetree.host.workflows.report import render
from scribetree.host.workflows.run_ids import run_id_of
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings
from scribetree.shapes import as_object

__all__ = ["keyed", "read_inputs", "resolve_inputs", "resume", "retry", "run", "take_back"]

_MAX_FILES = 50


def run(
    config: Path | None, name: str, input_file: Path, *, role: str, as_json: bool, watch: bool, key: str | None = None
) -> int:
    """
    The workflow has run; its report, or with --json its results, are on standard output.

    With a `key`, a run of the same workflow, inputs and key that was begun before, here or on another host, is this
    one: it is waited for, goes on, or is shown as it ended.
    """
    workflow = load_workflow(name)
    inputs = read_inputs(input_file)
    workflow.check_inputs(inputs)
    caller = caller_for(role, purpose="assessment", student_id=inputs.get("student_id"))

    if key is not None:
        caller = keyed(caller, workflow, inputs, key=key)

    async def go(engine: Engine) -> RunResult:
        start = engine.run if key is None else engine.run_once
        return await start(workflow, inputs, caller=caller)

    return _drive(config, go, as_json=as_json, watch=watch, workflow=workflow, caller=caller)


def resume(config: Path | None, run_id: str, *, as_json: bool, watch: bool) -> int:
    """The interrupted run has gone on to its end."""

    async def go(engine: Engine) -> RunResult:
        return await engine.resume(run_id)

    return _drive(config, go, as_json=as_json, watch=watch)


def retry(config: Path | None, run_id: str, *, from_step: str | None, as_json: bool, watch: bool) -> int:
    """A new run has kept what the old one did before a step, and has done the rest."""

    async def go(engine: Engine) -> RunResult:
        return await engine.retry(run_id, from_step=from_step)

    return _drive(config, go, as_json=as_json, watch=watch)


def take_back(config: Path | None, run_id: str, *, as_json: bool, watch: bool) -> int:
    """The run has stopped, and what it did was taken back; 1 if something of it stays."""

    async def go(engine: Engine) -> RunResult:
        return await engine.take_back(run_id)

    return _drive(config, go, as_json=as_json, watch=watch, wanted="undone")


def keyed(caller: PrivacyContext, workflow: Workflow, inputs: dict[str, Any], *, key: str) -> PrivacyContext:
    """The caller whose run has the id that follows from what is run and the key."""
    ring = KeyRing.open(Settings.from_environment())
    return replace(caller, correlation_id=run_id_of(workflow, inputs, key, ring=ring))


def read_inputs(path: Path) -> dict[str, Any]:
    """The inputs in a JSON file; a value "@name" stands for the file of that name beside it."""
    inputs = as_object(read_json(f"@{path}"))
    if inputs is None:
        raise InvalidInput(f"{path} does not hold a JSON object.", hint="Write the inputs by name.")
    return resolve_inputs(inputs, path.parent)


def resolve_inputs(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same inputs, with each value "@name" replaced by what the file of that name in `folder` holds."""
    named = [value for value in inputs.values() if isinstance(value, str) and value.startswith("@")]
    if len(named) > _MAX_FILES:
        raise InvalidInput(f"The inputs name more than {_MAX_FILES} files.", hint="Split them.")
    return {name: _resolved(value, folder) for name, value in inputs.items()}


def _resolved(value: Any, folder: Path) -> Any:  # noqa: ANN401 - JSON
    if not (isinstance(value, str) and value.startswith("@")):
        return value
    path = folder / value[1:]
    if path.suffix == ".jsonl":
        lines = enumerate(read_input(path).splitlines(), 1)
        return [parse_json(line, f"{path}, line {number},") for number, line in lines if line.strip()]
    return read_json(f"@{path}") if path.suffix == ".json" else read_input(path)


def _drive(
    config: Path | None,
    go: Callable[[Engine], Awaitable[RunResult]],
    *,
    as_json: bool,
    watch: bool,
    workflow: Workflow | None = None,
    caller: PrivacyContext | None = None,
    wanted: RunStatus = "completed",
) -> int:
    progress = Progress(workflow, shown=watch or sys.stderr.isatty() or not as_json)
    try:
        result = anyio.run(_run, load_configuration(config), go, progress)
    except KeyboardInterrupt:
        if caller:
            say(f"\ninterrupted; go on with: scribetree workflows resume {caller.correlation_id}")
        return 1
    if as_json:
        print_json(result.as_json())
    else:
        sys.stdout.write(render(result))
    return 0 if result.status == wanted else 1


async def _run(
    configuration: Configuration, go: Callable[[Engine], Awaitable[RunResult]], progress: Progress
) -> RunResult:
    settings = Settings.from_environment()
    async with running_suite(configuration, on_change=progress.server_changed) as suite:
        with progress:
            async with open_engine(suite, settings=settings, listener=progress.step_changed) as engine:
                return await go(engine)
