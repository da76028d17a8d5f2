"""One factory for every server, the conformance fixture included."""

from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
from mcp.server import CacheHint, MCPServer
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.extension import Extension
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult
from mcp.types import Tool as ListedTool

from scribetree import __version__
from scribetree.errors import InternalError
from scribetree.log import log, where_raised
from scribetree.privacy.caller import CALLER_KEY, COUNTERSIGN_KEY, countersign
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import Rung
from scribetree.servers.kit._figures import Figures
from scribetree.servers.kit._lines import claimed_socket, served_on
from scribetree.servers.kit._pipeline import LogObserver, Observer, Pipeline
from scribetree.servers.kit._results import error_result
from scribetree.servers.kit._toolbox import TOOLSET_KEY, RegisteredTool, Toolbox
from scribetree.servers.kit._wiring import Wiring

__all__ = ["KitServer", "Live", "LiveEvent", "make_server"]

_LIST_TTL_MS = 60_000


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One thing that happened, with the place that a reader who comes back goes on from."""

    event_id: str
    kind: str
    content: dict[str, Any]


Background = Callable[[Wiring], Coroutine[Any, Any, None]]

Live = Callable[[Wiring, PrivacyContext, str | None], tuple[str, list[LiveEvent]]]
"""What is new for a caller after a place (from now on without one), and the place that this reaches to."""


class KitServer(MCPServer):
    """A server whose tools can also be called without a transport, on the same way as with one."""

    pipeline: Pipeline
    figures: Figures
    wiring: Wiring
    live: Live | None = None
    """What the HTTP door streams to a caller; None where there is nothing to stream."""

    toolsets: frozenset[str] | None = None
    """The sets of tools that are listed; None for all. What is not listed can still be called."""

    async def list_tools(self) -> list[ListedTool]:
        """What a client is shown."""
        listed = await super().list_tools()
        return [tool for tool in listed if self.toolsets is None or _toolset_of(tool) in {None, *self.toolsets}]

    async def run_stdio_async(self) -> None:
        """It has served on standard input and output until the other side was gone."""
        channel = claimed_socket()
        if channel is None:
            await super().run_stdio_async()
            return
        low = self._lowlevel_server  # the SDK has no public way to serve on streams that are given
        async with served_on(channel) as (incoming, outgoing):
            await low.run(incoming, outgoing, low.create_initialization_options())

    async def answer(self, tool: str, arguments: dict[str, Any], *, meta: dict[str, Any], rung: Rung) -> CallToolResult:
        """What a client would be answered; never raises but for cancellation."""

        async def run() -> CallToolResult:
            try:
                result = await self.call_tool(tool, arguments)
            except ToolError as error:
                log.error("tool_failed", tool=tool, **where_raised(error))
                return error_result(InternalError(f"{tool} failed.", hint="Try again."))
            return result if isinstance(result, CallToolResult) else _needs_a_client(tool)

        result = await self.pipeline.answer(tool, arguments, meta, run=run, rung=rung)
        return result if isinstance(result, CallToolResult) else _needs_a_client(tool)

    def check(self, tool: str, arguments: dict[str, Any], *, meta: dict[str, Any]) -> RegisteredTool:
        """The tool, if this call may be made; else the error that it would be answered with is raised."""
        return self.pipeline.check(tool, arguments, meta)


def make_server(
    name: str,
    *,
    title: str,
    instructions: str,
    tools: Toolbox,
    wiring: Wiring | None = None,
    observers: Sequence[Observer] | None = None,
    extensions: Sequence[Extension] = (),
    background: Background | None = None,
    live: Live | None = None,
    toolsets: Collection[str] | None = None,
) -> KitServer:
    """
    A server with these tools, which speaks both protocol eras over every transport.

    `background` runs as long as the server serves; `live` is what its HTTP door streams;
    `toolsets` are the sets of tools that it lists, where not all.
    """
    figures, wiring = Figures(), wiring or Wiring(server=name)
    pipeline = Pipeline(
        server=name,
        toolbox=tools,
        wiring=wiring,
        observers=[figures, *((LogObserver(),) if observers is None else observers)],
    )
    server = KitServer(
        name,
        title=title,
        version=__version__,
        instructions=instructions,
        tools=tools.tools(),
        extensions=[pipeline, *extensions],
        log_level="WARNING",
        cache_hints={"tools/list": CacheHint(ttl_ms=_LIST_TTL_MS, scope="public")},
        lifespan=None if background is None else _beside(background, wiring),
        middleware=[_countersigning(name, wiring)],
    )
    server.pipeline, server.figures, server.wiring, server.live = pipeline, figures, wiring, live
    server.toolsets = None if toolsets is None else frozenset(toolsets)
    return server


def _countersigning(name: str, wiring: Wiring) -> ServerMiddleware[Any]:
    """Whatever is answered at an address to a caller's token is countersigned, so that nobody else can answer there."""

    async def countersigned(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        result = await call_next(ctx)
        token = (ctx.meta or {}).get(CALLER_KEY)
        if ctx.request is None or not isinstance(result, dict) or not isinstance(token, str) or not token.isascii():
            return result
        signed = {COUNTERSIGN_KEY: countersign(token, server=name, ring=wiring.ring)}
        return {**result, "_meta": {**(result.get("_meta") or {}), **signed}}

    return countersigned


def _toolset_of(tool: ListedTool) -> object:
    return (tool.meta or {}).get(TOOLSET_KEY)


def _beside(background: Background, wiring: Wiring) -> Callable[[MCPServer[None]], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: MCPServer[None]) -> AsyncGenerator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(background, wiring)
            yield
            tasks.cancel_scope.cancel()

    return lifespan


def _needs_a_client(tool: str) -> CallToolResult:
    return error_result(
        InternalError(f"{tool} asks its client back, which this way does not allow.", hint="Call it over MCP.")
    )
