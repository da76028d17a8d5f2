"""
What a student can ask for: to see all of it, to have it put right, held still, or erased.

An export is complete against `INVENTORY`, which names every table that is about people and says what an export has of
it; a test holds it against the database. An erasure is a job of steps, each durable and safe to do again: whoever
calls `erase` or `resume` after a crash goes on from the step that was not finished, and the receipt of a finished one
is given again. Its order: nothing is shown any more; the student's key is destroyed, so that no copy opens; what the
key had sealed is deleted, here and in every other place (`ErasablePlace`); deleted bytes are wiped; the log says so.

What an erasure does not reach, its receipt says: backups that hold both the database and a key ring of the same epoch
(retire that epoch), and the audit log, which keeps the pseudonym and what was done, never what was held.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select, update

from scribetree.errors import Denied, InvalidInput, KeyDestroyed, OnHold, TamperDetected, Unavailable, UnknownName
from scribetree.privacy._tables import erasures
from scribetree.privacy.audit import AuditEvent, Detail, Disclosure
from scribetree.privacy.consent import ConsentEvent, as_groups
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.holds import Hold, RightsRequest
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.private_cache import PrivateCache
from scribetree.privacy.records import kind_of
from scribetree.privacy.records.store import Row
from scribetree.privacy.stores import Stores
from scribetree.shapes import as_list, as_object

__all__ = ["INVENTORY", "STEPS", "CachePlace", "ErasablePlace", "ErasureReceipt", "Export", "Held", "Rights"]

INVENTORY: Mapping[str, str] = {
    "records": "records",
    "record_fields": "records",
    "consent_events": "consent",
    "consent_epochs": "consent",
    "teaching": "enrolments",
    "access_tokens": "access_tokens",
    "rights_requests": "requests",
    "legal_holds": "holds",
    "erasures": "none: it is there only once everything else is gone",
    "subject_keys": "none: a key, not data",
    "destroyed_keys": "none: it is there only once the key is gone",
    "identities": "none: the identifier by which the export was asked for",
    "research_codes": "none: a code that leads back to nobody but through this installation",
    "audit_log": "disclosures",
    "incidents": "none: about staff who read, not about the student",
    "course_indexes": "none: worked out from records of the kind course_text, and dropped with any of them",
    "deliveries": "told",
    "budgets": "group_figures",
    "budget_groups": "none: that the student was one of those asked about, under a key that names no group",
    "plan_entries": "none: about the school; what staff wrote there in their own words is not searched for anybody",
    "plan_versions": "none: as plan_entries",
    "budget_releases": "none: about groups, and so made that it says nothing about one student",
}
"""Every table that is about people, and the part of an export that has what it holds."""

_FREE_TEXT = "What staff wrote in their own words into plans (`strategy`) is not searched: change it there."

STEPS = ("stop", "key", "records", "elsewhere", "wipe", "log")

_MAY_ASK = frozenset({"administrator", "system"})


class ErasablePlace(Protocol):
    """Somewhere outside this database that holds something about students: a cache, the workflows, an outbox."""

    @property
    def name(self) -> str:
        """What the receipt calls it."""
        ...

    def export(self, is_subject: Callable[[str], bool]) -> list[dict[str, Any]]:
        """What it holds about the student whom `is_subject` recognises by an identifier."""
        ...

    def erase(self, subject: Pseudonym, is_subject: Callable[[str], bool]) -> int:
        """Nothing about that student is there any more, down to the bytes; how much there was."""
        ...


@dataclass(frozen=True, slots=True)
class Export:
    """All that is held about one student; `content` has a part for each entry of the inventory."""

    made_at: datetime
    content: Mapping[str, Any]

    def as_json(self) -> str:
        """For machines."""
        shape = {"made_at": self.made_at.isoformat(), "format": "scribetree-export/1", **self.content}
        return json.dumps(shape, ensure_ascii=False, indent=2, default=str)

    def as_markdown(self) -> str:
        """For people."""
        lines = ["# What Scribe Tree holds about you", "", f"Made on {self.made_at:%d %B %Y, %H:%M} UTC."]
        for name, part in self.content.items():
            lines += ["", f"## {name.replace('_', ' ').capitalize()}", ""]
            lines += _as_lines(part) or ["Nothing."]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """
    What was erased, when, and the proof that it is on the audit log.

    `counts` says how much each place held; `course_indexes` names the courses whose search index went, because a text
    of the student stood in it; `limits` says what the erasure could not reach by itself. `audit` has the entry's
    number and hash; `Rights.proof` makes from them what a student can check without this installation.
    """

    erasure_id: str
    asked_at: str
    finished_at: str
    counts: Mapping[str, int]
    course_indexes: tuple[str, ...]
    limits: tuple[str, ...]
    retire_epoch: int | None
    audit: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """How many records there are, the legal holds on them, and every reason why they may not be deleted."""

    records: int
    holds: tuple[Hold, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Job:
    """An erasure that is going on: the steps that are done, and what they found."""

    erasure_id: str
    subject: Pseudonym
    done: list[str]
    counts: dict[str, Any]


class Rights:
    """The rights of the students of one installation."""

    def __init__(self, stores: Stores, *, places: Sequence[ErasablePlace] = ()) -> None:
        self._stores = stores
        self._places = tuple(places)

    def export(self, caller: PrivacyContext, student: str) -> Export:
        """Everything that is held about the student, opened, and the export itself on the log."""
        subject = self._admitted(caller, student)
        with self._stores.database.write() as connection:
            rows = self._stores.records.all_of(subject, connection=connection)
            epoch, standing = self._stores.consent.standing_in(subject, connection)
            content: dict[str, Any] = {
                "student": student,
                "records": [self._whole(row, connection) for row in rows],
                "told": self._stores.records.deliveries_of(rows, connection=connection),
                "consent": {
                    "epoch": epoch,
                    "choices": as_groups(standing.values(self._stores.clock.now())),
                    "events": [_event(each) for each in self._stores.consent.events(subject, connection)],
                },
                "enrolments": self._stores.teaching.of_student(subject, connection),
                "access_tokens": self._stores.tokens.of_subject(subject, connection),
                "requests": [
                    _request(each) for each in self._stores.holds.requests(connection=connection, subject=subject)
                ],
                "group_figures": self._stores.budgets.of_student(subject, connection),
                "holds": list(self._stores.holds.on(subject, connection=connection)),
                "disclosures": [_disclosure(each) for each in self._stores.audit.about(subject, connection=connection)],
            }
            self._log("export", caller, subject, {"records": len(rows)}, connection)
        for place in self._places:
            content[place.name] = place.export(self._recogniser(subject))
        return Export(self._stores.clock.now(), content)

    def rectify(
        self, caller: PrivacyContext, student: str, kind: str, record_id: str, values: Mapping[str, Any]
    ) -> None:
        """
        These fields of the record say what the student says they should; what they said before is gone.

        A field that is None is taken away.
        """
        subject, known = self._admitted(caller, student), kind_of(kind, tuple(values))
        with self._stores.database.write() as connection:
            rows = self._stores.records.of_subject(subject, kind, connection=connection, limit=1, record_id=record_id)
            if not rows:
                raise InvalidInput("There is no such record; nothing was changed.", hint="See `privacy export`.")
            was = self._stores.records.fields_of(rows[0], values, connection=connection)
            _refuse_other_shapes(was, values)
            self._stores.records.change(rows[0], known, values, connection=connection, at=self._stores.clock.now())
            self._log("rectify", caller, subject, {"kind": kind, "fields": sorted(values)}, connection)

    def restrict(self, caller: PrivacyContext, student: str) -> None:
        """What is held is kept, and shown to nobody but the student, until the restriction is lifted."""
        subject, actor = self._admitted(caller, student), self._name(caller.requester_id)
        self._stores.consent.restrict(subject, by=caller.requester_type, actor=actor)

    def lift_restriction(self, caller: PrivacyContext, student: str) -> None:
        """What is held is shown again to whoever may see it."""
        subject, actor = self._admitted(caller, student), self._name(caller.requester_id)
        self._stores.consent.lift_restriction(subject, by=caller.requester_type, actor=actor)

    def hold(self, caller: PrivacyContext, student: str, *, reason: str) -> str:
        """Nothing about the student is deleted until the hold of the returned id is lifted."""
        subject = self._admitted(caller, student, by_themselves=False)
        with self._stores.database.write() as connection:
            if self._begun(subject, connection) is not None:
                raise InvalidInput(
                    "The erasure of this student has begun, and a hold would stop nothing; none was placed.",
                    hint="`scribetree privacy erase STUDENT --yes` finishes it and prints its receipt.",
                )
            hold_id = self._stores.holds.place(subject, reason=reason, connection=connection)
            self._log("hold", caller, subject, {"hold": hold_id}, connection)
        return hold_id

    def lift_hold(self, caller: PrivacyContext, student: str, hold_id: str) -> None:
        """That hold holds no longer; the log says who lifted it."""
        subject = self._admitted(caller, student, by_themselves=False)
        with self._stores.database.write() as connection:
            if not self._stores.holds.lift(subject, hold_id, connection=connection):
                raise InvalidInput(
                    "This student has no such hold; nothing was changed.",
                    hint="`scribetree privacy hold STUDENT` lists those that there are.",
                )
            self._log("lift_hold", caller, subject, {"hold": hold_id}, connection)

    def holds(self, caller: PrivacyContext, student: str) -> Held:
        """What stops the deletion of the student's records."""
        subject = self._admitted(caller, student)
        with self._stores.database.read() as connection:
            return Held(
                records=len(self._stores.records.all_of(subject, connection=connection)),
                holds=tuple(self._stores.holds.placed_on(subject, connection=connection)),
                why=self._stores.holds.on(subject, connection=connection),
            )

    def erase(self, caller: PrivacyContext, student: str) -> ErasureReceipt:
        """Nothing about the student is left; a second call gives the first one's receipt."""
        subject = self._admitted(caller, student)
        return self._go_on(self._begin(caller, subject), subject)

    def resume(self) -> list[ErasureReceipt]:
        """Every erasure that a crash interrupted is finished."""
        query = select(erasures.c.erasure_id, erasures.c.subject).where(
            erasures.c.tenant == self._stores.database.tenant, erasures.c.receipt.is_(None)
        )
        with self._stores.database.read() as connection:
            unfinished = [(row[0], Pseudonym(row[1])) for row in connection.execute(query)]
        return [self._go_on(erasure_id, subject) for erasure_id, subject in unfinished]

    def proof(self, receipt: ErasureReceipt) -> dict[str, Any]:
        """The proof that the erasure is on the log as it is now."""
        return self._stores.audit.prove(receipt.audit["sequence"]).as_json()

    def try_every_field(self, connection: Connection) -> tuple[int, int]:
        """How many sealed fields open, and how many records have one that does not; nothing of them is kept."""
        opened = altered = 0
        for row in self._stores.records.every(connection=connection):
            try:
                opened += len(self._stores.records.fields_of(row, kind_of(row.kind).fields, connection=connection))
            except (TamperDetected, KeyDestroyed, UnknownName, InvalidInput):
                altered += 1
        return opened, altered

    def _begin(self, caller: PrivacyContext, subject: Pseudonym) -> str:
        """The erasure of that subject, begun now or before; a hold stops it before it begins."""
        with self._stores.database.write() as connection:
            begun = self._begun(subject, connection)
            if begun is not None:
                return begun
            held = self._stores.holds.on(subject, connection=connection)
            if held:
                raise OnHold(
                    "The records of this student may not be erased yet; nothing was changed.",
                    hint="Answer the open request to inspect, or lift the legal hold, first.",
                )
            erasure_id = secrets.token_hex(8)
            row = {"tenant": self._stores.database.tenant, "erasure_id": erasure_id, "subject": subject}
            connection.execute(
                insert(erasures).values(
                    **row, asked_at=self._stores.clock.now().timestamp(), done="", counts="{}", receipt=None
                )
            )
            self._log("erasure_begun", caller, subject, {"erasure": erasure_id}, connection)
        return erasure_id

    def _begun(self, subject: Pseudonym, connection: Connection) -> str | None:
        """The erasure of that subject that was begun, if one was; none begins until the transaction ends."""
        self._stores.database.lock(connection, f"erase/{subject}")
        mine = erasures.c.tenant == self._stores.database.tenant, erasures.c.subject == subject
        return connection.execute(select(erasures.c.erasure_id).where(*mine)).scalar()

    def _go_on(self, erasure_id: str, subject: Pseudonym) -> ErasureReceipt:
        row = self._row(erasure_id)
        if row["receipt"] is not None:
            return _receipt(json.loads(row["receipt"]))
        job = _Job(erasure_id, subject, row["done"].split(), json.loads(row["counts"]))
        steps: Mapping[str, Callable[[_Job], None]] = {
            "stop": self._stop,
            "key": self._destroy_key,
            "records": self._delete_records,
            "elsewhere": self._erase_elsewhere,
            "wipe": self._wipe,
        }
        for name, step in steps.items():
            if name not in job.done:
                step(job)
        return self._write_receipt(job, row["asked_at"])

    def _stop(self, job: _Job) -> None:
        """From here on every read in every process is denied, and nothing more is stored."""
        with self._stores.database.write() as connection:
            counts = {
                "consent_events": self._stores.consent.erase(job.subject, connection),
                "access_tokens": self._stores.tokens.revoke(job.subject, connection),
            }
            self._note(job, "stop", counts, connection)

    def _destroy_key(self, job: _Job) -> None:
        receipt = self._stores.keys.destroy(job.subject)
        counts = {"keys": 1, "retire_epoch": receipt.retire_epoch, "limits": receipt.limits}
        with self._stores.database.write() as connection:
            self._note(job, "key", counts, connection)

    def _delete_records(self, job: _Job) -> None:
        self._stores.identities.forget(job.subject)
        with self._stores.database.write() as connection:
            rows = self._stores.records.all_of(job.subject, connection=connection)
            counts = {
                "course_indexes": self._stores.records.indexed_courses(rows, connection=connection),
                "deliveries": self._stores.records.drop_deliveries(rows, connection=connection),
                "records": self._stores.records.delete(rows, connection=connection),
                "enrolments": self._stores.teaching.forget(job.subject, connection),
                "requests_and_holds": self._stores.holds.forget(job.subject, connection),
                "budgets": self._stores.budgets.forget(job.subject, connection),
            }
            self._note(job, "records", counts, connection)

    def _erase_elsewhere(self, job: _Job) -> None:
        """What a place had deleted before a crash is not counted a second time, and so is missing from the count."""
        is_subject = self._recogniser(job.subject)
        counts = {place.name: place.erase(job.subject, is_subject) for place in self._places}
        with self._stores.database.write() as connection:
            self._note(job, "elsewhere", counts, connection)

    def _wipe(self, job: _Job) -> None:
        if not self._stores.database.wipe():
            raise Unavailable(
                "The records are deleted, and a reader holds the log in which their bytes still are.",
                hint="Ask for the erasure again; it goes on where it was.",
            )
        with self._stores.database.write() as connection:
            self._note(job, "wipe", {}, connection)

    def _write_receipt(self, job: _Job, asked_at: float) -> ErasureReceipt:
        """The tombstone and the receipt that names it are written together, so that there is one of each."""
        counts = dict(job.counts)
        retire_epoch = counts.pop("retire_epoch", None)
        indexes: list[str] = counts.pop("course_indexes", [])
        limits = [text for text in (counts.pop("limits", ""), _backups(retire_epoch), _FREE_TEXT) if text]
        with self._stores.database.write() as connection:
            self._stores.database.lock(connection, f"erase/{job.subject}")
            written = self._row(job.erasure_id, connection)["receipt"]
            if written is not None:
                return _receipt(json.loads(written))
            # Without a subject: it has to stay readable, and tells of nobody.
            counts["course_indexes"] = len(indexes)
            detail = {"erasure": job.erasure_id, **counts}
            event = AuditEvent("erase", "ok", "system", self._name("system"), detail=detail)
            entry = self._stores.audit.append(event, connection=connection)
            receipt = ErasureReceipt(
                erasure_id=job.erasure_id,
                asked_at=datetime.fromtimestamp(asked_at, UTC).isoformat(),
                finished_at=self._stores.clock.now().isoformat(),
                counts=counts,
                course_indexes=tuple(indexes),
                limits=tuple(limits),
                retire_epoch=retire_epoch,
                audit={"sequence": entry.sequence, "leaf_hash": entry.leaf_hash.hex()},
            )
            self._store(job.erasure_id, {"receipt": json.dumps(asdict(receipt))}, connection)
        return receipt

    def _note(self, job: _Job, step: str, counts: Mapping[str, Any], connection: Connection) -> None:
        """The step is done when the transaction commits."""
        job.done.append(step)
        job.counts.update(counts)
        values = {"done": " ".join(job.done), "counts": json.dumps(job.counts)}
        self._store(job.erasure_id, values, connection)

    def _store(self, erasure_id: str, values: Mapping[str, Any], connection: Connection) -> None:
        mine = erasures.c.tenant == self._stores.database.tenant, erasures.c.erasure_id == erasure_id
        connection.execute(update(erasures).where(*mine).values(**values))

    def _row(self, erasure_id: str, connection: Connection | None = None) -> Mapping[Any, Any]:
        query = select(erasures).where(
            erasures.c.tenant == self._stores.database.tenant, erasures.c.erasure_id == erasure_id
        )
        if connection is not None:
            return connection.execute(query).mappings().one()
        with self._stores.database.read() as opened:
            return opened.execute(query).mappings().one()

    def _admitted(self, caller: PrivacyContext, student: str, *, by_themselves: bool = True) -> Pseudonym:
        """The student, if the caller acts for the school or, where that is enough, is the student."""
        is_self = by_themselves and caller.requester_type == "student" and caller.requester_id == student
        if not is_self and caller.requester_type not in _MAY_ASK:
            raise Denied("This caller may not make this call.", hint="Ask as the student, or as an administrator.")
        return self._name(student)

    def _whole(self, row: Row, connection: Connection) -> dict[str, Any]:
        known = kind_of(row.kind)
        return {
            "kind": row.kind,
            "record_id": row.record_id,
            "course": row.course,
            "created_at": row.created_at.isoformat(),
            "changed_at": row.changed_at.isoformat(),
            "says": self._stores.records.fields_of(row, known.fields, connection=connection),
        }

    def _log(
        self,
        action: str,
        caller: PrivacyContext,
        subject: Pseudonym,
        detail: Mapping[str, Detail],
        connection: Connection,
    ) -> None:
        event = AuditEvent(
            action,
            "ok",
            caller.requester_type,
            self._name(caller.requester_id),
            caller.purpose,
            subject,
            {**detail, "correlation_id": caller.correlation_id},
        )
        self._stores.audit.append(event, connection=connection)

    def _recogniser(self, subject: Pseudonym) -> Callable[[str], bool]:
        return lambda person_id: self._name(person_id) == subject

    def _name(self, person_id: str) -> Pseudonym:
        return pseudonym(self._stores.ring, person_id, tenant=self._stores.database.tenant)


def _refuse_other_shapes(was: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """What reads the record later finds what it looks for: a list where there was a list, a text where a text was."""
    for name, value in values.items():
        if value is not None and name in was and _shape(value) is not _shape(was[name]):
            raise InvalidInput(
                f"`{name}` of that record holds another kind of value; nothing was changed.",
                hint="Give it in the form that `scribetree privacy export` shows.",
            )


def _shape(value: object) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _backups(retire_epoch: int | None) -> str:
    if retire_epoch is None:
        return ""
    return (
        f"Backups of before this moment hold the key, wrapped under epoch {retire_epoch}: rewrap, then retire that "
        "epoch (`scribetree privacy keys rotate --retire`), or let those backups expire."
    )


def _event(event: ConsentEvent) -> dict[str, Any]:
    return {
        "version": event.version,
        "what": event.kind,
        "at": event.at.isoformat(),
        "by": event.by,
        "content": dict(event.content),
    }


def _request(request: RightsRequest) -> dict[str, Any]:
    closed_at = request.closed_at
    return {
        "kind": request.kind,
        "law": request.law,
        "asked_at": request.asked_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "closed_at": closed_at.isoformat() if closed_at else None,
    }


def _as_lines(part: object, indent: str = "") -> list[str]:
    """A part of an export as nested Markdown lists."""
    named, listed = as_object(part), as_list(part)
    if named is not None:
        return [line for key, value in named.items() for line in _as_entry(f"**{key}**", value, indent)]
    if listed is not None:
        return [line for number, value in enumerate(listed, 1) for line in _as_entry(f"No. {number}", value, indent)]
    return [f"{indent}{part}"] if part not in (None, "") else []


def _as_entry(name: str, value: object, indent: str) -> list[str]:
    if as_object(value) is None and as_list(value) is None:
        return [f"{indent}- {name}: {' '.join(str(value).splitlines())}"]
    inner = _as_lines(value, indent + "  ")
    return [f"{indent}- {name}:", *inner] if inner else [f"{indent}- {name}: nothing"]


def _receipt(kept: Mapping[str, Any]) -> ErasureReceipt:
    return ErasureReceipt(
        erasure_id=kept["erasure_id"],
        asked_at=kept["asked_at"],
        finished_at=kept["finished_at"],
        counts=kept["counts"],
        course_indexes=tuple(kept.get("course_indexes", ())),
        limits=tuple(kept["limits"]),
        retire_epoch=kept["retire_epoch"],
        audit=kept["audit"],
    )


def _disclosure(entry: Disclosure) -> dict[str, Any]:
    return {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "action": entry.action,
        "outcome": entry.outcome,
        "role": entry.role,
        "purpose": entry.purpose,
        "detail": dict(entry.detail),
    }


@dataclass(frozen=True, slots=True)
class CachePlace:
    """The private cache as a place that an erasure reaches."""

    cache: PrivateCache
    name: str = "cache"

    def export(self, is_subject: Callable[[str], bool]) -> list[dict[str, Any]]:
        """Nothing: what a cache holds was worked out from records, which the export has."""
        del is_subject
        return []

    def erase(self, subject: Pseudonym, is_subject: Callable[[str], bool]) -> int:
        """No entry about the student is left."""
        del is_subject
        return self.cache.invalidate(subject)
