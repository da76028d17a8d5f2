"""`scribetree host`: the whole suite as one MCP server, until it is told to stop."""

from pathlib import Path
from typing import Literal

import anyio
import anyio.abc
import anyio.to_thread
from mcp.server.stdio import stdio_server

from scribetree import log
from scribetree.clock import SystemClock
from scribetree.host.config import Configuration, load_configuration
from scribetree.host.mcp_server import HostServer
from scribetree.host.options import Options, load_options
from scribetree.host.profiles import check_toolsets
from scribetree.host.reload import watch_options
from scribetree.host.suite import Suite, open_suite
from scribetree.host.workflows.desk import Desk, open_desk
from scribetree.host.workflows.mcp_tools import WorkflowTools
from scribetree.privacy.context import UNNAMED
from scribetree.privacy.keys import KeyRing
from scribetree.servers.kit import MAX_BODY_BYTES, STOP_LIMIT_S, check_port, withhold_from_traces
from scribetree.settings import Settings
from scribetree.startup import loaded

__all__ = ["run"]


def run(config: Path | None, *, settings: Settings, transport: Literal["stdio", "http"], bind: str, port: int) -> None:
    """The host has served, and all its servers have stopped with it."""
    log.configure(settings.log_level)
    withhold_from_traces()
    check_toolsets(settings.toolsets)
    if transport == "http":
        check_port(bind, port)
    loaded()
    anyio.run(_serve, load_configuration(config), settings, transport, bind, port)


async def _serve(
    configuration: Configuration,
    settings: Settings,
    transport: Literal["stdio", "http"],
    bind: str,
    port: int,
) -> None:
    over_http = transport == "http"
    async with (
        open_suite(configuration, settings=settings, is_open_to_others=over_http) as suite,
        open_desk(suite, settings=settings) as desk,
        anyio.create_task_group() as group,
    ):
        host = HostServer(suite, settings=settings, workflows=WorkflowTools(desk))
        group.start_soon(host.announce_changes, name="announce changes")
        group.start_soon(_follow_options, suite, settings, name="follow the options")
        if over_http:
            await _over_http(host, suite, desk, settings, group, bind, port)
        else:
            await _over_stdio(host)
        group.cancel_scope.cancel()


async def _follow_options(suite: Suite, settings: Settings) -> None:
    """The suite has behaved as the options file says until this task was cancelled; each change is on the audit log."""

    async def take_over(options: Options, sections: list[str]) -> None:
        suite.adopt(options)
        await anyio.to_thread.run_sync(_log_change, settings, sections)

    await watch_options(settings, load_options(settings), take_over=take_over)


def _log_change(settings: Settings, sections: list[str]) -> None:
    from scribetree.privacy.audit import AuditEvent  # noqa: PLC0415 - SQLAlchemy costs 0.2 s
    from scribetree.privacy.office import PrivacyOffice  # noqa: PLC0415 - as above

    office = PrivacyOffice.open(settings, clock=SystemClock(), witness="host")
    try:
        operator = office.pseudonym(settings.requester_id or UNNAMED)
        office.audit.append(AuditEvent("configure", "ok", "system", operator, detail={"sections": sections}))
    finally:
        office.close()


async def _over_stdio(host: HostServer) -> None:
    async with stdio_server() as (incoming, outgoing):
        await host.server.run(incoming, outgoing, host.server.create_initialization_options())


async def _over_http(
    host: HostServer,
    suite: Suite,
    desk: Desk,
    settings: Settings,
    group: anyio.abc.TaskGroup,
    bind: str,
    port: int,
) -> None:
    import uvicorn  # noqa: PLC0415 - only where there is HTTP

    from scribetree.host.http_door import door_routes, last_route  # noqa: PLC0415 - as above
    from scribetree.host.mcp_door import McpDoor  # noqa: PLC0415 - as above
    from scribetree.host.registry import Registry, registry_routes  # noqa: PLC0415 - as above
    from scribetree.host.workflows.http_routes import workflow_routes  # noqa: PLC0415 - as above

    ring = KeyRing.open(settings)
    registry = Registry(suite, settings=settings, ring=ring, clock=SystemClock())
    group.start_soon(registry.keep, name="keep the registry")
    routes = [
        *workflow_routes(desk, ring=ring),
        *door_routes(suite, ring=ring),
        *registry_routes(registry, ring=ring),
        last_route(ring=ring),
    ]
    app = host.server.streamable_http_app(
        host=bind, max_request_body_size=MAX_BODY_BYTES, custom_starlette_routes=routes
    )
    app.add_middleware(McpDoor, ring=ring, bind=bind)
    serving = uvicorn.Config(app, host=bind, port=port, log_level="warning", timeout_graceful_shutdown=STOP_LIMIT_S)
    await uvicorn.Server(serving).serve()
