"""
The one store of records: what can be searched stands in the open as pseudonyms and times, the rest is sealed.

Each field is sealed by itself under its subject's key and bound to its place, so that a reader opens only what was
asked for, and a field that was moved to another record, field or student does not open. Every function works in a
transaction of the caller's.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from scribetree.errors import InvalidInput
from scribetree.privacy._prepared import Prepared
from scribetree.privacy._tables import deliveries, record_fields, records
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.records.course_indexes import KIND as COURSE_TEXT
from scribetree.privacy.records.course_indexes import CourseIndexes
from scribetree.privacy.records.kinds import Kind
from scribetree.privacy.sealed import Place, open_field, seal_field
from scribetree.privacy.subject_keys import SubjectKey, SubjectKeys

__all__ = ["MAX_FIELD_BYTES", "Records", "Row"]

MAX_FIELD_BYTES = 4 * 1024 * 1024
"""A whole writing log fits; nothing that is larger was written by one student."""

_BATCH = 500
_MOMENTS = ("due_at", "sent_at", "acknowledged_at")
_SCHEMA = 1
"""The version of what a field holds: JSON."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record without what it says; times are in UTC."""

    kind: str
    record_id: str
    subject: Pseudonym
    owner: str | None
    course: str | None
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None


class Records:
    """The records of one tenant."""

    def __init__(self, database: Database, keys: SubjectKeys) -> None:
        self._database = database
        self._keys = keys
        self.course_indexes = CourseIndexes(database, keys)

    def add(
        self,
        kind: Kind,
        subject: Pseudonym,
        values: Mapping[str, Any],
        *,
        connection: Connection,
        record_id: str,
        at: datetime,
        owner: str | None = None,
        course: str | None = None,
        due_at: datetime | None = None,
    ) -> bool:
        """The record is stored; False if one of that id is there already, and nothing changed."""
        row = {
            "tenant": self._database.tenant,
            "kind": kind.name,
            "record_id": record_id,
            "subject": subject,
            "owner": owner,
            "course": course,
            "created_at": at.timestamp(),
            "changed_at": at.timestamp(),
            "due_at": None if due_at is None else due_at.timestamp(),
        }
        try:
            with connection.begin_nested():
                connection.execute(_ADD, row)
        except IntegrityError:
            return False
        self._put(kind, subject, record_id, values, connection)
        return True

    def change(self, row: Row, kind: Kind, values: Mapping[str, Any], *, connection: Connection, at: datetime) -> None:
        """These fields of the record are as `values` say; its other fields are as they were."""
        self._drop_indexes([row], connection)
        connection.execute(update(records).where(*self._is(row.kind, row.record_id)).values(changed_at=at.timestamp()))
        for name in values:
            connection.execute(
                delete(record_fields).where(
                    record_fields.c.tenant == self._database.tenant,
                    record_fields.c.kind == row.kind,
                    record_fields.c.record_id == row.record_id,
                    record_fields.c.field == name,
                )
            )
        self._put(kind, row.subject, row.record_id, values, connection)

    def of_subject(
        self, subject: Pseudonym, kind: str, *, connection: Connection, limit: int, record_id: str | None = None
    ) -> list[Row]:
        """The newest records of one kind about one student."""
        given = {"tenant": self._database.tenant, "subject": subject, "kind": kind, "limit": limit}
        if record_id is not None:
            return [_row(*found) for found in _ONE.rows(connection, {**given, "record_id": record_id})]
        return [_row(*found) for found in _OF_SUBJECT.rows(connection, given)]

    def of_owner(
        self,
        owner: str,
        kind: str,
        *,
        connection: Connection,
        due_by: datetime,
        limit: int,
        record_ids: Collection[str] | None = None,
        about: Collection[Pseudonym] | None = None,
    ) -> list[Row]:
        """
        The newest records addressed to `owner` that are due by `due_by`, or those `record_ids` of them.

        Only those `about` some students, where these are named.
        """
        if record_ids is None and about is None:
            given = {"tenant": self._database.tenant, "owner": owner, "kind": kind}
            query = {**given, "due_by": due_by.timestamp(), "limit": limit}
            return [_row(*found) for found in _OF_OWNER.rows(connection, query)]
        named = records.c.due_at <= due_by.timestamp() if record_ids is None else records.c.record_id.in_(record_ids)
        mine = _select.where(*self._addressed(owner, kind, about), named)
        return self._rows(connection, mine.order_by(records.c.due_at.desc(), records.c.record_id).limit(limit))

    def waiting(
        self,
        owner: str,
        kind: str,
        *,
        connection: Connection,
        due_after: datetime,
        about: Collection[Pseudonym] | None = None,
    ) -> int:
        """How many records addressed to `owner`, `about` those students where they are named, are not due yet."""
        query = select(func.count()).where(
            *self._addressed(owner, kind, about), records.c.due_at > due_after.timestamp()
        )
        return connection.execute(query).scalar_one()

    def all_of(self, subject: Pseudonym, *, connection: Connection) -> list[Row]:
        """Every record about one student, oldest first."""
        query = _select.where(records.c.tenant == self._database.tenant, records.c.subject == subject).order_by(
            records.c.created_at, records.c.record_id
        )
        return self._rows(connection, query)

    def every(self, *, connection: Connection) -> Iterator[Row]:
        """Every record, one after the other."""
        query = _select.where(records.c.tenant == self._database.tenant)
        for found in connection.execute(query).yield_per(_BATCH):
            yield _row(*found)

    def older_than(
        self, kind: str, before: datetime, *, connection: Connection, limit: int, after: Row | None = None
    ) -> list[Row]:
        """The oldest records of a kind that were made before `before`, those up to `after` left out."""
        query = _select.where(
            records.c.tenant == self._database.tenant,
            records.c.kind == kind,
            records.c.created_at < before.timestamp(),
        )
        if after is not None:
            reached = after.created_at.timestamp(), after.record_id
            query = query.where(tuple_(records.c.created_at, records.c.record_id) > reached)
        return self._rows(connection, query.order_by(records.c.created_at, records.c.record_id).limit(limit))

    def state_of_course(self, course: str, kind: str, *, connection: Connection) -> tuple[int, float]:
        """How many records of the kind a course has and when one was last changed: it moves with every change."""
        given = {"tenant": self._database.tenant, "kind": kind, "course": course}
        found = _STATE.first(connection, given) or (0, None)
        return int(found[0]), float(found[1] or 0.0)

    def of_course(self, course: str, kind: str, *, connection: Connection) -> list[Row]:
        """All records of one kind in one course."""
        given = {"tenant": self._database.tenant, "kind": kind, "course": course}
        return [_row(*found) for found in _OF_COURSE.rows(connection, given)]

    def key_of(self, subject: Pseudonym, *, connection: Connection) -> SubjectKey | None:
        """The key of the student's records, for whoever opens several in one transaction; None if there is none."""
        return self._keys.held(subject, connection=connection)

    def fields_of(
        self, row: Row, fields: Iterable[str], *, connection: Connection, key: SubjectKey | None = None
    ) -> dict[str, Any]:
        """What the named fields of the record say; fields that it does not have are absent."""
        wanted = set(fields)
        if not wanted:
            return {}
        key = key or self._keys.key(row.subject, connection=connection)
        given = {"tenant": self._database.tenant, "kind": row.kind, "record_id": row.record_id}
        return {
            name: json.loads(open_field(key, sealed, place=self._place(row.kind, row.subject, row.record_id, name)))
            for name, sealed in _FIELDS.rows(connection, given)
            if name in wanted
        }

    def delete(self, rows: Sequence[Row], *, connection: Connection) -> int:
        """The records, all their fields, and what the ledger of deliveries knows of them are gone."""
        for row in rows:
            given = {"tenant": self._database.tenant, "kind": row.kind, "record_id": row.record_id}
            connection.execute(_DELETE_FIELDS, given)
            connection.execute(_DELETE, given)
        self._drop_indexes(rows, connection)
        self.drop_deliveries(rows, connection=connection)
        return len(rows)

    def drop_deliveries(self, rows: Sequence[Row], *, connection: Connection) -> int:
        """
        Nothing is left of whom these were told to and what was answered; how many entries there were.

        Else the same alert, sent anew, would count as one that its reader has already.
        """
        return sum(connection.execute(delete(deliveries).where(told)).rowcount for told in self._told(rows))

    def deliveries_of(self, rows: Sequence[Row], *, connection: Connection) -> list[dict[str, Any]]:
        """Over which channel and when these were told, and what was answered; not who was told."""
        shown = [deliveries.c[name] for name in ("record_id", "kind", "channel", "state", *_MOMENTS, "response")]
        query = select(*shown).order_by(deliveries.c.due_at, deliveries.c.record_id, deliveries.c.channel)
        return [
            {
                name: datetime.fromtimestamp(value, UTC).isoformat() if name in _MOMENTS else value
                for name, value in found.items()
                if value is not None
            }
            for told in self._told(rows)
            for found in connection.execute(query.where(told)).mappings()
        ]

    def _told(self, rows: Sequence[Row]) -> Iterator[ColumnElement[bool]]:
        """Which entries of the ledger of deliveries are of these, in parts that a statement can hold."""
        told = [row.record_id for row in rows if row.owner is not None]
        for begin in range(0, len(told), _BATCH):
            yield and_(
                deliveries.c.tenant == self._database.tenant,
                deliveries.c.record_id.in_(told[begin : begin + _BATCH]),
            )

    def indexed_courses(self, rows: Iterable[Row], *, connection: Connection) -> list[str]:
        """The courses whose index was made with one of these."""
        return self.course_indexes.among(_courses_of(rows), connection)

    def _drop_indexes(self, rows: Iterable[Row], connection: Connection) -> None:
        """No index is left that was made with one of these."""
        courses = _courses_of(rows)
        if courses:
            self.course_indexes.drop(courses, connection)

    def _put(
        self, kind: Kind, subject: Pseudonym, record_id: str, values: Mapping[str, Any], connection: Connection
    ) -> None:
        key = self._keys.obtain(subject, connection=connection)
        sealed = [
            {
                "tenant": self._database.tenant,
                "kind": kind.name,
                "record_id": record_id,
                "field": name,
                "sealed": seal_field(key, _as_bytes(value), place=self._place(kind.name, subject, record_id, name)),
            }
            for name, value in values.items()
            if value is not None
        ]
        if sealed:
            connection.execute(_ADD_FIELD, sealed)

    def _place(self, kind: str, subject: Pseudonym, record_id: str, name: str) -> Place:
        return Place(self._database.tenant, subject, f"{kind}/{record_id}", name, _SCHEMA)

    def _addressed(self, owner: str, kind: str, about: Collection[Pseudonym] | None) -> tuple[Any, ...]:
        mine = records.c.tenant == self._database.tenant, records.c.owner == owner, records.c.kind == kind
        return mine if about is None else (*mine, records.c.subject.in_(about))

    def _is(self, kind: str, record_id: str) -> tuple[Any, ...]:
        return records.c.tenant == self._database.tenant, records.c.kind == kind, records.c.record_id == record_id

    def _rows(self, connection: Connection, query: Select[Any]) -> list[Row]:
        return [_row(*found) for found in connection.execute(query)]


_select = select(*(records.c[name] for name in Row.__slots__))
_TENANT = records.c.tenant == bindparam("tenant")
_KIND = records.c.kind == bindparam("kind")
_OF_SUBJECT = Prepared(
    _select.where(_TENANT, records.c.subject == bindparam("subject"), _KIND)
    .order_by(records.c.created_at.desc(), records.c.record_id)
    .limit(bindparam("limit"))
)
_ONE = Prepared(
    _select.where(
        _TENANT, records.c.subject == bindparam("subject"), _KIND, records.c.record_id == bindparam("record_id")
    ).limit(bindparam("limit"))
)
_OF_OWNER = Prepared(
    _select.where(_TENANT, records.c.owner == bindparam("owner"), _KIND, records.c.due_at <= bindparam("due_by"))
    .order_by(records.c.due_at.desc(), records.c.record_id)
    .limit(bindparam("limit"))
)
_STATE = Prepared(
    select(func.count(), func.max(records.c.changed_at)).where(_TENANT, _KIND, records.c.course == bindparam("course"))
)
_OF_COURSE = Prepared(_select.where(_TENANT, _KIND, records.c.course == bindparam("course")))
_FIELDS = Prepared(
    select(record_fields.c.field, record_fields.c.sealed).where(
        record_fields.c.tenant == bindparam("tenant"),
        record_fields.c.kind == bindparam("kind"),
        record_fields.c.record_id == bindparam("record_id"),
    )
)
_ADD = insert(records)
_ADD_FIELD = insert(record_fields)
_DELETE = delete(records).where(_TENANT, _KIND, records.c.record_id == bindparam("record_id"))
_DELETE_FIELDS = delete(record_fields).where(
    record_fields.c.tenant == bindparam("tenant"),
    record_fields.c.kind == bindparam("kind"),
    record_fields.c.record_id == bindparam("record_id"),
)


def _courses_of(rows: Iterable[Row]) -> set[str]:
    """The courses that these are texts of."""
    return {row.course for row in rows if row.kind == COURSE_TEXT and row.course is not None}


def _as_bytes(value: Any) -> bytes:  # noqa: ANN401 - any JSON value
    plain = json.dumps(value, ensure_ascii=False).encode()
    if len(plain) > MAX_FIELD_BYTES:
        raise InvalidInput(
            f"One field is larger than {MAX_FIELD_BYTES // 1024 // 1024} MiB; nothing was stored.",
            hint="Store it in parts.",
        )
    return plain


def _row(
    kind: str,
    record_id: str,
    subject: str,
    owner: str | None,
    course: str | None,
    created_at: float,
    changed_at: float,
    due_at: float | None,
) -> Row:
    return Row(
        kind,
        record_id,
        Pseudonym(subject),
        owner,
        course,
        datetime.fromtimestamp(created_at, UTC),
        datetime.fromtimestamp(changed_at, UTC),
        None if due_at is None else datetime.fromtimestamp(due_at, UTC),
    )
