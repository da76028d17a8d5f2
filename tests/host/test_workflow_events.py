"""The stream of a run's calls: those that ran side by side are told in whatever order they are recorded."""

import json
from typing import Any, cast

import pytest

from scribetree.host.workflows.desk import Desk
from scribetree.host.workflows.http_routes import _events  # pyright: ignore[reportPrivateUsage]
from scribetree.privacy.context import PrivacyContext

pytestmark = pytest.mark.anyio

CALLER = PrivacyContext("t-1", "educator", "learning", "correlation-1")


class Looked:
    """A desk that shows one state of a run after the other."""

    def __init__(self, *states: tuple[str, list[int]]) -> None:
        self._states = list(states)

    async def look_up(self, _run_id: str, *, caller: PrivacyContext) -> dict[str, Any]:
        assert caller == CALLER
        status, numbers = self._states.pop(0)
        return {"status": status, "steps": [{"number": number} for number in numbers]}


async def told(seen: set[int], *states: tuple[str, list[int]]) -> list[tuple[str, int]]:
    """The id and the number of each call that the stream tells."""
    found: list[tuple[str, int]] = []
    async for text in _events(cast("Desk", Looked(*states)), "run", CALLER, seen=seen):
        lines = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line)
        if lines.get("event") == "step":
            found.append((lines["id"], json.loads(lines["data"])["number"]))
    return found


async def test_a_call_that_is_recorded_late_is_told_all_the_same() -> None:
    assert await told(set(), ("running", [2]), ("completed", [1, 2, 3])) == [("2", 2), ("1,2", 1), ("1,2,3", 3)]


async def test_whoever_comes_back_is_told_what_was_missed_and_nothing_twice() -> None:
    assert await told({2}, ("completed", [1, 2, 3])) == [("1,2", 1), ("1,2,3", 3)]
