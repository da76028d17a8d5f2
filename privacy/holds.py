"""
Why something may not be deleted yet, and what was asked of the school by when.

A legal hold is placed and lifted by a person. An open request to inspect holds, too: what somebody asked to see must
not be destroyed before they saw it (34 CFR 99.10(e)).
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from scribetree.clock import Clock
from scribetree.privacy._tables import legal_holds, rights_requests
from scribetree.privacy.database import Database
from scribetree.privacy.deadlines import EVERYWHERE, due
from scribetree.privacy.identity import Pseudonym

__all__ = ["Hold", "Holds", "RightsRequest"]

RequestKind = Literal["access", "rectify", "restrict", "erase"]


@dataclass(frozen=True, slots=True)
class RightsRequest:
    """Something that was asked, under a law, and by when it has to be answered."""

    request_id: str
    subject: Pseudonym
    kind: str
    law: str
    asked_at: datetime
    due_at: datetime
    closed_at: datetime | None

    def is_overdue(self, at: datetime) -> bool:
        """Whether the answer is late at `at`."""
        return (self.closed_at or at) > self.due_at


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold that has not been lifted."""

    hold_id: str
    reason: str
    placed_at: datetime


class Holds:
    """The holds and requests of one tenant."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def place(self, subject: Pseudonym, *, reason: str, connection: Connection) -> str:
        """Nothing about the subject is deleted until the hold of the returned id is lifted."""
        hold_id = secrets.token_hex(8)
        row = {"tenant": self._database.tenant, "hold_id": hold_id, "subject": subject, "reason": reason}
        connection.execute(insert(legal_holds).values(**row, placed_at=self._now(), lifted_at=None))
        return hold_id

    def lift(self, subject: Pseudonym, hold_id: str, *, connection: Connection) -> bool:
        """The hold holds no longer; False where the subject has no such hold."""
        lifted = update(legal_holds).where(*self._placed_on(subject), legal_holds.c.hold_id == hold_id)
        return connection.execute(lifted.values(lifted_at=self._now())).rowcount > 0

    def placed_on(self, subject: Pseudonym, *, connection: Connection) -> list[Hold]:
        """The holds that have not been lifted, oldest first."""
        query = select(legal_holds.c.hold_id, legal_holds.c.reason, legal_holds.c.placed_at)
        found = connection.execute(query.where(*self._placed_on(subject)).order_by(legal_holds.c.placed_at))
        return [Hold(hold_id, reason, datetime.fromtimestamp(at, UTC)) for hold_id, reason, at in found]

    def on(self, subject: Pseudonym, *, connection: Connection) -> tuple[str, ...]:
        """Why the subject's records may not be deleted; empty if they may."""
        inspections = select(rights_requests.c.request_id).where(
            rights_requests.c.tenant == self._database.tenant,
            rights_requests.c.subject == subject,
            rights_requests.c.kind == "access",
            rights_requests.c.closed_at.is_(None),
        )
        reasons = tuple(hold.reason for hold in self.placed_on(subject, connection=connection))
        asked = connection.execute(inspections).first() is not None
        return reasons + (("a request to inspect is open",) if asked else ())

    def open_request(
        self,
        subject: Pseudonym,
        kind: RequestKind,
        *,
        term: str,
        zone: ZoneInfo = EVERYWHERE,
        holidays: frozenset[date] = frozenset(),
    ) -> RightsRequest:
        """The request is on the books, and its clock runs."""
        now = self._clock.now()
        asked = RightsRequest(
            secrets.token_hex(8), subject, kind, term, now, due(term, now, zone=zone, holidays=holidays), None
        )
        row = {
            "tenant": self._database.tenant,
            "request_id": asked.request_id,
            "subject": subject,
            "kind": kind,
            "law": term,
            "asked_at": now.timestamp(),
            "due_at": asked.due_at.timestamp(),
        }
        with self._database.write() as connection:
            connection.execute(insert(rights_requests).values(**row, closed_at=None))
        return asked

    def close_request(self, request_id: str) -> None:
        """The request has been answered."""
        with self._database.write() as connection:
            connection.execute(
                update(rights_requests)
                .where(rights_requests.c.tenant == self._database.tenant, rights_requests.c.request_id == request_id)
                .values(closed_at=self._now())
            )

    def requests(self, *, connection: Connection, subject: Pseudonym | None = None) -> list[RightsRequest]:
        """All requests, or one subject's, the most urgent first."""
        query = select(rights_requests).where(rights_requests.c.tenant == self._database.tenant)
        if subject is not None:
            query = query.where(rights_requests.c.subject == subject)
        rows = connection.execute(query.order_by(rights_requests.c.due_at)).mappings()
        return [
            RightsRequest(
                row["request_id"],
                Pseudonym(row["subject"]),
                row["kind"],
                row["law"],
                datetime.fromtimestamp(row["asked_at"], UTC),
                datetime.fromtimestamp(row["due_at"], UTC),
                None if row["closed_at"] is None else datetime.fromtimestamp(row["closed_at"], UTC),
            )
            for row in rows
        ]

    def forget(self, subject: Pseudonym, connection: Connection) -> int:
        """The subject's lifted holds and closed requests are gone."""
        gone = 0
        for table in (legal_holds, rights_requests):
            mine = delete(table).where(table.c.tenant == self._database.tenant, table.c.subject == subject)
            gone += connection.execute(mine).rowcount
        return gone

    def _placed_on(self, subject: Pseudonym) -> tuple[ColumnElement[bool], ...]:
        mine = legal_holds.c.tenant == self._database.tenant, legal_holds.c.subject == subject
        return (*mine, legal_holds.c.lifted_at.is_(None))

    def _now(self) -> float:
        return self._clock.now().timestamp()
