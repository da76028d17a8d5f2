"""The student's privacy dashboard as a page: served with its tool, loading nothing, shown in a real browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextResourceContents
from tests.servers.browser import BROWSER, said

from scribetree.servers.kit import Wiring
from scribetree.servers.student_profiling import create
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

URI = "ui://scribetree/privacy-dashboard"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings(settings.home, profile="student", requester_id="s-1")


async def dashboard(settings: Settings) -> tuple[str, dict[str, Any]]:
    """The page, and the answer that it is to show."""
    wiring = Wiring(settings=settings)
    async with Client(create(wiring)) as client:
        (content,) = (await client.read_resource(URI)).contents
        answer = await client.call_tool("create_student_privacy_dashboard", {"student_id": "s-1"})
    wiring.close()
    assert isinstance(content, TextResourceContents)
    assert answer.structured_content is not None
    return content.text, answer.structured_content


async def test_the_tool_names_its_page_and_the_server_serves_it(settings: Settings) -> None:
    async with Client(create(Wiring(settings=settings))) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        (content,) = (await client.read_resource(URI)).contents
    assert (tools["create_student_privacy_dashboard"].meta or {})["ui"] == {"resourceUri": URI}
    assert content.mime_type == "text/html;profile=mcp-app"


async def test_the_page_loads_nothing_and_its_policy_forbids_it(settings: Settings) -> None:
    page, _ = await dashboard(settings)
    assert "default-src 'none'" in page
    assert "unsafe" not in page.split("</head>")[0]
    assert re.search(r"(src|href)=|https?://|innerHTML|eval\(", page) is None


async def test_a_client_without_apps_reads_the_same_in_words(settings: Settings) -> None:
    _, answer = await dashboard(settings)
    assert "of 100" in answer["in_words"]
    assert "Held: nothing." in answer["in_words"]


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian's package chromium)")
async def test_a_browser_shows_the_score_the_choices_and_the_accesses(settings: Settings, tmp_path: Path) -> None:
    page, answer = await dashboard(settings)
    text = said(page, {"structuredContent": answer}, tmp_path)
    assert f"{round(100 * answer['privacy_score'])} of 100" in text
    assert "My teachers" in text
    assert "Who asked for your data" in text


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian's package chromium)")
async def test_an_error_and_markup_are_shown_as_text(settings: Settings, tmp_path: Path) -> None:
    page, _ = await dashboard(settings)
    error = {"message": "<b>No.</b>", "fix": "Ask again.</script><script>document.title='x'</script>"}
    assert "<b>No.</b> Ask again.</script>" in said(page, {"structuredContent": {"error": error}}, tmp_path)
