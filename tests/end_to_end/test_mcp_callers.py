"""The host over MCP on HTTP, as a real process: a token says who asks, and nobody else speaks for its caller."""

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from tests.processes import free_port, listening

from scribetree.clock import FixedClock, SystemClock
from scribetree.privacy.caller import CALLER_KEY, sign
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(120)]

PROBE = Path(__file__).parents[1] / "host" / "probe_server.py"
FOR_STAFF = "strategy_list_conversation_templates"
LIST: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
BOTH_KINDS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def config(tmp_path: Path) -> str:
    servers: dict[str, Any] = {
        "probe": {"command": sys.executable, "args": [str(PROBE)]},
        "ai-validator": {"type": "in-process"},
        "strategy": {"type": "in-process"},
    }
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    return str(tmp_path / "mcp.json")


def token(ring: KeyRing, role: RequesterType, requester: str, *, clock: SystemClock | FixedClock | None = None) -> str:
    return sign(PrivacyContext(requester, role, "learning", "correlation-1"), ring=ring, clock=clock or SystemClock())


@asynccontextmanager
async def client(port: int, bearer: str | None = None, *, mode: str = "auto") -> AsyncGenerator[Client]:
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=http), mode=mode) as connected,
    ):
        yield connected


async def tools(connected: Client) -> set[str]:
    return {tool.name for tool in (await connected.list_tools()).tools}


async def echo(connected: Client) -> dict[str, Any]:
    content: dict[str, Any] | None = (await connected.call_tool("probe_echo", {"text": "x"})).structured_content
    assert content is not None
    return content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_token_s_caller_asks_in_its_own_role_and_sees_that_role_s_tools(
    mode: str, config: str, ring: KeyRing
) -> None:
    async with (
        listening("host", "--transport", "http", "--config", config, "--toolsets", "all") as port,
        client(port, token(ring, "student", "s-1"), mode=mode) as student,
        client(port, token(ring, "administrator", "a-1"), mode=mode) as administrator,
        client(port, mode=mode) as unnamed,
    ):
        shown, seen_unnamed = await tools(student), await tools(unnamed)
        for_staff = await student.call_tool(FOR_STAFF, {})
        roles = [(await echo(each))["role"] for each in (student, administrator, unnamed)]
        greetings = ["talking to a student" in str(each.instructions) for each in (student, administrator, unnamed)]
    assert FOR_STAFF in seen_unnamed - shown
    assert for_staff.structured_content is not None
    assert for_staff.structured_content["error"]["code"] == "unknown_name"
    assert roles == ["student", "administrator", "educator"]
    assert greetings == [True, False, False]


async def test_who_asks_is_taken_from_the_connection_alone(config: str, ring: KeyRing) -> None:
    forged: Any = {CALLER_KEY: token(ring, "administrator", "a-1")}
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        client(port, token(ring, "student", "s-1")) as student,
    ):
        said = await student.call_tool("probe_echo", {"text": "x"}, meta=forged)
    assert said.structured_content is not None
    assert said.structured_content["role"] == "student"


async def test_a_token_that_names_nobody_is_refused_and_not_taken_for_the_process(config: str, ring: KeyRing) -> None:
    old = token(ring, "educator", "t-1", clock=FixedClock())
    foreign = token(KeyRing(b"0" * 32), "educator", "t-1")
    headers = [f"Bearer {old}", f"Bearer {foreign}", "Bearer", "Bearer x.y.z", "Basic dXNlcjpwYXNz", ""]
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=BOTH_KINDS) as http,
    ):
        answers = [await http.post("/mcp", json=LIST, headers={"Authorization": each}) for each in headers]
        streams = await http.get("/mcp", headers={"Authorization": headers[0]})
        with pytest.RaisesGroup(pytest.RaisesExc(MCPError, match="scribetree token"), flatten_subgroups=True):
            async with client(port, old):
                pass
    assert {answer.status_code for answer in [*answers, streams]} == {401}
    assert answers[0].headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert answers[0].json()["error"]["data"]["code"] == "denied"


async def test_a_session_is_of_the_caller_who_opened_it_and_survives_a_new_token(config: str, ring: KeyRing) -> None:
    begin: dict[str, Any] = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
    }
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=BOTH_KINDS) as http,
    ):

        async def post(body: dict[str, Any], bearer: str | None, **headers: str) -> httpx2.Response:
            named = {"Authorization": f"Bearer {bearer}"} if bearer else {}
            return await http.post("/mcp", json=body, headers={**named, **headers})

        session = {"Mcp-Session-Id": (await post(begin, token(ring, "educator", "t-1"))).headers["Mcp-Session-Id"]}
        for_another = await post(LIST, token(ring, "educator", "t-2"), **session)
        for_nobody = await post(LIST, None, **session)
        later = await post(LIST, token(ring, "educator", "t-1"), **session)
    assert [for_another.status_code, for_nobody.status_code, later.status_code] == [404, 404, 200]


async def test_each_client_has_its_own_share_of_calls(config: str, ring: KeyRing, settings: Settings) -> None:
    settings.home.mkdir(exist_ok=True)
    (settings.home / "scribetree.toml").write_text("[limits]\nclient_per_minute = 2\n")
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        client(port, token(ring, "student", "s-1")) as one,
        client(port, token(ring, "student", "s-1")) as one_again,
        client(port, token(ring, "student", "s-2")) as other,
        client(port) as unnamed,
        client(port) as unnamed_too,
    ):
        clients = (one, one, one, one_again, other, other, unnamed, unnamed, unnamed, unnamed_too)
        failed = [(await each.call_tool("probe_echo", {"text": "x"})).is_error for each in clients]
    assert failed == [False, False, True, True, False, False, False, False, True, False]


async def test_whoever_comes_from_elsewhere_needs_a_token(config: str, ring: KeyRing) -> None:
    named = {"Authorization": f"Bearer {token(ring, 'educator', 't-1')}"}
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    async with (
        listening("host", "--transport", "http", "--config", config) as guarded,
        listening("host", "--transport", "http", "--config", config, "--host", "0.0.0.0") as reachable,  # noqa: S104
        httpx2.AsyncClient(headers=BOTH_KINDS) as http,
    ):

        async def post(port: int, **headers: str) -> int:
            return (await http.post(f"http://127.0.0.1:{port}/mcp", json=LIST, headers=headers)).status_code

        unnamed = [await post(guarded, **forwarded), await post(reachable), await post(reachable, **forwarded)]
        refused = {await post(guarded, **forwarded, **named), await post(reachable, **named)} & {401, 403}
    assert unnamed == [401, 401, 401]
    assert not refused


async def test_a_host_that_was_started_again_answers_its_clients_or_tells_them_that_their_session_is_gone(
    config: str, ring: KeyRing
) -> None:
    arguments, port, named = (
        ("host", "--transport", "http", "--config", config),
        free_port(),
        token(ring, "educator", "t"),
    )
    async with AsyncExitStack() as clients:
        async with listening(*arguments, port=port):
            newer = await clients.enter_async_context(client(port, named))
            older = await clients.enter_async_context(client(port, named, mode="legacy"))
            assert [(await echo(each))["role"] for each in (newer, older)] == ["educator", "educator"]
        async with listening(*arguments, port=port):
            assert (await echo(newer))["role"] == "educator"
            with pytest.raises(MCPError, match="Session not found"):
                await echo(older)
            async with client(port, named, mode="legacy") as anew:
                assert (await echo(anew))["role"] == "educator"


async def test_a_server_that_others_reach_answers_nobody_who_is_not_named(ring: KeyRing) -> None:
    arguments = ("serve", "ai-validator", "--transport", "http", "--host", "0.0.0.0")  # noqa: S104
    named: Any = {CALLER_KEY: token(ring, "educator", "t-1")}
    async with listening(*arguments) as port, client(port) as connected:
        call = partial(connected.call_tool, "assess_blooms_taxonomy", {"questions": ["Why?"]})
        answers = [await call(), await call(meta=named)]
    assert [answer.is_error for answer in answers] == [True, False]
