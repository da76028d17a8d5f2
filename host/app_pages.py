"""
The pages that our servers' tools name (MCP Apps), served by the host as well: its client knows no other server.

A page holds nothing about anybody, so that it is read from the server's code in this process, also while the server is
away.
"""

from collections.abc import Iterable
from functools import partial

import anyio.to_thread
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, InputRequiredResult, ReadResourceResult, Resource, TextResourceContents

from scribetree.host.suite import HostedTool
from scribetree.servers.catalog import SERVERS, load
from scribetree.shapes import as_object

__all__ = ["AppPages"]


class AppPages:
    """The pages of the tools that a client is shown."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Resource, TextResourceContents]] = {}

    async def listed(self, tools: Iterable[HostedTool]) -> list[Resource]:
        """The pages that these tools name."""
        return [(await self._page(server, uri))[0] for uri, server in _named(tools).items()]

    async def read(self, tools: Iterable[HostedTool], uri: str) -> ReadResourceResult:
        """One of the pages that these tools name; MCPError for any other."""
        server = _named(tools).get(uri)
        if server is None:
            raise MCPError(INVALID_PARAMS, "There is no such page.")
        return ReadResourceResult(contents=[(await self._page(server, uri))[1]])

    async def _page(self, server: str, uri: str) -> tuple[Resource, TextResourceContents]:
        if uri not in self._known:
            self._known[uri] = await _loaded(server, uri)
        return self._known[uri]


def _named(tools: Iterable[HostedTool]) -> dict[str, str]:
    """The server of each page that a tool of one of our servers names."""
    found: dict[str, str] = {}
    for hosted in tools:
        ui = as_object((hosted.tool.meta or {}).get("ui")) or {}
        uri = ui.get("resourceUri")
        if isinstance(uri, str) and hosted.server in SERVERS:
            found[uri] = hosted.server
    return found


async def _loaded(server: str, uri: str) -> tuple[Resource, TextResourceContents]:
    known = await anyio.to_thread.run_sync(partial(load, server))
    listed = {resource.uri: resource for resource in await known.list_resources()}
    if uri not in listed:
        raise MCPError(INVALID_PARAMS, "There is no such page.")
    read = await known.read_resource(uri)
    contents = () if isinstance(read, InputRequiredResult) else read
    text = "".join(each.content for each in contents if isinstance(each.content, str))
    resource = listed[uri]
    return resource, TextResourceContents(uri=uri, text=text, mime_type=resource.mime_type, _meta=resource.meta)
