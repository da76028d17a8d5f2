"""The rows of an audit log: its entries, the hashes of its complete subtrees, and its sealed right edge."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from scribetree.errors import TamperDetected
from scribetree.privacy._parts import joined
from scribetree.privacy._prepared import Prepared
from scribetree.privacy.database import metadata
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.merkle import HASH_BYTES, Frontier, Node, Range, cover, range_root

__all__ = [
    "Row",
    "add_entry",
    "append_to_tree",
    "checkpoints",
    "checkpoints_of",
    "hashes",
    "head_of",
    "inner_hashes",
    "log",
    "rows",
]

_BATCH = 1_000
_LEVEL_BITS = 48

log = Table(
    "audit_log",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("action", String, nullable=False),
    Column("actor", String),
    Column("key_id", LargeBinary),
)
nodes = Table(
    "audit_nodes",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("node", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
_heads = Table(
    "audit_heads",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)
checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("made_at", Float, nullable=False),
)

_insert_entry = Prepared(insert(log))
_insert_nodes = Prepared(insert(nodes))
_insert_head = Prepared(insert(_heads))
_select_head = Prepared(select(_heads.c.size, _heads.c.peaks, _heads.c.mac).where(_heads.c.tenant == bindparam("t")))
_update_head = Prepared(
    update(_heads)
    .where(_heads.c.tenant == bindparam("t"))
    .values(size=bindparam("new_size"), peaks=bindparam("new_peaks"), mac=bindparam("new_mac"))
)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as it is kept: the bytes that were hashed, and what is copied out of them to search by."""

    sequence: int
    entry: bytes
    leaf_hash: bytes
    at_us: int
    action: str
    actor: str | None
    key_id: bytes | None


def head_of(connection: Connection, tenant: str, ring: KeyRing) -> Frontier:
    """The right edge of the tenant's log; one that was not sealed by this ring raises TamperDetected."""
    kept = _select_head.first(connection, {"t": tenant})
    if kept is None:
        return Frontier()
    size, joined_peaks, mac = kept
    if not hmac.compare_digest(mac, _mac(tenant, size, joined_peaks, ring)):
        raise TamperDetected(
            "The head of the audit log was altered, or belongs to another key ring; nothing was added.",
            hint="Run `scribetree privacy audit verify`; restore the key ring or the database.",
        )
    peaks = tuple(joined_peaks[at : at + HASH_BYTES] for at in range(0, len(joined_peaks), HASH_BYTES))
    return Frontier(size, peaks)


def append_to_tree(connection: Connection, tenant: str, ring: KeyRing, frontier: Frontier, leaf: bytes) -> Frontier:
    """The tree has one more leaf; the new right edge."""
    grown, completed = frontier.with_leaf(leaf)
    if completed:
        made = [{"tenant": tenant, "node": _number(node), "hash": found} for node, found in completed]
        _insert_nodes.run(connection, *made)
    peaks = b"".join(grown.peaks)
    mac = _mac(tenant, grown.size, peaks, ring)
    if frontier.size:
        _update_head.run(connection, {"t": tenant, "new_size": grown.size, "new_peaks": peaks, "new_mac": mac})
    else:
        _insert_head.run(connection, {"tenant": tenant, "size": grown.size, "peaks": peaks, "mac": mac})
    return grown


def add_entry(connection: Connection, tenant: str, row: Row) -> None:
    """The entry is kept."""
    values = {name: getattr(row, name) for name in Row.__slots__}
    _insert_entry.run(connection, {"tenant": tenant, **values})


def rows(connection: Connection, tenant: str, *, below: int) -> Iterator[Row]:
    """The entries with a number below that, in order, a thousand at a time in memory."""
    columns = [log.c[name] for name in Row.__slots__]
    last = -1
    while True:
        query = select(*columns).where(log.c.tenant == tenant, log.c.sequence > last, log.c.sequence < below)
        batch = connection.execute(query.order_by(log.c.sequence).limit(_BATCH)).all()
        for row in batch:
            yield Row(*row)
        if len(batch) < _BATCH:
            return
        last = int(batch[-1][0])


def hashes(connection: Connection, tenant: str, spans: list[Range]) -> list[bytes]:
    """The roots of those subtrees, from the hashes of their complete parts: two queries, whatever the log's size."""
    wanted = [node for span in spans for node in cover(span)]
    found = _leaves(connection, tenant, wanted) | inner_hashes(connection, tenant, wanted)
    try:
        return [range_root(span, found.__getitem__) for span in spans]
    except KeyError:
        raise TamperDetected(
            "Parts of the audit log are missing.", hint="Run `scribetree privacy audit verify`; restore the database."
        ) from None


def checkpoints_of(connection: Connection, tenant: str) -> list[str]:
    """The signed notes that are kept, smallest first."""
    query = select(checkpoints.c.note).where(checkpoints.c.tenant == tenant).order_by(checkpoints.c.size)
    return list(connection.execute(query).scalars())


def _leaves(connection: Connection, tenant: str, wanted: Iterable[Node]) -> dict[Node, bytes]:
    numbers = [node.index for node in wanted if node.level == 0]
    query = select(log.c.sequence, log.c.leaf_hash).where(log.c.tenant == tenant, log.c.sequence.in_(numbers))
    return {Node(0, sequence): found for sequence, found in connection.execute(query)}


def inner_hashes(connection: Connection, tenant: str, wanted: Iterable[Node]) -> dict[Node, bytes]:
    """The kept hashes of those of the complete subtrees that have more than one leaf."""
    numbers = {_number(node): node for node in wanted if node.level > 0}
    query = select(nodes.c.node, nodes.c.hash).where(nodes.c.tenant == tenant, nodes.c.node.in_(numbers))
    return {numbers[number]: found for number, found in connection.execute(query)}


def _number(node: Node) -> int:
    return node.level << _LEVEL_BITS | node.index


def _mac(tenant: str, size: int, peaks: bytes, ring: KeyRing) -> bytes:
    return hmac.digest(ring.key("audit/head"), joined("audit-head", tenant, size, peaks), "sha256")
