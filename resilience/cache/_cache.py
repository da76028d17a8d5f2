"""The two layers as one cache."""

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import anyio
import anyio.abc

from scribetree.clock import Clock, SystemClock
from scribetree.errors import Unavailable
from scribetree.resilience.batch import SingleFlight
from scribetree.resilience.cache._entry import Entry, Life, pack, unpack
from scribetree.resilience.cache._memory import Memory
from scribetree.resilience.cache._store import Seal, Store, StoreFailure

__all__ = ["Cache", "CacheStats", "Found"]

Load = Callable[[], Awaitable[bytes]]

DEFAULT_LIFE = Life(fresh_s=300.0)
_LONGEST_IN_MEMORY_S = 60.0
_WARMED_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A value, where it came from, and how old it is; `is_stale` when it is past its fresh time."""

    value: bytes
    origin: Literal["memory", "store", "loaded"]
    age_s: float
    is_stale: bool = False


@dataclass(slots=True)
class CacheStats:
    """Counts since the cache was made."""

    memory_hits: int = 0
    store_hits: int = 0
    misses: int = 0
    stale_served: int = 0
    errors_covered: int = 0
    poisoned: int = 0
    store_failures: int = 0

    @property
    def hit_rate(self) -> float:
        """The share of look-ups that found a fresh value; 0 when there was none."""
        hits = self.memory_hits + self.store_hits
        return hits / (hits + self.misses) if hits + self.misses else 0.0


class Cache:
    """
    Bytes by key; without a store it is memory alone.

    Refreshing in the background needs a task group that outlives it; without one, whoever asks for a stale value
    waits for a new one. Another process's memory forgets what was deleted here within `longest_in_memory_s`.
    """

    def __init__(
        self,
        *,
        store: Store | None = None,
        seal: Seal | None = None,
        clock: Clock | None = None,
        background: anyio.abc.TaskGroup | None = None,
        memory_entries: int = 1_000,
        memory_bytes: int = 64 * 1024 * 1024,
        longest_in_memory_s: float = _LONGEST_IN_MEMORY_S,
    ) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock or SystemClock()
        self._monotonic = self._clock.monotonic
        self._background = background
        self._memory = Memory(entries=memory_entries, size_bytes=memory_bytes)
        self._longest_in_memory_s = longest_in_memory_s if store else math.inf
        self._flights: SingleFlight[str, Entry] = SingleFlight()
        self._refreshing: set[str] = set()
        self._removals = 0
        self._stats = CacheStats()

    def peek(self, key: str) -> bytes | None:
        """The fresh value that memory holds, if any; nothing is waited for."""
        value = self._memory.fresh(key, self._monotonic())
        if value is not None:
            self._stats.memory_hits += 1
        return value

    async def get(self, key: str) -> bytes | None:
        """The fresh value under `key`, if there is one."""
        value = self.peek(key)
        if value is not None:
            return value
        entry, origin = await self._find(key)
        if entry is None or not entry.is_fresh(self._now()):
            self._stats.misses += 1
            return None
        self._count_hit(origin)
        return entry.value

    async def last(self, key: str) -> Found | None:
        """What is under `key`, fresh or not, as long as it may stand in for an answer that cannot be had."""
        entry, origin = await self._find(key)
        now = self._now()
        if entry is None or not entry.covers_error(now):
            return None
        self._stats.errors_covered += 1
        return Found(entry.value, origin, entry.age_s(now), is_stale=not entry.is_fresh(now))

    async def put(self, key: str, value: bytes, *, life: Life = DEFAULT_LIFE, tags: Iterable[str] = ()) -> None:
        """`value` is under `key`, in both layers; a store that cannot be used keeps nothing and says nothing."""
        entry = Entry(value, self._now(), life, frozenset(tags))
        self._remember(key, entry)
        if self._store is None:
            return
        packed = pack(entry)
        sealed = self._seal.seal(packed, place=key) if self._seal else packed
        try:
            await self._store.put(key, sealed, keep_s=life.kept_s, tags=entry.tags)
        except StoreFailure:
            self._stats.store_failures += 1

    async def fetch(
        self,
        key: str,
        load: Load,
        *,
        life: Life = DEFAULT_LIFE,
        tags: Iterable[str] = (),
        is_fault: Callable[[Exception], bool] = lambda error: isinstance(error, Unavailable),
    ) -> Found:
        """
        The value under `key`, else what `load` gives, which is then kept.

        Askers of one key share one `load`. When it meets a fault, a value that is not too old stands in; any other
        exception comes out as it is, so that a denial is never answered from the cache.
        """
        value = self.peek(key)
        if value is not None:
            return Found(value, "memory", 0.0)
        entry, origin = await self._find(key)
        now = self._now()
        if entry is not None and entry.is_fresh(now):
            self._count_hit(origin)
            return Found(entry.value, origin, entry.age_s(now))
        self._stats.misses += 1
        if entry is not None and entry.is_stale(now) and self._refresh_later(key, load, life, tags):
            self._stats.stale_served += 1
            return Found(entry.value, origin, entry.age_s(now), is_stale=True)
        try:
            loaded = await self._flights.do(key, lambda: self._load(key, load, life, tags))
        except Exception as error:
            now = self._now()
            if entry is None or not is_fault(error) or not entry.covers_error(now):
                raise
            self._stats.errors_covered += 1
            return Found(entry.value, origin, entry.age_s(now), is_stale=True)
        return Found(loaded.value, "loaded", loaded.age_s(self._now()))

    async def delete(self, key: str) -> None:
        """Nothing is under `key`; raises Unavailable when the store cannot be told."""
        self._removals += 1
        self._memory.delete(key)
        if self._store is not None:
            try:
                await self._store.delete(key)
            except StoreFailure:
                raise _cannot_forget() from None

    async def forget(self, tag: str) -> None:
        """Nothing that carries `tag` is kept; raises Unavailable when the store cannot be told."""
        self._removals += 1
        self._memory.forget(tag)
        if self._store is not None:
            try:
                await self._store.forget(tag)
            except StoreFailure:
                raise _cannot_forget() from None

    async def warm(self, loads: Mapping[str, Load], *, life: Life = DEFAULT_LIFE, tags: Iterable[str] = ()) -> int:
        """Each key that could be loaded is fresh, a few at a time; how many were loaded."""
        limit = anyio.CapacityLimiter(_WARMED_AT_ONCE)
        loaded = 0

        async def warm_one(key: str, load: Load) -> None:
            nonlocal loaded
            async with limit:
                try:
                    found = await self.fetch(key, load, life=life, tags=tags)
                except Exception:  # noqa: BLE001 - warming is a favour: what fails now is asked for later
                    return
                loaded += found.origin == "loaded"

        async with anyio.create_task_group() as group:
            for key, load in loads.items():
                group.start_soon(warm_one, key, load)
        return loaded

    def stats(self) -> CacheStats:
        """The counts so far."""
        return replace(self._stats)

    async def _find(self, key: str) -> tuple[Entry | None, Literal["memory", "store"]]:
        entry = self._memory.get(key, self._monotonic())
        if entry is not None:
            return entry, "memory"
        entry = await self._read(key) if self._store is not None else None
        if entry is not None:
            self._remember(key, entry)
        return entry, "store"

    async def _read(self, key: str) -> Entry | None:
        assert self._store is not None  # noqa: S101 - for the type checker
        removals = self._removals
        try:
            sealed = await self._store.get(key)
        except StoreFailure:
            self._stats.store_failures += 1
            return None
        if sealed is None or removals != self._removals:
            return None
        try:
            entry = unpack(self._seal.open(sealed, place=key) if self._seal else sealed)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not a value
            await self._discard(key)
            return None
        return entry if entry.is_kept(self._now()) else None

    async def _discard(self, key: str) -> None:
        self._stats.poisoned += 1
        try:
            await self._store.delete(key) if self._store else None
        except StoreFailure:
            self._stats.store_failures += 1

    async def _load(self, key: str, load: Load, life: Life, tags: Iterable[str]) -> Entry:
        removals = self._removals
        value = await load()
        # What was removed while this was loaded must not come back with it.
        if removals == self._removals:
            await self.put(key, value, life=life, tags=tags)
        return Entry(value, self._now(), life)

    def _refresh_later(self, key: str, load: Load, life: Life, tags: Iterable[str]) -> bool:
        """Whether the value is being fetched anew in the background."""
        if self._background is None:
            return False
        if key not in self._refreshing:
            self._refreshing.add(key)
            self._background.start_soon(self._refresh, key, load, life, tags)
        return True

    async def _refresh(self, key: str, load: Load, life: Life, tags: Iterable[str]) -> None:
        try:
            await self._flights.do(key, lambda: self._load(key, load, life, tags))
        except Exception:  # noqa: BLE001 - the stale value was served; the next asker meets the error
            return
        finally:
            self._refreshing.discard(key)

    def _remember(self, key: str, entry: Entry) -> None:
        now, age = self._monotonic(), entry.age_s(self._now())
        until = now + min(entry.life.kept_s - age, self._longest_in_memory_s)
        self._memory.put(key, entry, fresh_until=now + entry.life.fresh_s - age, until=until)

    def _count_hit(self, origin: Literal["memory", "store"]) -> None:
        if origin == "memory":
            self._stats.memory_hits += 1
        else:
            self._stats.store_hits += 1

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _cannot_forget() -> Unavailable:
    return Unavailable(
        "The cache's store cannot be reached, so that something may still be kept there.",
        hint="Try again; until then the value is gone from this process's memory only.",
    )
