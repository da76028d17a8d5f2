"""
The only doors to student data: access, consent, decryption, masking, audit, in that order, in one transaction.

    guard.read(caller, student, "draft", ("text",))      what this caller may see of it
    guard.write(caller, student, "draft", {"text": ...})  stored, if it may be
    guard.countable(caller, students)                     who may stand in figures that the caller has values for
    guard.bring_up_to_date(caller, course, holder)        the fingerprints of a course's texts, to search in

Nothing is shown that is not on the audit log: the entry is written in the transaction that reads, and what was read
leaves this module only after it is on the disk. The same transaction compares the epoch of the student's consent, so
that a withdrawal that has returned is honoured by every read that begins after it, in whatever process. Whatever
fails, fails closed. `admit` stands before all of this: may this role call this tool at all?
"""

import hmac
import secrets
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from scribetree.errors import Denied, TamperDetected
from scribetree.privacy._parts import joined
from scribetree.privacy._vocabulary import AUDIENCE_OF, Value
from scribetree.privacy.access import POLICIES, Action, Ask, Policy, Relation, Verdict, decide
from scribetree.privacy.context import UNNAMED, PrivacyContext, Purpose, RequesterType, disclosed
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.masking import Mask, mask, strictest
from scribetree.privacy.records import Kind, Sensitivity, kind_of

if TYPE_CHECKING:
    # SQLAlchemy costs 0.2 s, and the kit needs `admit` at every start.
    from sqlalchemy import Connection

    from scribetree.privacy.consent import Decision
    from scribetree.privacy.records.store import Row
    from scribetree.privacy.stores import Stores
    from scribetree.privacy.subject_keys import SubjectKey

__all__ = [
    "EDUCATORS",
    "EVERYONE",
    "CourseHolder",
    "CourseState",
    "CourseText",
    "Guard",
    "Inbox",
    "Rule",
    "View",
    "Written",
    "admit",
    "admit_to_inbox",
]

EVERYONE: frozenset[RequesterType] = frozenset({"student", "educator", "administrator", "system"})
EDUCATORS: frozenset[RequesterType] = frozenset({"educator", "administrator", "system"})

_STUDENT_PURPOSES: frozenset[Purpose] = frozenset({"learning", "feedback", "improvement", "support", "assessment"})
_COURSE_TEXT = "course_text"
_MAX_RECORDS = 100
"""More of one kind about one student than any tool looks at in one call."""

# What a student's choice for sensitive content makes of the two most sensitive classes, at the least.
_CHOSEN_MASKS: Mapping[Value, Mask] = {"exclude": "redact", "blur": "generalise", "show": "keep"}
_CHOSEN_FOR: frozenset[Sensitivity] = frozenset({"private", "special"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call one tool."""

    roles: frozenset[RequesterType] = field(default=EVERYONE)


def admit(context: PrivacyContext, rule: Rule) -> None:
    """Nothing happens if the call is allowed; else it is denied, whatever the reason, in the same words."""
    allowed = context.requester_type in rule.roles and (context.requester_type != "student" or _is_about_self(context))
    if not allowed:
        raise _denied()


def admit_to_inbox(context: PrivacyContext, educator_id: str) -> None:
    """Nothing happens if the inbox is the caller's own; on a machine that names no requester, its user's are all."""
    is_other_educator = context.requester_type == "educator" and context.requester_id not in {UNNAMED, educator_id}
    if is_other_educator:
        raise _denied()


@dataclass(frozen=True, slots=True)
class View:
    """What one caller may see of one record; `withheld` names the fields of which less is shown."""

    kind: str
    record_id: str
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None
    course: str | None
    values: Mapping[str, Any]
    withheld: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A record that is on the disk; `is_new` is False for one that had been there before."""

    record_id: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """What is addressed to one person and due, newest first, and how many more are not due yet."""

    views: tuple[View, ...]
    waiting: int


CourseState = tuple[int, float]
"""How many texts a course has, and when one was last changed."""


@dataclass(frozen=True, slots=True)
class CourseText:
    """The fingerprints of one text: numbers that without the course's key say nothing about its words."""

    record_id: str
    owner: Pseudonym
    fingerprints: Sequence[int]


class CourseHolder(Protocol):
    """Whoever holds the fingerprints of a course in memory between searches."""

    state: CourseState | None

    def begin(self, index: bytes | None) -> None:
        """It holds what the index holds, or nothing."""
        ...

    def ids(self) -> Collection[str]:
        """The records whose fingerprints it holds."""
        ...

    def add(self, texts: Sequence[CourseText]) -> bytes | None:
        """It holds these too; the index to keep, if so many were new that it is worth it."""
        ...


@dataclass(frozen=True, slots=True)
class _Case:
    """What one caller wants with one kind of record about one student, in one transaction."""

    caller: PrivacyContext
    action: Action
    subject: Pseudonym
    kind: Kind
    fields: tuple[str, ...]
    connection: "Connection"
    requester: Pseudonym
    is_addressed: bool = False
    group_size: int = 1


class Guard:
    """The doors of one installation."""

    def __init__(self, stores: "Stores", *, policies: Collection[Policy] = POLICIES) -> None:
        self._stores = stores
        self._policies = policies

    def read(
        self,
        caller: PrivacyContext,
        student: str,
        kind: str,
        fields: Sequence[str] = (),
        *,
        record_id: str | None = None,
        limit: int = 20,
        token: str | None = None,
    ) -> tuple[View, ...]:
        """
        The newest records of a kind about one student, as far as this caller may see them for their purpose.

        Without `fields`, all of the kind's. A `token` has to be good for just this, and gives nothing beyond it.
        """
        known = kind_of(kind, tuple(fields))
        with self._opened(caller, known) as connection:
            named = tuple(fields or known.fields)
            case = _Case(caller, "read", self._name(student), known, named, connection, self._requester(caller))
            views = self._read(case, record_id=record_id, limit=limit, token=token)
        if views is None:
            raise _denied()
        return views

    def read_group(
        self, caller: PrivacyContext, students: Collection[str], kind: str, fields: Sequence[str]
    ) -> tuple[tuple[View, ...], ...]:
        """
        The records of those students of a group who allow it, without saying which of them do not.

        A group that is smaller than the caller's limit is denied, counted by those who allow it.
        """
        known = kind_of(kind, tuple(fields))
        with self._opened(caller, known) as connection:
            subjects = sorted({self._name(student) for student in students})
            requester, named = self._requester(caller), tuple(fields)
            cases = [_Case(caller, "read", subject, known, named, connection, requester) for subject in subjects]
            willing = [case for case in cases if self._consents(case).allowed]
            groups = [
                self._read(replace(case, group_size=len(willing)), limit=_MAX_RECORDS, record_id=None, token=None)
                for case in willing
            ]
        shown = tuple(views for views in groups if views is not None)
        if not shown:
            raise _denied()
        return shown

    def countable(self, caller: PrivacyContext, students: Collection[str]) -> frozenset[str]:
        """
        Those of the students who allow figures about a group that they are in; that it was asked is on the log.

        Never to be shown, nor how many they are: it would say who refuses.
        """
        asker, audience = caller.about_group(), AUDIENCE_OF[caller.requester_type]
        now, names = self._stores.clock.now(), sorted(set(students))
        with self._stores.database.write() as connection:
            willing = frozenset(
                name
                for name in names
                if self._stores.consent.check(
                    self._name(name), asker.purpose, now, audience=audience, connection=connection
                ).allowed
            )
            self._log_group(asker, len(names), connection)
        return willing

    def write(
        self,
        caller: PrivacyContext,
        student: str,
        kind: str,
        values: Mapping[str, Any],
        *,
        record_id: str | None = None,
        owner: str | None = None,
        course: str | None = None,
        due_at: datetime | None = None,
        anew: bool = False,
    ) -> Written:
        """
        A record is stored and on the audit log; one whose id is there already is left as it is, or says it `anew`.

        What is addressed to another `owner` is denied where the owner does not teach the student.
        """
        known, name = kind_of(kind, tuple(values)), record_id or secrets.token_hex(16)
        with self._opened(caller, known) as connection:
            case = self._writing(caller, student, known, tuple(values), owner, connection)
            allowed = self._may(case, owner)
            is_new = allowed and self._stores.records.add(
                known,
                case.subject,
                values,
                connection=connection,
                record_id=name,
                at=self._stores.clock.now(),
                owner=None if owner is None else self._name(owner),
                course=course,
                due_at=due_at,
            )
            if allowed and anew and not is_new:
                self._say_anew(case, name, values)
            self._log(case, count=int(is_new or anew), allowed=allowed)
        if not allowed:
            raise _denied()
        return Written(name, is_new)

    def may_write(self, caller: PrivacyContext, student: str, kind: str, *, owner: str) -> bool:
        """
        Whether this caller may address a record of that kind about the student to that owner; a no is on the log.

        For whoever has to look at what is there before writing: what is found there is not for everybody to know.
        """
        known = kind_of(kind)
        with self._opened(caller, known) as connection:
            case = self._writing(caller, student, known, (), owner, connection)
            allowed = self._may(case, owner)
            if not allowed:
                self._log(case, count=0, allowed=False)
        return allowed

    def course_key(self, course: str) -> bytes:
        """The key of a course's fingerprints: those of one course cannot be compared with those of another."""
        return hmac.digest(
            self._stores.ring.key("course-texts"), joined(self._stores.database.tenant, course), "sha256"
        )

    def bring_up_to_date(self, caller: PrivacyContext, course: str, holder: CourseHolder) -> None:
        """
        The holder has the fingerprints of every text of the course; denied to who does not teach in it.

        Whose they are is not to be shown: ask `nameable` about those that were found.
        """
        with self._opened(caller, kind_of(_COURSE_TEXT)) as connection:
            allowed = self._may_search(caller, course, connection)
            self._log_search(caller, allowed=allowed, connection=connection)
        if not allowed:
            raise _denied()
        with self._stores.database.read() as connection:
            index = self._fill(holder, course, connection)
        if index is not None:
            with self._stores.database.write() as connection:
                # What was deleted meanwhile must not come back with the index.
                self._stores.records.course_indexes.hold(course, connection)
                if self._stores.records.state_of_course(course, _COURSE_TEXT, connection=connection) == holder.state:
                    self._stores.records.course_indexes.keep(course, index, connection)

    def nameable(self, caller: PrivacyContext, owners: Collection[Pseudonym]) -> dict[Pseudonym, bool]:
        """
        Of the owners of texts that were found, those who consent, and whether the caller may know them by pseudonym.

        Whoever is named has it on the log as a read.
        """
        known = kind_of(_COURSE_TEXT)
        found: dict[Pseudonym, bool] = {}
        with self._opened(caller, known) as connection:
            requester = self._requester(caller)
            for owner in dict.fromkeys(owners):
                case = _Case(caller, "read", owner, known, ("assignment",), connection, requester)
                if self._consents(case).allowed:
                    found[owner] = self._permits(case).allowed
                    if found[owner]:
                        self._log(case, count=1, allowed=True)
        return found

    def take_back(self, caller: PrivacyContext, student: str, kind: str, record_id: str) -> bool:
        """
        A record that this caller stored in this same piece of work is gone; True if it was there.

        The audit log says who stored something under which correlation id: what is older, or another's, stays, and
        that looks as if there were none. Who may no longer write may still take back.
        """
        known = kind_of(kind)
        with self._opened(caller, known) as connection:
            subject, requester = self._name(student), self._requester(caller)
            case = _Case(caller, "write", subject, known, (), connection, requester)
            rows = self._stores.records.of_subject(subject, kind, connection=connection, limit=1, record_id=record_id)
            own = rows if rows and self._stored_in_this_work(case) else []
            taken = self._stores.records.delete(own, connection=connection)
            self._log(case, count=taken, allowed=True, action="take_back")
        return bool(taken)

    def inbox(
        self,
        caller: PrivacyContext,
        owner: str,
        kind: str,
        *,
        limit: int = 20,
        record_ids: Collection[str] | None = None,
        due_by: datetime | None = None,
    ) -> Inbox:
        """
        What is addressed to `owner` and due now (or by `due_by`), or those `record_ids` of it.

        An educator sees their own only, and of it what is about students whom they teach now: the rest looks absent.
        """
        admit_to_inbox(caller, owner)
        known, now, addressee = kind_of(kind), self._stores.clock.now(), self._name(owner)
        with self._opened(caller, known) as connection:
            about = self._taught_by(addressee, connection) if caller.requester_type == "educator" else None
            rows = self._stores.records.of_owner(
                addressee,
                kind,
                connection=connection,
                due_by=due_by or now,
                limit=limit,
                record_ids=record_ids,
                about=about,
            )
            requester, named = self._requester(caller), tuple(known.fields)
            views: list[View] = []
            for row in rows:
                case = _Case(caller, "read", row.subject, known, named, connection, requester, is_addressed=True)
                allowed = self._permits(case).allowed and self._consents(case).allowed
                views += self._show(case, self._relations(case), [row]) if allowed else self._refuse(case)
            waiting = self._stores.records.waiting(addressee, kind, connection=connection, due_after=now, about=about)
        return Inbox(tuple(views), waiting)

    def still_for(self, owner: str, kind: str, record_ids: Collection[str]) -> frozenset[str]:
        """Those of the records addressed to `owner` that they may still have; nothing of them is opened."""
        with self._stores.database.read() as connection:
            addressee = self._name(owner)
            rows = self._stores.records.of_owner(
                addressee,
                kind,
                connection=connection,
                due_by=self._stores.clock.now(),
                limit=len(record_ids),
                record_ids=record_ids,
                about=self._taught_by(addressee, connection),
            )
        return frozenset(row.record_id for row in rows)

    def _fill(self, holder: CourseHolder, course: str, connection: "Connection") -> bytes | None:
        """The holder has what one moment of the database has; the index to keep, if there is one."""
        state = self._stores.records.state_of_course(course, _COURSE_TEXT, connection=connection)
        if state == holder.state:
            return None
        if holder.state is None:
            holder.begin(self._stores.records.course_indexes.find(course, connection))
            if len(holder.ids()) == state[0]:
                # A text that is changed or deleted takes the kept index along, so these are all there are.
                holder.state = state
                return None
        rows = {
            row.record_id: row for row in self._stores.records.of_course(course, _COURSE_TEXT, connection=connection)
        }
        if not rows.keys() >= set(holder.ids()):
            holder.begin(self._stores.records.course_indexes.find(course, connection))
        held = set(holder.ids())
        fresh = [self._fingerprints(row, connection) for name, row in rows.items() if name not in held]
        index = holder.add([text for text in fresh if text is not None])
        holder.state = state
        return index

    def _fingerprints(self, row: "Row", connection: "Connection") -> CourseText | None:
        """None for a student whose key is destroyed, until the record is deleted too."""
        key = self._stores.records.key_of(row.subject, connection=connection)
        if key is None:
            return None
        opened = self._stores.records.fields_of(row, ("fingerprints",), connection=connection, key=key)
        return CourseText(row.record_id, row.subject, opened["fingerprints"])

    def _may_search(self, caller: PrivacyContext, course: str, connection: "Connection") -> bool:
        if caller.requester_type == "educator":
            if caller.requester_id == UNNAMED:
                return self._stores.teaching.is_empty(connection)
            at = self._stores.clock.now()
            return self._stores.teaching.teaches_in(self._requester(caller), course, at=at, connection=connection)
        return caller.requester_type in {"administrator", "system"}

    def _log_search(self, caller: PrivacyContext, *, allowed: bool, connection: "Connection") -> None:
        from scribetree.privacy.audit import AuditEvent  # noqa: PLC0415 - with SQLAlchemy

        event = AuditEvent(
            "course_search",
            "ok" if allowed else "denied",
            caller.requester_type,
            self._requester(caller),
            caller.purpose,
            detail={"kind": _COURSE_TEXT, "correlation_id": caller.correlation_id},
        )
        self._stores.audit.append(event, connection=connection)

    def _read(self, case: _Case, *, record_id: str | None, limit: int, token: str | None) -> tuple[View, ...] | None:
        """Access, then consent, then the rows; None if it is denied."""
        relations = self._relations(case)
        verdict, decision = self._permits(case, relations), self._consents(case)
        if not (verdict.allowed and decision.allowed and (token is None or self._accepts(token, case, decision))):
            self._refuse(case)
            return None
        rows = self._stores.records.of_subject(
            case.subject,
            case.kind.name,
            connection=case.connection,
            limit=min(limit, _MAX_RECORDS),
            record_id=record_id,
        )
        return tuple(self._show(case, relations, rows))

    def _show(self, case: _Case, relations: frozenset[Relation], rows: "Sequence[Row]") -> list[View]:
        """Those rows that policies leave, opened, masked and put on the log."""
        verdicts = [(row, self._permits(case, relations, created_at=row.created_at)) for row in rows]
        key = self._stores.records.key_of(case.subject, connection=case.connection)
        views = [self._view(case, row, verdict, key) for row, verdict in verdicts if verdict.allowed]
        self._log(case, count=len(views), allowed=True, key=key)
        return views

    def _refuse(self, case: _Case) -> list[View]:
        self._log(case, count=0, allowed=False)
        return []

    def _view(self, case: _Case, row: "Row", verdict: Verdict, subject_key: "SubjectKey | None") -> View:
        masks = self._masks(case, verdict)
        # What is withheld entirely is not even decrypted.
        shown = [name for name, how in masks.items() if how != "redact"]
        opened = self._stores.records.fields_of(row, shown, connection=case.connection, key=subject_key)
        key = self._stores.ring.key("mask")
        values = {name: mask(value, masks[name], key=key) for name, value in opened.items()}
        told = disclosed.get()
        if told is not None:
            told.extend(value for value in values.values() if isinstance(value, str))
        return View(
            kind=row.kind,
            record_id=row.record_id,
            created_at=row.created_at,
            changed_at=row.changed_at,
            due_at=row.due_at,
            course=row.course,
            values=values,
            withheld=tuple(name for name, how in masks.items() if how != "keep"),
        )

    def _masks(self, case: _Case, verdict: Verdict) -> dict[str, Mask]:
        """For each field the policies' mask, or the student's own choice where that is stricter."""
        by_policy: dict[str, Mask] = {name: verdict.mask_of(case.kind.fields[name]) for name in case.fields}
        if case.caller.requester_type == "student":
            return by_policy
        if _CHOSEN_FOR.isdisjoint(case.kind.fields[name] for name in case.fields):
            return by_policy
        _, standing = self._stores.consent.standing_in(case.subject, case.connection)
        chosen = _CHOSEN_MASKS[standing.value("privacy_controls.sensitive_content", self._stores.clock.now())]
        return {
            name: strictest((how, chosen)) if case.kind.fields[name] in _CHOSEN_FOR else how
            for name, how in by_policy.items()
        }

    def _permits(
        self, case: _Case, relations: frozenset[Relation] | None = None, *, created_at: datetime | None = None
    ) -> Verdict:
        ask = Ask(
            role=case.caller.requester_type,
            relations=self._relations(case) if relations is None else relations,
            action=case.action,
            kind=case.kind.name,
            purpose=case.caller.purpose,
            created_at=created_at,
            now=self._stores.clock.now(),
            group_size=case.group_size,
        )
        return decide(self._policies, ask)

    def _relations(self, case: _Case) -> frozenset[Relation]:
        found: set[Relation] = set()
        if self._is_self(case):
            found.add("self")
        if case.caller.requester_type == "educator" and self._teaches(case):
            found.add("teaches")
        if case.is_addressed and case.kind.is_addressed:
            found.add("addressed")
        return frozenset(found)

    def _is_self(self, case: _Case) -> bool:
        """On a machine that names no requester, its user has the wishes of whichever educator is named."""
        if case.requester == case.subject:
            return True
        is_unnamed = case.caller.requester_id == UNNAMED and case.caller.requester_type != "student"
        return is_unnamed and case.kind.name == "alert_preferences"

    def _writing(
        self,
        caller: PrivacyContext,
        student: str,
        kind: Kind,
        fields: tuple[str, ...],
        owner: str | None,
        connection: "Connection",
    ) -> _Case:
        subject, requester = self._name(student), self._requester(caller)
        is_addressed = owner is not None and self._may_have(self._name(owner), subject, connection)
        return _Case(caller, "write", subject, kind, fields, connection, requester, is_addressed)

    def _may(self, case: _Case, owner: str | None) -> bool:
        is_theirs = owner is None or case.is_addressed or case.requester == self._name(owner)
        return is_theirs and self._permits(case).allowed and self._consents(case).allowed

    def _taught_by(self, educator: Pseudonym, connection: "Connection") -> list[Pseudonym] | None:
        """The students whom the educator teaches now; None where nobody is enrolled, and so everybody is taught."""
        if self._stores.teaching.is_empty(connection):
            return None
        return self._stores.teaching.students_of(educator, at=self._stores.clock.now(), connection=connection)

    def _may_have(self, addressee: Pseudonym, subject: Pseudonym, connection: "Connection") -> bool:
        """Whether that is for somebody who teaches the student; where nobody is enrolled, everybody does."""
        return self._stores.teaching.is_empty(connection) or self._stores.teaching.teaches(
            addressee, subject, at=self._stores.clock.now(), connection=connection
        )

    def _say_anew(self, case: _Case, record_id: str, values: Mapping[str, Any]) -> None:
        rows = self._stores.records.of_subject(
            case.subject, case.kind.name, connection=case.connection, limit=1, record_id=record_id
        )
        for row in rows:
            self._stores.records.change(row, case.kind, values, connection=case.connection, at=self._stores.clock.now())

    def _teaches(self, case: _Case) -> bool:
        """On a machine that names no requester and where nobody is enrolled, its user is the teacher of all."""
        if case.caller.requester_id == UNNAMED:
            return self._stores.teaching.is_empty(case.connection)
        return self._stores.teaching.teaches(
            case.requester, case.subject, at=self._stores.clock.now(), connection=case.connection
        )

    def _consents(self, case: _Case) -> "Decision":
        return self._stores.consent.check(
            case.subject,
            case.caller.purpose,
            self._stores.clock.now(),
            audience=AUDIENCE_OF[case.caller.requester_type],
            basis=case.kind.basis,
            collecting=case.action == "write",
            connection=case.connection,
        )

    def _accepts(self, token: str, case: _Case, decision: "Decision") -> bool:
        return self._stores.tokens.use(
            token,
            requester=case.requester,
            subject=case.subject,
            purpose=case.caller.purpose,
            kind=case.kind.name,
            epoch=decision.epoch,
            at=self._stores.clock.now(),
            connection=case.connection,
        )

    def _stored_in_this_work(self, case: _Case) -> bool:
        return any(
            entry.action == "write"
            and entry.outcome == "ok"
            and entry.actor == case.requester
            and entry.detail.get("kind") == case.kind.name
            and entry.detail.get("records") == 1
            and entry.detail.get("correlation_id") == case.caller.correlation_id
            for entry in self._stores.audit.about(case.subject, connection=case.connection)
        )

    def _log(
        self,
        case: _Case,
        *,
        count: int,
        allowed: bool,
        key: "SubjectKey | None" = None,
        action: str | None = None,
    ) -> None:
        from scribetree.privacy.audit import AuditEvent  # noqa: PLC0415 - with SQLAlchemy

        event = AuditEvent(
            action=action or case.action,
            outcome="ok" if allowed else "denied",
            role=case.caller.requester_type,
            actor=case.requester,
            purpose=case.caller.purpose,
            subject=case.subject,
            detail={
                "kind": case.kind.name,
                "fields": sorted(case.fields),
                "records": count,
                "correlation_id": case.caller.correlation_id,
            },
        )
        self._stores.audit.append(event, connection=case.connection, key=key)

    def _log_group(self, caller: PrivacyContext, asked_about: int, connection: "Connection") -> None:
        from scribetree.privacy.audit import AuditEvent  # noqa: PLC0415 - with SQLAlchemy

        event = AuditEvent(
            "group_figures",
            "ok",
            caller.requester_type,
            self._requester(caller),
            caller.purpose,
            detail={"students": asked_about, "correlation_id": caller.correlation_id},
        )
        self._stores.audit.append(event, connection=connection)

    @contextmanager
    def _opened(self, caller: PrivacyContext, kind: Kind) -> "Generator[Connection]":
        """One transaction; what was tampered with is put on the log, after nothing of it was shown."""
        from scribetree.privacy.audit import AuditEvent  # noqa: PLC0415 - with SQLAlchemy

        try:
            with self._stores.database.write() as connection:
                yield connection
        except TamperDetected:
            detail = {"kind": kind.name, "correlation_id": caller.correlation_id}
            actor = self._requester(caller)
            event = AuditEvent("read", "tampered", caller.requester_type, actor, caller.purpose, None, detail)
            with self._stores.database.write() as connection:
                self._stores.audit.append(event, connection=connection)
            raise

    def _requester(self, caller: PrivacyContext) -> Pseudonym:
        return self._name(caller.requester_id)

    def _name(self, person_id: str) -> Pseudonym:
        return pseudonym(self._stores.ring, person_id, tenant=self._stores.database.tenant)


def _denied() -> Denied:
    return Denied(
        "This caller may not make this call.",
        hint="Ask someone in a role that may, or name yourself as the student.",
    )


def _is_about_self(context: PrivacyContext) -> bool:
    about_self = context.student_id is None or context.student_id == context.requester_id
    return about_self and context.purpose in _STUDENT_PURPOSES
