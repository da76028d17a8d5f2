"""
A caller's identity, carried from the host to a server as a signed token.

The token is a JWT under the installation's own key, good for minutes: a server accepts a role from it,
or from the profile that its process was started with, and from nowhere else.
"""

import hmac
from datetime import timedelta
from typing import Any, cast, get_args

import jwt

from scribetree.clock import Clock
from scribetree.errors import Denied
from scribetree.privacy._parts import joined
from scribetree.privacy.context import PURPOSES, PrivacyContext, Purpose, RequesterType
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import is_correlation_id

__all__ = ["CALLER_KEY", "COUNTERSIGN_HEADER", "COUNTERSIGN_KEY", "LIFETIME_S", "countersign", "sign", "verify"]

CALLER_KEY = "scribetree/caller"
"""The key of the token in the `_meta` of an MCP request."""

COUNTERSIGN_KEY = "scribetree/countersign"
"""The key of the countersign in the `_meta` of an MCP result."""

COUNTERSIGN_HEADER = "Scribetree-Countersign"
"""The header of the countersign in an answer over plain HTTP."""

_ALGORITHM = "HS256"
_AUDIENCE = "scribetree-server"
LIFETIME_S = 600
"""How long a token is good, in seconds."""


def sign(context: PrivacyContext, *, ring: KeyRing, clock: Clock) -> str:
    """A token that says who asks, valid for ten minutes."""
    claims = {
        "aud": _AUDIENCE,
        "sub": context.requester_id,
        "role": context.requester_type,
        "purpose": context.purpose,
        "cid": context.correlation_id,
        "exp": clock.now() + timedelta(seconds=LIFETIME_S),
    }
    return jwt.encode(claims, ring.key("caller"), _ALGORITHM)


def verify(token: object, *, ring: KeyRing) -> PrivacyContext:
    """The caller that a token of this installation names; anything else is denied."""
    try:
        claims: dict[str, Any] = jwt.decode(
            cast("str", token),
            ring.key("caller"),
            [_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["exp", "sub", "aud"]},
        )
    except (jwt.InvalidTokenError, TypeError, ValueError):
        raise _denied() from None
    if not _is_well_formed(claims):
        raise _denied()
    return PrivacyContext(
        requester_id=str(claims["sub"]),
        requester_type=cast("RequesterType", claims["role"]),
        purpose=cast("Purpose", claims["purpose"]),
        correlation_id=str(claims["cid"]),
    )


def countersign(token: str, *, server: str, ring: KeyRing) -> str:
    """What only a server of that name of this installation can answer to a token: that it was reached with it."""
    return hmac.digest(ring.key("countersign"), joined(server, token), "sha256").hex()


def _is_well_formed(claims: dict[str, Any]) -> bool:
    return (
        claims.get("role") in get_args(RequesterType)
        and claims.get("purpose") in PURPOSES
        and is_correlation_id(claims.get("cid"))
    )


def _denied() -> Denied:
    return Denied(
        "The caller's token is not valid here.",
        hint="Call through a host of the same installation (the same SCRIBETREE_HOME).",
    )
