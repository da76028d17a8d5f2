"""`scribetree host`: the whole suite as one MCP server, until it is told to stop."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import anyio
from mcp.server.stdio import stdio_server

from scribetree import log
from scribetree.host.config import Configuration, load_configuration
from scribetree.host.mcp_server import HostServer
from scribetree.host.suite import Suite, open_suite
from scribetree.servers.kit import MAX_BODY_BYTES, withhold_from_traces
from scribetree.settings import Profile, Settings
from scribetree.startup import loaded

__all__ = ["run"]


def run(config: Path | None, *, transport: Literal["stdio", "http"], bind: str, port: int, profile: Profile) -> None:
    """The host has served, and all its servers have stopped with it."""
    settings = replace(Settings.from_environment(), profile=profile)
    log.configure(settings.log_level)
    withhold_from_traces()
    loaded()
    anyio.run(_serve, load_configuration(config), settings, transport, bind, port)


async def _serve(
    configuration: Configuration,
    settings: Settings,
    transport: Literal["stdio", "http"],
    bind: str,
    port: int,
) -> None:
    async with open_suite(configuration, settings=settings) as suite, anyio.create_task_group() as group:
        host = HostServer(suite, profile=settings.profile, settings=settings)
        group.start_soon(host.announce_changes, name="announce changes")
        if transport == "stdio":
            await _over_stdio(host)
        else:
            await _over_http(host, suite, bind, port)
        group.cancel_scope.cancel()


async def _over_stdio(host: HostServer) -> None:
    async with stdio_server() as (incoming, outgoing):
        await host.server.run(incoming, outgoing, host.server.create_initialization_options())


async def _over_http(host: HostServer, suite: Suite, bind: str, port: int) -> None:
    import uvicorn  # noqa: PLC0415 - only where there is HTTP
    from starlette.responses import JSONResponse  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    async def health(_request: object) -> JSONResponse:
        states = {status.name: status.state for status in suite.statuses()}
        ready = all(state == "ready" for state in states.values())
        return JSONResponse({"status": "healthy" if ready else "degraded", "servers": states})

    app = host.server.streamable_http_app(
        host=bind, max_request_body_size=MAX_BODY_BYTES, custom_starlette_routes=[Route("/health", health)]
    )
    await uvicorn.Server(uvicorn.Config(app, host=bind, port=port, log_level="warning")).serve()
