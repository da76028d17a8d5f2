"""Whether the process that began a run still lives: it holds a lock that the system frees when it dies."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["hold", "is_held"]


@contextmanager
def hold(home: Path, executor: str) -> Generator[None]:
    """This process is known to live for as long as the block runs."""
    path = _path(home, executor)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _connect(path)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        lock.close()
        path.unlink(missing_ok=True)


def is_held(home: Path, executor: str | None) -> bool:
    """Whether that executor's process lives."""
    path = _path(home, executor or "")
    if not executor or not path.exists():
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
