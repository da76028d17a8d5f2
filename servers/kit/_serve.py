"""A server on a transport, in this process, until it is told to stop."""

from typing import TYPE_CHECKING, Literal

from scribetree import log
from scribetree.servers.kit._server import KitServer
from scribetree.servers.kit._traces import withhold_from_traces
from scribetree.settings import Settings
from scribetree.startup import loaded

if TYPE_CHECKING:
    from scribetree.resilience import Limiter

__all__ = ["MAX_BODY_BYTES", "Transport", "serve"]

Transport = Literal["stdio", "http", "sse"]

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Room for a text that is too long, so that its sender is told the rule instead of being cut off."""


def serve(server: KitServer, *, transport: Transport, host: str, port: int, limiter: "Limiter | None" = None) -> None:
    """
    The server has served and has stopped; on stdio when its client left, else on a signal.

    Over HTTP and SSE each caller of its plain HTTP door is answered as often as `limiter` allows.
    """
    log.configure(Settings.from_environment().log_level)
    withhold_from_traces()
    loaded()
    if transport == "stdio":
        server.run("stdio")
        return
    from scribetree.servers.kit._http import add_http_door  # noqa: PLC0415 - not where a pipe serves

    add_http_door(server, max_body_bytes=MAX_BODY_BYTES, limiter=limiter)
    if transport == "http":
        server.run("streamable-http", host=host, port=port, max_request_body_size=MAX_BODY_BYTES)
    else:
        server.run("sse", host=host, port=port, max_request_body_size=MAX_BODY_BYTES)
