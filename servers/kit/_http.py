"""
The second door of a server: plain HTTP beside MCP, into the same pipeline and guard.

    POST /api/v1/{server}/tools/{tool}   the tool's arguments as a JSON object -> {"result", "error"?, "provenance"}
    GET  /api/v1/{server}/live           what is new for the caller, as server-sent events, where there is such a thing
    GET  /health  /ready  /api/v1/system/observability
"""

import json
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

import anyio
from mcp.types import CallToolResult, TextContent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from scribetree.errors import ScribeTreeError, UnknownName
from scribetree.privacy.caller import CALLER_KEY, COUNTERSIGN_HEADER, countersign
from scribetree.privacy.guard import EDUCATORS, Rule, admit
from scribetree.provenance import PROVENANCE_KEY
from scribetree.resilience import Limiter
from scribetree.servers.kit._results import error_of
from scribetree.servers.kit._server import KitServer, LiveEvent
from scribetree.servers.kit.door import (
    METHODS,
    OTHER_PATHS,
    bearer,
    caller_of,
    client_name,
    json_object,
    nothing_here,
    only_from_here,
    refusal,
    with_status,
)

__all__ = ["add_http_door"]

_STREAM_S, _LOOK_EVERY_S = 600.0, 2.0
"""A stream lives as long as a caller's token."""


def add_http_door(server: KitServer, *, max_body_bytes: int, limiter: Limiter | None = None) -> None:
    """The server also answers plain HTTP when it is served over HTTP; each caller as often as `limiter` allows."""
    limiter = limiter or Limiter()

    async def call(request: Request) -> Response:
        try:
            caller = caller_of(request, server.wiring.ring)
        except ScribeTreeError as error:
            return refusal(error)
        token = bearer(request)
        try:
            limiter.check(client_name(caller, server.wiring.ring))
            response = await _answer(server, request, token, max_body_bytes=max_body_bytes)
        except ScribeTreeError as error:
            response = refusal(error)
        response.headers[COUNTERSIGN_HEADER] = countersign(token, server=server.name, ring=server.wiring.ring)
        return response

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "healthy", "server": server.name, "version": server.version})

    async def ready(request: Request) -> Response:
        tools = len(await server.list_tools())
        return JSONResponse({"ready": tools > 0, "tools": tools}, status_code=200 if tools else 503)

    async def observability(request: Request) -> Response:
        try:
            only_from_here(request)
        except ScribeTreeError as error:
            return refusal(error)
        limits = limiter.stats()._asdict()
        shape = {"service": server.name, "version": server.version, "limits": limits, **server.figures.as_json()}
        return JSONResponse(shape)

    async def elsewhere(request: Request) -> Response:
        return nothing_here(request, server.wiring.ring)

    routes = (
        ("POST", "/api/v1/{server}/tools/{tool}", call),
        ("GET", "/api/v1/{server}/live", partial(_live, server)),
        ("GET", "/health", health),
        ("GET", "/ready", ready),
        ("GET", "/api/v1/system/observability", observability),
    )
    for method, path, endpoint in routes:
        server.custom_route(path, methods=[method])(endpoint)
    server.custom_route(OTHER_PATHS, methods=[*METHODS])(elsewhere)


async def _answer(server: KitServer, request: Request, token: str, *, max_body_bytes: int) -> Response:
    if request.path_params["server"] != server.name:
        raise UnknownName.of("server", request.path_params["server"], [server.name])
    arguments = await json_object(request, max_body_bytes)
    meta = {CALLER_KEY: token}
    return _response(await server.answer(request.path_params["tool"], arguments, meta=meta, rung="http"))


async def _live(server: KitServer, request: Request) -> Response:
    """What is new for the caller, for as long as the caller's token is good."""
    try:
        caller = caller_of(request, server.wiring.ring)
        admit(caller, Rule(EDUCATORS))
        if server.live is None or request.path_params["server"] != server.name:
            raise _no_stream(server)
    except ScribeTreeError as error:
        return refusal(error)
    stream = _events(partial(server.live, server.wiring, caller), request.headers.get("last-event-id"))
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


def _response(result: CallToolResult) -> Response:
    error = error_of(result)
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    shape: dict[str, Any] = {
        "result": None if error else text if result.structured_content is None else result.structured_content,
        "provenance": (result.meta or {}).get(PROVENANCE_KEY),
    }
    return with_status(shape, error)
