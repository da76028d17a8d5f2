"""
Alerts, kept sealed and durable before they are acknowledged.

One SQLite file in write-ahead mode is shared by all processes of an installation. What an alert says is
sealed; beside it stand only pseudonyms, the delivery state and times.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Engine,
    Float,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from scribetree.errors import Unavailable
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

__all__ = ["AlertRecords", "StoredAlert"]

_BUSY_TIMEOUT_MS = 5_000

_metadata = MetaData()
_alerts = Table(
    "alerts",
    _metadata,
    Column("alert_id", String(32), primary_key=True),
    Column("educator", String(32), nullable=False, index=True),
    Column("student", String(32), nullable=False, index=True),
    Column("created_at", Float, nullable=False),
    Column("deliver_at", Float, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """One alert as it was stored; times are seconds since 1970."""

    alert_id: str
    created_at: float
    deliver_at: float
    content: Mapping[str, Any]


class AlertRecords:
    """The alerts of one installation."""

    def __init__(self, home: Path, ring: KeyRing) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._ring = ring
        self._sealer = Sealer(ring, "alerts")
        self._engine = _engine(home / "records.db")
        with _as_unavailable():
            _metadata.create_all(self._engine)

    def add(
        self,
        *,
        alert_id: str,
        educator_id: str,
        student_id: str,
        content: Mapping[str, Any],
        created_at: datetime,
        deliver_at: datetime,
    ) -> bool:
        """Store one alert on disk; False when that alert is there already, and nothing changed."""
        row = {
            "alert_id": alert_id,
            "educator": pseudonym(self._ring, educator_id),
            "student": pseudonym(self._ring, student_id),
            "created_at": created_at.timestamp(),
            "deliver_at": deliver_at.timestamp(),
            "sealed": self._sealer.seal(json.dumps(content).encode(), place=alert_id),
        }
        try:
            with _as_unavailable(), self._engine.begin() as connection:
                connection.execute(insert(_alerts).values(row))
        except IntegrityError:
            return False
        return True

    def due(self, *, educator_id: str, now: datetime, limit: int) -> list[StoredAlert]:
        """The newest alerts delivered to one educator by `now`, at most `limit`."""
        query = (
            select(_alerts)
            .where(_alerts.c.educator == pseudonym(self._ring, educator_id))
            .where(_alerts.c.deliver_at <= now.timestamp())
            .order_by(_alerts.c.deliver_at.desc(), _alerts.c.alert_id)
            .limit(limit)
        )
        with _as_unavailable(), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [self._opened(row) for row in rows]

    def waiting(self, *, educator_id: str, now: datetime) -> int:
        """How many alerts for one educator are held back until later."""
        query = select(_alerts.c.alert_id).where(
            _alerts.c.educator == pseudonym(self._ring, educator_id),
            _alerts.c.deliver_at > now.timestamp(),
        )
        with _as_unavailable(), self._engine.connect() as connection:
            return len(connection.execute(query).all())

    def close(self) -> None:
        """No connection is open any more."""
        self._engine.dispose()

    def _opened(self, row: Mapping[Any, Any]) -> StoredAlert:
        plain = self._sealer.open(row["sealed"], place=row["alert_id"])
        return StoredAlert(row["alert_id"], row["created_at"], row["deliver_at"], json.loads(plain))


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    event.listen(engine, "connect", configure)
    return engine


@contextmanager
def _as_unavailable() -> Generator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable(
            "The record store cannot be used: it is locked, full or damaged; nothing was stored.",
            hint="Free disk space or stop what holds `records.db` in SCRIBETREE_HOME, then try again.",
        ) from error
