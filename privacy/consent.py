"""
What a student agreed to: a ledger of events that is only ever added to, and the epoch that every read compares.

A change writes its event and the next epoch in one transaction, before it returns. A read asks for the epoch in
the transaction in which it reads: processes may keep what the events add up to, but only as long as the epoch
they kept with it is still the one in the database. So a withdrawal counts at the very next read, in every process,
without anybody being told. Events are sealed under the student's own key, and end with it.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from scribetree.clock import Clock
from scribetree.errors import Denied, InvalidInput
from scribetree.privacy._prepared import Prepared
from scribetree.privacy._standing import (
    Basis,
    ConsentEvent,
    ConsentKind,
    Decision,
    Guardian,
    Standing,
    decide,
    folded,
    folded_on,
)
from scribetree.privacy._tables import consent_epochs, consent_events
from scribetree.privacy._vocabulary import (
    AUDIENCE_OF,
    DPV_OF_PURPOSE,
    DPV_OF_STATUS,
    GUARDIAN_METHODS,
    SETTINGS,
    Audience,
    Setting,
    Value,
    as_groups,
    flattened,
    warnings_about,
)
from scribetree.privacy.audit import AuditEvent, AuditLog
from scribetree.privacy.context import PURPOSES, Purpose
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.sealed import FieldSealer, Place

__all__ = [
    "AUDIENCE_OF",
    "DPV_OF_PURPOSE",
    "DPV_OF_STATUS",
    "GUARDIAN_METHODS",
    "SETTINGS",
    "Audience",
    "Basis",
    "Change",
    "ConsentEvent",
    "ConsentLedger",
    "Decision",
    "Guardian",
    "Setting",
    "Standing",
    "Value",
    "as_groups",
    "flattened",
    "warnings_about",
]

VALID_FOR = timedelta(days=365)
"""How long an explicit consent lasts, unless it says less."""

_SCHEMA = 1
_KEPT = 10_000
_STRIDE = 1_000_000
"""Epochs grow by a random step, so that one of a transaction that was undone is not met again."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a student's consent: the version it made, and what it now comes to."""

    version: int
    epoch: int
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    waiting_for_guardian: tuple[str, ...]
    warnings: tuple[str, ...]


class ConsentLedger:
    """The consent of every student of one tenant."""

    def __init__(self, database: Database, sealer: FieldSealer, audit: AuditLog, clock: Clock) -> None:
        self._database = database
        self._sealer = sealer
        self._audit = audit
        self._clock = clock
        self._kept: dict[Pseudonym, tuple[int, Standing]] = {}

    def check(
        self,
        subject: Pseudonym,
        purpose: str,
        at: datetime,
        *,
        audience: Audience = "teacher",
        basis: Basis = "consent",
        collecting: bool = False,
        connection: Connection | None = None,
    ) -> Decision:
        """Whether `audience` may be given, or have stored, what is held about `subject` for `purpose`."""
        if connection is None:
            with self._database.read() as opened:
                epoch, standing = self.standing_in(subject, opened)
        else:
            epoch, standing = self.standing_in(subject, connection)
        return decide(
            standing, purpose=purpose, audience=audience, at=at, epoch=epoch, basis=basis, collecting=collecting
        )

    def choose(
        self,
        subject: Pseudonym,
        choices: Mapping[str, object],
        *,
        by: str = "student",
        actor: Pseudonym | None = None,
        until: datetime | None = None,
    ) -> Change:
        """The settings named in `choices` are as they say; the others are as they were."""
        values = flattened(choices)
        if not values:
            raise InvalidInput("No choice was given; nothing was changed.", hint="Name at least one setting.")
        content = {"values": values, "until": self._until(until)}
        return self._record(subject, "chosen", content, by=by, actor=actor)

    def withdraw(
        self,
        subject: Pseudonym,
        purposes: Iterable[Purpose] = PURPOSES,
        *,
        by: str = "student",
        actor: Pseudonym | None = None,
    ) -> Change:
        """Nobody but the student is given anything for `purposes` from the moment this returns."""
        return self._record(subject, "withdrawn", {"purposes": sorted(purposes)}, by=by, actor=actor)

    def grant(
        self,
        subject: Pseudonym,
        purposes: Iterable[Purpose],
        *,
        by: str = "student",
        actor: Pseudonym | None = None,
        until: datetime | None = None,
    ) -> Change:
        """The purposes are agreed to again, as a new version, until `until` or for a year."""
        content = {"purposes": sorted(purposes), "until": self._until(until)}
        return self._record(subject, "granted", content, by=by, actor=actor)

    def guardian_consents(self, subject: Pseudonym, *, method: str, by: str, until: datetime | None = None) -> Change:
        """A guardian, or the school in their place, has consented by a method that the law accepts."""
        if method not in GUARDIAN_METHODS:
            known = ", ".join(sorted(GUARDIAN_METHODS))
            raise InvalidInput("That is no accepted way of a guardian's consent.", hint=f"Use one of: {known}.")
        return self._record(subject, "guardian_consented", {"method": method, "until": self._until(until)}, by=by)

    def guardian_withdraws(self, subject: Pseudonym, *, by: str) -> Change:
        """No guardian consents any more."""
        return self._record(subject, "guardian_withdrew", {}, by=by)

    def record_birth(self, subject: Pseudonym, on: date, *, by: str) -> Change:
        """The student's age is known."""
        if on > self._clock.now().date():
            raise InvalidInput("The date of birth lies ahead.", hint="Give the day on which the student was born.")
        return self._record(subject, "birth_recorded", {"on": on.isoformat()}, by=by)

    def restrict(
        self, subject: Pseudonym, *, by: str, actor: Pseudonym | None = None, connection: Connection | None = None
    ) -> Change:
        """What is held is kept and shown to the student only (GDPR Art. 18)."""
        return self._record(subject, "restricted", {}, by=by, actor=actor, connection=connection)

    def lift_restriction(self, subject: Pseudonym, *, by: str, actor: Pseudonym | None = None) -> Change:
        """The restriction has ended."""
        return self._record(subject, "restriction_lifted", {}, by=by, actor=actor)

    def standing(self, subject: Pseudonym) -> Standing:
        """What the student's events add up to."""
        with self._database.read() as connection:
            return self.standing_in(subject, connection)[1]

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment of everybody's consent, and of their keys."""
        return self._database.read()

    def epoch(self, subject: Pseudonym) -> int:
        """The epoch of the student's consent; whatever was made under another one no longer counts."""
        with self._database.read() as connection:
            return self.standing_in(subject, connection)[0]

    def history(self, subject: Pseudonym) -> list[ConsentEvent]:
        """All events of the student, oldest first."""
        with self._database.read() as connection:
            return self.events(subject, connection)

    def standing_in(self, subject: Pseudonym, connection: Connection) -> tuple[int, Standing]:
        """The epoch in the database as `connection` sees it, and the standing that belongs to it."""
        epoch, is_erased = self._epoch(subject, connection)
        kept = self._kept.get(subject)
        if kept is not None and kept[0] == epoch:
            return kept
        standing = replace(folded(self.events(subject, connection) if epoch else ()), erased=is_erased)
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[subject] = (epoch, standing)
        return epoch, standing

    def erase(self, subject: Pseudonym, connection: Connection) -> int:
        """The events are gone, and the subject is marked so that nothing is ever kept about them again."""
        gone = connection.execute(delete(consent_events).where(*self._about(consent_events, subject))).rowcount
        self._advance(subject, connection, is_erased=1)
        return gone

    def _record(
        self,
        subject: Pseudonym,
        kind: ConsentKind,
        content: Mapping[str, Any],
        *,
        by: str,
        actor: Pseudonym | None = None,
        connection: Connection | None = None,
    ) -> Change:
        """`by` is a role; `actor`, where it is not the student, the pseudonym of whoever acted in it."""
        if connection is not None:
            return self._append(subject, kind, content, by=by, actor=actor, connection=connection)
        with self._database.write() as opened:
            return self._append(subject, kind, content, by=by, actor=actor, connection=opened)

    def _append(
        self,
        subject: Pseudonym,
        kind: ConsentKind,
        content: Mapping[str, Any],
        *,
        by: str,
        actor: Pseudonym | None,
        connection: Connection,
    ) -> Change:
        self._database.lock(connection, f"consent/{subject}")
        _, standing = self.standing_in(subject, connection)
        if standing.erased:
            raise Denied("Nothing is held about this student any more.", hint="Enrol them anew under another id.")
        now = self._clock.now()
        event = ConsentEvent(standing.version + 1, kind, now, by, content)
        self._store(subject, event, connection)
        epoch = self._advance(subject, connection)
        self._audit.append(
            AuditEvent(
                action="consent",
                outcome="ok",
                role=by,
                actor=actor or (subject if by == "student" else Pseudonym(by)),
                subject=subject,
                detail={"what": kind, "version": event.version},
            ),
            connection=connection,
        )
        return _change(standing, folded_on(standing, event), event, epoch)

    def _store(self, subject: Pseudonym, event: ConsentEvent, connection: Connection) -> None:
        plain = json.dumps({"by": event.by, "content": dict(event.content)}).encode()
        connection.execute(
            insert(consent_events).values(
                tenant=self._database.tenant,
                subject=subject,
                version=event.version,
                kind=event.kind,
                at=event.at.timestamp(),
                sealed=self._sealer.seal(plain, place=self._place(subject, event.version), connection=connection),
            )
        )

    def events(self, subject: Pseudonym, connection: Connection) -> list[ConsentEvent]:
        """All events of the student as `connection` sees them, oldest first."""
        query = select(consent_events).where(*self._about(consent_events, subject)).order_by(consent_events.c.version)
        return [self._opened(subject, row, connection) for row in connection.execute(query).mappings()]

    def _opened(self, subject: Pseudonym, row: Mapping[Any, Any], connection: Connection) -> ConsentEvent:
        place = self._place(subject, row["version"])
        plain = json.loads(self._sealer.open(row["sealed"], place=place, connection=connection))
        at = datetime.fromtimestamp(row["at"], UTC)
        return ConsentEvent(row["version"], row["kind"], at, plain["by"], plain["content"])

    def _epoch(self, subject: Pseudonym, connection: Connection) -> tuple[int, bool]:
        found = _EPOCH.first(connection, {"tenant": self._database.tenant, "subject": subject})
        return (0, False) if found is None else (found[0], bool(found[1]))

    def _advance(self, subject: Pseudonym, connection: Connection, *, is_erased: int = 0) -> int:
        epoch = self._epoch(subject, connection)[0] + 1 + secrets.randbelow(_STRIDE)
        changed = connection.execute(
            update(consent_epochs).where(*self._about(consent_epochs, subject)).values(epoch=epoch, is_erased=is_erased)
        ).rowcount
        if not changed:
            row = {"tenant": self._database.tenant, "subject": subject, "epoch": epoch, "is_erased": is_erased}
            connection.execute(insert(consent_epochs).values(row))
        return epoch

    def _about(self, table: Any, subject: Pseudonym) -> tuple[Any, Any]:  # noqa: ANN401 - SQLAlchemy's columns
        return table.c.tenant == self._database.tenant, table.c.subject == subject

    def _place(self, subject: Pseudonym, version: int) -> Place:
        return Place(self._database.tenant, subject, f"consent/{version}", "event", _SCHEMA)

    def _until(self, until: datetime | None) -> str:
        return (until or self._clock.now() + VALID_FOR).isoformat()


_EPOCH = Prepared(
    select(consent_epochs.c.epoch, consent_epochs.c.is_erased).where(
        consent_epochs.c.tenant == bindparam("tenant"), consent_epochs.c.subject == bindparam("subject")
    )
)


def _change(before: Standing, after: Standing, event: ConsentEvent, epoch: int) -> Change:
    values = after.values(event.at)
    return Change(
        event.version,
        epoch,
        before.values(event.at),
        values,
        after.waiting_for_guardian(event.at),
        warnings_about(values),
    )
