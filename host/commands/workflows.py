"""`scribetree workflows`: what can be run, what has been run, and how far it came."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from scribetree.errors import UnknownName
from scribetree.host.commands._session import print_json, print_line, say
from scribetree.host.workflows.definition import library, load_workflow
from scribetree.host.workflows.history import History
from scribetree.host.workflows.store import has_runs
from scribetree.settings import Settings

__all__ = ["cancel", "list_all", "pause", "show", "status"]


def list_all(*, as_json: bool) -> int:
    """Definitions and the latest runs are listed."""
    definitions = [load_workflow(name) for name in library()]
    settings = Settings.from_environment()
    runs: list[dict[str, Any]] = []
    if has_runs(settings):
        with History(settings) as history:
            runs = history.runs()
    if as_json:
        print_json(
            {"workflows": [{"id": each.id, "title": each.title} for each in definitions], "runs": runs},
            indent=2,
        )
        return 0
    for each in definitions:
        print_line(f"{each.id}  {each.title}")
    for run in runs:
        print_line(f"{run['run_id']}  {run['workflow']}  {run['status']}  {run['started_at']}")
    return 0


def show(name: str, *, as_json: bool) -> int:
    """One definition is shown, its steps in the order in which they can run."""
    workflow = load_workflow(name)
    if as_json:
        print_json(workflow.model_dump(mode="json", by_alias=True), indent=2)
        return 0
    print_line(f"{workflow.id}: {workflow.title}\n\n{workflow.description.strip()}\n\ninputs")
    for input_name, spec in workflow.inputs.items():
        print_line(f"  {input_name}{' (required)' if spec.required else ''}: {spec.description}")
    print_line("\nsteps")
    for number, wave in enumerate(workflow.waves(), 1):
        for step in wave:
            print_line(f"  {number}. {step.id}: {step.server} {step.tool}")
    return 0


def status(run_id: str, *, as_json: bool) -> int:
    """One run is shown, call by call: when it began, how long it took, and who answered."""
    with _opened(run_id) as history:
        found = history.find(run_id)
        steps = history.steps(run_id)
    if as_json:
        print_json({**found, "steps": steps}, indent=2)
        return 0
    print_line(f"{found['run_id']}  {found['workflow']}  {found['status']}  {found['started_at']}")
    for step in steps:
        print_line(f"  {step['started_at']}  {step['step']}  {step['state']}  {step['ms']:.0f} ms  {_origin(step)}")
    if found["status"] in {"interrupted", "paused"}:
        say(f"hint: go on with `scribetree workflows resume {run_id}`")
    return 0


def cancel(run_id: str) -> int:
    """The run goes no further."""
    with _opened(run_id) as history:
        history.cancel(run_id)
    print_line(f"{run_id}  cancelled")
    return 0


def pause(run_id: str) -> int:
    """The run waits until it is resumed."""
    with _opened(run_id) as history:
        history.pause(run_id)
    print_line(f"{run_id}  paused")
    say(f"hint: go on with `scribetree workflows resume {run_id}`")
    return 0


def _origin(step: dict[str, Any]) -> str:
    """Which rung of which server answered, after how many attempts."""
    origin = step["provenance"]
    if origin is None:
        return ""
    attempts = len(origin["attempts"])
    rung = origin["served_by"] or "nobody"
    return f"{origin['server']} by {rung}" + (f", {attempts} attempts" if attempts > 1 else "")


@contextmanager
def _opened(run_id: str) -> Generator[History]:
    settings = Settings.from_environment()
    if not has_runs(settings):
        raise UnknownName.of("run", run_id, [])
    with History(settings) as history:
        yield history
