"""
Tool schemas as small as they can be, and arguments checked against them without repeating a value.

The SDK's own message for a bad argument quotes the argument, which may be a whole essay.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from mcp.server.mcpserver.tools import Tool
from pydantic import ValidationError

from scribetree.errors import InvalidInput
from scribetree.shapes import as_list, as_object

__all__ = ["check_arguments", "close_schema"]

# pydantic error types whose message tells the rule and nothing of the input.
_RULE_ONLY = (
    "missing",
    "string_",
    "int_",
    "float_",
    "bool_",
    "list_",
    "dict_",
    "tuple_",
    "too_",
    "greater_",
    "less_",
    "literal_",
    "enum",
    "finite_",
    "multiple_of",
    "date_",
    "datetime_",
    "time_",
    "timezone_",
)
# Those whose message speaks of pydantic's own things.
_PLAIN = {"extra_forbidden": "is not a field of this object", "model_type": "must be an object"}
_SHOWN_ERRORS = 5


def close_schema(tool: Tool) -> Tool:
    """The same tool, whose schemas carry no generated titles and admit no unknown argument."""
    parameters = _without_titles(tool.parameters) | {"additionalProperties": False}
    if tool.fn_metadata.output_schema is not None:
        tool.fn_metadata.output_schema = _without_titles(tool.fn_metadata.output_schema)
    tool.parameters = parameters
    return tool


def check_arguments(tool: Tool, arguments: Mapping[str, Any]) -> None:
    """Nothing happens if `arguments` fit; else every misfit is named by its field and rule."""
    unknown = _unknown(arguments, tool.parameters.get("properties", {}))
    if unknown:
        raise InvalidInput(f"Bad arguments for {tool.name}: {'; '.join(unknown)}.", hint=_hint(tool))
    try:
        tool.fn_metadata.validate_arguments(dict(arguments))
    except ValidationError as error:
        rules = [_rule(detail) for detail in error.errors(include_url=False, include_input=False)]
        raise InvalidInput(f"Bad arguments for {tool.name}: {_joined(rules)}.", hint=_hint(tool)) from None


def _unknown(arguments: Iterable[str], known: Mapping[str, Any]) -> list[str]:
    return [_unknown_name(name, known) for name in arguments if name not in known][:_SHOWN_ERRORS]


def _unknown_name(name: str, known: Mapping[str, Any]) -> str:
    shown = f"`{name}`" if name.isidentifier() and len(name) <= 40 else "one argument"
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"{shown} is not an argument of this tool" + (f" (did you mean `{near[0]}`?)" if near else "")


def _rule(detail: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails, whose `ctx` is open
    field = ".".join(_part(part) for part in detail["loc"])
    kind: str = detail["type"]
    rule = str(detail["msg"]) if kind.startswith(_RULE_ONLY) else _PLAIN.get(kind, f"does not fit ({kind})")
    return f"`{field}`: {rule}"


def _part(part: object) -> str:
    if isinstance(part, int):
        return str(part)
    return part if isinstance(part, str) and part.isidentifier() and len(part) <= 40 else "*"


def _joined(rules: list[str]) -> str:
    more = len(rules) - _SHOWN_ERRORS
    return "; ".join(rules[:_SHOWN_ERRORS]) + (f"; and {more} more" if more > 0 else "")


def _hint(tool: Tool) -> str:
    required = tool.parameters.get("required", [])
    needs = f"It needs {', '.join(f'`{name}`' for name in required)}. " if required else ""
    return f"{needs}See the input schema of {tool.name}."


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` without the titles that pydantic makes up; a property that is called `title` stays."""
    kept = {key: value for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    for key, value in kept.items():
        if key in {"properties", "$defs"}:
            kept[key] = {name: _without_titles(inner) for name, inner in value.items()}
        elif (inner := as_object(value)) is not None:
            kept[key] = _without_titles(inner)
        elif (several := as_list(value)) is not None:
            kept[key] = [each if (shape := as_object(each)) is None else _without_titles(shape) for each in several]
    return kept
