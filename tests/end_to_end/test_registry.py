"""Servers that register with a host over HTTP, and the commands for it, as real processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from tests.processes import free_port, listening

from scribetree.clock import SystemClock
from scribetree.privacy.caller import sign
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(180)]

INSTANCES = "/api/v1/registry/instances"
TOOL = "/api/v1/ai-validator/tools/assess_blooms_taxonomy"
QUESTIONS = {"questions": ["Why do you say so?"]}


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"strategy": {"type": "in-process"}}}))
    return str(tmp_path / "mcp.json")


def client(port: int, ring: KeyRing, role: RequesterType = "administrator") -> httpx2.AsyncClient:
    token = sign(PrivacyContext("x", role, "learning", "correlation-1"), ring=ring, clock=SystemClock())
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "scribetree.host", *arguments]
    return subprocess.run(whole, capture_output=True, text=True, check=False, timeout=60)


@contextmanager
def started(*arguments: str) -> Generator[subprocess.Popen[str]]:
    whole = [sys.executable, "-m", "scribetree.host", *arguments]
    process = subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


async def instances(http: httpx2.AsyncClient, server: str) -> list[dict[str, Any]]:
    servers = (await http.get("/api/v1/registry")).json()["servers"]
    return [each for known in servers if known["server"] == server for each in known["instances"]]


async def until(condition: Callable[[list[dict[str, Any]]], bool], http: httpx2.AsyncClient) -> list[dict[str, Any]]:
    with anyio.fail_after(60):
        while not condition(found := await instances(http, "ai-validator")):
            await anyio.sleep(0.1)
    return found


async def test_a_server_registers_itself_is_asked_and_leaves(config: str, ring: KeyRing) -> None:
    own = free_port()
    async with listening("host", "--transport", "http", "--config", config) as port, client(port, ring) as http:
        at = f"http://127.0.0.1:{port}"
        with (
            started("registry", "watch", "--host", at) as watching,
            started("serve", "ai-validator", "--transport", "http", "--port", str(own), "--register-at", at) as served,
        ):
            [instance] = await until(lambda found: bool(found) and found[0]["state"] == "ready", http)
            answer = (await http.post(TOOL, json=QUESTIONS)).json()
            listed = json.loads(command("registry", "list", "--host", at, "--json").stdout)
            found = command("registry", "find", "blooms-taxonomy-analysis", "--host", at, "--json")
            for_people = command("registry", "list", "--host", at)
            missing = command("registry", "find", "mind-reading", "--host", at, "--json")
            served.send_signal(signal.SIGTERM)
            served.wait(timeout=30)
            left = await instances(http, "ai-validator")
            watching.terminate()
            told = [json.loads(line) for line in watching.communicate(timeout=30)[0].splitlines()]
    assert instance["endpoints"]["mcp"] == f"http://127.0.0.1:{own}/mcp"
    assert answer["provenance"]["served_by"] == "mcp"
    assert answer["provenance"]["instance"] == f"pid-{served.pid}"
    assert {each["server"] for each in listed} == {"strategy", "ai-validator"}
    assert json.loads(found.stdout)[0]["server"] == "ai-validator"
    assert (instance["id"] in for_people.stdout, for_people.stderr) == (True, "")
    assert (found.returncode, missing.returncode) == (0, 1)
    assert left == []
    changes = [each["change"] for each in told]
    assert (changes[:2], changes[-1]) == (["registered", "ready"], "gone")


async def test_registrations_are_refused_to_who_may_not_and_for_what_the_host_does_not_trust(
    config: str, ring: KeyRing
) -> None:
    here: dict[str, Any] = {"server": "ai-validator", "url": f"http://127.0.0.1:{free_port()}/mcp"}
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        client(port, ring) as http,
        client(port, ring, "educator") as educator,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as nobody,
    ):
        answers = {
            "nobody": await nobody.post(INSTANCES, json=here),
            "educator": await educator.post(INSTANCES, json=here),
            "stranger": await http.post(INSTANCES, json=here | {"server": "stranger"}),
            "elsewhere": await http.post(INSTANCES, json=here | {"url": "http://192.168.1.7:3001/mcp"}),
            "door elsewhere": await http.post(INSTANCES, json=here | {"http": "http://192.168.1.7:3001"}),
            "not there": await http.post(INSTANCES, json=here),
            "not a field": await http.post(INSTANCES, json=here | {"headers": "x"}),
            "no lease": await http.put(f"{INSTANCES}/ai-validator-0/lease"),
            "no instance": await http.delete(f"{INSTANCES}/ai-validator-0"),
        }
        listing = await nobody.get("/api/v1/registry")
        assert await instances(http, "ai-validator") == []
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {
        "nobody": 401,
        "educator": 403,
        "stranger": 404,
        "elsewhere": 403,
        "door elsewhere": 403,
        "not there": 503,
        "not a field": 400,
        "no lease": 404,
        "no instance": 404,
    }
    assert listing.status_code == 401
    assert "192.168.1.7" not in answers["elsewhere"].text


async def test_a_command_that_the_registry_refuses_says_so_and_fails(config: str) -> None:
    async with listening("host", "--transport", "http", "--config", config) as port:
        at = ("--host", f"http://127.0.0.1:{port}")
        refused = command("registry", "register", "stranger", "http://127.0.0.1:9/mcp", *at)
        nowhere = command("registry", "find", "list_conversation_templates?", *at)
    assert (refused.returncode, nowhere.returncode) == (2, 1)
    assert "does not take in a server of that name" in refused.stderr
    assert "No server gives that capability" in nowhere.stderr


async def test_a_registered_server_is_still_known_to_a_host_that_was_killed_and_started_again(
    config: str, ring: KeyRing
) -> None:
    arguments = ("host", "--transport", "http", "--config", config)
    port = free_port()
    async with listening("serve", "ai-validator", "--transport", "http") as own:
        here = {"server": "ai-validator", "url": f"http://127.0.0.1:{own}/mcp", "lease_s": 600}
        async with listening(*arguments, port=port), client(port, ring) as http:
            registered = (await http.post(INSTANCES, json=here)).json()
            [host] = [pid for pid in processes() if f"--port\0{port}" in processes()[pid]]
            os.kill(host, signal.SIGKILL)
        async with listening(*arguments, port=port), client(port, ring) as http:
            [instance] = await until(lambda found: bool(found) and found[0]["state"] == "ready", http)
            answer = (await http.post(TOOL, json=QUESTIONS)).json()
            drained = command("registry", "drain", instance["id"], "--host", f"http://127.0.0.1:{port}")
    assert instance["id"] == registered["instance"]
    assert answer["provenance"]["served_by"] == "mcp"
    assert json.loads(drained.stdout)["state"] == "gone"


def processes() -> dict[int, str]:
    """The command lines of this process's children."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in children}
