"""
The host over plain HTTP, through the same chain as over MCP.

    POST /api/v1/{server}/tools/{tool}     the tool's arguments as a JSON object -> {"result", "error"?, "provenance"}
    GET  /api/v1/system/observability      calls, latencies, circuits, limits, what waits
    GET  /health  /ready                   for whoever looks after the process; all others need a caller's token
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scribetree import __version__
from scribetree.errors import ScribeTreeError
from scribetree.host.suite import Suite
from scribetree.host.supervisor import ServerState
from scribetree.privacy.context import as_purpose
from scribetree.privacy.keys import KeyRing
from scribetree.servers.kit import MAX_BODY_BYTES
from scribetree.servers.kit.door import (
    METHODS,
    OTHER_PATHS,
    caller_of,
    client_name,
    json_object,
    nothing_here,
    refusal,
    with_status,
)

__all__ = ["door_routes", "guarded", "last_route"]

Endpoint = Callable[[Request], Awaitable[Response]]


def door_routes(suite: Suite, *, ring: KeyRing) -> list[Route]:
    """The routes of this door."""

    async def call(request: Request) -> Response:
        caller = caller_of(request, ring)
        arguments = await json_object(request, MAX_BODY_BYTES)
        words, student = arguments.get("purpose"), arguments.get("student_id")
        answer = await suite.call(
            request.path_params["server"],
            request.path_params["tool"],
            arguments,
            caller=caller.about(
                purpose=as_purpose(words) if isinstance(words, str) else None,
                student_id=student if isinstance(student, str) else None,
            ),
            client=client_name(caller, ring),
        )
        return with_status(answer.as_json(), answer.error)

    async def observability(request: Request) -> Response:
        caller_of(request, ring)
        return JSONResponse({"service": "host", "version": __version__, **await suite.figures()})

    async def health(_request: Request) -> Response:
        states = {status.name: status.state for status in suite.statuses()}
        is_whole = all(state is ServerState.READY for state in states.values())
        return JSONResponse({"status": "healthy" if is_whole else "degraded", "servers": states})

    async def ready(_request: Request) -> Response:
        servers = sum(status.state is ServerState.READY for status in suite.statuses())
        shape = {"ready": servers > 0, "servers": servers, "tools": len(suite.tools())}
        return JSONResponse(shape, status_code=200 if servers else 503)

    return [
        Route("/api/v1/{server}/tools/{tool}", guarded(call), methods=["POST"]),
        Route("/api/v1/system/observability", guarded(observability)),
        Route("/health", health),
        Route("/ready", ready),
    ]


def last_route(*, ring: KeyRing) -> Route:
    """What no route before it has taken is answered in this door's own shape."""

    async def elsewhere(request: Request) -> Response:
        return nothing_here(request, ring)

    return Route(OTHER_PATHS, elsewhere, methods=[*METHODS])


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint, whose errors of ours become answers with their status."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ScribeTreeError as error:
            return refusal(error)

    return answer
