"""The strategy board as a page: a browser shows the year's figures."""

from pathlib import Path

import anyio
import pytest
from tests.servers.browser import in_browser, page_of, show
from tests.servers.strategy.office import Office


@pytest.mark.slow
@in_browser
def test_a_browser_shows_figures_findings_and_what_to_enter(year: Office, tmp_path: Path) -> None:
    page = anyio.run(page_of, "strategy")
    said = show(page, year.ask("generate_strategic_dashboard"), tmp_path).said
    assert "Health of goals" in said
    assert "61.79 %" in said
    assert "Pending for 328 days." in said
    assert "enter how confident its owner is" in said
