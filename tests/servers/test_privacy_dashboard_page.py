"""The student's privacy dashboard as a page: served with its tool, shown in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from tests.servers.browser import in_browser, page_of, show

from scribetree.servers.kit import Wiring
from scribetree.servers.student_profiling import create
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

URI = "ui://scribetree/privacy-dashboard"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings(settings.home, profile="student", requester_id="s-1")


async def dashboard(settings: Settings) -> dict[str, Any]:
    """What the page is to show."""
    wiring = Wiring(settings=settings)
    async with Client(create(wiring)) as client:
        answer = await client.call_tool("create_student_privacy_dashboard", {"student_id": "s-1"})
    wiring.close()
    assert answer.structured_content is not None
    return dict(answer.structured_content)


async def test_the_tool_names_its_page_and_the_server_serves_it(settings: Settings) -> None:
    async with Client(create(Wiring(settings=settings))) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        (content,) = (await client.read_resource(URI)).contents
    assert (tools["create_student_privacy_dashboard"].meta or {})["ui"] == {"resourceUri": URI}
    assert content.mime_type == "text/html;profile=mcp-app"


async def test_a_client_without_apps_reads_the_same_in_words(settings: Settings) -> None:
    answer = await dashboard(settings)
    assert "of 100" in answer["in_words"]
    assert "Held: nothing." in answer["in_words"]


@pytest.mark.slow
@in_browser
async def test_a_browser_shows_the_score_the_choices_and_the_accesses(settings: Settings, tmp_path: Path) -> None:
    answer = await dashboard(settings)
    said = show(await page_of("student-profiling"), answer, tmp_path).said
    assert f"{round(100 * answer['privacy_score'])} of 100" in said
    assert "My teachers" in said
    assert "Who asked for your data" in said


@pytest.mark.slow
@in_browser
async def test_what_one_asker_did_within_a_minute_is_one_line(settings: Settings, tmp_path: Path) -> None:
    read = {
        "at": "2026-03-02T09:00:00+00:00",
        "role": "educator",
        "action": "read",
        "outcome": "ok",
        "purpose": "support",
    }
    log = [{**read, "kind": kind, "records": 1, "sequence": n} for n, kind in enumerate(("draft", "student", "draft"))]
    answer = {**await dashboard(settings), "data_access_log": log}
    said = show(await page_of("student-profiling"), answer, tmp_path).said
    assert said.count("a teacher") == 1
    assert "draft, name and age" in said
