"""Alerts are durable, sealed and kept once."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from scribetree.errors import Unavailable
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.records import AlertRecords
from scribetree.settings import Settings

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def records(settings: Settings, ring: KeyRing) -> Iterator[AlertRecords]:
    store = AlertRecords(settings.home, ring)
    yield store
    store.close()


def add(store: AlertRecords, alert_id: str = "a-1", *, educator: str = "t-1", in_minutes: int = 0) -> bool:
    return store.add(
        alert_id=alert_id,
        educator_id=educator,
        student_id="s-17",
        content={"title": "Short reflection"},
        created_at=NOW,
        deliver_at=NOW + timedelta(minutes=in_minutes),
    )


def test_an_alert_is_there_for_its_educator_and_nobody_else(records: AlertRecords) -> None:
    add(records)
    assert [alert.content["title"] for alert in records.due(educator_id="t-1", now=NOW, limit=10)] == [
        "Short reflection"
    ]
    assert records.due(educator_id="t-2", now=NOW, limit=10) == []


def test_the_same_alert_is_kept_once(records: AlertRecords) -> None:
    assert [add(records), add(records)] == [True, False]
    assert len(records.due(educator_id="t-1", now=NOW, limit=10)) == 1


def test_an_alert_for_later_waits(records: AlertRecords) -> None:
    add(records, in_minutes=30)
    assert records.due(educator_id="t-1", now=NOW, limit=10) == []
    assert records.waiting(educator_id="t-1", now=NOW) == 1
    assert len(records.due(educator_id="t-1", now=NOW + timedelta(minutes=30), limit=10)) == 1


def test_alerts_outlive_the_process(records: AlertRecords, settings: Settings, ring: KeyRing) -> None:
    add(records)
    records.close()
    again = AlertRecords(settings.home, ring)
    assert len(again.due(educator_id="t-1", now=NOW, limit=10)) == 1
    again.close()


def test_neither_words_nor_identifiers_can_be_read_from_the_disk(records: AlertRecords, settings: Settings) -> None:
    add(records, educator="teacher-mueller")
    kept = b"".join(path.read_bytes() for path in settings.home.iterdir())
    for secret in (b"Short reflection", b"teacher-mueller", b"s-17"):
        assert secret not in kept


def test_a_locked_store_says_that_nothing_was_stored(
    records: AlertRecords, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.records._BUSY_TIMEOUT_MS", 50)
    records.close()
    lock = sqlite3.connect(settings.home / "records.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="nothing was stored"):
        add(records)
    lock.close()
