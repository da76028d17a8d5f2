"""The ledger of consent: versions, epochs, and what every process sees at its next read."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.privacy.people import STUDENT, TEXT, add_draft, open_office, teacher

from scribetree.clock import FixedClock
from scribetree.errors import Denied, InvalidInput
from scribetree.privacy.context import PURPOSES, Purpose
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings


def test_a_choice_makes_a_version_and_leaves_the_others_alone(office: PrivacyOffice) -> None:
    subject = office.pseudonym(STUDENT)
    change = office.consent.choose(subject, {"educational_sharing": {"peer": True}})
    assert change.version == 2
    assert change.before["educational_sharing.peer"] is False
    assert change.after["educational_sharing.peer"] is True
    assert change.after["educational_sharing.teacher"] is True


def test_every_change_has_an_epoch_of_its_own(office: PrivacyOffice) -> None:
    subject = office.pseudonym(STUDENT)
    epochs = [office.consent.epoch(subject)]
    epochs += [office.consent.withdraw(subject, ["feedback"]).epoch for _ in range(5)]
    assert epochs == sorted(set(epochs))


def test_the_history_tells_who_did_what_in_order(office: PrivacyOffice, clock: FixedClock) -> None:
    subject = office.pseudonym(STUDENT)
    clock.advance(60)
    office.consent.withdraw(subject, ["analytics"], by="guardian")
    last = office.consent.history(subject)[-1]
    assert (last.version, last.kind, last.by, last.at) == (2, "withdrawn", "guardian", clock.now())


def test_one_office_sees_what_another_wrote_at_its_next_read(
    office: PrivacyOffice, database_settings: Settings, clock: FixedClock
) -> None:
    subject = office.pseudonym(STUDENT)
    other = PrivacyOffice.open(database_settings, clock=clock)
    assert other.consent.check(subject, "feedback", clock.now()).allowed
    office.consent.withdraw(subject)
    assert not other.consent.check(subject, "feedback", clock.now()).allowed
    other.close()


def restrict_and_fail(office: PrivacyOffice) -> None:
    subject = office.pseudonym(STUDENT)
    with office.database.write() as connection:
        office.consent.restrict(subject, by="administrator", connection=connection)
        office.consent.check(subject, "feedback", office.clock.now(), connection=connection)
        _ = 1 / 0


def test_a_change_that_was_undone_leaves_nothing_in_memory(office: PrivacyOffice, clock: FixedClock) -> None:
    subject = office.pseudonym(STUDENT)
    with pytest.raises(ZeroDivisionError):
        restrict_and_fail(office)
    assert office.consent.check(subject, "feedback", clock.now()).allowed
    office.consent.withdraw(subject, ["analytics"])
    assert office.consent.check(subject, "feedback", clock.now()).allowed


def test_a_refused_choice_changes_nothing(office: PrivacyOffice) -> None:
    subject = office.pseudonym(STUDENT)
    for choices in ({}, {"educational_sharing.peer": "perhaps"}):
        with pytest.raises(InvalidInput):
            office.consent.choose(subject, choices)
    assert len(office.consent.history(subject)) == 1


def test_nobody_is_born_tomorrow(office: PrivacyOffice) -> None:
    with pytest.raises(InvalidInput):
        office.consent.record_birth(office.pseudonym("s-2"), date(2026, 3, 3), by="administrator")


def test_only_ways_that_the_law_accepts_count_as_a_guardians_consent(office: PrivacyOffice) -> None:
    with pytest.raises(InvalidInput):
        office.consent.guardian_consents(office.pseudonym("s-2"), method="a nod", by="guardian")


def test_tenants_do_not_share_a_ledger(office: PrivacyOffice, clock: FixedClock) -> None:
    other = office.database.of_tenant("another school")
    with other.read() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM consent_events WHERE tenant = 'another school'")
        assert count.scalar_one() == 0


class ConsentMachine(RuleBasedStateMachine):
    """No read returns anything after a withdrawal has returned, whatever happened before and wherever."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.clock = FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        home = Settings(home=Path(self.folder.name))
        self.offices = [open_office(home, self.clock), PrivacyOffice.open(home, clock=self.clock)]
        self.subject = self.offices[0].pseudonym(STUDENT)
        add_draft(self.offices[0])
        self.until: dict[Purpose, datetime | None] = dict.fromkeys(PURPOSES)
        self.refused: set[Purpose] = set()
        self.shares = True

    @rule(purpose=st.sampled_from(PURPOSES), office=st.integers(0, 1))
    def withdraw(self, purpose: Purpose, office: int) -> None:
        self.offices[office].consent.withdraw(self.subject, [purpose])
        self.refused.add(purpose)
        self.until[purpose] = None

    @rule(purpose=st.sampled_from(PURPOSES), office=st.integers(0, 1), days=st.integers(1, 40))
    def grant(self, purpose: Purpose, office: int, days: int) -> None:
        until = self.clock.now() + timedelta(days=days)
        before = self.offices[office].consent.standing(self.subject).version
        assert self.offices[office].consent.grant(self.subject, [purpose], until=until).version == before + 1
        self.refused.discard(purpose)
        self.until[purpose] = until

    @rule(share=st.booleans(), office=st.integers(0, 1))
    def choose(self, share: bool, office: int) -> None:
        self.offices[office].consent.choose(self.subject, {"educational_sharing.teacher": share})
        self.shares = share

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        self.clock.advance(days * 86_400)

    @invariant()
    def every_office_reads_what_is_agreed_to_and_nothing_else(self) -> None:
        for office in self.offices:
            for purpose in ("feedback", "analytics", "research"):
                assert self.shown(office, purpose) == self.agreed(purpose)

    def agreed(self, purpose: Purpose) -> bool:
        until = self.until[purpose]
        in_time = until is None or self.clock.now() < until
        return purpose != "research" and self.shares and purpose not in self.refused and in_time

    def shown(self, office: PrivacyOffice, purpose: Purpose) -> bool:
        try:
            views = office.guard.read(teacher(purpose), STUDENT, "draft", ("text",))
        except Denied:
            return False
        too_old = self.clock.now() - datetime(2026, 3, 2, 12, tzinfo=UTC) > timedelta(days=183)
        return too_old or [view.values["text"] for view in views] == [TEXT]

    def teardown(self) -> None:
        for office in self.offices:
            office.close()
        self.folder.cleanup()


TestConsentMachine = ConsentMachine.TestCase
TestConsentMachine.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
