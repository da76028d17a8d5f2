"""
`scribetree run --batch`: one run of a workflow for each line of a file, side by side, resumable.

A run's id follows from the workflow and its inputs, keyed, so that the same batch again does only what is missing:
finished runs are shown as they ended, interrupted ones go on, failed ones are tried again.
"""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio

from scribetree.errors import InternalError, InvalidInput, ScribeTreeError
from scribetree.host.commands._session import caller_for, parse_json, print_json, read_input, running_suite, say
from scribetree.host.commands.run import resolve_inputs
from scribetree.host.config import load_configuration
from scribetree.host.workflows.definition import Workflow, load_workflow
from scribetree.host.workflows.engine import Engine, RunResult, open_engine
from scribetree.host.workflows.run_ids import run_id_of
from scribetree.log import log, where_raised
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings
from scribetree.shapes import as_object

__all__ = ["run_batch"]

_RUNS_AT_ONCE = 4
_MAX_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch: its inputs, or what is wrong with it."""

    number: int
    inputs: dict[str, Any] = field(default_factory=dict, repr=False)
    fault: ScribeTreeError | None = None


def run_batch(config: Path | None, name: str, batch: Path, *, role: str, as_json: bool) -> int:
    """Every line has been run, and each answer was printed as it came; 0 if all completed, else 1."""
    workflow = load_workflow(name)
    lines = list(_lines(batch, workflow))
    return anyio.run(_run_all, config, workflow, lines, role, as_json)


async def _run_all(config: Path | None, workflow: Workflow, lines: list[Line], role: str, as_json: bool) -> int:
    settings = Settings.from_environment()
    ring = KeyRing.open(settings)
    failed: list[int] = []
    places = anyio.Semaphore(_RUNS_AT_ONCE)

    async def one(line: Line) -> None:
        async with places:
            shown = await _run_line(engine, workflow, line, role=role, ring=ring)
        if shown["status"] != "completed":
            failed.append(line.number)
        _show(shown, as_json=as_json)
        one_done()

    async with (
        running_suite(load_configuration(config)) as suite,
        open_engine(suite, settings=settings, listener=lambda _: None) as engine,
    ):
        await engine.check_tools(workflow)
        with _bar(workflow.title, len(lines)) as one_done:
            async with anyio.create_task_group() as group:
                for line in lines:
                    group.start_soon(one, line)
    if not as_json and len(failed) < len(lines):
        say("hint: `scribetree workflows report RUN` shows what a run found")
    say(f"{len(lines) - len(failed)} of {len(lines)} completed" + (f"; not: lines {_listed(failed)}" if failed else ""))
    return 1 if failed else 0


async def _run_line(engine: Engine, workflow: Workflow, line: Line, *, role: str, ring: KeyRing) -> dict[str, Any]:
    """What became of one line; whatever it is, the other lines go on."""
    if line.fault is not None:
        return _not_run(line, line.fault)
    try:
        caller = caller_for(role, purpose="assessment", student_id=line.inputs.get("student_id"))
        caller = replace(caller, correlation_id=run_id_of(workflow, line.inputs, ring=ring))
        result = await engine.run_once(workflow, line.inputs, caller=caller)
    except ScribeTreeError as error:
        return _not_run(line, error)
    except Exception as error:  # noqa: BLE001 - a run's own defect is that line's, and not the batch's
        log.error("batch_line_failed", line=line.number, **where_raised(error))
        return _not_run(
            line,
            InternalError("The run failed for a reason of its own.", hint="Run that line alone with `--watch`."),
        )
    return {"line": line.number, **result.as_json(), "error": _first_error(result)}


def _not_run(line: Line, error: ScribeTreeError) -> dict[str, Any]:
    return {"line": line.number, "status": "failed", "run_id": None, "error": dict(error.payload())}


def _first_error(result: RunResult) -> dict[str, Any] | None:
    return next((step["error"] for step in result.steps.values() if step["error"]), None)


def _lines(batch: Path, workflow: Workflow) -> Iterator[Line]:
    written = [line for line in enumerate(read_input(batch).splitlines(), 1) if line[1].strip()]
    if not 0 < len(written) <= _MAX_LINES:
        raise InvalidInput(
            f"{batch} holds {len(written)} lines; a batch has 1 to {_MAX_LINES}.", hint="Write one JSON object a line."
        )
    for number, text in written:
        try:
            inputs = as_object(parse_json(text, f"{batch}, line {number},"))
            if inputs is None:
                raise InvalidInput(f"{batch}, line {number}, is not a JSON object.", hint="Write the inputs by name.")
            resolved = resolve_inputs(inputs, batch.parent)
            workflow.check_inputs(resolved)
            yield Line(number, resolved)
        except ScribeTreeError as fault:
            yield Line(number, fault=fault)


def _show(shown: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(shown)
        return
    why = f": {shown['error']['message']}" if shown["error"] else ""
    sys.stdout.write(f"line {shown['line']}  {shown['status']}  {shown['run_id'] or '-'}{why}\n")
    sys.stdout.flush()


@contextmanager
def _bar(title: str, total: int) -> Generator[Callable[[], None]]:
    """What to call when one line is done; on a terminal it moves a bar."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where a person watches
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in sorted(numbers)[:20])
    return shown + (f" and {len(numbers) - 20} more" if len(numbers) > 20 else "")
