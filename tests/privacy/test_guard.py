"""The doors: nothing is shown that is not allowed, agreed to, and on the log."""

import pytest
from sqlalchemy import Connection, select, text, update
from tests.privacy.people import STUDENT, TEACHER, TEXT, add_draft, administrator, caller, student, teacher

from scribetree.clock import FixedClock
from scribetree.errors import Denied, InvalidInput, TamperDetected, Unavailable
from scribetree.privacy._audit_store import log
from scribetree.privacy._tables import record_fields
from scribetree.privacy.context import UNNAMED
from scribetree.privacy.masking import REDACTED
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings


def log_of(office: PrivacyOffice, name: str = STUDENT) -> list[tuple[str, str, str]]:
    with office.database.read() as connection:
        entries = office.audit.about(office.pseudonym(name), connection=connection)
    return [(entry.action, entry.outcome, entry.role) for entry in entries if entry.action != "consent"]


def all_logged(office: PrivacyOffice) -> str:
    """The log as it is kept, and what is sealed in it about the student."""
    with office.database.read() as connection:
        kept = connection.execute(select(log.c.entry)).scalars().all()
        return repr(kept) + repr(office.audit.about(office.pseudonym(STUDENT), connection=connection))


def test_a_student_reads_back_what_they_kept(office: PrivacyOffice) -> None:
    kept = add_draft(office)
    (view,) = office.guard.read(student(), STUDENT, "draft")
    assert (view.record_id, view.values["text"], view.withheld) == (kept, TEXT, ())


def test_a_teacher_reads_about_their_own_students_only(office: PrivacyOffice) -> None:
    add_draft(office)
    assert office.guard.read(teacher(), STUDENT, "draft", ("text",))[0].values == {"text": TEXT}
    with pytest.raises(Denied):
        office.guard.read(teacher(name="t-2"), STUDENT, "draft", ("text",))


def test_what_is_not_there_and_what_is_not_allowed_look_alike(office: PrivacyOffice) -> None:
    add_draft(office)
    said: set[str] = set()
    for stranger, about in ((teacher(name="t-2"), STUDENT), (teacher(), "nobody"), (student(), "s-9")):
        with pytest.raises(Denied) as caught:
            office.guard.read(stranger, about, "draft")
        said.add(caught.value.message + caught.value.hint)
    assert len(said) == 1


def test_every_read_and_every_denial_is_on_the_log(office: PrivacyOffice) -> None:
    add_draft(office)
    office.guard.read(teacher(), STUDENT, "draft", ("text",))
    with pytest.raises(Denied):
        office.guard.read(teacher(name="t-2"), STUDENT, "draft")
    assert log_of(office) == [("write", "ok", "student"), ("read", "ok", "educator"), ("read", "denied", "educator")]


def test_the_log_holds_neither_words_nor_identifiers(office: PrivacyOffice) -> None:
    add_draft(office)
    office.guard.read(teacher(), STUDENT, "draft")
    logged = all_logged(office)
    assert not [secret for secret in (TEXT, "river", f"'{STUDENT}'", f"'{TEACHER}'") if secret in logged]


def test_nothing_is_shown_when_the_log_cannot_be_written(
    office: PrivacyOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_draft(office)

    def fail(*_: object, **__: object) -> None:
        raise Unavailable("The log is full.", hint="Free disk space.")

    monkeypatch.setattr(type(office.audit), "append", fail)
    with pytest.raises(Unavailable):
        office.guard.read(student(), STUDENT, "draft")


def test_a_withdrawal_counts_at_the_next_read(office: PrivacyOffice) -> None:
    add_draft(office)
    office.consent.withdraw(office.pseudonym(STUDENT), ["feedback"])
    with pytest.raises(Denied):
        office.guard.read(teacher("feedback"), STUDENT, "draft")
    assert office.guard.read(teacher("assessment"), STUDENT, "draft")
    assert office.guard.read(student(), STUDENT, "draft")


def test_an_administrator_sees_figures_and_not_the_words(office: PrivacyOffice) -> None:
    add_draft(office)
    (view,) = office.guard.read(administrator(), STUDENT, "draft", ("text", "words"))
    assert view.values == {"words": 7}
    assert view.withheld == ("text",)


def test_what_is_withheld_is_not_even_decrypted(office: PrivacyOffice) -> None:
    kept = add_draft(office)
    with office.database.write() as connection:
        alter(connection, kept, "text")
    assert office.guard.read(administrator(), STUDENT, "draft", ("text", "words"))


def alter(connection: Connection, record_id: str, field: str) -> None:
    mine = record_fields.c.record_id == record_id, record_fields.c.field == field
    sealed = connection.execute(select(record_fields.c.sealed).where(*mine)).scalar_one()
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    connection.execute(update(record_fields).where(*mine).values(sealed=changed))


def test_a_field_that_was_altered_is_an_error_on_the_log_and_shows_nothing(office: PrivacyOffice) -> None:
    kept = add_draft(office)
    with office.database.write() as connection:
        alter(connection, kept, "text")
    with pytest.raises(TamperDetected):
        office.guard.read(student(), STUDENT, "draft")
    assert all_logged(office).count('"outcome":"tampered"') == 1


def test_a_field_that_was_moved_to_another_record_does_not_open(office: PrivacyOffice) -> None:
    one, other = add_draft(office, "One."), add_draft(office, "Other.")
    with office.database.write() as connection:
        connection.execute(text("DELETE FROM record_fields WHERE record_id = :id"), {"id": one})
        connection.execute(
            text("UPDATE record_fields SET record_id = :one WHERE record_id = :other"), {"one": one, "other": other}
        )
    with pytest.raises(TamperDetected):
        office.guard.read(student(), STUDENT, "draft", record_id=one)


def test_special_fields_are_shown_to_the_student_alone(office: PrivacyOffice) -> None:
    values = {"grade": "8", "accommodations": "extra time", "personal_notes": "shy"}
    office.guard.write(student(), STUDENT, "profile", values)
    assert office.guard.read(student(), STUDENT, "profile")[0].values == values
    assert office.guard.read(teacher(), STUDENT, "profile")[0].values == {"grade": "8"}


def test_a_record_older_than_half_a_year_is_not_shown_to_a_teacher(office: PrivacyOffice, clock: FixedClock) -> None:
    add_draft(office)
    clock.advance(184 * 86_400)
    assert office.guard.read(teacher(), STUDENT, "draft") == ()
    assert len(office.guard.read(student(), STUDENT, "draft")) == 1


def test_nothing_of_a_child_is_stored_before_a_guardian_consents(office: PrivacyOffice) -> None:
    with pytest.raises(Denied):
        add_draft(office, name="s-child")
    office.consent.guardian_consents(office.pseudonym("s-child"), method="school_authorised", by="school")
    assert add_draft(office, name="s-child")


def test_on_a_machine_without_names_the_user_teaches_all_until_somebody_is_enrolled(
    settings: Settings, clock: FixedClock
) -> None:
    office = PrivacyOffice.open(settings, clock=clock)
    office.consent.guardian_consents(office.pseudonym("s-2"), method="signed_form", by="guardian")
    add_draft(office, name="s-2")
    assert office.guard.read(teacher(name=UNNAMED), "s-2", "draft")
    office.enrol(administrator(), "s-3", TEACHER, course="c")
    with pytest.raises(Denied):
        office.guard.read(teacher(name=UNNAMED), "s-2", "draft")
    office.close()


def test_a_field_or_kind_that_does_not_exist_is_bad_input(office: PrivacyOffice) -> None:
    for kind, fields in (("diary", ()), ("draft", ("grade",))):
        with pytest.raises(InvalidInput):
            office.guard.read(student(), STUDENT, kind, fields)


def test_an_inbox_is_its_owners_and_waits_until_it_is_due(office: PrivacyOffice, clock: FixedClock) -> None:
    from datetime import timedelta

    alert = {"alert_type": "x", "severity": "low", "title": "Look", "description": "d", "student_id": STUDENT}
    later = clock.now() + timedelta(minutes=30)
    office.enrol(administrator(), STUDENT, "t-9", course="counselling")
    for number, due_at in enumerate((clock.now(), later)):
        office.guard.write(
            teacher("support"), STUDENT, "alert", alert, record_id=str(number), owner="t-9", due_at=due_at
        )
    inbox = office.guard.inbox(teacher("support", name="t-9"), "t-9", "alert")
    assert ([view.values["title"] for view in inbox.views], inbox.waiting) == (["Look"], 1)
    with pytest.raises(Denied):
        office.guard.inbox(teacher("support", name="t-8"), "t-9", "alert")


def test_nothing_about_a_student_is_addressed_to_a_teacher_who_is_not_theirs(office: PrivacyOffice) -> None:
    alert = {"alert_type": "x", "severity": "low", "title": "Look", "description": "d", "student_id": STUDENT}
    with pytest.raises(Denied):
        office.guard.write(teacher("support"), STUDENT, "alert", alert, record_id="1", owner="t-9")
    office.enrol(administrator(), STUDENT, "t-9", course="counselling")
    assert office.guard.inbox(teacher("support", name="t-9"), "t-9", "alert").views == ()


def test_a_teachers_wishes_are_their_own_and_can_be_said_anew(office: PrivacyOffice) -> None:
    for zone in ("Europe/Berlin", "America/New_York"):
        wishes = {"settings": {"time_zone": zone}}
        office.guard.write(teacher("support"), TEACHER, "alert_preferences", wishes, record_id="w", anew=True)
    (view,) = office.guard.read(teacher("support"), TEACHER, "alert_preferences")
    assert view.values["settings"] == {"time_zone": "America/New_York"}
    for other in (teacher("support", name="t-9"), student("support")):
        with pytest.raises(Denied):
            office.guard.read(other, TEACHER, "alert_preferences")
    with pytest.raises(Denied):
        office.guard.write(teacher("support", name="t-9"), TEACHER, "alert_preferences", {"settings": {}})


def test_the_same_record_is_kept_once(office: PrivacyOffice) -> None:
    written = [
        office.guard.write(student(), STUDENT, "draft", {"text": words}, record_id="r").is_new for words in ("a", "b")
    ]
    assert written == [True, False]
    assert [view.values["text"] for view in office.guard.read(student(), STUDENT, "draft")] == ["a"]


def test_research_reads_groups_of_twenty_who_agreed_in_steps_of_ten(office: PrivacyOffice) -> None:
    researcher = caller("researcher", "r-1", "research")
    names = [f"s-{number:02}" for number in range(30, 51)]
    for name in names:
        subject = office.pseudonym(name)
        office.consent.guardian_consents(subject, method="signed_form", by="guardian")
        office.consent.choose(subject, {"platform_improvement.research": True})
        office.guard.write(student(name=name), name, "session", {"words": 347, "assignment": "a"})
    groups = office.guard.read_group(researcher, names, "session", ("words", "assignment"))
    assert [view.values for views in groups for view in views] == [{"words": 350, "assignment": REDACTED}] * 21
    for name in names[:2]:
        office.consent.withdraw(office.pseudonym(name), ["research"])
    with pytest.raises(Denied):
        office.guard.read_group(researcher, names, "session", ("words",))


def test_of_two_tenants_neither_sees_the_other(office: PrivacyOffice) -> None:
    add_draft(office)
    with office.database.of_tenant("other").read() as connection:
        found = connection.execute(text("SELECT count(*) FROM records WHERE tenant = 'other'")).scalar_one()
        everything = connection.execute(text("SELECT count(*) FROM records")).scalar_one()
    assert found == 0
    assert office.database.is_sqlite or everything == 0
