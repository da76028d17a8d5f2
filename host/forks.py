"""
The host's side of the zygote: a server is ordered, and talked to over its socket.

What cannot be forked is said by NotForked, and is then started as any other command: no `fork` on this system, a zygote
that does not come or does not answer.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import anyio
import anyio.abc
from mcp.client.stdio import get_default_environment

from scribetree.host.streams import Streams, message_streams
from scribetree.servers.kit import LOST

__all__ = ["CAN_FORK", "ForkedServer", "Forks", "NotForked"]

CAN_FORK = hasattr(os, "fork") and hasattr(socket, "send_fds")

_GRACE_S = 2.0
"""A server whose input has ended may take so long to end."""

_END_S = 1.0
_ANSWER_BYTES = 64


class NotForked(Exception):
    """The server has to be started in another way."""


class Forks:
    """The zygote of one suite: started at the first order, again when it was lost, and ended with the suite."""

    def __init__(self, log_path: Path, environment: Mapping[str, str]) -> None:
        self._log_path = log_path
        self._environment = environment
        self._one_at_a_time = anyio.Lock()
        self._zygote: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    async def fork(
        self, arguments: Sequence[str], *, environment: Mapping[str, str], folder: str | None, log: TextIO
    ) -> "ForkedServer":
        """A new server process; NotForked if there is none."""
        shape = {"arguments": list(arguments), "environment": dict(environment), "folder": folder}
        order = json.dumps(shape).encode() + b"\n"
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                async with self._one_at_a_time:
                    pid = await self._ordered(order, [theirs.fileno(), log.fileno()])
        except BaseException:
            ours.close()
            raise
        return ForkedServer(pid, ours)

    async def aclose(self) -> None:
        """The zygote has ended, and with it what was left of its servers."""
        if self._zygote is not None:
            process, control = self._zygote
            control.close()
            with anyio.CancelScope(shield=True), anyio.move_on_after(_END_S):
                while process.poll() is None:  # noqa: ASYNC110 - a process without an event
                    await anyio.sleep(0.005)
        self._kill()

    async def _ordered(self, order: bytes, descriptors: list[int]) -> int:
        try:
            control = self._control()
            socket.send_fds(control, [order], descriptors)
            await anyio.wait_readable(control)
            return int(control.recv(_ANSWER_BYTES))
        except BaseException as error:
            # An answer that comes later must not be taken for the answer to another order.
            self._kill()
            if isinstance(error, (OSError, ValueError)):
                raise NotForked from None
            raise

    def _control(self) -> socket.socket:
        """The socket to a zygote that runs."""
        if self._zygote is not None and self._zygote[0].poll() is None:
            return self._zygote[1]
        self._kill()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs, self._log_path.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "scribetree.host.zygote"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=get_default_environment() | dict(self._environment),
                start_new_session=True,
            )
        self._zygote = process, ours
        return ours

    def _kill(self) -> None:
        """There is no zygote; servers that it has forked go on."""
        if self._zygote is not None:
            process, control = self._zygote
            self._zygote = None
            control.close()
            process.kill()
            process.wait()


@dataclass(frozen=True, slots=True)
class ForkedServer:
    """A server process and the socket to it."""

    pid: int
    channel: socket.socket

    @asynccontextmanager
    async def transport(
        self, *, is_hung: Callable[[], bool], on_endless_line: Callable[[], None]
    ) -> AsyncGenerator[Streams]:
        """The streams of an MCP client; when the block is left, the server has ended, and at once if `is_hung`."""
        stream = await anyio.abc.UNIXSocketStream.from_socket(self.channel)

        async def end(ended: anyio.Event) -> None:
            await self._end(stream, ended, grace_s=0 if is_hung() else _GRACE_S)

        async with message_streams(stream, stream, end=end, on_endless_line=on_endless_line) as streams:
            yield streams

    async def _end(self, stream: anyio.abc.UNIXSocketStream, ended: anyio.Event, *, grace_s: float) -> None:
        with suppress(*LOST):
            await stream.send_eof()
        with anyio.move_on_after(grace_s):
            await ended.wait()
        if not ended.is_set():
            # It still holds the other end of the socket: the id is its own.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            with anyio.move_on_after(_END_S):
                await ended.wait()
        with suppress(*LOST):
            await stream.aclose()
