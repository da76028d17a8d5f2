"""A value held against a JSON Schema; what does not fit is named by its rule, never by the value."""

from collections.abc import Mapping
from typing import Any

__all__ = ["first_fault"]


def first_fault(value: object, rule: Mapping[str, Any]) -> str | None:
    """The first rule of `rule` that `value` breaks, with its place; None if it fits."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 60 ms, only where something has a schema

    validator: Any = Draft202012Validator(dict(rule))
    for fault in validator.iter_errors(value):
        place = "".join(f"[{part}]" for part in fault.absolute_path if isinstance(part, int))
        return f"{f'element {place}: ' if place else ''}`{fault.validator}` is {str(fault.validator_value)[:200]}"
    return None
