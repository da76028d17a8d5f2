"""`scribetree privacy`: what an operator can do for a student, from the command line."""

import json
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scribetree.errors import Denied, InvalidInput, OnHold, ScribeTreeError
from scribetree.host.cli import app
from scribetree.host.commands._privacy import opened_office
from scribetree.privacy.context import PrivacyContext

WORDS = "A canary in the draft."
PEOPLE = "My friend Ana Souza writes to ana@mail.org."
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
        ("enrol", "s-1", "t-1", "--until", "yesterday"),
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
    held = shape("hold", "s-1", "--reason", "file 12")
    assert (held["records"], held["why_held"]) == (1, ["file 12"])
    with pytest.raises(OnHold):
        scribetree("erase", "s-1", "--yes")
    assert shape("hold", "s-1", "--lift", held["placed"])["why_held"] == []
    assert shape("erase", "s-1", "--yes")["counts"]["records"] == 1


def test_a_hold_is_lifted_on_the_student_that_it_was_placed_on_alone(draft: None) -> None:
    placed = shape("hold", "s-1", "--reason", "file 12")["placed"]
    with pytest.raises(InvalidInput, match="no such hold"):
        scribetree("hold", "s-2", "--lift", placed)
    assert [each["hold_id"] for each in shape("hold", "s-1")["holds"]] == [placed]


def test_no_hold_is_placed_on_who_is_erased_already(draft: None) -> None:
    shape("erase", "s-1", "--yes")
    with pytest.raises(InvalidInput, match="has begun"):
        scribetree("hold", "s-1", "--reason", "file 12")
    assert shape("hold", "s-1")["holds"] == []


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_a_hold_has_a_reason_that_can_be_read(draft: None, reason: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 200"):
        scribetree("hold", "s-1", "--reason", reason)
    assert shape("hold", "s-1")["holds"] == []


def test_who_placed_and_lifted_a_hold_is_on_the_log(draft: None) -> None:
    shape("hold", "s-1", "--lift", shape("hold", "s-1", "--reason", "file 12")["placed"])
    disclosures = json.loads(scribetree("export", "s-1"))["disclosures"]
    actions = [(each["action"], each["role"]) for each in disclosures if "hold" in each["action"]]
    assert actions == [("hold", "administrator"), ("lift_hold", "administrator")]


def record_of(student: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(scribetree("export", student))["records"][0]
    return found


def test_what_was_put_right_is_what_the_export_says(draft: None, tmp_path: Path) -> None:
    values = tmp_path / "values.json"
    values.write_text(json.dumps({"text": "As it should be.", "title": "New"}))
    record_id = record_of("s-1")["record_id"]
    assert shape("rectify", "s-1", "draft", record_id, "--values", f"@{values}")["changed"] == ["text", "title"]
    assert record_of("s-1")["says"] == {"text": "As it should be.", "title": "New"}


@pytest.mark.parametrize(
    ("kind", "record_id", "values", "why"),
    [
        ("poem", None, '{"text": "x"}', "no such kind"),
        ("draft", None, '{"colour": "x"}', "does not have that field"),
        ("draft", "nothing-there", '{"text": "x"}', "no such record"),
        ("draft", None, '{"text": ["x"]}', "`text` of that record"),
        ("draft", None, "[]", "`--values`"),
        ("draft", None, '{"text": ', "not valid JSON"),
    ],
)
def test_what_cannot_be_put_right_is_named_and_changes_nothing(
    draft: None, kind: str, record_id: str | None, values: str, why: str
) -> None:
    before = record_of("s-1")
    with pytest.raises(InvalidInput, match=why) as caught:
        scribetree("rectify", "s-1", kind, record_id or before["record_id"], "--values", values)
    assert caught.value.hint
    assert record_of("s-1") == before


def test_what_is_restricted_is_shown_to_the_student_alone_until_that_is_lifted(draft: None) -> None:
    teacher = PrivacyContext("t-1", "educator", "feedback", "correlation-1")
    scribetree("enrol", "s-1", "t-1")
    assert shape("restrict", "s-1") == {"restricted": True}
    with opened_office() as office, pytest.raises(Denied):
        office.guard.read(teacher, "s-1", "draft")
    assert shape("restrict", "s-1", "--lift") == {"restricted": False}
    with opened_office() as office:
        assert office.guard.read(teacher, "s-1", "draft")


@pytest.fixture
def redacted(draft: None, tmp_path: Path) -> tuple[str, Path]:
    """A redaction that s-1 kept: its id, and the file of the text without the people in it."""
    text = tmp_path / "text.txt"
    text.write_text(PEOPLE)
    kept = shape("redact", "s-1", str(text), "--as", "student")
    assert "Ana" not in kept["text"]
    text.write_text(kept["text"])
    return kept["record_id"], text


def test_a_redacted_text_is_put_back_for_the_teacher_and_for_nobody_else(
    redacted: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    record_id, text = redacted
    scribetree("enrol", "s-1", "t-1")
    monkeypatch.setenv("SCRIBETREE_REQUESTER_ID", "t-1")
    assert scribetree("restore", "s-1", record_id, str(text), "--purpose", "feedback") == PEOPLE
    for requester, role, purpose in (
        ("t-9", "educator", "feedback"),
        ("t-1", "educator", "research"),
        ("a-1", "administrator", "support"),
    ):
        monkeypatch.setenv("SCRIBETREE_REQUESTER_ID", requester)
        with pytest.raises(Denied):
            scribetree("restore", "s-1", record_id, str(text), "--as", role, "--purpose", purpose)
    monkeypatch.delenv("SCRIBETREE_REQUESTER_ID")
    asked = [each for each in json.loads(scribetree("export", "s-1"))["disclosures"] if each["action"] == "read"]
    assert [each["role"] for each in asked] == ["educator", "educator", "educator", "administrator"]


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


def test_whoever_no_longer_teaches_a_student_reads_nothing_about_them(draft: None) -> None:
    teacher = PrivacyContext("t-1", "educator", "feedback", "correlation-1")
    scribetree("enrol", "s-1", "t-1", "--course", "writing", "--until", "2999-01-01")
    with opened_office() as office:
        assert office.guard.read(teacher, "s-1", "draft")
    scribetree("enrol", "s-1", "t-1", "--course", "writing", "--until", "2026-01-01")
    with opened_office() as office, pytest.raises(Denied):
        office.guard.read(teacher, "s-1", "draft")


def test_a_scan_says_what_was_not_met_and_what_is_left_for_whom(draft: None) -> None:
    shape("consent", "born", "s-1", "2020-05-01")
    rules = {rule["id"]: rule for rule in shape("scan", code=1)["rules"]}
    consent, notice = rules["COPPA-CONSENT"], rules["FERPA-NOTICE"]
    assert (consent["answer"], consent["because"]) == ("not met", consent["how"])
    assert (notice["answer"], notice["left"]) == ("cannot be checked here", "the school: the notice")
    page = scribetree("scan", code=1)
    assert "COPPA-CONSENT" in page
    assert "s-1" not in page
