"""A strategy server for each test, and one with the whole worked year for those that only read."""

from collections.abc import Iterator

import pytest
from tests.servers.strategy.office import YEAR, Office

from scribetree.settings import Settings


@pytest.fixture
def empty(settings: Settings) -> Iterator[Office]:
    office = Office.at(settings, "2026-01-05")
    yield office
    office.wiring.close()


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Read only: every test of a module shares it."""
    office = Office.at(Settings(home=tmp_path_factory.mktemp("year")), "2026-01-05")
    office.play(YEAR["events"])
    office.on(YEAR["ends_on"])
    yield office
    office.wiring.close()
