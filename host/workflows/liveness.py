"""
Whether the process that began a run still lives: it holds a lock that the system frees when it dies.

On one machine the lock is on a file of its own; where several machines share PostgreSQL it is an advisory lock
there, held by a connection that ends with its process.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from scribetree.host.workflows.store import system_database_url
from scribetree.settings import Settings

__all__ = ["hold", "is_held"]


@contextmanager
def hold(settings: Settings, executor: str) -> Generator[None]:
    """This process is known to live for as long as the block runs."""
    keep = _advisory_lock if settings.database_url else _file_lock
    with keep(settings, executor):
        yield


def is_held(settings: Settings, executor: str | None) -> bool:
    """Whether that executor's process lives."""
    if not executor:
        return False
    return _is_advised(settings, executor) if settings.database_url else _is_locked(settings.home, executor)


@contextmanager
def _file_lock(settings: Settings, executor: str) -> Generator[None]:
    path = _path(settings.home, executor)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _connect(path)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        lock.close()
        path.unlink(missing_ok=True)


def _is_locked(home: Path, executor: str) -> bool:
    path = _path(home, executor)
    if not path.exists():
        return False
    lock = _connect(path)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return True
    else:
        return False
    finally:
        lock.close()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def _path(home: Path, executor: str) -> Path:
    return home / "executors" / f"{executor}.lock"


@contextmanager
def _advisory_lock(settings: Settings, executor: str) -> Generator[None]:
    engine = _shared(settings)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(hashtextextended(:name, 0))"), {"name": _name(executor)})
            yield
    finally:
        engine.dispose()


def _is_advised(settings: Settings, executor: str) -> bool:
    engine = _shared(settings)
    try:
        with engine.connect() as connection:
            free = connection.execute(
                text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), {"name": _name(executor)}
            ).scalar_one()
            return not free
    finally:
        engine.dispose()


def _shared(settings: Settings) -> Engine:
    url = system_database_url(settings).replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def _name(executor: str) -> str:
    return f"scribetree/executor/{executor}"
