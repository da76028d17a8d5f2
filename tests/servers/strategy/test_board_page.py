"""The strategy board as a page: it loads nothing, and a browser shows the year's figures."""

import re
from pathlib import Path

import anyio
import pytest
from mcp import Client
from mcp.types import TextResourceContents
from tests.servers.browser import BROWSER, said
from tests.servers.strategy.office import Office


def page(office: Office) -> str:
    async def read() -> str:
        async with Client(office.server) as client:
            (content,) = (await client.read_resource("ui://scribetree/strategy-board")).contents
        assert isinstance(content, TextResourceContents)
        return content.text

    return anyio.run(read)


def test_the_page_loads_nothing_and_its_policy_forbids_it(empty: Office) -> None:
    text = page(empty)
    assert "default-src 'none'" in text
    assert re.search(r"(src|href)=|https?://|innerHTML|eval\(", text) is None


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian's package chromium)")
def test_a_browser_shows_figures_findings_and_what_to_enter(year: Office, tmp_path: Path) -> None:
    text = said(page(year), {"structuredContent": year.ask("generate_strategic_dashboard")}, tmp_path)
    assert "Health of goals" in text
    assert "61.79 %" in text
    assert "Pending for 328 days." in text
    assert "enter how confident its owner is" in text
