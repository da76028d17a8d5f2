"""`scribetree privacy audit` and `keys`, as a person uses them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from scribetree.clock import SystemClock
from scribetree.errors import ScribeTreeError
from scribetree.host.cli import app
from scribetree.privacy.audit import AuditEvent, AuditLog
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.settings import Settings

TEACHER, ANNA = Pseudonym("t" * 32), Pseudonym("a" * 32)


@pytest.fixture
def filled(settings: Settings, ring: KeyRing) -> Settings:
    """An installation with five entries about a student."""
    database = Database.open(settings)
    log = AuditLog(database, ring, SystemClock())
    for _ in range(5):
        log.append(AuditEvent("write", "ok", "educator", TEACHER, subject=ANNA))
    database.close()
    return settings


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["privacy", *arguments])


def answer(*arguments: str) -> Any:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def tamper(settings: Settings, statement: str) -> None:
    database = Database.open(settings)
    with database.write() as connection:
        connection.exec_driver_sql(statement)
    database.close()


def test_a_whole_log_is_verified_and_then_witnessed_by_the_host(filled: Settings) -> None:
    report = answer("audit", "verify", "--json")
    assert (report["whole"], report["size"], report["about_students"]) == (True, 5, 5)
    assert (filled.home / "witnesses" / "host").exists()


def test_an_altered_log_is_a_finding_that_names_the_entry(filled: Settings) -> None:
    tamper(filled, "UPDATE audit_log SET action = 'nothing' WHERE sequence = 3")
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "entry 3" in result.stdout


def test_a_log_that_became_shorter_than_the_host_saw_it_is_a_finding(filled: Settings) -> None:
    run("audit", "verify")
    tamper(filled, "DELETE FROM audit_log")
    tamper(filled, "DELETE FROM audit_heads")
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "rolled back" in result.stdout


def test_a_checkpoint_is_signed_and_kept(filled: Settings) -> None:
    made = answer("audit", "checkpoint", "--json")
    assert made["size"] == 5
    assert made["note"].splitlines()[1] == "5"
    assert answer("audit", "verify", "--json")["checkpoints"] == 1


def test_a_proof_holds_for_whoever_has_the_key(filled: Settings, tmp_path: Path) -> None:
    key = answer("audit", "checkpoint", "--json")["verifier_key"]
    path = tmp_path / "proof.json"
    path.write_text(run("audit", "prove", "2").stdout, "utf-8")
    assert answer("audit", "verify", "--proof", str(path), "--key", key, "--json")["sequence"] == 2
    proof = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(proof | {"sequence": 3}), "utf-8")
    assert run("audit", "verify", "--proof", str(path), "--key", key).exit_code == 1


def test_a_file_that_is_no_proof_is_wrong_usage(filled: Settings, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_text("[1]", "utf-8")
    result = run("audit", "verify", "--proof", str(path))
    assert isinstance(result.exception, ScribeTreeError)
    assert result.exception.code == "invalid_input"


def test_an_entry_that_is_not_there_has_no_proof(filled: Settings) -> None:
    result = run("audit", "prove", "99")
    assert isinstance(result.exception, ScribeTreeError)


def test_a_rotation_wraps_every_key_anew_and_stands_in_the_log(filled: Settings, ring: KeyRing) -> None:
    assert answer("keys", "rotate", "--json") == {"epoch": 2, "rewrapped": 1, "retired": 0}
    assert [epoch.number for epoch in ring.epochs] == [1, 2]
    assert answer("audit", "verify", "--json")["size"] == 6


def test_a_retirement_leaves_one_epoch_and_loses_nothing(filled: Settings, ring: KeyRing) -> None:
    assert answer("keys", "rotate", "--retire", "--json")["retired"] == 1
    assert [epoch.number for epoch in ring.epochs] == [2]
    database = Database.open(filled)
    assert SubjectKeys(database, ring, SystemClock()).key(ANNA).secret
    database.close()


def test_a_lost_key_ring_is_not_replaced_in_silence(filled: Settings) -> None:
    (filled.home / "keyring").unlink()
    assert run("audit", "verify").exit_code == 1
    result = run("keys", "rotate")
    assert isinstance(result.exception, ScribeTreeError)
    assert "not the one" in result.exception.message
