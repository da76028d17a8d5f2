"""Servers as a stranger meets them: processes on free ports."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

Serve = Callable[[str], str]


@contextmanager
def serving(name: str) -> Generator[str]:
    """The server of that name, or the host, over HTTP, for as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    what = ["host"] if name == "host" else ["serve", name]
    command = [sys.executable, "-m", "scribetree.host", *what, "--transport", "http", "--port", port]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/mcp", process)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the server ended before it was up"
        try:
            httpx2.get(url, timeout=5)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not come up within 20 s")


@pytest.fixture
def serve() -> Generator[Serve]:
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(serving(name))
