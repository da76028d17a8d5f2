"""The tool that says how sensitive a text is, through the door that an assistant uses."""

from datetime import datetime
from typing import Any, cast

import pytest
from mcp import Client

from scribetree.servers.writing_analysis import create

pytestmark = pytest.mark.anyio


async def classified(content: str, **context: str) -> dict[str, Any]:
    async with Client(create()) as client:
        answer = await client.call_tool("classify_content_sensitivity", {"content": content, **context})
    assert answer.structured_content is not None
    return cast("dict[str, Any]", answer.structured_content)


async def test_a_text_comes_back_without_the_people_in_it() -> None:
    answer = await classified("My friend Ana Souza lives at 4 Elm Street. I like trains.")
    assert answer["redacted_content"] == "My friend [NAME] lives at [STREET_ADDRESS]. I like trains."
    assert [element["type"] for element in answer["sensitive_elements"]] == ["NAME", "STREET_ADDRESS"]


async def test_a_cited_author_makes_no_text_sensitive() -> None:
    answer = await classified("According to Jean Piaget, learning takes time.")
    assert answer["sensitivity_level"] == "none"


async def test_a_long_text_does_not_hide_one_number() -> None:
    answer = await classified("The bus was late. " * 400 + "My social security number is 219-09-9999.")
    assert answer["sensitivity_level"] == "high"


async def test_what_kind_of_text_it_is_adds_advice_and_changes_no_score() -> None:
    text = "My friend Ana Souza helped me."
    plain, told = await classified(text), await classified(text, content_type="reflection", academic_level="middle")
    assert told["sensitivity_score"] == plain["sensitivity_score"]
    assert set(told["recommendations"]) > set(plain["recommendations"])


async def test_an_answer_says_when_the_text_was_looked_at() -> None:
    answer = await classified("I like trains.")
    assert datetime.fromisoformat(answer["classification_timestamp"]).tzinfo is not None
