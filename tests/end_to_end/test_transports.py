"""One server and the host over every transport, met by clients of both eras."""

import json
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.sse import sse_client
from tests.processes import listening

from scribetree.host.answer import Answer
from scribetree.host.config import load_configuration
from scribetree.host.suite import open_suite
from scribetree.host.supervisor import Pauses
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import PROVENANCE_KEY
from scribetree.servers.catalog import SERVERS
from scribetree.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(120)]

ESSAY = (Path(__file__).parents[2] / "examples" / "essay-draft-2.txt").read_text("utf-8")
PREFIXES = {"tools", "workflows", "writing", "profiling", "alerts", "integrity", "validator", "strategy"}


def stdio(*arguments: str) -> StdioServerParameters:
    environment = {name: value for name, value in os.environ.items() if name.startswith("SCRIBETREE_")}
    return StdioServerParameters(command=sys.executable, args=["-m", "scribetree.host", *arguments], env=environment)


async def ask(client: Client, tool: str = "analyze_writing_patterns") -> dict[str, Any]:
    result = await client.call_tool(tool, {"content": ESSAY})
    assert result.structured_content is not None
    words: int = result.structured_content["structure"]["words"]
    return {"words": words, "served_by": (result.meta or {})[PROVENANCE_KEY]["served_by"]}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_server_answers_over_stdio(mode: str) -> None:
    async with Client(stdio("serve", "writing-analysis"), mode=mode) as client:
        assert await ask(client) == {"words": 525, "served_by": "mcp"}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_server_answers_over_http(mode: str) -> None:
    async with (
        listening("serve", "writing-analysis", "--transport", "http") as port,
        Client(f"http://127.0.0.1:{port}/mcp", mode=mode) as client,
    ):
        assert await ask(client) == {"words": 525, "served_by": "mcp"}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_server_answers_over_sse(mode: str) -> None:
    async with listening("serve", "writing-analysis", "--transport", "sse") as port:
        transport = sse_client(f"http://127.0.0.1:{port}/sse")
        async with Client(transport, mode=mode) as client:
            assert await ask(client) == {"words": 525, "served_by": "mcp"}


async def test_a_body_of_five_megabytes_is_told_the_rule_over_http() -> None:
    async with (
        listening("serve", "writing-analysis", "--transport", "http") as port,
        Client(f"http://127.0.0.1:{port}/mcp") as client,
    ):
        result = await client.call_tool("analyze_writing_patterns", {"content": "word " * 1_000_000})
    assert result.is_error
    assert "200000 characters" in str(result.structured_content)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_host_shows_every_server_under_its_prefix_over_stdio(mode: str) -> None:
    async with Client(stdio("host"), mode=mode) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert {name.split("_")[0] for name in names} == PREFIXES
        assert await ask(client, "writing_analyze_writing_patterns") == {"words": 525, "served_by": "mcp"}


async def test_the_host_answers_over_http_and_tells_its_health() -> None:
    async with listening("host", "--transport", "http") as port:
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            assert (await ask(client, "writing_analyze_writing_patterns"))["words"] == 525
        async with httpx2.AsyncClient() as http:
            health = (await http.get(f"http://127.0.0.1:{port}/health")).json()
    assert health["status"] == "healthy"
    assert set(health["servers"]) == set(SERVERS)


async def test_a_student_s_host_shows_no_tool_for_staff() -> None:
    async with Client(stdio("host", "--profile", "student")) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "writing_evaluate_reflection_quality" in names
        assert not any(name.startswith("alerts_") for name in names)
        assert {name for name in names if name.startswith("integrity_")} == {
            "integrity_check_citations",
            "integrity_generate_integrity_reports",
            "integrity_record_ai_disclosure",
            "integrity_validate_educational_ai_use",
        }
        refused = await client.call_tool("alerts_list_alerts", {"educator_id": "t-1"})
    assert refused.is_error
    assert refused.structured_content is not None
    assert refused.structured_content["error"]["code"] == "unknown_name"


async def test_an_unknown_tool_of_the_host_is_answered_with_the_nearest_name() -> None:
    async with Client(stdio("host")) as client:
        result = await client.call_tool("writing_analyse_writing_patterns", {})
    assert result.structured_content is not None
    assert "writing_analyze_writing_patterns" in result.structured_content["error"]["fix"]


@pytest.mark.parametrize(("transport", "path"), [("http", "mcp"), ("sse", "sse")])
async def test_the_host_reaches_a_server_elsewhere_and_finds_it_again_after_its_death(
    transport: str, path: str, tmp_path: Path
) -> None:
    settings, caller = Settings.from_environment(), PrivacyContext("t-1", "educator", "learning", "correlation-1")
    quick = Pauses(first_retry=0.05, longest_retry=0.2, probe_every=0.3, probe_limit=2)
    arguments = {"questions": ["Why do you say so?"]}
    serving = ("serve", "ai-validator", "--transport", transport)
    async with AsyncExitStack() as first_life:
        port = await first_life.enter_async_context(listening(*serving))
        entry = {"type": transport, "url": f"http://127.0.0.1:{port}/{path}", "call_timeout_s": 5}
        (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"elsewhere": entry}}))
        configuration = load_configuration(tmp_path / "mcp.json")
        async with open_suite(configuration, settings=settings, pauses=quick) as suite:

            async def call() -> Answer:
                return await suite.call("elsewhere", "assess_blooms_taxonomy", arguments, caller=caller)

            first = await call()
            await first_life.aclose()
            away = await call()
            async with listening(*serving, port=port):
                with anyio.fail_after(20):
                    while (again := await call()).error:
                        await anyio.sleep(0.1)
    assert first.error is None
    assert away.error is not None
    assert away.error["code"] == "unavailable"
    assert again.provenance.served_by == "mcp"


async def test_the_host_stands_between_an_assistant_and_a_student() -> None:
    exchange = {"history": "Tutor: What is 7 times 8?\nStudent: 54", "response": "Not quite. 7 times 8 is 56."}
    async with Client(stdio("host", "--profile", "student")) as client:
        assert "validator_guard_reply" in (client.instructions or "")
        result = await client.call_tool("validator_guard_reply", exchange)
    assert result.structured_content is not None
    assert result.structured_content["action"] == "replace"
    assert "56" not in str(result.structured_content) + str(result.content)
