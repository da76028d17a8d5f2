"""
The second door of a server: plain HTTP beside MCP, into the same pipeline and guard.

    POST /api/v1/{server}/tools/{tool}   the tool's arguments as a JSON object -> {"result", "error"?, "provenance"}
    GET  /api/v1/{server}/live           what is new for the caller, as server-sent events, where there is such a thing
    GET  /health  /ready  /api/v1/system/observability

For callers on this machine only. A call needs `Authorization: Bearer TOKEN`, a caller's token under this
installation's key ring (`scribetree.privacy.caller.sign`): without a caller there is nothing about a student.
"""

import ipaddress
import json
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

import anyio
from mcp.types import CallToolResult, TextContent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from scribetree.errors import Denied, ErrorPayload, InvalidInput, ScribeTreeError, UnknownName
from scribetree.privacy.caller import CALLER_KEY, verify
from scribetree.privacy.guard import EDUCATORS, Rule, admit
from scribetree.provenance import PROVENANCE_KEY
from scribetree.servers.kit._results import error_of
from scribetree.servers.kit._server import KitServer, LiveEvent
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
_STREAM_S, _LOOK_EVERY_S = 600.0, 2.0
"""A stream lives as long as a caller's token."""


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
        ("GET", "/api/v1/{server}/live", partial(_live, server)),
        ("GET", "/health", health),
        ("GET", "/ready", ready),
        ("GET", "/api/v1/system/observability", observability),
    )
    for method, path, endpoint in routes:
        server.custom_route(path, methods=[method])(endpoint)


async def _live(server: KitServer, request: Request) -> Response:
    """What is new for the caller, for as long as the caller's token is good."""
    try:
        caller = verify(_admitted(request), ring=server.pipeline.wiring.ring)
        admit(caller, Rule(EDUCATORS))
        if server.live is None or request.path_params["server"] != server.name:
            raise _no_stream(server)
    except ScribeTreeError as error:
        return _error(error.payload(), challenge=isinstance(error, Denied))
    stream = _events(partial(server.live, server.pipeline.wiring, caller), request.headers.get("last-event-id"))
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _no_stream(server: KitServer) -> UnknownName:
    known = "Ask educator-alerts." if server.live is None else f"This is {server.name}."
    return UnknownName("There is no such stream here.", hint=known)


async def _events(news: Callable[[str | None], tuple[str, list[LiveEvent]]], place: str | None) -> AsyncGenerator[str]:
    """
    The stream, for as long as a caller's token is good; whoever comes back with the last id misses nothing.

    It says something every few seconds, so that a reader who has left is noticed.
    """
    yield f"retry: {_LOOK_EVERY_S * 1000:.0f}\n\n"
    until = anyio.current_time() + _STREAM_S
    while anyio.current_time() < until:
        place, found = await anyio.to_thread.run_sync(news, place)
        for event in found:
            yield f"id: {event.event_id}\nevent: {event.kind}\ndata: {json.dumps(event.content)}\n\n"
        if not found:
            yield ": still here\n\n"
        await anyio.sleep(_LOOK_EVERY_S)


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
