"""
Many users at once, each with a connection of their own and a question of their own, at a host with all six servers.

    .venv/bin/python bench/crowd.py [--users 200] [--calls 10] [--door mcp|http]

The users are a few lines each, in one process, so that they leave the cores to the host: the SDK's client takes as much
processor time as the host itself. Every answer is read, and one that is refused, degraded or an error is a failure.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from peers import NEWER, Gateway, free_port, processor_ms, running

from scribetree.servers.catalog import SERVERS

TOOL = "assess_blooms_taxonomy"
LIMITS = "[limits]\nclient_per_minute = 1000000\nservice_per_minute = 1000000\nwaiting = 1000\n"


def question(number: int) -> dict[str, Any]:
    """No two are alike, so that no answer serves two users."""
    return {"questions": [f"Why do you say so in line {number}?", "What would you change?"]}


def over_mcp(port: int, number: int) -> bytes:
    """One call as the newer protocol puts it: a request that stands by itself."""
    name = f"validator_{TOOL}"
    meta = {
        "io.modelcontextprotocol/protocolVersion": NEWER,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params = {"name": name, "arguments": question(number), "_meta": meta}
    body = json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params})
    extra = f"MCP-Protocol-Version: {NEWER}\r\nMcp-Method: tools/call\r\nMcp-Name: {name}\r\n"
    return posted(port, "/mcp", body, extra)


def over_http(port: int, number: int, token: str) -> bytes:
    """One call at the plain door."""
    extra = f"Authorization: Bearer {token}\r\n"
    return posted(port, f"/api/v1/ai-validator/tools/{TOOL}", json.dumps(question(number)), extra)


def posted(port: int, path: str, body: str, extra: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json, text/event-stream\r\n{extra}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    size = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return int(head.split(b" ", 2)[1]), await reader.readexactly(size)


def is_good(status: int, body: bytes) -> bool:
    """Whether it is the server's own answer to that question."""
    shape = json.loads(body)
    result = shape["result"]
    found = result.get("structuredContent", result) if isinstance(result, dict) else {}
    return status == 200 and found.get("overall_level") == 4 and not shape.get("error") and b'"mcp"' in body


def servers_ready(port: int) -> int:
    try:
        with urlopen(f"http://127.0.0.1:{port}/ready", timeout=10) as response:
            return int(json.load(response)["servers"])
    except HTTPError:
        return 0


async def crowd(requests: list[list[bytes]], port: int) -> tuple[list[float], int, float]:
    """Milliseconds of each call, failures, and seconds in all."""
    spent: list[float] = []
    failed = 0

    async def user(own: list[bytes]) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in own:
            started = time.perf_counter()
            writer.write(request)
            status, body = await answer(reader)
            spent.append((time.perf_counter() - started) * 1000)
            failed += not is_good(status, body)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*map(user, requests))
    return spent, failed, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--door", choices=["mcp", "http"], default="mcp")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as temporary:
        folder, port = Path(temporary), free_port()
        (folder / "options.toml").write_text(LIMITS)
        environment = {
            **os.environ,
            "SCRIBETREE_HOME": str(folder / "home"),
            "SCRIBETREE_OPTIONS": str(folder / "options.toml"),
        }
        ours = [sys.executable, "-m", "scribetree.host"]
        host = Gateway("host", [*ours, "host", "--transport", "http", "--port", str(port)], port, TOOL)
        with running(host, environment, folder) as process:
            make_token = [*ours, "token"]
            said = subprocess.run(make_token, capture_output=True, text=True, check=True, env=environment).stdout
            token = said.strip()
            while servers_ready(port) < len(SERVERS):
                time.sleep(0.2)
            for number in range(options.rounds + 1):
                first = number * options.users * options.calls
                requests = [
                    [
                        over_mcp(port, each) if options.door == "mcp" else over_http(port, each, token)
                        for each in range(first + user, first + options.users * options.calls, options.users)
                    ]
                    for user in range(options.users)
                ]
                before, own = processor_ms(process.pid), time.process_time()
                spent, failed, took = asyncio.run(crowd(requests, port))
                own, used = (time.process_time() - own) * 1000 / len(spent), processor_ms(process.pid) - before
                print(
                    f"{'warm-up' if number == 0 else f'round {number}'}: {options.users} users, {len(spent)} calls,"
                    f" {failed} failed, {len(spent) / took:.0f} a second, p50 {statistics.median(spent):.0f} ms;"
                    f" processor {used / len(spent):.2f} ms a call, the users' {own:.2f}"
                )
        print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
