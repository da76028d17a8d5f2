"""
What a degraded answer may not say: no access level is raised, and no integrity question is cleared.

A student's level is known only where the call names it; else the lowest stands, for any other might be a raise.
"""

from collections.abc import Mapping
from typing import Any

from scribetree.shapes import as_list, as_object

__all__ = ["LEVELS", "capped"]

LEVELS = ("restricted", "basic", "standard", "enhanced")
_NOTE = "This answer is degraded: it raises no level and clears no question. Ask again when the server is back."
_LEVEL_FIELDS = frozenset({"access_level", "recommended_level", "new_level", "granted_level", "unlocked_level"})


def capped(result: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`result` without what only a server that is there may say."""
    given = arguments.get("current_access_level")
    most = LEVELS.index(given) if given in LEVELS else 0
    shown = _with_levels(result, most)
    if "recommended_level" in shown and "is_valid" in shown:
        shown = _without_permission(shown, arguments, most)
    return _without_clearance(shown) if "integrity_score" in shown else shown


def _with_levels(result: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {name: _capped_field(name, value, most) for name, value in result.items()}


def _capped_field(name: str, value: Any, most: int) -> Any:  # noqa: ANN401 - JSON
    if name in _LEVEL_FIELDS and value in LEVELS:
        return LEVELS[min(LEVELS.index(value), most)]
    if (inner := as_object(value)) is not None:
        return _with_levels(inner, most)
    if (several := as_list(value)) is not None:
        return [_capped_field(name, each, most) for each in several]
    return value


def _without_permission(shown: dict[str, Any], arguments: Mapping[str, Any], most: int) -> dict[str, Any]:
    wanted = arguments.get("target_level")
    if wanted not in LEVELS or LEVELS.index(wanted) <= most:
        return shown
    return shown | {"is_valid": False, "issues": [*shown.get("issues", ()), _NOTE]}


def _without_clearance(shown: dict[str, Any]) -> dict[str, Any]:
    """What was observed stays; what follows from it waits."""
    return shown | {
        "integrity_score": None,
        "educational_value": None,
        "confidence": 0.0,
        "abstained": True,
        "reason": _NOTE,
        "human_review": True,
        "recommendations": [_NOTE],
    }
