"""
The host's own two tools: find a tool by what it is for, and call one that the list leaves out.

They are listed where tool sets are switched off, so that a short list loses nothing.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from mcp.types import CallToolResult, TextContent, Tool, ToolAnnotations

from scribetree.errors import InvalidInput
from scribetree.shapes import as_object

__all__ = ["CALL", "OWN_TOOLS", "SEARCH", "call_of", "found_tools"]

SEARCH, CALL = "tools_search", "tools_call"

_MOST_FOUND = 10
_MOST_QUERY = 300
_WORD = re.compile(r"[a-z]{3,}")
_SATURATION, _LENGTH = 1.2, 0.75

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_ANYTHING = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)

OWN_TOOLS: Mapping[str, Tool] = {
    SEARCH: Tool(
        name=SEARCH,
        title="Search all tools",
        description="Find tools by what they are for, also those that the list leaves out: name, purpose and input "
        "schema, best first. Use it when no listed tool fits; call what it finds with tools_call.",
        annotations=_READS,
        input_schema={
            "type": "object",
            "properties": {
                "query": {"type": "string", "minLength": 1, "maxLength": _MOST_QUERY},
                "limit": {"type": "integer", "minimum": 1, "maximum": _MOST_FOUND, "default": 5},
            },
            "required": ["query"],
            "additionalProperties": False,
        },
    ),
    CALL: Tool(
        name=CALL,
        title="Call any tool",
        description="Call a tool that tools_search found, by its name, with arguments that fit its input schema. Use "
        "it only for tools that are not in the list: a listed one is called itself.",
        annotations=_ANYTHING,
        input_schema={
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 64},
                "arguments": {"type": "object"},
            },
            "required": ["name"],
            "additionalProperties": False,
        },
    ),
}


def call_of(arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The tool and the arguments that a call of `tools_call` names."""
    name, given = arguments.get("name"), as_object(arguments.get("arguments", {}))
    if not isinstance(name, str) or given is None or name in OWN_TOOLS:
        raise InvalidInput(
            "Bad arguments for tools_call: `name` must be another tool's, `arguments` an object.",
            hint="Give both as tools_search shows them.",
        )
    return name, given


def found_tools(arguments: Mapping[str, Any], tools: Sequence[Tool]) -> CallToolResult:
    """The tools that fit the query best (Okapi BM25 over names, titles and descriptions)."""
    query, limit = arguments.get("query"), arguments.get("limit", 5)
    if not isinstance(query, str) or not 0 < len(query) <= _MOST_QUERY or limit not in range(1, _MOST_FOUND + 1):
        raise InvalidInput(
            f"Bad arguments for tools_search: `query` has 1 to {_MOST_QUERY} letters, `limit` is 1 to {_MOST_FOUND}.",
            hint="Say in a few words what the tool should do.",
        )
    found = [
        {"name": tool.name, "title": tool.title, "description": tool.description, "input_schema": tool.input_schema}
        for tool in _ranked(query, tools)[:limit]
    ]
    content = {"tools": found, "searched": len(tools)}
    return CallToolResult(content=[TextContent(type="text", text=json.dumps(content))], structured_content=content)


def _ranked(query: str, tools: Sequence[Tool]) -> list[Tool]:
    texts = [Counter(_words(f"{tool.name} {tool.name} {tool.title} {tool.description}")) for tool in tools]
    mean = sum(text.total() for text in texts) / max(1, len(texts))
    asked = set(_words(query))
    rarity = {
        word: log(1 + (len(texts) - held + 0.5) / (held + 0.5))
        for word in asked
        if (held := sum(word in text for text in texts))
    }

    def score(text: Counter[str]) -> float:
        stretch = _SATURATION * (1 - _LENGTH + _LENGTH * text.total() / mean)
        return sum(weight * text[word] * (_SATURATION + 1) / (text[word] + stretch) for word, weight in rarity.items())

    scored = sorted(zip(map(score, texts), tools, strict=True), key=lambda pair: -pair[0])
    return [tool for points, tool in scored if points > 0]


def _words(text: str) -> list[str]:
    """Words without the ending that makes them plural or a gerund."""
    return [re.sub(r"(?:ies|es|s|ing|ed|e)$", "", word) for word in _WORD.findall(text.lower().replace("_", " "))]
