"""Statements that go to the driver as they are: what they say and how they fail is as SQLAlchemy has it."""

from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from scribetree.errors import Unavailable
from scribetree.privacy._prepared import Prepared
from scribetree.privacy._tables import consent_events
from scribetree.privacy.database import Database

ADD = Prepared(insert(consent_events))
NEWEST = Prepared(
    select(consent_events.c.version, consent_events.c.sealed)
    .where(consent_events.c.subject == bindparam("subject"), consent_events.c.kind == "granted")
    .order_by(consent_events.c.version.desc())
    .limit(2)
)


def event(version: int, kind: str = "granted") -> dict[str, Any]:
    return {"tenant": "local", "subject": "s", "version": version, "kind": kind, "at": 1.5, "sealed": b"\x00\xff"}


def test_what_was_put_in_comes_out_in_order_and_up_to_the_limit(database: Database) -> None:
    with database.write() as connection:
        ADD.run(connection, *(event(version) for version in (1, 2, 3)), event(4, "withdrawn"))
        found = NEWEST.rows(connection, {"subject": "s"})
        assert [tuple(row) for row in found] == [(3, b"\x00\xff"), (2, b"\x00\xff")]
        assert NEWEST.first(connection, {"subject": "somebody else"}) is None


def test_a_value_that_is_missing_is_an_error_and_never_a_null(database: Database) -> None:
    with database.read() as connection, pytest.raises((KeyError, ProgrammingError)):
        NEWEST.rows(connection, {})


def test_a_row_that_is_there_already_is_an_error_of_integrity_without_its_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        ADD.run(connection, event(1), event(1))
    assert "granted" not in str(caught.value)


def test_what_a_failed_transaction_did_is_undone(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        ADD.run(connection, event(1), event(1))
    with database.read() as connection:
        assert NEWEST.rows(connection, {"subject": "s"}) == []


def test_a_statement_that_the_file_cannot_carry_out_is_unavailable(sqlite: Database) -> None:
    with pytest.raises(Unavailable), sqlite.read() as connection:
        Prepared(text("SELECT 1 FROM nowhere")).rows(connection, {})
