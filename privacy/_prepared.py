"""
The few statements that every read of a student's data runs, written out once and handed to the driver as they are.

SQLAlchemy takes ten times as long to run a small statement as SQLite does, mostly to find again what it found the last
time. It still writes each statement in the dialect of its database, and still names what went wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

__all__ = ["Prepared"]

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in one dialect: its text, its values in their order (None if they go by name), and its constants."""

    text: str
    order: tuple[str, ...] | None
    constants: Given

    def values(self, given: Given) -> Any:  # noqa: ANN401 - the driver's own form
        """The values as the driver takes them; one that is missing is an error, here or there, and never a null."""
        if self.order is None:
            return {**self.constants, **given}
        if not self.constants:
            return [given[name] for name in self.order]
        return [given[name] if name in given else self.constants[name] for name in self.order]


class Prepared:
    """
    A statement whose values are numbers, text and bytes, which both drivers take and give as they are.

    What it is run in has to be a transaction that SQLAlchemy began.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def rows(self, connection: Connection, given: Given) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        written, driver = self._in(connection.dialect), _driver(connection)
        try:
            found: list[tuple[Any, ...]] = driver.execute(written.text, written.values(given)).fetchall()
        except _driver_error(connection) as error:
            raise _named(error, written, connection) from error
        return found

    def first(self, connection: Connection, given: Given) -> tuple[Any, ...] | None:
        """The first row of the answer; None if there is none."""
        found = self.rows(connection, given)
        return found[0] if found else None

    def run(self, connection: Connection, *each: Given) -> None:
        """The statement has been carried out once with each of the values."""
        written, driver = self._in(connection.dialect), _driver(connection)
        try:
            for given in each:
                driver.execute(written.text, written.values(given))
        except _driver_error(connection) as error:
            raise _named(error, written, connection) from error

    def _in(self, dialect: Dialect) -> _Written:
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = _write(self._statement, dialect)
        return written


def _write(statement: ClauseElement, dialect: Dialect) -> _Written:
    compiled: Any = statement.compile(dialect=dialect)
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    order: Sequence[str] | None = compiled.positiontup
    return _Written(str(compiled), None if order is None else tuple(order), constants)


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - sqlite3's own connection, or psycopg's
    return connection.connection.driver_connection


def _driver_error(connection: Connection) -> type[Exception]:
    driver: Any = connection.dialect.dbapi
    error: type[Exception] = driver.Error
    return error


def _named(error: Exception, written: _Written, connection: Connection) -> Exception:
    """The error as SQLAlchemy names it, without the values."""
    base = _driver_error(connection)
    return DBAPIError.instance(written.text, None, error, base, hide_parameters=True, dialect=connection.dialect)
