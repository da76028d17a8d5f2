"""Time that shrinks, tries that are bounded, and work that is shared."""

from collections.abc import Sequence

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, strategies
from hypothesis import settings as hypothesis_settings

from scribetree.clock import FixedClock
from scribetree.errors import Denied, OutOfTime, Overloaded, RateLimited, Unavailable
from scribetree.resilience import (
    Batcher,
    Bulkhead,
    Deadline,
    Pool,
    RetryBudget,
    RetryPolicy,
    SingleFlight,
    hedged,
    retry,
)

pytestmark = pytest.mark.anyio

AWAY = Unavailable("away", hint="wait")


def is_fault(error: Exception) -> bool:
    return isinstance(error, Unavailable | RateLimited)


class Sleeper:
    """Sleeps by moving a clock."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)


class Flaky:
    """Fails so often, then answers."""

    def __init__(self, failures: int, error: Exception = AWAY) -> None:
        self.failures = failures
        self.error = error
        self.tries = 0

    async def __call__(self) -> str:
        self.tries += 1
        if self.tries <= self.failures:
            raise self.error
        return "answer"


@given(steps=strategies.lists(strategies.floats(0, 20), max_size=8), pauses=strategies.lists(strategies.floats(0, 5)))
@hypothesis_settings(max_examples=50)
def test_a_step_never_has_more_time_than_the_whole(steps: list[float], pauses: list[float]) -> None:
    clock = FixedClock()
    whole = deadline = Deadline.after(10, clock=clock)
    for step, pause in zip(steps, pauses, strict=False):
        deadline = deadline.within(step)
        clock.advance(pause)
        assert deadline.remaining_s() <= whole.remaining_s()
        assert 0 <= deadline.for_next_hop() <= deadline.remaining_s()


async def test_a_block_that_outlasts_its_deadline_is_ended() -> None:
    with pytest.raises(OutOfTime), anyio.fail_after(5), Deadline.after(0.01).limit():
        await anyio.sleep_forever()


async def test_nothing_is_begun_after_the_deadline(clock: FixedClock) -> None:
    deadline = Deadline.after(1, clock=clock)
    clock.advance(1)
    with pytest.raises(OutOfTime), deadline.limit():
        raise AssertionError("it was begun")


async def test_an_idempotent_operation_is_tried_again(clock: FixedClock) -> None:
    flaky = Flaky(2)
    assert await retry(flaky, is_fault=is_fault, is_idempotent=True, sleep=Sleeper(clock)) == "answer"
    assert flaky.tries == 3


async def test_any_other_operation_is_tried_once(clock: FixedClock) -> None:
    flaky = Flaky(1)
    with pytest.raises(Unavailable):
        await retry(flaky, is_fault=is_fault, is_idempotent=False, sleep=Sleeper(clock))
    assert flaky.tries == 1


async def test_a_denial_is_not_tried_again(clock: FixedClock) -> None:
    flaky = Flaky(1, Denied("no", hint="no"))
    with pytest.raises(Denied):
        await retry(flaky, is_fault=is_fault, is_idempotent=True, sleep=Sleeper(clock))
    assert flaky.tries == 1


async def test_a_pause_that_outlasts_the_deadline_is_not_begun(clock: FixedClock) -> None:
    busy, sleeper = Flaky(1, RateLimited("no", hint="later", retry_after_s=30)), Sleeper(clock)
    with pytest.raises(RateLimited):
        await retry(
            busy,
            is_fault=is_fault,
            is_idempotent=True,
            deadline=Deadline.after(10, clock=clock),
            sleep=sleeper,
        )
    assert sleeper.slept == []


async def test_who_says_when_to_come_back_is_waited_for(clock: FixedClock) -> None:
    sleeper = Sleeper(clock)
    busy = Flaky(1, RateLimited("no", hint="later", retry_after_s=7))
    await retry(busy, is_fault=is_fault, is_idempotent=True, sleep=sleeper)
    assert sleeper.slept == [7]


async def test_an_outage_costs_a_bounded_share_of_retries(clock: FixedClock) -> None:
    budget, down = RetryBudget(share=0.1, reserve=10), Flaky(10_000)
    for _ in range(1000):
        with pytest.raises(Unavailable):
            await retry(down, is_fault=is_fault, is_idempotent=True, budget=budget, sleep=Sleeper(clock))
    assert down.tries <= 1000 + 10 + 100


@given(number=strategies.integers(1, 8), seed=strategies.integers(0, 100))
@hypothesis_settings(max_examples=30)
async def test_pauses_stay_under_a_limit_that_doubles(number: int, seed: int) -> None:
    sleeper = Sleeper(FixedClock())
    policy = RetryPolicy(tries=number + 1, first_pause_s=0.1, longest_pause_s=2)
    await retry(Flaky(number), is_fault=is_fault, is_idempotent=True, policy=policy, sleep=sleeper, seed=seed)
    assert all(slept <= min(0.1 * 2**n, 2) for n, slept in enumerate(sleeper.slept))


async def test_no_more_run_than_there_are_places_and_each_gets_its_turn() -> None:
    bulkhead, running, most, done = Bulkhead(places=3, queue=100), 0, 0, list[int]()

    async def work(number: int) -> None:
        nonlocal running, most
        async with bulkhead.place():
            running += 1
            most = max(most, running)
            await anyio.lowlevel.checkpoint()
            running -= 1
            done.append(number)

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(work, number)
    assert most == 3
    assert done == sorted(done)
    assert bulkhead.stats().running == 0


async def test_a_full_queue_turns_away_at_once() -> None:
    bulkhead = Bulkhead(places=1, queue=0)
    async with bulkhead.place():
        with pytest.raises(Overloaded):
            async with bulkhead.place():
                raise AssertionError("there was a place")
    assert bulkhead.stats().rejected == 1


async def test_who_waits_in_vain_is_told_so() -> None:
    bulkhead = Bulkhead(places=1, queue=1, wait_s=0.01)
    async with bulkhead.place():
        with pytest.raises(Overloaded):
            async with bulkhead.place():
                raise AssertionError("there was a place")
    assert (bulkhead.stats().running, bulkhead.stats().waiting) == (0, 0)


async def test_a_slow_read_is_asked_again_and_the_first_answer_counts() -> None:
    cancelled = anyio.Event()

    async def hang() -> str:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()
        return ""

    with anyio.fail_after(5):
        assert await hedged([hang, Flaky(0).__call__], after_s=0.01) == "answer"
    assert cancelled.is_set()


async def test_a_read_that_fails_is_followed_by_the_next_at_once() -> None:
    with anyio.fail_after(5):
        assert await hedged([Flaky(9), Flaky(0)], after_s=60) == "answer"


async def test_when_every_read_fails_so_does_the_whole() -> None:
    with pytest.raises(Unavailable):
        await hedged([Flaky(9), Flaky(9)], after_s=60)


async def test_a_quick_read_is_asked_once() -> None:
    second = Flaky(0)
    await hedged([Flaky(0), second], after_s=60)
    assert second.tries == 0


async def test_identical_reads_in_flight_share_an_answer_or_a_failure() -> None:
    flight, tries, heard = SingleFlight[str, str](), list[int](), list[int]()

    async def fail_slowly() -> str:
        tries.append(1)
        await anyio.lowlevel.checkpoint()
        raise AWAY

    async def ask() -> None:
        try:
            await flight.do("k", fail_slowly)
        except Unavailable:
            heard.append(1)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(ask)
    assert (len(tries), len(heard), len(flight)) == (1, 10, 0)


async def test_when_the_first_asker_is_cancelled_another_goes_on() -> None:
    flight, begun, heard = SingleFlight[str, str](), anyio.Event(), list[str]()

    async def hang() -> str:
        begun.set()
        await anyio.sleep_forever()
        return ""

    async def ask() -> None:
        heard.append(await flight.do("k", Flaky(0)))

    first = anyio.CancelScope()

    async def lead() -> None:
        with first:
            await flight.do("k", hang)

    async with anyio.create_task_group() as group:
        group.start_soon(lead)
        await begun.wait()
        group.start_soon(ask)
        group.start_soon(ask)
        await anyio.lowlevel.checkpoint()
        first.cancel()
    assert heard == ["answer", "answer"]


async def test_small_requests_travel_together_and_each_gets_its_answer() -> None:
    sent: list[int] = []

    async def double(numbers: Sequence[int]) -> list[int]:
        sent.append(len(numbers))
        return [number * 2 for number in numbers]

    batcher, answers = Batcher(double, size=10), dict[int, int]()

    async def ask(number: int) -> None:
        answers[number] = await batcher.ask(number)

    async with anyio.create_task_group() as group:
        for number in range(25):
            group.start_soon(ask, number)
    assert sorted(sent) == [5, 10, 10]
    assert answers == {number: number * 2 for number in range(25)}


async def test_a_batch_that_fails_fails_for_all_in_it() -> None:
    async def fail(questions: Sequence[int]) -> list[int]:
        raise AWAY

    with pytest.raises(Unavailable):
        await Batcher(fail, size=1).ask(1)


class Connections:
    """What a pool opens and closes."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed: list[int] = []

    async def open(self) -> int:
        self.opened += 1
        return self.opened

    async def close(self, connection: int) -> None:
        self.closed.append(connection)


def pool_of(connections: Connections, clock: FixedClock, size: int = 2) -> Pool[int]:
    return Pool(open=connections.open, close=connections.close, size=size, wait_s=0.01, clock=clock)


async def test_a_connection_is_used_again(clock: FixedClock) -> None:
    pool = pool_of(Connections(), clock)
    for _ in range(5):
        async with pool.lease() as connection:
            assert connection == 1
    assert pool.stats().opened == 1


async def test_a_connection_that_met_a_fault_is_closed(clock: FixedClock) -> None:
    connections = Connections()
    pool = pool_of(connections, clock)
    with pytest.raises(OSError, match="reset"):
        async with pool.lease():
            raise OSError("reset")
    assert connections.closed == [1]
    async with pool.lease() as connection:
        assert connection == 2


async def test_no_more_connections_than_its_size(clock: FixedClock) -> None:
    pool = pool_of(Connections(), clock, size=1)
    async with pool.lease():
        with pytest.raises(Overloaded):
            async with pool.lease():
                raise AssertionError("there was one")


async def test_an_idle_connection_is_closed_in_time(clock: FixedClock) -> None:
    connections = Connections()
    pool = pool_of(connections, clock)
    async with pool.lease():
        pass
    clock.advance(61)
    await pool.close_idle()
    assert (connections.closed, pool.stats().idle) == ([1], 0)
