"""
What an earlier version kept in a file of its own, `budgets.db`, is counted in the shared database.

Nothing that was spent is forgotten. The accounts of cohorts and courses and the releases come over as they are. The
file names students by keys that no erasure could find again, so they do not: instead every student begins the term with
the most that any student in the file had spent. Which groups were asked about before is not carried over.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from scribetree.errors import Unavailable
from scribetree.privacy.budget import CAPS, CARRIED, budgets_table, releases_table
from scribetree.privacy.database import Database

__all__ = ["take_over"]

_WAIT_S = 30
_SPENT = "SELECT account, term, kind, spent, cap FROM budgets WHERE kind <> 'student'"
_MOST = "SELECT term, max(spent) FROM budgets WHERE kind = 'student' GROUP BY term"
_RELEASES = "SELECT question, term, account, epsilon, released_at, sealed FROM releases"


def take_over(path: Path, database: Database) -> None:
    """
    What the file says is spent in the database too, and the file is gone.

    Of processes that start together one moves it, the others find it empty. A crash in between counts what was spent
    a second time, never not at all.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=_WAIT_S)) as file:
            file.isolation_level = None
            file.execute("BEGIN EXCLUSIVE")
            if file.execute("SELECT 1 FROM sqlite_master WHERE name = 'budgets'").fetchone():
                _move(file, database)
                file.execute("DROP TABLE budgets")
            file.execute("COMMIT")
    except sqlite3.Error as error:
        if not path.exists():
            return  # another process was quicker
        raise Unavailable(
            "The privacy budgets of an earlier version cannot be taken over; nothing is told about groups until then.",
            hint="Stop what still uses `budgets.db` in SCRIBETREE_HOME, or restore the file from a backup.",
        ) from error
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _move(file: sqlite3.Connection, database: Database) -> None:
    with database.write() as connection:
        database.lock(connection, f"budgets/{database.tenant}")
        for account, term, kind, spent, cap in file.execute(_SPENT):
            _open(account, term, kind, cap, database, connection)
            _add(spent, database, connection, budgets_table.c.account == account, budgets_table.c.term == term)
        for term, most in file.execute(_MOST):
            _open(CARRIED, term, "student", CAPS["student"], database, connection)
            _add(most, database, connection, budgets_table.c.kind == "student", budgets_table.c.term == term)
        for row in file.execute(_RELEASES):
            names = ("question", "term", "account", "epsilon", "released_at", "sealed")
            release = dict(zip(names, row, strict=True)) | {"tenant": database.tenant}
            connection.execute(_insert(database)(releases_table).on_conflict_do_nothing(), release)


def _open(account: str, term: str, kind: str, cap: int, database: Database, connection: Connection) -> None:
    row = {"tenant": database.tenant, "account": account, "term": term, "kind": kind, "spent": 0, "cap": cap}
    connection.execute(_insert(database)(budgets_table).on_conflict_do_nothing(), row)


def _add(spent: int, database: Database, connection: Connection, *which: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    more = update(budgets_table).where(budgets_table.c.tenant == database.tenant, *which)
    connection.execute(more.values(spent=budgets_table.c.spent + spent))


def _insert(database: Database) -> Any:  # noqa: ANN401 - either dialect's
    return sqlite.insert if database.is_sqlite else postgresql.insert
