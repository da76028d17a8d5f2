"""What a cache's lower layer must do, and the one that keeps it in memory."""

from collections.abc import Iterable
from typing import Protocol

from scribetree.clock import Clock, SystemClock

__all__ = ["MemoryStore", "Seal", "Store", "StoreFailure"]


class StoreFailure(Exception):
    """The store cannot be used just now; the cache takes it for a miss."""


class Store(Protocol):
    """Bytes by key, each with tags and a time after which it may be forgotten."""

    async def get(self, key: str) -> bytes | None:
        """The bytes under `key`, if they are there."""
        ...

    async def put(self, key: str, packed: bytes, *, keep_s: float, tags: Iterable[str]) -> None:
        """They are there for `keep_s` seconds, in place of what was."""
        ...

    async def delete(self, key: str) -> None:
        """Nothing is under `key`."""
        ...

    async def forget(self, tag: str) -> list[str]:
        """Nothing that carries `tag` is there any more; the keys that were removed."""
        ...


class Seal(Protocol):
    """Makes bytes that only this installation can read, bound to a place; `privacy.sealed.Sealer` is one."""

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """`plain`, sealed for `place`."""
        ...

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """What was sealed for `place`; anything else raises."""
        ...


class MemoryStore:
    """A store for tests, and for those who want two layers in one process."""

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._kept: dict[str, tuple[bytes, float, frozenset[str]]] = {}

    async def get(self, key: str) -> bytes | None:
        kept = self._kept.get(key)
        return kept[0] if kept and self._clock.monotonic() < kept[1] else None

    async def put(self, key: str, packed: bytes, *, keep_s: float, tags: Iterable[str]) -> None:
        self._kept[key] = (packed, self._clock.monotonic() + keep_s, frozenset(tags))

    async def delete(self, key: str) -> None:
        self._kept.pop(key, None)

    async def forget(self, tag: str) -> list[str]:
        gone = [key for key, (_, _, tags) in self._kept.items() if tag in tags]
        for key in gone:
            del self._kept[key]
        return gone
