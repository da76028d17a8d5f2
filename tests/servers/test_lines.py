"""MCP over one socket: whose it is, and what is a message."""

import socket
import subprocess
import sys

import anyio
import anyio.abc
import pytest
from mcp.shared.message import SessionMessage
from mcp.types import JSONRPCNotification

from scribetree.servers.kit import EndlessLine, Incoming, messages_on
from scribetree.servers.kit._lines import served_on

PRINTING = """
from scribetree.servers.kit._lines import claimed_socket
channel = claimed_socket()
print("stray", flush=True)
channel.sendall(b"wire")
"""
NOTICE = b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n'


def test_what_a_process_prints_does_not_reach_the_socket_that_it_claimed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ran = subprocess.run(
            [sys.executable, "-c", PRINTING],
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=subprocess.PIPE,
            check=True,
        )
        assert ours.recv(100) == b"wire"
    assert b"stray" in ran.stderr


def test_two_pipes_are_not_claimed() -> None:
    code = "from scribetree.servers.kit._lines import claimed_socket; print(claimed_socket())"
    ran = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, check=True)
    assert ran.stdout.strip() == b"None"


@pytest.mark.anyio
async def test_messages_arrive_whole_however_they_were_cut() -> None:
    ours, theirs = socket.socketpair()
    found: list[Incoming] = []
    with ours:
        async with await anyio.abc.UNIXSocketStream.from_socket(theirs) as stream:
            ours.sendall(NOTICE[:20])
            ours.sendall(NOTICE[20:] + b"no message\n" + NOTICE)
            ours.shutdown(socket.SHUT_WR)
            found = [message async for message in messages_on(stream)]
    kinds = [isinstance(message, SessionMessage) for message in found]
    assert kinds == [True, False, True]


@pytest.mark.anyio
async def test_a_line_without_an_end_is_not_taken_in() -> None:
    ours, theirs = socket.socketpair()

    async def write() -> None:
        await anyio.to_thread.run_sync(ours.sendall, b"x" * (17 * 1024 * 1024))
        ours.shutdown(socket.SHUT_WR)

    with ours:
        async with await anyio.abc.UNIXSocketStream.from_socket(theirs) as stream, anyio.create_task_group() as group:
            group.start_soon(write)
            with pytest.raises(EndlessLine):
                [message async for message in messages_on(stream)]
            async for _ in stream:
                pass


@pytest.mark.anyio
async def test_what_a_server_said_last_is_written_before_it_ends() -> None:
    ours, theirs = socket.socketpair()
    notice = SessionMessage(JSONRPCNotification(jsonrpc="2.0", method="notifications/initialized"))
    with ours:
        async with served_on(theirs) as (_, outgoing):
            ours.shutdown(socket.SHUT_WR)
            await outgoing.send(notice)
        assert ours.recv(1000) == NOTICE
