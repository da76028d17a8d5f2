"""Writes: acknowledged once, and delivered once or visibly pending."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.host.chain.conftest import Bench, Fault, FaultyTarget

from scribetree.clock import FixedClock
from scribetree.errors import UnknownName
from scribetree.host.chain import Call, ChainTraces
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.office import PrivacyOffice

pytestmark = pytest.mark.anyio

CALLER = PrivacyContext("t-1", "educator", "support", "correlation-1")


def alert(title: str = "Worth a look") -> dict[str, Any]:
    return {
        "alerts": [{"alert_type": "intervention_needed", "severity": "medium", "title": title, "description": "x"}],
        "educator_id": "t-1",
        "student_id": "s-1",
    }


async def send(bench: Bench, *faults: Fault, title: str = "Worth a look", role: Any = "educator") -> Any:
    return await bench.call("educator-alerts", "send_educator_alerts", alert(title), faults=faults, role=role)


async def deliver(bench: Bench, fault: Fault = "none") -> None:
    target = FaultyTarget(bench.server("educator-alerts"), fault=fault)
    while claimed := await bench.outbox.claim("educator-alerts", limit_s=10):
        if not await bench.chain.deliver(claimed, [target]):
            break


def stored(bench: Bench) -> list[str]:
    """The titles in the educator's inbox, whenever they are due."""
    later = FixedClock(bench.clock.now() + timedelta(days=30))
    office = PrivacyOffice.open(bench.wiring.settings, clock=later)
    try:
        caller = PrivacyContext("t-1", "educator", "support", "correlation-1")
        due = office.guard.inbox(caller, "t-1", "alert", limit=1000).views
        return sorted(str(each.values["title"]) for each in due)
    finally:
        office.close()


async def test_a_write_is_acknowledged_and_waits_where_it_can_be_seen(bench: Bench) -> None:
    answer = await send(bench, "away")
    assert (answer.error, answer.result["state"], answer.provenance.degraded) == (None, "queued", True)
    [waiting] = bench.outbox.waiting()
    assert (waiting.receipt, waiting.tool, waiting.state) == (
        answer.result["receipt"],
        "send_educator_alerts",
        "pending",
    )
    assert stored(bench) == []


async def test_it_is_delivered_once_when_the_server_is_back(bench: Bench) -> None:
    await send(bench, "away")
    await deliver(bench)
    await deliver(bench)
    assert stored(bench) == ["Worth a look"]
    assert bench.outbox.waiting() == []


async def test_a_write_that_was_done_before_its_answer_was_lost_is_not_done_twice(bench: Bench) -> None:
    await send(bench, "lost-after-doing")
    await deliver(bench, "lost-after-doing")
    await deliver(bench)
    assert stored(bench) == ["Worth a look"]
    assert bench.outbox.waiting() == []


async def test_the_same_write_waits_once_under_one_receipt(bench: Bench) -> None:
    first, second = await send(bench, "away"), await send(bench, "lost")
    assert first.result["receipt"] == second.result["receipt"]
    assert len(bench.outbox.waiting()) == 1


async def test_a_write_that_would_be_denied_is_denied_and_not_queued(bench: Bench) -> None:
    answer = await send(bench, "away", "lost", role="student")
    assert answer.error["code"] == "denied"
    assert bench.outbox.waiting() == []


async def test_what_waits_says_nothing_on_disk(bench: Bench) -> None:
    await send(bench, "away", title="Rowan cries in class")
    on_disk = b"".join(path.read_bytes() for path in bench.settings.home.glob("outbox.db*"))
    assert b"Rowan" not in on_disk
    assert b"s-1" not in on_disk


async def test_a_write_that_its_server_refuses_stays_for_a_person_to_see(bench: Bench) -> None:
    await bench.outbox.put(Call("educator-alerts", "send_educator_alerts", {"x": 1}, CALLER, 10), is_repeatable=True)
    await deliver(bench)
    [refused] = bench.outbox.waiting()
    assert (refused.state, refused.why) == ("refused", "invalid_input")
    bench.outbox.drop(refused.receipt)
    assert bench.outbox.waiting() == []


async def test_a_write_that_must_not_be_repeated_is_uncertain_after_a_broken_delivery(bench: Bench) -> None:
    await bench.outbox.put(Call("educator-alerts", "send_educator_alerts", alert(), CALLER, 10), is_repeatable=False)
    await deliver(bench, "lost")
    await deliver(bench)
    assert [each.state for each in bench.outbox.waiting()] == ["uncertain"]
    assert stored(bench) == []


async def test_two_processes_never_deliver_the_same_write(bench: Bench) -> None:
    await send(bench, "away")
    assert await bench.outbox.claim("educator-alerts", limit_s=10) is not None
    assert await bench.outbox.claim("educator-alerts", limit_s=10) is None


async def test_what_a_dead_process_was_delivering_waits_again(bench: Bench) -> None:
    await send(bench, "away")
    await bench.outbox.claim("educator-alerts", limit_s=10)
    bench.clock.advance(301)
    await deliver(bench)
    assert stored(bench) == ["Worth a look"]


async def test_nothing_waits_about_a_student_who_was_forgotten(bench: Bench) -> None:
    await send(bench, "away")
    assert bench.outbox.forget(pseudonym(bench.ring, "s-2")) == 0
    assert bench.outbox.forget(pseudonym(bench.ring, "s-1")) == 1
    await deliver(bench)
    assert stored(bench) == []


async def test_an_unknown_receipt_cannot_be_dropped(bench: Bench) -> None:
    with pytest.raises(UnknownName):
        bench.outbox.drop("0" * 32)


class Writes(RuleBasedStateMachine):
    """Any mix of writes, deliveries, faults, deaths and time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self.folder.name))
        self.acknowledged: set[str] = set()

    def teardown(self) -> None:
        self.bench.close()
        self.folder.cleanup()

    @rule(
        title=strategies.sampled_from("abcd"),
        fault=strategies.sampled_from(["none", "away", "lost", "lost-after-doing", "silent", "internal"]),
    )
    def write(self, title: str, fault: Fault) -> None:
        async def go() -> Any:
            return await send(self.bench, fault, title=title)

        answer = anyio.run(go)
        assert answer.error is None
        self.acknowledged.add(title)

    @rule(fault=strategies.sampled_from(["none", "away", "lost", "lost-after-doing", "internal"]))
    def deliver(self, fault: Fault) -> None:
        anyio.run(deliver, self.bench, fault)

    @rule()
    def die_while_delivering(self) -> None:
        async def claim() -> None:
            await self.bench.outbox.claim("educator-alerts", limit_s=10)

        anyio.run(claim)

    @rule()
    def wait(self) -> None:
        self.bench.clock.advance(301)

    @invariant()
    def every_acknowledged_write_is_done_once_or_waits(self) -> None:
        done = stored(self.bench)
        assert len(done) == len(set(done))
        assert len(self.acknowledged - set(done)) <= len(self.bench.outbox.waiting())


TestWrites = Writes.TestCase
TestWrites.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


async def test_a_waiting_write_is_exported_to_its_student_and_ends_with_them(bench: Bench) -> None:
    await send(bench, "away")
    traces = ChainTraces(bench.settings, bench.ring, bench.clock)
    [exported] = traces.export(lambda name: name == "s-1")
    assert exported["arguments"]["student_id"] == "s-1"
    assert traces.export(lambda name: name == "s-2") == []
    subject = pseudonym(bench.ring, "s-1")
    assert await anyio.to_thread.run_sync(lambda: traces.erase(subject, lambda name: name == "s-1")) == 1
    assert bench.outbox.waiting() == []
