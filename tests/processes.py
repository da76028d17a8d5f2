"""Processes of `scribetree` that listen on a port of this machine."""

import socket
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread


@asynccontextmanager
async def listening(*arguments: str, port: int | None = None) -> AsyncGenerator[int]:
    """The port of a `scribetree` process that serves over HTTP or SSE."""
    port = port or free_port()
    command = [sys.executable, "-m", "scribetree.host", *arguments, "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        with anyio.fail_after(20):
            while not is_open(port):
                assert process.poll() is None
                await anyio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await anyio.to_thread.run_sync(process.wait)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
