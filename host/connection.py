"""
A client session to one server over any transport, which tells when it is over.

The SDK's session does not say that its stream has ended until somebody calls; the host wants to know at
once, so the incoming stream is watched here.
"""

import contextlib
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, Self, TextIO, cast

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared._httpx_utils import create_mcp_http_client  # the transports' own defaults; no public name has them
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage
from mcp.types import ToolListChangedNotification

from scribetree.errors import ScribeTreeError, Unavailable
from scribetree.host.config import OWN_COMMAND, ServerSpec
from scribetree.host.forks import CAN_FORK, ForkedServer, Forks, NotForked
from scribetree.host.streams import started
from scribetree.log import log
from scribetree.settings import Settings, inherited_environment

__all__ = ["OWN_ENVIRONMENT", "SUBSCRIBES_SINCE", "Link", "make_client", "own_command"]

OWN_ENVIRONMENT = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""Our servers use none of pydantic's plugins; looking for them takes 20 ms of a start."""

SUBSCRIBES_SINCE = "2026-07-28"
"""The protocol version from which on a client subscribes to changes; before, it is notified without asking."""

_SETTING = "SCRIBETREE_"

_MAX_UNREADABLE_LINES = 1_000
"""A server that has printed more than this is not an MCP server that greets its user."""


class Link:
    """What is known of one connection while it lasts."""

    def __init__(self) -> None:
        self.opened = False
        self.ended = anyio.Event()
        self.unreadable_lines = 0
        self.is_hung = False
        self.problem: ScribeTreeError | None = None
        """Why nothing that comes over it is to be used, if that was found."""
        self.tools_changed: Callable[[], None] = lambda: None

    def found_flooded(self, spec: ServerSpec) -> None:
        """The server writes without end, and is to be ended at once."""
        self.is_hung = True
        self.problem = Unavailable(
            f"{spec.name} printed a line without an end.", hint="Report it to its makers; it is being started again."
        )

    async def heard(self, message: object) -> None:
        """A server of the older era says by a notification that its tools changed."""
        if isinstance(message, ToolListChangedNotification):
            self.tools_changed()

    async def listen(self, client: Client) -> None:
        """A server of the newer era has said so over a subscription, until the connection ended."""
        tools = client.server_capabilities.tools
        if tools is None or not tools.list_changed or client.protocol_version < SUBSCRIBES_SINCE:
            return
        with contextlib.suppress(MCPError, SubscriptionLost, OSError, TimeoutError):
            async with client.listen(tools_list_changed=True) as changes:
                async for _ in changes:
                    self.tools_changed()


class _WatchedStream:
    """The incoming stream of a transport, unchanged, whose end is seen."""

    def __init__(self, inner: Any, link: Link) -> None:  # noqa: ANN401 - a protocol of the SDK
        self._inner = inner
        self._link = link

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._inner, name)

    def __aiter__(self) -> "_WatchedStream":
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def receive(self) -> SessionMessage | Exception:
        try:
            return self._seen(await self._inner.receive())
        except (anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
            self._link.ended.set()
            raise

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> bool | None:
        return cast("bool | None", await self._inner.__aexit__(*exc))

    def _seen(self, message: SessionMessage | Exception) -> SessionMessage | Exception:
        if isinstance(message, Exception):
            self._link.unreadable_lines += 1
            if self._link.unreadable_lines > _MAX_UNREADABLE_LINES:
                raise anyio.EndOfStream
        return message


def make_client(spec: ServerSpec, link: Link, *, server_log: TextIO, forks: Forks | None = None) -> Client:
    """A client for `spec`, not yet connected; `link` learns when its connection ends."""
    if spec.kind == "in-process":
        from scribetree.servers.catalog import load  # noqa: PLC0415 - only where servers run in this process
        from scribetree.servers.kit import Wiring  # noqa: PLC0415 - as above

        settings = Settings.from_environment().with_all_tools()
        return Client(load(spec.target, Wiring(settings=settings, server=spec.target)))
    if spec.kind == "stdio":
        transport = _watched(_process(spec, link, server_log, forks), link)
        return Client(transport, message_handler=link.heard)
    if spec.kind == "sse":
        # Probing the newer era can hang a legacy SSE server, and SSE is only kept for those.
        transport = _watched(sse_client(spec.target, headers=dict(spec.headers)), link)
        return Client(transport, mode="legacy", message_handler=link.heard)
    http = create_mcp_http_client(headers=dict(spec.headers))
    connection = _owning(http, streamable_http_client(spec.target, http_client=http))
    return Client(connection, message_handler=link.heard)


def own_command(arguments: tuple[str, ...]) -> tuple[str, list[str]]:
    """The command line that runs this installation's `scribetree`."""
    return sys.executable, ["-m", "scribetree.host", *arguments]


def _environment(spec: ServerSpec) -> dict[str, str]:
    """What the process is told; it lists every tool, and the host hides what is not asked for."""
    return inherited_environment() | {"SCRIBETREE_TOOLSETS": "all"} | dict(spec.env)


@asynccontextmanager
async def _process(spec: ServerSpec, link: Link, server_log: TextIO, forks: Forks | None) -> AsyncGenerator[Any]:
    """A process of the server and the streams to it: forked where that can be, else started anew."""
    forked = await _forked(spec, server_log, forks) if forks and _can_be_forked(spec) else None
    watch = partial(link.found_flooded, spec)
    transport: AbstractAsyncContextManager[Any]
    if forked is not None:
        transport = forked.transport(is_hung=lambda: link.is_hung, on_endless_line=watch)
    elif sys.platform == "win32":
        transport = stdio_client(_parameters(spec), server_log)
    else:
        transport = started(_parameters(spec), server_log, is_hung=lambda: link.is_hung, on_endless_line=watch)
    async with transport as streams:
        yield streams


def _can_be_forked(spec: ServerSpec) -> bool:
    """Whether it is a server of this installation, and its entry changes nothing that counts while modules load."""
    return CAN_FORK and spec.is_ours and all(name.startswith(_SETTING) for name, _ in spec.env)


async def _forked(spec: ServerSpec, server_log: TextIO, forks: Forks) -> ForkedServer | None:
    environment = _environment(spec)
    with anyio.move_on_after(spec.connect_timeout_s / 2):
        try:
            return await forks.fork(spec.args, environment=environment, folder=spec.cwd, log=server_log)
        except NotForked:
            log.warning("not_forked", server=spec.name)
    return None


def _parameters(spec: ServerSpec) -> StdioServerParameters:
    environment = _environment(spec)
    if spec.target == OWN_COMMAND:
        command, args = own_command(spec.args)
        environment = OWN_ENVIRONMENT | environment
    else:
        command, args = spec.target, list(spec.args)
    return StdioServerParameters(command=command, args=args, env=environment, cwd=spec.cwd)


@asynccontextmanager
async def _watched(transport: AbstractAsyncContextManager[Any], link: Link) -> AsyncGenerator[Any]:
    async with transport as (incoming, outgoing):
        link.opened = True
        yield _WatchedStream(incoming, link), outgoing


@asynccontextmanager
async def _owning(
    http: AbstractAsyncContextManager[Any], transport: AbstractAsyncContextManager[Any]
) -> AsyncGenerator[Any]:
    async with http, transport as streams:
        yield streams
