"""A server on a transport, in this process, until it is told to stop."""

import socket
from typing import TYPE_CHECKING, Literal

import anyio

from scribetree import log
from scribetree.errors import ConfigError
from scribetree.servers.kit._server import KitServer
from scribetree.servers.kit._traces import withhold_from_traces
from scribetree.settings import Settings
from scribetree.startup import loaded

if TYPE_CHECKING:
    from scribetree.resilience import Limiter

__all__ = ["LOOPBACK", "MAX_BODY_BYTES", "STOP_LIMIT_S", "Transport", "check_port", "serve"]

Transport = Literal["stdio", "http", "sse"]

STOP_LIMIT_S = 5
"""Calls that are running when a process is told to stop have so long; streams of changes would never end."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Where only this machine comes in, and the SDK lets in nothing that a foreign web page makes a browser send."""

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Room for a text that is too long, so that its sender is told the rule instead of being cut off."""


def serve(server: KitServer, *, transport: Transport, host: str, port: int, limiter: "Limiter | None" = None) -> None:
    """
    The server has served and has stopped; on stdio when its client left, else on a signal.

    Over HTTP and SSE each caller of its plain HTTP door is answered as often as `limiter` allows. At an address that
    others reach, nobody is answered who does not say by a token who asks.
    """
    log.configure(Settings.from_environment().log_level)
    withhold_from_traces()
    loaded()
    if transport == "stdio":
        server.run("stdio")
        return
    check_port(host, port)
    server.wiring.serves_unnamed = host in LOOPBACK
    import uvicorn  # noqa: PLC0415 - not where a pipe serves

    from scribetree.servers.kit._http import add_http_door  # noqa: PLC0415 - as above

    add_http_door(server, max_body_bytes=MAX_BODY_BYTES, limiter=limiter)
    make_app = server.streamable_http_app if transport == "http" else server.sse_app
    app = make_app(host=host, max_request_body_size=MAX_BODY_BYTES)
    # The SDK's own way to serve waits for ever for clients that listen to changes.
    serving = uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=STOP_LIMIT_S)
    anyio.run(uvicorn.Server(serving).serve)


def check_port(host: str, port: int) -> None:
    """The address can be bound; else ConfigError says why, before anything has started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ConfigError(
            f"Port {port} of {host} cannot be served on: {error.strerror or 'the system refuses it'}.",
            hint="Choose another --port or --host, or end what is using it.",
        ) from None
