"""
Where everything durable about people is kept: one SQLite file shared by all processes, or one PostgreSQL.

SQLite runs in write-ahead mode with full synchronisation and secure deletion; a write takes the write lock when it
begins, so that what it read is still true when it commits. On PostgreSQL every transaction runs under row-level
security: a row of another tenant is not there, whatever the query says.

A transaction must not be opened inside another of the same thread: the inner write would wait for the outer one.
"""

import os
import random
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scribetree.errors import ConfigError, Unavailable
from scribetree.privacy._prepared import Prepared
from scribetree.privacy.identity import LOCAL_TENANT
from scribetree.privacy.migrations import ALL_TENANTS, MIGRATIONS, lacking, migrate
from scribetree.settings import Settings

__all__ = ["LOCAL_TENANT", "Database", "metadata"]

metadata = MetaData()
"""The tables of every store. They describe what `migrations.py` creates; a test holds the two together."""

_FILE = "records.db"
_BUSY_TIMEOUT_MS = 5_000
_STATEMENT_TIMEOUT_MS = 30_000
_ROWS_ROLE = "scribetree_rows"
_BEGIN_READING = Prepared(text("BEGIN"))


@dataclass(frozen=True)
class Database:
    """One tenant's view of the installation's database, at the schema of this version."""

    engine: Engine
    tenant: str = LOCAL_TENANT
    path: Path | None = None
    steps_down: bool = False

    @classmethod
    def open(cls, where: Settings | str, *, tenant: str = LOCAL_TENANT) -> "Database":
        """The database that the settings (or a URL) name, made and migrated if need be."""
        url = _url(where)
        is_sqlite = url.get_backend_name() == "sqlite"
        engine = _sqlite(url) if is_sqlite else _postgresql(url)
        path = Path(str(url.database)) if is_sqlite else None
        try:
            with _as_unavailable():
                return cls(engine, tenant, path, steps_down=_prepared(engine))
        except BaseException:
            engine.dispose()
            raise

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the SQLite file, which has its writers one after the other."""
        return self.path is not None

    def of_tenant(self, tenant: str) -> "Database":
        """The same database as another tenant sees it."""
        return replace(self, tenant=tenant)

    def of_all_tenants(self) -> "Database":
        """The same database as its upkeep sees it: rotation, retention, verification. Never given to a caller."""
        return replace(self, tenant=ALL_TENANTS)

    @contextmanager
    def write(self) -> Generator[Connection]:
        """A transaction that commits when the block ends, or leaves no trace when it raises."""
        with _as_unavailable(), self.engine.connect() as connection, connection.begin():
            if self.is_sqlite:
                _take_write_lock(connection)
            else:
                self._narrow(connection)
            yield connection

    @contextmanager
    def read(self) -> Generator[Connection]:
        """A transaction that sees one moment of the database."""
        with _as_unavailable(), self.engine.connect() as connection, connection.begin():
            if self.is_sqlite:
                _BEGIN_READING.run(connection, {})
            else:
                self._narrow(connection)
            yield connection

    @contextmanager
    def write_in(self, connection: Connection | None) -> Generator[Connection]:
        """The caller's own write transaction if there is one, else one for this block."""
        if connection is not None:
            yield connection
            return
        with self.write() as own:
            yield own

    @contextmanager
    def read_in(self, connection: Connection | None) -> Generator[Connection]:
        """The caller's own transaction if there is one, else one for this block."""
        if connection is not None:
            yield connection
            return
        with self.read() as own:
            yield own

    def lock(self, connection: Connection, name: str) -> None:
        """No other transaction holds the lock `name` until this one ends; SQLite's writers already take turns."""
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"scribetree/{name}"})

    @property
    def deletion_limits(self) -> str:
        """Where deleted bytes may still be after a wipe."""
        if self.is_sqlite:
            return "Copies and backups of the file keep what they held."
        return "PostgreSQL keeps deleted bytes in its write-ahead log, replicas and backups until they are recycled."

    def wipe(self) -> bool:
        """What was deleted is gone, within `deletion_limits`; False if a reader held that up: then wipe again."""
        with _as_unavailable():
            return self._truncate_log() if self.is_sqlite else self._vacuum()

    def rebuild(self) -> None:
        """Every page has been written anew, without what had been deleted; costly on a large database."""
        with _as_unavailable(), self._autocommit() as connection:
            connection.exec_driver_sql("VACUUM")

    def files(self) -> list[Path]:
        """The files that this machine keeps the rows in; none on PostgreSQL."""
        if self.path is None:
            return []
        candidates = [self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm", "-journal"))]
        return [path for path in candidates if path.exists()]

    def close(self) -> None:
        """No connection is open any more."""
        self.engine.dispose()

    @contextmanager
    def _autocommit(self) -> Generator[Connection]:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    def _narrow(self, connection: Connection) -> None:
        """PostgreSQL shows this transaction the rows of this tenant only."""
        narrow = "SELECT set_config('scribetree.tenant', :tenant, true)"
        role = f", set_config('role', '{_ROWS_ROLE}', true)" if self.steps_down else ""
        connection.execute(text(narrow + role), {"tenant": self.tenant})

    def _truncate_log(self) -> bool:
        """The write-ahead log is empty; secure deletion has overwritten the rest already."""
        with self._autocommit() as connection:
            return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()

    def _vacuum(self) -> bool:
        with self._autocommit() as connection:
            for table in metadata.tables:
                connection.exec_driver_sql(f'VACUUM "{table}"')
        return True


def _url(where: Settings | str) -> URL:
    if isinstance(where, Settings) and not where.database_url:
        where.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return URL.create("sqlite", database=str(where.home / _FILE))
    given = where.database_url if isinstance(where, Settings) else where
    try:
        url = make_url(given or "")
        name = url.get_backend_name()
    except ArgumentError:
        raise _unknown_url() from None
    if name in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if name == "sqlite" and url.database:
        return url.set(drivername="sqlite")
    raise _unknown_url()


def _unknown_url() -> ConfigError:
    return ConfigError(
        "SCRIBETREE_DATABASE_URL is not the URL of a PostgreSQL database or of an SQLite file.",
        hint="Write postgresql://USER@HOST:PORT/DATABASE, or leave it out for SQLite in SCRIBETREE_HOME.",
    )


def _sqlite(url: URL) -> Engine:
    _create_private(Path(str(url.database)))
    engine = create_engine(url, pool_size=8, max_overflow=32)
    event.listen(engine, "connect", _configure_sqlite)
    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_size=5, max_overflow=10, pool_timeout=_BUSY_TIMEOUT_MS / 1000)
    event.listen(engine, "connect", _configure_postgresql)
    return engine


def _prepared(engine: Engine) -> bool:
    """Whether transactions must step down to a role that row-level security binds; the schema is up to date."""
    if engine.dialect.name == "sqlite":
        _migrate_sqlite(engine)
        return False
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('scribetree/migrate'))"))
        migrate(connection, MIGRATIONS)
        steps_down = _is_above_row_security(connection)
        if steps_down:
            _prepare_rows_role(connection)
        return steps_down


def _migrate_sqlite(engine: Engine) -> None:
    """Nobody waits for the one write lock at a start that changes nothing."""
    with engine.begin() as connection:
        _BEGIN_READING.run(connection, {})
        if not lacking(connection, MIGRATIONS):
            return
    with engine.begin() as connection:
        _take_write_lock(connection)
        migrate(connection, MIGRATIONS)


def _create_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:
        raise _unavailable() from None


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # `_BEGIN_READING` and `_take_write_lock` say how a transaction begins
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    _enter_write_ahead_mode(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _enter_write_ahead_mode(cursor: Any) -> None:  # noqa: ANN401 - as above
    """The busy timeout does not cover this change, which processes that start together make together."""
    from sqlite3 import OperationalError  # noqa: PLC0415 - SQLAlchemy wraps nothing here

    until = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)
        else:
            return


def _take_write_lock(connection: Connection) -> None:
    """
    The write lock, asked for every millisecond or so.

    SQLite's own wait backs off to a tenth of a second, so that whoever has waited longest asks least often, and
    starves where seven processes write without pause.
    """
    from sqlite3 import OperationalError  # noqa: PLC0415 - as above

    until = time.monotonic() + _BUSY_TIMEOUT_MS / 1000
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except OperationalError as error:
                if time.monotonic() > until or "locked" not in str(error):
                    raise DatabaseError("BEGIN IMMEDIATE", None, error) from error
                time.sleep(random.uniform(0.0002, 0.002))  # noqa: S311 - whose turn it is, is no secret
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")


def _configure_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - as above
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = {_BUSY_TIMEOUT_MS}")
    cursor.execute(f"SET statement_timeout = {_STATEMENT_TIMEOUT_MS}")
    cursor.close()
    connection.commit()


def _is_above_row_security(connection: Connection) -> bool:
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    return bool(connection.execute(text(query)).scalar_one())


def _prepare_rows_role(connection: Connection) -> None:
    """Row-level security does not bind such a login, so its transactions run as a role that it does bind."""
    found = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": _ROWS_ROLE}).scalar()
    schema = connection.dialect.identifier_preparer.quote(
        str(connection.execute(text("SELECT current_schema()")).scalar_one())
    )
    if not found:
        connection.exec_driver_sql(f"CREATE ROLE {_ROWS_ROLE} NOLOGIN")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {_ROWS_ROLE}")
    connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {_ROWS_ROLE}")


@contextmanager
def _as_unavailable() -> Generator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except (DatabaseError, PoolTimeout) as error:
        raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable(
        "The record store cannot be used: it is locked, full, damaged or away; nothing was stored.",
        hint="Free disk space or stop what holds `records.db` in SCRIBETREE_HOME; on PostgreSQL, see that it runs. "
        "Then try again.",
    )
