"""
One index a course over the fingerprints of its texts, so that a restart need not read every record again.

What an index holds is made from records of the kind `course_text` and is opaque here. It is sealed under a key of its
own, wrapped like a student's: when one of those records is deleted or changed, index and key go with it, and no copy in
a backup opens once the epoch that its receipt names is retired. It may be dropped at any time.
"""

import secrets
from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, String, Table, delete, insert, select

from scribetree.errors import KeyDestroyed, TamperDetected, UnknownName
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.sealed import Place, open_field, seal_field
from scribetree.privacy.subject_keys import SubjectKeys

__all__ = ["KIND", "CourseIndexes"]

KIND = "course_text"
_SCHEMA = 1
_indexes = Table(
    "course_indexes",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("course", String, primary_key=True),
    Column("sealed_by", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)


class CourseIndexes:
    """The indexes of one tenant's courses."""

    def __init__(self, database: Database, keys: SubjectKeys) -> None:
        self._database = database
        self._keys = keys

    def find(self, course: str, connection: Connection) -> bytes | None:
        """The course's index; None if there is none, or none that opens."""
        query = select(_indexes.c.sealed_by, _indexes.c.sealed).where(*self._of(course))
        row = connection.execute(query).first()
        if row is None:
            return None
        try:
            key = self._keys.key(Pseudonym(row.sealed_by), connection=connection)
            return open_field(key, row.sealed, place=self._place(course, Pseudonym(row.sealed_by)))
        except (TamperDetected, KeyDestroyed, UnknownName):
            return None

    def hold(self, course: str, connection: Connection) -> None:
        """Nobody else keeps or drops the course's index until the transaction ends."""
        self._database.lock(connection, f"course-index/{self._database.tenant}/{course}")

    def keep(self, course: str, index: bytes, connection: Connection) -> None:
        """This is the course's index from now on."""
        self.drop([course], connection)
        sealed_by = Pseudonym(secrets.token_hex(16))
        key = self._keys.obtain(sealed_by, connection=connection)
        row = {"tenant": self._database.tenant, "course": course, "sealed_by": sealed_by}
        sealed = seal_field(key, index, place=self._place(course, sealed_by))
        connection.execute(insert(_indexes).values(**row, sealed=sealed))

    def among(self, courses: Collection[str], connection: Connection) -> list[str]:
        """Those of the courses that have an index."""
        mine = _indexes.c.tenant == self._database.tenant, _indexes.c.course.in_(sorted(courses))
        return list(connection.execute(select(_indexes.c.course).where(*mine).order_by(_indexes.c.course)).scalars())

    def drop(self, courses: Collection[str], connection: Connection) -> None:
        """Those courses have no index any more, nor a key that opens a copy of it."""
        for course in sorted(courses):
            self.hold(course, connection)
        mine = _indexes.c.tenant == self._database.tenant, _indexes.c.course.in_(sorted(courses))
        for sealed_by in connection.execute(select(_indexes.c.sealed_by).where(*mine)).scalars().all():
            self._keys.discard(Pseudonym(sealed_by), connection)
        connection.execute(delete(_indexes).where(*mine))

    def _of(self, course: str) -> tuple[Any, Any]:
        return _indexes.c.tenant == self._database.tenant, _indexes.c.course == course

    def _place(self, course: str, sealed_by: Pseudonym) -> Place:
        return Place(self._database.tenant, sealed_by, f"course/{course}", "index", _SCHEMA)
