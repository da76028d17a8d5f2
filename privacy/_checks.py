"""
Checks of the installation itself, on facts: what a machine can see of whether student data are kept as promised.

Each looks at what is there and says so in figures, never in whose. One that cannot be made has passed None.
"""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import ColumnElement, Connection, Select, func, inspect, select

from scribetree.errors import ScribeTreeError
from scribetree.privacy._tables import consent_epochs, erasures, records, retention_sweeps, rights_requests
from scribetree.privacy.access import POLICIES, Action, Ask, Relation, decide
from scribetree.privacy.budget import budgets_table
from scribetree.privacy.context import PURPOSES, RequesterType
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.records import KINDS
from scribetree.privacy.rights import INVENTORY
from scribetree.privacy.subject_keys import keys_table
from scribetree.settings import Settings

if TYPE_CHECKING:
    from scribetree.privacy.office import PrivacyOffice

__all__ = ["Check", "checked"]

FIELDS_OPEN = "every sealed field opens"
ERASURES_DONE = "every erasure is finished"
ERASED_EMPTY = "nothing is left of who was erased"
ERASED_KEYLESS = "no key is left of who was erased"
NOTHING_ASKED_FOR_GOES = "nothing is being erased that somebody asked to see"
NOTHING_OVERDUE = "nothing is kept longer than its rule"
KINDS_KNOWN = "nothing is kept without a rule"
SWEPT = "retention was swept within 31 days"
REQUESTS_IN_TIME = "every request was answered in time"
FERPA_IN_TIME = "every request under FERPA was answered in time"
GDPR_IN_TIME = "every request under GDPR was answered in time"
CCPA_IN_TIME = "every request under CCPA was answered in time"
PIPEDA_IN_TIME = "every request under PIPEDA was answered in time"
GUARDIANS = "nothing is held by consent about a child for whom no guardian ever consented"
EXPORT_COMPLETE = "an export has every table about people"
RULES_DENY = "whoever has no tie to a student and no duty is shown nothing"
SPECIAL_HIDDEN = "health, faith and family are shown to the student alone"
WITHIN_BUDGET = "no budget of group figures is overspent"
KEYS_LIVE = "every student's key is wrapped under an epoch that is there"
KEYS_RENEWED = "the newest key epoch is less than two years old"
LINES_ENCRYPTED = "what goes to a store on another machine is encrypted on its way"
FILES_PRIVATE = "nobody else on this machine can read the files"
LOG_WHOLE = "the audit log is whole"

_MAX_SWEEP_AGE = timedelta(days=31)
_MAX_KEY_AGE = timedelta(days=730)
"""NIST SP 800-57 Part 1 Rev. 5, table 1: a key-wrapping key is used for at most two years."""
_ABOUT_PEOPLE = frozenset({"subject", "student", "actor", "person"})
_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
_HERE = frozenset({None, "", "localhost", "127.0.0.1", "::1"})
_ACTIONS: tuple[Action, ...] = get_args(Action)
_LARGE = 1_000
"""A group large enough for every limit."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and in figures what there was; `passed` is None if it could not be looked at."""

    name: str
    passed: bool | None
    found: str


Found = tuple[bool | None, str]
_Look = Callable[["PrivacyOffice", Connection], Found]


def checked(office: "PrivacyOffice", settings: Settings) -> tuple[Check, ...]:
    """Every check, on the installation as it is now; one that an error stops has failed."""
    looks: Mapping[str, _Look] = {
        FIELDS_OPEN: _fields_open,
        ERASURES_DONE: _erasures_finished,
        ERASED_EMPTY: _erased_is_empty,
        ERASED_KEYLESS: _erased_have_no_key,
        NOTHING_ASKED_FOR_GOES: _nothing_asked_for_goes,
        NOTHING_OVERDUE: _nothing_overdue,
        KINDS_KNOWN: _kinds_known,
        SWEPT: _swept_lately,
        REQUESTS_IN_TIME: partial(_in_time, law=""),
        FERPA_IN_TIME: partial(_in_time, law="ferpa_"),
        GDPR_IN_TIME: partial(_in_time, law="gdpr_"),
        CCPA_IN_TIME: partial(_in_time, law="ccpa_"),
        PIPEDA_IN_TIME: partial(_in_time, law="pipeda_"),
        GUARDIANS: _guardians,
        EXPORT_COMPLETE: _export_whole,
        RULES_DENY: _rules_deny,
        SPECIAL_HIDDEN: _special_hidden,
        WITHIN_BUDGET: _within_budget,
        KEYS_LIVE: _keys_live,
        KEYS_RENEWED: _keys_renewed,
        LINES_ENCRYPTED: lambda _office, _connection: _lines_encrypted(settings),
        FILES_PRIVATE: lambda _office, _connection: _files_private(settings.home),
        LOG_WHOLE: _log_whole,
    }
    with office.database.read() as connection:
        return tuple(_made(name, look, office, connection) for name, look in looks.items())


def _made(name: str, look: _Look, office: "PrivacyOffice", connection: Connection) -> Check:
    try:
        return Check(name, *look(office, connection))
    except ScribeTreeError as error:
        return Check(name, passed=False, found=f"stopped by an error ({error.code})")


def _fields_open(office: "PrivacyOffice", connection: Connection) -> Found:
    opened, altered = office.rights.try_every_field(connection)
    return not altered, f"{opened} fields open, {altered} do not"


def _erasures_finished(office: "PrivacyOffice", connection: Connection) -> Found:
    left = _count(connection, erasures.c.tenant == office.database.tenant, erasures.c.receipt.is_(None))
    return not left, f"{left} are not"


def _erased_is_empty(office: "PrivacyOffice", connection: Connection) -> Found:
    left = _count(connection, records.c.tenant == office.database.tenant, records.c.subject.in_(_erased(office)))
    return not left, f"{left} records are left"


def _erased_have_no_key(office: "PrivacyOffice", connection: Connection) -> Found:
    left = _count(connection, keys_table.c.tenant == office.database.tenant, keys_table.c.subject.in_(_erased(office)))
    return not left, f"{left} keys are left"


def _nothing_asked_for_goes(office: "PrivacyOffice", connection: Connection) -> Found:
    tenant = office.database.tenant
    asked = select(rights_requests.c.subject).where(
        rights_requests.c.tenant == tenant, rights_requests.c.kind == "access", rights_requests.c.closed_at.is_(None)
    )
    going = erasures.c.tenant == tenant, erasures.c.receipt.is_(None), erasures.c.subject.in_(asked)
    left = _count(connection, *going)
    return not left, f"{left} erasures are in the way of a request"


def _nothing_overdue(office: "PrivacyOffice", _connection: Connection) -> Found:
    overdue = sum(office.retention.overdue().values())
    return not overdue, f"{overdue} records are overdue"


def _kinds_known(office: "PrivacyOffice", connection: Connection) -> Found:
    left = _count(connection, records.c.tenant == office.database.tenant, records.c.kind.not_in(sorted(KINDS)))
    return not left, f"{left} records are of a kind that has no period"


def _swept_lately(office: "PrivacyOffice", connection: Connection) -> Found:
    tenant = office.database.tenant
    last = connection.execute(
        select(func.max(retention_sweeps.c.at)).where(retention_sweeps.c.tenant == tenant)
    ).scalar()
    oldest = connection.execute(select(func.min(records.c.created_at)).where(records.c.tenant == tenant)).scalar()
    due_since = office.clock.now().timestamp() - _MAX_SWEEP_AGE.total_seconds()
    passed = oldest is None or oldest > due_since or (last is not None and last > due_since)
    return passed, "yes" if passed else "no sweep in that time"


def _guardians(office: "PrivacyOffice", connection: Connection) -> Found:
    by_consent = [kind.name for kind in KINDS.values() if kind.basis == "consent"]
    query = (
        select(records.c.subject)
        .distinct()
        .where(records.c.tenant == office.database.tenant, records.c.kind.in_(by_consent))
    )
    now, consent = office.clock.now(), office.consent
    alone = [
        subject
        for subject in map(Pseudonym, connection.execute(query).scalars().all())
        if consent.standing_in(subject, connection)[1].is_minor(now)
        and not any(event.kind == "guardian_consented" for event in consent.events(subject, connection))
    ]
    return not alone, f"{len(alone)} students under 13 or of unknown age"


def _export_whole(_office: "PrivacyOffice", connection: Connection) -> Found:
    looked = inspect(connection)
    about_people = [
        table
        for table in looked.get_table_names()
        if _ABOUT_PEOPLE & {str(column["name"]) for column in looked.get_columns(table)}
    ]
    left_out = [table for table in about_people if table not in INVENTORY]
    return not left_out, f"{len(about_people)} tables, {len(left_out)} of them unknown to it"


def _within_budget(office: "PrivacyOffice", connection: Connection) -> Found:
    over = budgets_table.c.tenant == office.database.tenant, budgets_table.c.spent > budgets_table.c.cap
    left = _count(connection, *over)
    return not left, f"{left} are"


def _keys_live(office: "PrivacyOffice", connection: Connection) -> Found:
    live = [epoch.number for epoch in office.ring.epochs]
    left = _count(connection, keys_table.c.tenant == office.database.tenant, keys_table.c.epoch.not_in(live))
    return not left, f"{left} keys are not"


def _in_time(office: "PrivacyOffice", connection: Connection, *, law: str) -> Found:
    now = office.clock.now()
    asked = office.holds.requests(connection=connection)
    late = [each for each in asked if each.closed_at is None and each.law.startswith(law) and each.is_overdue(now)]
    return not late, f"{len(late)} are late"


def _rules_deny(_office: "PrivacyOffice", _connection: Connection) -> Found:
    strangers: tuple[RequesterType, ...] = ("student", "educator", "researcher")
    asks = [
        Ask(role, frozenset(), action, kind, purpose)
        for role, action, kind, purpose in product(strangers, _ACTIONS, KINDS, PURPOSES)
    ]
    given = sum(decide(POLICIES, ask).allowed for ask in asks)
    return not given, f"{given} of {len(asks)} answers give something"


def _special_hidden(_office: "PrivacyOffice", _connection: Connection) -> Found:
    others: tuple[RequesterType, ...] = ("educator", "administrator", "researcher", "system")
    ties = frozenset[Relation]({"teaches", "addressed"})
    asks = [
        Ask(role, ties, "read", kind, purpose, group_size=_LARGE)
        for role, kind, purpose in product(others, KINDS, PURPOSES)
    ]
    shown = sum(decide(POLICIES, ask).mask_of("special") != "redact" for ask in asks)
    return not shown, f"{shown} of {len(asks)} answers show them"


def _keys_renewed(office: "PrivacyOffice", _connection: Connection) -> Found:
    made_at = office.ring.epochs[-1].created_at
    if made_at is None:
        return None, "the ring does not say when it was made"
    age = office.clock.now() - made_at
    return age < _MAX_KEY_AGE, f"{age.days} days"


def _lines_encrypted(settings: Settings) -> Found:
    plain = [url for url in (settings.database_url, settings.redis_url) if url and not _is_encrypted(url)]
    return not plain, f"{len(plain)} connections are not"


def _is_encrypted(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme.startswith("sqlite") or parts.hostname in _HERE or parts.scheme == "rediss":
        return True
    return parse_qs(parts.query).get("sslmode", [""])[-1] in _ENCRYPTED


def _files_private(folder: Path) -> Found:
    if os.name != "posix":
        return None, "not looked at here"
    is_closed = not stat.S_IMODE(folder.stat().st_mode) & 0o077
    open_to_others = [] if is_closed else [path for path in folder.iterdir() if _is_open(path.stat().st_mode)]
    return not open_to_others, f"{len(open_to_others)} files can be read"


def _is_open(mode: int) -> bool:
    return stat.S_ISREG(mode) and bool(stat.S_IMODE(mode) & 0o077)


def _erased(office: "PrivacyOffice") -> Select[tuple[str]]:
    return select(consent_epochs.c.subject).where(
        consent_epochs.c.tenant == office.database.tenant, consent_epochs.c.is_erased == 1
    )


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(*conditions)).scalar_one()


def _log_whole(office: "PrivacyOffice", _connection: Connection) -> Found:
    report = office.audit.verify()
    return report.is_whole, f"{report.size} entries, {len(report.findings)} findings"
