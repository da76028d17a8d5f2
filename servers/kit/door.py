"""
What the plain HTTP doors of servers and host share: who may come in, what they sent, and how a refusal looks.

A call needs `Authorization: Bearer TOKEN`, a caller's token under this installation's key ring (`scribetree token`),
and comes from this machine: without a caller there is nothing about a student.
"""

import ipaddress
import json
import math
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from scribetree.errors import Denied, ErrorPayload, InvalidInput, ScribeTreeError, UnknownName
from scribetree.privacy.caller import LIFETIME_S, verify
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.shapes import as_object

__all__ = [
    "METHODS",
    "OTHER_PATHS",
    "NoCaller",
    "bearer",
    "caller_of",
    "client_name",
    "is_from_here",
    "json_object",
    "named_caller",
    "nothing_here",
    "only_from_here",
    "refusal",
    "with_status",
]

OTHER_PATHS = "/api/v1/{rest:path}"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""With them, a route that is the last one takes what no other has taken."""

_STATUS = {
    "invalid_input": 400,
    "denied": 403,
    "unknown_name": 404,
    "rate_limited": 429,
    "internal": 500,
    "unavailable": 503,
}
_TOOL_ERROR = 422
_RETRY_AFTER_S = 1.0


class NoCaller(Denied):
    """The call names nobody."""

    challenge = "Bearer"


class _BadToken(NoCaller):
    """The call's token names nobody, or nobody any more (RFC 6750, section 3.1)."""

    challenge = 'Bearer error="invalid_token"'


def is_from_here(request: Request) -> bool:
    """Whether the request comes from this machine, and was not forwarded to it by one that says for whom."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def only_from_here(request: Request) -> None:
    """Nothing happens if the request comes from this machine; else it is denied."""
    if not is_from_here(request):
        raise Denied("This door is for callers on this machine.", hint="Call the host's gateway.")


def bearer(request: Request) -> str:
    """The token of a caller, which is not verified yet."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NoCaller(
            "This call names no caller.",
            hint="Send `Authorization: Bearer` with a caller's token; `scribetree token` prints one.",
        )
    return token.strip()


def named_caller(request: Request, ring: KeyRing) -> PrivacyContext:
    """The caller whom the request's token names; anything else is denied."""
    token = bearer(request)
    try:
        return verify(token, ring=ring)
    except Denied:
        raise _BadToken(
            "The caller's token is not valid here, or not any more.",
            hint=f"Send a new one of this installation: `scribetree token`. It is good for {LIFETIME_S // 60} minutes.",
        ) from None


def caller_of(request: Request, ring: KeyRing) -> PrivacyContext:
    """The caller on this machine whom the request's token names; anything else is denied."""
    only_from_here(request)
    return named_caller(request, ring)


def client_name(caller: PrivacyContext, ring: KeyRing) -> str:
    """Under which name a caller's calls are counted."""
    return f"{caller.requester_type}-{pseudonym(ring, caller.requester_id)}"


async def json_object(request: Request, max_bytes: int) -> dict[str, Any]:
    """The JSON object in the body, or an empty one where there is no body."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise InvalidInput(f"The body is larger than {max_bytes} bytes.", hint="Send less at once.")
    try:
        shape = as_object(json.loads(body or b"{}"))
    except (ValueError, RecursionError):
        shape = None
    if shape is None:
        raise InvalidInput("The body is not a JSON object.", hint="Send names and values as a JSON object.")
    return shape


def nothing_here(request: Request, ring: KeyRing) -> Response:
    """The answer at a path that a door does not have; to nobody, that they are nobody."""
    try:
        caller_of(request, ring)
    except ScribeTreeError as error:
        return refusal(error)
    return refusal(
        UnknownName(
            "This door has nothing at that path, or not by that method.",
            hint="A tool is at POST /api/v1/{server}/tools/{tool}; docs/hosting.md names the other paths.",
        )
    )


def refusal(error: ScribeTreeError) -> Response:
    """The answer in the place of one that cannot be given."""
    return with_status(
        {"result": None}, error.payload(), challenge=error.challenge if isinstance(error, NoCaller) else None
    )


def with_status(shape: dict[str, Any], error: ErrorPayload | None, *, challenge: str | None = None) -> Response:
    """`shape`, and the error where there is one, with its status and when to come back."""
    if error is None:
        return JSONResponse(shape)
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    if error["retryable"]:
        headers["Retry-After"] = str(math.ceil(error.get("retry_after_s", _RETRY_AFTER_S)))
    status = 401 if challenge else _STATUS.get(error["code"], _TOOL_ERROR)
    return JSONResponse({**shape, "error": dict(error)}, status_code=status, headers=headers)
