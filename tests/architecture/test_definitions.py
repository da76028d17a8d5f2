"""The tools as assistants see them: each promise about their form, and a snapshot of the whole."""

import json
import os
import re
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.types import Tool

from scribetree.host.config import prefix_of
from scribetree.servers.catalog import SERVERS, load
from scribetree.servers.kit import READS_WHERE_KEY, Wiring
from scribetree.settings import Settings

SNAPSHOTS = Path(__file__).parents[1] / "snapshots"


def tools_of(server: str) -> list[Tool]:
    async def ask() -> list[Tool]:
        settings = Settings.from_environment().with_all_tools()
        async with Client(load(server, Wiring(settings=settings, server=server))) as client:
            return (await client.list_tools()).tools

    return anyio.run(ask)


EVERY_TOOL = [(server, tool) for server in SERVERS for tool in tools_of(server)]
each_tool = pytest.mark.parametrize(
    ("server", "tool"), EVERY_TOOL, ids=[f"{server}.{tool.name}" for server, tool in EVERY_TOOL]
)


def definition(tool: Tool) -> dict[str, Any]:
    return tool.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize("server", SERVERS)
def test_the_definitions_are_those_of_the_snapshot(server: str) -> None:
    """A change of a tool's definition changes what assistants know: make it on purpose (UPDATE_SNAPSHOTS=1)."""
    path = SNAPSHOTS / f"{server}.json"
    now = json.dumps([definition(tool) for tool in tools_of(server)], indent=1, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, "utf-8")
    assert path.read_text("utf-8") == now


@each_tool
def test_a_tool_has_a_title_and_all_four_hints(server: str, tool: Tool) -> None:
    assert tool.title
    assert tool.annotations is not None
    hints = tool.annotations.model_dump(
        include={"read_only_hint", "destructive_hint", "idempotent_hint", "open_world_hint"}
    )
    assert len(hints) == 4
    assert None not in hints.values()


@each_tool
def test_a_description_says_what_it_does_and_when_to_use_it(server: str, tool: Tool) -> None:
    assert tool.description
    assert 100 <= len(tool.description) <= 900
    assert "Use it" in tool.description


@each_tool
def test_arguments_are_flat_closed_and_bounded(server: str, tool: Tool) -> None:
    assert tool.input_schema["additionalProperties"] is False
    for name, schema in tool.input_schema.get("properties", {}).items():
        kinds = [schema, *schema.get("anyOf", [])]
        assert not any(kind.get("type") == "object" for kind in kinds), name
        assert all("maxLength" in kind or "enum" in kind for kind in kinds if kind.get("type") == "string"), name
        assert all("maxItems" in kind for kind in kinds if kind.get("type") == "array"), name


@each_tool
def test_where_a_writing_tool_only_reads_is_told_by_values_that_its_arguments_can_have(server: str, tool: Tool) -> None:
    where = (tool.meta or {}).get(READS_WHERE_KEY)
    if where is None:
        return
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint is False
    assert where
    for name, values in where.items():
        assert values
        assert set(values) < set(tool.input_schema["properties"][name]["enum"])


@each_tool
def test_a_hosted_name_fits_every_model(server: str, tool: Tool) -> None:
    name = f"{prefix_of(server)}_{tool.name}"
    assert len(name) <= 64
    assert name.replace("_", "").isalnum()


@each_tool
def test_an_answer_has_a_schema(server: str, tool: Tool) -> None:
    assert tool.output_schema is not None
    assert tool.output_schema["type"] == "object"


README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@each_tool
def test_the_readme_names_the_tool_beside_its_server(server: str, tool: Tool) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{server}` |"))
    assert tool.name in row


def test_the_readme_names_no_tool_that_is_not_there() -> None:
    for server in SERVERS:
        row = next(line for line in README.splitlines() if line.startswith(f"| `{server}` |"))
        assert {name.strip() for name in row.split("|")[2].split(",")} == {tool.name for tool in tools_of(server)}


def test_the_readme_names_every_setting() -> None:
    source = (Path(__file__).parents[2] / "src" / "scribetree" / "settings.py").read_text("utf-8")
    for name in re.findall(r'"(SCRIBETREE_[A-Z_]+)"', source):
        assert f"`{name}`" in README
