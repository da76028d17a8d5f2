"""The lower layer on Redis, shared by all hosts; needs the extra `redis`."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

import anyio

from scribetree.errors import CircuitOpen
from scribetree.resilience.breaker import Breaker
from scribetree.resilience.cache._store import StoreFailure

__all__ = ["RedisStore"]

_PREFIX = "scribetree:cache:"
_LIMIT_S = 0.5

# A key that has left by itself stays named in the set of its tag until the set goes; removing it again does nothing.
_FORGET = """
local keys = redis.call('SMEMBERS', KEYS[1])
for _, key in ipairs(keys) do redis.call('UNLINK', key) end
redis.call('UNLINK', KEYS[1])
return keys
"""


class RedisStore:
    """Entries under `scribetree:cache:`; each tag is a set of the keys that carry it, kept as long as the last."""

    def __init__(self, redis: Any, *, prefix: str = _PREFIX) -> None:  # noqa: ANN401 - redis.asyncio.Redis, an extra
        from redis.exceptions import RedisError  # noqa: PLC0415 - an extra

        self._redis = redis
        self._prefix = prefix
        self._forget = redis.register_script(_FORGET)
        self._failures = (RedisError, OSError, CircuitOpen)
        self._breaker = Breaker(name="Redis")

    async def get(self, key: str) -> bytes | None:
        """The bytes under `key`, if they are there."""
        with self._reaching():
            found = await self._redis.get(self._prefix + key)
        return found if found is None or isinstance(found, bytes) else str(found).encode()

    async def put(self, key: str, packed: bytes, *, keep_s: float, tags: Iterable[str]) -> None:
        """They are there for `keep_s` seconds, in place of what was."""
        full, keep_ms = self._prefix + key, max(1, int(keep_s * 1000))
        with self._reaching():
            async with self._redis.pipeline(transaction=True) as together:
                together.set(full, packed, px=keep_ms)
                for tag in tags:
                    together.sadd(self._tag(tag), full)
                    together.pexpire(self._tag(tag), keep_ms, nx=True)
                    together.pexpire(self._tag(tag), keep_ms, gt=True)
                await together.execute()

    async def delete(self, key: str) -> None:
        """Nothing is under `key`."""
        with self._reaching():
            await self._redis.unlink(self._prefix + key)

    async def forget(self, tag: str) -> list[str]:
        """Nothing that carries `tag` is there any more."""
        with self._reaching():
            gone: list[bytes | str] = await self._forget(keys=[self._tag(tag)], args=[])
        names = [name.decode() if isinstance(name, bytes) else name for name in gone]
        return [name.removeprefix(self._prefix) for name in names]

    @contextmanager
    def _reaching(self) -> Generator[None]:
        """What the block asks of Redis is answered soon, or the store has failed."""
        try:
            with self._breaker.attempt(is_fault=lambda _: True), anyio.fail_after(_LIMIT_S):
                yield
        except self._failures:
            raise StoreFailure from None

    def _tag(self, tag: str) -> str:
        return f"{self._prefix}tag:{tag}"
