"""The plain HTTP door of a server: the same pipeline and guard as over MCP."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from scribetree.clock import SystemClock
from scribetree.privacy.caller import sign
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing
from scribetree.servers.catalog import SERVERS, load
from scribetree.servers.kit import MAX_BODY_BYTES
from scribetree.servers.kit._http import add_http_door

pytestmark = pytest.mark.anyio

QUESTIONS = {"questions": ["Why do you say so?"]}
TOOLS = "/api/v1/ai-validator/tools"


@asynccontextmanager
async def door(name: str = "ai-validator", *, address: str = "127.0.0.1") -> AsyncGenerator[httpx2.AsyncClient]:
    server = load(name)
    add_http_door(server, max_body_bytes=MAX_BODY_BYTES)
    transport = httpx2.ASGITransport(app=server.streamable_http_app(), client=(address, 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def bearer(ring: KeyRing, role: RequesterType = "educator") -> dict[str, str]:
    context = PrivacyContext("t-1", role, "learning", "correlation-1")
    return {"Authorization": f"Bearer {sign(context, ring=ring, clock=SystemClock())}"}


async def test_a_tool_answers_with_its_result_and_origin(ring: KeyRing) -> None:
    async with door() as client:
        response = await client.post(f"{TOOLS}/assess_blooms_taxonomy", json=QUESTIONS, headers=bearer(ring))
    shape: dict[str, Any] = response.json()
    assert response.status_code == 200
    assert len(shape["result"]["questions"]) == 1
    assert (shape["provenance"]["served_by"], shape["provenance"]["degraded"]) == ("http", False)
    assert shape["provenance"]["correlation_id"] == "correlation-1"


async def test_a_call_without_a_caller_is_turned_away(ring: KeyRing) -> None:
    async with door() as client:
        response = await client.post(f"{TOOLS}/assess_blooms_taxonomy", json=QUESTIONS)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["result"] is None


@pytest.mark.parametrize("token", ["x", "Bearer", "Bearer x.y.z", "Basic dXNlcjpwYXNz"])
async def test_a_token_of_nobody_is_turned_away(token: str, ring: KeyRing) -> None:
    async with door() as client:
        headers = {"Authorization": token}
        response = await client.post(f"{TOOLS}/assess_blooms_taxonomy", json=QUESTIONS, headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["error"]["code"] == "denied"


async def test_the_guard_stands_at_this_door_too(ring: KeyRing) -> None:
    async with door("strategy") as client:
        path = "/api/v1/strategy/tools/list_conversation_templates"
        response = await client.post(path, json={}, headers=bearer(ring, "student"))
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "denied"


async def test_a_caller_of_another_machine_is_turned_away(ring: KeyRing) -> None:
    async with door(address="192.0.2.7") as client:
        call = await client.post(f"{TOOLS}/assess_blooms_taxonomy", json=QUESTIONS, headers=bearer(ring))
        figures = await client.get("/api/v1/system/observability")
    assert (call.status_code, figures.status_code) == (403, 403)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{TOOLS}/assess_blooms_taxonomy", b'{"questions": "x"}', 400),
        (f"{TOOLS}/assess_blooms_taxonomy", b"[]", 400),
        (f"{TOOLS}/assess_blooms_taxonomy", b"{", 400),
        (f"{TOOLS}/assess_blooms_taxonomy", b"[" * 100_000, 400),
        (f"{TOOLS}/assess_blooms_taxonomy", b"x" * (MAX_BODY_BYTES + 1), 400),
        (f"{TOOLS}/no_such_tool", b"{}", 404),
        ("/api/v1/strategy/tools/assess_blooms_taxonomy", b"{}", 404),
    ],
    ids=["bad argument", "array", "cut off", "deep", "large", "unknown tool", "another server"],
)
async def test_what_does_not_fit_is_told_by_status_and_rule(path: str, body: bytes, status: int, ring: KeyRing) -> None:
    async with door() as client:
        response = await client.post(path, content=body, headers=bearer(ring))
    assert response.status_code == status
    assert response.json()["error"]["fix"]
    assert len(response.content) < 2000


@pytest.mark.parametrize("name", SERVERS)
async def test_every_server_tells_its_health_and_figures(name: str, ring: KeyRing) -> None:
    async with door(name) as client:
        health, ready = await client.get("/health"), await client.get("/ready")
        figures = await client.get("/api/v1/system/observability")
    assert (health.json()["status"], ready.json()["ready"]) == ("healthy", True)
    assert (figures.json()["service"], figures.json()["calls"]) == (name, 0)


async def test_the_figures_count_calls_and_say_nothing_of_them(ring: KeyRing) -> None:
    async with door() as client:
        for _ in range(3):
            await client.post(f"{TOOLS}/assess_blooms_taxonomy", json=QUESTIONS, headers=bearer(ring))
        figures = (await client.get("/api/v1/system/observability")).json()
    assert figures["tools"]["assess_blooms_taxonomy"]["outcomes"] == {"ok": 3}
    assert set(figures["latency_ms"]) == {"p50", "p95", "p99"}
    assert "Why do you say so?" not in str(figures)


async def test_a_path_that_is_not_there_is_answered_in_the_door_s_own_shape(ring: KeyRing) -> None:
    async with door() as client:
        answers = [await client.get(path, headers=bearer(ring)) for path in ("/api/v1/x", f"{TOOLS}/a%2Fb")]
    assert [(each.status_code, each.json()["error"]["code"]) for each in answers] == [(404, "unknown_name")] * 2
