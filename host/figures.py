"""What the host has done since it began, and how its servers are: nothing in it is about a person."""

from collections.abc import Iterable
from typing import Any

from scribetree.host.answer import Answer
from scribetree.host.chain import Call, Target
from scribetree.host.instances import Instance
from scribetree.servers.kit import CallRecord, Figures

__all__ = ["HostFigures", "instance_figures"]


class HostFigures:
    """Counts of outcomes and rungs, and durations, by tool."""

    def __init__(self) -> None:
        self._calls = Figures()
        self._rungs: dict[str, int] = {}

    def answered(self, call: Call, answer: Answer, *, is_known: bool, ms: float) -> None:
        """The call is counted; the name of a tool that nobody listed is not."""
        outcome = answer.error["code"] if answer.error else "ok"
        caller = call.caller
        self._calls.call_finished(
            CallRecord(
                server=call.server,
                tool=f"{call.server}/{call.tool if is_known else 'unknown'}",
                role=caller.requester_type,
                purpose=caller.purpose,
                student=None,
                outcome=outcome,
                ms=ms,
                correlation_id=caller.correlation_id,
            )
        )
        rung = answer.provenance.served_by or ("queued" if answer.provenance.degraded else "none")
        self._rungs[rung] = self._rungs.get(rung, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """The shape of the observability endpoint; durations are milliseconds."""
        return {**self._calls.as_json(), "rungs": dict(sorted(self._rungs.items()))}


def instance_figures(instances: Iterable[Instance]) -> dict[str, Any]:
    """For each instance: its state, its circuits, its calls."""
    return {
        instance.id: {
            "server": instance.spec.name,
            "state": "draining" if instance.is_draining else instance.supervisor.status.state,
            "starts": instance.supervisor.status.starts,
            "mcp": _target(instance.mcp),
            "http": [{"health": door.health, **_target(door)} for door in instance.http],
        }
        for instance in instances
    }


def _target(target: Target) -> dict[str, Any]:
    stats = target.breaker.stats()
    return {
        "circuit": stats.state,
        "opened": stats.times_opened,
        "running": target.load.running,
        "calls": target.load.calls,
        "usual_ms": round(target.load.usual_ms(), 3),
    }
