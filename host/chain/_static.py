"""What to do while a tool is away: written for each tool, the same for everybody, and no judgement."""

from functools import cache
from importlib.resources import files
from typing import Any

from scribetree.shapes import as_object

__all__ = ["static_answer", "static_answers"]


@cache
def static_answers() -> dict[str, dict[str, str]]:
    """All of them, by server and tool."""
    import yaml  # noqa: PLC0415 - only when something is away

    text = files("scribetree.host").joinpath("static_answers.yaml").read_text("utf-8")
    written: dict[str, Any] = as_object(yaml.safe_load(text)) or {}
    return {
        server: {tool: " ".join(advice.split()) for tool, advice in tools.items()} for server, tools in written.items()
    }


def static_answer(server: str, tool: str) -> dict[str, Any] | None:
    """The answer in the shape that every door gives out, if one is written."""
    advice = static_answers().get(server, {}).get(tool)
    return None if advice is None else {"degraded": True, "available": False, "meanwhile": advice}
