"""Rights: an export that leaves nothing out, and an erasure that leaves nothing behind."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from tests.privacy.people import STUDENT, TEXT, add_draft, administrator, open_office, student, teacher

from scribetree.clock import FixedClock
from scribetree.errors import Denied, InvalidInput, OnHold, Unavailable
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.rights import INVENTORY, STEPS, Rights
from scribetree.settings import Settings

OTHER = "s-2"
PERSONAL_COLUMNS = frozenset({"subject", "student", "actor", "person"})


class Outbox:
    """A place outside the database, which can be made to fail."""

    name = "outbox"

    def __init__(self) -> None:
        self.letters = [STUDENT, OTHER, STUDENT]
        self.fails = False

    def export(self, is_subject: Callable[[str], bool]) -> list[dict[str, Any]]:
        return [{"letter_to": name} for name in self.letters if is_subject(name)]

    def erase(self, subject: Pseudonym, is_subject: Callable[[str], bool]) -> int:
        if self.fails:
            raise Unavailable("The outbox is away.", hint="Try again.")
        before = len(self.letters)
        self.letters = [name for name in self.letters if not is_subject(name)]
        return before - len(self.letters)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def office(database_settings: Settings, clock: FixedClock, outbox: Outbox) -> Iterator[PrivacyOffice]:
    opened = open_office(database_settings, clock, (outbox,))
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture
def on_sqlite(settings: Settings, clock: FixedClock, outbox: Outbox) -> Iterator[PrivacyOffice]:
    opened = open_office(settings, clock, (outbox,))
    fill(opened)
    yield opened
    opened.close()


def fill(office: PrivacyOffice) -> None:
    """Ten records of s-1 and one of s-2."""
    office.consent.guardian_consents(office.pseudonym(OTHER), method="signed_form", by="guardian")
    for number in range(10):
        add_draft(office, f"{TEXT} No. {number}.")
    add_draft(office, "The other one's words.", name=OTHER)
    office.guard.read(teacher(), STUDENT, "draft")


def rows_about(office: PrivacyOffice, subject: Pseudonym) -> dict[str, int]:
    """How many rows of each table name the subject."""
    with office.database.read() as connection:
        tables = inspect(connection).get_table_names()
        return {
            table: connection.execute(
                text(f'SELECT count(*) FROM "{table}" WHERE {column} = :subject'),  # noqa: S608
                {"subject": subject},
            ).scalar_one()
            for table in tables
            for column in personal_columns(connection, table)
        }


def personal_columns(connection: Any, table: str) -> list[str]:
    names = [str(column["name"]) for column in inspect(connection).get_columns(table)]
    return [name for name in names if name in {"subject", "student"}]


def bytes_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_an_export_has_every_record_with_every_word(office: PrivacyOffice) -> None:
    found = office.rights.export(student(), STUDENT)
    assert len(found.content["records"]) == 10
    assert all(TEXT in record["says"]["text"] for record in found.content["records"])


def test_every_table_about_people_is_in_the_inventory_and_its_part_in_the_export(office: PrivacyOffice) -> None:
    with office.database.read() as connection:
        tables = inspect(connection).get_table_names()
        about_people = {
            table
            for table in tables
            if PERSONAL_COLUMNS & {str(column["name"]) for column in inspect(connection).get_columns(table)}
        }
    assert about_people - set(INVENTORY) == set()
    parts = {part for part in INVENTORY.values() if not part.startswith("none")}
    assert parts <= set(office.rights.export(student(), STUDENT).content)


def test_an_export_tells_who_was_shown_what(office: PrivacyOffice) -> None:
    disclosures = office.rights.export(student(), STUDENT).content["disclosures"]
    shown = [each for each in disclosures if each["action"] == "read" and each["role"] == "educator"]
    assert shown[0]["detail"]["records"] == 10


def test_an_export_reads_as_json_and_as_a_page(office: PrivacyOffice) -> None:
    found = office.rights.export(student(), STUDENT)
    assert json.loads(found.as_json())["student"] == STUDENT
    page = found.as_markdown()
    assert page.startswith("# What Scribe Tree holds about you")
    assert f"{TEXT} No. 9." in page


def test_an_export_reaches_the_places_outside(office: PrivacyOffice) -> None:
    assert office.rights.export(student(), STUDENT).content["outbox"] == [{"letter_to": STUDENT}] * 2


@pytest.mark.parametrize("right", ["export", "erase", "restrict"])
def test_nobody_else_can_ask(office: PrivacyOffice, right: str) -> None:
    for stranger in (teacher(), student(name=OTHER)):
        with pytest.raises(Denied):
            getattr(office.rights, right)(stranger, STUDENT)


def test_what_was_put_right_is_right(on_sqlite: PrivacyOffice) -> None:
    kept = add_draft(on_sqlite, "Wrong.")
    on_sqlite.rights.rectify(student(), STUDENT, "draft", kept, {"text": "Right."})
    (view,) = on_sqlite.guard.read(student(), STUDENT, "draft", record_id=kept)
    assert (view.values["text"], view.values["title"]) == ("Right.", "The river")


def test_there_is_nothing_to_put_right_in_another_ones_record(office: PrivacyOffice) -> None:
    kept = add_draft(office, name=OTHER)
    with pytest.raises(InvalidInput):
        office.rights.rectify(student(), STUDENT, "draft", kept, {"text": "Mine."})


def test_what_is_restricted_is_shown_to_the_student_alone(office: PrivacyOffice) -> None:
    office.rights.restrict(student(), STUDENT)
    with pytest.raises(Denied):
        office.guard.read(teacher(), STUDENT, "draft")
    assert len(office.guard.read(student(), STUDENT, "draft")) == 10


def test_after_an_erasure_nothing_names_the_student_but_what_has_to(office: PrivacyOffice, outbox: Outbox) -> None:
    subject = office.pseudonym(STUDENT)
    office.rights.erase(administrator(), STUDENT)
    left = {table for table, count in rows_about(office, subject).items() if count}
    assert left <= {"erasures", "consent_epochs", "destroyed_keys"}
    assert outbox.letters == [OTHER]


def test_after_an_erasure_no_file_holds_a_word_or_a_sealed_word(on_sqlite: PrivacyOffice, settings: Settings) -> None:
    with on_sqlite.database.read() as connection:
        query = text("SELECT sealed FROM record_fields f JOIN records r USING (record_id) WHERE r.subject = :s")
        sealed = list(connection.execute(query, {"s": on_sqlite.pseudonym(STUDENT)}).scalars())
        keys = text("SELECT wrapped FROM subject_keys WHERE subject = :s")
        sealed += connection.execute(keys, {"s": on_sqlite.pseudonym(STUDENT)}).scalars()
    assert len(sealed) > 30
    on_sqlite.rights.erase(administrator(), STUDENT)
    on_disk = bytes_of(settings.home)
    assert TEXT.encode() not in on_disk
    assert not [each for each in sealed if each in on_disk or each[-24:] in on_disk]


def test_after_an_erasure_nothing_can_be_read_written_or_agreed_to(office: PrivacyOffice) -> None:
    office.rights.erase(administrator(), STUDENT)
    for attempt in (
        lambda: office.guard.read(student(), STUDENT, "draft"),
        lambda: add_draft(office),
        lambda: office.consent.choose(office.pseudonym(STUDENT), {"educational_sharing.peer": True}),
    ):
        with pytest.raises(Denied):
            attempt()


def test_an_erasure_leaves_others_as_they_were(office: PrivacyOffice) -> None:
    before = office.guard.read(student(name=OTHER), OTHER, "draft")
    office.rights.erase(administrator(), STUDENT)
    assert office.guard.read(student(name=OTHER), OTHER, "draft") == before


def test_to_erase_twice_is_to_erase_once(office: PrivacyOffice) -> None:
    receipt = office.rights.erase(student(), STUDENT)
    assert office.rights.erase(administrator(), STUDENT) == receipt
    assert receipt.counts["records"] == 10


def test_a_receipt_comes_with_a_proof_that_a_student_can_check(office: PrivacyOffice) -> None:
    receipt = office.rights.erase(administrator(), STUDENT)
    office.audit.prove(receipt.audit["sequence"]).verify()
    assert office.rights.proof(receipt)["sequence"] == receipt.audit["sequence"]
    assert office.audit.verify().is_whole


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("done", [True, False], ids=["killed after it", "killed in it"])
def test_an_erasure_that_was_killed_at_any_step_goes_on_to_the_same_end(
    on_sqlite: PrivacyOffice, settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str, done: bool
) -> None:
    with monkeypatch.context() as patched:
        kill_at(patched, step, done=done)
        with pytest.raises(KeyboardInterrupt):
            on_sqlite.rights.erase(administrator(), STUDENT)
    with pytest.raises(Denied):
        add_draft_and_read_as_teacher(on_sqlite)
    receipts = on_sqlite.rights.resume()
    assert len(receipts) == (0 if step == "log" and done else 1)
    assert on_sqlite.rights.erase(administrator(), STUDENT).counts["records"] == 10
    assert rows_about(on_sqlite, on_sqlite.pseudonym(STUDENT))["records"] == 0
    assert TEXT.encode() not in bytes_of(settings.home)
    assert on_sqlite.guard.read(student(name=OTHER), OTHER, "draft")
    assert on_sqlite.audit.verify().is_whole


def add_draft_and_read_as_teacher(office: PrivacyOffice) -> None:
    """Denied from the first step on; before it the erasure has not begun to take."""
    if not office.consent.standing(office.pseudonym(STUDENT)).erased:
        raise Denied("Killed before the first step was done.", hint="Go on.")
    office.guard.read(teacher(), STUDENT, "draft")


def kill_at(patched: pytest.MonkeyPatch, step: str, *, done: bool) -> None:
    """The process dies in that step, before or after its work is on the disk."""
    names = {
        "stop": "_stop",
        "key": "_destroy_key",
        "records": "_delete_records",
        "elsewhere": "_erase_elsewhere",
        "wipe": "_wipe",
        "log": "_write_receipt",
    }
    original = getattr(Rights, names[step])

    def killed(self: Rights, *arguments: Any) -> None:
        if done:
            original(self, *arguments)
        raise KeyboardInterrupt

    patched.setattr(Rights, names[step], killed)


def test_an_erasure_waits_for_a_place_that_is_away(office: PrivacyOffice, outbox: Outbox) -> None:
    outbox.fails = True
    with pytest.raises(Unavailable):
        office.rights.erase(administrator(), STUDENT)
    outbox.fails = False
    (receipt,) = office.rights.resume()
    assert receipt.counts["outbox"] == 2


def test_a_legal_hold_stops_an_erasure_before_it_begins(office: PrivacyOffice) -> None:
    hold = office.rights.hold(administrator(), STUDENT, reason="a court's order")
    with pytest.raises(OnHold):
        office.rights.erase(administrator(), STUDENT)
    assert len(office.guard.read(student(), STUDENT, "draft")) == 10
    office.rights.lift_hold(administrator(), STUDENT, hold)
    assert office.rights.erase(administrator(), STUDENT).counts["records"] == 10


def test_what_somebody_asked_to_see_is_not_erased_before_they_saw_it(office: PrivacyOffice) -> None:
    asked = office.holds.open_request(office.pseudonym(STUDENT), "access", term="ferpa_access")
    with pytest.raises(OnHold):
        office.rights.erase(administrator(), STUDENT)
    office.holds.close_request(asked.request_id)
    assert office.rights.erase(administrator(), STUDENT).counts["records"] == 10
