"""The sample is what its README says."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def text(name: str) -> str:
    return (EXAMPLES / name).read_text("utf-8")


@pytest.fixture
def events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in text("writing-log.jsonl").splitlines()]


def test_replaying_the_log_gives_the_second_draft(events: list[dict[str, Any]]) -> None:
    written = ""
    for event in events:
        position, piece = event["pos"], event["text"]
        if event["op"] == "insert":
            written = written[:position] + piece + written[position:]
        else:
            assert written.startswith(piece, position)
            written = written[:position] + written[position + len(piece) :]
    assert written == text("essay-draft-2.txt")


def test_the_log_is_the_one_that_its_script_makes(events: list[dict[str, Any]]) -> None:
    make = runpy.run_path(str(EXAMPLES / "make_log.py"))["make"]
    assert make(text("essay-draft-1.txt"), text("essay-draft-2.txt")) == events


def test_time_never_goes_back_in_the_log(events: list[dict[str, Any]]) -> None:
    times = [event["t"] for event in events]
    assert times == sorted(times)
