"""Arguments that fit a tool, made from its input schema."""

from typing import Any

TEXT = "I wrote about trains because I like them. At first it was hard, so I began again and learned to plan. "


def arguments_for(schema: dict[str, Any]) -> dict[str, Any]:
    """One value for each required argument, and the student wherever one can be named."""
    properties: dict[str, Any] = schema.get("properties", {})
    wanted = [*schema.get("required", []), *(name for name in ("student_id", "educator_id") if name in properties)]
    return {name: _value(name, properties[name], schema.get("$defs", {})) for name in wanted}


def _value(name: str, schema: dict[str, Any], defs: dict[str, Any]) -> Any:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return _value(name, schema["anyOf"][0], defs)
    if "enum" in schema:
        return schema["enum"][-1]
    kind = schema.get("type")
    if kind == "object":
        return {each: _value(each, schema["properties"][each], defs) for each in schema.get("required", [])}
    if kind == "array":
        return [_value(name, schema["items"], defs) for _ in range(max(1, schema.get("minItems", 1)))]
    if kind in {"number", "integer"}:
        return min(schema.get("maximum", 90), max(schema.get("minimum", 0), 90))
    if kind == "boolean":
        return True
    return _text(name, schema)


def _text(name: str, schema: dict[str, Any]) -> str:
    if name in {"student_id", "educator_id"} or "pattern" in schema:
        return "s-1" if name != "educator_id" else "t-1"
    longest = schema.get("maxLength", 200)
    return (TEXT * 10)[:longest].strip() if longest > 1000 else "insert"[:longest]
