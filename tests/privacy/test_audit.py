"""The audit log: what it tells and to whom, what it proves, and every way in which it can be tampered with."""

import base64
import hashlib
import json
import multiprocessing
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.privacy.workers import append_many

from scribetree.clock import FixedClock
from scribetree.errors import InvalidInput, KeyDestroyed, TamperDetected
from scribetree.privacy import merkle
from scribetree.privacy.audit import AuditEvent, AuditLog, Detail
from scribetree.privacy.checkpoints import CheckpointSigner, read_checkpoint
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.privacy.witness import Witness, witnesses_at
from scribetree.settings import Settings

TEACHER, ANNA, BEN = (Pseudonym(letter * 32) for letter in "tab")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def audit(database: Database, ring: KeyRing, clock: FixedClock) -> AuditLog:
    return AuditLog(database, ring, clock, zone=UTC)


def reading(subject: Pseudonym | None = ANNA, **detail: Detail) -> AuditEvent:
    return AuditEvent("read", "ok", "educator", TEACHER, purpose="feedback", subject=subject, detail=detail)


def fill(audit: AuditLog, database: Database, count: int) -> None:
    """So many entries, half of them about Anna, in one transaction: a disk's pause each would take long."""
    with database.write() as connection:
        for number in range(count):
            subject = ANNA if number % 2 else None
            audit.append(AuditEvent("write", "ok", "educator", TEACHER, subject=subject), connection=connection)


def entries(database: Database) -> list[bytes]:
    with database.read() as connection:
        kept = connection.execute(text("SELECT entry FROM audit_log ORDER BY sequence")).scalars()
        return [bytes(entry) for entry in kept]


def execute(database: Database, statement: str, **values: Any) -> None:
    with database.write() as connection:
        connection.execute(text(statement), values)


def test_an_event_is_there_for_its_student_with_what_was_done_and_why(audit: AuditLog, clock: FixedClock) -> None:
    receipt = audit.append(reading(fields=["text"], record="draft-1"))
    audit.append(reading(BEN))
    (told,) = audit.about(ANNA)
    assert (told.sequence, told.at, told.action, told.purpose) == (receipt.sequence, clock.now(), "read", "feedback")
    assert (told.actor, told.detail) == (TEACHER, {"fields": ["text"], "record": "draft-1"})


def test_nothing_is_told_about_a_student_of_whom_nothing_is_known(audit: AuditLog) -> None:
    assert audit.about(ANNA) == []


def test_the_tree_is_that_of_the_entries(audit: AuditLog, database: Database) -> None:
    fill(audit, database, 13)
    assert audit.head_after(None).root == merkle.root(entries(database))
    assert audit.verify().is_whole


def test_an_entry_about_a_student_names_the_student_nowhere(audit: AuditLog, database: Database) -> None:
    audit.append(reading(record="a-word-of-annas"))
    audit.append(AuditEvent("read", "ok", "student", ANNA))
    with database.read() as connection:
        kept = repr(connection.execute(text("SELECT * FROM audit_log")).all())
    assert ANNA not in kept
    assert "a-word-of-annas" not in kept
    assert TEACHER in kept


def test_an_entry_is_canonical(audit: AuditLog, database: Database) -> None:
    audit.append(reading(None, b=1, a="é"))
    (entry,) = entries(database)
    assert entry == json.dumps(json.loads(entry), sort_keys=True, separators=(",", ":")).encode()


def test_a_float_is_refused_and_nothing_is_appended(audit: AuditLog) -> None:
    with pytest.raises(InvalidInput, match="floats"):
        audit.append(AuditEvent("read", "ok", "educator", TEACHER, detail={"score": 0.1}))  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    assert audit.head_after(None).size == 0


def test_an_entry_that_would_hold_a_whole_text_is_refused(audit: AuditLog) -> None:
    with pytest.raises(InvalidInput, match="too long"):
        audit.append(reading(text="x" * 20_000))


def test_an_event_and_the_change_that_it_tells_of_are_one(audit: AuditLog, database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        append_and_fail(audit, database)
    assert audit.head_after(None).size == 0
    assert audit.append(reading()).sequence == 0


def append_and_fail(audit: AuditLog, database: Database) -> None:
    with database.write() as connection:
        audit.append(reading(), connection=connection)
        _ = 1 / 0


def test_an_erasure_makes_the_entries_unreadable_and_changes_no_hash(
    audit: AuditLog, database: Database, ring: KeyRing, clock: FixedClock
) -> None:
    audit.append(reading(record="gone"))
    before = audit.checkpoint()
    SubjectKeys(database, ring, clock).destroy(ANNA)
    with pytest.raises(KeyDestroyed):
        audit.about(ANNA)
    assert audit.checkpoint() == before
    report = audit.verify()
    assert (report.is_whole, report.erased, report.about_students) == (True, 1, 0)


def test_an_event_about_an_erased_student_is_kept_without_what_it_said(
    audit: AuditLog, database: Database, ring: KeyRing, clock: FixedClock
) -> None:
    SubjectKeys(database, ring, clock).destroy(ANNA)
    audit.append(reading(record="gone"))
    (entry,) = entries(database)
    assert b"gone" not in entry
    assert ANNA.encode() not in entry
    assert json.loads(entry)["erased"] is True


def test_two_tenants_have_two_logs(audit: AuditLog, database: Database, ring: KeyRing, clock: FixedClock) -> None:
    other = AuditLog(database.of_tenant("other"), ring, clock)
    audit.append(reading())
    assert other.append(reading()).sequence == 0
    assert other.verifier_key != audit.verifier_key
    assert audit.verify().is_whole
    assert other.verify().is_whole


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21])
def test_every_entry_can_be_proved_away_from_here(size: int, audit: AuditLog, database: Database) -> None:
    fill(audit, database, size)
    for sequence in range(size):
        audit.prove(sequence).verify()


def test_a_proof_of_another_entry_does_not_hold(audit: AuditLog, database: Database) -> None:
    fill(audit, database, 5)
    proof = audit.prove(2)
    for wrong in (replace(proof, entry=audit.prove(3).entry), replace(proof, sequence=3)):
        with pytest.raises(TamperDetected):
            wrong.verify()


def test_there_is_no_proof_of_an_entry_that_is_not_there(audit: AuditLog, database: Database) -> None:
    fill(audit, database, 2)
    with pytest.raises(InvalidInput):
        audit.prove(2)


def test_the_log_of_a_checkpoint_is_proved_to_be_the_beginning_of_a_later_one(
    audit: AuditLog, database: Database
) -> None:
    fill(audit, database, 5)
    early = audit.checkpoint()
    fill(audit, database, 9)
    late = audit.checkpoint()
    proof = audit.consistency(early.size, late.size)
    merkle.verify_consistency(early.size, late.size, early.root, late.root, proof)


def test_a_checkpoint_is_a_signed_note_of_c2sp(audit: AuditLog, database: Database) -> None:
    fill(audit, database, 3)
    made = audit.checkpoint()
    origin, size, root, empty, signature, last = made.note.split("\n")
    assert (size, base64.b64decode(root), empty, last) == ("3", made.root, "", "")
    name, key_id, public = audit.verifier_key.split("+", 2)
    assert signature.startswith(f"— {name} ")
    assert name == origin
    digest = hashlib.sha256(name.encode() + b"\n" + base64.b64decode(public)).hexdigest()
    assert digest.startswith(key_id)
    assert base64.b64decode(signature.rsplit(" ", 1)[1])[:4].hex() == key_id


@given(st.data())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_checkpoint_with_any_altered_character_is_refused(data: st.DataObject) -> None:
    signer = CheckpointSigner(KeyRing(bytes(32)), "local")
    note = signer.sign(size=12, root=bytes(range(32))).note
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda letter: letter != note[place]))
    try:
        read = read_checkpoint(note[:place] + other + note[place + 1 :], signer.verifier_key)
    except TamperDetected:
        return
    assert (read.origin, read.size, read.root) == (signer.origin, 12, bytes(range(32)))  # space after the signature


def test_a_checkpoint_of_another_installation_is_refused() -> None:
    made = CheckpointSigner(KeyRing(bytes(32)), "local").sign(size=1, root=bytes(32))
    with pytest.raises(TamperDetected):
        read_checkpoint(made.note, CheckpointSigner(KeyRing(b"1" * 32), "local").verifier_key)


@pytest.mark.parametrize("note", ["", "\n\n", "a\nb\nc\n\n— x y\n", "x" * 10_000])
def test_a_text_that_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(TamperDetected):
        read_checkpoint(note, CheckpointSigner(KeyRing(bytes(32)), "local").verifier_key)


def swap_two(database: Database) -> None:
    execute(database, "UPDATE audit_log SET sequence = 1000 WHERE sequence = 2")
    execute(database, "UPDATE audit_log SET sequence = 2 WHERE sequence = 3")
    execute(database, "UPDATE audit_log SET sequence = 3 WHERE sequence = 1000")


def rewrite(database: Database) -> None:
    """An attacker who recomputes every hash that needs no key."""
    changed = entries(database)
    changed[4] = changed[4].replace(b'"ok"', b'"no"')
    leaf = merkle.leaf_hash(changed[4])
    execute(database, "UPDATE audit_log SET entry = :e, leaf_hash = :l WHERE sequence = 4", e=changed[4], l=leaf)
    for level, index in ((1, 2), (2, 1), (3, 0)):
        above = merkle.root(changed[index << level : (index + 1) << level])
        execute(database, "UPDATE audit_nodes SET hash = :h WHERE node = :n", h=above, n=level << 48 | index)


ONE_MORE = """
    INSERT INTO audit_log (tenant, sequence, entry, leaf_hash, at_us, action) VALUES ('local', 11, :e, :e, 1, 'x')
"""
TAMPERINGS: dict[str, Callable[[Database], None]] = {
    "an entry altered": lambda d: execute(d, "UPDATE audit_log SET entry = :e WHERE sequence = 3", e=b"{}"),
    "a leaf altered": lambda d: execute(d, "UPDATE audit_log SET leaf_hash = :h WHERE sequence = 3", h=bytes(32)),
    "an entry dropped": lambda d: execute(d, "DELETE FROM audit_log WHERE sequence = 3"),
    "the first dropped": lambda d: execute(d, "DELETE FROM audit_log WHERE sequence = 0"),
    "the last dropped": lambda d: execute(d, "DELETE FROM audit_log WHERE sequence = 10"),
    "two swapped": swap_two,
    "one added": lambda d: execute(d, ONE_MORE, e=b"{}"),
    "everything rewritten": rewrite,
    "a node altered": lambda d: execute(d, "UPDATE audit_nodes SET hash = :h WHERE node = :n", h=bytes(32), n=1 << 48),
    "the head altered": lambda d: execute(d, "UPDATE audit_heads SET size = 10"),
    "the head dropped": lambda d: execute(d, "DELETE FROM audit_heads"),
    "an actor's column altered": lambda d: execute(d, "UPDATE audit_log SET actor = 'x' WHERE sequence = 4"),
    "a student's column altered": lambda d: execute(d, "UPDATE audit_log SET key_id = NULL WHERE sequence = 5"),
    "a checkpoint altered": lambda d: execute(d, "UPDATE audit_checkpoints SET note = 'x'"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found(tampering: str, audit: AuditLog, database: Database) -> None:
    fill(audit, database, 11)
    audit.checkpoint()
    assert audit.verify().is_whole
    TAMPERINGS[tampering](database)
    assert not audit.verify().is_whole


def test_a_forged_head_is_not_added_to(audit: AuditLog, database: Database) -> None:
    fill(audit, database, 3)
    execute(database, "UPDATE audit_heads SET size = 2")
    with pytest.raises(TamperDetected):
        audit.append(reading())


LOG_TABLES = [metadata.tables[f"audit_{name}"] for name in ("log", "nodes", "heads", "checkpoints")]


def copied(database: Database) -> list[list[dict[str, Any]]]:
    with database.read() as connection:
        return [[dict(row) for row in connection.execute(table.select()).mappings()] for table in LOG_TABLES]


def put_back(database: Database, kept: list[list[dict[str, Any]]]) -> None:
    with database.write() as connection:
        for table, rows in zip(LOG_TABLES, kept, strict=True):
            connection.execute(table.delete())
            if rows:
                connection.execute(table.insert(), rows)


def test_a_log_that_was_rolled_back_as_a_whole_does_not_deceive_a_witness(
    audit: AuditLog, database: Database, settings: Settings
) -> None:
    witness = Witness(settings.home, "writing-analysis")
    fill(audit, database, 5)
    old = copied(database)
    fill(audit, database, 5)
    witness.observe(audit)
    put_back(database, old)
    assert audit.verify().is_whole  # by itself it looks well
    assert any("rolled back" in finding.what for finding in audit.verify([witness]).findings)
    with pytest.raises(TamperDetected, match="rolled back"):
        witness.observe(audit)


def test_a_log_that_was_rolled_back_and_went_on_otherwise_does_not_deceive_a_witness(
    audit: AuditLog, database: Database, settings: Settings
) -> None:
    witness = Witness(settings.home, "host")
    fill(audit, database, 5)
    old = copied(database)
    fill(audit, database, 5)
    seen = witness.observe(audit)
    put_back(database, old)
    fill(audit, database, 9)
    with pytest.raises(TamperDetected):
        witness.observe(audit)
    assert witness.kept(audit.verifier_key) == seen
    assert not audit.verify(witnesses_at(settings.home)).is_whole


def test_a_witness_that_was_forged_is_found(audit: AuditLog, database: Database, settings: Settings) -> None:
    witness = Witness(settings.home, "host")
    fill(audit, database, 2)
    witness.observe(audit)
    path = settings.home / "witnesses" / "host"
    path.write_text(path.read_text("utf-8").replace("\n2\n", "\n1\n"), "utf-8")
    assert not audit.verify(witnesses_at(settings.home)).is_whole


def test_a_process_witnesses_what_it_appends_to(
    database: Database, ring: KeyRing, clock: FixedClock, settings: Settings
) -> None:
    fill(AuditLog(database, ring, clock), database, 3)
    mine = AuditLog(database, ring, clock, witness=Witness(settings.home, "strategy"))
    mine.append(reading())
    kept = Witness(settings.home, "strategy").kept(mine.verifier_key)
    assert kept is not None
    assert kept.size == 3


def test_eight_processes_append_at_once_and_nothing_is_lost(
    audit: AuditLog, ring: KeyRing, database_settings: Settings
) -> None:
    work = [(str(database_settings.home), database_settings.database_url, 10)] * 8
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        done = pool.starmap(append_many, work)
    assert sorted(sequence for each in done for sequence in each) == list(range(80))
    report = audit.verify()
    assert (report.size, report.is_whole) == (80, True)


def kinds(audit: AuditLog) -> list[str]:
    return sorted(incident.kind for incident in audit.incidents())


def test_ordinary_work_raises_no_incident(audit: AuditLog) -> None:
    for number in range(20):
        audit.append(reading(Pseudonym(f"{number:032x}")))
    assert kinds(audit) == []


def test_more_than_fifty_accesses_in_an_hour_are_one_incident(audit: AuditLog, clock: FixedClock) -> None:
    for _ in range(55):
        audit.append(reading())
        clock.advance(10)
    assert kinds(audit) == ["rate"]
    assert audit.verify().is_whole


def test_fifty_accesses_an_hour_for_a_day_are_none(audit: AuditLog, clock: FixedClock) -> None:
    for _ in range(120):
        audit.append(reading())
        clock.advance(80)
    assert kinds(audit) == []


def test_more_than_twenty_students_in_an_hour_are_an_incident(audit: AuditLog) -> None:
    for number in range(21):
        audit.append(reading(Pseudonym(f"{number:032x}")))
    (incident,) = audit.incidents()
    assert (incident.kind, incident.actor) == ("breadth", TEACHER)


@pytest.mark.parametrize(("hour", "expected"), [(21, []), (22, ["hours"]), (3, ["hours"]), (6, [])])
def test_an_access_at_night_is_an_incident(hour: int, expected: list[str], audit: AuditLog, clock: FixedClock) -> None:
    clock.moment = datetime(2026, 3, 2, hour, 30, tzinfo=UTC)
    audit.append(reading())
    assert kinds(audit) == expected


def test_a_student_at_night_is_none(audit: AuditLog, clock: FixedClock) -> None:
    clock.moment = datetime(2026, 3, 2, 23, tzinfo=UTC)
    audit.append(AuditEvent("read", "ok", "student", ANNA))
    assert kinds(audit) == []
