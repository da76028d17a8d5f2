"""
What a school plans, sealed: entries of several kinds, each with a version and every version before it.

Nothing here is about a student; figures about students come in through `queries.py` only. An entry is JSON that the
caller shapes. A change names the version it was made from, so that two people who edit one entry do not overwrite each
other, and the call it belongs to, so that the same call delivered twice changes it once.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Double, LargeBinary, String, Table, func, insert, select, update

from scribetree.clock import Clock
from scribetree.errors import InvalidInput, UnknownName
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

__all__ = ["Changed", "Entry", "Plans", "Version"]

MOST_ENTRIES = 50_000
_MOST_BYTES = 256 * 1024
_ID_LETTERS = 12

_entries = Table(
    "plan_entries",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("entry_id", String, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
_versions = Table(
    "plan_versions",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("entry_id", String, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("call", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", Double, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands: its kind, id, version (from 1) and content."""

    kind: str
    entry_id: str
    version: int
    body: Body


@dataclass(frozen=True, slots=True)
class Version:
    """One version that an entry had, by whom (a pseudonym) and when (seconds since 1970)."""

    version: int
    author: str
    at: float
    body: Body


@dataclass(frozen=True, slots=True)
class Changed:
    """The versions of all entries, in the order in which they were entered, and those that were not known yet."""

    versions: Mapping[tuple[str, str], int]
    fresh: tuple[Entry, ...]


class Plans:
    """The plans of one tenant."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._ring = ring
        self._clock = clock
        self._sealer = Sealer(ring, "plans")

    def since(self, known: Mapping[tuple[str, str], int]) -> Changed:
        """Every entry's version, and whole those whose version is not the known one."""
        heads = select(_entries.c.kind, _entries.c.entry_id, _entries.c.version).order_by(_entries.c.position)
        with self._database.read() as connection:
            rows = connection.execute(heads.where(self._of_tenant(_entries))).all()
            versions = {(row.kind, row.entry_id): row.version for row in rows}
            lacking = {key for key, version in versions.items() if known.get(key) != version}
            return Changed(versions, tuple(self._fresh(connection, lacking)))

    def get(self, kind: str, entry_id: str) -> Entry:
        """The entry; UnknownName where there is none."""
        with self._database.read() as connection:
            return self._get(connection, kind, entry_id)

    def add(self, kind: str, body: Body, *, author: str, call: str) -> tuple[Entry, bool]:
        """The new entry and True; if this call has added it before, what it added and False. Its id follows from it."""
        entry_id = f"{kind}-{self._of_call(kind, call, body)[:_ID_LETTERS]}"
        with self._database.write() as connection:
            self._database.lock(connection, "plans")
            found = self._row(connection, kind, entry_id)
            if found is not None:
                return self._entry(kind, entry_id, found.version, found.sealed), False
            entry = Entry(kind, entry_id, 1, {**body, "id": entry_id})
            self._store(connection, entry, author=author, call=call, is_new=True)
            return entry, True

    def put(self, kind: str, entry_id: str, body: Body, *, author: str, call: str) -> tuple[Entry, bool]:
        """An entry of a given id, new or in a new version; False where it said the same already."""
        with self._database.write() as connection:
            self._database.lock(connection, "plans")
            found = self._row(connection, kind, entry_id)
            before = None if found is None else self._entry(kind, entry_id, found.version, found.sealed)
            wanted = {**body, "id": entry_id}
            if before is not None and before.body == wanted:
                return before, False
            entry = Entry(kind, entry_id, 1 if before is None else before.version + 1, wanted)
            self._store(connection, entry, author=author, call=call, is_new=found is None)
            return entry, True

    def change(
        self,
        kind: str,
        entry_id: str,
        edit: Callable[[Body], Body],
        *,
        author: str,
        call: str,
        based_on: int | None = None,
    ) -> tuple[Entry, bool]:
        """
        The entry as `edit` leaves it, in its next version, and True; what it became and False if this call made it.

        A `based_on` that is not its version raises InvalidInput: somebody else was faster.
        """
        made_by = self._of_call(kind, call, {"id": entry_id})
        with self._database.write() as connection:
            self._database.lock(connection, "plans")
            before = self._get(connection, kind, entry_id)
            if self._was_made(connection, kind, entry_id, made_by):
                return before, False
            if based_on is not None and based_on != before.version:
                raise InvalidInput(
                    f"`version` is not the newest: it is {before.version} now.",
                    hint="Read it again, and make the change to what stands there.",
                )
            entry = Entry(kind, entry_id, before.version + 1, {**edit(before.body), "id": entry_id})
            self._store(connection, entry, author=author, call=call, is_new=False)
            return entry, True

    def history(self, kind: str, entry_id: str) -> tuple[Version, ...]:
        """Every version of the entry, oldest first; UnknownName where there is none."""
        query = select(_versions).where(
            self._of_tenant(_versions), _versions.c.kind == kind, _versions.c.entry_id == entry_id
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_versions.c.version)).all()
        if not rows:
            raise _unknown(kind)
        return tuple(
            Version(row.version, row.author, row.at, self._entry(kind, entry_id, row.version, row.sealed).body)
            for row in rows
        )

    def _fresh(self, connection: Connection, lacking: set[tuple[str, str]]) -> list[Entry]:
        if not lacking:
            return []
        query = select(_entries.c.kind, _entries.c.entry_id, _entries.c.version, _entries.c.sealed)
        query = query.where(self._of_tenant(_entries))
        if len(lacking) <= 500:
            query = query.where(_entries.c.entry_id.in_([entry_id for _, entry_id in lacking]))
        rows = connection.execute(query.order_by(_entries.c.position)).all()
        return [
            self._entry(row.kind, row.entry_id, row.version, row.sealed)
            for row in rows
            if (row.kind, row.entry_id) in lacking
        ]

    def _store(self, connection: Connection, entry: Entry, *, author: str, call: str, is_new: bool) -> None:
        plain = json.dumps(entry.body, ensure_ascii=False, separators=(",", ":")).encode()
        if len(plain) > _MOST_BYTES:
            raise InvalidInput(
                f"The entry would be larger than {_MOST_BYTES // 1024} KB.", hint="Begin another, and link the two."
            )
        sealed = self._sealer.seal(plain, place=self._place(entry.kind, entry.entry_id, entry.version))
        key = {"tenant": self._database.tenant, "kind": entry.kind, "entry_id": entry.entry_id}
        now = self._clock.now().timestamp()
        if is_new:
            connection.execute(
                insert(_entries).values(
                    **key, version=entry.version, position=self._next_position(connection), sealed=sealed
                )
            )
        else:
            connection.execute(
                update(_entries)
                .where(*(_entries.c[name] == value for name, value in key.items()))
                .values(version=entry.version, sealed=sealed)
            )
        made_by = self._of_call(entry.kind, call, {"id": entry.entry_id})
        connection.execute(
            insert(_versions).values(
                **key, version=entry.version, call=made_by, author=self._author(author), at=now, sealed=sealed
            )
        )

    def _get(self, connection: Connection, kind: str, entry_id: str) -> Entry:
        row = self._row(connection, kind, entry_id)
        if row is None:
            raise _unknown(kind)
        return self._entry(kind, entry_id, row.version, row.sealed)

    def _row(self, connection: Connection, kind: str, entry_id: str) -> Any:  # noqa: ANN401 - a row of SQLAlchemy
        query = select(_entries.c.version, _entries.c.sealed).where(
            self._of_tenant(_entries), _entries.c.kind == kind, _entries.c.entry_id == entry_id
        )
        return connection.execute(query).one_or_none()

    def _was_made(self, connection: Connection, kind: str, entry_id: str, made_by: str) -> bool:
        query = select(_versions.c.version).where(
            self._of_tenant(_versions),
            _versions.c.kind == kind,
            _versions.c.entry_id == entry_id,
            _versions.c.call == made_by,
        )
        return connection.execute(query.limit(1)).first() is not None

    def _next_position(self, connection: Connection) -> int:
        last = connection.execute(select(func.max(_entries.c.position)).where(self._of_tenant(_entries))).scalar_one()
        position = 1 if last is None else int(last) + 1
        if position > MOST_ENTRIES:
            raise InvalidInput(
                f"There are {MOST_ENTRIES} entries already.",
                hint="Export the plan, and begin a new one in another folder.",
            )
        return position

    def _entry(self, kind: str, entry_id: str, version: int, sealed: bytes) -> Entry:
        plain = self._sealer.open(sealed, place=self._place(kind, entry_id, version))
        return Entry(kind, entry_id, version, json.loads(plain))

    def _of_tenant(self, table: Table) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
        return table.c.tenant == self._database.tenant

    def _place(self, kind: str, entry_id: str, version: int) -> str:
        return f"{self._database.tenant}/{kind}/{entry_id}/{version}"

    def _author(self, requester_id: str) -> Pseudonym:
        return pseudonym(self._ring, requester_id, tenant=self._database.tenant, scope="plans")

    def _of_call(self, kind: str, call: str, body: Body) -> str:
        told = json.dumps([kind, call, body], sort_keys=True, default=str)
        return pseudonym(self._ring, told, tenant=self._database.tenant, scope="plan-calls")


def _unknown(kind: str) -> UnknownName:
    return UnknownName(f"There is no {kind} of that id.", hint=f"List them, or enter a {kind} first.")
