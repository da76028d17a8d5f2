"""`scribetree workflows`: what can be run, what has been run, and how far it came."""

from datetime import UTC, datetime
from typing import Any, Self

from scribetree.errors import UnknownName
from scribetree.host.commands._session import print_json, say
from scribetree.host.workflows.definition import library, load_workflow
from scribetree.host.workflows.engine import RUN
from scribetree.host.workflows.liveness import is_held
from scribetree.host.workflows.store import make_serializer, system_database_url
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings
from scribetree.shapes import as_object

__all__ = ["cancel", "list_all", "show", "status"]

_SHOWN_RUNS = 50
_ENDED = {"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"}


def list_all(*, as_json: bool) -> int:
    """Definitions and the latest runs are listed."""
    definitions = [load_workflow(name) for name in library()]
    runs = _runs()
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
    """One run is shown, step by step."""
    with _opened(run_id) as store:
        found = store.find(run_id)
        steps = store.steps(run_id)
    shown = {**found, "steps": steps}
    if as_json:
        print_json(shown, indent=2)
        return 0
    print_line(f"{found['run_id']}  {found['workflow']}  {found['status']}  {found['started_at']}")
    for step in steps:
        print_line(f"  {step['step']}  {step['state']}  {step['ms']:.0f} ms")
    if found["status"] == "interrupted":
        say(f"hint: go on with `scribetree workflows resume {run_id}`")
    return 0


def cancel(run_id: str) -> int:
    """The run goes no further."""
    with _opened(run_id) as store:
        found = store.find(run_id)
        if found["status"] not in {"running", "interrupted", "queued"}:
            say(f"The run has ended already: {found['status']}.")
            return 1
        store.client.cancel_workflow(run_id)
    print_line(f"{run_id}  cancelled")
    return 0


def print_line(text: str) -> None:
    """A line of the answer, on standard output."""
    import typer  # noqa: PLC0415

    typer.echo(text)


def _opened(run_id: str) -> "_Store":
    if not _has_runs():
        raise UnknownName.of("run", run_id, [])
    return _Store()


def _has_runs() -> bool:
    settings = Settings.from_environment()
    return bool(settings.database_url) or (settings.home / "workflows.db").exists()


def _runs() -> list[dict[str, Any]]:
    if not _has_runs():
        return []
    with _Store() as store:
        return store.runs()


class _Store:
    """What DBOS keeps of runs, read without starting an engine."""

    def __init__(self) -> None:
        from dbos import DBOSClient  # noqa: PLC0415 - half a second

        self._settings = Settings.from_environment()
        self.client = DBOSClient(
            system_database_url=system_database_url(self._settings),
            serializer=make_serializer(KeyRing.open(self._settings)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.destroy()

    def runs(self) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        found = self.client.list_workflows(name=RUN, limit=_SHOWN_RUNS, sort_desc=True)
        return [self._shape(each) for each in found]

    def find(self, run_id: str) -> dict[str, Any]:
        """One run."""
        found = self.client.list_workflows(workflow_ids=[run_id])
        if not found:
            raise UnknownName.of("run", run_id, [run["run_id"] for run in self.runs()])
        return self._shape(found[0])

    def steps(self, run_id: str) -> list[dict[str, Any]]:
        """The recorded steps of one run, without what they said."""
        recorded = self.client.list_workflow_steps(run_id)
        return [
            {
                "step": output["step"],
                "state": output["state"],
                "ms": output["ms"],
                "provenance": output["provenance"],
            }
            for each in recorded
            if (output := as_object(each["output"])) and output.get("step")
        ]

    def _shape(self, found: Any) -> dict[str, Any]:  # noqa: ANN401 - DBOS's own record
        definition: dict[str, Any] = found.input["args"][0] if found.input else {}
        started = datetime.fromtimestamp((found.created_at or 0) / 1000, UTC)
        return {
            "run_id": found.workflow_id,
            "workflow": definition.get("id", ""),
            "status": self._status(found),
            "started_at": started.isoformat(timespec="seconds"),
        }

    def _status(self, found: Any) -> str:  # noqa: ANN401 - as above
        if found.status == "SUCCESS":
            return str(found.output["status"])
        if found.status in _ENDED:
            return "cancelled" if found.status == "CANCELLED" else "failed"
        if found.status in {"ENQUEUED", "DELAYED"}:
            return "queued"
        return "running" if is_held(self._settings, found.executor_id) else "interrupted"
