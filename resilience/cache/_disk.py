"""
The lower layer on disk, through diskcache: bytes in one SQLite file, and never a pickle.

Reads and writes take tens of microseconds and are done in place: a thread would cost several times that. A writer of
another process is waited for 10 ms at most; then the value is not kept.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, cast

from scribetree.resilience.cache._store import StoreFailure

__all__ = ["DiskStore"]

_MAX_VALUE_BYTES = 8 * 1024 * 1024
_BUSY_S = 0.01
_TAG_SEPARATOR = "\x1f"


class _Table(Protocol):
    """What is used of diskcache.Cache, which has no types."""

    def get(self, key: str, *, tag: bool = ...) -> Any: ...  # noqa: ANN401
    def set(self, key: str, value: bytes, *, expire: float, tag: str | None) -> bool: ...
    def delete(self, key: str) -> bool: ...
    def expire(self) -> int: ...
    def iterkeys(self) -> Iterable[Any]: ...
    def transact(self) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


class DiskStore:
    """Entries in `folder`, at most `size_bytes` of them, the oldest going first; several processes may share it."""

    def __init__(self, folder: Path, *, size_bytes: int = 256 * 1024 * 1024) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._failures, self._table = _open(folder, size_bytes)

    async def get(self, key: str) -> bytes | None:
        """The bytes under `key`; what is not bytes of ours is reported as b"", which no cache takes for an entry."""
        try:
            found = self._table.get(key)
        except _NotBytes:
            return b""
        except self._failures:
            raise StoreFailure from None
        return found if found is None or isinstance(found, bytes) else b""

    async def put(self, key: str, packed: bytes, *, keep_s: float, tags: Iterable[str]) -> None:
        """They are there for `keep_s` seconds; more than 8 MiB are not kept."""
        if len(packed) > _MAX_VALUE_BYTES:
            await self.delete(key)
            return
        tag = _TAG_SEPARATOR.join(["", *tags, ""])
        try:
            self._table.set(key, packed, expire=keep_s, tag=tag if tag != _TAG_SEPARATOR else None)
        except self._failures:
            raise StoreFailure from None

    async def delete(self, key: str) -> None:
        """Nothing is under `key`."""
        try:
            self._table.delete(key)
        except self._failures:
            raise StoreFailure from None

    async def forget(self, tag: str) -> list[str]:
        """Nothing that carries `tag` is there any more; all entries are looked at, for this is rare."""
        try:
            with self._table.transact():
                gone = [key for key in list(self._table.iterkeys()) if self._carries(key, tag)]
                for key in gone:
                    self._table.delete(key)
        except self._failures:
            raise StoreFailure from None
        return [str(key) for key in gone]

    def close(self) -> None:
        """The file is closed."""
        self._table.close()

    def _carries(self, key: str, tag: str) -> bool:
        try:
            _, tags = self._table.get(key, tag=True)
        except _NotBytes:
            return True
        return f"{_TAG_SEPARATOR}{tag}{_TAG_SEPARATOR}" in str(tags or "")


class _NotBytes(Exception):
    """A row that this store did not write."""


def _open(folder: Path, size_bytes: int) -> tuple[tuple[type[Exception], ...], _Table]:
    import diskcache  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - only where a disk is used

    library: Any = diskcache

    class BytesOnly(library.Disk):  # type: ignore[misc]
        """Bytes as they are, inside the one file; anything else is refused, also when it is found there."""

        def put(self, key: object) -> tuple[object, bool]:
            return str(key), True

        def get(self, key: object, raw: object) -> object:
            if not raw:
                raise _NotBytes
            return key

        def store(self, value: bytes, read: object, key: object = None) -> tuple[int, int, None, sqlite3.Binary]:
            return 0, library.core.MODE_RAW, None, sqlite3.Binary(value)

        def fetch(self, mode: int, filename: object, value: object, read: object) -> bytes:
            if mode != library.core.MODE_RAW or filename is not None or not isinstance(value, bytes):
                raise _NotBytes
            return value

    settings = {"sqlite_secure_delete": 1, "sqlite_auto_vacuum": 0, "size_limit": size_bytes}
    failures = (library.Timeout, sqlite3.Error, OSError)
    table = library.Cache(str(folder), timeout=_BUSY_S, disk=BytesOnly, **settings)
    return failures, cast("_Table", table)
