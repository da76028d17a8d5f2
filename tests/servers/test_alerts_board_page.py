"""The alerts board as a page: grouped by student, the gravest first, and answered from there."""

from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from tests.servers.browser import in_browser, page_of, show

from scribetree.servers.educator_alerts import create
from scribetree.servers.kit import Wiring

pytestmark = pytest.mark.anyio

ALERTS = [
    ("s-1", "engagement_drop", "medium", "Worth a look: engagement drop"),
    ("s-2", "urgent_support", "urgent", "Worth a look today: <b>several things</b>"),
    ("s-1", "quality_decline", "high", "Worth a look: quality decline"),
]


async def inbox() -> dict[str, Any]:
    """What the board is to show."""
    wiring = Wiring()
    alerts = [
        {"student_id": who, "alert_type": kind, "severity": severity, "title": title, "description": "Unlike usual."}
        for who, kind, severity, title in ALERTS
    ]
    async with Client(create(wiring)) as client:
        sent = {"educator_id": "t-1", "alerts": alerts, "immediate": True}
        assert not (await client.call_tool("send_educator_alerts", sent)).is_error
        answer = await client.call_tool("list_alerts", {"educator_id": "t-1"})
    wiring.close()
    assert answer.structured_content is not None
    return dict(answer.structured_content)


async def test_a_reader_without_the_board_is_told_the_same_in_words() -> None:
    lines = (await inbox())["in_words"].splitlines()
    assert lines[0] == "3 open alerts, the gravest first."
    assert lines[1].startswith("- urgent, student s-2")


@pytest.mark.slow
@in_browser
async def test_the_gravest_student_stands_first_and_an_alert_is_answered_from_the_board(tmp_path: Path) -> None:
    reply = {"result": {"structuredContent": {"response": "seen"}}}
    shown = show(await page_of("educator-alerts"), await inbox(), tmp_path, reply=reply)
    assert shown.said.index("Student s-2") < shown.said.index("Student s-1")
    assert "<b>several things</b>" in shown.said
    assert "You said: Seen" in shown.said
    assert "2 open of 3 shown." in shown.said
    assert shown.focused == "Worth a look today: <b>several things</b>"
    assert shown.called is not None
    assert shown.called["name"] == "acknowledge_alert"
    assert shown.called["arguments"]["educator_id"] == "t-1"


@pytest.mark.slow
@in_browser
async def test_an_answer_that_the_client_does_not_pass_on_is_not_taken_for_given(tmp_path: Path) -> None:
    refused = {"error": {"code": -32000, "message": "Not allowed."}}
    shown = show(await page_of("educator-alerts"), await inbox(), tmp_path, reply=refused)
    assert "Your answer did not arrive." in shown.said
    assert "3 open of 3 shown." in shown.said
