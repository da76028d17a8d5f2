"""Which tools a profile shows: those that its role may call, of the sets that are switched on."""

from mcp.types import Tool

from scribetree.errors import ConfigError
from scribetree.privacy.context import role_of_profile
from scribetree.servers.catalog import SERVERS
from scribetree.servers.kit import ROLES_KEY, TOOLSET_KEY
from scribetree.settings import ALL_TOOLSETS, Profile

__all__ = ["check_toolsets", "is_on", "is_shown"]

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


def is_shown(tool: Tool, profile: Profile) -> bool:
    """Whether the profile shows the tool; a foreign tool names no roles, and is shown to staff only."""
    if profile == "all":
        return True
    roles = (tool.meta or {}).get(ROLES_KEY)
    return role_of_profile(profile) in roles if isinstance(roles, list) else profile != "student"
