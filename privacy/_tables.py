"""The tables of records, consent, access and rights, as migrations.py makes them."""

from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, String, Table

from scribetree.privacy.database import metadata

__all__ = [
    "access_tokens",
    "consent_epochs",
    "consent_events",
    "deliveries",
    "erasures",
    "legal_holds",
    "record_fields",
    "records",
    "retention_sweeps",
    "rights_requests",
    "teaching",
]


def _key(name: str) -> Column[str]:
    return Column(name, String, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, String, nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Double, nullable=nullable)


records = Table(
    "records",
    metadata,
    _key("tenant"),
    _key("kind"),
    _key("record_id"),
    _text("subject"),
    _text("owner", nullable=True),
    _text("course", nullable=True),
    _time("created_at"),
    _time("changed_at"),
    _time("due_at", nullable=True),
)
record_fields = Table(
    "record_fields",
    metadata,
    _key("tenant"),
    _key("kind"),
    _key("record_id"),
    _key("field"),
    Column("sealed", LargeBinary, nullable=False),
)
consent_epochs = Table(
    "consent_epochs",
    metadata,
    _key("tenant"),
    _key("subject"),
    Column("epoch", BigInteger, nullable=False),
    Column("is_erased", Integer, nullable=False),
)
consent_events = Table(
    "consent_events",
    metadata,
    _key("tenant"),
    _key("subject"),
    Column("version", Integer, primary_key=True),
    _text("kind"),
    _time("at"),
    Column("sealed", LargeBinary, nullable=False),
)
teaching = Table(
    "teaching",
    metadata,
    _key("tenant"),
    _key("educator"),
    _key("student"),
    _key("course"),
    _time("begins_at"),
    _time("ends_at", nullable=True),
)
access_tokens = Table(
    "access_tokens",
    metadata,
    _key("tenant"),
    _key("token_hash"),
    _text("requester"),
    _text("subject"),
    _text("purpose"),
    _text("kinds"),
    Column("epoch", BigInteger, nullable=False),
    _time("issued_at"),
    _time("used_at"),
    _time("expires_at"),
)
erasures = Table(
    "erasures",
    metadata,
    _key("tenant"),
    _key("erasure_id"),
    _text("subject"),
    _time("asked_at"),
    _text("done"),
    _text("counts"),
    _text("receipt", nullable=True),
)
legal_holds = Table(
    "legal_holds",
    metadata,
    _key("tenant"),
    _key("hold_id"),
    _text("subject"),
    _text("reason"),
    _time("placed_at"),
    _time("lifted_at", nullable=True),
)
rights_requests = Table(
    "rights_requests",
    metadata,
    _key("tenant"),
    _key("request_id"),
    _text("subject"),
    _text("kind"),
    _text("law"),
    _time("asked_at"),
    _time("due_at"),
    _time("closed_at", nullable=True),
)
retention_sweeps = Table(
    "retention_sweeps",
    metadata,
    _key("tenant"),
    Column("at", Double, primary_key=True),
    Column("deleted", Integer, nullable=False),
    Column("held", Integer, nullable=False),
)
deliveries = Table(
    "deliveries",
    metadata,
    _key("tenant"),
    _key("delivery_id"),
    _text("owner"),
    Column("sealed", LargeBinary, nullable=False),
    _text("kind"),
    _text("record_id"),
    _text("channel"),
    _text("cause"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _time("added_at"),
    _time("due_at"),
    _text("batch_id", nullable=True),
    _time("claimed_until", nullable=True),
    _time("sent_at", nullable=True),
    _time("acknowledged_at", nullable=True),
    _text("response", nullable=True),
    _time("escalate_at", nullable=True),
)
