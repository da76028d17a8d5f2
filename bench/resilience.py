"""
What one decision of the breaker, the limiter and the cache costs, beside a peer where there is one.

    .venv/bin/python bench/resilience.py [--rounds 7]
    uv run --with-editable . --with limits --with pybreaker --with redis bench/resilience.py     # with the peers

Each figure is the median of the rounds, in microseconds of the processor; where Redis is waited for, on the wall. The
cache's value has 2,000 bytes and is sealed with AES-256-GCM below memory. Redis figures need a Redis on 127.0.0.1:6379.
"""

import argparse
import asyncio
import importlib.util
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import diskcache

from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer
from scribetree.resilience import Breaker, Cache, DiskStore, Life, Limiter, Rate, RedisLimiter, RedisStore

CALLS = 20_000
SLOW_CALLS = 1_000
VALUE = os.urandom(2_000)
AGES = Life(fresh_s=3600)


def per_call(work: Callable[[], object], calls: int = CALLS) -> float:
    """Microseconds of the processor a call, which other work on the machine changes little."""
    started = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - started) / calls * 1e6


async def per_await(
    work: Callable[[int], Awaitable[object]], calls: int = SLOW_CALLS, *, clock: Callable[[], float] = time.process_time
) -> float:
    started = clock()
    for number in range(calls):
        await work(number)
    return (clock() - started) / calls * 1e6


def breaker_figures() -> dict[str, float]:
    closed, opened = Breaker(), Breaker()
    for _ in range(5):
        opened.admit().failed()

    def refused() -> None:
        try:
            opened.admit()
        except Exception:  # noqa: BLE001 - the refusal is what is measured
            return

    figures = {
        "breaker: admit and count a success": per_call(lambda: closed.admit().succeeded()),
        "breaker: refuse while open": per_call(refused),
    }
    if importlib.util.find_spec("pybreaker"):
        import pybreaker  # noqa: PLC0415 - a peer that may not be there

        peer = pybreaker.CircuitBreaker(fail_max=5, reset_timeout=30)
        figures["peer pybreaker: a call that succeeds"] = per_call(lambda: peer.call(int))
    return figures


def limiter_figures() -> dict[str, float]:
    limiter = Limiter(client=Rate(1e9), service=Rate(1e9))
    tight = Limiter(client=Rate(1), service=Rate(1e9))
    crowded = Limiter(client=Rate(1e9), service=Rate(1e9))
    for number in range(10_000):
        crowded.take(f"client-{number}")
    figures = {
        "limiter: let through": per_call(lambda: limiter.take("client")),
        "limiter: refuse": per_call(lambda: tight.take("client")),
        "limiter: let through, 10,000 clients known": per_call(lambda: crowded.take("client-77")),
    }
    if importlib.util.find_spec("limits"):
        from limits import RateLimitItemPerMinute  # noqa: PLC0415 - a peer that may not be there
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import FixedWindowRateLimiter  # noqa: PLC0415

        storage = MemoryStorage()
        peer, rate = FixedWindowRateLimiter(storage), RateLimitItemPerMinute(10**9)
        figures["peer limits (fixed window, one bucket)"] = per_call(lambda: peer.hit(rate, "client"))
        if storage.timer:
            storage.timer.cancel()
    return figures


async def cache_figures(home: Path) -> dict[str, float]:
    seal = Sealer(KeyRing.at(home), "bench")
    disk = DiskStore(home / "cache")
    plain = Cache()
    await plain.put("k", VALUE, life=AGES)
    only_disk = Cache(store=disk, seal=seal, memory_entries=0)
    await only_disk.put("k", VALUE, life=AGES)
    figures = {
        "cache: read from memory (peek)": per_call(lambda: plain.peek("k")),
        "cache: read from memory (await get)": await per_await(lambda _: plain.get("k"), CALLS),
        "cache: read from disk, sealed": await per_await(lambda _: only_disk.get("k")),
        "cache: write to disk, sealed": await per_await(lambda n: only_disk.put(f"k{n % 200}", VALUE, life=AGES)),
    }
    disk.close()
    bare = diskcache.Cache(str(home / "bare"))
    bare.set("k0", VALUE, expire=3600)
    figures["peer diskcache, plain: read"] = per_call(lambda: bare.get("k0"), SLOW_CALLS)
    numbers = iter(range(SLOW_CALLS))
    figures["peer diskcache, plain: write"] = per_call(
        lambda: bare.set(f"k{next(numbers) % 200}", VALUE, expire=3600), SLOW_CALLS
    )
    bare.close()
    return figures


async def redis_figures(home: Path) -> dict[str, float]:
    if not importlib.util.find_spec("redis"):
        return {}
    from redis.asyncio import Redis  # noqa: PLC0415 - an extra
    from redis.exceptions import ConnectionError as NoRedis  # noqa: PLC0415

    async with Redis(host="127.0.0.1", port=6379, socket_connect_timeout=1) as redis:
        client: Any = redis
        try:
            await client.ping()
        except NoRedis:
            return {}
        limiter = RedisLimiter(client, service_name="bench", client=Rate(1e9), service=Rate(1e9))
        cache = Cache(store=RedisStore(client), seal=Sealer(KeyRing.at(home), "bench"), memory_entries=0)
        await cache.put("bench", VALUE, life=Life(fresh_s=60))
        return {
            "bare Redis: one ping": await per_await(lambda _: client.ping(), clock=time.perf_counter),
            "limiter on Redis: one script": await per_await(lambda _: limiter.take("client"), clock=time.perf_counter),
            "cache: read from Redis, sealed": await per_await(lambda _: cache.get("bench"), clock=time.perf_counter),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    rounds: list[dict[str, float]] = []
    for _ in range(parser.parse_args().rounds):
        with tempfile.TemporaryDirectory() as home:
            figures = breaker_figures() | limiter_figures()
            figures |= asyncio.run(cache_figures(Path(home))) | asyncio.run(redis_figures(Path(home)))
            rounds.append(figures)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, {len(rounds)} rounds; microseconds of the processor a call")
    for name in rounds[0]:
        seen = sorted(each[name] for each in rounds)
        print(f"{name:45} {statistics.median(seen):9.2f}   (best {seen[0]:.2f}, worst {seen[-1]:.2f})")


if __name__ == "__main__":
    main()
