"""One key a person: made once, wrapped anew without loss, destroyed down to the bytes, whenever the process dies."""

import contextlib
import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.privacy.faults import Crash, Faults, FaultyDatabase, FaultyKeeper
from tests.privacy.workers import rotate_all, rotate_for_ever

from scribetree.clock import FixedClock
from scribetree.errors import ConfigError, KeyDestroyed, TamperDetected, Unavailable, UnknownName
from scribetree.privacy._keepers import FileKeeper
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import FieldSealer, Place
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.settings import Settings

ANNA, BEN = Pseudonym("a" * 32), Pseudonym("b" * 32)
CLOCK = FixedClock()
TEXT = b"a canary that only Anna wrote"


def place(subject: Pseudonym, record: str = "draft-1") -> Place:
    return Place("local", subject, record, "text", 1)


@pytest.fixture
def keys(database: Database, ring: KeyRing) -> SubjectKeys:
    return SubjectKeys(database, ring, CLOCK)


def wrapped(database: Database, subject: Pseudonym) -> bytes:
    with database.read() as connection:
        query = text("SELECT wrapped FROM subject_keys WHERE subject = :s")
        return bytes(connection.execute(query, {"s": subject}).scalar_one())


def epochs_in_use(database: Database) -> set[int]:
    with database.of_all_tenants().read() as connection:
        return set(connection.execute(text("SELECT epoch FROM subject_keys")).scalars())


def test_a_person_has_one_key_for_ever(keys: SubjectKeys, database: Database, ring: KeyRing) -> None:
    made = keys.obtain(ANNA)
    assert keys.obtain(ANNA) == keys.key(ANNA) == SubjectKeys(database, ring, CLOCK).key(ANNA) == made
    assert keys.obtain(BEN).secret != made.secret


def test_a_person_without_a_key_has_none(keys: SubjectKeys) -> None:
    with pytest.raises(UnknownName):
        keys.key(ANNA)


def test_those_who_ask_for_a_first_key_together_get_the_same(keys: SubjectKeys) -> None:
    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.append(keys.obtain(ANNA).secret)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


def test_a_key_that_a_failed_transaction_made_is_not_there(keys: SubjectKeys, database: Database) -> None:
    with contextlib.suppress(Crash), database.write() as connection:
        keys.obtain(ANNA, connection=connection)
        raise Crash
    with pytest.raises(UnknownName):
        keys.key(ANNA)


def test_the_same_name_in_two_tenants_has_two_keys(keys: SubjectKeys, database: Database, ring: KeyRing) -> None:
    elsewhere = SubjectKeys(database.of_tenant("other"), ring, CLOCK)
    assert keys.obtain(ANNA).secret != elsewhere.obtain(ANNA).secret
    keys.destroy(ANNA)
    assert elsewhere.key(ANNA).secret


def test_a_wrapped_key_does_not_open_for_another_person(keys: SubjectKeys, database: Database) -> None:
    keys.obtain(ANNA)
    keys.obtain(BEN)
    with database.write() as connection:
        query = text("UPDATE subject_keys SET wrapped = :w WHERE subject = :s")
        connection.execute(query, {"w": wrapped(database, ANNA), "s": BEN})
    with pytest.raises(TamperDetected):
        keys.key(BEN)


def test_another_ring_makes_no_keys_in_this_database(keys: SubjectKeys, database: Database) -> None:
    keys.obtain(ANNA)
    stranger = SubjectKeys(database, KeyRing(), CLOCK)
    with pytest.raises(ConfigError, match="not the one"):
        stranger.obtain(BEN)
    with pytest.raises(TamperDetected):
        stranger.key(ANNA)
    assert keys.key(ANNA).secret


def test_a_rotation_loses_nothing_and_leaves_the_old_epoch_to_be_retired(
    keys: SubjectKeys, database: Database, ring: KeyRing
) -> None:
    sealer = FieldSealer(keys)
    sealed = sealer.seal(TEXT, place=place(ANNA))
    ring.rotate()
    assert keys.rewrap() == 1
    keys.retire(1)
    assert sealer.open(sealed, place=place(ANNA)) == TEXT
    assert epochs_in_use(database) == {2}


def test_a_rotation_reaches_every_tenant(keys: SubjectKeys, database: Database, ring: KeyRing) -> None:
    elsewhere = SubjectKeys(database.of_tenant("other"), ring, CLOCK)
    keys.obtain(ANNA)
    elsewhere.obtain(BEN)
    ring.rotate()
    with pytest.raises(ConfigError, match="2 keys"):
        keys.retire(1)
    assert keys.rewrap() == 2
    keys.retire(1)
    assert elsewhere.key(BEN).secret


def test_an_epoch_that_still_wraps_a_key_is_not_retired(keys: SubjectKeys, ring: KeyRing) -> None:
    keys.obtain(ANNA)
    ring.rotate()
    with pytest.raises(ConfigError, match="still wrapped"):
        keys.retire(1)
    assert keys.key(ANNA).secret


def test_an_old_backup_stays_shut_once_its_epoch_is_retired(sqlite: Database, ring: KeyRing, tmp_path: Path) -> None:
    keys = SubjectKeys(sqlite, ring, CLOCK)
    keys.obtain(ANNA)
    backup = tmp_path / "backup.db"
    with sqlite3.connect(str(sqlite.path)) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    receipt = keys.destroy(ANNA)
    ring.rotate()
    keys.rewrap()
    assert receipt.retire_epoch is not None
    keys.retire(receipt.retire_epoch)
    old = Database.open(f"sqlite:///{backup}")
    with pytest.raises(ConfigError, match="no epoch 1"):
        SubjectKeys(old, ring, CLOCK).key(ANNA)
    old.close()


def test_a_destroyed_key_opens_nothing_and_seals_nothing(keys: SubjectKeys) -> None:
    sealer = FieldSealer(keys)
    sealed = sealer.seal(TEXT, place=place(ANNA))
    keys.obtain(BEN)
    keys.destroy(ANNA)
    with pytest.raises(KeyDestroyed):
        sealer.open(sealed, place=place(ANNA))
    with pytest.raises(KeyDestroyed):
        sealer.seal(TEXT, place=place(ANNA))
    assert keys.key(BEN).secret


def test_destroying_twice_is_destroying_once(keys: SubjectKeys) -> None:
    keys.obtain(ANNA)
    first = keys.destroy(ANNA)
    again = keys.destroy(ANNA)
    assert (again.destroyed_at, again.wiped, again.retire_epoch) == (
        first.destroyed_at,
        first.wiped,
        first.retire_epoch,
    )


def test_someone_who_never_had_a_key_can_be_destroyed_and_gets_none(keys: SubjectKeys) -> None:
    keys.destroy(ANNA)
    with pytest.raises(KeyDestroyed):
        keys.obtain(ANNA)


def test_a_receipt_says_what_was_reached_and_what_was_not(keys: SubjectKeys, database: Database) -> None:
    keys.obtain(ANNA)
    receipt = keys.destroy(ANNA)
    assert receipt.wiped is database.is_sqlite
    assert (receipt.searched_bytes > 0) is database.is_sqlite
    assert receipt.limits
    assert receipt.retire_epoch == 1


def test_no_byte_of_a_destroyed_key_is_in_any_file(sqlite: Database, ring: KeyRing, settings: Settings) -> None:
    keys = SubjectKeys(sqlite, ring, CLOCK)
    people = [Pseudonym(f"{number:032x}") for number in range(300)]
    for person in people:
        keys.obtain(person)
    gone = {person: (wrapped(sqlite, person), keys.key(person)) for person in people[::7]}
    for person in gone:
        keys.destroy(person)
    kept = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    for old_wrapped, key in gone.values():
        assert key.secret not in kept
        assert old_wrapped[12:] not in kept
        assert old_wrapped[:12] not in kept
        assert key.key_id not in kept
    assert all(keys.key(person).secret for person in people if person not in gone)


def test_a_destruction_that_a_reader_holds_up_is_not_called_done(
    sqlite: Database, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.database._BUSY_TIMEOUT_MS", 20)
    sqlite.engine.dispose()
    keys = SubjectKeys(sqlite, ring, CLOCK)
    keys.obtain(ANNA)
    with sqlite.read() as reader:
        reader.execute(text("SELECT * FROM subject_keys")).all()
        with pytest.raises(Unavailable, match="held up"):
            keys.destroy(ANNA)
        assert keys.unfinished() == [ANNA]
    assert keys.destroy(ANNA).wiped
    assert keys.unfinished() == []


DESTRUCTION_STEPS = range(1, 9)


@pytest.mark.parametrize("step", DESTRUCTION_STEPS)
def test_a_destruction_that_is_killed_at_any_step_ends_the_same(
    step: int, sqlite: Database, ring: KeyRing, settings: Settings
) -> None:
    keys = SubjectKeys(sqlite, ring, CLOCK)
    secret, before = keys.obtain(ANNA).secret, wrapped(sqlite, ANNA)
    keys.obtain(BEN)
    faults = Faults(crash_at=step)
    with pytest.raises(Crash):
        SubjectKeys(FaultyDatabase.around(sqlite, faults), ring, CLOCK).destroy(ANNA)
    assert SubjectKeys(sqlite, ring, CLOCK).destroy(ANNA).wiped
    kept = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert before[:12] not in kept
    assert before[12:] not in kept
    assert secret not in kept
    assert (keys.unfinished(), keys.key(BEN).key_id) == ([], keys.obtain(BEN).key_id)
    with pytest.raises(KeyDestroyed):
        keys.key(ANNA)


def test_those_are_all_the_steps_of_a_destruction(sqlite: Database, ring: KeyRing) -> None:
    faults = Faults()
    keys = SubjectKeys(FaultyDatabase.around(sqlite, faults), ring, CLOCK)
    keys.obtain(ANNA)
    faults.taken = 0
    keys.destroy(ANNA)
    assert faults.taken == DESTRUCTION_STEPS.stop - 1


@pytest.mark.parametrize("step", range(1, 22))
def test_a_rotation_that_is_killed_at_any_step_loses_no_key(
    step: int, sqlite: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.subject_keys._BATCH", 2)
    faults = Faults()
    ring = KeyRing(keeper=FaultyKeeper(FileKeeper(settings.home), faults))
    keys = SubjectKeys(FaultyDatabase.around(sqlite, faults), ring, CLOCK)
    people = [Pseudonym(f"{number:032x}") for number in range(5)]
    before = {person: keys.obtain(person) for person in people}
    faults.taken, faults.crash_at = 0, step
    with contextlib.suppress(Crash):
        rotate_all(keys, ring)
    faults.crash_at = None
    survivor = KeyRing.at(settings.home)
    again = SubjectKeys(sqlite, survivor, CLOCK)
    assert {person: again.key(person) for person in people} == before
    again.rewrap()
    for epoch in survivor.epochs[:-1]:
        again.retire(epoch.number)
    assert {person: again.key(person) for person in people} == before


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_a_process_killed_while_it_rotates_loses_no_key(sqlite: Database, ring: KeyRing, settings: Settings) -> None:
    keys = SubjectKeys(sqlite, ring, CLOCK)
    people = [Pseudonym(f"{number:032x}") for number in range(200)]
    before = {person: keys.obtain(person) for person in people}
    process = multiprocessing.get_context("spawn").Process(target=rotate_for_ever, args=(str(settings.home),))
    process.start()
    until = time.monotonic() + 30
    while ring.current < 4 and time.monotonic() < until:
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    again = SubjectKeys(sqlite, KeyRing.open(settings), CLOCK)
    assert {person: again.key(person) for person in people} == before
