"""Promises of the kit, seen through a client of either era."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from mcp import Client
from mcp.server import MCPServer
from mcp.types import CallToolResult, TextContent

from scribetree import log
from scribetree.clock import FixedClock, SystemClock
from scribetree.privacy.caller import CALLER_KEY, sign
from scribetree.privacy.context import PrivacyContext, Purpose, RequesterType
from scribetree.privacy.guard import EDUCATORS
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import PROVENANCE_KEY
from scribetree.servers.kit import (
    READS,
    Caller,
    CallRecord,
    Essay,
    PurposeWords,
    StudentId,
    Toolbox,
    Wiring,
    make_server,
)

pytestmark = pytest.mark.anyio

SECRET = "Ekaterina lives at 14 Rowan Street"


@dataclass(frozen=True, slots=True)
class Count:
    """How long a text is, and for whom it was counted."""

    words: int
    role: str


class Watcher:
    """Keeps what telemetry is told."""

    def __init__(self) -> None:
        self.records: list[CallRecord] = []

    def call_finished(self, record: CallRecord) -> None:
        self.records.append(record)


@dataclass(frozen=True, slots=True)
class Why:
    """What a call was made for."""

    purpose: str


def make_tools() -> Toolbox:
    tools = Toolbox()

    @tools.add(title="Count words", hints=READS)
    async def count(
        content: Essay, caller: Caller, student_id: StudentId | None = None, purpose: PurposeWords = "learning"
    ) -> Count:
        """Count the words of a text."""
        if content == SECRET:
            raise ValueError(content)
        return Count(len(content.split()), caller.requester_type)

    @tools.add(title="Count in a thread", hints=READS, roles=EDUCATORS)
    def count_slowly(content: Essay) -> Count:
        """Count the words of a text, for staff only."""
        return Count(len(content.split()), "thread")

    @tools.add(title="Repeat", hints=READS, structured=False)
    async def repeat(content: Essay, times: int) -> str:
        """Repeat a text."""
        return content * times

    return tools


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def server(watcher: Watcher) -> MCPServer:
    return make_server("counter", title="Counter", instructions="", tools=make_tools(), observers=[watcher])


@pytest.fixture(params=["2026-07-28", "legacy"])
def era(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def error_of(result: CallToolResult) -> dict[str, Any]:
    assert result.is_error
    assert result.structured_content is not None
    error: dict[str, Any] = result.structured_content["error"]
    return error


def everything_said(result: CallToolResult) -> str:
    return json.dumps(result.model_dump(mode="json"))


def token(role: RequesterType, *, requester: str = "t-1", ring: KeyRing, age: timedelta = timedelta()) -> Any:
    clock = FixedClock(SystemClock().now() - age)
    context = PrivacyContext(requester, role, "learning", "correlation-1")
    return {CALLER_KEY: sign(context, ring=ring, clock=clock)}


async def test_an_answer_carries_its_provenance_in_both_eras(server: MCPServer, era: str) -> None:
    async with Client(server, mode=era) as client:
        result = await client.call_tool("count", {"content": "one two three"})
    assert result.structured_content == {"words": 3, "role": "educator"}
    provenance = (result.meta or {})[PROVENANCE_KEY]
    assert (provenance["served_by"], provenance["degraded"], provenance["server"]) == ("mcp", False, "counter")
    assert provenance["attempts"][0]["outcome"] == "ok"


async def test_a_bad_argument_is_named_by_field_and_rule_and_never_repeated(server: MCPServer, era: str) -> None:
    async with Client(server, mode=era) as client:
        result = await client.call_tool("repeat", {"content": "x", "times": SECRET})
    assert "`times`" in error_of(result)["message"]
    assert SECRET not in everything_said(result)


async def test_a_five_megabyte_essay_is_refused_with_the_rule(server: MCPServer) -> None:
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "word " * 1_000_000})
    assert error_of(result)["code"] == "invalid_input"
    assert "200000 characters" in error_of(result)["message"]
    assert len(everything_said(result)) < 2_000


async def test_an_unknown_argument_is_refused_with_the_nearest_name(server: MCPServer) -> None:
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a", "studentid": "s-1"})
    assert "did you mean `student_id`" in error_of(result)["message"]


async def test_an_unknown_argument_that_is_a_text_is_not_repeated(server: MCPServer) -> None:
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a", SECRET: 1})
    assert SECRET not in everything_said(result)


async def test_an_unknown_tool_is_answered_with_the_nearest_name(server: MCPServer, era: str) -> None:
    async with Client(server, mode=era) as client:
        result = await client.call_tool("cuont", {})
    assert error_of(result)["fix"] == "Did you mean 'count'?"


async def test_an_unforeseen_error_tells_nothing_of_the_input(
    server: MCPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("error")
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": SECRET})
    captured = capsys.readouterr()
    assert error_of(result)["code"] == "internal"
    assert SECRET not in everything_said(result) + captured.err + captured.out
    assert "ValueError" in captured.err


async def test_an_answer_over_the_limit_is_withheld(server: MCPServer) -> None:
    async with Client(server) as client:
        result = await client.call_tool("repeat", {"content": "word " * 1000, "times": 1000})
    assert "larger than" in error_of(result)["message"]


async def test_a_purpose_that_is_not_educational_is_denied(server: MCPServer) -> None:
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a", "purpose": "advertising"})
    assert error_of(result)["code"] == "denied"


async def test_the_role_comes_from_the_token_and_not_from_arguments(server: MCPServer, ring: KeyRing) -> None:
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a"}, meta=token("administrator", ring=ring))
    assert result.structured_content == {"words": 1, "role": "administrator"}


async def test_a_forged_token_is_denied_and_not_taken_for_the_process(server: MCPServer) -> None:
    forged = token("administrator", ring=KeyRing(b"0" * 32))
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a"}, meta=forged)
    assert error_of(result)["code"] == "denied"


async def test_an_expired_token_is_denied(server: MCPServer, ring: KeyRing) -> None:
    old = token("educator", ring=ring, age=timedelta(hours=1))
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a"}, meta=old)
    assert error_of(result)["code"] == "denied"


async def test_a_student_may_not_call_what_is_for_staff(server: MCPServer, ring: KeyRing) -> None:
    async with Client(server) as client:
        result = await client.call_tool("count_slowly", {"content": "a"}, meta=token("student", ring=ring))
    assert error_of(result)["code"] == "denied"


async def test_a_student_may_ask_about_no_other_student(server: MCPServer, ring: KeyRing) -> None:
    own = token("student", requester="s-1", ring=ring)
    async with Client(server) as client:
        about_self = await client.call_tool("count", {"content": "a", "student_id": "s-1"}, meta=own)
        about_other = await client.call_tool("count", {"content": "a", "student_id": "s-2"}, meta=own)
    assert not about_self.is_error
    assert error_of(about_other)["code"] == "denied"


async def test_telemetry_is_told_of_each_call_and_of_nobody_by_name(server: MCPServer, watcher: Watcher) -> None:
    async with Client(server) as client:
        await client.call_tool("count", {"content": "a", "student_id": "maria.silva"})
        await client.call_tool("count", {"content": ""})
    assert [record.outcome for record in watcher.records] == ["ok", "invalid_input"]
    assert watcher.records[0].student
    assert "maria" not in str(watcher.records)


async def test_a_failing_observer_breaks_no_call() -> None:
    class Broken:
        def call_finished(self, record: CallRecord) -> None:
            raise RuntimeError

    server = make_server("counter", title="", instructions="", tools=make_tools(), observers=[Broken()])
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a"})
    assert not result.is_error


async def test_a_tool_shows_title_hints_roles_and_a_closed_schema(server: MCPServer, era: str) -> None:
    async with Client(server, mode=era) as client:
        tool = (await client.list_tools()).tools[0]
    assert tool.title == "Count words"
    assert tool.annotations is not None
    hints = tool.annotations.model_dump(exclude={"title"})
    assert None not in hints.values()
    assert tool.input_schema["additionalProperties"] is False
    assert "title" not in tool.input_schema
    assert "caller" not in tool.input_schema["properties"]


async def test_a_text_answer_keeps_its_text(server: MCPServer) -> None:
    async with Client(server) as client:
        result = await client.call_tool("repeat", {"content": "ab", "times": 2})
    assert isinstance(result.content[0], TextContent)
    assert result.content[0].text == "abab"


async def test_a_damaged_key_ring_denies_and_tells_how_to_mend_it(server: MCPServer, ring: KeyRing) -> None:
    wiring = Wiring()
    (wiring.settings.home / "keyring").write_bytes(b"short")
    async with Client(server) as client:
        result = await client.call_tool("count", {"content": "a"}, meta=token("educator", ring=ring))
    assert error_of(result)["code"] == "config"
    assert "backup" in error_of(result)["fix"]


@pytest.mark.parametrize(
    ("asked", "callers_own", "counts"),
    [({}, "learning", "integrity"), ({"purpose": "support"}, "learning", "support"), ({}, "assessment", "assessment")],
)
async def test_a_call_that_names_no_purpose_is_made_for_what_the_tool_is_for(
    asked: dict[str, str], callers_own: Purpose, counts: str, ring: KeyRing
) -> None:
    tools = Toolbox()

    @tools.add(title="Say why", hints=READS)
    def say_why(caller: Caller, purpose: PurposeWords = "integrity") -> Why:
        """Say for which purpose a call is made. Use it in tests."""
        del purpose
        return Why(caller.purpose)

    meta: Any = {
        CALLER_KEY: sign(
            PrivacyContext("t-1", "educator", callers_own, "correlation-1"), ring=ring, clock=SystemClock()
        )
    }
    async with Client(make_server("say", title="Say", instructions="", tools=tools)) as client:
        said = await client.call_tool("say_why", asked, meta=meta)
    assert (said.structured_content or {})["purpose"] == counts
