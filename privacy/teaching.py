"""Who teaches whom, in which course, from when to when: the rows that an educator can reach."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, or_, select

from scribetree.privacy._prepared import Prepared
from scribetree.privacy._tables import teaching
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym

__all__ = ["Teaching"]


class Teaching:
    """The enrolments of one tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enrol(
        self,
        student: Pseudonym,
        educator: Pseudonym,
        *,
        course: str,
        begins_at: datetime,
        ends_at: datetime | None = None,
        connection: Connection,
    ) -> None:
        """The educator teaches the student in that course, from `begins_at` until before `ends_at`."""
        key = {"tenant": self._database.tenant, "educator": educator, "student": student, "course": course}
        connection.execute(_REMOVE, key)
        until = None if ends_at is None else ends_at.timestamp()
        connection.execute(insert(teaching).values(**key, begins_at=begins_at.timestamp(), ends_at=until))

    def teaches(self, educator: Pseudonym, student: Pseudonym, *, at: datetime, connection: Connection) -> bool:
        """Whether the educator teaches the student at `at`, in any course."""
        given = {"tenant": self._database.tenant, "educator": educator, "student": student, "at": at.timestamp()}
        return _TEACHES.first(connection, given) is not None

    def teaches_in(self, educator: Pseudonym, course: str, *, at: datetime, connection: Connection) -> bool:
        """Whether the educator teaches anybody in that course at `at`."""
        query = select(teaching.c.student).where(
            teaching.c.tenant == self._database.tenant,
            teaching.c.educator == educator,
            teaching.c.course == course,
            _running(at),
        )
        return connection.execute(query.limit(1)).first() is not None

    def students_of(self, educator: Pseudonym, *, at: datetime, connection: Connection) -> list[Pseudonym]:
        """The students whom the educator teaches at `at`."""
        query = (
            select(teaching.c.student)
            .where(teaching.c.tenant == self._database.tenant, teaching.c.educator == educator, _running(at))
            .distinct()
            .order_by(teaching.c.student)
        )
        return [Pseudonym(found) for found in connection.execute(query).scalars()]

    def is_empty(self, connection: Connection) -> bool:
        """Whether nobody was ever enrolled: the installation of one teacher, on one machine."""
        query = select(teaching.c.student).where(teaching.c.tenant == self._database.tenant).limit(1)
        return connection.execute(query).first() is None

    def of_student(self, student: Pseudonym, connection: Connection) -> list[dict[str, object]]:
        """The student's enrolments, for an export."""
        query = (
            select(teaching.c.course, teaching.c.educator, teaching.c.begins_at, teaching.c.ends_at)
            .where(teaching.c.tenant == self._database.tenant, teaching.c.student == student)
            .order_by(teaching.c.begins_at, teaching.c.course)
        )
        return [dict(row) for row in connection.execute(query).mappings()]

    def forget(self, student: Pseudonym, connection: Connection) -> int:
        """The student's enrolments are gone."""
        gone = delete(teaching).where(teaching.c.tenant == self._database.tenant, teaching.c.student == student)
        return connection.execute(gone).rowcount


def _running(at: datetime) -> ColumnElement[bool]:
    moment = at.timestamp()
    return and_(teaching.c.begins_at <= moment, or_(teaching.c.ends_at.is_(None), teaching.c.ends_at > moment))


_REMOVE = delete(teaching).where(
    teaching.c.tenant == bindparam("tenant"),
    teaching.c.educator == bindparam("educator"),
    teaching.c.student == bindparam("student"),
    teaching.c.course == bindparam("course"),
)
_TEACHES = Prepared(
    select(teaching.c.course)
    .where(
        teaching.c.tenant == bindparam("tenant"),
        teaching.c.educator == bindparam("educator"),
        teaching.c.student == bindparam("student"),
        teaching.c.begins_at <= bindparam("at"),
        or_(teaching.c.ends_at.is_(None), teaching.c.ends_at > bindparam("at")),
    )
    .limit(1)
)
