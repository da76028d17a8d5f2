"""One factory for every server, the conformance fixture included."""

from collections.abc import Sequence

from mcp.server import CacheHint, MCPServer
from mcp.server.extension import Extension

from scribetree import __version__
from scribetree.servers.kit._pipeline import LogObserver, Observer, Pipeline
from scribetree.servers.kit._toolbox import Toolbox
from scribetree.servers.kit._wiring import Wiring

__all__ = ["make_server"]

_LIST_TTL_MS = 60_000


def make_server(
    name: str,
    *,
    title: str,
    instructions: str,
    tools: Toolbox,
    wiring: Wiring | None = None,
    observers: Sequence[Observer] | None = None,
    extensions: Sequence[Extension] = (),
) -> MCPServer:
    """A server with these tools, which speaks both protocol eras over every transport."""
    pipeline = Pipeline(
        server=name,
        toolbox=tools,
        wiring=wiring or Wiring(server=name),
        observers=(LogObserver(),) if observers is None else observers,
    )
    return MCPServer(
        name,
        title=title,
        version=__version__,
        instructions=instructions,
        tools=tools.tools(),
        extensions=[pipeline, *extensions],
        log_level="WARNING",
        cache_hints={"tools/list": CacheHint(ttl_ms=_LIST_TTL_MS, scope="public")},
    )
