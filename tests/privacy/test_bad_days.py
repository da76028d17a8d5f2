"""Bad days: a wrong key ring, a truncated one, a locked or full database. Nothing is lost, and nothing shown."""

import os
import sqlite3
from pathlib import Path

import pytest
from tests.privacy.people import STUDENT, TEXT, add_draft, open_office, student

from scribetree.clock import FixedClock
from scribetree.errors import ConfigError, ScribeTreeError, TamperDetected, Unavailable
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings


@pytest.fixture
def home(settings: Settings, clock: FixedClock) -> Path:
    office = open_office(settings, clock)
    add_draft(office)
    office.close()
    return settings.home


def read(settings: Settings, clock: FixedClock) -> str:
    office = PrivacyOffice.open(settings, clock=clock)
    try:
        return str(office.guard.read(student(), STUDENT, "draft")[0].values["text"])
    finally:
        office.close()


@pytest.mark.parametrize("damage", ["wrong", "truncated", "missing", "readable"])
def test_without_the_right_key_ring_nothing_is_shown_and_with_it_nothing_is_lost(
    home: Path, settings: Settings, clock: FixedClock, damage: str, tmp_path: Path
) -> None:
    ring = home / "keyring"
    right = ring.read_bytes()
    break_ring(ring, damage, tmp_path)
    with pytest.raises(ScribeTreeError) as caught:
        read(settings, clock)
    assert isinstance(caught.value, ConfigError | TamperDetected)
    assert caught.value.hint
    ring.unlink()
    ring.write_bytes(right)
    ring.chmod(0o600)
    assert read(settings, clock) == TEXT


def break_ring(ring: Path, damage: str, tmp_path: Path) -> None:
    if damage == "truncated":
        ring.write_bytes(ring.read_bytes()[:20])
    elif damage == "readable":
        ring.chmod(0o644)
    elif damage == "missing":
        ring.unlink()
    else:
        from scribetree.privacy.keys import KeyRing

        KeyRing.open(Settings(home=tmp_path / "elsewhere"))
        ring.unlink()
        os.replace(tmp_path / "elsewhere" / "keyring", ring)  # noqa: PTH105


def test_a_locked_database_shows_and_loses_nothing(
    home: Path, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.database._BUSY_TIMEOUT_MS", 50)
    office = PrivacyOffice.open(settings, clock=clock)
    lock = sqlite3.connect(home / "records.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    for attempt in (lambda: office.guard.read(student(), STUDENT, "draft"), lambda: add_draft(office, "Second.")):
        with pytest.raises(Unavailable):
            attempt()
    lock.close()
    assert [view.values["text"] for view in office.guard.read(student(), STUDENT, "draft")] == [TEXT]
    office.close()


def test_a_full_disk_stores_nothing_in_part(home: Path, settings: Settings, clock: FixedClock) -> None:
    office = PrivacyOffice.open(settings, clock=clock)
    with office.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit_pages(office, pages + 2)
    with pytest.raises(Unavailable):
        add_draft(office, "Long. " * 20_000)
    limit_pages(office, 1_000_000)
    assert len(office.guard.read(student(), STUDENT, "draft")) == 1
    assert office.audit.verify().is_whole
    office.close()


def limit_pages(office: PrivacyOffice, pages: int) -> None:
    """The file may grow to so many pages: what a full disk is to SQLite."""
    from sqlalchemy import event

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    office.database.engine.dispose()
    event.listen(office.database.engine, "connect", limit)
