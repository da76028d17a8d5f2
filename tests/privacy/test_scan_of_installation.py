"""A scan finds what is wrong with an installation, whatever it is, and names nobody."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

import pytest
from sqlalchemy import text
from tests.privacy.people import STUDENT, add_draft, administrator, open_office

from scribetree.clock import FixedClock
from scribetree.privacy import _checks
from scribetree.privacy.access import Policy
from scribetree.privacy.masking import Mask
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.records import Sensitivity
from scribetree.privacy.scan import ScanReport, scan
from scribetree.settings import Settings

DAY = 86_400


@dataclass
class School:
    """An installation with a student's draft that was scanned and found whole."""

    office: PrivacyOffice
    settings: Settings
    clock: FixedClock
    patch: pytest.MonkeyPatch

    def execute(self, statement: str, **values: object) -> None:
        with self.office.database.write() as connection:
            connection.execute(text(statement), values)

    @property
    def subject(self) -> str:
        return self.office.pseudonym(STUDENT)

    def ask(self, law: str) -> None:
        self.office.holds.open_request(self.office.pseudonym(STUDENT), "access", term=law)

    def scan(self) -> ScanReport:
        return scan(self.office, self.settings)

    def failed(self) -> set[str]:
        return {check.name for check in self.scan().checks if check.passed is False}


@pytest.fixture
def school(settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[School]:
    office = open_office(settings, clock)
    add_draft(office)
    yield School(office, settings, clock, monkeypatch)
    office.close()


def begin_erasure(school: School) -> None:
    school.execute(
        "INSERT INTO erasures (tenant, erasure_id, subject, asked_at, done, counts) "
        "VALUES (:tenant, 'e-1', :subject, 0, '', '{}')",
        tenant=school.office.database.tenant,
        subject=school.subject,
    )


def erase_by_half(school: School) -> None:
    school.execute("UPDATE consent_epochs SET is_erased = 1 WHERE subject = :subject", subject=school.subject)


def begin_erasure_of_what_was_asked_for(school: School) -> None:
    school.ask("ferpa_access")
    begin_erasure(school)


def late(law: str) -> Callable[[School], None]:
    def ask_and_forget(school: School) -> None:
        school.ask(law)
        school.clock.advance(100 * DAY)

    return ask_and_forget


def wait(days: int) -> Callable[[School], None]:
    return lambda school: school.clock.advance(days * DAY)


def grow_younger(school: School) -> None:
    school.office.consent.record_birth(school.office.pseudonym(STUDENT), date(2020, 5, 1), by="administrator")


def open_rules(school: School) -> None:
    masks: dict[Sensitivity, Mask] = {"special": "keep"}
    policy = Policy("all", "permit", frozenset({"student", "educator"}), frozenset({"read"}), masks=masks)
    school.patch.setattr(_checks, "POLICIES", (policy,))


def overspend(school: School) -> None:
    school.execute(
        "INSERT INTO budgets (tenant, account, term, kind, spent, cap) VALUES (:tenant, 'a', 't', 'cohort', 2, 1)",
        tenant=school.office.database.tenant,
    )


def open_files(school: School) -> None:
    school.settings.home.chmod(0o755)
    (school.settings.home / "keyring").chmod(0o644)


def use_a_far_database_in_the_open(school: School) -> None:
    school.settings = replace(school.settings, redis_url="redis://far.school.example:6379/0")


BROKEN: dict[str, Callable[[School], None]] = {
    _checks.FIELDS_OPEN: lambda school: school.execute("UPDATE record_fields SET sealed = zeroblob(80)"),
    _checks.ERASURES_DONE: begin_erasure,
    _checks.ERASED_EMPTY: erase_by_half,
    _checks.ERASED_KEYLESS: erase_by_half,
    _checks.NOTHING_ASKED_FOR_GOES: begin_erasure_of_what_was_asked_for,
    _checks.NOTHING_OVERDUE: wait(3000),
    _checks.KINDS_KNOWN: lambda school: school.execute("UPDATE records SET kind = 'poem'"),
    _checks.SWEPT: wait(40),
    _checks.REQUESTS_IN_TIME: late("gdpr_request"),
    _checks.FERPA_IN_TIME: late("ferpa_access"),
    _checks.GDPR_IN_TIME: late("gdpr_request"),
    _checks.CCPA_IN_TIME: late("ccpa_request"),
    _checks.PIPEDA_IN_TIME: late("pipeda_access"),
    _checks.GUARDIANS: grow_younger,
    _checks.EXPORT_COMPLETE: lambda school: school.execute("CREATE TABLE notes (subject TEXT)"),
    _checks.RULES_DENY: open_rules,
    _checks.SPECIAL_HIDDEN: open_rules,
    _checks.WITHIN_BUDGET: overspend,
    _checks.KEYS_LIVE: lambda school: school.execute("UPDATE subject_keys SET epoch = 99"),
    _checks.KEYS_RENEWED: wait(10_000),
    _checks.LINES_ENCRYPTED: use_a_far_database_in_the_open,
    _checks.FILES_PRIVATE: open_files,
    _checks.LOG_WHOLE: lambda school: school.execute("DELETE FROM audit_log WHERE sequence = 1"),
}


def test_a_sound_installation_passes_every_check(school: School) -> None:
    assert school.failed() == set()
    assert {check.name for check in school.scan().checks} == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found_and_the_rules_behind_it_are_not_met(name: str, school: School) -> None:
    BROKEN[name](school)
    report = school.scan()
    assert name in {check.name for check in report.checks if check.passed is False}
    assert {each.answer for each in report.rules if name in each.rule.checks} == {"not met"}
    assert not report.all_passed


def test_a_request_that_is_late_is_a_finding_under_its_own_law_alone(school: School) -> None:
    late("ccpa_request")(school)
    of_requests = {name for name in school.failed() if "request" in name}
    assert of_requests == {_checks.REQUESTS_IN_TIME, _checks.CCPA_IN_TIME}


def test_a_scan_names_nobody(school: School) -> None:
    school.office.rights.hold(administrator(), STUDENT, reason="file 12")
    begin_erasure_of_what_was_asked_for(school)
    told = json.dumps([asdict(check) for check in school.scan().checks])
    assert not [name for name in (STUDENT, school.subject, "t-1", school.office.pseudonym("t-1")) if name in told]


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_files_in_a_folder_that_is_closed_need_no_mode_of_their_own(school: School) -> None:
    (school.settings.home / "keyring").chmod(0o644)
    school.settings.home.chmod(0o700)
    assert _checks.FILES_PRIVATE not in school.failed()
