"""
How long each kind of record is kept, and the sweep that ends it.

The rule of a kind is its `keep_days`; a student's own retention period shortens it for what is held by consent, and
never lengthens it. A record under a legal hold, or asked for in an open inspection request, stays (34 CFR 99.10(e)).

A clock that jumped must not empty the store: a sweep refuses to run at a time before the last one, or more than
`MAX_GAP` after it, until somebody has looked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from scribetree.errors import ConfigError
from scribetree.privacy._standing import Standing
from scribetree.privacy._tables import records as records_table
from scribetree.privacy._tables import retention_sweeps
from scribetree.privacy.audit import AuditEvent
from scribetree.privacy.context import UNNAMED
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.records import KINDS, Kind
from scribetree.privacy.records.store import Row
from scribetree.privacy.stores import Stores

__all__ = ["MAX_GAP", "PERIOD_DAYS", "Retention", "RetentionRule", "SweepReport", "keep_for", "rules"]

MAX_GAP = timedelta(days=400)
PERIOD_DAYS: Mapping[object, int] = {"30_days": 30, "3_months": 90, "6_months": 183, "1_year": 365, "2_years": 730}

_BATCH = 200


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long a kind is kept at most, and whether its student can shorten that."""

    kind: str
    keep_days: int
    student_can_shorten: bool


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep deleted, by kind, and how many records it left because of a hold."""

    at: datetime
    deleted: Mapping[str, int]
    held: int


def rules() -> tuple[RetentionRule, ...]:
    """The rule of every kind."""
    return tuple(RetentionRule(kind.name, kind.keep_days, kind.basis == "consent") for kind in KINDS.values())


def keep_for(kind: Kind, standing: Standing, at: datetime) -> timedelta:
    """How long a record of that kind is kept for a student of that standing."""
    if kind.basis == "duty":
        return timedelta(days=kind.keep_days)
    chosen = PERIOD_DAYS[standing.values(at)["privacy_controls.retention_period"]]
    is_choice = "privacy_controls.retention_period" in standing.chosen
    return timedelta(days=min(kind.keep_days, chosen) if is_choice else kind.keep_days)


class Retention:
    """The sweeps of one installation."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def sweep(self, *, after_gap: bool = False) -> SweepReport:
        """Every record that has outlived its rule is gone, from the files too, but those under a hold."""
        now = self._stores.clock.now()
        with self._stores.database.read() as connection:
            self._refuse_a_jump(now, connection, after_gap=after_gap)
        deleted: dict[str, int] = {}
        held: set[str] = set()
        for kind in KINDS.values():
            deleted[kind.name] = self._sweep_kind(kind, now, held)
        self._finish(now, sum(deleted.values()), len(held))
        if any(deleted.values()):
            self._stores.database.wipe()
        return SweepReport(now, deleted, len(held))

    def overdue(self) -> dict[str, int]:
        """How many records of each kind the next sweep would delete, holds included."""
        now = self._stores.clock.now()
        with self._stores.database.read() as connection:
            return {
                kind.name: sum(
                    1
                    for row in self._stores.records.older_than(
                        kind.name, now - _shortest(kind), connection=connection, limit=100_000
                    )
                    if self._is_over(kind, row, now, connection)
                )
                for kind in KINDS.values()
            }

    def _sweep_kind(self, kind: Kind, now: datetime, held: set[str]) -> int:
        """Batches that each commit: a sweep that was killed goes on where it was."""
        gone, after = 0, None
        while True:
            with self._stores.database.write() as connection:
                batch = self._stores.records.older_than(
                    kind.name, now - _shortest(kind), connection=connection, limit=_BATCH, after=after
                )
                over = [row for row in batch if self._is_over(kind, row, now, connection)]
                free = [row for row in over if not self._is_held(row.subject, connection)]
                held |= {f"{row.kind}/{row.record_id}" for row in over if row not in free}
                gone += self._stores.records.delete(free, connection=connection)
            if len(batch) < _BATCH:
                return gone
            after = batch[-1]

    def _is_over(self, kind: Kind, row: Row, now: datetime, connection: Connection) -> bool:
        _, standing = self._stores.consent.standing_in(row.subject, connection)
        return now - row.created_at > keep_for(kind, standing, now)

    def _is_held(self, subject: Pseudonym, connection: Connection) -> bool:
        return bool(self._stores.holds.on(subject, connection=connection))

    def _refuse_a_jump(self, now: datetime, connection: Connection, *, after_gap: bool) -> None:
        last = self._last_sign_of_life(connection)
        if last is None or after_gap:
            return
        if now < last - timedelta(days=1) or now - last > MAX_GAP:
            raise ConfigError(
                "The clock differs from the last sign of life by more than a sweep may trust; nothing was deleted.",
                hint="Set the clock right; if it is, run the sweep with --after-gap.",
            )

    def _last_sign_of_life(self, connection: Connection) -> datetime | None:
        tenant = self._stores.database.tenant
        newest = [
            connection.execute(select(func.max(column)).where(table.c.tenant == tenant)).scalar()
            for table, column in (
                (retention_sweeps, retention_sweeps.c.at),
                (records_table, records_table.c.changed_at),
            )
        ]
        moments = [moment for moment in newest if moment is not None]
        return datetime.fromtimestamp(max(moments), UTC) if moments else None

    def _finish(self, now: datetime, deleted: int, held: int) -> None:
        row = {"tenant": self._stores.database.tenant, "at": now.timestamp(), "deleted": deleted, "held": held}
        actor = pseudonym(self._stores.ring, UNNAMED, tenant=self._stores.database.tenant)
        with self._stores.database.write() as connection:
            self._stores.tokens.forget_expired(at=now, connection=connection)
            if not _has(connection, retention_sweeps.c.at == row["at"], retention_sweeps.c.tenant == row["tenant"]):
                connection.execute(insert(retention_sweeps).values(row))
            event = AuditEvent("retention_sweep", "ok", "system", actor, None, None, {"deleted": deleted, "held": held})
            self._stores.audit.append(event, connection=connection)


def _has(connection: Connection, *conditions: object) -> bool:
    return connection.execute(select(retention_sweeps.c.at).where(*conditions)).first() is not None  # type: ignore[arg-type]


def _shortest(kind: Kind) -> timedelta:
    days: Iterable[int] = (kind.keep_days, *(PERIOD_DAYS.values() if kind.basis == "consent" else ()))
    return timedelta(days=min(days))
