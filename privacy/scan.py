"""
Checks of the installation itself, on facts: what a machine can see of whether student data are kept as promised.

A scan never says that an installation complies with a law. It says how many technical checks passed, and what is left
for a person to judge.
"""

import os
import stat
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from scribetree.privacy._tables import consent_epochs, erasures, records, retention_sweeps

if TYPE_CHECKING:
    from scribetree.privacy.office import PrivacyOffice

__all__ = ["FOR_PEOPLE", "Check", "ScanReport", "scan"]

FOR_PEOPLE: tuple[str, ...] = (
    "the annual notice to students and parents was given (34 CFR 99.7)",
    "the school official registry is up to date (34 CFR 99.31(a)(1))",
    "backups expire, or their epoch's key is retired, after an erasure",
    "a data protection impact assessment is on file (GDPR Art. 35)",
)
_MAX_SWEEP_AGE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `found` says what there was, in figures only."""

    name: str
    passed: bool
    found: str


@dataclass(frozen=True, slots=True)
class ScanReport:
    """All checks, and what is for people to judge."""

    checks: tuple[Check, ...]
    for_people: tuple[str, ...]

    @property
    def all_passed(self) -> bool:
        """Whether no check found anything."""
        return all(check.passed for check in self.checks)

    @property
    def summary(self) -> str:
        """The one sentence that a scan may say."""
        passed = sum(check.passed for check in self.checks)
        return (
            f"{passed} of {len(self.checks)} technical checks passed; {len(self.for_people)} questions need a person."
        )


def scan(office: "PrivacyOffice", *, home: Path | None = None) -> ScanReport:
    """The report on the installation as it is now."""
    with office.database.read() as connection:
        checks = [
            check(office, connection)
            for check in (
                _fields_open,
                _erasures_finished,
                _erased_is_empty,
                _nothing_overdue,
                _requests_answered,
                _swept_lately,
            )
        ]
    return ScanReport((*checks, _files_private(office, home), _log_verifies(office)), FOR_PEOPLE)


def _fields_open(office: "PrivacyOffice", connection: Connection) -> Check:
    opened, altered = office.rights.try_every_field(connection)
    return Check("every sealed field opens", not altered, f"{opened} fields open, {altered} do not")


def _erasures_finished(office: "PrivacyOffice", connection: Connection) -> Check:
    query = select(func.count()).where(erasures.c.tenant == office.database.tenant, erasures.c.receipt.is_(None))
    left = connection.execute(query).scalar_one()
    return Check("every erasure is finished", not left, f"{left} are not")


def _erased_is_empty(office: "PrivacyOffice", connection: Connection) -> Check:
    erased = select(consent_epochs.c.subject).where(
        consent_epochs.c.tenant == office.database.tenant, consent_epochs.c.is_erased == 1
    )
    query = select(func.count()).where(records.c.tenant == office.database.tenant, records.c.subject.in_(erased))
    left = connection.execute(query).scalar_one()
    return Check("nothing is left of who was erased", not left, f"{left} records are left")


def _nothing_overdue(office: "PrivacyOffice", _connection: Connection) -> Check:
    overdue = sum(office.retention.overdue().values())
    return Check("nothing is kept longer than its rule", not overdue, f"{overdue} records are overdue")


def _requests_answered(office: "PrivacyOffice", connection: Connection) -> Check:
    now = office.clock.now()
    late = [
        request
        for request in office.holds.requests(connection=connection)
        if request.closed_at is None and request.is_overdue(now)
    ]
    return Check("every request was answered in time", not late, f"{len(late)} are late")


def _swept_lately(office: "PrivacyOffice", connection: Connection) -> Check:
    tenant = office.database.tenant
    last = connection.execute(
        select(func.max(retention_sweeps.c.at)).where(retention_sweeps.c.tenant == tenant)
    ).scalar()
    oldest = connection.execute(select(func.min(records.c.created_at)).where(records.c.tenant == tenant)).scalar()
    due_since = office.clock.now().timestamp() - _MAX_SWEEP_AGE.total_seconds()
    passed = oldest is None or oldest > due_since or (last is not None and last > due_since)
    return Check("retention was swept within 31 days", passed, "yes" if passed else "no sweep in that time")


def _files_private(office: "PrivacyOffice", home: Path | None) -> Check:
    folder = home or (office.database.path.parent if office.database.path else None)
    if folder is None or os.name != "posix":
        return Check("nobody else on this machine can read the files", passed=True, found="not looked at here")
    open_to_others = [path for path in folder.iterdir() if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077]
    if not stat.S_IMODE(folder.stat().st_mode) & 0o077:
        open_to_others = []
    return Check(
        "nobody else on this machine can read the files", not open_to_others, f"{len(open_to_others)} files can be read"
    )


def _log_verifies(office: "PrivacyOffice") -> Check:
    report = office.audit.verify()
    return Check("the audit log is whole", report.is_whole, f"{report.size} entries, {len(report.findings)} findings")
