"""What holds for each page that a client may show beside an answer."""

import re
from pathlib import Path

import pytest
from tests.servers.browser import in_browser, page_of, show

pytestmark = pytest.mark.anyio

each_page = pytest.mark.parametrize("server", ["educator-alerts", "strategy", "student-profiling"])


@each_page
async def test_a_page_loads_nothing_and_its_policy_forbids_it(server: str) -> None:
    page = await page_of(server)
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert re.search(r"(src|href)=|https?://|innerHTML|eval\(", page) is None


@pytest.mark.slow
@in_browser
@each_page
async def test_an_error_and_markup_are_shown_as_text(server: str, tmp_path: Path) -> None:
    error = {"message": "<b>No.</b>", "fix": "Ask again.</script><script>document.title='x'</script>"}
    shown = show(await page_of(server), {"error": error}, tmp_path)
    assert "<b>No.</b> Ask again.</script>" in shown.said


@pytest.mark.slow
@in_browser
async def test_a_page_wears_the_theme_of_its_client_and_asks_for_the_room_that_it_needs(tmp_path: Path) -> None:
    shown = show(await page_of("strategy"), {"analyses": []}, tmp_path)
    assert shown.scheme == "dark"
    assert 0 < shown.height < 200


@pytest.mark.slow
@in_browser
async def test_advice_of_a_server_that_is_away_is_shown_in_place_of_figures(tmp_path: Path) -> None:
    away = {"degraded": True, "available": False, "meanwhile": "Decide nothing until it is back."}
    assert "Decide nothing until it is back." in show(await page_of("strategy"), away, tmp_path).said


@pytest.mark.slow
@in_browser
async def test_a_call_that_was_cancelled_leaves_nobody_waiting(tmp_path: Path) -> None:
    said = show(await page_of("student-profiling"), None, tmp_path).said
    assert "taken back" in said
    assert "Waiting" not in said
