"""
One key a person, wrapped under an epoch of the ring: destroy it, and what it sealed is erased wherever a copy is.

A destroyed key leaves a tombstone (pseudonym and time), so that nothing is ever sealed for an erased person by a write
that raced the erasure. Destruction has four steps, each durable: the wrapped key is deleted; the deleted bytes are
wiped from the database's files; the files are searched for them; the tombstone says that it is done. Whoever calls
again after a crash goes on from the step that was not finished.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from scribetree.clock import Clock
from scribetree.errors import ConfigError, InternalError, KeyDestroyed, TamperDetected, Unavailable, UnknownName
from scribetree.privacy._aead import NONCE_BYTES, Altered, decrypt, encrypt
from scribetree.privacy._parts import joined
from scribetree.privacy._prepared import Prepared
from scribetree.privacy._scan import found_in
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import KEY_ID_BYTES

__all__ = ["DestroyReceipt", "SubjectKey", "SubjectKeys", "keys_table"]

_KEY_BYTES = 32
_BATCH = 500

keys_table = Table(
    "subject_keys",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("key_id", LargeBinary, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Float, nullable=False),
)
_destroyed = Table(
    "destroyed_keys",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("destroyed_at", Float, nullable=False),
    Column("epoch", BigInteger),
    Column("unwiped", LargeBinary),
)
_ring_check = Table(
    "key_ring_check",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", LargeBinary, nullable=False),
)

_keys = keys_table

_select_key = select(_keys).where(_keys.c.tenant == bindparam("t"), _keys.c.subject == bindparam("s"))
_prepared_key = Prepared(_select_key)
_select_destroyed = select(_destroyed).where(
    _destroyed.c.tenant == bindparam("t"), _destroyed.c.subject == bindparam("s")
)


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """One person's key; `key_id` is random, and stands in front of everything that the key sealed."""

    key_id: bytes
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DestroyReceipt:
    """
    What was done to one person's key.

    `wiped` says that no byte of it was found in the database's own files. `retire_epoch` is the epoch under which older
    backups still hold it: retire that epoch to erase it there, too.
    """

    subject: Pseudonym
    destroyed_at: datetime
    wiped: bool
    limits: str
    searched_bytes: int
    retire_epoch: int | None


@dataclass(frozen=True, slots=True)
class _WrappedKey:
    """A row of `subject_keys`."""

    tenant: str
    subject: str
    key_id: bytes
    epoch: int
    wrapped: bytes
    created_at: float


@dataclass(frozen=True, slots=True)
class _Tombstone:
    """A row of `destroyed_keys`."""

    tenant: str
    subject: str
    destroyed_at: float
    epoch: int | None
    unwiped: bytes | None


class SubjectKeys:
    """The keys of one tenant's people."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._ring = ring
        self._clock = clock
        self._ring_fits = False

    @property
    def tenant(self) -> str:
        """Whose people these are."""
        return self._database.tenant

    def key(self, subject: Pseudonym, *, connection: Connection | None = None) -> SubjectKey:
        """The person's key; KeyDestroyed after an erasure, UnknownName if there never was one."""
        if connection is None:
            with self._database.read() as own:
                return self.key(subject, connection=own)
        found = self._find(connection, subject)
        if found is None:
            raise UnknownName("Nothing is kept under a key of this person.", hint="Store something first.")
        return found

    def held(self, subject: Pseudonym, *, connection: Connection) -> SubjectKey | None:
        """The person's key; None if there is none, or none any more."""
        try:
            return self._find(connection, subject)
        except KeyDestroyed:
            return None

    def obtain(self, subject: Pseudonym, *, connection: Connection | None = None) -> SubjectKey:
        """The person's key, made if there is none; `connection`, if given, is a write transaction's."""
        if connection is None:
            with self._database.read() as own:
                found = self._find(own, subject)
        else:
            found = self._find(connection, subject)
        if found is not None:
            return found
        with self._database.write_in(connection) as writing:
            self._database.lock(writing, "keys")
            return self._find(writing, subject) or self._make(writing, subject)

    def rewrap(self, to_epoch: int | None = None) -> int:
        """
        Every key of every tenant is wrapped under `to_epoch` (by default the current one); how many were not.

        Batches commit one by one: after a kill at any moment every key opens, and the next call does the rest.
        """
        epoch = to_epoch or self._ring.current
        everywhere, done = self._database.of_all_tenants(), 0
        while True:
            with everywhere.write() as connection:
                self._database.lock(connection, "keys")
                self._check_ring(connection)
                rows = connection.execute(select(_keys).where(_keys.c.epoch != epoch).limit(_BATCH)).all()
                if not rows:
                    return done
                connection.execute(_rewrapped, self._rewrapped([_WrappedKey(*row) for row in rows], epoch))
            done += len(rows)

    def retire(self, epoch: int) -> None:
        """The epoch's key is gone from the ring; refused while any person's key is still wrapped under it."""
        with self._database.of_all_tenants().write() as connection:
            self._database.lock(connection, "keys")
            left = connection.execute(
                select(func.count()).select_from(_keys).where(_keys.c.epoch == epoch)
            ).scalar_one()
            if left:
                raise ConfigError(
                    f"{left} keys are still wrapped under epoch {epoch}.", hint="Rewrap them first, then retire it."
                )
            self._ring.retire(epoch)

    def destroy(self, subject: Pseudonym) -> DestroyReceipt:
        """The person's key is gone from the database and its files, once for all; safe to repeat after a crash."""
        tombstone = self._delete(subject)
        searched = 0
        if tombstone.unwiped is not None:
            searched = self._wipe(_inverted(tombstone.unwiped))
            self._close(subject)
        return DestroyReceipt(
            subject=subject,
            destroyed_at=datetime.fromtimestamp(tombstone.destroyed_at, UTC),
            wiped=self._database.is_sqlite,
            limits=self._database.deletion_limits,
            searched_bytes=searched,
            retire_epoch=tombstone.epoch,
        )

    def discard(self, subject: Pseudonym, connection: Connection) -> None:
        """A key that is nobody's own, of something made anew when it is wanted, is gone; a wipe ends its bytes."""
        connection.execute(delete(_keys).where(_keys.c.tenant == self._database.tenant, _keys.c.subject == subject))

    def unfinished(self) -> list[Pseudonym]:
        """The people whose destruction a crash interrupted; `destroy` finishes it."""
        query = select(_destroyed.c.subject).where(
            _destroyed.c.tenant == self.tenant, _destroyed.c.unwiped.is_not(None)
        )
        with self._database.read() as connection:
            return [Pseudonym(subject) for subject in connection.execute(query).scalars()]

    def subject_of(self, key_id: bytes, *, connection: Connection | None = None) -> Pseudonym | None:
        """Whose key has that id; None once it is destroyed."""
        query = select(_keys.c.subject).where(_keys.c.tenant == self.tenant, _keys.c.key_id == key_id)
        with self._database.read_in(connection) as reading:
            subject = reading.execute(query).scalar_one_or_none()
        return Pseudonym(subject) if subject is not None else None

    def _find(self, connection: Connection, subject: Pseudonym) -> SubjectKey | None:
        row = _prepared_key.first(connection, {"t": self.tenant, "s": subject})
        if row is not None:
            wrapped = _WrappedKey(*row)
            return _unwrap(wrapped, under=self._ring.wrapping_key(wrapped.epoch))
        if connection.execute(_select_destroyed, {"t": self.tenant, "s": subject}).one_or_none() is not None:
            raise KeyDestroyed("Nothing is kept about this person.", hint="There is nothing to be done.")
        return None

    def _make(self, connection: Connection, subject: Pseudonym) -> SubjectKey:
        self._check_ring(connection)
        made = SubjectKey(os.urandom(KEY_ID_BYTES), os.urandom(_KEY_BYTES))
        epoch = self._ring.current
        row = {
            "tenant": self.tenant,
            "subject": subject,
            "key_id": made.key_id,
            "epoch": epoch,
            "wrapped": _wrap(made, self.tenant, subject, epoch, under=self._ring.wrapping_key(epoch)),
            "created_at": self._clock.now().timestamp(),
        }
        connection.execute(insert(_keys).values(row))
        return made

    def _rewrapped(self, rows: Sequence["_WrappedKey"], epoch: int) -> list[dict[str, object]]:
        under = {number: self._ring.wrapping_key(number) for number in {epoch, *(row.epoch for row in rows)}}
        return [
            {
                "t": row.tenant,
                "s": row.subject,
                "epoch": epoch,
                "wrapped": _wrap(
                    _unwrap(row, under=under[row.epoch]), row.tenant, row.subject, epoch, under=under[epoch]
                ),
            }
            for row in rows
        ]

    def _delete(self, subject: Pseudonym) -> "_Tombstone":
        """The wrapped key is deleted; the tombstone keeps what the deleted bytes can be recognised by."""
        where = {"t": self.tenant, "s": subject}
        with self._database.write() as connection:
            self._database.lock(connection, "keys")
            if connection.execute(_select_destroyed, where).one_or_none() is None:
                row = connection.execute(_select_key, where).one_or_none()
                tombstone = {
                    "tenant": self.tenant,
                    "subject": subject,
                    "destroyed_at": self._clock.now().timestamp(),
                    "epoch": row.epoch if row else None,
                    "unwiped": _inverted(row.wrapped[:NONCE_BYTES]) if row else None,
                }
                connection.execute(insert(_destroyed).values(tombstone))
                connection.execute(
                    delete(_keys).where(_keys.c.tenant == self.tenant, _keys.c.subject == subject),
                )
            return _Tombstone(*connection.execute(_select_destroyed, where).one())

    def _wipe(self, deleted: bytes) -> int:
        """No file of the database holds the deleted bytes; how many bytes were searched for them."""
        if not self._database.wipe():
            raise Unavailable("The key is deleted, but a reader held up its wiping.", hint="Ask for it again.")
        found, searched = found_in(self._database.files(), deleted)
        if found:
            self._database.rebuild()
            self._database.wipe()
            found, searched = found_in(self._database.files(), deleted)
        if found:
            raise InternalError("A deleted key is still in the database's files.", hint="Retire its epoch.")
        return searched

    def _close(self, subject: Pseudonym) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(_destroyed)
                .where(_destroyed.c.tenant == self.tenant, _destroyed.c.subject == subject)
                .values(unwiped=None)
            )

    def _check_ring(self, connection: Connection) -> None:
        """The first key ties the database to its ring; another ring makes no keys in it."""
        if self._ring_fits:
            return
        mine = self._ring.key("fingerprint")
        kept = connection.execute(select(_ring_check.c.fingerprint)).scalar_one_or_none()
        if kept is None:
            connection.execute(insert(_ring_check).values(number=1, fingerprint=mine))
        elif kept != mine:
            raise ConfigError(
                "This key ring is not the one that the database's keys were wrapped by.",
                hint="Restore the key ring that belongs to this database; nothing was changed.",
            )
        self._ring_fits = True


_rewrapped = (
    update(_keys)
    .where(_keys.c.tenant == bindparam("t"), _keys.c.subject == bindparam("s"))
    .values(epoch=bindparam("epoch"), wrapped=bindparam("wrapped"))
)


def _wrap(key: SubjectKey, tenant: str, subject: str, epoch: int, *, under: bytes) -> bytes:
    return encrypt(under, key.secret, bound=_bound(tenant, subject, key.key_id, epoch))


def _unwrap(row: _WrappedKey, *, under: bytes) -> SubjectKey:
    try:
        bound = _bound(row.tenant, row.subject, row.key_id, row.epoch)
        return SubjectKey(row.key_id, decrypt(under, row.wrapped, bound=bound))
    except Altered:
        raise TamperDetected(
            "A person's key cannot be unwrapped: it was altered, or wrapped by another key ring.",
            hint="Restore the key ring that belongs to this database.",
        ) from None


def _bound(tenant: str, subject: str, key_id: bytes, epoch: int) -> bytes:
    return joined("subject-key", tenant, subject, key_id, epoch)


def _inverted(nonce: bytes) -> bytes:
    """A nonce in a form that a search for the nonce does not find; alone it opens nothing."""
    return bytes(byte ^ 0xFF for byte in nonce)
