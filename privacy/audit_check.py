"""
A whole audit log, checked: every hash, every copy, every checkpoint, and what the witnesses keep.

One pass over the entries in the order of their numbers, with a thousand in memory at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from scribetree.errors import ScribeTreeError, TamperDetected
from scribetree.privacy import merkle
from scribetree.privacy._audit_entry import parsed, said_in, sealed_in
from scribetree.privacy._audit_store import Row, checkpoints_of, head_of, inner_hashes, log, rows
from scribetree.privacy.checkpoints import Checkpoint, read_checkpoint
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import key_id_of
from scribetree.privacy.subject_keys import SubjectKey, SubjectKeys
from scribetree.privacy.witness import Witness

__all__ = ["AuditFinding", "AuditReport", "check"]

_MOST_FINDINGS = 100
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that is wrong; `sequence` is the entry it was found at, if it was at one."""

    what: str
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was checked, and each thing that is wrong; at most a hundred are listed."""

    size: int
    root: bytes
    checkpoints: int
    witnesses: int
    about_students: int
    erased: int
    findings: tuple[AuditFinding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def check(
    database: Database, ring: KeyRing, keys: SubjectKeys, *, verifier_key: str, witnesses: Sequence[Witness]
) -> AuditReport:
    """The report on the log as it is at this moment."""
    with database.read() as connection:
        checked = _Check(connection, database.tenant, keys)
        head = checked.head(ring)
        promised = checked.promises(checkpoints_of(connection, database.tenant), witnesses, verifier_key)
        checked.entries(below=head.size, promised=promised)
        checked.end(head, promised, ring)
    return checked.report(promised, witnesses)


@dataclass(frozen=True, slots=True)
class _Promise:
    """A root that the log once had, and who says so."""

    checkpoint: Checkpoint
    kept_by: str


@dataclass
class _Check:
    """One pass: what was read so far, and what was wrong with it."""

    connection: Connection
    tenant: str
    keys: SubjectKeys
    frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    findings: list[AuditFinding] = field(default_factory=list[AuditFinding])
    owners: dict[bytes, tuple[Pseudonym, SubjectKey] | None] = field(
        default_factory=dict[bytes, tuple[Pseudonym, SubjectKey] | None]
    )
    about_students: int = 0
    erased: int = 0

    def head(self, ring: KeyRing) -> merkle.Frontier:
        """The head that is kept; one that was altered is a finding, and all entries are read."""
        try:
            return head_of(self.connection, self.tenant, ring)
        except TamperDetected:
            self.finds("the log's head was altered, or belongs to another key ring")
            return merkle.Frontier(self._entries_kept())

    def promises(self, notes: Sequence[str], witnesses: Sequence[Witness], verifier_key: str) -> list[_Promise]:
        """Every root that the log once had, as checkpoints and witnesses tell."""
        promised: list[_Promise] = []
        for note in notes:
            try:
                promised.append(_Promise(read_checkpoint(note, verifier_key), "a kept checkpoint"))
            except TamperDetected:
                self.finds("a kept checkpoint was altered")
        for witness in witnesses:
            try:
                if (kept := witness.kept(verifier_key)) is not None:
                    promised.append(_Promise(kept, f"the witness {witness.name}"))
            except ScribeTreeError:
                self.finds(f"the checkpoint of the witness {witness.name} was altered")
        return promised

    def entries(self, *, below: int, promised: Sequence[_Promise]) -> None:
        """Each entry agrees with its hash, its copies, its key, and with the roots that were promised."""
        roots: dict[int, list[_Promise]] = {}
        for promise in promised:
            roots.setdefault(promise.checkpoint.size, []).append(promise)
        completed: dict[merkle.Node, bytes] = {}
        for row in rows(self.connection, self.tenant, below=below):
            if row.sequence != self.frontier.size:
                self.finds("entries are missing before this one", row.sequence)
                return
            self.entry(row)
            self.frontier, made = self.frontier.with_leaf(merkle.leaf_hash(row.entry))
            completed.update(made)
            for promise in roots.get(self.frontier.size, ()):
                if promise.checkpoint.root != self.frontier.root:
                    self.finds(f"the entries up to this one are not those that {promise.kept_by} saw", row.sequence)
            if len(completed) >= _BATCH:
                self.subtrees(completed)
                completed.clear()
        self.subtrees(completed)

    def entry(self, row: Row) -> None:
        """One entry agrees with its hash, with the copies made of it, and with its student's key."""
        if row.leaf_hash != merkle.leaf_hash(row.entry):
            self.finds("the entry is not the one that was hashed", row.sequence)
        try:
            public = parsed(row.entry)
            sealed = sealed_in(public)
            key_id = key_id_of(sealed) if sealed is not None else None
            if _copies(public, key_id) != (row.sequence, row.at_us, row.action, row.actor, row.key_id):
                self.finds("the columns beside the entry do not say what it says", row.sequence)
            self.sealed(row.sequence, sealed, key_id, erased=public.get("erased") is True)
        except ScribeTreeError:
            self.finds("the entry cannot be read", row.sequence)

    def sealed(self, sequence: int, sealed: bytes | None, key_id: bytes | None, *, erased: bool) -> None:
        """What the entry says about a student opens, unless the student is erased."""
        owner = self._owner(key_id) if key_id is not None else None
        if sealed is None or owner is None:
            self.erased += erased or sealed is not None
            return
        self.about_students += 1
        subject, key = owner
        said_in(sealed, key, tenant=self.tenant, subject=subject, sequence=sequence)

    def subtrees(self, completed: dict[merkle.Node, bytes]) -> None:
        """The kept hashes of complete subtrees are those of the entries."""
        wanted = list(completed)
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            kept = inner_hashes(self.connection, self.tenant, part)
            if any(kept.get(node) != completed[node] for node in part):
                self.finds("a hash of the tree was altered")

    def end(self, head: merkle.Frontier, promised: Sequence[_Promise], ring: KeyRing) -> None:
        """The log ends where its head says, and no earlier than anybody has seen it."""
        if self.frontier != head and head.peaks:
            self.finds("the entries do not add up to the log's head")
        for promise in promised:
            if promise.checkpoint.size > self.frontier.size:
                self.finds(f"the log is shorter than {promise.kept_by} saw it: cut off or rolled back")
        try:
            now = head_of(self.connection, self.tenant, ring).size
        except TamperDetected:
            return
        if self._entries_kept() > now:
            self.finds("there are entries after the log's head")

    def report(self, promised: Sequence[_Promise], witnesses: Sequence[Witness]) -> AuditReport:
        """The report on what was found."""
        seen = sum(promise.kept_by.startswith("the witness") for promise in promised)
        return AuditReport(
            size=self.frontier.size,
            root=self.frontier.root,
            checkpoints=len(promised) - seen,
            witnesses=len(witnesses),
            about_students=self.about_students,
            erased=self.erased,
            findings=tuple(self.findings[:_MOST_FINDINGS]),
        )

    def finds(self, what: str, sequence: int | None = None) -> None:
        """One more thing is wrong."""
        self.findings.append(AuditFinding(what, sequence))

    def _owner(self, key_id: bytes) -> tuple[Pseudonym, SubjectKey] | None:
        if key_id not in self.owners:
            subject = self.keys.subject_of(key_id, connection=self.connection)
            owned = (subject, self.keys.key(subject, connection=self.connection)) if subject else None
            self.owners[key_id] = owned
        return self.owners[key_id]

    def _entries_kept(self) -> int:
        query = select(func.max(log.c.sequence)).where(log.c.tenant == self.tenant)
        last = self.connection.execute(query).scalar_one()
        return 0 if last is None else int(last) + 1


def _copies(public: dict[str, Any], key_id: bytes | None) -> tuple[object, ...]:
    return public.get("sequence"), public.get("at_us"), public.get("action"), public.get("actor"), key_id
