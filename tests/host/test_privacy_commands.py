"""`scribetree privacy`: what an operator can do for a student, from the command line."""

import json
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scribetree.errors import InvalidInput, OnHold, ScribeTreeError
from scribetree.host.cli import app
from scribetree.host.commands._privacy import opened_office
from scribetree.privacy.context import PrivacyContext

WORDS = "A canary in the draft."
Invoke = Callable[..., Any]


@pytest.fixture
def draft() -> None:
    """One draft of s-1, who is grown up."""
    with opened_office() as office:
        office.consent.record_birth(office.pseudonym("s-1"), date(2007, 5, 1), by="administrator")
        caller = PrivacyContext("s-1", "student", "learning", "correlation-1")
        office.guard.write(caller, "s-1", "draft", {"text": WORDS})


def scribetree(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["privacy", *arguments])
    if isinstance(done.exception, ScribeTreeError):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.stdout


def shape(*arguments: str, code: int = 0) -> Any:
    return json.loads(scribetree(*arguments, "--json", code=code))


def test_a_choice_that_is_set_is_shown(draft: None) -> None:
    shape("consent", "set", "s-1", "educational_sharing.peer=on", "privacy_controls.retention_period=30_days")
    choices = shape("consent", "show", "s-1")["choices"]
    assert choices["educational_sharing"]["peer"] is True
    assert choices["privacy_controls"]["retention_period"] == "30_days"


def test_a_withdrawal_names_the_purposes_or_means_all(draft: None) -> None:
    shape("consent", "withdraw", "s-1", "--purpose", "analytics")
    assert shape("consent", "show", "s-1")["withdrawn_purposes"] == ["analytics"]
    shape("consent", "withdraw", "s-1")
    assert len(shape("consent", "show", "s-1")["withdrawn_purposes"]) == 8


def test_a_guardian_consents_and_stops_consenting() -> None:
    shape("consent", "guardian", "s-2", "--method", "signed_form")
    assert shape("consent", "show", "s-2")["has_guardian"]
    shape("consent", "guardian", "s-2")
    assert not shape("consent", "show", "s-2")["has_guardian"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("consent", "set", "s-1", "educational_sharing.peer"),
        ("consent", "set", "s-1", "no.such=on"),
        ("consent", "withdraw", "s-1", "--purpose", "fun"),
        ("consent", "born", "s-1", "yesterday"),
    ],
)
def test_bad_words_change_nothing_and_get_a_hint(arguments: tuple[str, ...]) -> None:
    with pytest.raises(ScribeTreeError) as caught:
        scribetree(*arguments)
    assert caught.value.hint
    assert shape("consent", "show", "s-1")["version"] == 0


def test_an_export_is_complete_and_for_its_owner_only(draft: None, tmp_path: Path) -> None:
    assert WORDS in scribetree("export", "s-1")
    page = tmp_path / "page.md"
    scribetree("export", "s-1", "--format", "markdown", "--output", str(page))
    assert WORDS in page.read_text("utf-8")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    with pytest.raises(InvalidInput):
        scribetree("export", "s-1", "--output", str(page))


def test_an_erasure_asks_to_be_meant_and_gives_a_receipt(draft: None, tmp_path: Path) -> None:
    scribetree("erase", "s-1", code=2)
    receipt = shape("erase", "s-1", "--yes")
    assert receipt["counts"]["records"] == 1
    assert receipt["proof"]["sequence"] == receipt["audit"]["sequence"]
    assert shape("erase", "s-1", "--yes")["erasure_id"] == receipt["erasure_id"]
    home = tmp_path / "home"
    assert WORDS.encode() not in b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert shape("erase", "--resume") == []


def test_a_hold_stops_an_erasure(draft: None) -> None:
    with opened_office() as office:
        office.holds.place(office.pseudonym("s-1"), reason="a court's order")
    with pytest.raises(OnHold):
        scribetree("erase", "s-1", "--yes")


def test_retention_shows_its_rules_and_sweeps(draft: None) -> None:
    assert {rule["kind"]: rule["overdue"] for rule in shape("retention", "show")}["draft"] == 0
    assert shape("retention", "sweep")["deleted"]["draft"] == 0


def test_a_scan_passes_on_a_sound_installation_and_finds_what_was_altered(draft: None, tmp_path: Path) -> None:
    shape("retention", "sweep")
    assert all(check["passed"] for check in shape("scan")["checks"])
    import sqlite3

    connection = sqlite3.connect(tmp_path / "home" / "records.db")
    connection.execute("UPDATE record_fields SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) || x'00' AS BLOB)")
    connection.commit()
    connection.close()
    failed = [check["name"] for check in shape("scan", code=1)["checks"] if not check["passed"]]
    assert failed == ["every sealed field opens"]


def test_a_scan_never_says_that_a_law_is_complied_with(draft: None) -> None:
    assert "compl" not in scribetree("scan", "--json", code=0).lower()


def test_the_user_whom_nobody_has_named_is_made_nobody_s_teacher(draft: None) -> None:
    with pytest.raises(InvalidInput, match="nobody's teacher"):
        scribetree("enrol", "s-1", "local")
    assert json.loads(scribetree("export", "s-1"))["enrolments"] == []


def test_who_teaches_whom_is_recorded(draft: None) -> None:
    scribetree("enrol", "s-1", "t-1", "--course", "writing")
    assert json.loads(scribetree("export", "s-1"))["enrolments"][0]["course"] == "writing"
