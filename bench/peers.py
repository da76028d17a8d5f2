"""
The host over streamable HTTP beside other gateways, in one run, in turn, in front of the same server.

    .venv/bin/python bench/peers.py [--rounds 5] [--calls 100] [--users 200]

Each gateway starts its own process of the same stdio server, and the same SDK client asks each for the same tool, round
by round in turn. Peers are installed by uv, each into a folder of its own that is deleted afterwards. Then many users
at once ask the host. ContextForge, which starts no server of its own and wants an account, is not among them.
"""

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

ROOT = Path(__file__).parents[1]
SERVER, TOOL = "ai-validator", "assess_blooms_taxonomy"
ARGUMENTS: dict[str, Any] = {"questions": ["Why do you say so?", "What would you change?"]}
SERVE = [sys.executable, "-m", "scribetree.host", "serve", SERVER]
PEERS = {"mcp-proxy": "mcp-proxy==0.13.0", "fastmcp": "fastmcp"}
FASTMCP = """
import json, sys
from fastmcp.server import create_proxy
create_proxy(json.loads(sys.argv[1])).run(transport="http", host="127.0.0.1", port=int(sys.argv[2]), show_banner=False)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def install(folder: Path) -> dict[str, Path]:
    """Each peer's interpreter, and its version printed."""
    uv = [sys.executable, "-m", "uv"]
    pythons: dict[str, Path] = {}
    for name, requirement in PEERS.items():
        python = pythons[name] = folder / name / "bin" / "python"
        subprocess.run([*uv, "venv", "-q", "--python", sys.executable, str(folder / name)], check=True)
        subprocess.run([*uv, "pip", "install", "-q", "--python", str(python), requirement], check=True)
        package = requirement.partition("==")[0]
        code = f"from importlib.metadata import version as v; print('{package}', v('{package}'), 'on mcp', v('mcp'))"
        print(subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    return pythons


@contextmanager
def running(
    command: list[str], port: int, environment: dict[str, str], folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The process, from when its port is open until the block is left."""
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, env=environment
        )
        try:
            limit = time.monotonic() + 120
            while process.poll() is None and time.monotonic() < limit:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def commands(pythons: dict[str, Path], folder: Path) -> dict[str, tuple[list[str], int, str]]:
    """Of each gateway that starts its own server: command, port, and the name of the tool there."""
    entry = {"mcpServers": {SERVER: {"command": SERVE[0], "args": SERVE[1:]}}}
    ours = {"mcpServers": {SERVER: {"command": "scribetree", "args": ["serve", SERVER]}}}
    (folder / "mcp.json").write_text(json.dumps(ours))
    ports = [free_port() for _ in range(4)]
    proxy = str(pythons["mcp-proxy"].parent / "mcp-proxy")
    host = [sys.executable, "-m", "scribetree.host", "host", "--transport", "http", "--port", str(ports[0])]
    bare = [*SERVE, "--transport", "http", "--port", str(ports[3])]
    return {
        "scribetree host": (host, ports[0], f"validator_{TOOL}"),
        "mcp-proxy": ([proxy, "--pass-environment", "--port", str(ports[1]), "--", *SERVE], ports[1], TOOL),
        "FastMCP create_proxy": (
            [str(pythons["fastmcp"]), "-c", FASTMCP, json.dumps(entry), str(ports[2])],
            ports[2],
            TOOL,
        ),
        "the server itself, over HTTP": (bare, ports[3], TOOL),
    }


async def connected(stack: AsyncExitStack, port: int, path: str = "mcp") -> Client:
    return await stack.enter_async_context(Client(f"http://127.0.0.1:{port}/{path}"))


def processor_ms(pid: int) -> float:
    """What a process and all below it have used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    below = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    own = (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_ms(int(child)) for child in below)


async def compare(
    gateways: dict[str, tuple[int, str]], pids: dict[str, int], rounds: int, calls: int
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Milliseconds of each call, gateway by gateway in turn, the first round thrown away; and processor time a call."""
    spent: dict[str, list[float]] = {name: [] for name in gateways}
    used = dict.fromkeys(gateways, 0.0)
    async with AsyncExitStack() as stack:
        clients = {name: await connected(stack, port) for name, (port, _) in gateways.items()}
        for round_number in range(rounds + 1):
            for name, (_, tool) in gateways.items():
                before = processor_ms(pids[name])
                for _ in range(calls):
                    started = time.perf_counter()
                    result = await clients[name].call_tool(tool, ARGUMENTS)
                    if round_number:
                        spent[name].append((time.perf_counter() - started) * 1000)
                    assert not result.is_error, (name, result)
                used[name] += (processor_ms(pids[name]) - before) / (rounds * calls) if round_number else 0
    return spent, used


async def crowd(port: int, tool: str, users: int, calls: int) -> tuple[int, int, float]:
    """So many users at once, each a client of its own: calls, failures, seconds."""
    failed = done = 0

    async def user() -> None:
        nonlocal failed, done
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            for _ in range(calls):
                result = await client.call_tool(tool, ARGUMENTS)
                done += 1
                failed += bool(result.is_error)

    started = time.perf_counter()
    async with anyio.create_task_group() as group:
        for _ in range(users):
            group.start_soon(user)
    return done, failed, time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--users", type=int, default=200)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as processes:
        folder = Path(temporary)
        # Each call is counted as ever; the bench itself would soon have asked too often.
        (folder / "options.toml").write_text("[limits]\nclient_per_minute = 1000000\nservice_per_minute = 1000000\n")
        environment = {
            **os.environ,
            "SCRIBETREE_HOME": str(folder / "home"),
            "SCRIBETREE_OPTIONS": str(folder / "options.toml"),
        }
        found = commands(install(folder), folder)
        pids = {
            name: processes.enter_context(running(command, port, environment, folder)).pid
            for name, (command, port, _) in found.items()
        }
        gateways = {name: (port, tool) for name, (_, port, tool) in found.items()}
        spent, used = anyio.run(compare, gateways, pids, options.rounds, options.calls)
        peer = statistics.median(spent["mcp-proxy"])
        for name, figures in spent.items():
            ordered = sorted(figures)
            p50, p99 = statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))]
            print(f"{name:30} p50 {p50:7.2f} ms, p99 {p99:8.2f} ms, {p50 / peer:5.2f} of mcp-proxy, n {len(ordered)}")
            print(f"{'':30} processor time, its server included: {used[name]:.2f} ms a call")
        port, tool = gateways["scribetree host"]
        done, failed, took = anyio.run(crowd, port, tool, options.users, 5)
        print(f"{options.users} users at once: {done} calls, {failed} failed, {done / took:.0f} a second")
        print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
