"""Retention: what has outlived its rule goes, what is held stays, and a clock that jumped deletes nothing."""

from datetime import timedelta

import pytest
from tests.privacy.people import STUDENT, add_draft, administrator, student

from scribetree.clock import FixedClock
from scribetree.errors import ConfigError
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.records import KINDS
from scribetree.privacy.retention import MAX_GAP, rules

DAY = 86_400


def keep(office: PrivacyOffice, kind: str = "session") -> None:
    office.guard.write(student(), STUDENT, kind, {"words": 100})


def left(office: PrivacyOffice, kind: str = "session") -> int:
    return len(office.guard.read(student(), STUDENT, kind))


def test_every_kind_has_a_rule() -> None:
    assert {rule.kind for rule in rules()} == set(KINDS)
    assert all(rule.keep_days > 0 for rule in rules())


def test_a_record_stays_until_its_last_day_and_goes_after_it(office: PrivacyOffice, clock: FixedClock) -> None:
    keep(office)
    clock.advance(365 * DAY)
    assert office.retention.sweep().deleted["session"] == 0
    clock.advance(1)
    assert office.retention.sweep().deleted["session"] == 1
    assert left(office) == 0


def test_a_students_own_period_shortens_the_rule_and_never_lengthens_it(
    office: PrivacyOffice, clock: FixedClock
) -> None:
    keep(office)
    office.consent.choose(office.pseudonym(STUDENT), {"privacy_controls.retention_period": "3_months"})
    clock.advance(91 * DAY)
    assert office.retention.overdue()["session"] == 1
    assert office.retention.sweep().deleted["session"] == 1
    keep(office)
    office.consent.choose(office.pseudonym(STUDENT), {"privacy_controls.retention_period": "2_years"})
    clock.advance(366 * DAY)
    assert office.retention.sweep().deleted["session"] == 1


def test_what_is_held_stays_and_is_counted(office: PrivacyOffice, clock: FixedClock) -> None:
    keep(office)
    hold = office.rights.hold(administrator(), STUDENT, reason="a court's order")
    clock.advance(370 * DAY)
    report = office.retention.sweep()
    assert (report.deleted["session"], report.held) == (0, 1)
    office.rights.lift_hold(administrator(), STUDENT, hold)
    assert office.retention.sweep().deleted["session"] == 1


def test_more_than_one_batch_is_swept(
    on_sqlite: PrivacyOffice, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.retention._BATCH", 5)
    for _ in range(12):
        keep(on_sqlite)
    clock.advance(370 * DAY)
    assert on_sqlite.retention.sweep().deleted["session"] == 12


@pytest.mark.parametrize("jump", [-timedelta(days=2), MAX_GAP + timedelta(days=1)])
def test_a_clock_that_jumped_deletes_nothing(office: PrivacyOffice, clock: FixedClock, jump: timedelta) -> None:
    keep(office)
    office.retention.sweep()
    clock.advance(jump.total_seconds())
    with pytest.raises(ConfigError):
        office.retention.sweep()
    clock.advance(-jump.total_seconds())
    assert left(office) == 1


def test_after_a_gap_that_was_real_somebody_has_to_say_so(office: PrivacyOffice, clock: FixedClock) -> None:
    keep(office)
    clock.advance((MAX_GAP + timedelta(days=1)).total_seconds())
    assert office.retention.sweep(after_gap=True).deleted["session"] == 1


def test_a_sweep_is_on_the_log_and_twice_is_once(office: PrivacyOffice, clock: FixedClock) -> None:
    add_draft(office)
    assert office.retention.sweep().deleted == office.retention.sweep().deleted
    assert office.audit.verify().is_whole
