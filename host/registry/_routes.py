"""
The registry over HTTP, for callers of this machine with a token.

    GET    /api/v1/registry                          all servers and their instances
    GET    /api/v1/registry/capabilities/{name}      who gives a capability
    GET    /api/v1/registry/events                   what changes from now on, one JSON object a line
    POST   /api/v1/registry/instances                register: {"server", "url", "http"?, "lease_s"?}
    PUT    /api/v1/registry/instances/{id}/lease     renew
    DELETE /api/v1/registry/instances/{id}           no new calls; answered when it is gone
"""

import json
from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from scribetree.errors import InvalidInput
from scribetree.host.http_door import guarded
from scribetree.host.registry._leases import Lease
from scribetree.host.registry._registry import Registry
from scribetree.host.registry._trust import Registration, check_role
from scribetree.privacy.keys import KeyRing
from scribetree.servers.kit.door import caller_of, json_object

__all__ = ["registry_routes"]

_MAX_BYTES = 16 * 1024
_RENEWALS = 3
"""So often within its time a lease should be renewed: two renewals may be lost."""


def registry_routes(registry: Registry, *, ring: KeyRing) -> list[Route]:
    """The routes of this door."""

    async def services(request: Request) -> Response:
        caller_of(request, ring)
        return JSONResponse({"servers": registry.services()})

    async def capability(request: Request) -> Response:
        caller_of(request, ring)
        return JSONResponse({"servers": registry.providing(request.path_params["name"])})

    async def events(request: Request) -> Response:
        caller_of(request, ring)

        async def lines() -> AsyncGenerator[str]:
            with registry.events() as changes:
                yield "\n"
                async for change in changes:
                    yield json.dumps(asdict(change)) + "\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson")

    async def register(request: Request) -> Response:
        check_role(caller_of(request, ring))
        wanted = _registration(await json_object(request, _MAX_BYTES))
        return JSONResponse(_shape(await registry.register(wanted)), status_code=201)

    async def renew(request: Request) -> Response:
        check_role(caller_of(request, ring))
        return JSONResponse(_shape(await registry.renew(request.path_params["id"])))

    async def drain(request: Request) -> Response:
        check_role(caller_of(request, ring))
        await registry.drain(request.path_params["id"])
        return JSONResponse({"instance": request.path_params["id"], "state": "gone"})

    place = "/api/v1/registry"
    return [
        Route(place, guarded(services)),
        Route(f"{place}/capabilities/{{name}}", guarded(capability)),
        Route(f"{place}/events", guarded(events)),
        Route(f"{place}/instances", guarded(register), methods=["POST"]),
        Route(f"{place}/instances/{{id}}/lease", guarded(renew), methods=["PUT"]),
        Route(f"{place}/instances/{{id}}", guarded(drain), methods=["DELETE"]),
    ]


def _registration(shape: dict[str, Any]) -> Registration:
    try:
        return Registration.model_validate(shape)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in detail["loc"])
        raise InvalidInput(f"`{field}` does not fit: {detail['msg']}.", hint="See docs/options.md.") from None


def _shape(lease: Lease) -> dict[str, Any]:
    return {
        "instance": lease.id,
        "server": lease.server,
        "lease_ends_at": lease.expires_at.isoformat(),
        "renew_every_s": lease.lease_s / _RENEWALS,
    }
