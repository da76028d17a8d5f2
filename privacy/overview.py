"""
What a student is shown about their own privacy: the facts, and a score that is worked out from nothing else.

The score has the origin's four parts and weights; each part says which facts it rests on. It is about how exposed the
data are, not about the student, and nothing that a student can do with the suite depends on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from scribetree.errors import Denied
from scribetree.privacy._standing import Standing
from scribetree.privacy._vocabulary import Value, warnings_about
from scribetree.privacy.audit import AuditEvent, Disclosure
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.records import KINDS
from scribetree.privacy.records.store import Row
from scribetree.privacy.retention import keep_for
from scribetree.privacy.stores import Stores

__all__ = ["Access", "Advice", "Overview", "Overviews", "Part", "Score", "advice_on", "score"]

WEIGHTS: Mapping[str, float] = {
    "data_minimization": 0.3,
    "consent_compliance": 0.3,
    "access_control": 0.2,
    "data_protection": 0.2,
}
_OPTIONAL = (
    "platform_improvement.feature_analytics",
    "platform_improvement.research",
    "personal_benefits.enhanced_analytics",
    "personal_benefits.portfolio",
    "personal_benefits.career_guidance",
)
_A_TOKEN_COSTS = 0.1
_A_SHARE_COSTS = 0.1
_MANY_TOKENS = 3
_LOW = 0.7


@dataclass(frozen=True, slots=True)
class Access:
    """One time that somebody asked for something about the student."""

    at: str
    role: str
    action: str
    outcome: str
    purpose: str | None
    kind: str | None
    records: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The facts, as they are at `at`."""

    at: datetime
    version: int
    choices: Mapping[str, Value]
    waiting_for_guardian: tuple[str, ...]
    warnings: tuple[str, ...]
    is_minor: bool
    has_guardian: bool
    has_chosen: bool
    held: Mapping[str, int]
    overdue_records: int
    overdue_requests: int
    live_tokens: int
    accesses: tuple[Access, ...]
    accesses_before: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score, and the facts that made it."""

    name: str
    score: float
    because: str


@dataclass(frozen=True, slots=True)
class Score:
    """How little exposed the student's data are, from 0 to 1."""

    overall: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that the student could do; refusing it costs nothing."""

    priority: Literal["high", "medium", "low"]
    what: str
    why: str


def score(facts: Overview) -> Score:
    """The score of these facts."""
    parts = (_minimization(facts), _compliance(facts), _access_control(facts), _protection(facts))
    return Score(round(sum(WEIGHTS[part.name] * part.score for part in parts), 3), parts)


def advice_on(facts: Overview) -> tuple[Advice, ...]:
    """What would leave the data less exposed, the most urgent first."""
    found: list[Advice] = []
    if facts.is_minor and not facts.has_guardian:
        found.append(
            Advice("high", "Ask a guardian to consent.", "Until then, only you can see what is held about you.")
        )
    if _minimization(facts).score < _LOW:
        found.append(Advice("high", "Switch off optional uses that you do not need.", "Several of them are on."))
    if facts.overdue_requests:
        found.append(Advice("high", "Ask the school about your request.", "It should have been answered by now."))
    if facts.live_tokens > _MANY_TOKENS:
        found.append(Advice("medium", "Look at who has access now.", f"{facts.live_tokens} access tokens are live."))
    if not facts.choices["personal_benefits.enhanced_analytics"]:
        found.append(
            Advice(
                "low", "Enhanced analytics is off.", "It would look at revision history; leaving it off costs nothing."
            )
        )
    return tuple(found)


class Overviews:
    """The overviews of one installation's students."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def of(self, caller: PrivacyContext, student: str, *, since: timedelta | None) -> Overview:
        """The facts about one student's privacy, with what was asked about them in the last `since`."""
        is_self = caller.requester_type == "student" and caller.requester_id == student
        if not is_self and caller.requester_type not in {"administrator", "system"}:
            raise Denied("This caller may not make this call.", hint="Name yourself as the student.")
        now = self._stores.clock.now()
        subject = pseudonym(self._stores.ring, student, tenant=self._stores.database.tenant)
        with self._stores.database.write() as connection:
            _, standing = self._stores.consent.standing_in(subject, connection)
            rows = self._stores.records.all_of(subject, connection=connection)
            requests = self._stores.holds.requests(connection=connection, subject=subject)
            live_tokens = self._stores.tokens.live(subject, at=now, connection=connection)
            accesses = [_access(entry) for entry in self._stores.audit.about(subject, connection=connection)]
            self._log(caller, subject, connection)
        recent, before = _split(accesses, now, since)
        values = standing.values(now)
        return Overview(
            at=now,
            version=standing.version,
            choices=values,
            waiting_for_guardian=standing.waiting_for_guardian(now),
            warnings=warnings_about(values),
            is_minor=standing.is_minor(now),
            has_guardian=standing.has_guardian(now),
            has_chosen=bool(standing.chosen),
            held={name: sum(row.kind == name for row in rows) for name in KINDS},
            overdue_records=sum(_is_overdue(row, standing, now) for row in rows),
            overdue_requests=sum(request.closed_at is None and request.is_overdue(now) for request in requests),
            live_tokens=live_tokens,
            accesses=tuple(recent),
            accesses_before=len(before),
        )

    def _log(self, caller: PrivacyContext, subject: Pseudonym, connection: Connection) -> None:
        actor = pseudonym(self._stores.ring, caller.requester_id, tenant=self._stores.database.tenant)
        detail = {"correlation_id": caller.correlation_id}
        event = AuditEvent("overview", "ok", caller.requester_type, actor, caller.purpose, subject, detail)
        self._stores.audit.append(event, connection=connection)


def _minimization(facts: Overview) -> Part:
    on = [name for name in _OPTIONAL if facts.choices[name]]
    value = 1 - 0.5 * len(on) / len(_OPTIONAL)
    return Part("data_minimization", round(value, 3), f"{len(on)} of {len(_OPTIONAL)} optional uses are on")


def _compliance(facts: Overview) -> Part:
    checks = {
        "own choices are recorded": facts.has_chosen,
        "a guardian consents where one has to": not facts.is_minor or facts.has_guardian,
        "no choice waits for a guardian": not facts.waiting_for_guardian,
        "no choices contradict each other": not facts.warnings,
    }
    return _from_checks("consent_compliance", checks)


def _access_control(facts: Overview) -> Part:
    shares = sum(access.action == "share" for access in facts.accesses)
    value = max(0.0, 1 - _A_TOKEN_COSTS * facts.live_tokens - _A_SHARE_COSTS * shares)
    because = f"{facts.live_tokens} access tokens are live, shared with others {shares} times in this period"
    return Part("access_control", round(value, 3), because)


def _protection(facts: Overview) -> Part:
    checks = {
        "nothing is kept longer than its rule": not facts.overdue_records,
        "no request is late": not facts.overdue_requests,
        "no record was tampered with": all(access.outcome != "tampered" for access in facts.accesses),
    }
    return _from_checks("data_protection", checks)


def _from_checks(name: str, checks: Mapping[str, bool]) -> Part:
    failed = [what for what, holds in checks.items() if not holds]
    because = f"not so: {'; '.join(failed)}" if failed else "; ".join(checks)
    return Part(name, round(1 - len(failed) / len(checks), 3), because)


def _is_overdue(row: Row, standing: Standing, now: datetime) -> bool:
    return now - row.created_at > keep_for(KINDS[row.kind], standing, now)


def _split(accesses: Sequence[Access], now: datetime, since: timedelta | None) -> tuple[list[Access], list[Access]]:
    """The accesses of the period, and those of the period of the same length before it."""
    if since is None:
        return list(accesses), []
    recent = [each for each in accesses if datetime.fromisoformat(each.at) > now - since]
    before = [each for each in accesses if now - 2 * since < datetime.fromisoformat(each.at) <= now - since]
    return recent, before


def _access(entry: Disclosure) -> Access:
    return Access(
        at=entry.at.isoformat(),
        role=entry.role,
        action=entry.action,
        outcome=entry.outcome,
        purpose=entry.purpose,
        kind=entry.detail.get("kind"),
        records=int(entry.detail.get("records") or 0),
        sequence=entry.sequence,
    )
