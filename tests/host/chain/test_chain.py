"""What the chain promises, over every tool, role and fault."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, get_args

import anyio
import anyio.to_thread
import pytest
from hypothesis import given, settings, strategies
from mcp.types import TextContent, Tool
from tests.host.chain.conftest import Bench, Fault, FaultyTarget
from tests.host.chain.examples import arguments_for

from scribetree.host.answer import Answer
from scribetree.host.chain import Call, ChainTraces, Traits
from scribetree.host.chain._caps import LEVELS
from scribetree.host.options import ReadOptions
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.identity import pseudonym
from scribetree.servers.catalog import SERVERS, load
from scribetree.shapes import as_list, as_object

pytestmark = pytest.mark.anyio

ESSAY = "The library was quiet. I read there every day, and I learned to look for sources. " * 20
RECEIPT = {"degraded", "state", "receipt", "queued_at"}


def every_tool() -> list[tuple[str, Tool]]:
    async def listed() -> list[tuple[str, Tool]]:
        return [(server, tool) for server in SERVERS for tool in await load(server).list_tools()]

    return anyio.run(listed)


EVERY_TOOL = every_tool()
BROKEN: tuple[Fault, ...] = tuple(fault for fault in get_args(Fault) if fault != "none")
WRITES = [each for each in EVERY_TOOL if each[1].annotations and not each[1].annotations.read_only_hint]
tools = strategies.sampled_from(EVERY_TOOL)
roles = strategies.sampled_from(get_args(RequesterType))
people = strategies.sampled_from(["t-1", "s-1", "s-2"])
faults = strategies.tuples(strategies.sampled_from(BROKEN), strategies.sampled_from(BROKEN))


def first_line(answer: Answer) -> str:
    assert answer.raw is not None
    block = answer.raw.content[0]
    assert isinstance(block, TextContent)
    return block.text.splitlines()[0]


def level_fields(schema: dict[str, Any]) -> set[str]:
    """Every field of a tool's answer that is an access level, whatever it is called; the caller's own is not given."""
    shapes = [schema, *schema.get("$defs", {}).values()]
    fields = {
        name
        for shape in shapes
        for name, field in shape.get("properties", {}).items()
        if tuple(field.get("enum", ())) == LEVELS
    }
    return fields - {"current_level"}


def levels_in(value: object, fields: set[str]) -> Iterator[str]:
    """The access levels that an answer gives."""
    if (inner := as_object(value)) is not None:
        yield from (str(each) for name, each in inner.items() if name in fields)
        for each in inner.values():
            yield from levels_in(each, fields)
    for each in as_list(value) or []:
        yield from levels_in(each, fields)


async def both(
    tool: tuple[str, Tool], role: RequesterType, requester: str, broken: tuple[Fault, Fault], *, was_asked: bool
) -> tuple[Answer, Answer]:
    """
    The answer of a healthy suite, and the answer under faults, each of a new installation.

    Where it `was_asked`, an educator was answered the same question before the faults, so that there is what could be
    quoted to somebody else.
    """
    server, definition = tool
    answers: list[Answer] = []
    cases: tuple[tuple[Fault, ...], ...] = (("none",), broken)
    for case in cases:
        with tempfile.TemporaryDirectory() as home:
            bench = Bench(Path(home))
            arguments = arguments_for(definition.input_schema)
            if was_asked:
                await bench.call(server, definition.name, arguments, requester="t-1")
            answers.append(
                await bench.call(server, definition.name, arguments, role=role, requester=requester, faults=case)
            )
            bench.close()
    return answers[0], answers[1]


@given(tool=tools, role=roles, requester=people, broken=faults, was_asked=strategies.booleans())
@settings(max_examples=60, deadline=None)
def test_a_fault_widens_no_denial_and_hides_no_degradation(
    tool: tuple[str, Tool], role: RequesterType, requester: str, broken: tuple[Fault, Fault], was_asked: bool
) -> None:
    healthy, faulty = anyio.run(partial(both, tool, role, requester, broken, was_asked=was_asked))
    reads = tool[1].annotations is not None and tool[1].annotations.read_only_hint
    if healthy.error is not None and healthy.error["code"] in {"denied", "invalid_input"}:
        if not reads and faulty.result is not None:
            # What only the guard knows, it says on delivery: until then nothing is done, and nothing is told.
            assert faulty.result["state"] == "queued"
            assert set(faulty.result) <= RECEIPT
            return
        assert faulty.error is not None
        assert faulty.result is None
        assert faulty.error["code"] in {healthy.error["code"], "unavailable"}
        return
    if faulty.error is not None:
        assert faulty.result is None
        return
    assert faulty.provenance.degraded
    assert first_line(faulty).startswith(("Degraded answer:", "Queued, not done yet:"))
    assert (faulty.provenance.served_by in {"mock", "static"}) == bool(reads)
    given_level = arguments_for(tool[1].input_schema).get("current_access_level", "restricted")
    fields = level_fields(tool[1].output_schema or {})
    assert all(LEVELS.index(level) <= LEVELS.index(given_level) for level in levels_in(faulty.result, fields))


@given(tool=strategies.sampled_from(WRITES), role=roles, requester=people, broken=faults)
@settings(max_examples=40, deadline=None)
def test_a_write_is_acknowledged_once_and_done_once_or_waits_where_it_can_be_seen(
    tool: tuple[str, Tool], role: RequesterType, requester: str, broken: tuple[Fault, Fault]
) -> None:
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(Path(home))
        anyio.run(write_and_deliver, bench, tool, role, requester, broken)
        bench.close()


async def write_and_deliver(
    bench: Bench, tool: tuple[str, Tool], role: RequesterType, requester: str, broken: tuple[Fault, Fault]
) -> None:
    server, definition = tool
    arguments = arguments_for(definition.input_schema)
    answer = await bench.call(server, definition.name, arguments, role=role, requester=requester, faults=broken)
    done = sum(target.done for target in bench.targets)
    waiting = [each.receipt for each in bench.outbox.waiting()]
    assert waiting == ([answer.result["receipt"]] if answer.provenance.degraded else [])
    if waiting:
        claimed = await bench.outbox.claim(server, limit_s=10)
        assert claimed is not None
        target = FaultyTarget(bench.server(server))
        await bench.chain.deliver(claimed, [target])
        done += target.done
        # Done, or refused by the tool itself and still to be seen.
        assert [each.state for each in bench.outbox.waiting()] in ([], ["refused"])
    if is_done_once_at_most(definition):
        assert done <= 1


def test_some_tools_give_levels_so_that_the_cap_is_tested() -> None:
    assert set().union(*(level_fields(tool.output_schema or {}) for _, tool in EVERY_TOOL)) >= {"access_level"}


@pytest.mark.parametrize(("server", "tool"), EVERY_TOOL, ids=[tool.name for _, tool in EVERY_TOOL])
async def test_every_tool_is_answered_honestly_under_every_single_fault(bench: Bench, server: str, tool: Tool) -> None:
    arguments = arguments_for(tool.input_schema)
    for fault in BROKEN:
        answer = await bench.call(server, tool.name, arguments, faults=(fault,))
        assert answer.provenance.attempts[0].rung == "mcp"
        if answer.error is None:
            assert answer.provenance.degraded
        elif answer.error["code"] == "unavailable":
            assert is_done_once_at_most(tool)
            assert answer.error["fix"] == "It may have been done: look before you try again."
        else:
            assert answer.error["code"] != "internal"


def is_done_once_at_most(tool: Tool) -> bool:
    """Whether a call that may have been done must not be sent again."""
    hints = tool.annotations
    return hints is not None and not hints.read_only_hint and not hints.idempotent_hint


async def test_the_next_rung_answers_whole_and_says_which_it_is(bench: Bench) -> None:
    answer = await bench.call("strategy", "list_conversation_templates", {}, faults=("away", "none"))
    assert (answer.provenance.served_by, answer.provenance.degraded) == ("http", False)
    assert [(a.rung, a.outcome) for a in answer.provenance.attempts] == [("mcp", "unavailable"), ("http", "ok")]


async def test_a_denial_ends_the_chain(bench: Bench) -> None:
    answer = await bench.call("strategy", "list_conversation_templates", {}, role="student", faults=("none", "none"))
    assert answer.error is not None
    assert answer.error["code"] == "denied"
    assert [attempt.rung for attempt in answer.provenance.attempts] == ["mcp"]


async def test_a_denied_read_is_denied_on_every_rung(bench: Bench) -> None:
    arguments = {"content": ESSAY}
    await bench.call("academic-integrity", "analyze_academic_integrity", arguments)
    for broken in BROKEN:
        answer = await bench.call(
            "academic-integrity", "analyze_academic_integrity", arguments, role="student", faults=(broken, broken)
        )
        assert answer.error is not None
        assert answer.error["code"] == "denied"


async def test_the_same_question_is_answered_from_before_with_its_age(bench: Bench) -> None:
    arguments = {"content": ESSAY}
    whole = await bench.call("writing-analysis", "analyze_writing_patterns", arguments)
    bench.clock.advance(3600)
    again = await bench.call("writing-analysis", "analyze_writing_patterns", arguments, faults=("away",))
    assert (again.result, again.provenance.age_s) == (whole.result, 3600)
    assert "60 minutes ago" in first_line(again)


async def test_another_caller_is_not_given_somebody_s_answer(bench: Bench) -> None:
    arguments = {"content": ESSAY}
    await bench.call("writing-analysis", "analyze_writing_patterns", arguments)
    other = await bench.call(
        "writing-analysis", "analyze_writing_patterns", arguments, requester="t-2", faults=("away",)
    )
    assert (other.provenance.served_by, other.provenance.age_s) == ("mock", None)


async def test_what_depends_on_records_is_read_anew_and_never_quoted(bench: Bench) -> None:
    await bench.call("educator-alerts", "list_alerts", {"educator_id": "t-1"})
    answer = await bench.call("educator-alerts", "list_alerts", {"educator_id": "t-1"}, faults=("lost",))
    assert (answer.provenance.served_by, answer.provenance.age_s) == ("mock", None)


async def test_a_forgotten_student_s_answers_are_not_quoted(bench: Bench) -> None:
    arguments = {"content": ESSAY, "student_id": "s-1"}
    await bench.call("writing-analysis", "analyze_writing_patterns", arguments)
    traces = ChainTraces(bench.settings, bench.ring, bench.clock)
    subject = pseudonym(bench.ring, "s-1")
    assert await anyio.to_thread.run_sync(lambda: traces.erase(subject, lambda _: False)) == 0
    answer = await bench.call("writing-analysis", "analyze_writing_patterns", arguments, faults=("away",))
    assert answer.provenance.age_s is None


async def test_a_quoted_reflection_unlocks_nothing(bench: Bench) -> None:
    reflection = (
        "At first I only described the roads, because I did not know what I wanted to say. Then I understood that my "
        "second paragraph contradicted the first, so I moved it and added a source. Next time I will outline before I "
        "write, because I learned that my best sentences come late. I wonder whether a reader who drives would agree. "
    )
    arguments = {"reflection": reflection * 3, "draft": ESSAY}
    whole = await bench.call("writing-analysis", "evaluate_reflection_quality", arguments)
    quoted = await bench.call("writing-analysis", "evaluate_reflection_quality", arguments, faults=("away",))
    assert quoted.result["access_level"] == "restricted"
    assert quoted.result["overall"] == whole.result["overall"]


async def test_a_degraded_decision_permits_no_higher_level(bench: Bench) -> None:
    earned: dict[str, Any] = {
        "current_access_level": "basic",
        "target_level": "standard",
        "reflection_average": 95,
        "independence": 95,
        "consistency": 95,
        "days_in_level": 40,
    }
    whole = await bench.call("ai-validator", "validate_progressive_access", earned)
    degraded = await bench.call("ai-validator", "validate_progressive_access", earned, faults=("silent",))
    assert whole.result["is_valid"]
    assert not degraded.result["is_valid"]
    assert degraded.result["recommended_level"] == "basic"


async def test_a_degraded_analysis_clears_no_question(bench: Bench) -> None:
    arguments = {"content": ESSAY, "earlier_draft": ESSAY}
    whole = await bench.call("academic-integrity", "analyze_academic_integrity", arguments)
    degraded = await bench.call("academic-integrity", "analyze_academic_integrity", arguments, faults=("lost",))
    assert whole.result["integrity_score"] == 1.0
    assert degraded.result["integrity_score"] is None
    assert degraded.result["abstained"]
    assert degraded.result["human_review"]


async def test_general_advice_is_given_when_nothing_else_can_be(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(_name: str) -> None:
        return None

    monkeypatch.setattr(bench.local, "get", nothing)
    answer = await bench.call("strategy", "list_conversation_templates", {}, faults=("away",))
    assert answer.provenance.served_by == "static"
    assert answer.result["degraded"]
    assert answer.result["meanwhile"]


async def test_a_foreign_write_that_may_have_been_done_is_not_queued(bench: Bench) -> None:
    call = Call("foreign", "pay", {}, PrivacyContext("t-1", "educator", "learning", "correlation-1"), 5)
    targets = [FaultyTarget(bench.server("strategy"), rung=rung, fault="lost") for rung in ("mcp", "http")]
    answer = await bench.chain.answer(call, Traits(known=True), targets)
    assert answer.error is not None
    assert "may have been done" in answer.error["fix"]
    assert [target.asked for target in targets] == [1, 0]
    assert bench.outbox.waiting() == []


async def test_a_slow_read_is_asked_of_the_next_one_and_the_slow_one_is_looked_at(bench: Bench) -> None:
    slow, quick = FaultyTarget(bench.server("strategy")), FaultyTarget(bench.server("strategy"))

    async def hang(call: Call, token: str, *, timeout_s: float) -> NoReturn:
        await anyio.sleep_forever()
        raise AssertionError

    slow.ask = hang  # type: ignore[method-assign]
    bench.chain.adopt(ReadOptions(hedge_after_s=0.01))
    caller = PrivacyContext("t-1", "educator", "learning", "correlation-1")
    call = Call("strategy", "list_conversation_templates", {}, caller, 10)
    traits = Traits(known=True, reads=True, repeatable=True, keepable=True)
    answer = await bench.chain.answer(call, traits, [slow, quick])
    assert answer.provenance.served_by == "mcp"
    assert not answer.provenance.degraded
    assert (slow.was_overtaken, quick.was_overtaken) == (True, False)


async def test_what_depends_on_records_is_never_asked_of_two_at_once(bench: Bench) -> None:
    targets = [FaultyTarget(bench.server("educator-alerts")) for _ in range(2)]
    bench.chain.adopt(ReadOptions(hedge_after_s=1e-9))
    caller = PrivacyContext("t-1", "educator", "learning", "correlation-1")
    call = Call("educator-alerts", "list_alerts", {"educator_id": "t-1"}, caller, 10)
    traits = Traits.of(await bench.tool("educator-alerts", "list_alerts"), {}, server="educator-alerts")
    await bench.chain.answer(call, traits, targets)
    assert [target.asked for target in targets] == [1, 0]


async def test_a_read_that_broke_off_is_asked_again_and_a_write_is_not(bench: Bench) -> None:
    caller = PrivacyContext("t-1", "educator", "learning", "correlation-1")
    call = Call("strategy", "list_conversation_templates", {}, caller, 10)
    for traits, times in ((Traits(known=True, reads=True, repeatable=True), 2), (Traits(known=True), 1)):
        target = FaultyTarget(bench.server("strategy"), fault="lost")
        await bench.chain.answer(call, traits, [target])
        assert target.asked == times
