"""The host over plain HTTP, as a real process: who may come in, what is answered, how often."""

import json
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from tests.processes import listening

from scribetree.clock import SystemClock
from scribetree.privacy.caller import sign
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(120)]

PROBE = Path(__file__).parents[1] / "host" / "probe_server.py"
ECHO = "/api/v1/probe/tools/echo"


@pytest.fixture
def config(tmp_path: Path) -> str:
    servers: dict[str, Any] = {
        "probe": {"command": sys.executable, "args": [str(PROBE)]},
        "ai-validator": {"type": "in-process"},
        "educator-alerts": {"command": "no-such-command"},
    }
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    return str(tmp_path / "mcp.json")


def options(settings: Settings, text: str) -> None:
    settings.home.mkdir(exist_ok=True)
    (settings.home / "scribetree.toml").write_text(text)


def bearer(ring: KeyRing, role: RequesterType = "educator", requester: str = "t-1") -> dict[str, str]:
    context = PrivacyContext(requester, role, "learning", "correlation-1")
    return {"Authorization": f"Bearer {sign(context, ring=ring, clock=SystemClock())}"}


async def test_a_caller_is_answered_through_the_chain_and_nobody_else_is(config: str, ring: KeyRing) -> None:
    write = {
        "alerts": [{"alert_type": "intervention_needed", "severity": "low", "title": "Look", "description": "Now."}],
        "educator_id": "t-1",
        "student_id": "s-1",
    }
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        ready = await http.get("/ready")
        nobody = await http.post(ECHO, json={"text": "x"})
        forged = await http.post(ECHO, json={"text": "x"}, headers={"Authorization": "Bearer a.b.c"})
        unseen = await http.get("/api/v1/system/observability")
        answer = await http.post(ECHO, json={"text": "x"}, headers=bearer(ring))
        denied = await http.post(
            "/api/v1/ai-validator/tools/validate_progressive_access", json={}, headers=bearer(ring)
        )
        unknown = await http.post("/api/v1/probe/tools/ecko", json={}, headers=bearer(ring))
        queued = await http.post("/api/v1/educator-alerts/tools/send_educator_alerts", json=write, headers=bearer(ring))
        figures = (await http.get("/api/v1/system/observability", headers=bearer(ring))).json()
        nowhere = [
            await http.get("/api/v1/nowhere", headers=bearer(ring)),
            await http.get(ECHO, headers=bearer(ring)),
            await http.post("/api/v1/probe/tools/a%2Fb", json={}, headers=bearer(ring)),
        ]
        nowhere_for_nobody = await http.get("/api/v1/nowhere")
    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in nowhere] == [(404, "unknown_name")] * 3
    assert nowhere_for_nobody.status_code == 401
    assert ready.json()["ready"]
    assert (nobody.status_code, forged.status_code, unseen.status_code) == (401, 401, 401)
    assert (answer.json()["result"]["text"], answer.json()["result"]["role"]) == ("x", "educator")
    assert answer.json()["provenance"]["served_by"] == "mcp"
    assert answer.json()["provenance"]["correlation_id"] == "correlation-1"
    assert (denied.status_code, unknown.status_code) == (400, 404)
    assert queued.json()["result"]["state"] == "queued"
    assert figures["tools"]["probe/echo"]["outcomes"] == {"ok": 1}
    assert (figures["rungs"]["mcp"], figures["rungs"]["queued"]) == (2, 1)
    assert figures["outbox"] == {"pending": 1}
    assert figures["instances"]["probe"]["mcp"]["circuit"] == "closed"
    assert "s-1" not in json.dumps(figures)


async def test_a_client_that_asks_too_often_is_told_when_to_come_back_over_http_and_over_mcp(
    config: str, ring: KeyRing, settings: Settings
) -> None:
    options(settings, "[limits]\nclient_per_minute = 2\n")
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
        Client(f"http://127.0.0.1:{port}/mcp") as mcp,
    ):
        one = [await http.post(ECHO, json={"text": "x"}, headers=bearer(ring)) for _ in range(3)]
        other = await http.post(ECHO, json={"text": "x"}, headers=bearer(ring, requester="t-2"))
        over_mcp = [await mcp.call_tool("probe_echo", {"text": "x"}) for _ in range(3)]
    assert [response.status_code for response in one] == [200, 200, 429]
    assert 1 <= int(one[2].headers["Retry-After"]) <= 30
    assert one[2].json()["error"]["code"] == "rate_limited"
    assert other.status_code == 200
    assert [result.is_error for result in over_mcp] == [False, False, True]
    assert over_mcp[2].structured_content is not None
    refused = over_mcp[2].structured_content["error"]
    assert (refused["code"], refused["retryable"]) == ("rate_limited", True)
    assert 0 < refused["retry_after_s"] <= 30


async def test_a_server_s_own_door_counts_too(ring: KeyRing, settings: Settings) -> None:
    options(settings, "[limits]\nclient_per_minute = 1\n")
    path, questions = "/api/v1/ai-validator/tools/assess_blooms_taxonomy", {"questions": ["Why?"]}
    async with (
        listening("serve", "ai-validator", "--transport", "http") as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        forged = await http.post(path, json=questions, headers={"Authorization": "Bearer a.b.c"})
        answers = [await http.post(path, json=questions, headers=bearer(ring)) for _ in range(2)]
    assert forged.status_code == 401
    assert [response.status_code for response in answers] == [200, 429]
    assert int(answers[1].headers["Retry-After"]) > 1
