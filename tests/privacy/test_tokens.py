"""Access tokens: good for one thing, for a day, for an hour without use, and for one state of the consent."""

from datetime import timedelta

import pytest
from tests.privacy.people import STUDENT, TEXT, add_draft, administrator, teacher

from scribetree.clock import FixedClock
from scribetree.errors import Denied
from scribetree.privacy.context import Purpose
from scribetree.privacy.office import PrivacyOffice

HOUR = 3600


@pytest.fixture
def token(office: PrivacyOffice) -> str:
    add_draft(office)
    validated = office.requests.validate(
        administrator(),
        requester_id="t-1",
        requester="teacher",
        student=STUDENT,
        purpose="feedback",
        data_types=["writing_content"],
        with_token=True,
    )
    assert validated.token is not None
    return validated.token


def reads(
    office: PrivacyOffice, token: str, kind: str = "draft", *, name: str = "t-1", purpose: Purpose = "feedback"
) -> bool:
    try:
        views = office.guard.read(teacher(purpose, name=name), STUDENT, kind, token=token)
    except Denied:
        return False
    return bool(views[0].values["text"] == TEXT)


def test_a_token_is_good_for_what_it_was_given_for(office: PrivacyOffice, token: str) -> None:
    assert reads(office, token)
    assert not reads(office, token, "reflection")
    assert not reads(office, token, purpose="assessment")
    assert not reads(office, "another" + token)


def test_a_token_is_of_no_use_to_anybody_else(office: PrivacyOffice, token: str) -> None:
    office.enrol(administrator(), STUDENT, "t-2", course="c")
    assert not reads(office, token, name="t-2")


def test_a_token_ends_after_an_hour_without_use(office: PrivacyOffice, token: str, clock: FixedClock) -> None:
    clock.advance(HOUR - 1)
    assert reads(office, token)
    clock.advance(HOUR - 1)
    assert reads(office, token)
    clock.advance(HOUR)
    assert not reads(office, token)


def test_a_token_ends_after_a_day_however_much_it_is_used(office: PrivacyOffice, token: str, clock: FixedClock) -> None:
    for _ in range(25):
        clock.advance(HOUR - 60)
        if not reads(office, token):
            break
    assert clock.elapsed_s >= timedelta(hours=24).total_seconds() - HOUR


def test_a_clock_that_was_put_back_does_not_lengthen_a_token(
    office: PrivacyOffice, token: str, clock: FixedClock
) -> None:
    clock.advance(-HOUR)
    assert not reads(office, token)


def test_any_change_of_the_consent_ends_a_token(office: PrivacyOffice, token: str) -> None:
    office.consent.choose(office.pseudonym(STUDENT), {"educational_sharing.peer": True})
    assert not reads(office, token)


def test_a_token_never_gives_more_than_the_guard_does(office: PrivacyOffice, token: str) -> None:
    with pytest.raises(Denied):
        office.guard.read(teacher(name="t-9"), STUDENT, "draft", token=token)
