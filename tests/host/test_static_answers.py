"""The advice for when a tool is away: one for each tool, and none that judges."""

import anyio
import pytest

from scribetree.host.chain import static_answers
from scribetree.servers.catalog import SERVERS, load
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings


def tool_names(server: str) -> set[str]:
    async def listed() -> set[str]:
        wiring = Wiring(settings=Settings.from_environment().with_all_tools(), server=server)
        return {tool.name for tool in await load(server, wiring).list_tools()}

    return anyio.run(listed)


@pytest.mark.parametrize("server", SERVERS)
def test_every_tool_has_advice_and_no_advice_is_for_a_tool_that_is_not_there(server: str) -> None:
    assert set(static_answers()[server]) == tool_names(server)


@pytest.mark.parametrize("server", SERVERS)
def test_advice_is_short_and_the_same_for_everybody(server: str) -> None:
    for tool, advice in static_answers()[server].items():
        assert 40 <= len(advice) <= 400, tool
        assert "{" not in advice
        assert "AI-written" not in advice
