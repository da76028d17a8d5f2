"""Our servers in this process, without a transport: loaded when first needed, through the same guard."""

from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from scribetree.clock import Clock
from scribetree.errors import ScribeTreeError
from scribetree.log import log, where_raised
from scribetree.servers.catalog import SERVERS, load
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

if TYPE_CHECKING:
    from mcp.types import CallToolResult, Tool

    from scribetree.servers.kit import KitServer

__all__ = ["LocalServers"]

_ISOLATED_AT_ONCE = 2
_ISOLATED_LIMIT_S = 5.0


class LocalServers:
    """The catalog's servers as far as this process could load them."""

    def __init__(self, *, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._loaded: dict[str, KitServer | None] = {}
        self._wirings: list[Wiring] = []
        self._isolated = anyio.CapacityLimiter(_ISOLATED_AT_ONCE)

    async def get(self, name: str) -> "KitServer | None":
        """The server of that name, if it is one of ours and can be loaded."""
        if name not in SERVERS:
            return None
        if name not in self._loaded:
            self._loaded[name] = await anyio.to_thread.run_sync(self._load, name)
        return self._loaded[name]

    async def tools(self, name: str) -> "list[Tool]":
        """The tools that the server would list, if it is one of ours."""
        server = await self.get(name)
        return await server.list_tools() if server else []

    async def isolated(
        self, server: "KitServer", tool: str, arguments: dict[str, Any], meta: dict[str, Any]
    ) -> "CallToolResult | None":
        """
        The answer of a call that has silenced a server once, or None.

        It runs beside the event loop, two at a time, and is left behind after 5 s: what hung a server must not hang
        the host.
        """
        run = partial(anyio.run, partial(server.answer, tool, arguments, meta=meta, rung="mock"))
        with anyio.move_on_after(_ISOLATED_LIMIT_S):
            return await anyio.to_thread.run_sync(run, abandon_on_cancel=True, limiter=self._isolated)
        return None

    def close(self) -> None:
        """What the servers opened in this process is closed."""
        for wiring in self._wirings:
            wiring.close()

    def _load(self, name: str) -> "KitServer | None":
        wiring = Wiring(settings=self._settings.with_all_tools(), clock=self._clock)
        self._wirings.append(wiring)
        try:
            return load(name, wiring)
        except (ImportError, ScribeTreeError, OSError) as error:
            log.error("local_server_failed", server=name, **where_raised(error))
            return None
