"""Workflows run through the host's own MCP server, with progress."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from mcp import Client

from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.mcp_server import HostServer
from scribetree.host.suite import open_suite
from scribetree.host.workflows.definition import library
from scribetree.host.workflows.desk import open_desk
from scribetree.host.workflows.mcp_tools import WorkflowTools
from scribetree.settings import Profile, Settings

pytestmark = pytest.mark.anyio

ESSAY = (Path(__file__).parents[2] / "examples" / "essay-draft-2.txt").read_text("utf-8")
INPUTS = {"student_id": "s-1", "content": ESSAY, "declared_ai_use": False}
SERVERS = tuple(
    ServerSpec(name, "in-process", name)
    for name in ("writing-analysis", "academic-integrity", "student-profiling", "educator-alerts")
)


async def client_of(settings: Settings, profile: Profile) -> AsyncGenerator[Client]:
    async with (
        open_suite(Configuration("test", SERVERS), settings=settings) as suite,
        open_desk(suite, settings=settings) as desk,
    ):
        host = HostServer(suite, settings=replace(settings, profile=profile), workflows=WorkflowTools(desk))
        async with Client(host.server) as client:
            yield client


@pytest.fixture
async def educator(settings: Settings) -> AsyncGenerator[Client]:
    async for client in client_of(settings, "educator"):
        yield client


@pytest.fixture
async def student(settings: Settings) -> AsyncGenerator[Client]:
    async for client in client_of(settings, "student"):
        yield client


async def test_every_packaged_workflow_is_listed_with_its_inputs(educator: Client) -> None:
    answer = await educator.call_tool("workflows_list", {})
    assert answer.structured_content is not None
    assert [each["id"] for each in answer.structured_content["workflows"]] == library()
    assert all(each["inputs"] and each["description"] for each in answer.structured_content["workflows"])


async def test_a_run_reports_its_progress_and_gives_its_report(educator: Client) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    answer = await educator.call_tool(
        "workflows_run", {"workflow": "academic-integrity", "inputs": INPUTS}, progress_callback=note
    )
    assert answer.structured_content is not None
    assert answer.structured_content["status"] == "completed"
    assert answer.content[0].model_dump()["text"].startswith("# Academic integrity")
    shares = [progress for progress, _, _ in told]
    assert shares == sorted(shares)
    assert told[-1] == (6.0, 6.0, "Write the report: ok")


async def test_the_same_key_again_is_the_same_run_and_another_key_is_not(educator: Client) -> None:
    async def run(key: str) -> str:
        arguments = {"workflow": "academic-integrity", "inputs": INPUTS, "key": key}
        answer = await educator.call_tool("workflows_run", arguments)
        assert answer.structured_content is not None
        return str(answer.structured_content["run_id"])

    first = await run("one")
    assert (await run("one"), await run("two") == first) == (first, False)


async def test_a_run_is_looked_up_by_its_id_without_what_its_steps_said(educator: Client) -> None:
    run = await educator.call_tool("workflows_run", {"workflow": "academic-integrity", "inputs": INPUTS})
    assert run.structured_content is not None
    found = await educator.call_tool("workflows_status", {"run_id": run.structured_content["run_id"]})
    assert found.structured_content is not None
    assert found.structured_content["status"] == "completed"
    assert {step["step"] for step in found.structured_content["steps"]} >= {"assistance", "continuity", "report"}
    assert not [step for step in found.structured_content["steps"] if "result" in step]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"workflow": "academic-integrity", "inputs": {}}, "needs the inputs student_id, content"),
        ({"workflow": "academic-integrty", "inputs": {}}, "no workflow 'academic-integrty'"),
        ({"workflow": "/etc/passwd", "inputs": {}}, "no workflow"),
        ({"workflow": "academic-integrity"}, "`required`"),
    ],
    ids=["inputs-missing", "misspelt", "a-file-of-the-host", "no-inputs"],
)
async def test_what_cannot_be_run_is_refused_with_the_reason(
    educator: Client, arguments: dict[str, object], says: str
) -> None:
    answer = await educator.call_tool("workflows_run", arguments)
    assert answer.is_error
    assert says in answer.content[0].model_dump()["text"]


async def test_a_run_that_is_unknown_is_said_to_be_unknown(educator: Client) -> None:
    answer = await educator.call_tool("workflows_status", {"run_id": "no-such-run"})
    assert answer.is_error


async def test_a_student_is_not_shown_the_workflows_of_teachers(student: Client) -> None:
    names = {tool.name for tool in (await student.list_tools()).tools}
    assert names
    assert not {name for name in names if name.startswith("workflows_")}
