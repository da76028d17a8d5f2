"""A server on a transport, in this process, until it is told to stop."""

from typing import Literal

from mcp.server import MCPServer

from scribetree import log
from scribetree.settings import Settings
from scribetree.startup import loaded

__all__ = ["MAX_BODY_BYTES", "Transport", "serve"]

Transport = Literal["stdio", "http", "sse"]

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Room for a text that is too long, so that its sender is told the rule instead of being cut off."""


def serve(server: MCPServer, *, transport: Transport, host: str, port: int) -> None:
    """The server has served and has stopped; on stdio when its client left, else on a signal."""
    log.configure(Settings.from_environment().log_level)
    loaded()
    if transport == "stdio":
        server.run("stdio")
    elif transport == "http":
        server.run("streamable-http", host=host, port=port, max_request_body_size=MAX_BODY_BYTES)
    else:
        server.run("sse", host=host, port=port, max_request_body_size=MAX_BODY_BYTES)
