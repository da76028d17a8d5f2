"""
A process that has loaded the servers once, and is forked for each server that the host starts.

    host --(an order, the server's socket, its log)--> zygote --fork--> server
         <--(the server's process id)-----------------

Nearly all of a server's start is loading the SDK: 0.7 s of processor time, against 0.02 s of a fork. A forked server
runs the very command line of one that is started anew (`scribetree serve NAME`), on its own socket in place of two
pipes.

It is safe to fork because nothing is there yet but loaded modules: one thread, no event loop, no keys, no store. It
opens nothing that is not its own: the server's socket and log close in it once the server has them. A server leads its
own process group. When the host is gone its servers read the end of their input; one that hangs instead is killed.

The standard library's fork server lives as long as the program, adds a process of its own, and loads the program's main
module in each child; a suite in a test or in another program must leave nothing behind.
"""

import atexit
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from scribetree.servers.catalog import SERVERS
from scribetree.startup import loading

__all__ = ["main"]

_MOST_BYTES = 1_000_000
_GRACE_S = 3.0
"""How long a server may take to end when the host is gone."""

_NAME_BYTES = 15
"""What Linux keeps of a process's name."""


@dataclass(frozen=True, slots=True)
class _Order:
    """One server to fork: its command line after `scribetree`, its settings, its folder, its socket and its log."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str | None
    channel: int
    log: int

    @property
    def server(self) -> str | None:
        """Which of ours it is."""
        return next((word for word in self.arguments if word in SERVERS), None)


def main() -> None:
    """Servers were forked until the host was gone; in a forked process, the server has served."""
    # Registered first, so that it runs last: to unload modules would copy the memory that the servers share.
    atexit.register(os._exit, 0)
    loading()
    command_line = import_module("scribetree.host.cli")
    import_module("scribetree.servers.kit")
    import_module("anyio._backends._asyncio")
    order = _fork_for_each_order(socket.socket(fileno=sys.stdin.fileno()))
    if order is not None:
        _become(order)
        command_line.main()


def _fork_for_each_order(control: socket.socket) -> _Order | None:
    """Returns in each forked process, with its order; in this one when the host is gone, with None."""
    children: set[int] = set()

    def reap(*_: object) -> None:
        with suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                children.discard(pid)

    signal.signal(signal.SIGCHLD, reap)
    while (order := _next_order(control)) is not None:
        if order.server:
            import_module(SERVERS[order.server].module)
        # A server that ends at once is reaped after it is counted.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            control.detach()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            return order
        children.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.close(order.channel)
        os.close(order.log)
        with suppress(OSError):
            control.sendall(b"%d\n" % pid)
    _end(children)
    return None


def _next_order(control: socket.socket) -> _Order | None:
    try:
        received, descriptors, _, _ = socket.recv_fds(control, _MOST_BYTES, 2)
        while not received.endswith(b"\n"):
            more = control.recv(_MOST_BYTES)
            if not more:
                return None
            received += more
    except ConnectionError:
        return None
    channel, log = descriptors
    return _Order(**json.loads(received), channel=channel, log=log)


def _become(order: _Order) -> None:
    """This process is a server on its socket, with its own settings, folder, log and name."""
    os.setsid()
    os.dup2(order.channel, 0)
    os.dup2(order.channel, 1)
    os.dup2(order.log, 2)
    os.close(order.channel)
    os.close(order.log)
    os.environ.update(order.environment)
    if order.folder is not None:
        os.chdir(order.folder)
    with suppress(OSError):  # only Linux has it
        Path("/proc/self/comm").write_bytes((order.server or "scribetree").encode()[:_NAME_BYTES])
    sys.argv[1:] = order.arguments


def _end(children: set[int]) -> None:
    """All servers have ended, those that hang by force."""
    limit = time.monotonic() + _GRACE_S
    while children and time.monotonic() < limit:
        time.sleep(0.01)
    for pid in tuple(children):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
