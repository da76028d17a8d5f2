"""
Who a pseudonym is, and under which random code a study knows a person: the only table that holds real identifiers.

An identifier is sealed under its person's own key, so it is erased with that key. A research code is drawn at random
and kept in a table, because a code for a de-identified release must not follow from personal data (34 CFR
99.31(b)(2)(iii)); each study has its own codes, so that two releases cannot be joined by them.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Select, String, Table, delete, insert, select

from scribetree.errors import KeyDestroyed, UnknownName
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.identity import Pseudonym, StudentId, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import FieldSealer, Place

__all__ = ["Identities"]

_SCHEMA = 1
_CODE_BYTES = 10

_identities = Table(
    "identities",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
_codes = Table(
    "research_codes",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("study", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("code", String, nullable=False),
)


class Identities:
    """The people of one tenant."""

    def __init__(self, database: Database, ring: KeyRing, sealer: FieldSealer) -> None:
        self._database = database
        self._ring = ring
        self._sealer = sealer
        self._remembered: dict[tuple[Pseudonym, bytes], StudentId] = {}

    def pseudonym_of(self, student_id: StudentId) -> Pseudonym:
        """The person's pseudonym here, whether or not anything is kept about them."""
        return pseudonym(self._ring, student_id, tenant=self._database.tenant)

    def enrol(self, student_id: StudentId) -> Pseudonym:
        """The identifier is kept, sealed: the returned pseudonym leads back to it. Erased people raise KeyDestroyed."""
        subject = self.pseudonym_of(student_id)
        with self._database.write() as connection:
            if connection.execute(self._of(subject)).scalar_one_or_none() is None:
                sealed = self._sealer.seal(student_id.encode(), place=self._place(subject), connection=connection)
                row = {"tenant": self._database.tenant, "subject": subject, "sealed": sealed}
                connection.execute(insert(_identities).values(row))
        return subject

    def student_of(self, subject: Pseudonym) -> StudentId:
        """The real identifier behind a pseudonym; UnknownName if it was never enrolled, KeyDestroyed once erased."""
        with self._database.read() as connection:
            sealed = connection.execute(self._of(subject)).scalar_one_or_none()
            if sealed is None:
                raise _unknown("pseudonym")
            return StudentId(self._sealer.open(sealed, place=self._place(subject), connection=connection).decode())

    def known(self) -> tuple[StudentId, ...]:
        """
        The real identifiers of everyone enrolled: for the egress scan, and never shown.

        Each is opened once and remembered for as long as its row is there, so that asking again costs little.
        """
        query = select(_identities.c.subject, _identities.c.sealed).where(_identities.c.tenant == self._database.tenant)
        with self._database.read() as connection:
            rows = [(Pseudonym(subject), bytes(sealed)) for subject, sealed in connection.execute(query)]
            new = self._opened([row for row in rows if row not in self._remembered], connection)
            self._remembered = {row: self._remembered[row] for row in rows if row in self._remembered} | dict(new)
        return tuple(self._remembered.values())

    def research_code(self, subject: Pseudonym, *, study: str) -> str:
        """The person's code in one study, random, drawn the first time; never leave the study's table with it."""
        mine = (_codes.c.tenant == self._database.tenant, _codes.c.study == study, _codes.c.subject == subject)
        with self._database.write() as connection:
            self._database.lock(connection, "research-codes")
            code = connection.execute(select(_codes.c.code).where(*mine)).scalar_one_or_none()
            if code is None:
                code = secrets.token_hex(_CODE_BYTES)
                row = {"tenant": self._database.tenant, "study": study, "subject": subject, "code": code}
                connection.execute(insert(_codes).values(row))
        return str(code)

    def of_research_code(self, code: str, *, study: str) -> Pseudonym:
        """Whose code that is in that study."""
        query = select(_codes.c.subject).where(
            _codes.c.tenant == self._database.tenant, _codes.c.study == study, _codes.c.code == code
        )
        with self._database.read() as connection:
            subject = connection.execute(query).scalar_one_or_none()
        if subject is None:
            raise _unknown("research code")
        return Pseudonym(subject)

    def forget(self, subject: Pseudonym) -> None:
        """Neither the sealed identifier nor any research code is kept; destroying the key is another step."""
        with self._database.write() as connection:
            for table in (_identities, _codes):
                own = (table.c.tenant == self._database.tenant, table.c.subject == subject)
                connection.execute(delete(table).where(*own))

    def _opened(
        self, rows: Iterable[tuple[Pseudonym, bytes]], connection: Connection
    ) -> Iterator[tuple[tuple[Pseudonym, bytes], StudentId]]:
        for subject, sealed in rows:
            # Whose erasure was interrupted is nobody whom an answer could name.
            with suppress(KeyDestroyed):
                opened = self._sealer.open(sealed, place=self._place(subject), connection=connection)
                yield (subject, sealed), StudentId(opened.decode())

    def _of(self, subject: Pseudonym) -> Select[Any]:
        own = (_identities.c.tenant == self._database.tenant, _identities.c.subject == subject)
        return select(_identities.c.sealed).where(*own)

    def _place(self, subject: Pseudonym) -> Place:
        return Place(self._database.tenant, subject, "identity", "student_id", _SCHEMA)


def _unknown(kind: str) -> UnknownName:
    return UnknownName(f"No person is known by that {kind}.", hint="Look it up where it was given out.")
