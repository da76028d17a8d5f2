"""
What still has to reach an educator, on which channel and when, and what has: the ledger that a restart goes on from.

A row says who is told of which record over which channel, and nothing of what the record says: the addressee is sealed,
the record is an opaque id, and whatever is told is read through the guard when it is sent. A delivery is claimed for a
while before it is sent, by one process only; what was claimed together keeps its batch, and with it the id that every
channel carries, so that whoever receives the same batch after a crash can know it. What is in the inbox is there
because of the record; its row (channel `in_app`) holds whether it has been acknowledged.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from scribetree.clock import Clock
from scribetree.privacy._tables import deliveries as rows
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

__all__ = ["IN_APP", "Batch", "Deliveries", "Delivery", "State"]

IN_APP = "in_app"
_LEASE = timedelta(minutes=5)
"""Longer than any channel takes for one batch: within it nobody else sends the same."""
_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    One record for one person over one channel; `kind` is the kind of the record.

    An alert is told once over a channel, and `again` once more when it is escalated; a reminder at each of its times.
    """

    kind: str
    record_id: str
    channel: str
    due_at: datetime
    cause: str = ""
    """What makes two alerts the same; empty where nothing does."""
    escalate_at: datetime | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What one message tells one person; the same id as long as it has not been delivered."""

    batch_id: str
    owner: str
    channel: str
    kind: str
    record_ids: tuple[str, ...]
    attempts: int


@dataclass(frozen=True, slots=True)
class State:
    """What became of one record: when it was acknowledged and how, and over which channels it could not be told."""

    record_id: str
    acknowledged_at: datetime | None
    response: str | None
    failed_channels: tuple[str, ...]
    is_escalated: bool


class Deliveries:
    """The ledger of one tenant."""

    def __init__(self, database: Database, ring: KeyRing, clock: Clock) -> None:
        self._database = database
        self._ring = ring
        self._clock = clock
        self._sealer = Sealer(ring, "deliveries")

    def add(self, owner: str, deliveries: Sequence[Delivery]) -> int:
        """Each is in the ledger; how many were not there before."""
        with self._database.write() as connection:
            return sum(self._add(owner, each, connection) for each in deliveries)

    def replace_waiting(self, owner: str, record_id: str, deliveries: Sequence[Delivery]) -> None:
        """These are in the ledger, and no other of the record waits for its time any more."""
        wanted = [self._id(self._name(owner), each) for each in deliveries]
        other = and_(
            self._mine(),
            rows.c.owner == self._name(owner),
            rows.c.record_id == record_id,
            rows.c.state == "waiting",
            rows.c.attempts == 0,
            rows.c.due_at > self._clock.now().timestamp(),
            rows.c.delivery_id.not_in(wanted),
        )
        with self._database.write() as connection:
            connection.execute(delete(rows).where(other))
            for each in deliveries:
                self._add(owner, each, connection)

    def open_cause(self, owner: str, cause: str, *, since: datetime) -> tuple[int, bool]:
        """
        How many alerts of that cause are over, and whether one is open.

        One is over once it has been acknowledged before `since`; those of one cause are acknowledged together.
        """
        query = select(rows.c.acknowledged_at).where(
            self._mine(), rows.c.owner == self._name(owner), rows.c.cause == cause, rows.c.channel == IN_APP
        )
        with self._database.read() as connection:
            found = connection.execute(query).scalars().all()
        is_open = [done is None or done >= since.timestamp() for done in found]
        return is_open.count(False), any(is_open)

    def claim(self) -> Batch | None:
        """What is due longest for one person over one channel, and nobody is sending: claimed for this process."""
        now = self._clock.now()
        free = or_(rows.c.claimed_until.is_(None), rows.c.claimed_until < now.timestamp())
        due = and_(self._mine(), rows.c.channel != IN_APP, rows.c.state == "waiting", rows.c.due_at <= now.timestamp())
        query = select(rows).where(due, free).order_by(rows.c.due_at, rows.c.delivery_id).limit(_MOST_AT_ONCE)
        with self._database.write() as connection:
            self._database.lock(connection, "deliveries")
            groups: dict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
            for row in connection.execute(query).all():
                groups[row.batch_id or "", row.owner, row.channel, row.kind].append(row)
            group = next(iter(groups.values()), None)
            return None if group is None else self._claimed(group, now, connection)

    def sent(self, batch: Batch) -> None:
        """The batch has reached its channel, and is never sent again."""
        self._set(batch, state="sent", sent_at=self._clock.now().timestamp(), claimed_until=None)

    def failed(self, batch: Batch) -> None:
        """The batch cannot reach its channel; its records say so, and stay in the inbox."""
        self._set(batch, state="failed", claimed_until=None)

    def again(self, batch: Batch, at: datetime) -> None:
        """The batch is tried again at that time, under the same id."""
        self._set(batch, due_at=at.timestamp(), attempts=batch.attempts + 1, claimed_until=None)

    def postpone(self, batch: Batch, at: datetime) -> None:
        """What is in the batch waits until then, for the batch of that time."""
        self._set(batch, due_at=at.timestamp(), batch_id=None, claimed_until=None)

    def drop(self, batch: Batch, record_ids: Collection[str]) -> None:
        """Those records are not told any more: they are gone, or were seen."""
        self._set(batch, only=record_ids, state="dropped", claimed_until=None)

    def messages_since(self, owner: str, channel: str, since: datetime) -> int:
        """How many messages of alerts a person has been sent over a channel since then."""
        query = select(func.count(rows.c.batch_id.distinct())).where(
            self._mine(),
            rows.c.owner == self._name(owner),
            rows.c.channel == channel,
            rows.c.kind == "alert",
            rows.c.state == "sent",
            rows.c.sent_at >= since.timestamp(),
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def acknowledge(self, owner: str, record_id: str, response: str) -> bool:
        """The record and all of the same cause are acknowledged; False if it had been: the first answer stands."""
        mine = and_(self._mine(), rows.c.owner == self._name(owner), rows.c.channel == IN_APP)
        with self._database.write() as connection:
            cause = connection.execute(select(rows.c.cause).where(mine, rows.c.record_id == record_id)).scalar()
            same = or_(rows.c.record_id == record_id, and_(rows.c.cause == cause, rows.c.cause != ""))
            change = update(rows).where(mine, same, rows.c.acknowledged_at.is_(None))
            now = self._clock.now().timestamp()
            done = change.values(acknowledged_at=now, response=response, escalate_at=None)
            return connection.execute(done).rowcount > 0

    def states(self, owner: str, record_ids: Collection[str]) -> dict[str, State]:
        """What became of each of those records; those that the ledger does not know are absent."""
        query = select(rows).where(
            self._mine(), rows.c.owner == self._name(owner), rows.c.record_id.in_(record_ids), rows.c.kind == "alert"
        )
        with self._database.read() as connection:
            found = connection.execute(query).all()
        by_record: dict[str, list[Any]] = defaultdict(list)
        for row in found:
            by_record[row.record_id].append(row)
        return {record_id: _state(record_id, group) for record_id, group in by_record.items()}

    def to_escalate(self) -> list[tuple[str, str]]:
        """The (owner, record) of whatever nobody has acknowledged in time; each is given once."""
        now = self._clock.now().timestamp()
        due = and_(
            self._mine(),
            rows.c.channel == IN_APP,
            rows.c.acknowledged_at.is_(None),
            rows.c.state != "escalated",
            rows.c.escalate_at <= now,
        )
        with self._database.write() as connection:
            self._database.lock(connection, "deliveries")
            found = connection.execute(select(rows).where(due).limit(_MOST_AT_ONCE)).all()
            return [(self._opened(row), row.record_id) for row in found]

    def escalated(self, owner: str, record_id: str) -> None:
        """The record has been told anew, or to somebody else, and is not escalated again."""
        change = update(rows).where(
            self._mine(),
            rows.c.owner == self._name(owner),
            rows.c.record_id == record_id,
            rows.c.channel == IN_APP,
        )
        with self._database.write() as connection:
            connection.execute(change.values(escalate_at=None, state="escalated"))

    def newest(self, owner: str, *, after: tuple[float, str], limit: int = 50) -> list[tuple[float, str, str]]:
        """The (time, kind, record) of what came due in a person's inbox after that (time, record), in that order."""
        query = (
            select(rows.c.due_at, rows.c.kind, rows.c.record_id)
            .where(
                self._mine(),
                rows.c.owner == self._name(owner),
                rows.c.channel == IN_APP,
                tuple_(rows.c.due_at, rows.c.record_id) > after,
                rows.c.due_at <= self._clock.now().timestamp(),
            )
            .order_by(rows.c.due_at, rows.c.record_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(at, kind, record_id) for at, kind, record_id in connection.execute(query)]

    def _add(self, owner: str, delivery: Delivery, connection: Connection) -> bool:
        name = self._name(owner)
        row = {
            "tenant": self._database.tenant,
            "delivery_id": self._id(name, delivery),
            "owner": name,
            "sealed": self._sealer.seal(owner.encode(), place=name),
            "kind": delivery.kind,
            "record_id": delivery.record_id,
            "channel": delivery.channel,
            "cause": delivery.cause,
            "state": "waiting",
            "attempts": 0,
            "added_at": self._clock.now().timestamp(),
            "due_at": delivery.due_at.timestamp(),
            "escalate_at": None if delivery.escalate_at is None else delivery.escalate_at.timestamp(),
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(rows).values(row))
        except IntegrityError:
            return False
        return True

    def _id(self, owner: Pseudonym, delivery: Delivery) -> Pseudonym:
        when = delivery.again if delivery.kind == "alert" else delivery.due_at.timestamp()
        parts = json.dumps([owner, delivery.record_id, delivery.channel, when])
        return pseudonym(self._ring, parts, scope="delivery")

    def _claimed(self, group: Sequence[Any], now: datetime, connection: Connection) -> Batch:
        first = group[0]
        batch_id = first.batch_id or pseudonym(
            self._ring, json.dumps(sorted(row.delivery_id for row in group)), scope="batch"
        )
        connection.execute(
            update(rows)
            .where(self._mine(), rows.c.delivery_id.in_([row.delivery_id for row in group]))
            .values(batch_id=batch_id, claimed_until=(now + _LEASE).timestamp())
        )
        return Batch(
            batch_id,
            self._opened(first),
            first.channel,
            first.kind,
            tuple(row.record_id for row in group),
            max(row.attempts for row in group),
        )

    def _set(self, batch: Batch, *, only: Collection[str] | None = None, **values: object) -> None:
        which = and_(self._mine(), rows.c.batch_id == batch.batch_id, rows.c.state == "waiting")
        if only is not None:
            which = and_(which, rows.c.record_id.in_(only))
        with self._database.write() as connection:
            connection.execute(update(rows).where(which).values(**values))

    def _mine(self) -> Any:  # noqa: ANN401 - a part of a query
        return rows.c.tenant == self._database.tenant

    def _name(self, owner: str) -> Pseudonym:
        return pseudonym(self._ring, owner, tenant=self._database.tenant)

    def _opened(self, row: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own row
        return self._sealer.open(row.sealed, place=row.owner).decode()


def _state(record_id: str, group: Sequence[Any]) -> State:
    inside = next((row for row in group if row.channel == IN_APP), None)
    done = None if inside is None else inside.acknowledged_at
    return State(
        record_id,
        None if done is None else datetime.fromtimestamp(done, UTC),
        None if inside is None else inside.response,
        tuple(sorted(row.channel for row in group if row.state == "failed")),
        inside is not None and inside.state == "escalated",
    )
