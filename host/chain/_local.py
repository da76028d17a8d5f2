"""Our servers in this process, without a transport: loaded when first needed, through the same guard."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import anyio
import anyio.to_thread
from mcp import Client

from scribetree.clock import Clock
from scribetree.errors import ScribeTreeError
from scribetree.host.forks import Forks
from scribetree.log import log, where_raised
from scribetree.servers.catalog import SERVERS, load
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings, inherited_environment

if TYPE_CHECKING:
    from mcp.types import CallToolResult, RequestParamsMeta, Tool

    from scribetree.servers.kit import KitServer

__all__ = ["LocalServers"]

_ISOLATED_AT_ONCE = 2
_ISOLATED_LIMIT_S = 10.0


class LocalServers:
    """The catalog's servers as far as this process could load them."""

    def __init__(self, *, settings: Settings, clock: Clock, forks: Forks | None = None) -> None:
        self._settings = settings
        self._clock = clock
        self._forks = forks
        self._loaded: dict[str, KitServer | None] = {}
        self._wirings: list[Wiring] = []
        self._loading = anyio.Lock()
        self._isolated = anyio.CapacityLimiter(_ISOLATED_AT_ONCE)

    async def get(self, name: str) -> "KitServer | None":
        """The server of that name, if it is one of ours and can be loaded."""
        if name not in SERVERS:
            return None
        async with self._loading:
            if name not in self._loaded:
                self._loaded[name] = await anyio.to_thread.run_sync(self._load, name)
        return self._loaded[name]

    async def tools(self, name: str) -> "list[Tool]":
        """The tools that the server would list, if it is one of ours."""
        server = await self.get(name)
        return await server.list_tools() if server else []

    async def isolated(
        self, name: str, tool: str, arguments: dict[str, Any], meta: dict[str, Any]
    ) -> "CallToolResult | None":
        """
        The answer of a question during which a server was lost or fell silent, or None.

        It is worked out in a process of its own, two at a time, which is killed if it takes too long: what ends or
        hangs a server must not end or hang the host. Where no process can be forked there is no answer.
        """
        if self._forks is None or name not in SERVERS:
            return None
        answers: list[CallToolResult] = []
        with anyio.move_on_after(_ISOLATED_LIMIT_S):
            try:
                async with self._isolated, self._process(name, lambda: not answers) as client:
                    answers.append(await client.call_tool(tool, arguments, meta=cast("RequestParamsMeta", meta)))
            except Exception as error:  # noqa: BLE001 - however it ended, the next rung answers
                log.warning("isolated_failed", server=name, **where_raised(error))
        return answers[0] if answers else None

    @asynccontextmanager
    async def _process(self, name: str, is_hung: Callable[[], bool]) -> "AsyncGenerator[Client]":
        """A client of a process that serves like the server of that name, and ends with the block."""
        assert self._forks is not None  # noqa: S101 - whoever asks has looked
        path = self._settings.home / "logs" / f"{name}-stand-in.log"
        environment = inherited_environment() | {"SCRIBETREE_HOME": str(self._settings.home)}
        with path.open("a", encoding="utf-8") as server_log:
            forked = await self._forks.fork(["serve", name], environment=environment, folder=None, log=server_log)
            transport = forked.transport(is_hung=is_hung, on_endless_line=lambda: None)
            async with Client(transport) as client:
                yield client

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
