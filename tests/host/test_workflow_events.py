"""The stream of a run's calls: those that ran side by side are told in whatever order they are recorded."""

import json
from typing import Any, cast

import pytest

from scribetree.host.workflows.desk import Desk
from scribetree.host.workflows.http_routes import _events, _spans  # pyright: ignore[reportPrivateUsage]
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


async def told(last_event_id: str, *states: tuple[str, list[int]]) -> list[tuple[str, int]]:
    """The id and the number of each call that the stream tells."""
    found: list[tuple[str, int]] = []
    async for text in _events(cast("Desk", Looked(*states)), "run", CALLER, told=_spans(last_event_id)):
        lines = dict(line.split(": ", 1) for line in text.strip().splitlines() if ": " in line)
        if lines.get("event") == "step":
            found.append((lines["id"], json.loads(lines["data"])["number"]))
    return found


async def test_a_call_that_is_recorded_late_is_told_all_the_same() -> None:
    assert await told("", ("running", [2]), ("completed", [1, 2, 4])) == [("2", 2), ("1-2", 1), ("1-2,4", 4)]


async def test_whoever_comes_back_is_told_what_was_missed_and_nothing_twice() -> None:
    assert await told("2", ("completed", [1, 2, 3])) == [("1-2", 1), ("1-3", 3)]
    assert await told("1-2,4", ("completed", [1, 2, 3, 4])) == [("1-4", 3)]


@pytest.mark.parametrize("said", ["nonsense", "1-", "-1", "9" * 5_000, "٣", "1;2"])
async def test_what_is_no_event_id_says_nothing(said: str) -> None:
    assert await told(said, ("completed", [1])) == [("1", 1)]


async def test_an_event_id_as_long_as_a_span_can_name_costs_nothing() -> None:
    assert await told("0-999999999", ("completed", [1])) == []
