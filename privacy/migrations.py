"""
How the database came to its present shape, step by step, and the steps that one still lacks.

A migration that has been released is never changed: another is added. Its SQL says `{bytes}` where SQLite and
PostgreSQL name a type differently. Each tenant's table is listed in `tenant_tables`, which puts row-level security on
it where there is such a thing. All that is lacking is done in one transaction: entirely, or not at all.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

from scribetree.errors import ConfigError
from scribetree.privacy._group_migrations import GROUPS
from scribetree.privacy._records_migrations import RECORDS

__all__ = ["ALL_TENANTS", "MIGRATIONS", "Migration", "lacking", "migrate"]

ALL_TENANTS = "*"
"""What the upkeep of the database names as its tenant to see every tenant's rows."""

_TYPES = {
    "sqlite": {"bytes": "BLOB", "real": "REAL"},
    "postgresql": {"bytes": "BYTEA", "real": "DOUBLE PRECISION"},
}


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, unique for ever; its SQL; and the tables whose rows each belong to a tenant."""

    number: int
    name: str
    statements: tuple[str, ...]
    tenant_tables: tuple[str, ...] = ()


MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "keys of subjects",
        (
            """
            CREATE TABLE subject_keys (
                tenant TEXT NOT NULL, subject TEXT NOT NULL, key_id {bytes} NOT NULL UNIQUE, epoch BIGINT NOT NULL,
                wrapped {bytes} NOT NULL, created_at {real} NOT NULL, PRIMARY KEY (tenant, subject)
            )
            """,
            "CREATE INDEX subject_keys_by_epoch ON subject_keys (epoch)",
            """
            CREATE TABLE destroyed_keys (
                tenant TEXT NOT NULL, subject TEXT NOT NULL, destroyed_at {real} NOT NULL, epoch BIGINT,
                unwiped {bytes}, PRIMARY KEY (tenant, subject)
            )
            """,
            "CREATE TABLE key_ring_check (number INTEGER NOT NULL PRIMARY KEY, fingerprint {bytes} NOT NULL)",
        ),
        tenant_tables=("subject_keys", "destroyed_keys"),
    ),
    Migration(
        2,
        "identities and research codes",
        (
            """
            CREATE TABLE identities (
                tenant TEXT NOT NULL, subject TEXT NOT NULL, sealed {bytes} NOT NULL, PRIMARY KEY (tenant, subject)
            )
            """,
            """
            CREATE TABLE research_codes (
                tenant TEXT NOT NULL, study TEXT NOT NULL, subject TEXT NOT NULL, code TEXT NOT NULL,
                PRIMARY KEY (tenant, study, subject), UNIQUE (tenant, study, code)
            )
            """,
        ),
        tenant_tables=("identities", "research_codes"),
    ),
    Migration(
        3,
        "audit log and incidents",
        (
            """
            CREATE TABLE audit_log (
                tenant TEXT NOT NULL, sequence BIGINT NOT NULL, entry {bytes} NOT NULL, leaf_hash {bytes} NOT NULL,
                at_us BIGINT NOT NULL, action TEXT NOT NULL, actor TEXT, key_id {bytes}, PRIMARY KEY (tenant, sequence)
            )
            """,
            "CREATE INDEX audit_log_by_actor ON audit_log (tenant, actor, at_us, action, key_id)",
            "CREATE INDEX audit_log_by_key ON audit_log (tenant, key_id)",
            """
            CREATE TABLE audit_nodes (
                tenant TEXT NOT NULL, node BIGINT NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (tenant, node)
            )
            """,
            """
            CREATE TABLE audit_heads (
                tenant TEXT NOT NULL PRIMARY KEY, size BIGINT NOT NULL, peaks {bytes} NOT NULL, mac {bytes} NOT NULL
            )
            """,
            """
            CREATE TABLE audit_checkpoints (
                tenant TEXT NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL, made_at {real} NOT NULL,
                PRIMARY KEY (tenant, size)
            )
            """,
            """
            CREATE TABLE incidents (
                tenant TEXT NOT NULL, incident_id TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL,
                hour BIGINT NOT NULL, raised_at_us BIGINT NOT NULL, sequence BIGINT NOT NULL,
                PRIMARY KEY (tenant, incident_id), UNIQUE (tenant, actor, hour, kind)
            )
            """,
        ),
        tenant_tables=("audit_log", "audit_nodes", "audit_heads", "audit_checkpoints", "incidents"),
    ),
    *(Migration(*step) for step in (*RECORDS, *GROUPS)),
)


def migrate(connection: Connection, migrations: tuple[Migration, ...]) -> None:
    """The schema is that of this version; a database that a newer version has changed is refused, untouched."""
    if not inspect(connection).has_table("schema_version"):
        connection.execute(text("CREATE TABLE schema_version (number INTEGER PRIMARY KEY, name TEXT NOT NULL)"))
    for migration in lacking(connection, migrations):
        _apply(connection, migration)


def lacking(connection: Connection, migrations: tuple[Migration, ...]) -> list[Migration]:
    """The migrations that this database has not seen, in order; one of a newer version raises ConfigError."""
    done = set[int]()
    if inspect(connection).has_table("schema_version"):
        done.update(connection.execute(text("SELECT number FROM schema_version")).scalars())
    if done - {migration.number for migration in migrations}:
        raise ConfigError(
            "The database was changed by a newer version of Scribe Tree; it was left as it is.",
            hint="Use that version, or restore a backup from before it.",
        )
    return [each for each in sorted(migrations, key=lambda each: each.number) if each.number not in done]


def _apply(connection: Connection, migration: Migration) -> None:
    types = _TYPES[connection.dialect.name]
    for statement in migration.statements:
        connection.execute(text(statement.format_map(types)))
    if connection.dialect.name == "postgresql":
        for table in migration.tenant_tables:
            _separate_tenants(connection, table)
    connection.execute(
        text("INSERT INTO schema_version (number, name) VALUES (:number, :name)"),
        {"number": migration.number, "name": migration.name},
    )


def _separate_tenants(connection: Connection, table: str) -> None:
    own = f"current_setting('scribetree.tenant', true) IN (tenant, '{ALL_TENANTS}')"
    connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    connection.execute(text(f"CREATE POLICY {table}_by_tenant ON {table} USING ({own}) WITH CHECK ({own})"))
