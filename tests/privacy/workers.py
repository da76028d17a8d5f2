"""What other processes do in these tests: little to import, because each is started anew."""

from pathlib import Path

from scribetree.clock import SystemClock
from scribetree.privacy.audit import AuditEvent, AuditLog
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.settings import Settings

__all__ = ["append_many", "open_and_close", "rotate_all", "rotate_for_ever"]


def open_and_close(home: str) -> bool:
    """The database of that data folder has been opened."""
    Database.open(Settings(home=Path(home))).close()
    return True


def append_many(home: str, url: str | None, count: int) -> list[int]:
    """So many entries about one student have been appended; their numbers."""
    settings = Settings(home=Path(home), database_url=url)
    database = Database.open(settings)
    audit = AuditLog(database, KeyRing.open(settings), SystemClock())
    event = AuditEvent("write", "ok", "system", Pseudonym("t" * 32), subject=Pseudonym("a" * 32))
    sequences = [audit.append(event).sequence for _ in range(count)]
    database.close()
    return sequences


def rotate_all(keys: SubjectKeys, ring: KeyRing) -> None:
    """Every key is under a new epoch, and the old one is retired."""
    old = ring.current
    ring.rotate()
    keys.rewrap()
    keys.retire(old)


def rotate_for_ever(home: str) -> None:
    """Rotations follow one another until this process is killed."""
    settings = Settings(home=Path(home))
    ring = KeyRing.open(settings)
    keys = SubjectKeys(Database.open(settings), ring, SystemClock())
    while True:
        rotate_all(keys, ring)
