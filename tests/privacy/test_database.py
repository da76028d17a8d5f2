"""The database: durable, shared, separate by tenant, and honest when it cannot be used."""

import multiprocessing
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from tests.privacy.workers import open_and_close

from scribetree.errors import ConfigError, Unavailable
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.migrations import MIGRATIONS, Migration
from scribetree.settings import Settings

NOTES = Migration(
    9_001,
    "notes",
    ("CREATE TABLE notes (tenant TEXT NOT NULL, note TEXT NOT NULL, body {bytes})",),
    tenant_tables=("notes",),
)

# SQLite has no row-level security: the stores' own filters separate tenants there.
on_postgresql = pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)


@pytest.fixture
def notes(database_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with one more table."""
    monkeypatch.setattr("scribetree.privacy.database.MIGRATIONS", (*MIGRATIONS, NOTES))
    opened = Database.open(database_settings)
    yield opened
    opened.close()


def add(database: Database, note: str) -> None:
    with database.write() as connection:
        connection.execute(
            text("INSERT INTO notes (tenant, note) VALUES (:tenant, :note)"), {"tenant": database.tenant, "note": note}
        )


def add_and_fail(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("INSERT INTO notes (tenant, note) VALUES ('local', 'half')"))
        _ = 1 / 0


def all_notes(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(text("SELECT note FROM notes ORDER BY note")).scalars())


def test_what_was_written_is_there_for_the_next_who_opens(notes: Database, database_settings: Settings) -> None:
    add(notes, "kept")
    again = Database.open(database_settings)
    assert all_notes(again) == ["kept"]
    again.close()


def test_a_write_that_fails_leaves_no_trace(notes: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        add_and_fail(notes)
    assert all_notes(notes) == []


@on_postgresql
def test_on_postgresql_no_query_reaches_another_tenants_rows(notes: Database) -> None:
    other = notes.of_tenant("other-school")
    add(notes, "ours")
    assert all_notes(other) == []
    with other.write() as connection:
        assert connection.execute(text("DELETE FROM notes")).rowcount == 0
    assert all_notes(notes) == ["ours"]


@on_postgresql
def test_on_postgresql_nothing_can_be_written_for_another_tenant(notes: Database) -> None:
    with pytest.raises(Exception, match="row-level security"), notes.write() as connection:
        connection.execute(text("INSERT INTO notes (tenant, note) VALUES ('other-school', 'smuggled')"))


@on_postgresql
def test_on_postgresql_an_ordinary_login_is_bound_in_the_same_way(notes: Database, database_settings: Settings) -> None:
    login = f"scribetree_{secrets.token_hex(4)}"
    with notes.engine.begin() as connection:
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        connection.execute(text(f"CREATE ROLE {login} LOGIN PASSWORD '{login}'"))
        connection.execute(text(f"GRANT ALL ON SCHEMA {schema} TO {login}"))
        connection.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {login}"))
    add(notes.of_tenant("other-school"), "theirs")
    url = make_url(str(database_settings.database_url)).set(username=login, password=login)
    ordinary = Database.open(url.render_as_string(hide_password=False))
    assert not ordinary.steps_down
    assert all_notes(ordinary) == []
    ordinary.close()
    with notes.engine.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {login}"))
        connection.execute(text(f"DROP ROLE {login}"))


def test_processes_that_start_together_make_one_database(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        assert all(pool.map(open_and_close, [str(tmp_path / "home")] * 16))


def test_a_start_that_changes_nothing_waits_for_no_writer(sqlite: Database, settings: Settings) -> None:
    with sqlite.write():
        Database.open(settings).close()


def test_opening_again_changes_nothing(database: Database, database_settings: Settings) -> None:
    with database.read() as connection:
        before = connection.execute(text("SELECT number FROM schema_version ORDER BY number")).all()
    Database.open(database_settings).close()
    with database.read() as connection:
        assert connection.execute(text("SELECT number FROM schema_version ORDER BY number")).all() == before


def test_a_database_of_a_newer_version_is_refused(
    notes: Database, database_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.database.MIGRATIONS", MIGRATIONS)
    with pytest.raises(ConfigError, match="newer version"):
        Database.open(database_settings)


def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    database: Database, database_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration(9_002, "broken", ("CREATE TABLE half (x TEXT)", "THIS IS NOT SQL"))
    monkeypatch.setattr("scribetree.privacy.database.MIGRATIONS", (*MIGRATIONS, broken))
    with pytest.raises(Exception, match=r"(?i)syntax|cannot be used"):
        Database.open(database_settings)
    with database.read() as connection:
        assert not database.engine.dialect.has_table(connection, "half")


def test_no_two_migrations_have_one_number() -> None:
    numbers = [migration.number for migration in MIGRATIONS]
    assert len(numbers) == len(set(numbers))


def test_the_stores_describe_the_tables_that_the_migrations_made(database: Database) -> None:
    with database.read() as connection:
        for table in metadata.sorted_tables:
            made = {column["name"]: column for column in database.engine.dialect.get_columns(connection, table.name)}
            assert set(made) == {column.name for column in table.columns}, table.name
            for column in table.columns:
                assert made[column.name]["nullable"] == column.nullable, f"{table.name}.{column.name}"


def test_every_table_with_a_tenant_has_its_rows_separated() -> None:
    separated = {table for migration in MIGRATIONS for table in migration.tenant_tables}
    assert {table.name for table in metadata.sorted_tables if "tenant" in table.columns} == separated


def test_deleted_bytes_are_gone_from_every_file_after_a_wipe(sqlite: Database) -> None:
    secret = b"a-secret-that-was-deleted"
    with sqlite.write() as connection:
        connection.execute(text("CREATE TABLE secrets (body BLOB)"))
        connection.execute(text("INSERT INTO secrets VALUES (:body)"), {"body": secret})
    with sqlite.write() as connection:
        connection.execute(text("DELETE FROM secrets"))
    assert any(secret in path.read_bytes() for path in sqlite.files())
    assert sqlite.wipe()
    assert not any(secret in path.read_bytes() for path in sqlite.files())


def test_a_wipe_that_a_reader_holds_up_says_so(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribetree.privacy.database._BUSY_TIMEOUT_MS", 20)
    sqlite.engine.dispose()
    with sqlite.write() as connection:
        connection.execute(text("CREATE TABLE t (x TEXT)"))
    with sqlite.read() as connection:
        connection.execute(text("SELECT * FROM t")).all()
        with sqlite.write() as writer:
            writer.execute(text("INSERT INTO t VALUES ('new')"))
        assert not sqlite.wipe()
    assert sqlite.wipe()


def test_only_the_owner_can_read_the_file(sqlite: Database) -> None:
    assert sqlite.path is not None
    assert stat.S_IMODE(sqlite.path.stat().st_mode) == 0o600


def test_a_locked_database_says_that_nothing_was_stored(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribetree.privacy.database._BUSY_TIMEOUT_MS", 20)
    sqlite.engine.dispose()
    lock = sqlite3.connect(str(sqlite.path), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="nothing was stored"), sqlite.write():
        pass
    lock.close()


def test_a_file_that_is_no_database_is_refused_and_kept(settings: Settings) -> None:
    settings.home.mkdir(parents=True)
    path = settings.home / "records.db"
    path.write_bytes(b"not a database " * 100)
    with pytest.raises(Unavailable):
        Database.open(settings)
    assert path.read_bytes() == b"not a database " * 100


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://"])
def test_a_url_that_names_no_database_of_ours_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Database.open(url)
    assert url not in caught.value.message + caught.value.hint


def test_a_postgresql_that_is_away_says_so() -> None:
    with pytest.raises(Unavailable, match="away"):
        Database.open("postgresql://nobody@127.0.0.1:1/none")
