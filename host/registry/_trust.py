"""
Whom the host takes in, and at which addresses.

A registration makes the host send students' texts and callers' tokens somewhere, so it is refused unless a person of
this installation vouches for it: by a token under its key ring in a role that runs things, for a server that the host
knows by name, on this machine or at an address that the options name. A name that has to be looked up is no address.
"""

import ipaddress
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import Denied, InvalidInput, UnknownName
from scribetree.host.options import RegistryOptions
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.catalog import SERVERS

__all__ = ["Registration", "check_address", "check_name", "check_role"]

_ROLES = frozenset({"administrator", "system"})
_HERE = "localhost"

Url = Annotated[str, Field(min_length=8, max_length=500)]


class Registration(BaseModel):
    """What a server says of itself when it registers: its name, its MCP address, and where it answers plain HTTP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,40}$")]
    url: Url
    http: Url | None = None
    lease_s: Annotated[float, Field(ge=1, le=86_400)] | None = None


def check_role(caller: PrivacyContext) -> None:
    """Nothing happens if the caller may change what the host asks; else they are denied."""
    if caller.requester_type not in _ROLES:
        raise Denied(
            "Registering and draining is for administrators.",
            hint="Use a token of `scribetree token --as administrator`.",
        )


def check_name(name: str, *, configured: set[str], options: RegistryOptions) -> None:
    """Nothing happens if the host takes in servers of that name."""
    known = {*SERVERS, *configured, *options.servers}
    if name not in known:
        raise UnknownName(
            "The host does not take in a server of that name.",
            hint="Name one of ours, or one of mcp.json, or add it to `registry.servers` in the options.",
        )


def check_address(url: str, options: RegistryOptions, *, field: str) -> str:
    """The URL, without a slash at its end, if the host may send calls there."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _no_address(field) from None
    if not _is_plain(parts) or port == 0 or url != url.strip() or not url.isascii():
        raise _no_address(field)
    host = (parts.hostname or "").lower()
    if not _is_here(host) and host not in options.hosts:
        raise Denied(
            f"`{field}` is not on this machine.",
            hint="Add its address to `registry.hosts` in the options, if calls may leave this machine for it.",
        )
    return url.rstrip("/")


def _is_plain(parts: SplitResult) -> bool:
    is_bare = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_bare


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == _HERE


def _no_address(field: str) -> InvalidInput:
    return InvalidInput(
        f"`{field}` is no address of a server.", hint="Write http://ADDRESS:PORT/path, without a name or a query in it."
    )
