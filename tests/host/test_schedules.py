"""Workflows that begin by the clock: cron, time zones, what was missed, and the worker that does them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.config import Configuration
from scribetree.host.suite import open_suite
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import StepEvent, as_arguments, open_engine
from scribetree.host.workflows.history import History
from scribetree.host.workflows.schedules import Schedules, check, is_left_out, missed_spans, next_times
from scribetree.host.workflows.student_runs import StudentRuns
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

from .test_engine import running

pytestmark = pytest.mark.anyio

Make = Callable[..., Configuration]

FLOW = Workflow.model_validate(
    {
        "id": "w",
        "title": "W",
        "inputs": {"text": {}, "student_id": {}},
        "steps": [{"id": "a", "server": "probe", "tool": "echo", "arguments": {"text": "inputs.text"}}],
    }
)
CALLER = PrivacyContext("t-1", "educator", "assessment", "correlation-1")


def instants(cron: str, zone: str, after: str, most: int) -> list[str]:
    return [at.isoformat() for at in next_times(cron, zone, after=datetime.fromisoformat(after), most=most)]


def test_a_cron_is_meant_in_its_own_time_zone() -> None:
    assert instants("0 6 * * mon", "Europe/Berlin", "2026-10-20T12:00+00:00", 2) == [
        "2026-10-26T06:00:00+01:00",
        "2026-11-02T06:00:00+01:00",
    ]


def test_a_time_of_day_that_summer_time_leaves_out_comes_at_the_change() -> None:
    assert instants("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00+00:00", 2) == [
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


@pytest.mark.parametrize(
    ("name", "cron", "zone", "message"),
    [
        ("Ms Smith", "0 6 * * *", "UTC", "name"),
        ("weekly", "0 6 * *", "UTC", "no cron expression"),
        ("weekly", "61 6 * * *", "UTC", "no cron expression"),
        ("weekly", "* * * * * *", "UTC", "no cron expression"),
        ("weekly", "0 6 * * *", "Mars/Olympus", "no time zone"),
    ],
    ids=["name", "four-fields", "minute-61", "seconds", "zone"],
)
def test_what_makes_no_schedule_is_refused_with_its_fault(name: str, cron: str, zone: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        check(name, cron, zone)


def stored(missed: str, **more: object) -> dict[str, Any]:
    return {
        "schedule_name": "hourly",
        "schedule": "0 * * * *",
        "cron_timezone": "UTC",
        "status": "ACTIVE",
        "last_fired_at": "2026-09-01T08:00:00+00:00",
        "context": {"missed": missed, "since": "2026-08-01T00:00:00+00:00"},
        **more,
    }


NOW = datetime(2026, 9, 1, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "first"),
    [
        (stored("skip"), None),
        (stored("skip", schedule="29 * * * *"), "2026-09-01T11:28:59+00:00"),
        (stored("last"), "2026-09-01T10:59:59+00:00"),
        (stored("all"), "2026-09-01T08:59:59+00:00"),
        (stored("all", last_fired_at=None), "2026-08-28T07:59:59+00:00"),
        (stored("all", status="PAUSED"), None),
        (stored("all", last_fired_at="2026-09-01T11:00:00+00:00"), None),
    ],
    ids=["skip", "skip-not-yet-late", "last", "all", "at-most-a-hundred", "paused", "nothing-missed"],
)
def test_what_is_made_up_for_is_what_the_schedule_says(schedule: dict[str, Any], first: str | None) -> None:
    spans = [(start.isoformat(), end) for _, start, end in missed_spans([schedule], now=NOW)]
    assert spans == ([] if first is None else [(first, NOW)])


@pytest.fixture
async def schedules(configuration: Make, probe: tuple[str, ...], settings: Settings) -> Any:
    """The schedules of an installation where an engine has run, with one `hourly` of s-1."""
    async with running(configuration(probe=probe), settings, []):
        pass
    with History(settings) as history:
        kept = Schedules(history.client)
        add(kept, "hourly", "s-1")
        yield kept


def add(schedules: Schedules, name: str, student: str) -> None:
    flow, inputs, caller = as_arguments(FLOW, {"text": "x", "student_id": student}, CALLER)
    schedules.add(
        name, cron="0 * * * *", zone="UTC", missed="last", run={"flow": flow, "inputs": inputs, "caller": caller}
    )


async def test_a_worker_does_what_a_schedule_began(
    schedules: Schedules, configuration: Make, probe: tuple[str, ...], settings: Settings
) -> None:
    run_id = schedules.trigger("hourly")
    events: list[StepEvent] = []
    async with (
        open_suite(configuration(probe=probe), settings=settings) as suite,
        open_engine(suite, settings=settings, listener=events.append, works=True) as engine,
    ):
        with anyio.fail_after(30):
            await engine.work(runs_at_once=2, until_empty=True)
    with History(settings) as history:
        run = history.find(run_id)
        assert (run["status"], run["workflow"], run["schedule"]) == ("completed", "w", "hourly")
        assert run_id in [each["run_id"] for each in history.runs()]
    assert [event.state for event in events] == ["running", "ok"]


async def test_an_instant_that_a_clock_jumped_over_is_left_out_unless_it_is_the_last(
    schedules: Schedules, configuration: Make, probe: tuple[str, ...], settings: Settings
) -> None:
    now = datetime.now(UTC)
    with History(settings) as history:
        jumped = history.client.backfill_schedule("hourly", now - timedelta(hours=3), now)
        events: list[StepEvent] = []
        async with (
            open_suite(configuration(probe=probe), settings=settings) as suite,
            open_engine(suite, settings=settings, listener=events.append, works=True) as engine,
        ):
            with anyio.fail_after(60):
                await engine.work(runs_at_once=2, until_empty=True)
        outcomes = [(history.outcome(run.workflow_id) or {})["steps"]["a"]["state"] for run in jumped]
    assert outcomes == ["skipped", "skipped", "ok"]


@pytest.mark.parametrize(
    ("missed", "at", "is_late"),
    [
        ("skip", "11:28", False),
        ("skip", "11:00", True),
        ("last", "11:00", False),
        ("last", "10:00", True),
        ("all", "01:00", False),
    ],
)
def test_what_is_begun_late_is_left_out_as_its_schedule_says(missed: str, at: str, is_late: bool) -> None:
    context = {"missed": missed, "cron": "0 * * * *", "timezone": "UTC"}
    assert is_left_out(datetime.fromisoformat(f"2026-09-01T{at}+00:00"), begun=NOW, context=context) is is_late


async def test_a_schedule_is_paused_resumed_and_removed(schedules: Schedules) -> None:
    schedules.pause("hourly")
    paused = schedules.all()
    schedules.resume("hourly")
    active = schedules.all()
    schedules.remove("hourly")
    assert [(each["state"], len(each["next"])) for each in paused + active] == [("paused", 0), ("active", 3)]
    assert schedules.all() == []


async def test_a_name_is_taken_once_and_an_unknown_one_is_said_to_be_unknown(schedules: Schedules) -> None:
    with pytest.raises(InvalidInput, match="already"):
        add(schedules, "hourly", "s-2")
    with pytest.raises(UnknownName):
        schedules.pause("hourli")


async def test_an_erasure_removes_the_students_schedules_and_no_others(
    schedules: Schedules, settings: Settings
) -> None:
    add(schedules, "nightly", "s-2")
    StudentRuns(settings, KeyRing.open(settings)).erase(Pseudonym("p"), lambda person_id: person_id == "s-1")
    assert [each["name"] for each in schedules.all()] == ["nightly"]
