"""
The host over streamable HTTP beside other gateways, in one run, in turn, in front of the same server.

    .venv/bin/python bench/peers.py [--rounds 5] [--calls 100]

Two sets. Of the gateways that can start a server, each starts its own process of the same stdio server; those that
reach one over HTTP all stand before one process of it. The same client asks each for the same tool, round by round
in turn, in the newest protocol that it speaks. Peers are installed by uv, each into a folder of its own that is deleted
afterwards. ContextForge is given an administrator, a token and the server; its plugins, pages and limit of calls
are off; ours are set high.
"""

import argparse
import json
import os
import platform
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

SERVER, TOOL = "ai-validator", "assess_blooms_taxonomy"
ARGUMENTS: dict[str, Any] = {"questions": ["Why do you say so?", "What would you change?"]}
SERVE = [sys.executable, "-m", "scribetree.host", "serve", SERVER]
HOST = [sys.executable, "-m", "scribetree.host", "host", "--transport", "http"]
PEERS = {
    "mcp-proxy": "mcp-proxy==0.13.0",
    "fastmcp": "fastmcp",
    "contextforge": "mcp-contextforge-gateway==1.0.7.post20260921",
}
FASTMCP = """
import json, sys
from fastmcp.server import create_proxy
create_proxy(json.loads(sys.argv[1])).run(transport="http", host="127.0.0.1", port=int(sys.argv[2]), show_banner=False)
"""
NEWER, OLDER = "2026-07-28", "2025-11-25"
_LEVEL = 4
"""What the tool says of these questions."""

_CALL_LIMIT_S = 60
_START_LIMIT_S = 300
"""ContextForge makes its tables first, which takes minutes on a busy machine."""


@dataclass(frozen=True)
class Gateway:
    """One to be asked: how it is started, where, and what the tool is called there."""

    name: str
    command: list[str]
    port: int
    tool: str
    speaks: str = NEWER
    path: str = "/mcp"
    environment: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def install(folder: Path) -> dict[str, Path]:
    """The folder of each peer's commands, its version printed."""
    uv = [sys.executable, "-m", "uv"]
    commands: dict[str, Path] = {}
    for name, requirement in PEERS.items():
        commands[name] = folder / name / "bin"
        python = str(commands[name] / "python")
        subprocess.run([*uv, "venv", "-q", "--python", sys.executable, str(folder / name)], check=True)
        subprocess.run([*uv, "pip", "install", "-q", "--python", python, requirement], check=True)
        package = requirement.partition("==")[0]
        code = f"from importlib.metadata import version as v; print('{package}', v('{package}'), 'on mcp', v('mcp'))"
        print(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    return commands


@contextmanager
def running(gateway: Gateway, environment: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process, from when it answers until the block is left."""
    with (folder / f"{gateway.port}.log").open("wb") as log:
        process = subprocess.Popen(
            gateway.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment | gateway.environment,
        )
        try:
            limit = time.monotonic() + _START_LIMIT_S
            while process.poll() is None and time.monotonic() < limit:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", gateway.port)) == 0:
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


def that_start_it(peers: dict[str, Path], folder: Path) -> list[Gateway]:
    """Each with its own process of the stdio server; and the server itself, over HTTP."""
    entry = {"mcpServers": {SERVER: {"command": SERVE[0], "args": SERVE[1:]}}}
    ours = {"mcpServers": {SERVER: {"command": "scribetree", "args": ["serve", SERVER]}}}
    (folder / "stdio.json").write_text(json.dumps(ours))
    first, second, third, last = (free_port() for _ in range(4))
    proxy, python = str(peers["mcp-proxy"] / "mcp-proxy"), str(peers["fastmcp"] / "python")
    return [
        Gateway(
            "scribetree host",
            [*HOST, "--config", str(folder / "stdio.json"), "--port", str(first)],
            first,
            f"validator_{TOOL}",
        ),
        Gateway("mcp-proxy", [proxy, "--pass-environment", "--port", str(second), "--", *SERVE], second, TOOL, OLDER),
        Gateway("FastMCP create_proxy", [python, "-c", FASTMCP, json.dumps(entry), str(third)], third, TOOL),
        Gateway("the server itself", [*SERVE, "--transport", "http", "--port", str(last)], last, TOOL),
    ]


def that_reach_it(peers: dict[str, Path], folder: Path, url: str) -> list[Gateway]:
    """Each in front of the server that answers at `url`."""
    (folder / "http.json").write_text(json.dumps({"mcpServers": {SERVER: {"type": "http", "url": url}}}))
    first, second, third = (free_port() for _ in range(3))
    return [
        Gateway(
            "scribetree host",
            [*HOST, "--config", str(folder / "http.json"), "--port", str(first)],
            first,
            f"validator_{TOOL}",
        ),
        Gateway(
            "FastMCP create_proxy",
            [str(peers["fastmcp"] / "python"), "-c", FASTMCP, json.dumps(url), str(second)],
            second,
            TOOL,
        ),
        context_forge(peers["contextforge"], folder, third),
    ]


def context_forge(commands: Path, folder: Path, port: int) -> Gateway:
    """ContextForge with one worker, on SQLite, with callers checked."""
    secret = secrets.token_hex(32)
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / 'contextforge.db'}",
        "JWT_SECRET_KEY": secret,
        "AUTH_ENCRYPTION_SECRET": secrets.token_hex(32),
        "BASIC_AUTH_PASSWORD": f"Aa1!{secrets.token_hex(12)}",
        "PLATFORM_ADMIN_EMAIL": "admin@example.com",
        "PLATFORM_ADMIN_PASSWORD": f"Aa1!{secrets.token_hex(12)}",
        "DEFAULT_USER_PASSWORD": f"Aa1!{secrets.token_hex(12)}",
        "AUTH_REQUIRED": "true",
        "MCPGATEWAY_UI_ENABLED": "false",
        "PLUGINS_ENABLED": "false",
        "RATE_LIMITING_ENABLED": "false",
        "TOOL_RATE_LIMIT": "1000000",
        "CACHE_TYPE": "memory",
        "LOG_LEVEL": "WARNING",
        "SSRF_ALLOW_LOCALHOST": "true",
        "SSRF_ALLOW_PRIVATE_NETWORKS": "true",
    }
    make_token = [str(commands / "python"), "-m", "mcpgateway.utils.create_jwt_token", "--username"]
    token = subprocess.run(
        [*make_token, "admin@example.com", "--admin", "--exp", "600", "--secret", secret],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, **environment},
    ).stdout.split()[0]
    return Gateway(
        "ContextForge",
        [str(commands / "mcpgateway"), "--host", "127.0.0.1", "--port", str(port)],
        port,
        f"validator-{TOOL.replace('_', '-')}",
        OLDER,
        environment=environment,
        headers={"Authorization": f"Bearer {token}"},
    )


def register(gateway: Gateway, url: str) -> None:
    """ContextForge knows the server; it is asked again until it is ready for that."""
    body = json.dumps({"name": "validator", "url": url, "transport": "STREAMABLEHTTP"}).encode()
    address = f"http://127.0.0.1:{gateway.port}/gateways"
    request = Request(address, body, {"Content-Type": "application/json", **gateway.headers})
    with urlopen(request, timeout=_START_LIMIT_S) as response:
        assert response.status in {200, 201}, response.status


class Caller:
    """A client of a few lines, so that what is measured is the gateway: the SDK's own takes two milliseconds a call."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._line = HTTPConnection("127.0.0.1", gateway.port, timeout=_CALL_LIMIT_S)
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": gateway.speaks,
            **gateway.headers,
        }
        if gateway.speaks == OLDER:
            about = {"name": "bench", "version": "1"}
            self._ask("initialize", {"protocolVersion": OLDER, "capabilities": {}, "clientInfo": about})
            self._send({"method": "notifications/initialized"}).read()
        else:
            self._headers |= {"Mcp-Method": "tools/call", "Mcp-Name": gateway.tool}

    def call(self) -> None:
        """The tool has answered as it should."""
        about = {"io.modelcontextprotocol/protocolVersion": NEWER, "io.modelcontextprotocol/clientCapabilities": {}}
        stands_alone = {"_meta": about} if self._gateway.speaks == NEWER else {}
        answer = self._ask("tools/call", {"name": self._gateway.tool, "arguments": ARGUMENTS, **stands_alone})
        text = answer["result"]["content"][0]["text"]
        assert json.loads(text)["overall_level"] == _LEVEL, (self._gateway.name, answer)

    def come_back(self) -> None:
        """It is connected, also if the gateway has hung up since."""
        self._line.close()
        self.call()

    def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        response = self._send({"id": 1, "method": method, "params": params})
        body = response.read().decode()
        assert response.status == HTTPStatus.OK, (self._gateway.name, response.status, body)
        if session := response.headers.get("Mcp-Session-Id"):
            self._headers["Mcp-Session-Id"] = session
        if response.headers.get_content_type() == "text/event-stream":
            body = next(line[len("data: ") :] for line in body.splitlines() if line.startswith("data: {"))
        found: dict[str, Any] = json.loads(body)
        return found

    def _send(self, message: dict[str, Any]) -> HTTPResponse:
        self._line.request("POST", self._gateway.path, json.dumps({"jsonrpc": "2.0", **message}), self._headers)
        return self._line.getresponse()


def processor_ms(pid: int) -> float:
    """What a process and all below it have used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    below = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    own = (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_ms(int(child)) for child in below)


def compare(gateways: list[Gateway], pids: dict[str, int], rounds: int, calls: int) -> None:
    """Each asked in turn, the first round thrown away; what it took is printed."""
    spent: dict[str, list[float]] = {each.name: [] for each in gateways}
    used = dict.fromkeys(spent, 0.0)
    callers = {each.name: Caller(each) for each in gateways}
    for round_number in range(rounds + 1):
        for name, caller in callers.items():
            caller.come_back()
            before = processor_ms(pids[name])
            for _ in range(calls):
                started = time.perf_counter()
                caller.call()
                if round_number:
                    spent[name].append((time.perf_counter() - started) * 1000)
            used[name] += (processor_ms(pids[name]) - before) / (rounds * calls) if round_number else 0
    ours = statistics.median(spent[gateways[0].name])
    for name, figures in spent.items():
        ordered = sorted(figures)
        p50, p99 = statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))]
        print(
            f"  {name:22} p50 {p50:7.2f} ms, p99 {p99:7.2f} ms, {p50 / ours:6.2f} of ours,"
            f" processor {used[name]:6.2f} ms a call, n {len(ordered)}"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=100)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        peers = install(folder)
        # Each call is counted as ever; the bench itself would soon have asked too often.
        (folder / "options.toml").write_text("[limits]\nclient_per_minute = 1000000\nservice_per_minute = 1000000\n")
        environment = {
            **os.environ,
            "SCRIBETREE_HOME": str(folder / "home"),
            "SCRIBETREE_OPTIONS": str(folder / "options.toml"),
        }
        print("each starts the server, over stdio:")
        with ExitStack() as processes:
            first = that_start_it(peers, folder)
            pids = {each.name: processes.enter_context(running(each, environment, folder)).pid for each in first}
            compare(first, pids, options.rounds, options.calls)
        print("each reaches one server, over HTTP:")
        with ExitStack() as processes:
            port = free_port()
            server = Gateway("server", [*SERVE, "--transport", "http", "--port", str(port)], port, TOOL)
            processes.enter_context(running(server, environment, folder))
            url = f"http://127.0.0.1:{port}/mcp"
            second = that_reach_it(peers, folder, url)
            pids = {each.name: processes.enter_context(running(each, environment, folder)).pid for each in second}
            register(second[-1], url)
            compare(second, pids, options.rounds, options.calls)
        print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
