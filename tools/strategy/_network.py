"""
Work that waits for other work: an order in which it can be done, and the path that decides the end.

Critical path method (Kelley and Walker, 1959): earliest and latest start of each activity, and its slack.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from scribetree.errors import InvalidInput

__all__ = ["Schedule", "order", "schedule"]

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Days from the start: when each activity can begin and end at the earliest, its slack, and the critical path."""

    starts: Mapping[str, float]
    ends: Mapping[str, float]
    slack: Mapping[str, float]
    critical: tuple[str, ...]
    length: float


def order(needs: Mapping[Node, Iterable[Node]]) -> tuple[Node, ...]:
    """
    Every node after those that it needs, else in the order given (Kahn, 1962).

    A need that is not itself a node is ignored; a cycle raises InvalidInput.
    """
    waiting = {node: {need for need in wanted if need in needs} for node, wanted in needs.items()}
    serves: dict[Node, list[Node]] = {node: [] for node in needs}
    for node, wanted in waiting.items():
        for need in wanted:
            serves[need].append(node)
    open_needs = {node: len(wanted) for node, wanted in waiting.items()}
    ready = [node for node, count in open_needs.items() if not count]
    for node in ready:  # grows while it is walked
        for served in serves[node]:
            open_needs[served] -= 1
            if not open_needs[served]:
                ready.append(served)
    if len(ready) < len(needs):
        raise InvalidInput(
            f"{len(needs) - len(ready)} of the given things wait for each other in a circle.",
            hint="Take out one dependency of the circle.",
        )
    return tuple(ready)


def schedule(durations: Mapping[str, float], needs: Mapping[str, Iterable[str]]) -> Schedule:
    """When each activity can run, and which of them decide the length; durations are in days."""
    done_in = order({name: tuple(needs.get(name, ())) for name in durations})
    before = {name: [need for need in needs.get(name, ()) if need in durations] for name in durations}
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    for name in done_in:
        starts[name] = max((ends[need] for need in before[name]), default=0.0)
        ends[name] = starts[name] + durations[name]
    length = max(ends.values(), default=0.0)
    latest = dict.fromkeys(durations, length)
    for name in reversed(done_in):
        for need in before[name]:
            latest[need] = min(latest[need], latest[name] - durations[name])
    slack = {name: latest[name] - ends[name] for name in durations}
    critical = tuple(name for name in done_in if slack[name] <= 1e-9 * max(1.0, length))
    return Schedule(starts, ends, slack, critical, length)
