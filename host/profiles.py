"""Which tools a profile shows: those that its role may call."""

from mcp.types import Tool

from scribetree.privacy.context import role_of_profile
from scribetree.servers.kit import ROLES_KEY
from scribetree.settings import Profile

__all__ = ["is_shown"]


def is_shown(tool: Tool, profile: Profile) -> bool:
    """Whether the profile shows the tool; a foreign tool names no roles, and is shown to staff only."""
    if profile == "all":
        return True
    roles = (tool.meta or {}).get(ROLES_KEY)
    return role_of_profile(profile) in roles if isinstance(roles, list) else profile != "student"
