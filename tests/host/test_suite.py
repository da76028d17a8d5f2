"""A suite of real processes: answers, deaths, silence and rubbish."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from mcp.types import CallToolResult

from scribetree.host.answer import Answer
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.forks import CAN_FORK
from scribetree.host.suite import Suite, open_suite
from scribetree.host.supervisor import Pauses, ServerState, ServerStatus
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import KitServer
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

Make = Callable[..., Configuration]

QUICK = Pauses(first_retry=0.05, longest_retry=0.2, probe_every=30, probe_limit=0.5)


def pid_of(answer: Answer) -> int:
    assert answer.error is None
    pid: int = answer.result["pid"]
    return pid


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(20):
        while not condition():
            await anyio.sleep(0.02)


def state_of(suite: Suite, name: str) -> ServerState:
    return next(status.state for status in suite.statuses() if status.name == name)


async def test_a_call_is_answered_in_the_role_of_its_caller(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings) as suite:
        answer = await suite.call("probe", "echo", {"text": "hello"}, caller=caller)
    assert (answer.result["text"], answer.result["role"]) == ("hello", "educator")
    assert answer.provenance.served_by == "mcp"
    assert answer.provenance.correlation_id == "correlation-1"
    assert answer.provenance.instance == f"pid-{pid_of(answer)}"


async def test_one_connection_serves_many_calls(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings) as suite:
        pids = {pid_of(await suite.call("probe", "echo", {"text": "x"}, caller=caller)) for _ in range(5)}
    assert len(pids) == 1


async def test_no_server_outlives_the_suite(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings) as suite:
        pid = pid_of(await suite.call("probe", "echo", {"text": "x"}, caller=caller))
        assert is_running(pid)
    assert not is_running(pid)


async def test_a_server_killed_between_calls_is_brought_back(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings, pauses=QUICK) as suite:
        first = pid_of(await suite.call("probe", "echo", {"text": "x"}, caller=caller))
        os.kill(first, signal.SIGKILL)
        await until(lambda: state_of(suite, "probe") is not ServerState.READY)
        await until(lambda: state_of(suite, "probe") is ServerState.READY)
        second = pid_of(await suite.call("probe", "echo", {"text": "x"}, caller=caller))
    assert second != first


async def test_a_call_during_which_the_server_dies_is_answered_with_a_retryable_error(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings, pauses=QUICK) as suite:
        answer = await suite.call("probe", "die", {}, caller=caller)
    assert answer.error is not None
    assert (answer.error["code"], answer.error["retryable"]) == ("unavailable", True)
    assert answer.provenance.served_by is None
    assert answer.provenance.attempts[0].outcome == "unavailable"


DEADLY = """
import os
from scribetree.servers.kit import READS, Toolbox, make_server, serve

tools = Toolbox()

@tools.add(title="Templates", hints=READS)
async def list_conversation_templates() -> dict[str, int]:
    "End the process."
    os._exit(9)

serve(make_server("strategy", title="", instructions="", tools=tools), transport="stdio", host="", port=0)
"""


@pytest.mark.skipif(not CAN_FORK, reason="what was lost over a question is worked out in a forked process")
async def test_what_ended_a_server_is_not_worked_out_in_the_host_s_process_then_or_later(
    configuration: Make, settings: Settings, caller: PrivacyContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    here: list[str] = []

    async def answer(_: KitServer, tool: str, *_rest: object, **_named: object) -> CallToolResult:
        here.append(tool)
        return CallToolResult(content=[])

    monkeypatch.setattr(KitServer, "answer", answer)
    deadly = configuration(strategy=(sys.executable, "-c", DEADLY), call_timeout_s=60.0)
    rarely = Pauses(first_retry=30.0, longest_retry=30.0)
    async with open_suite(deadly, settings=settings, pauses=rarely) as suite:
        answers = [await suite.call("strategy", "list_conversation_templates", {}, caller=caller) for _ in range(2)]
    assert here == []
    assert [each.provenance.served_by for each in answers] == ["mock", "mock"]
    assert all(each.result["templates"] for each in answers)


async def test_a_call_while_the_server_is_away_says_so_at_once(
    configuration: Make, settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(gone=("no-such-command",)), settings=settings) as suite:
        answer = await suite.call("gone", "anything", {}, caller=caller)
    assert answer.error is not None
    assert "was not found" in answer.error["message"]


async def test_a_silent_call_ends_at_its_limit(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe, call_timeout_s=0.3), settings=settings) as suite:
        answer = await suite.call("probe", "sleep", {"seconds": 1.0}, caller=caller)
    assert answer.error is not None
    assert "did not answer within 0.28 s" in answer.error["message"]


async def test_a_server_that_hangs_is_replaced(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe, call_timeout_s=0.5), settings=settings, pauses=QUICK) as suite:
        first = pid_of(await suite.call("probe", "echo", {"text": "x"}, caller=caller))
        os.kill(first, signal.SIGSTOP)
        silent = await suite.call("probe", "echo", {"text": "x"}, caller=caller)
        assert silent.error is not None
        await until(lambda: state_of(suite, "probe") is not ServerState.READY)
        await until(lambda: state_of(suite, "probe") is ServerState.READY)
        answer = await suite.call("probe", "echo", {"text": "x"}, caller=caller)
    assert pid_of(answer) != first
    assert not is_running(first)


async def test_an_instance_that_dies_leaves_its_calls_to_the_others(
    probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    specs = tuple(ServerSpec("probe", "stdio", probe[0], args=probe[1:], instance=number) for number in (1, 2))
    async with open_suite(Configuration("test", specs), settings=settings, pauses=QUICK) as suite:
        await suite.settled()
        pids = {pid_of(await suite.call("probe", "echo", {"text": "x"}, caller=caller)) for _ in range(4)}
        assert len(pids) == 2
        os.kill(pids.pop(), signal.SIGKILL)
        answers = [await suite.call("probe", "echo", {"text": f"{n}"}, caller=caller) for n in range(4)]
    assert {answer.provenance.served_by for answer in answers} == {"mcp"}
    assert {pid_of(answer) for answer in answers} >= pids


async def test_a_server_that_prints_keeps_working(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings) as suite:
        printed = await suite.call("probe", "rubbish", {}, caller=caller)
        after = await suite.call("probe", "echo", {"text": "x"}, caller=caller)
    assert pid_of(printed) == pid_of(after)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("no-such-command",), "was not found"),
        ((sys.executable, "-c", "pass"), "ended before it was ready"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "did not start within 1 s"),
        (
            (sys.executable, "-c", "print('hello', flush=True); import time; time.sleep(60)"),
            "printed 1 lines on standard output that are not MCP",
        ),
        ((sys.executable, "-c", "while True: print('hello')"), "lines on standard output that are not MCP"),
        ((sys.executable, "-c", "while True: print('hello ' * 10_000, end='')"), "printed a line without an end"),
    ],
    ids=["absent", "ends", "silent", "greets", "floods", "floods in one line"],
)
async def test_a_server_that_cannot_be_used_says_why_and_the_others_work(
    command: tuple[str, ...],
    message: str,
    configuration: Make,
    probe: tuple[str, ...],
    settings: Settings,
    caller: PrivacyContext,
) -> None:
    usable = configuration(probe=probe).servers
    broken = configuration(broken=command, connect_timeout_s=1.0).servers
    async with open_suite(Configuration("test", usable + broken), settings=settings) as suite:
        await suite.settled()
        answer = await suite.call("probe", "echo", {"text": "x"}, caller=caller)
        problem = next(status.problem for status in suite.statuses() if status.name == "broken")
    assert answer.error is None
    assert problem is not None
    assert message in problem.message


UNFIT = """
import anyio
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool, ToolAnnotations

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}

async def listed(ctx, params):
    reads = ToolAnnotations(read_only_hint=True)
    tool = Tool(name="count", input_schema={"type": "object"}, output_schema=SCHEMA, annotations=reads)
    return ListToolsResult(tools=[tool])

async def called(ctx, params):
    return CallToolResult(content=[TextContent(type="text", text="x")], structured_content={"n": "many"})

async def main():
    server = Server("unfit", on_list_tools=listed, on_call_tool=called)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())

anyio.run(main)
"""


ENDLESS = """
import os
real = os.dup(1)
""" + UNFIT.replace(
    "return CallToolResult", "\n    while True: os.write(real, b'x' * 65_536)\n    return CallToolResult"
)


async def test_a_server_that_answers_with_an_endless_line_is_replaced(
    configuration: Make, settings: Settings, caller: PrivacyContext
) -> None:
    specs = configuration(endless=(sys.executable, "-c", ENDLESS), call_timeout_s=60.0)
    async with open_suite(specs, settings=settings, pauses=QUICK) as suite:
        with anyio.fail_after(30):
            answer = await suite.call("endless", "count", {}, caller=caller)
            while suite.statuses()[0].starts < 2:
                await anyio.sleep(0.02)
    assert answer.error is not None
    assert answer.error["code"] == "unavailable"


async def test_an_answer_that_does_not_fit_its_tools_schema_is_an_error_of_the_server(
    configuration: Make, settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(unfit=(sys.executable, "-c", UNFIT)), settings=settings) as suite:
        answer = await suite.call("unfit", "count", {}, caller=caller)
    assert answer.error is not None
    assert answer.error["code"] == "internal"
    assert "does not fit its own schema" in answer.error["message"]


async def test_an_unknown_server_or_tool_is_answered_with_the_nearest_name(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings) as suite:
        server = await suite.call("prob", "echo", {}, caller=caller)
        tool = await suite.call("probe", "ecko", {}, caller=caller)
    assert server.error is not None
    assert tool.error is not None
    assert server.error["fix"] == "Did you mean 'probe'?"
    assert tool.error["fix"] == "Did you mean 'echo'?"


async def test_subscribers_are_told_when_a_server_goes_and_comes(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    seen: list[ServerStatus] = []
    async with open_suite(configuration(probe=probe), settings=settings, pauses=QUICK, on_change=seen.append) as suite:
        await suite.call("probe", "die", {}, caller=caller)
        await until(lambda: [status.state for status in seen].count(ServerState.READY) == 2)
    states = [status.state for status in seen]
    assert states[:3] == [ServerState.READY, ServerState.AWAY, ServerState.READY]


async def test_the_tools_of_a_server_stay_known_while_it_is_away(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings, pauses=QUICK) as suite:
        await suite.settled()
        before = suite.tools()
        await suite.call("probe", "die", {}, caller=caller)
        assert suite.tools() == before


async def test_a_suite_that_is_left_at_once_leaks_no_process(
    configuration: Make, probe: tuple[str, ...], settings: Settings
) -> None:
    import gc

    for milliseconds in (0, 5, 10):
        async with open_suite(configuration(one=probe, two=probe, three=probe), settings=settings):
            await anyio.sleep(milliseconds / 1000)
    gc.collect()  # a process that was left behind would warn here, and warnings are errors
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    assert not [pid for pid in children if b"probe_server" in Path(f"/proc/{pid}/cmdline").read_bytes()]
