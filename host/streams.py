"""
The streams of an MCP client to a server's process: one message a line, of bounded length, until the process has ended.

The SDK's own transport over pipes has no bound: a server that writes on and on without ending a line would take the
host's memory. It is used on Windows only, where a process and its children end in another way.
"""

import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TextIO

import anyio
from anyio.abc import ByteReceiveStream, ByteSendStream, Process
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp import StdioServerParameters
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage

from scribetree.servers.kit import LOST, EndlessLine, Incoming, messages_on, write_messages

__all__ = ["Streams", "message_streams", "started"]

_GRACE_S = 2.0
"""A server whose input has ended may take so long to end, and so long again when it is told to."""

_FLUSH_S = 0.5
_END_S = 1.0
_LOOK_EVERY_S = 0.01

Streams = tuple[MemoryObjectReceiveStream[Incoming], MemoryObjectSendStream[SessionMessage]]


@asynccontextmanager
async def message_streams(
    incoming: ByteReceiveStream,
    outgoing: ByteSendStream,
    *,
    end: Callable[[anyio.Event], Awaitable[None]],
    on_endless_line: Callable[[], None],
) -> AsyncGenerator[Streams]:
    """
    The streams of an MCP client; when the block is left, `end` has ended the process.

    `end` is given the event of the end of what it says. After a line that is too long nothing that it says is heard.
    """
    arriving_end, arriving = anyio.create_memory_object_stream[Incoming](0)
    leaving, leaving_end = anyio.create_memory_object_stream[SessionMessage](0)
    written, ended = anyio.Event(), anyio.Event()

    async def read() -> None:
        with anyio.CancelScope(shield=True), suppress(*LOST):
            try:
                async for message in messages_on(incoming):
                    # Without a reader the rest is dropped, so that the server can write on and end.
                    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                        await arriving_end.send(message)
            except EndlessLine:
                on_endless_line()
                arriving_end.close()
                async for _ in incoming:
                    pass
        ended.set()
        arriving_end.close()

    async def write() -> None:
        with anyio.CancelScope(shield=True):
            await write_messages(leaving_end, outgoing)
        arriving_end.close()
        written.set()

    # Both are shielded, for they end with the server: who cancels the client still waits for that.
    async with anyio.create_task_group() as group:
        group.start_soon(read)
        group.start_soon(write)
        try:
            yield arriving, leaving
        finally:
            with anyio.CancelScope(shield=True):
                arriving.close()
                leaving.close()
                with anyio.move_on_after(_FLUSH_S):
                    await written.wait()
                await end(ended)
                leaving_end.close()


@asynccontextmanager
async def started(
    command: StdioServerParameters, log: TextIO, *, is_hung: Callable[[], bool], on_endless_line: Callable[[], None]
) -> AsyncGenerator[Streams]:
    """The streams to a process that was started by its own command; it and what it has started end with the block."""
    process = await anyio.open_process(
        [command.command, *command.args],
        env=get_default_environment() | (command.env or {}),
        stderr=log,
        cwd=command.cwd,
        start_new_session=True,
    )
    assert process.stdin is not None  # noqa: S101 - open_process makes both pipes
    assert process.stdout is not None  # noqa: S101 - as above

    async def end(_: anyio.Event) -> None:
        await _end(process, grace_s=0 if is_hung() else _GRACE_S)

    async with message_streams(process.stdout, process.stdin, end=end, on_endless_line=on_endless_line) as streams:
        yield streams


async def _end(process: Process, *, grace_s: float) -> None:
    """The process has ended, at the latest by force, and with it its group where it did not end by itself."""
    if process.stdin is not None:
        with suppress(*LOST):
            await process.stdin.aclose()
    if not await _has_ended(process, within_s=grace_s):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, sign)
            if await _has_ended(process, within_s=_GRACE_S):
                break
    with anyio.move_on_after(_END_S), suppress(*LOST):
        await process.aclose()


async def _has_ended(process: Process, *, within_s: float) -> bool:
    """Whether it ended in time: by its code, for the end of a pipe may be held open by what it has started."""
    with anyio.move_on_after(within_s):
        while process.returncode is None:  # noqa: ASYNC110 - a process without an event
            await anyio.sleep(_LOOK_EVERY_S)
    return process.returncode is not None
