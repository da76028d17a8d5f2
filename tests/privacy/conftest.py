"""The stores' tests run twice: on SQLite, and on PostgreSQL in a schema of their own."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from tests.privacy.people import open_office

from scribetree.clock import FixedClock
from scribetree.privacy.database import Database
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings

# So that `metadata` describes the tables of them all.
for store in ("audit", "identities", "subject_keys", "_tables"):
    import_module(f"scribetree.privacy.{store}")

POSTGRESQL = os.environ.get("SCRIBETREE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_settings(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Settings]:
    """The settings of an installation that keeps its records in one of the two."""
    if request.param == "sqlite":
        yield settings
        return
    schema = f"scribetree_{secrets.token_hex(6)}"
    engine = create_engine(POSTGRESQL, connect_args={"connect_timeout": 2})
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        pytest.skip("no PostgreSQL answers at SCRIBETREE_TEST_POSTGRESQL")
    url = f"{POSTGRESQL}?options=-csearch_path%3D{schema}"
    yield Settings(home=settings.home, database_url=url)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    """An open database of each kind."""
    opened = Database.open(database_settings)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(settings: Settings) -> Iterator[Database]:
    """An open SQLite database."""
    opened = Database.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def office(database_settings: Settings, clock: FixedClock) -> Iterator[PrivacyOffice]:
    """The whole office, on a database of each kind; s-1 is grown up, and t-1 teaches them."""
    opened = open_office(database_settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def on_sqlite(settings: Settings, clock: FixedClock) -> Iterator[PrivacyOffice]:
    """The same on SQLite alone, where the kind of database makes no difference."""
    opened = open_office(settings, clock)
    yield opened
    opened.close()
