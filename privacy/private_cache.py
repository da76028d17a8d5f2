"""
A cache whose keys tell nothing, whose values only their subject's key opens, and which never gives a wrong answer.

A key is a keyed hash of what was asked. A value is sealed under the subject's own key and bound to its key, its
purpose, and the epoch of the subject's consent; it ends with its time, with any change of that consent, and with the
subject's key. Whatever does not open, or is not what was put there, is a miss. Nothing is unpickled.

What keeps the bytes is any `ByteStore`; `MemoryStore` and `FileStore` (one SQLite file) are here.
"""

import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from scribetree.clock import Clock
from scribetree.errors import ScribeTreeError, UnknownName
from scribetree.privacy.consent import ConsentLedger
from scribetree.privacy.context import Purpose
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import FieldSealer, Place, seal_field
from scribetree.privacy.subject_keys import SubjectKey

__all__ = ["ByteStore", "FileStore", "MemoryStore", "PrivateCache"]

MAX_VALUE_BYTES = 1024 * 1024
_SCHEMA = 1
_BUSY_TIMEOUT_S = 5.0
_KEEP = (
    "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, tag = excluded.tag"
)


class ByteStore(Protocol):
    """Somewhere to keep bytes; each entry has a tag, by which all that carry it can be deleted."""

    def get(self, key: str) -> bytes | None:
        """The bytes kept under `key`, if they are there."""
        ...

    def set(self, key: str, value: bytes, *, tag: str) -> None:
        """`value` is kept under `key`."""
        ...

    def delete(self, *, key: str | None = None, tag: str | None = None) -> int:
        """What is kept under `key`, or under tags that begin with `tag`, is gone; how many there were."""
        ...

    def close(self) -> None:
        """What this thread holds open is closed; it may be opened again."""
        ...


class MemoryStore:
    """Bytes in this process, the oldest of which make room."""

    def __init__(self, *, max_entries: int = 10_000) -> None:
        self._kept: dict[str, tuple[bytes, str]] = {}
        self._max_entries = max_entries
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        found = self._kept.get(key)
        return None if found is None else found[0]

    def set(self, key: str, value: bytes, *, tag: str) -> None:
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (value, tag)
            while len(self._kept) > self._max_entries:
                del self._kept[next(iter(self._kept))]

    def delete(self, *, key: str | None = None, tag: str | None = None) -> int:
        with self._lock:
            gone = [
                name
                for name, (_, kept) in self._kept.items()
                if name == key or (tag is not None and kept.startswith(tag))
            ]
            for name in gone:
                del self._kept[name]
        return len(gone)

    def close(self) -> None:
        """Nothing is held open."""


class FileStore:
    """Bytes in one SQLite file that all processes share; it may be deleted at any time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._local = threading.local()
        with self._connected() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, tag TEXT NOT NULL)"
            )
            connection.execute("CREATE INDEX IF NOT EXISTS entries_by_tag ON entries (tag)")
        path.chmod(0o600)

    def get(self, key: str) -> bytes | None:
        with self._connected() as connection:
            found = connection.execute("SELECT value FROM entries WHERE key = ?", (key,)).fetchone()
        return None if found is None else bytes(found[0])

    def set(self, key: str, value: bytes, *, tag: str) -> None:
        with self._connected() as connection:
            connection.execute(_KEEP, (key, value, tag))

    def delete(self, *, key: str | None = None, tag: str | None = None) -> int:
        with self._connected() as connection:
            gone = connection.execute(
                "DELETE FROM entries WHERE key = ? OR (tag >= ? AND tag < ?)",
                (key, tag or "", (tag or "") + ("\U0010ffff" if tag else "")),
            ).rowcount
            # What was deleted shall not be read from the write-ahead log.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def close(self) -> None:
        """This thread's connection is closed."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            del self._local.connection

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection]:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA secure_delete=ON")
            self._local.connection = connection
        yield connection


@dataclass(frozen=True, slots=True)
class PrivateCache:
    """A cache of what was worked out about students."""

    store: ByteStore
    ring: KeyRing
    sealer: FieldSealer
    consent: ConsentLedger
    clock: Clock
    tenant: str

    def close(self) -> None:
        """The store holds no file open in this thread."""
        self.store.close()

    def key(self, *parts: str) -> str:
        """The name under which the answer to `parts` is kept; ("ab", "c") and ("a", "bc") have different ones."""
        framed = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in (self.tenant, *parts))
        return hmac.new(self.ring.key("cache"), framed, hashlib.sha256).hexdigest()

    def get(self, key: str, *, subject: Pseudonym, purpose: Purpose) -> Any | None:  # noqa: ANN401 - JSON
        """What was put there for that purpose, while it counts; else None. It never raises."""
        try:
            kept = self.store.get(key)
            if kept is None:
                return None
            with self.consent.reading() as connection:
                epoch, _ = self.consent.standing_in(subject, connection)
                plain = self.sealer.open(kept, place=self._place(key, subject, purpose), connection=connection)
            entry = json.loads(plain)
            counts = entry["until"] > self.clock.now().timestamp() and entry["epoch"] == epoch
            return entry["value"] if counts else None
        except (ScribeTreeError, sqlite3.Error, ValueError, KeyError, TypeError, OSError):
            return None

    def set(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - JSON
        *,
        subject: Pseudonym,
        purpose: Purpose,
        lasts: timedelta,
    ) -> bool:
        """Whether the value is kept; a cache that cannot keep it is no reason for a call to fail."""
        try:
            epoch, subject_key = self._epoch_and_key(subject)
            entry = {"value": value, "until": (self.clock.now() + lasts).timestamp(), "epoch": epoch}
            plain = json.dumps(entry, ensure_ascii=False).encode()
            if len(plain) > MAX_VALUE_BYTES:
                return False
            sealed = seal_field(subject_key, plain, place=self._place(key, subject, purpose))
            self.store.set(key, sealed, tag=self._tag(subject, purpose))
        except (ScribeTreeError, sqlite3.Error, ValueError, TypeError, OSError):
            return False
        return True

    def invalidate(self, subject: Pseudonym, *, purpose: Purpose | None = None) -> int:
        """Nothing is kept about the subject (for that purpose) any more."""
        return self.store.delete(tag=self._tag(subject, purpose))

    def _epoch_and_key(self, subject: Pseudonym) -> tuple[int, SubjectKey]:
        """Both as one moment saw them; a key that is made now is later than the epoch, which does no harm."""
        with self.consent.reading() as connection:
            epoch, _ = self.consent.standing_in(subject, connection)
            with suppress(UnknownName):
                return epoch, self.sealer.keys.key(subject, connection=connection)
        return epoch, self.sealer.keys.obtain(subject)

    def _tag(self, subject: Pseudonym, purpose: Purpose | None) -> str:
        return f"{self.tenant}/{subject}/{purpose or ''}"

    def _place(self, key: str, subject: Pseudonym, purpose: Purpose) -> Place:
        return Place(self.tenant, subject, f"cache/{key}", purpose, _SCHEMA)
