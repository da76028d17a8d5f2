"""The cache's laws over every store, and what it does with errors and rubbish."""

import sqlite3
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scribetree.clock import FixedClock
from scribetree.errors import Denied, Unavailable
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer
from scribetree.provenance import new_correlation_id
from scribetree.resilience import Cache, DiskStore, Life, MemoryStore, RedisStore
from scribetree.resilience.cache import Store
from scribetree.resilience.cache._store import StoreFailure

pytestmark = pytest.mark.anyio

MINUTE = Life(fresh_s=60, stale_s=60, error_s=600)


def giving(value: bytes) -> Callable[[], Any]:
    async def load() -> bytes:
        return value

    return load


def failing(error: Exception) -> Callable[[], Any]:
    async def load() -> bytes:
        raise error

    return load


AWAY = Unavailable("away", hint="wait")


@asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncGenerator[Store]:
    if kind == "memory":
        yield MemoryStore()
    elif kind == "disk":
        disk = DiskStore(folder)
        yield disk
        disk.close()
    else:
        from redis.asyncio import Redis
        from redis.exceptions import ConnectionError as NoRedis

        async with Redis(host="127.0.0.1", port=6379, socket_connect_timeout=1) as client_:
            client: Any = client_
            try:
                await client.ping()
            except NoRedis:
                pytest.skip("no Redis on 127.0.0.1:6379")
            yield RedisStore(client, prefix=f"scribetree:test:{new_correlation_id()}:")


@pytest.fixture(params=["memory", "disk", "redis"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Store]:
    async with opened(str(request.param), tmp_path / "cache") as store:
        yield store


async def test_a_store_gives_back_what_was_put_until_it_is_deleted(store: Store) -> None:
    await store.put("k", b"\x00value\xff", keep_s=60, tags=())
    assert await store.get("k") == b"\x00value\xff"
    await store.delete("k")
    assert await store.get("k") is None


async def test_a_store_forgets_what_carries_a_tag_and_nothing_else(store: Store) -> None:
    await store.put("a", b"1", keep_s=60, tags=["t", "u"])
    await store.put("b", b"2", keep_s=60, tags=["tt"])
    await store.put("c", b"3", keep_s=60, tags=["u"])
    assert await store.forget("t") == ["a"]
    assert [await store.get(key) for key in "abc"] == [None, b"2", b"3"]


async def test_a_store_puts_the_new_value_in_place_of_the_old(store: Store) -> None:
    await store.put("k", b"old", keep_s=60, tags=["t"])
    await store.put("k", b"new", keep_s=60, tags=["t"])
    assert await store.get("k") == b"new"


async def test_a_value_outlives_the_process_that_put_it(store: Store, ring: KeyRing, clock: FixedClock) -> None:
    seal = Sealer(ring, "cache")
    await Cache(store=store, seal=seal, clock=clock).put("k", b"value", life=MINUTE)
    clock.advance(30)
    found = await Cache(store=store, seal=seal, clock=clock).fetch("k", giving(b"other"), life=MINUTE)
    assert (found.value, found.origin, found.age_s) == (b"value", "store", 30)


async def test_the_store_sees_neither_the_value_nor_its_age(store: Store, ring: KeyRing) -> None:
    await Cache(store=store, seal=Sealer(ring, "cache")).put("k", b"what a student wrote", life=MINUTE)
    kept = await store.get("k")
    assert kept is not None
    assert b"student" not in kept
    assert struct.pack(">d", 60.0) not in kept


@pytest.mark.parametrize("rubbish", [b"", b"x", b"STC1", b"\x80\x04N."], ids=["empty", "short", "cut", "pickle"])
async def test_a_poisoned_value_is_a_miss_and_is_removed(store: Store, rubbish: bytes, ring: KeyRing) -> None:
    cache = Cache(store=store, seal=Sealer(ring, "cache"))
    await store.put("k", rubbish, keep_s=60, tags=())
    assert await cache.get("k") is None
    assert cache.stats().poisoned == 1
    assert await store.get("k") is None


async def test_a_value_moved_to_another_key_is_a_miss(store: Store, ring: KeyRing) -> None:
    cache = Cache(store=store, seal=Sealer(ring, "cache"), memory_entries=0)
    await cache.put("mine", b"value", life=MINUTE)
    kept = await store.get("mine")
    assert kept is not None
    await store.put("yours", kept, keep_s=60, tags=())
    assert await cache.get("yours") is None


async def test_a_row_that_asks_to_be_unpickled_is_not(tmp_path: Path) -> None:
    disk = DiskStore(tmp_path)
    await disk.put("k", b"value", keep_s=60, tags=())
    with sqlite3.connect(tmp_path / "cache.db") as database:
        database.execute("UPDATE Cache SET mode = 4, value = ?", (b"cos\nsystem\n(S'false'\ntR.",))
    database.close()
    cache = Cache(store=disk)
    assert await cache.get("k") is None
    assert cache.stats().poisoned == 1
    disk.close()


async def test_one_load_serves_all_who_ask_at_once(clock: FixedClock) -> None:
    cache, loads = Cache(clock=clock), list[int]()

    async def load() -> bytes:
        loads.append(1)
        await anyio.lowlevel.checkpoint()
        return b"value"

    async def ask() -> None:
        assert (await cache.fetch("k", load)).value == b"value"

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask)
    assert len(loads) == 1


async def test_a_stale_value_is_served_while_a_new_one_is_fetched(clock: FixedClock) -> None:
    async with anyio.create_task_group() as group:
        cache = Cache(clock=clock, background=group)
        await cache.put("k", b"old", life=MINUTE)
        clock.advance(90)
        stale = await cache.fetch("k", giving(b"new"), life=MINUTE)
        assert (stale.value, stale.is_stale, stale.age_s) == (b"old", True, 90)
        await anyio.wait_all_tasks_blocked()
        assert cache.peek("k") == b"new"


async def test_without_a_background_the_asker_waits_for_the_new_value(clock: FixedClock) -> None:
    cache = Cache(clock=clock)
    await cache.put("k", b"old", life=MINUTE)
    clock.advance(90)
    assert (await cache.fetch("k", giving(b"new"), life=MINUTE)).value == b"new"


async def test_a_value_not_too_old_stands_in_when_a_new_one_cannot_be_had(clock: FixedClock) -> None:
    cache = Cache(clock=clock)
    await cache.put("k", b"old", life=MINUTE)
    clock.advance(500)
    found = await cache.fetch("k", failing(AWAY), life=MINUTE)
    assert (found.value, found.is_stale, found.age_s) == (b"old", True, 500)
    clock.advance(200)
    with pytest.raises(Unavailable):
        await cache.fetch("k", failing(AWAY), life=MINUTE)


async def test_a_denial_is_never_answered_from_the_cache(clock: FixedClock) -> None:
    cache = Cache(clock=clock)
    await cache.put("k", b"old", life=MINUTE)
    clock.advance(90)
    with pytest.raises(Denied):
        await cache.fetch("k", failing(Denied("no", hint="no")), life=MINUTE)


async def test_what_is_forgotten_while_it_is_loaded_does_not_come_back(clock: FixedClock) -> None:
    cache = Cache(clock=clock)

    async def load() -> bytes:
        await cache.forget("student")
        return b"from before"

    await cache.fetch("k", load, tags=["student"])
    assert await cache.get("k") is None


async def test_a_value_from_the_future_is_a_miss(clock: FixedClock) -> None:
    store = MemoryStore(clock=clock)
    await Cache(store=store, clock=FixedClock(elapsed_s=3600)).put("k", b"value", life=MINUTE)
    assert await Cache(store=store, clock=clock).get("k") is None


class BrokenStore:
    """A store whose disk is full or whose server is away."""

    async def get(self, key: str) -> bytes | None:
        raise StoreFailure

    async def put(self, key: str, packed: bytes, *, keep_s: float, tags: Any) -> None:
        raise StoreFailure

    async def delete(self, key: str) -> None:
        raise StoreFailure

    async def forget(self, tag: str) -> list[str]:
        raise StoreFailure


async def test_a_broken_store_costs_nothing_but_hits_and_never_hides_that_it_did_not_forget() -> None:
    cache = Cache(store=BrokenStore(), memory_entries=0)
    assert (await cache.fetch("k", giving(b"value"))).value == b"value"
    assert cache.stats().store_failures == 2
    with pytest.raises(Unavailable):
        await cache.forget("student")


async def test_memory_keeps_what_was_used_last_within_its_size() -> None:
    cache = Cache(memory_bytes=10)
    for key in "abc":
        await cache.put(key, b"1234")
        cache.peek("a")
    assert [cache.peek(key) for key in "abc"] == [b"1234", None, b"1234"]


async def test_warming_loads_what_is_missing_and_survives_what_fails() -> None:
    cache = Cache()
    await cache.put("here", b"1")
    loads = {"here": giving(b"x"), "new": giving(b"2"), "away": failing(AWAY)}
    assert await cache.warm(loads) == 1
    assert [cache.peek(key) for key in loads] == [b"1", b"2", None]


async def test_it_counts_hits_and_misses() -> None:
    cache = Cache()
    await cache.fetch("k", giving(b"1"))
    for _ in range(3):
        await cache.fetch("k", giving(b"1"))
    assert cache.stats().hit_rate == 0.75


class Kept(RuleBasedStateMachine):
    """Any mix of puts, reads, removals, restarts and time, beside a plain dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock()
        self.store = MemoryStore(clock=self.clock)
        self.model: dict[str, tuple[bytes, float, Life, set[str]]] = {}
        self.restart()

    @rule()
    def restart(self) -> None:
        self.cache = Cache(store=self.store, clock=self.clock, memory_entries=2)

    @rule(
        key=strategies.sampled_from("abcd"),
        value=strategies.binary(max_size=8),
        life=strategies.builds(Life, *[strategies.sampled_from([0.0, 10.0, 50.0])] * 3),
        tags=strategies.sets(strategies.sampled_from("xy")),
    )
    def put(self, key: str, value: bytes, life: Life, tags: set[str]) -> None:
        anyio.run(lambda: self.cache.put(key, value, life=life, tags=tags))
        self.model[key] = (value, self.clock.elapsed_s, life, tags)

    @rule(key=strategies.sampled_from("abcd"))
    def delete(self, key: str) -> None:
        anyio.run(self.cache.delete, key)
        self.model.pop(key, None)

    @rule(tag=strategies.sampled_from("xy"))
    def forget(self, tag: str) -> None:
        anyio.run(self.cache.forget, tag)
        self.model = {key: kept for key, kept in self.model.items() if tag not in kept[3]}

    @rule(seconds=strategies.integers(1, 40))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def it_gives_what_is_fresh_and_nothing_else(self) -> None:
        anyio.run(self.compare)

    async def compare(self) -> None:
        for key in "abcd":
            value, at, life, _ = self.model.get(key, (b"", 0.0, Life(fresh_s=-1.0), set[str]()))
            age = self.clock.elapsed_s - at
            assert await self.cache.get(key) == (value if age < life.fresh_s else None)
            last = await self.cache.last(key)
            assert (last is not None) == (key in self.model and age < life.fresh_s + life.error_s)
            if last is not None:
                assert (last.value, last.age_s) == (value, age)


TestKept = Kept.TestCase
TestKept.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
