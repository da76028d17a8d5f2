"""The way back of a redaction: for those who may see the student's words, on the log, and gone with the student."""

import pytest
from tests.privacy.people import STUDENT, administrator, student, teacher

from scribetree.errors import Denied
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.redactions import KeptRedaction, redact_and_keep, restore

TEXT = "My friend Ana Souza lives at 4 Elm Street. Ana writes to ana@mail.org."


def kept(office: PrivacyOffice) -> KeptRedaction:
    return redact_and_keep(office.guard, student(), STUDENT, TEXT)


def test_a_redacted_text_is_put_back_for_the_students_teacher(office: PrivacyOffice) -> None:
    redaction = kept(office)
    assert "Ana" not in redaction.text
    assert restore(office.guard, teacher(), STUDENT, redaction.record_id, redaction.text) == TEXT


def test_an_answer_about_the_redacted_text_is_put_back_too(office: PrivacyOffice) -> None:
    answer = "Tell more about [NAME_1b]."
    assert restore(office.guard, student(), STUDENT, kept(office).record_id, answer) == "Tell more about Ana."


@pytest.mark.parametrize("stranger", [teacher(name="t-2"), administrator(), student(name="s-9")])
def test_whoever_may_not_read_the_students_words_gets_no_way_back(office: PrivacyOffice, stranger: object) -> None:
    redaction = kept(office)
    with pytest.raises(Denied) as denied:
        restore(office.guard, stranger, STUDENT, redaction.record_id, redaction.text)  # type: ignore[arg-type]
    assert "Ana" not in denied.value.message + denied.value.hint


def test_each_way_back_and_each_denial_is_on_the_log(office: PrivacyOffice) -> None:
    redaction = kept(office)
    restore(office.guard, teacher(), STUDENT, redaction.record_id, redaction.text)
    with pytest.raises(Denied):
        restore(office.guard, teacher(name="t-2"), STUDENT, redaction.record_id, redaction.text)
    with office.database.read() as connection:
        entries = office.audit.about(office.pseudonym(STUDENT), connection=connection)
    assert [(entry.action, entry.outcome) for entry in entries if entry.action != "consent"] == [
        ("write", "ok"),
        ("read", "ok"),
        ("read", "denied"),
    ]


def test_a_way_back_that_is_not_there_is_denied(office: PrivacyOffice) -> None:
    with pytest.raises(Denied):
        restore(office.guard, student(), STUDENT, "no-such-record", "[NAME_1]")
