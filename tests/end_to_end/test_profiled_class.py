"""
A class of real writers, profiled by real server processes: essays and rubric scores of ArgRewrite V.2 (CC BY 4.0).

Each of the three drafts stands as a task of its own, since no open data have one writer on several tasks.
"""

import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import TextResourceContents
from tests.servers import school

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data")) / "writing" / "argrewrite_essays"
WRITERS = 5
# Rubric rows and the skills that they are about; a row goes from 1 to 5.
ROWS = {"avg_claim": "ideas", "avg_org": "organization", "avg_prec": "word choice", "avg_conv": "conventions"}

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not (DATA / "dev.jsonl").exists(), reason="the essays of ArgRewrite are not on this machine"),
]


def drafts() -> dict[str, list[dict[str, Any]]]:
    """The three drafts of each writer, in order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in (DATA / "dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(f"writer-{row['writer']}", []).append(row)
    whole = {name: sorted(rows, key=lambda row: int(row["draft"])) for name, rows in found.items() if len(rows) == 3}
    return dict(list(whole.items())[:WRITERS])


@pytest.fixture
def class_of_writers(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """t-1 teaches the writers, who handed in a draft every three weeks."""
    now = datetime.now(UTC)
    clock = FixedClock(now - timedelta(days=70))
    wiring = Wiring(settings=settings, clock=clock)
    written = drafts()
    school.come_of_age(wiring, *written)
    school.teach(wiring, "t-1", *written)
    for number in range(3):
        clock.advance(21 * 86_400)
        for name, rows in written.items():
            writer = PrivacyContext(name, "student", "learning", "correlation-1")
            values = {"text": rows[number]["text"], "assignment": f"draft-{number + 1}", "genre": "argument"}
            wiring.guard.write(writer, name, "draft", values)
    wiring.close()
    return written


@asynccontextmanager
async def process(profile: str, requester: str, *command: str) -> AsyncGenerator[Client]:
    """A client of a process of its own, which serves one person."""
    serving = {name: value for name, value in os.environ.items() if name.startswith("SCRIBETREE_")}
    serving |= {"SCRIBETREE_PROFILE": profile, "SCRIBETREE_REQUESTER_ID": requester}
    arguments = ["-m", "scribetree.host", *(command or ("serve", "student-profiling"))]
    async with Client(StdioServerParameters(command=sys.executable, args=arguments, env=serving)) as client:
        yield client


async def seen(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert result.structured_content is not None
    content: dict[str, Any] = result.structured_content
    return content


async def test_a_class_of_real_writers_is_judged_profiled_and_advised(
    class_of_writers: dict[str, list[dict[str, Any]]],
) -> None:
    today = datetime.now(UTC).date()
    async with process("educator", "t-1") as client:
        for name, rows in class_of_writers.items():
            for number, row in enumerate(rows):
                levels = [{"skill": ROWS[each], "level": (row["scores"][each] - 1) / 4} for each in ROWS]
                on = (today - timedelta(days=49 - 21 * number)).isoformat()
                where = {"assignment_id": f"draft-{number + 1}", "genre": "argument", "on": on}
                await seen(client, "track_learning_trajectory", student_id=name, milestones=levels, **where)
            profile = await seen(client, "build_student_profile", student_id=name)
            assert {skill["skill"] for skill in profile["skills"]} == {
                "ideas",
                "organization",
                "word_choice",
                "conventions",
            }
            assert all(skill["low"] <= skill["level"] <= skill["high"] for skill in profile["skills"])
            assert all(skill["growth"] is None and skill["needed"] for skill in profile["skills"])
            assert profile["activity"]["drafts"] == 3
            assert {each["kind"] for each in profile["used"]} == {"milestone", "draft"}
            gaps = await seen(client, "assess_skill_development", student_id=name)
            assert gaps["skills"][0]["gap"] >= gaps["skills"][-1]["gap"]
            advice = await seen(client, "generate_personalized_recommendations", student_id=name)
            assert advice["recommendations"][0]["data_used"] == ["skill_estimates"]


async def test_who_is_not_theirs_sees_nothing_and_a_class_of_three_gives_no_figure(
    class_of_writers: dict[str, list[dict[str, Any]]],
) -> None:
    name, *others = class_of_writers
    async with process("educator", "t-2") as client:
        found = await seen(client, "build_student_profile", student_id=name)
        assert found["error"]["code"] == "denied"
        values = [{"student_id": each, "metric": "level", "value": 0.5} for each in others[:3]]
        figures = await seen(
            client,
            "generate_privacy_preserving_analytics",
            cohort_id="a-class-of-three",
            metrics=[{"metric": "level"}],
            values=values,
        )
        assert figures["metrics"] == []


async def test_a_student_meets_their_dashboard_through_the_host(
    class_of_writers: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    name = next(iter(class_of_writers))
    config = tmp_path / "mcp.json"
    config.write_text(
        json.dumps(
            {"mcpServers": {"student-profiling": {"command": "scribetree", "args": ["serve", "student-profiling"]}}}
        )
    )
    async with process("student", name, "host", "--config", str(config), "--profile", "student") as client:
        dashboard = await seen(client, "profiling_create_student_privacy_dashboard", student_id=name)
        assert dashboard["data_inventory"]["draft"] == 3
        (page,) = (await client.list_resources()).resources
        (content,) = (await client.read_resource(str(page.uri))).contents
        assert isinstance(content, TextResourceContents)
        assert content.text.startswith("<!doctype html>")
        assert content.mime_type == "text/html;profile=mcp-app"
