"""The tool that says how sensitive a text is, through the door that an assistant uses."""

from typing import Any, cast

import pytest
from mcp import Client

from scribetree.servers.writing_analysis import create

pytestmark = pytest.mark.anyio


async def classified(content: str) -> dict[str, Any]:
    async with Client(create()) as client:
        answer = await client.call_tool("classify_content_sensitivity", {"content": content})
    assert answer.structured_content is not None
    return cast("dict[str, Any]", answer.structured_content)


async def test_a_text_comes_back_without_the_people_in_it() -> None:
    answer = await classified("My friend Ana Souza lives at 4 Elm Street. I like trains.")
    assert answer["redacted_content"] == "My friend [NAME] lives at [STREET_ADDRESS]. I like trains."
    assert [element["type"] for element in answer["sensitive_elements"]] == ["NAME", "STREET_ADDRESS"]


async def test_a_cited_author_makes_no_text_sensitive() -> None:
    answer = await classified("According to Jean Piaget, learning takes time.")
    assert answer["sensitivity_level"] == "none"
