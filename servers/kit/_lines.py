"""
MCP over one socket, a line for each message: how a forked server and its host talk.

The SDK's own transport takes a worker thread for each reading, writing and flushing of a pipe; a socket needs none.
"""

import os
import socket
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
import anyio.abc
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

__all__ = ["LOST", "EndlessLine", "Incoming", "claimed_socket", "messages_on", "served_on", "write_messages"]

Incoming = SessionMessage | Exception

_MOST_LINE_BYTES = 16 * 1024 * 1024
"""Room for any message: ours are at most a fraction of it."""

LOST = (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError)
"""What the streams raise when the other side is gone."""


class EndlessLine(Exception):
    """The other side writes on and on without ending a line."""


def claimed_socket() -> socket.socket | None:
    """
    The socket that is this process's standard input and output, if one is both; from then on it is only here.

    What else prints or reads is led past it, as the SDK does with pipes.
    """
    own, other = os.fstat(0), os.fstat(1)
    if not stat.S_ISSOCK(own.st_mode) or (own.st_dev, own.st_ino) != (other.st_dev, other.st_ino):
        return None
    claimed = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a device, not a path of ours
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return claimed


@asynccontextmanager
async def served_on(
    channel: socket.socket,
) -> AsyncGenerator[tuple[MemoryObjectReceiveStream[Incoming], MemoryObjectSendStream[SessionMessage]]]:
    """The streams of an MCP server, until the other side is gone; what was sent into them is written by then."""
    stream = await anyio.abc.UNIXSocketStream.from_socket(channel)
    arriving_end, arriving = anyio.create_memory_object_stream[Incoming](0)
    leaving, leaving_end = anyio.create_memory_object_stream[SessionMessage](0)

    async def read() -> None:
        with arriving_end, suppress(EndlessLine, *LOST):
            async for message in messages_on(stream):
                await arriving_end.send(message)

    async with stream, anyio.create_task_group() as group:
        group.start_soon(read)
        group.start_soon(write_messages, leaving_end, stream)
        with arriving, leaving:
            yield arriving, leaving


async def messages_on(stream: anyio.abc.ByteReceiveStream) -> AsyncGenerator[Incoming]:
    """
    Each line that arrives as a message, or as the error of one that is none, until the other side has ended.

    EndlessLine where one has no end, which would take this process's memory.
    """
    unfinished = bytearray()
    async for chunk in stream:
        unfinished += chunk
        if b"\n" in chunk:
            *lines, unfinished = unfinished.split(b"\n")
            for line in lines:
                yield _parsed(line)
        if len(unfinished) > _MOST_LINE_BYTES:
            raise EndlessLine


async def write_messages(leaving: MemoryObjectReceiveStream[SessionMessage], stream: anyio.abc.ByteSendStream) -> None:
    """Every message has been written as a line, until nobody sends any more or the other side is gone."""
    with leaving, suppress(*LOST):
        async for message in leaving:
            await stream.send(message.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")


def _parsed(line: bytes | bytearray) -> Incoming:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:
        return error
