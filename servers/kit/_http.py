"""
The second door of a server: plain HTTP beside MCP, into the same pipeline and guard.

    POST /api/v1/{server}/tools/{tool}   the tool's arguments as a JSON object -> {"result", "error"?, "provenance"}
    GET  /health  /ready  /api/v1/system/observability

For callers on this machine only. A call needs `Authorization: Bearer TOKEN`, a caller's token under this
installation's key ring (`scribetree.privacy.caller.sign`): without a caller there is nothing about a student.
"""

import ipaddress
import json
from typing import Any

from mcp.types import CallToolResult, TextContent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from scribetree.errors import Denied, ErrorPayload, InvalidInput, ScribeTreeError, UnknownName
from scribetree.privacy.caller import CALLER_KEY
from scribetree.provenance import PROVENANCE_KEY
from scribetree.servers.kit._results import error_of
from scribetree.servers.kit._server import KitServer
from scribetree.shapes import as_object

__all__ = ["add_http_door"]

_STATUS = {
    "invalid_input": 400,
    "denied": 403,
    "unknown_name": 404,
    "rate_limited": 429,
    "internal": 500,
    "unavailable": 503,
}
_RETRY_AFTER_S = "1"


def add_http_door(server: KitServer, *, max_body_bytes: int) -> None:
    """The server also answers plain HTTP when it is served over HTTP."""

    async def call(request: Request) -> Response:
        try:
            token = _admitted(request)
            if request.path_params["server"] != server.name:
                raise UnknownName.of("server", request.path_params["server"], [server.name])
            arguments = await _arguments(request, max_body_bytes)
        except ScribeTreeError as error:
            return _error(error.payload(), challenge=isinstance(error, Denied))
        tool = request.path_params["tool"]
        return _answer(await server.answer(tool, arguments, meta={CALLER_KEY: token}, rung="http"))

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "healthy", "server": server.name, "version": server.version})

    async def ready(request: Request) -> Response:
        tools = len(await server.list_tools())
        return JSONResponse({"ready": tools > 0, "tools": tools}, status_code=200 if tools else 503)

    async def observability(request: Request) -> Response:
        if not _is_local(request):
            return _error(_elsewhere().payload())
        return JSONResponse({"service": server.name, "version": server.version, **server.figures.as_json()})

    routes = (
        ("POST", "/api/v1/{server}/tools/{tool}", call),
        ("GET", "/health", health),
        ("GET", "/ready", ready),
        ("GET", "/api/v1/system/observability", observability),
    )
    for method, path, endpoint in routes:
        server.custom_route(path, methods=[method])(endpoint)


def _status_of(error: ErrorPayload | None) -> int:
    """The HTTP status of an answer; a tool's own error is 422."""
    return 200 if error is None else _STATUS.get(error["code"], 422)


def _admitted(request: Request) -> str:
    """The caller's token, which the pipeline then verifies."""
    if not _is_local(request):
        raise _elsewhere()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Denied("This call names no caller.", hint="Send `Authorization: Bearer` with a caller's token.")
    return token.strip()


def _is_local(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _elsewhere() -> Denied:
    return Denied("This door is for callers on this machine.", hint="Call the host's gateway.")


async def _arguments(request: Request, max_bytes: int) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise InvalidInput(f"The body is larger than {max_bytes} bytes.", hint="Send less at once.")
    try:
        arguments = as_object(json.loads(body or b"{}"))
    except (ValueError, RecursionError):
        arguments = None
    if arguments is None:
        raise InvalidInput("The body is not a JSON object.", hint="Send the tool's arguments by name.")
    return arguments


def _answer(result: CallToolResult) -> Response:
    error = error_of(result)
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    shape: dict[str, Any] = {
        "result": None if error else text if result.structured_content is None else result.structured_content,
        "provenance": (result.meta or {}).get(PROVENANCE_KEY),
    }
    return _error(error, **shape) if error else JSONResponse(shape)


def _error(error: ErrorPayload, *, challenge: bool = False, **shape: Any) -> Response:  # noqa: ANN401 - JSON
    headers = {"Retry-After": _RETRY_AFTER_S} if error["retryable"] else {}
    status = 401 if challenge and error["message"].startswith("This call names no") else _status_of(error)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"result": None, **shape, "error": dict(error)}, status_code=status, headers=headers)
