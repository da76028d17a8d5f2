"""
The host's MCP door over HTTP: who comes in, and under which name their calls are counted.

Whoever sends `Authorization: Bearer TOKEN` is the caller whom the token names; a token that names nobody is refused,
never ignored. Whoever sends none is served as the process was started, where that can only be a user of this machine:
at an address of its own, and not forwarded from elsewhere. Their calls are counted by connection, which keeps clients
from using up each other's share; what all of them may ask of a server together is limited besides.
"""

from dataclasses import dataclass
from functools import lru_cache, partial

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.types import INVALID_REQUEST, ErrorData, JSONRPCError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.servers.kit import LOOPBACK
from scribetree.servers.kit.door import NoCaller, client_name, is_from_here, named_caller

__all__ = ["McpDoor", "Visitor", "visitor_of"]

_PATH = "/mcp"
_VISITOR = "scribetree.visitor"
_REMEMBERED = 1_000
"""Connections whose names are not worked out anew at each call."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sent one request: the caller, if a token named one, and the name under which the call is counted."""

    caller: PrivacyContext | None = None
    client: str | None = None


def visitor_of(request: Request | None) -> Visitor:
    """Who sent a request, which came over a pipe or in by this door; a KeyError if it came by another."""
    visitor: Visitor = Visitor() if request is None else request.scope[_VISITOR]
    return visitor


class McpDoor:
    """The app behind it is reached over MCP by callers with a token, and at `bind` perhaps by unnamed ones."""

    def __init__(self, app: ASGIApp, *, ring: KeyRing, bind: str) -> None:
        self._app = app
        self._ring = ring
        self._serves_unnamed = bind in LOOPBACK
        self._connection = lru_cache(_REMEMBERED)(partial(pseudonym, ring, scope="connections"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == _PATH:
            try:
                visitor = self._visitor(Request(scope))
            except NoCaller as error:
                await _refusal(error)(scope, receive, send)
                return
            scope[_VISITOR] = visitor
            if visitor.caller is not None:
                # The SDK keeps a session of the older protocol for the one client that opened it.
                scope["user"] = AuthenticatedUser(AccessToken(token="", client_id=str(visitor.client), scopes=[]))
        await self._app(scope, receive, send)

    def _visitor(self, request: Request) -> Visitor:
        if "authorization" in request.headers:
            caller = named_caller(request, self._ring)
            return Visitor(caller, client_name(caller, self._ring))
        if not self._serves_unnamed or not is_from_here(request):
            raise NoCaller(
                "Who comes from elsewhere, or to an address that others reach, needs a caller's token.",
                hint="Send `Authorization: Bearer` with a token of `scribetree token`.",
            )
        return Visitor(client=f"mcp-{self._connection(f'{request.client}')}")


def _refusal(error: NoCaller) -> Response:
    """The refusal as clients of MCP can tell it to a person: in the shape of a protocol error."""
    data = ErrorData(code=INVALID_REQUEST, message=f"{error.message} {error.hint}", data=error.payload())
    shape = JSONRPCError(jsonrpc="2.0", id=None, error=data)
    return JSONResponse(shape.model_dump(mode="json"), status_code=401, headers={"WWW-Authenticate": error.challenge})
