"""Alerts reach an educator once, at the right time, and nobody else."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp import Client
from mcp.types import CallToolResult

from scribetree.clock import FixedClock
from scribetree.servers.educator_alerts import create
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

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


def content(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.structured_content
    assert result.structured_content is not None
    found: dict[str, Any] = result.structured_content
    return found


async def inbox(client: Client, educator: str = "t-1") -> dict[str, Any]:
    return content(await client.call_tool("list_alerts", {"educator_id": educator}))


async def test_an_alert_that_can_wait_arrives_with_its_batch(clock: FixedClock) -> None:
    async with connected(clock) as client:
        assert len(content(await send(client, ALERT))["queued"]) == 1
        assert await inbox(client) == {"alerts": [], "waiting": 1}
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


async def test_channels_that_do_not_exist_are_named(clock: FixedClock) -> None:
    async with connected(clock) as client:
        report = content(await send(client, ALERT, channels=["in_app", "sms"]))
    assert report["undeliverable_channels"] == ["sms"]


async def test_an_alert_that_is_too_long_is_refused_without_its_text(clock: FixedClock) -> None:
    async with connected(clock) as client:
        result = await send(client, {**ALERT, "title": "long title " * 30})
    assert result.is_error
    assert "`alerts.0.title`" in str(result.structured_content)
    assert "long title long" not in str(result.structured_content)
