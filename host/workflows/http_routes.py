"""
Workflows over the host's plain HTTP, for callers on this machine with a token.

    GET  /api/v1/workflows                        what can be run
    POST /api/v1/workflows/{name}/runs            {"inputs", "key"?} -> 202, its run_id, and where to look
    GET  /api/v1/workflows/runs/{run_id}          how far a run has come, and its report at the end
    GET  /api/v1/workflows/runs/{run_id}/events   the same as server-sent events, until the run ends

Events come from what is recorded, so they tell of a run on whichever host it goes on, and a reader who comes back with
the last id misses nothing.
"""

import json
import re
from collections.abc import AsyncGenerator, Iterable, Sequence

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from scribetree.errors import InvalidInput
from scribetree.host.http_door import guarded
from scribetree.host.workflows.desk import Desk
from scribetree.host.workflows.history import UNENDED
from scribetree.host.workflows.mcp_tools import definition_shape
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.servers.kit import MAX_BODY_BYTES
from scribetree.servers.kit.door import caller_of, json_object
from scribetree.shapes import as_object

__all__ = ["workflow_routes"]

_STREAM_S, _LOOK_EVERY_S = 600.0, 0.5
"""A stream lives as long as a caller's token."""


def workflow_routes(desk: Desk, *, ring: KeyRing) -> list[Route]:
    """The routes of this door."""

    async def definitions(request: Request) -> Response:
        caller_of(request, ring)
        return JSONResponse({"workflows": [definition_shape(each) for each in desk.definitions()]})

    async def run(request: Request) -> Response:
        caller = caller_of(request, ring)
        body = await json_object(request, MAX_BODY_BYTES)
        inputs, key = as_object(body.get("inputs")), body.get("key")
        if inputs is None or not (key is None or (isinstance(key, str) and 0 < len(key) <= 128)):
            raise InvalidInput("`inputs` is an object, `key` a short text.", hint="Send both by name.")
        name = request.path_params["name"]
        run_id = await desk.begin(name, inputs, caller=caller, key=key)
        place = f"/api/v1/workflows/runs/{run_id}"
        return JSONResponse({"run_id": run_id, "status": place, "events": f"{place}/events"}, status_code=202)

    async def status(request: Request) -> Response:
        caller = caller_of(request, ring)
        return JSONResponse(await desk.look_up(request.path_params["run_id"], caller=caller))

    async def events(request: Request) -> Response:
        caller, run_id = caller_of(request, ring), request.path_params["run_id"]
        await desk.look_up(run_id, caller=caller)  # so that an unknown run is an error, and no empty stream
        stream = _events(desk, run_id, caller, told=_spans(request.headers.get("last-event-id", "")))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return [
        Route("/api/v1/workflows", guarded(definitions)),
        Route("/api/v1/workflows/{name}/runs", guarded(run), methods=["POST"]),
        Route("/api/v1/workflows/runs/{run_id}", guarded(status)),
        Route("/api/v1/workflows/runs/{run_id}/events", guarded(events)),
    ]


async def _events(desk: Desk, run_id: str, caller: PrivacyContext, *, told: Sequence[range]) -> AsyncGenerator[str]:
    """
    Each recorded call but those that were `told` before, then the end; something every few seconds meanwhile.

    Calls that run side by side are recorded in any order, so that an event's id names all that were told up to it.
    """
    yield "retry: 2000\n\n"
    until = anyio.current_time() + _STREAM_S
    seen: set[int] = set()
    status = ""
    while anyio.current_time() < until:
        found = await desk.look_up(run_id, caller=caller)
        steps = found.pop("steps")
        seen |= {step["number"] for step in steps if any(step["number"] in span for span in told)}
        new = [step for step in steps if step["number"] not in seen]
        for step in new:
            seen.add(step["number"])
            yield f"id: {_event_id(seen)}\nevent: step\ndata: {json.dumps(step)}\n\n"
        if found["status"] != status:
            status = found["status"]
            yield f"event: run\ndata: {json.dumps(found)}\n\n"
        elif not new:
            yield ": still here\n\n"
        if status not in UNENDED:
            return
        await anyio.sleep(_LOOK_EVERY_S)


def _event_id(numbers: Iterable[int]) -> str:
    """The numbers as spans, `1-3,7`, so that a long run's fit into a header."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def _spans(event_id: str) -> list[range]:
    """The spans that an event's id names; what is no span says nothing."""
    found = [re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", part.strip()) for part in event_id.split(",")]
    return [range(int(each[1]), int(each[2] or each[1]) + 1) for each in found if each]
