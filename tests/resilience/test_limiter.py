"""Limits: one law book for the limiter in memory and the one on Redis."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from hypothesis import given, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scribetree.clock import FixedClock
from scribetree.errors import RateLimited
from scribetree.provenance import new_correlation_id
from scribetree.resilience import Limiter, Rate, RedisLimiter, Verdict

pytestmark = pytest.mark.anyio

Take = Callable[[str], Awaitable[Verdict]]
Make = Callable[[Rate, Rate], Take]


@asynccontextmanager
async def connected() -> AsyncGenerator[Any]:
    """The Redis of this machine; a test that needs it is skipped where there is none."""
    from redis.asyncio import Redis
    from redis.exceptions import ConnectionError as NoRedis

    async with Redis(host="127.0.0.1", port=6379, socket_connect_timeout=1) as redis:
        client: Any = redis
        try:
            await client.ping()
        except NoRedis:
            pytest.skip("no Redis on 127.0.0.1:6379")
        yield client


@pytest.fixture(params=["memory", "redis"])
async def make(request: pytest.FixtureRequest, clock: FixedClock) -> AsyncGenerator[Make]:
    if request.param == "memory":
        yield lambda client, service: _in_memory(Limiter(client=client, service=service, clock=clock))
        return
    async with connected() as redis:
        yield (
            lambda client, service: (
                RedisLimiter(redis, service_name=new_correlation_id(), client=client, service=service, clock=clock).take
            )
        )


def _in_memory(limiter: Limiter) -> Take:
    async def take(name: str) -> Verdict:
        return limiter.take(name)

    return take


async def allowed(take: Take, client: str, times: int) -> int:
    return sum([(await take(client)).allowed for _ in range(times)])


async def test_a_client_may_call_as_often_as_its_rate_says(make: Make) -> None:
    take = make(Rate(100), Rate(1000))
    assert await allowed(take, "a", 150) == 100


async def test_what_one_client_used_up_is_not_missing_to_another(make: Make) -> None:
    take = make(Rate(100), Rate(1000))
    await allowed(take, "a", 150)
    assert await allowed(take, "b", 100) == 100


async def test_a_refused_client_is_let_in_after_the_time_it_was_told(make: Make, clock: FixedClock) -> None:
    take = make(Rate(100), Rate(1000))
    await allowed(take, "a", 100)
    refused = await take("a")
    assert not refused.allowed
    assert refused.retry_after_s == pytest.approx(0.6, abs=0.001)
    clock.advance(refused.retry_after_s - 0.01)
    assert not (await take("a")).allowed
    clock.advance(0.01)
    assert (await take("a")).allowed


async def test_a_service_is_asked_no_more_often_than_it_bears(make: Make) -> None:
    take = make(Rate(100), Rate(150))
    assert await allowed(take, "a", 100) + await allowed(take, "b", 100) <= 150


async def test_a_greedy_client_leaves_the_others_their_share(make: Make) -> None:
    take = make(Rate(1000), Rate(100))
    await allowed(take, "modest", 1)
    await allowed(take, "greedy", 500)
    assert await allowed(take, "modest", 20) == 20


async def test_calls_that_were_refused_cost_nothing(make: Make, clock: FixedClock) -> None:
    take = make(Rate(10, 1), Rate(1000))
    await allowed(take, "a", 1000)
    clock.advance(1)
    assert await allowed(take, "a", 20) == 10


def test_a_refusal_is_an_error_that_says_when_to_ask_again(clock: FixedClock) -> None:
    limiter = Limiter(client=Rate(1), clock=clock)
    limiter.check("a")
    with pytest.raises(RateLimited) as refused:
        limiter.check("a")
    assert refused.value.retry_after_s == pytest.approx(60)
    assert "60 s" in refused.value.hint


def test_clients_beyond_the_most_share_one_bucket(clock: FixedClock) -> None:
    limiter = Limiter(client=Rate(5), service=Rate(1_000_000), clock=clock, most_clients=10)
    for number in range(1000):
        limiter.take(f"client-{number}")
    assert limiter.stats().clients == 11
    assert limiter.stats().allowed == 15


def test_clients_that_have_gone_are_forgotten(clock: FixedClock) -> None:
    limiter = Limiter(clock=clock)
    limiter.take("a")
    clock.advance(3600)
    limiter.take("b")
    assert limiter.stats().clients == 1


async def test_each_host_limits_for_itself_while_redis_is_away() -> None:
    from redis.asyncio import Redis

    nowhere: Any = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    limiter = RedisLimiter(nowhere, service_name="s", client=Rate(2), clock=FixedClock())
    assert [(await limiter.take("a")).allowed for _ in range(3)] == [True, True, False]
    await nowhere.aclose()


async def test_two_hosts_on_one_redis_share_the_limit() -> None:
    name = new_correlation_id()
    async with connected() as redis:
        hosts = [RedisLimiter(redis, service_name=name, client=Rate(10)) for _ in range(2)]
        verdicts = [await hosts[number % 2].take("a") for number in range(20)]
    assert sum(verdict.allowed for verdict in verdicts) == 10


@given(pauses=strategies.lists(strategies.integers(0, 500), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_memory_and_redis_give_a_client_the_same_verdicts(pauses: list[int]) -> None:
    async def compare() -> None:
        clock, client, service = FixedClock(), Rate(4, 10), Rate(6, 10)
        alone = Limiter(client=client, service=service, clock=clock)
        async with connected() as redis:
            shared = RedisLimiter(redis, service_name=new_correlation_id(), client=client, service=service, clock=clock)
            for pause in pauses:
                clock.advance(pause / 100)
                assert (await shared.take("a")).allowed == alone.take("a").allowed

    anyio.run(compare)


class Limits(RuleBasedStateMachine):
    """Any mix of callers and pauses."""

    CLIENT = Rate(5, 10)
    SERVICE = Rate(12, 10)

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock()
        self.limiter = Limiter(client=self.CLIENT, service=self.SERVICE, clock=self.clock)
        self.admitted: list[tuple[float, str]] = []

    @rule(client=strategies.sampled_from(["a", "b", "c", "d"]), times=strategies.integers(1, 8))
    def call(self, client: str, times: int) -> None:
        for _ in range(times):
            verdict = self.limiter.take(client)
            if verdict.allowed:
                self.admitted.append((self.clock.monotonic(), client))
            else:
                assert verdict.retry_after_s > 0

    @rule(client=strategies.sampled_from(["a", "b"]))
    def come_back_when_told(self, client: str) -> None:
        verdict = self.limiter.take(client)
        if verdict.allowed:
            self.admitted.append((self.clock.monotonic(), client))
            return
        self.clock.advance(verdict.retry_after_s + 1e-6)
        assert self.limiter.take(client).allowed
        self.admitted.append((self.clock.monotonic(), client))

    @rule(seconds=strategies.floats(0.01, 15))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @invariant()
    def no_span_of_time_holds_more_than_burst_and_rate(self) -> None:
        self.check(self.SERVICE, [when for when, _ in self.admitted])
        for name in "abcd":
            self.check(self.CLIENT, [when for when, client in self.admitted if client == name])

    def check(self, rate: Rate, moments: list[float]) -> None:
        for first, begin in enumerate(moments):
            most = rate.depth_s / rate.interval_s + (moments[-1] - begin) / rate.interval_s
            assert len(moments) - first <= most + 0.01


TestLimits = Limits.TestCase
TestLimits.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
