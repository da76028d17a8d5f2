"""A database and a key ring that fail at a chosen step, as a process does that is killed there."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from scribetree.privacy._keepers import Keeper
from scribetree.privacy.database import Database

__all__ = ["Crash", "Faults", "FaultyDatabase", "FaultyKeeper"]


class Crash(BaseException):
    """The process is gone; nothing of ours may catch it."""


@dataclass
class Faults:
    """Counts the steps, and crashes at the one that was chosen."""

    crash_at: int | None = None
    taken: int = 0

    def step(self) -> None:
        """One more step has been reached."""
        self.taken += 1
        if self.taken == self.crash_at:
            raise Crash


@dataclass(frozen=True)
class FaultyDatabase(Database):
    """Each transaction has three steps: before it begins, before it commits, and after."""

    faults: Faults = field(default_factory=Faults)

    @classmethod
    def around(cls, database: Database, faults: Faults) -> "FaultyDatabase":
        """The same database, with its faults."""
        return cls(database.engine, database.tenant, database.path, steps_down=database.steps_down, faults=faults)

    @contextmanager
    def write(self) -> Generator[Connection]:
        self.faults.step()
        with super().write() as connection:
            yield connection
            self.faults.step()
        self.faults.step()

    def wipe(self) -> bool:
        self.faults.step()
        done = super().wipe()
        self.faults.step()
        return done


@dataclass(frozen=True)
class FaultyKeeper:
    """Each change has three steps: before it, while the new bytes are made, and after."""

    keeper: Keeper
    faults: Faults

    def read(self) -> bytes | None:
        return self.keeper.read()

    def stamp(self) -> object:
        return self.keeper.stamp()

    def create(self, content: bytes) -> None:
        self.keeper.create(content)

    def change(self, edit: Callable[[bytes], bytes]) -> None:
        def edit_with_a_step(kept: bytes) -> bytes:
            self.faults.step()
            return edit(kept)

        self.faults.step()
        self.keeper.change(edit_with_a_step)
        self.faults.step()
