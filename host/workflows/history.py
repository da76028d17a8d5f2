"""
What is kept of runs, read and steered from outside, without starting an engine.

A run is queued, running, interrupted (its process died), paused, or ended: completed, failed, undone or
cancelled.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, Self

from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.workflows.liveness import is_held
from scribetree.host.workflows.names import PAUSED, RUN, SCHEDULED, TAKEN_BACK
from scribetree.host.workflows.store import make_serializer, system_database_url
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings
from scribetree.shapes import as_list, as_object

__all__ = ["UNENDED", "History", "is_paused", "is_taken_back"]

_SHOWN_RUNS = 50

UNENDED = frozenset({"queued", "running", "interrupted", "paused"})
"""The states from which a run can still go on."""


class History:
    """The runs of an installation; a context."""

    def __init__(self, settings: Settings) -> None:
        from dbos import DBOSClient  # noqa: PLC0415 - half a second

        self._settings = settings
        self.client = DBOSClient(
            system_database_url=system_database_url(settings), serializer=make_serializer(KeyRing.open(settings))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.destroy()

    def runs(self, *, limit: int = _SHOWN_RUNS) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        found = self.client.list_workflows(name=[RUN, SCHEDULED], limit=limit, sort_desc=True)
        return [self._shape(each) for each in found]

    def find(self, run_id: str) -> dict[str, Any]:
        """One run."""
        found = self.client.list_workflows(workflow_ids=[run_id])
        if not found:
            raise UnknownName("There is no run of that id.", hint="`scribetree workflows` lists the latest runs.")
        return self._shape(found[0])

    def is_of(self, run_id: str, caller: PrivacyContext) -> bool:
        """Whether the run was begun by this caller, or the caller looks after all runs."""
        found = self.client.list_workflows(workflow_ids=[run_id], load_output=False)
        begun_by = _begun_by(found[0].input) if found else None
        if begun_by is None:
            return False
        is_own = (begun_by["requester_id"], begun_by["requester_type"]) == (caller.requester_id, caller.requester_type)
        return is_own or caller.requester_type in {"administrator", "system"}

    def steps(self, run_id: str) -> list[dict[str, Any]]:
        """The recorded calls of one run in their order: when, how long, answered by whom; not what they said."""
        return [
            {
                "number": int(each["function_id"]),
                "step": output["step"],
                "state": output["state"],
                "started_at": output.get("started_at") or _iso(each["started_at_epoch_ms"]),
                "ms": output["ms"],
                "provenance": output["provenance"],
                "error": output["error"],
            }
            for each in self.client.list_workflow_steps(run_id)
            if (output := as_object(each["output"])) and output.get("step")
        ]

    def outcome(self, run_id: str) -> dict[str, Any] | None:
        """What was recorded of a run's end; None if it has none."""
        found = self.client.list_workflows(workflow_ids=[run_id])
        return as_object(found[0].output) if found else None

    def written(self, run_id: str) -> list[str]:
        """The steps of a run that changed something which still stands."""
        found = self.client.list_workflows(workflow_ids=[run_id], load_output=False)
        definition = (_definition(found[0].input) if found else None) or {"steps": []}
        states = {step["step"]: step["state"] for step in self.steps(run_id)}
        return [
            step["id"]
            for step in definition["steps"]
            if (step["undo"] or step["final"]) and states.get(step["id"]) in {"ok", "not undone"}
        ]

    def cancel(self, run_id: str) -> None:
        """The run goes no further; what it did stays."""
        self._stop(run_id, "cancelled")

    def take_back(self, run_id: str) -> None:
        """The run begins no further call; the process that is at it, or goes on with it, takes back what it did."""
        state = self.find(run_id)["status"]
        if state not in UNENDED | {"cancelled"}:
            raise InvalidInput(f"The run is {state} already.", hint=f"See `scribetree workflows status {run_id}`.")
        self.client.update_workflow_attributes(run_id, {TAKEN_BACK: run_id}, merge=True)

    def pause(self, run_id: str) -> None:
        """The run begins no further call until it is resumed; one that was under way is done again then."""
        self._stop(run_id, "paused")

    def _stop(self, run_id: str, how: Literal["cancelled", "paused"]) -> None:
        state = self.find(run_id)["status"]
        if state not in UNENDED or state == how:
            raise InvalidInput(f"The run is {state} already.", hint=f"See `scribetree workflows status {run_id}`.")
        self.client.update_workflow_attributes(run_id, {PAUSED: how == "paused"}, merge=True)
        self.client.cancel_workflow(run_id)

    def _shape(self, found: Any) -> dict[str, Any]:  # noqa: ANN401 - DBOS's own record
        return {
            "run_id": found.workflow_id,
            "workflow": str((_definition(found.input) or {"id": ""})["id"]),
            "status": self._status(found),
            "started_at": _iso(found.created_at or 0),
            "ended_at": _iso(found.completed_at) if found.completed_at else None,
            "attempts": found.recovery_attempts or 0,
            "schedule": found.schedule_name,
            "forked_from": found.forked_from,
        }

    def _status(self, found: Any) -> str:  # noqa: ANN401 - as above
        match found.status:
            case "SUCCESS":
                return str(found.output["status"])
            case "ENQUEUED" | "DELAYED":
                return "queued"
            case "PENDING":
                return "running" if is_held(self._settings, found.executor_id) else "interrupted"
            case "CANCELLED":
                return "paused" if is_paused(found) else "cancelled"
            case _:
                return "failed"


def is_paused(found: Any) -> bool:  # noqa: ANN401 - DBOS's own record
    """Whether a run that DBOS holds for cancelled was only paused."""
    attributes: dict[str, Any] = found.attributes or {}
    return found.status == "CANCELLED" and attributes.get(PAUSED) is True


def is_taken_back(found: Any) -> bool:  # noqa: ANN401 - DBOS's own record
    """Whether a run is to stop and take back what it did."""
    attributes: dict[str, Any] = found.attributes or {}
    return bool(attributes.get(TAKEN_BACK) == found.workflow_id)


def _definition(given: object) -> dict[str, Any] | None:
    """The workflow that a run was begun with: its first argument, or part of a schedule's context."""
    for argument in _arguments(given):
        inner = as_object(argument) or {}
        definition = as_object(inner.get("flow")) or inner
        if "steps" in definition:
            return definition
    return None


def _begun_by(given: object) -> dict[str, Any] | None:
    """The caller that a run was begun by."""
    for argument in _arguments(given):
        inner = as_object(argument) or {}
        caller = as_object(inner.get("caller")) or inner
        if "requester_id" in caller and "requester_type" in caller:
            return caller
    return None


def _arguments(given: object) -> Iterator[object]:
    arguments: Sequence[object] = as_list((as_object(given) or {}).get("args")) or []
    yield from arguments


def _iso(epoch_ms: int | None) -> str | None:
    if epoch_ms is None:
        return None
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).isoformat(timespec="milliseconds")
