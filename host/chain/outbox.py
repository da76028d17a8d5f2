"""
Writes that wait for their server: on disk before they are acknowledged, delivered once, visible until then.

One SQLite file in SCRIBETREE_HOME. What a write says is sealed; beside it stand the server, the tool, the students'
pseudonyms, times and a state. The receipt of a write that may be repeated is a keyed hash of it: accepted again while
it waits, it is the same one. A process that delivers claims the write first, and a claim ends by itself, so that a
death in between loses nothing. A write that may not be repeated and whose delivery broke off is `uncertain`: it stays
for a person to see.
"""

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import anyio.to_thread

from scribetree.clock import Clock
from scribetree.errors import Unavailable, UnknownName
from scribetree.host.chain._call import Call, students_in
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

__all__ = ["Claimed", "Outbox", "State", "Waiting"]

State = Literal["pending", "delivering", "uncertain", "refused"]

_FILE = "outbox.db"
_BUSY_S = 5.0
_CLAIM_S = 300.0
_MOST_WAITING = 10_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    receipt TEXT PRIMARY KEY, server TEXT NOT NULL, tool TEXT NOT NULL, repeatable INTEGER NOT NULL,
    queued_at REAL NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, claimed_until REAL,
    why TEXT NOT NULL DEFAULT '', students TEXT NOT NULL, sealed BLOB NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One write that has not been done, without what it says."""

    receipt: str
    server: str
    tool: str
    queued_at: datetime
    state: State
    tries: int
    why: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """One write that this process, and no other, delivers now."""

    receipt: str
    is_repeatable: bool
    call: Call


class Outbox:
    """The waiting writes of one installation; each step is on disk when it returns."""

    def __init__(self, *, home: Path, ring: KeyRing, clock: Clock) -> None:
        self._path = home / _FILE
        self._ring = ring
        self._sealer = Sealer(ring, "outbox")
        self._clock = clock

    async def put(self, call: Call, *, is_repeatable: bool) -> Waiting:
        """The write waits; one that is waiting already does not wait twice."""
        return await anyio.to_thread.run_sync(self._put, call, is_repeatable)

    async def claim(self, server: str, *, limit_s: float) -> Claimed | None:
        """The oldest write that waits for `server`, for this process alone."""
        return await anyio.to_thread.run_sync(self._claim, server, limit_s) if self._path.exists() else None

    async def delivered(self, claimed: Claimed) -> None:
        """It was done, and waits no more."""
        await anyio.to_thread.run_sync(self._delete, claimed.receipt)

    async def release(self, claimed: Claimed, *, state: State, why: str) -> None:
        """It was not done, or nobody knows, and stays."""
        await anyio.to_thread.run_sync(self._release, claimed.receipt, state, why)

    def waiting(self) -> list[Waiting]:
        """All that has not been done, oldest first."""
        if not self._path.exists():
            return []
        with self._connected() as database:
            self._end_claims(database)
            rows = database.execute(f"SELECT {_SHOWN} FROM outbox ORDER BY queued_at, receipt").fetchall()  # noqa: S608
        return [_waiting(row) for row in rows]

    def drop(self, receipt: str) -> None:
        """It will not be done; UnknownName if there is no such write."""
        if not self._path.exists() or not self._delete(receipt):
            raise UnknownName.of("receipt", receipt, [each.receipt for each in self.waiting()])

    async def withdraw(self, receipt: str) -> bool:
        """Whether it still waited, and so will not be done; what is being delivered, or was, cannot be withdrawn."""
        return await anyio.to_thread.run_sync(self._withdraw, receipt) if self._path.exists() else False

    def about(self, is_subject: Callable[[str], bool]) -> list[dict[str, Any]]:
        """What the waiting writes say that name a student whom `is_subject` recognises."""
        if not self._path.exists():
            return []
        with self._connected() as database:
            rows = database.execute("SELECT receipt, sealed FROM outbox ORDER BY queued_at, receipt").fetchall()
        waiting = [
            (receipt, _unpacked(self._sealer.open(sealed, place=receipt), limit_s=0)) for receipt, sealed in rows
        ]
        return [
            {"receipt": receipt, "server": call.server, "tool": call.tool, "arguments": call.arguments}
            for receipt, call in waiting
            if any(is_subject(student) for student in students_in(call.arguments))
        ]

    def forget(self, subject: Pseudonym) -> int:
        """No write that names this person waits any more, and no deleted byte of one is left; how many did."""
        if not self._path.exists():
            return 0
        with self._connected() as database:
            gone = database.execute("DELETE FROM outbox WHERE instr(students, ?)", (subject,)).rowcount
        self._truncate_log()
        return gone

    def _truncate_log(self) -> None:
        with closing(sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)) as database:
            busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Unavailable(
                "The outbox is in use: deleted bytes may still be in its log.", hint="Ask for the erasure again."
            )

    def _put(self, call: Call, is_repeatable: bool) -> Waiting:
        receipt = self._receipt(call) if is_repeatable else secrets.token_hex(16)
        sealed = self._sealer.seal(_packed(call), place=receipt)
        students = " ".join(sorted(pseudonym(self._ring, student) for student in students_in(call.arguments)))
        queued_at = self._clock.now().timestamp()
        row = (receipt, call.server, call.tool, is_repeatable, queued_at, "pending", students, sealed)
        with self._connected() as database:
            if database.execute("SELECT count(*) FROM outbox").fetchone()[0] >= _MOST_WAITING:
                raise Unavailable("The outbox is full; nothing was stored.", hint="See `scribetree outbox`.")
            database.execute(
                "INSERT INTO outbox (receipt, server, tool, repeatable, queued_at, state, students, sealed) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (receipt) DO NOTHING",
                row,
            )
            query = f"SELECT {_SHOWN} FROM outbox WHERE receipt = ?"  # noqa: S608
            return _waiting(database.execute(query, (receipt,)).fetchone())

    def _claim(self, server: str, limit_s: float) -> Claimed | None:
        with self._connected() as database:
            self._end_claims(database)
            row = database.execute(
                "UPDATE outbox SET state = 'delivering', tries = tries + 1, claimed_until = ? WHERE receipt = ("
                "SELECT receipt FROM outbox WHERE server = ? AND state = 'pending' ORDER BY queued_at, receipt LIMIT 1"
                ") RETURNING receipt, repeatable, sealed",
                (self._clock.now().timestamp() + max(_CLAIM_S, 2 * limit_s), server),
            ).fetchone()
        if row is None:
            return None
        receipt, is_repeatable, sealed = row
        call = _unpacked(self._sealer.open(sealed, place=receipt), limit_s=limit_s)
        return Claimed(receipt, bool(is_repeatable), call)

    def _end_claims(self, database: sqlite3.Connection) -> None:
        """What a process that died was delivering waits again, or is uncertain."""
        database.execute(
            "UPDATE outbox SET state = CASE WHEN repeatable THEN 'pending' ELSE 'uncertain' END, "
            "why = 'its delivery broke off' WHERE state = 'delivering' AND claimed_until < ?",
            (self._clock.now().timestamp(),),
        )

    def _withdraw(self, receipt: str) -> bool:
        with self._connected() as database:
            query = "DELETE FROM outbox WHERE receipt = ? AND state IN ('pending', 'refused')"
            return database.execute(query, (receipt,)).rowcount > 0

    def _release(self, receipt: str, state: State, why: str) -> None:
        with self._connected() as database:
            database.execute("UPDATE outbox SET state = ?, why = ? WHERE receipt = ?", (state, why, receipt))

    def _delete(self, receipt: str) -> bool:
        with self._connected() as database:
            return database.execute("DELETE FROM outbox WHERE receipt = ?", (receipt,)).rowcount > 0

    def _receipt(self, call: Call) -> str:
        return hmac.new(self._ring.key("outbox"), _packed(call, with_request=False), hashlib.sha256).hexdigest()[:32]

    @contextmanager
    def _connected(self) -> Generator[sqlite3.Connection]:
        """One transaction, on disk when the block ends; Unavailable where the file cannot be used."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)) as database:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("PRAGMA synchronous=FULL")
                database.execute("PRAGMA secure_delete=ON")
                database.execute(_SCHEMA)
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(
                "The outbox cannot be used: it is locked, full or damaged; nothing was stored.",
                hint="Free disk space or stop what holds `outbox.db` in SCRIBETREE_HOME, then try again.",
            ) from error


_SHOWN = "receipt, server, tool, queued_at, state, tries, why"


def _waiting(row: tuple[Any, ...]) -> Waiting:
    receipt, server, tool, queued_at, state, tries, why = row
    return Waiting(receipt, server, tool, datetime.fromtimestamp(queued_at, UTC), state, tries, why)


def _packed(call: Call, *, with_request: bool = True) -> bytes:
    caller = asdict(call.caller)
    if not with_request:
        del caller["correlation_id"]
    shape = {"server": call.server, "tool": call.tool, "arguments": call.arguments, "caller": caller}
    return json.dumps(shape, sort_keys=True).encode()


def _unpacked(plain: bytes, *, limit_s: float) -> Call:
    shape = json.loads(plain)
    return Call(shape["server"], shape["tool"], shape["arguments"], PrivacyContext(**shape["caller"]), limit_s)
