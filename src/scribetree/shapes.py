"""Narrowing of what came as JSON, whose parts may be anything."""

from typing import Any, cast

__all__ = ["as_list", "as_object"]


def as_object(value: object) -> dict[str, Any] | None:
    """`value` if it is a JSON object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[object] | None:
    """`value` if it is a JSON array."""
    return cast("list[object]", value) if isinstance(value, list) else None
