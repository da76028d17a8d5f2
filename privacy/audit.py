"""
What was done with students' data, by whom and why: an append-only log whose every entry can be proved.

An entry is canonical JSON, and its hash a leaf of a Merkle tree (RFC 6962). What could tell about a student is sealed
inside it under that student's key: an erasure makes it unreadable, in copies too, and no hash changes. Staff stand in
it by pseudonym. The tree's head is sealed on every append, signed on request, and kept by witnesses: a log that was
altered, reordered, cut off or rolled back does not agree with them.
"""

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    or_,
    select,
)

from scribetree.clock import Clock
from scribetree.errors import InvalidInput, KeyDestroyed, TamperDetected, UnknownName
from scribetree.privacy import merkle
from scribetree.privacy._audit_entry import (
    FORMAT,
    canonical,
    microseconds,
    moment,
    parsed,
    said_in,
    sealed_in,
    sealed_part,
)
from scribetree.privacy._audit_store import (
    Row,
    add_entry,
    append_to_tree,
    checkpoints,
    checkpoints_of,
    hashes,
    head_of,
    log,
)
from scribetree.privacy._prepared import Prepared
from scribetree.privacy.checkpoints import Checkpoint, CheckpointSigner, read_checkpoint
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.subject_keys import SubjectKey, SubjectKeys
from scribetree.privacy.suspicion import (
    LOOK_BACK,
    LOOK_BACK_ACCESSES,
    WATCHED_ACTIONS,
    WATCHED_ROLES,
    Suspicion,
    suspicions,
)
from scribetree.shapes import as_object

if TYPE_CHECKING:
    from scribetree.privacy.audit_check import AuditReport
    from scribetree.privacy.witness import Witness

__all__ = ["AuditEvent", "AuditLog", "Detail", "Disclosure", "Incident", "InclusionProof", "Receipt"]

Detail = str | int | bool | None | Sequence[str]
"""What one part of an entry may be: no float, whose text is not canonical."""

_WITNESS_EVERY = 256
"""Appends between two looks of the witness."""

_incidents = Table(
    "incidents",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("incident_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("hour", BigInteger, nullable=False),
    Column("raised_at_us", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    UniqueConstraint("tenant", "actor", "hour", "kind"),
)

_HOUR_US = 3_600_000_000
_LOOK_BACK_US = round(LOOK_BACK.total_seconds() * 1_000_000)

_newest_accesses = (
    select(log.c.key_id)
    .where(log.c.tenant == bindparam("t"), log.c.actor == bindparam("a"))
    .where(log.c.at_us >= bindparam("since"), log.c.at_us <= bindparam("now"))
    .where(or_(*(log.c.action == action for action in sorted(WATCHED_ACTIONS))))
    .order_by(log.c.at_us.desc())
    .limit(LOOK_BACK_ACCESSES)
    .subquery()
)
_count_accesses = Prepared(
    select(func.count(), func.count(_newest_accesses.c.key_id.distinct())).select_from(_newest_accesses)
)
_select_known_kinds = Prepared(
    select(_incidents.c.kind).where(
        _incidents.c.tenant == bindparam("t"),
        _incidents.c.actor == bindparam("a"),
        _incidents.c.hour == bindparam("hour"),
    )
)


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """
    One thing that was done, or refused.

    With a `subject`, actor and detail are sealed under that student's key. Without one they can be read by whoever can
    read the log, so they hold no personal data. What a student does is about that student, named or not.
    """

    action: str
    outcome: str
    role: str
    actor: Pseudonym
    purpose: str | None = None
    subject: Pseudonym | None = None
    detail: Mapping[str, Detail] = field(default_factory=dict[str, Detail])


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an event stands in the log, and the hash by which it can be proved to."""

    sequence: int
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One entry about a student, opened."""

    sequence: int
    at: datetime
    action: str
    outcome: str
    role: str
    purpose: str | None
    actor: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """All that is needed to check, away from here, that an entry is in the log."""

    sequence: int
    entry: bytes
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    verifier_key: str

    def verify(self) -> None:
        """Nothing happens if the entry is in the signed log; else it raises TamperDetected."""
        signed = read_checkpoint(self.checkpoint.note, self.verifier_key)
        leaf = merkle.leaf_hash(self.entry)
        merkle.verify_inclusion(self.sequence, signed.size, leaf, self.proof, signed.root)

    @classmethod
    def from_json(cls, written: object, *, verifier_key: str) -> "InclusionProof":
        """The proof that `as_json` wrote, to be checked with a key that the checker trusts, not the one beside it."""
        try:
            shape = as_object(written) or {}
            note = str(shape["checkpoint"])
            steps = tuple(base64.b64decode(step, validate=True) for step in shape["proof"])
            entry = base64.b64decode(shape["entry"], validate=True)
            return cls(int(shape["sequence"]), entry, steps, read_checkpoint(note, verifier_key), verifier_key)
        except (KeyError, TypeError, ValueError):
            raise InvalidInput("This is no proof.", hint="Give what `scribetree privacy audit prove` wrote.") from None

    def as_json(self) -> dict[str, Any]:
        """The proof for a person to keep; `tlog_proof` is C2SP's form of it."""
        steps = [base64.b64encode(step).decode() for step in self.proof]
        head = f"c2sp.org/tlog-proof@v1\nindex {self.sequence}\n"
        return {
            "sequence": self.sequence,
            "entry": base64.b64encode(self.entry).decode(),
            "proof": steps,
            "checkpoint": self.checkpoint.note,
            "verifier_key": self.verifier_key,
            "tlog_proof": head + "".join(f"{step}\n" for step in steps) + "\n" + self.checkpoint.note,
        }


@dataclass(frozen=True, slots=True)
class Incident:
    """An unusual access that a person should look at; at most one of a kind, an actor and an hour."""

    incident_id: str
    kind: str
    actor: Pseudonym
    raised_at: datetime
    sequence: int


class AuditLog:
    """The log of one tenant."""

    def __init__(
        self,
        database: Database,
        ring: KeyRing,
        clock: Clock,
        *,
        witness: "Witness | None" = None,
        zone: tzinfo | None = None,
    ) -> None:
        """`witness` keeps this process's checkpoint; `zone` is where nights are told, by default the machine's own."""
        self._database = database
        self._ring = ring
        self._clock = clock
        self._keys = SubjectKeys(database, ring, clock)
        self._signer = CheckpointSigner(ring, database.tenant)
        self._witness = witness
        self._zone = zone
        self._until_witnessed = 0

    @property
    def verifier_key(self) -> str:
        """What others need to check this log's checkpoints."""
        return self._signer.verifier_key

    def append(
        self, event: AuditEvent, *, connection: Connection | None = None, key: SubjectKey | None = None
    ) -> Receipt:
        """
        The event is in the log: on disk when this returns, or, given a write transaction, when that commits.

        An erased subject's event is kept without what it said. `key` is the subject's, if that transaction has read it.
        """
        self._let_witness()
        with self._database.write_in(connection) as writing:
            receipt, row = self._add(writing, event, key)
            if event.role in WATCHED_ROLES and event.action in WATCHED_ACTIONS:
                self._watch(writing, row)
        return receipt

    def about(self, subject: Pseudonym, *, connection: Connection | None = None) -> list[Disclosure]:
        """Every entry about a student, oldest first; KeyDestroyed once they are erased."""
        with self._database.read_in(connection) as reading:
            try:
                key = self._keys.key(subject, connection=reading)
            except UnknownName:
                return []
            columns = [log.c[name] for name in Row.__slots__]
            query = select(*columns).where(log.c.tenant == self._tenant, log.c.key_id == key.key_id)
            found = [Row(*row) for row in reading.execute(query.order_by(log.c.sequence))]
        return [_disclosure(row, key, tenant=self._tenant, subject=subject) for row in found]

    def prove(self, sequence: int) -> InclusionProof:
        """The proof that the entry of that number is in the log as it is now."""
        with self._database.read() as connection:
            head = head_of(connection, self._tenant, self._ring)
            spans = merkle.inclusion_ranges(sequence, head.size)
            proof = hashes(connection, self._tenant, spans)
            query = select(log.c.entry).where(log.c.tenant == self._tenant, log.c.sequence == sequence)
            entry = connection.execute(query).scalar_one()
        made = InclusionProof(sequence, entry, tuple(proof), self._signed(head), self.verifier_key)
        made.verify()
        return made

    def checkpoint(self) -> Checkpoint:
        """The signed size and root of the log as it is now, kept; refused if it contradicts the last that was kept."""
        with self._database.write() as connection:
            self._database.lock(connection, self._lock)
            head = head_of(connection, self._tenant, self._ring)
            made = self._signed(head)
            kept = checkpoints_of(connection, self._tenant)
            if kept:
                last = read_checkpoint(kept[-1], self.verifier_key)
                self._demand_beginning(connection, last, head)
                if last.size == head.size:
                    return last
            made_at = self._clock.now().timestamp()
            row = {"tenant": self._tenant, "size": made.size, "note": made.note, "made_at": made_at}
            connection.execute(insert(checkpoints).values(row))
        return made

    def head_after(self, earlier: Checkpoint | None) -> Checkpoint:
        """The signed size and root of the log as it is now, once `earlier` was found to be its beginning."""
        with self._database.read() as connection:
            head = head_of(connection, self._tenant, self._ring)
            if earlier is not None:
                self._demand_beginning(connection, earlier, head)
        return self._signed(head)

    def consistency(self, size1: int, size2: int) -> list[bytes]:
        """The proof that the log of `size1` entries is the beginning of that of `size2`."""
        with self._database.read() as connection:
            if size2 > head_of(connection, self._tenant, self._ring).size:
                raise InvalidInput("The log is not that long.", hint="Use a size that a checkpoint names.")
            return hashes(connection, self._tenant, merkle.consistency_ranges(size1, size2))

    def verify(self, witnesses: "Sequence[Witness]" = ()) -> "AuditReport":
        """Everything that can be checked about the log has been; each thing that is wrong is a finding."""
        from scribetree.privacy.audit_check import check  # noqa: PLC0415 - only where a whole log is read

        return check(self._database, self._ring, self._keys, verifier_key=self.verifier_key, witnesses=witnesses)

    def incidents(self) -> list[Incident]:
        """The incidents that were raised, newest first."""
        query = select(_incidents).where(_incidents.c.tenant == self._tenant).order_by(_incidents.c.sequence.desc())
        with self._database.read() as connection:
            found = connection.execute(query).mappings().all()
        return [
            Incident(row["incident_id"], row["kind"], row["actor"], moment(row["raised_at_us"]), row["sequence"])
            for row in found
        ]

    @property
    def _tenant(self) -> str:
        return self._database.tenant

    @property
    def _lock(self) -> str:
        return f"audit/{self._tenant}"

    def _add(self, connection: Connection, event: AuditEvent, key: SubjectKey | None = None) -> tuple[Receipt, Row]:
        subject = event.subject or (event.actor if event.role == "student" else None)
        # Before the log's lock: whoever takes both locks takes the keys' first, so that no two wait for each other.
        if subject and key is None:
            key = self._key(connection, subject)
        self._database.lock(connection, self._lock)
        head = head_of(connection, self._tenant, self._ring)
        row = self._row(event, subject, key, sequence=head.size)
        add_entry(connection, self._tenant, row)
        append_to_tree(connection, self._tenant, self._ring, head, row.leaf_hash)
        return Receipt(row.sequence, row.leaf_hash), row

    def _row(self, event: AuditEvent, subject: Pseudonym | None, key: SubjectKey | None, *, sequence: int) -> Row:
        at_us = microseconds(self._clock.now())
        actor = None if event.role == "student" else event.actor
        public: dict[str, Any] = {
            "format": FORMAT,
            "sequence": sequence,
            "at_us": at_us,
            "action": event.action,
            "outcome": event.outcome,
            "role": event.role,
            "purpose": event.purpose,
            "actor": actor,
        }
        if subject is None:
            public["detail"] = dict(event.detail)
        elif key is None:
            public["erased"] = True
        else:
            said = {"actor": event.actor, "detail": dict(event.detail)}
            public["sealed"] = sealed_part(said, key, tenant=self._tenant, subject=subject, sequence=sequence)
        entry = canonical(public)
        key_id = key.key_id if key else None
        return Row(sequence, entry, merkle.leaf_hash(entry), at_us, event.action, actor, key_id)

    def _key(self, connection: Connection, subject: Pseudonym) -> SubjectKey | None:
        try:
            return self._keys.obtain(subject, connection=connection)
        except KeyDestroyed:
            return None

    def _watch(self, connection: Connection, row: Row) -> None:
        """Whatever is unusual about this actor's last hour is an incident, once an hour and kind."""
        hour = row.at_us // _HOUR_US
        mine = {"t": self._tenant, "a": row.actor}
        looked_at = {**mine, "since": row.at_us - _LOOK_BACK_US, "now": row.at_us}
        ((accesses, students),) = _count_accesses.rows(connection, looked_at)
        local_now = moment(row.at_us).astimezone(self._zone)
        unusual = suspicions(accesses=accesses, students=students, local_now=local_now)
        if unusual:
            known = {kind for (kind,) in _select_known_kinds.rows(connection, {**mine, "hour": hour})}
            for suspicion in unusual:
                if suspicion.kind not in known:
                    self._raise_incident(connection, row, suspicion)

    def _raise_incident(self, connection: Connection, row: Row, suspicion: Suspicion) -> None:
        actor = Pseudonym(str(row.actor))
        detail: dict[str, Detail] = {"kind": suspicion.kind, "count": suspicion.count, "entry": row.sequence}
        receipt, _ = self._add(connection, AuditEvent("incident", "raised", "system", actor, detail=detail))
        raised = {
            "tenant": self._tenant,
            "incident_id": uuid.uuid4().hex,
            "kind": suspicion.kind,
            "actor": actor,
            "hour": row.at_us // _HOUR_US,
            "raised_at_us": row.at_us,
            "sequence": receipt.sequence,
        }
        connection.execute(insert(_incidents).values(raised))

    def _signed(self, head: merkle.Frontier) -> Checkpoint:
        return self._signer.sign(size=head.size, root=head.root)

    def _demand_beginning(self, connection: Connection, earlier: Checkpoint, head: merkle.Frontier) -> None:
        """Nothing happens if the log of `earlier` is the beginning of this one; else it was altered or rolled back."""
        if earlier.size > head.size:
            raise TamperDetected(
                f"The audit log has {head.size} entries, and once had {earlier.size}: it was cut off or rolled back.",
                hint="Restore the newest database; nothing was signed.",
            )
        if earlier.size:
            proof = hashes(connection, self._tenant, merkle.consistency_ranges(earlier.size, head.size))
            merkle.verify_consistency(earlier.size, head.size, earlier.root, head.root, proof)

    def _let_witness(self) -> None:
        """Now and then this process's witness compares the log with the checkpoint that it keeps."""
        if self._witness is None:
            return
        if self._until_witnessed == 0:
            self._witness.observe(self)
            self._until_witnessed = _WITNESS_EVERY
        self._until_witnessed -= 1


def _disclosure(row: Row, key: SubjectKey, *, tenant: str, subject: Pseudonym) -> Disclosure:
    public = parsed(row.entry)
    said = said_in(sealed_in(public) or b"", key, tenant=tenant, subject=subject, sequence=row.sequence)
    return Disclosure(
        sequence=row.sequence,
        at=moment(row.at_us),
        action=public["action"],
        outcome=public["outcome"],
        role=public["role"],
        purpose=public["purpose"],
        actor=said["actor"],
        detail=said["detail"],
    )
