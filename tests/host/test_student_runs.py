"""Runs of workflows are exported and erased with their student, down to the bytes of the file."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scribetree.host.config import Configuration
from scribetree.host.suite import open_suite
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import StepEvent, open_engine
from scribetree.host.workflows.student_runs import StudentRuns
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

FLOW = Workflow.model_validate(
    {
        "id": "w",
        "title": "W",
        "inputs": {"text": {}, "student_id": {}},
        "steps": [{"id": "a", "server": "probe", "tool": "echo", "arguments": {"text": "inputs.text"}}],
    }
)


@pytest.fixture
async def runs(configuration: Callable[..., Configuration], probe: tuple[str, ...], settings: Settings) -> StudentRuns:
    """A run of s-1 and one of s-2, both ended."""
    events: list[StepEvent] = []
    async with (
        open_suite(configuration(probe=probe), settings=settings) as suite,
        open_engine(suite, settings=settings, listener=events.append) as engine,
    ):
        for number, student in enumerate(("s-1", "s-2")):
            caller = PrivacyContext("t-1", "educator", "learning", f"correlation-{number}")
            await engine.run(FLOW, {"text": f"words of {student}", "student_id": student}, caller=caller)
    return StudentRuns(settings, KeyRing.open(settings))


def sealed_of(home: Path, run_id: str) -> list[str]:
    """What the file keeps of a run, as it is sealed there."""
    connection = sqlite3.connect(home / "workflows.db")
    tables = [str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found: list[str] = []
    for table in tables:
        columns = [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
        if "workflow_uuid" in columns:
            rows = connection.execute(f'SELECT * FROM "{table}" WHERE workflow_uuid = ?', (run_id,))  # noqa: S608
            found += [str(value) for row in rows for value in row if isinstance(value, str) and len(value) > 60]
    connection.close()
    return found


def is_first(person_id: str) -> bool:
    return person_id == "s-1"


async def test_an_export_has_what_the_students_runs_were_given_and_answered(runs: StudentRuns) -> None:
    (found,) = runs.export(is_first)
    assert found["run_id"] == "correlation-0"
    assert "words of s-1" in json.dumps(found, default=str)


async def test_an_erasure_leaves_nothing_of_the_students_run_and_all_of_the_others(
    runs: StudentRuns, settings: Settings
) -> None:
    sealed = sealed_of(settings.home, "correlation-0")
    assert sealed
    assert runs.erase(Pseudonym("p"), is_first) == 1
    assert runs.export(is_first) == []
    assert len(runs.export(lambda person_id: person_id == "s-2")) == 1
    on_disk = b"".join(path.read_bytes() for path in settings.home.glob("workflows.db*"))
    assert not [each for each in sealed if each.encode() in on_disk]


async def test_to_erase_again_finds_nothing(runs: StudentRuns) -> None:
    counts = [runs.erase(Pseudonym("p"), is_first) for _ in range(2)]
    assert counts == [1, 0]


def test_where_no_workflow_ever_ran_there_is_nothing(settings: Settings) -> None:
    runs = StudentRuns(settings, KeyRing())
    export: list[dict[str, Any]] = runs.export(is_first)
    assert (export, runs.erase(Pseudonym("p"), is_first)) == ([], 0)
