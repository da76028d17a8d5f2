"""Alerts reach an educator once, at the right time, and nobody else."""

import random
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mcp import Client
from mcp.types import CallToolResult
from tests.servers import school
from tests.servers.school import ADMINISTRATOR, content

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.educator_alerts import create
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

DAY = 86_400

ALERT = {
    "alert_type": "intervention_needed",
    "severity": "medium",
    "title": "Worth a look",
    "description": "The reflection tells what was done and hardly why.",
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    return FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@asynccontextmanager
async def connected(clock: FixedClock) -> AsyncGenerator[Client]:
    wiring = Wiring(clock=clock)
    async with Client(create(wiring)) as client:
        yield client
    wiring.close()


async def send(client: Client, *alerts: dict[str, Any], **more: Any) -> CallToolResult:
    people = {"educator_id": "t-1", "student_id": "s-1"}
    return await client.call_tool("send_educator_alerts", {"alerts": list(alerts), **people, **more})


async def acknowledge(client: Client, alert_id: str, response: str = "seen") -> dict[str, Any]:
    arguments = {"educator_id": "t-1", "alert_id": alert_id, "response": response}
    return content(await client.call_tool("acknowledge_alert", arguments))


async def wish(client: Client, **wishes: Any) -> dict[str, Any]:
    return content(await client.call_tool("set_alert_preferences", {"educator_id": "t-1", **wishes}))


async def inbox(client: Client, educator: str = "t-1") -> dict[str, Any]:
    return content(await client.call_tool("list_alerts", {"educator_id": educator}))


async def test_an_alert_that_can_wait_arrives_with_its_batch(clock: FixedClock) -> None:
    async with connected(clock) as client:
        assert len(content(await send(client, ALERT))["queued"]) == 1
        told = "No open alert. 1 more wait for the batch or the quiet hours."
        assert await inbox(client) == {"in_words": told, "alerts": [], "open": 0, "waiting": 1}
        clock.advance(301)
        found = await inbox(client)
    assert [alert["title"] for alert in found["alerts"]] == ["Worth a look"]
    assert found["alerts"][0]["student_id"] == "s-1"


async def test_an_urgent_alert_arrives_at_once_even_at_night(clock: FixedClock) -> None:
    clock.advance(14 * 3600)
    async with connected(clock) as client:
        assert len(content(await send(client, {**ALERT, "severity": "urgent"}))["sent"]) == 1
        assert len((await inbox(client))["alerts"]) == 1


async def test_the_same_alert_of_the_same_day_is_kept_once(clock: FixedClock) -> None:
    async with connected(clock) as client:
        await send(client, ALERT, immediate=True)
        again = content(await send(client, ALERT, immediate=True))
        assert (len(again["sent"]), len(again["known"])) == (0, 1)
        assert len((await inbox(client))["alerts"]) == 1


async def test_an_alert_that_comes_again_on_a_later_day_is_kept_once(clock: FixedClock) -> None:
    async with connected(clock) as client:
        await send(client, ALERT, immediate=True)
        for _ in range(3):
            clock.advance(2 * DAY)
            again = content(await send(client, {**ALERT, "description": "Other figures."}, immediate=True))
            assert (len(again["sent"]), len(again["known"])) == (0, 1)
        assert len((await inbox(client))["alerts"]) == 1


async def test_an_alert_that_was_acknowledged_is_told_anew_after_a_week(clock: FixedClock) -> None:
    async with connected(clock) as client:
        first = content(await send(client, ALERT, immediate=True))["sent"][0]
        await acknowledge(client, first["alert_id"], "solved")
        clock.advance(6 * DAY)
        assert len(content(await send(client, ALERT, immediate=True))["known"]) == 1
        clock.advance(2 * DAY)
        assert len(content(await send(client, ALERT, immediate=True))["sent"]) == 1
        assert [alert["response"] for alert in (await inbox(client))["alerts"]] == [None, "solved"]


async def test_an_alert_whose_record_was_deleted_is_told_anew(clock: FixedClock) -> None:
    wiring = Wiring(settings=Settings.from_environment(), clock=clock)
    async with Client(create(wiring)) as client:
        first = content(await send(client, ALERT, immediate=True))["sent"]
        clock.advance(3 * 366 * DAY)
        wiring.office.retention.sweep(after_gap=True)
        assert (await inbox(client))["alerts"] == []
        again = content(await send(client, ALERT, immediate=True))["sent"]
    wiring.close()
    assert [each["alert_id"] for each in again] == [each["alert_id"] for each in first]


async def test_what_was_sent_about_an_erased_student_is_not_known_any_more(clock: FixedClock) -> None:
    wiring = Wiring(settings=Settings.from_environment(), clock=clock)
    async with Client(create(wiring)) as client:
        content(await send(client, ALERT))
        caller = PrivacyContext("s-1", "student", "learning", "correlation-1")
        receipt = wiring.office.rights.erase(caller, "s-1")
        answer = await send(client, ALERT)
    wiring.close()
    assert receipt.counts["deliveries"] == 1
    assert answer.structured_content is not None
    assert answer.structured_content["error"]["code"] == "denied"


async def test_the_same_alert_of_higher_severity_is_told_and_of_lower_is_not(clock: FixedClock) -> None:
    async with connected(clock) as client:
        await send(client, ALERT, immediate=True)
        assert len(content(await send(client, {**ALERT, "severity": "critical"}))["sent"]) == 1
        for severity in ("low", "medium", "high", "critical"):
            assert len(content(await send(client, {**ALERT, "severity": severity}, immediate=True))["known"]) == 1
        await acknowledge(client, (await inbox(client))["alerts"][0]["alert_id"])
        assert (await inbox(client))["open"] == 0


async def test_what_is_acknowledged_says_how_and_the_first_answer_stands(clock: FixedClock) -> None:
    async with connected(clock) as client:
        alert_id = content(await send(client, ALERT, immediate=True))["sent"][0]["alert_id"]
        assert (await acknowledge(client, alert_id, "acting"))["is_new"]
        assert await acknowledge(client, alert_id, "solved") == {
            "alert_id": alert_id,
            "response": "acting",
            "is_new": False,
        }
        assert content(await client.call_tool("list_alerts", {"educator_id": "t-1", "open_only": True}))["alerts"] == []


async def test_nobody_acknowledges_what_is_in_another_inbox(clock: FixedClock) -> None:
    async with connected(clock) as client:
        alert_id = content(await send(client, ALERT, immediate=True))["sent"][0]["alert_id"]
        other = {"educator_id": "t-2", "alert_id": alert_id}
        result = await client.call_tool("acknowledge_alert", other)
    assert result.is_error
    assert "no such alert" in str(result.structured_content)


async def test_nothing_is_sent_to_a_teacher_who_is_not_theirs(clock: FixedClock) -> None:
    settings = replace(Settings.from_environment(), requester_id="t-1")
    wiring = Wiring(settings=settings, clock=clock)
    school.teach(wiring, "t-1", "s-1")
    async with Client(create(wiring)) as client:
        arguments = {"alerts": [ALERT], "student_id": "s-1", "immediate": True}
        own = await client.call_tool("send_educator_alerts", {**arguments, "educator_id": "t-1"})
        other = await client.call_tool("send_educator_alerts", {**arguments, "educator_id": "t-9"})
        alerts = [{**ALERT, "title": "Two", "educator_id": name} for name in ("t-1", "t-9")]
        both = await client.call_tool("send_educator_alerts", {**arguments, "alerts": alerts})
    wiring.close()
    assert len(content(own)["sent"]) == 1
    assert other.structured_content is not None
    assert other.structured_content["error"]["code"] == "denied"
    assert [len(content(both)[state]) for state in ("sent", "failed")] == [1, 1]


@pytest.fixture
def staff(clock: FixedClock) -> Iterator[Wiring]:
    """t-1 and t-2 teach s-1, t-9 teaches somebody else."""
    wiring = Wiring(settings=Settings.from_environment(), clock=clock)
    for educator, student in (("t-1", "s-1"), ("t-2", "s-1"), ("t-9", "s-9")):
        school.teach(wiring, educator, student)
    yield wiring
    wiring.close()


@asynccontextmanager
async def connected_as(educator: str, clock: FixedClock) -> AsyncGenerator[Client]:
    wiring = Wiring(settings=replace(Settings.from_environment(), requester_id=educator), clock=clock)
    async with Client(create(wiring)) as client:
        yield client
    wiring.close()


async def test_whoever_taught_a_student_reads_no_alert_about_them_any_more(staff: Wiring, clock: FixedClock) -> None:
    ends_at = clock.now() + timedelta(hours=1)
    staff.office.enrol(ADMINISTRATOR, "s-1", "t-1", course="writing-1", until=ends_at)
    async with connected_as("t-1", clock) as client:
        alert_id = content(await send(client, ALERT, immediate=True))["sent"][0]["alert_id"]
        await send(client, {**ALERT, "title": "At the end of its batch"})
        assert [alert["alert_id"] for alert in (await inbox(client))["alerts"]] == [alert_id]
        clock.advance(3600)
        assert await inbox(client) == {"in_words": "No open alert.", "alerts": [], "open": 0, "waiting": 0}
        named = {"educator_id": "t-1", "alert_id": alert_id}
        read, absent = [
            (await client.call_tool("acknowledge_alert", {**named, **other})).structured_content
            for other in ({}, {"alert_id": "0" * 32})
        ]
        school.teach(staff, "t-1", "s-1")
        assert len((await inbox(client))["alerts"]) == 2
    assert read is not None
    assert read == absent
    assert "no such alert" in read["error"]["message"]


async def test_whoever_does_not_teach_a_student_does_not_learn_what_was_sent_about_them(
    staff: Wiring, clock: FixedClock
) -> None:
    async with connected_as("t-9", clock) as client:
        before = (await send(client, ALERT, {**ALERT, "student_id": "s-9", "educator_id": "t-9"})).structured_content
    async with connected_as("t-2", clock) as client:
        content(await send(client, ALERT))
    async with connected_as("t-9", clock) as client:
        after = content(await send(client, ALERT, {**ALERT, "student_id": "s-9", "educator_id": "t-9"}))
        alone = await send(client, ALERT)
    assert before is not None
    assert before["failed"] == after["failed"]
    assert alone.structured_content is not None
    assert alone.structured_content["error"]["code"] == "denied"


async def test_whoever_does_not_teach_a_student_puts_nothing_into_their_teachers_inbox(
    staff: Wiring, clock: FixedClock
) -> None:
    async with connected_as("t-9", clock) as client:
        assert (await send(client, ALERT, immediate=True)).is_error
    async with connected_as("t-1", clock) as client:
        assert (await inbox(client))["alerts"] == []


async def test_what_a_larger_cause_explains_stands_in_the_inbox_alone(clock: FixedClock) -> None:
    async with connected(clock) as client:
        await wish(client, email="teacher@school.example")
        larger = {**ALERT, "alert_type": "urgent_support", "severity": "urgent"}
        smaller = {**ALERT, "alert_type": "engagement_drop", "severity": "high"}
        report = content(await send(client, smaller, larger, immediate=True))
        assert {each["alert_type"]: (each["channels"], each["why_quiet"]) for each in report["sent"]} == {
            "urgent_support": (["email"], ""),
            "engagement_drop": ([], "larger_cause"),
        }
        elsewhere = content(await send(client, smaller, immediate=True, student_id="s-2"))["sent"][0]
        assert elsewhere["channels"] == ["email"]
        assert len((await inbox(client))["alerts"]) == 3


async def test_quiet_hours_are_those_of_the_teachers_time_zone(clock: FixedClock) -> None:
    async with connected(clock) as client:
        await wish(client, time_zone="Asia/Tokyo")  # 12:00 UTC is 21:00 there
        clock.advance(2 * 3600)
        queued = content(await send(client, ALERT))["queued"][0]
    assert queued["deliver_at"] == "2026-03-02T22:00:00+00:00"


@pytest.mark.parametrize(
    ("wishes", "named"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"webhook_url": "https://127.0.0.1/hook"}, "webhook_url"),
        ({"webhook_url": "http://hooks.example/x"}, "webhook_url"),
        ({"slack_url": "https://[::1]:3000/x"}, "slack_url"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"escalate_to": "t-1"}, "escalate_to"),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_and_named(
    wishes: dict[str, Any], named: str, clock: FixedClock
) -> None:
    async with connected(clock) as client:
        result = await client.call_tool("set_alert_preferences", {"educator_id": "t-1", **wishes})
        assert result.is_error
        assert f"`{named}`" in str(result.structured_content)
        assert (await wish(client))["ready_channels"] == ["in_app"]


async def test_wishes_hold_until_they_are_changed_and_addresses_are_not_told_again(clock: FixedClock) -> None:
    async with connected(clock) as client:
        await wish(client, email="teacher@school.example", time_zone="Europe/Berlin", muted_types=["quality_decline"])
        held = await wish(client, batch_minutes=30)
    assert (held["time_zone"], held["muted_types"], held["batch_minutes"]) == ("Europe/Berlin", ["quality_decline"], 30)
    assert held["ready_channels"] == ["in_app", "email"]
    assert "school.example" not in str(held)


async def test_the_board_is_an_app_that_loads_nothing_from_elsewhere(clock: FixedClock) -> None:
    async with connected(clock) as client:
        (tool,) = [each for each in (await client.list_tools()).tools if each.name == "list_alerts"]
        assert tool.meta is not None
        found = await client.read_resource(tool.meta["ui"]["resourceUri"])
    page = getattr(found.contents[0], "text", "")
    assert found.contents[0].mime_type == "text/html;profile=mcp-app"
    assert "default-src 'none'" in page
    assert not [part for part in ("http://", "https://", "src=", "import ") if part in page]


PLAN = {
    "educator_id": "t-1",
    "student_id": "s-1",
    "scheduled_type": "check_in",
    "scheduled_for": "2026-03-29T10:00",
    "duration_minutes": 20,
    "time_zone": "Europe/Berlin",
    "intervention": "personal_contact",
    "agenda": ["What is in the way?"],
    "reminder_times": ["1w", "1h"],
}


async def plan(client: Client, **more: Any) -> CallToolResult:
    return await client.call_tool("schedule_intervention_actions", {**PLAN, **more})


async def test_a_plan_is_a_calendar_file_that_others_read_the_same(clock: FixedClock) -> None:
    from icalendar import Calendar

    async with connected(clock) as client:
        scheduled = content(await plan(client))
        assert not content(await plan(client))["is_new"]
    calendar: Any = Calendar.from_ical(scheduled["calendar"])
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].dt.isoformat() == "2026-03-29T10:00:00+02:00"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert [alarm["TRIGGER"].dt for alarm in calendar.walk("VALARM")] == [-timedelta(weeks=1), -timedelta(hours=1)]
    assert "s-1" not in scheduled["calendar"]
    # In the night before, clocks went forward: an hour before is an hour before all the same.
    assert scheduled["reminders"] == ["2026-03-22T08:00:00+00:00", "2026-03-29T07:00:00+00:00"]
    assert all(len(line.encode()) <= 75 for line in scheduled["calendar"].split("\r\n"))


async def test_a_step_that_is_planned_again_is_what_was_said_of_it_last(clock: FixedClock) -> None:
    wiring = Wiring(settings=Settings.from_environment(), clock=clock)
    async with Client(create(wiring)) as client:
        first = content(await plan(client))
        changed = {"agenda": ["What helps?"], "duration_minutes": 45, "reminder_times": ["24h", "1h"]}
        again = content(await plan(client, **changed))
    export = wiring.office.rights.export(ADMINISTRATOR, "s-1").content
    wiring.close()
    assert (again["intervention_id"], again["is_new"]) == (first["intervention_id"], False)
    assert "What helps?" in again["calendar"]
    [record] = export["records"]
    assert (record["says"]["plan"]["agenda"], record["says"]["plan"]["minutes"]) == (["What helps?"], 45)
    assert [each["due_at"] for each in export["told"]] == again["reminders"]


async def test_an_export_says_what_was_answered_to_alerts_about_the_student_and_not_who_answered(
    staff: Wiring, clock: FixedClock
) -> None:
    async with connected_as("t-1", clock) as client:
        await send(client, ALERT, immediate=True)
        clock.advance(60)
        await acknowledge(client, (await inbox(client))["alerts"][0]["alert_id"], "not_helpful")
    export = staff.office.rights.export(PrivacyContext("s-1", "student", "learning", "correlation-1"), "s-1")
    [told] = export.content["told"]
    assert (told["channel"], told["response"], told["acknowledged_at"]) == (
        "in_app",
        "not_helpful",
        "2026-03-02T12:01:00+00:00",
    )
    assert staff.office.pseudonym("t-1") not in str(told)
    assert "not_helpful" in export.as_markdown()


@pytest.mark.parametrize(
    ("scheduled_for", "why"),
    [
        ("2026-03-29T02:30", "no such time"),
        ("2026-01-05T10:00", "past"),
        ("2028-01-05T10:00", "past"),
        ("0001-01-01T00:00", "past"),
        ("9999-12-31T23:59", "past"),
        ("2026-03-30T10:00+05:00", "offset"),
        ("next Tuesday", "no date"),
    ],
)
async def test_a_time_that_cannot_be_meant_is_refused(scheduled_for: str, why: str, clock: FixedClock) -> None:
    async with connected(clock) as client:
        result = await plan(client, scheduled_for=scheduled_for)
    assert result.is_error
    assert why in str(result.structured_content)
    assert scheduled_for not in str(result.structured_content)


async def test_of_an_hour_that_comes_twice_the_first_is_meant_and_said(clock: FixedClock) -> None:
    async with connected(clock) as client:
        scheduled = content(await plan(client, scheduled_for="2026-10-25T02:30"))
    assert scheduled["begins_at"] == "2026-10-25T00:30:00+00:00"
    assert "comes twice" in scheduled["notes"][0]


async def test_a_reminder_whose_time_has_passed_is_left_out_and_named(clock: FixedClock) -> None:
    async with connected(clock) as client:
        scheduled = content(await plan(client, scheduled_for="2026-03-03T10:00"))
    assert (len(scheduled["reminders"]), scheduled["reminders_left_out"]) == (1, ["7 days, 0:00:00"])


async def test_what_came_of_an_intervention_moves_what_is_recommended_next(clock: FixedClock) -> None:
    async with connected(clock) as client:
        measured = {"engagement_score": 0.1}
        before = content(
            await client.call_tool("generate_intervention_recommendations", {"student_id": "s-1", **measured})
        )
        assert before["recommendations"][0]["tried"] == 0
        intervention_id = content(await plan(client))["intervention_id"]
        effect = {
            "student_id": "s-1",
            "intervention_id": intervention_id,
            "measurement_type": "pre_post",
            "metrics": [{"metric": "engagement", "baseline": [0.5, 0.4, 0.45, 0.1], "after": [0.8, 0.9, 0.85, 0.9]}],
        }
        report = content(await client.call_tool("track_intervention_effectiveness", effect))
        assert (report["overall"], report["counts_as_trial"]) == ("better", True)
        # Told again, it is the same trial.
        await client.call_tool("track_intervention_effectiveness", effect)
        after = content(
            await client.call_tool("generate_intervention_recommendations", {"student_id": "s-2", **measured})
        )
    told = after["recommendations"][0]
    assert (told["intervention"], told["tried"], told["helped"]) == ("personal_contact", 1, 1)


async def test_an_effect_needs_a_plan_and_periods_in_their_order(clock: FixedClock) -> None:
    effect: dict[str, Any] = {
        "student_id": "s-1",
        "intervention_id": "0" * 32,
        "measurement_type": "pre_post",
        "metrics": [{"metric": "quality", "baseline": [1], "after": [2]}],
    }
    async with connected(clock) as client:
        unknown = await client.call_tool("track_intervention_effectiveness", effect)
        periods = {"baseline_until": "2026-02-10", "measured_from": "2026-02-01"}
        twisted = await client.call_tool("track_intervention_effectiveness", {**effect, **periods})
        effect["intervention_id"] = content(await plan(client))["intervention_id"]
        early = content(await client.call_tool("track_intervention_effectiveness", effect))
    assert "no such intervention" in str(unknown.structured_content)
    assert "`measured_from` lies before `baseline_until`" in str(twisted.structured_content)
    assert (early["overall"], early["counts_as_trial"]) == ("too_early_to_say", False)


async def test_a_mark_with_a_date_of_long_ago_does_not_end_the_search(clock: FixedClock) -> None:
    wiring = Wiring(settings=Settings.from_environment(), clock=clock)
    caller = PrivacyContext("a-1", "system", "assessment", "correlation-1")
    school.come_of_age(wiring, "s-1")
    for day in ("0001-01-01", "2026-02-20"):
        marks = {"skills": {"ideas": 0.5}, "judged_by": "teacher", "on": day}
        wiring.guard.write(caller, "s-1", "milestone", marks)
    async with Client(create(wiring)) as client:
        found = content(await client.call_tool("generate_intervention_recommendations", {"student_id": "s-1"}))
    wiring.close()
    assert found["signals"] == []


async def test_values_beyond_any_measure_are_refused_and_not_echoed(clock: FixedClock) -> None:
    async with connected(clock) as client:
        planned = content(await plan(client))
        values = {"metric": "quality", "baseline": [1e308, 1e308, -1e308, 1e308], "after": [1e308, -1e308, 1e308]}
        arguments = {
            "student_id": "s-1",
            "intervention_id": planned["intervention_id"],
            "measurement_type": "pre_post",
            "metrics": [values],
        }
        answer = await client.call_tool("track_intervention_effectiveness", arguments)
    assert answer.structured_content is not None
    assert answer.structured_content["error"]["code"] == "invalid_input"
    assert "e+308" not in str(answer.structured_content)


async def test_a_decline_on_the_record_is_found_beside_the_class_and_can_be_sent(clock: FixedClock) -> None:
    """A class of eight whose records are kept as they come; one of them stops writing in the ninth week."""
    chance = random.Random(7)
    wiring = Wiring(clock=clock)
    async with Client(create(wiring)) as client:
        teacher = PrivacyContext("local", "educator", "support", "correlation-1")
        students = [f"s-{number}" for number in range(8)]
        school.come_of_age(wiring, *students)
        for _day in range(12 * 7):
            clock.advance(DAY)
            for name in students:
                usual = 0.05 if name == "s-0" and _day > 8 * 7 else 0.5
                if chance.random() < usual:
                    session = {"words": 250 + chance.randrange(100), "minutes": 25.0, "revisions": 3}
                    wiring.guard.write(teacher, name, "session", session)
        arguments = {"student_id": "s-0", "classmates": students}
        found = content(await client.call_tool("generate_intervention_recommendations", arguments))
        quiet = content(
            await client.call_tool("generate_intervention_recommendations", {**arguments, "student_id": "s-3"})
        )
        alerts = {"alerts": found["alerts"], "educator_id": "t-1", "student_id": "s-0", "immediate": True}
        await client.call_tool("send_educator_alerts", alerts)
        (alert,) = (await inbox(client))["alerts"]
    wiring.close()
    assert [each["alert_type"] for each in found["signals"]] == ["engagement_drop"]
    assert (alert["alert_type"], alert["student_id"]) == ("engagement_drop", "s-0")
    assert quiet["signals"] == []
    assert not quiet["abstained"]


async def test_a_student_with_one_text_gets_no_signal_and_one_with_nothing_an_abstention(clock: FixedClock) -> None:
    wiring = Wiring(clock=clock)
    async with Client(create(wiring)) as client:
        teacher = PrivacyContext("local", "educator", "support", "correlation-1")
        school.come_of_age(wiring, "s-1")
        wiring.guard.write(teacher, "s-1", "assessment", {"skills": {"ideas": 0.1}, "assignment": "essay-1"})
        one = content(await client.call_tool("generate_intervention_recommendations", {"student_id": "s-1"}))
        none = content(await client.call_tool("generate_intervention_recommendations", {"student_id": "s-2"}))
    wiring.close()
    assert (one["signals"], one["abstained"]) == ([], False)
    assert none["abstained"]


async def test_another_educator_sees_nothing(clock: FixedClock) -> None:
    async with connected(clock) as client:
        await send(client, ALERT, immediate=True)
        assert (await inbox(client, "t-2"))["alerts"] == []


async def test_a_named_educator_reads_no_inbox_but_their_own(clock: FixedClock) -> None:
    settings = replace(Settings.from_environment(), requester_id="t-1")
    async with Client(create(Wiring(settings=settings, clock=clock))) as client:
        own = await client.call_tool("list_alerts", {"educator_id": "t-1"})
        other = await client.call_tool("list_alerts", {"educator_id": "t-2"})
    assert not own.is_error
    assert other.structured_content is not None
    assert other.structured_content["error"]["code"] == "denied"


async def test_one_alert_without_a_student_sends_none(clock: FixedClock) -> None:
    async with connected(clock) as client:
        result = await client.call_tool(
            "send_educator_alerts",
            {"alerts": [{**ALERT, "student_id": "s-1"}, ALERT], "educator_id": "t-1", "immediate": True},
        )
        assert result.is_error
        assert "`student_id`" in str(result.structured_content)
        assert (await inbox(client))["alerts"] == []


async def test_channels_that_cannot_be_used_are_named(clock: FixedClock) -> None:
    async with connected(clock) as client:
        report = content(await send(client, ALERT, channels=["in_app", "sms", "email"]))
    assert report["undeliverable_channels"] == ["sms", "email"]
    assert report["queued"][0]["why_quiet"] == "no_other_channel"


async def test_an_alert_that_is_too_long_is_refused_without_its_text(clock: FixedClock) -> None:
    async with connected(clock) as client:
        result = await send(client, {**ALERT, "title": "long title " * 30})
    assert result.is_error
    assert "`alerts.0.title`" in str(result.structured_content)
    assert "long title long" not in str(result.structured_content)
