"""The chain over real processes: a server that is gone, its HTTP door, the outbox, the host in front."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent
from tests.processes import is_open

from scribetree.provenance import PROVENANCE_KEY

ROOT = Path(__file__).parents[2]
ESSAY = (ROOT / "examples" / "essay-draft-2.txt").read_text("utf-8")
GONE = {"command": "no-such-command"}
ALERT = {
    "alerts": [{"alert_type": "intervention_needed", "severity": "critical", "title": "Look", "description": "Now."}],
    "educator_id": "t-1",
    "student_id": "s-1",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def scribetree(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scribetree.host", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def call(server: str, tool: str, arguments: dict[str, Any], *, cwd: Path) -> dict[str, Any]:
    done = scribetree("call", server, tool, "--arguments", json.dumps(arguments), "--json", cwd=cwd)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def configure(folder: Path, **servers: dict[str, Any]) -> None:
    named = {name.replace("_", "-"): entry for name, entry in servers.items()}
    (folder / "mcp.json").write_text(json.dumps({"mcpServers": named}))


def test_a_tool_of_a_server_that_is_gone_is_answered_degraded(tmp_path: Path) -> None:
    configure(tmp_path, writing_analysis=GONE)
    answer = call("writing-analysis", "analyze_writing_patterns", {"content": ESSAY}, cwd=tmp_path)
    assert answer["result"]["structure"]["words"] == 525
    assert (answer["provenance"]["served_by"], answer["provenance"]["degraded"]) == ("mock", True)
    assert [attempt["rung"] for attempt in answer["provenance"]["attempts"]] == ["mcp", "mock"]


def test_a_person_reads_first_that_an_answer_is_degraded(tmp_path: Path) -> None:
    configure(tmp_path, strategy=GONE)
    done = scribetree("call", "strategy", "list_conversation_templates", cwd=tmp_path)
    assert done.stderr.startswith("Degraded answer: strategy is away")


def test_a_write_waits_until_its_server_is_back_and_is_then_delivered(tmp_path: Path) -> None:
    configure(tmp_path, educator_alerts=GONE)
    receipt = call("educator-alerts", "send_educator_alerts", ALERT, cwd=tmp_path)["result"]
    [waiting] = json.loads(scribetree("outbox", "--json", cwd=tmp_path).stdout)
    assert (waiting["receipt"], waiting["state"]) == (receipt["receipt"], "pending")
    configure(tmp_path, educator_alerts={"command": "scribetree", "args": ["serve", "educator-alerts"]})
    call("educator-alerts", "list_alerts", {"educator_id": "t-1"}, cwd=tmp_path)
    assert json.loads(scribetree("outbox", "--json", cwd=tmp_path).stdout) == []
    inbox = call("educator-alerts", "list_alerts", {"educator_id": "t-1"}, cwd=tmp_path)
    assert [alert["title"] for alert in inbox["result"]["alerts"]] == ["Look"]


@pytest.mark.anyio
async def test_a_client_of_the_host_is_told_in_the_first_line_and_in_the_origin(tmp_path: Path) -> None:
    configure(tmp_path, writing_analysis=GONE, strategy={"type": "in-process"})
    environment = {name: value for name, value in os.environ.items() if name.startswith("SCRIBETREE_")}
    host = StdioServerParameters(
        command=sys.executable, args=["-m", "scribetree.host", "host"], env=environment, cwd=tmp_path
    )
    async with Client(host) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        result: CallToolResult = await client.call_tool("writing_analyze_writing_patterns", {"content": ESSAY})
    assert "strategy_list_conversations" in names
    assert not result.is_error, result.structured_content
    assert isinstance(result.content[0], TextContent)
    assert result.content[0].text.startswith("Degraded answer: writing-analysis is away")
    assert (result.meta or {})[PROVENANCE_KEY]["degraded"]


@pytest.mark.anyio
async def test_the_http_door_of_a_server_answers_when_mcp_cannot(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    serving = [sys.executable, "-m", "scribetree.host", "serve", "strategy", "--transport", "http", "--port", str(port)]
    with subprocess.Popen(serving, stderr=subprocess.DEVNULL) as process:
        with anyio.fail_after(60):
            while not is_open(port):
                await anyio.sleep(0.1)
        configure(tmp_path, strategy={**GONE, "http": [f"http://127.0.0.1:{port}"]})
        answer = call("strategy", "list_conversation_templates", {}, cwd=tmp_path)
        process.terminate()
    assert (answer["provenance"]["served_by"], answer["provenance"]["degraded"]) == ("http", False)
    assert [attempt["outcome"] for attempt in answer["provenance"]["attempts"]] == ["unavailable", "ok"]
