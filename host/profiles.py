"""Which tools a profile shows: those that its role may call, of the sets that are switched on."""

from typing import Literal

from mcp.types import Tool

from scribetree.errors import ConfigError
from scribetree.privacy.context import RequesterType
from scribetree.servers.catalog import SERVERS
from scribetree.servers.kit import ROLES_KEY, TOOLSET_KEY
from scribetree.settings import ALL_TOOLSETS

__all__ = ["Viewer", "check_toolsets", "is_on", "is_shown"]

Viewer = RequesterType | Literal["all"]
"""Who looks at a list of tools: somebody in a role, or a person who wants to see what there is."""

_DEFAULT = {name for entry in SERVERS.values() for name in entry.default_toolsets}


def is_on(tool: Tool, toolsets: tuple[str, ...] | None) -> bool:
    """Whether the tool is of a set that is switched on, or of none; None stands for the servers' own choice."""
    toolset = (tool.meta or {}).get(TOOLSET_KEY)
    return toolset is None or toolsets == ALL_TOOLSETS or toolset in (_DEFAULT if toolsets is None else toolsets)


def check_toolsets(toolsets: tuple[str, ...] | None) -> None:
    """Each name is that of a set of a server of ours, or `all`; else ConfigError names those that there are."""
    known = {name for entry in SERVERS.values() for name in entry.toolsets}
    if toolsets not in {None, ALL_TOOLSETS} and not known.issuperset(toolsets or ()):
        raise ConfigError(
            "`--toolsets` or SCRIBETREE_TOOLSETS names a set that there is not.",
            hint=f"Use all, or some of: {', '.join(sorted(known))}.",
        )


def is_shown(tool: Tool, viewer: Viewer) -> bool:
    """Whether the viewer is shown the tool; a foreign tool names no roles, and is shown to all but students."""
    if viewer == "all":
        return True
    roles = (tool.meta or {}).get(ROLES_KEY)
    return viewer in roles if isinstance(roles, list) else viewer != "student"
