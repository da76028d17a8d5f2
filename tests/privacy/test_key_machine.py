"""Rotation, retirement and destruction in any order, killed at any step: nothing is lost, and nothing comes back."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import text
from tests.privacy.faults import Crash, Faults, FaultyDatabase, FaultyKeeper

from scribetree.clock import FixedClock
from scribetree.errors import KeyDestroyed
from scribetree.privacy._keepers import FileKeeper
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import FieldSealer, Place
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.settings import Settings

PEOPLE = st.integers(0, 4).map(lambda number: Pseudonym(f"{number:032x}"))
STEPS = st.integers(1, 12)


class Keys(RuleBasedStateMachine):
    """An installation whose process may die at any step and is then started again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.faults = Faults()
        self.database = Database.open(Settings(home=self.home))
        self.sealed: dict[Pseudonym, bytes] = {}
        self.markers: dict[Pseudonym, bytes] = {}
        self.destroyed: set[Pseudonym] = set()
        self.start()

    def start(self) -> None:
        """A process that knows nothing but what is on the disk."""
        self.faults.crash_at, self.faults.taken = None, 0
        self.ring = KeyRing(keeper=FaultyKeeper(FileKeeper(self.home), self.faults))
        self.keys = SubjectKeys(FaultyDatabase.around(self.database, self.faults), self.ring, FixedClock())
        self.sealer = FieldSealer(self.keys)

    def killed_at(self, step: int) -> None:
        """The next steps end in death."""
        self.faults.taken, self.faults.crash_at = 0, step

    @rule(person=PEOPLE)
    def store(self, person: Pseudonym) -> None:
        if person in self.destroyed:
            with pytest.raises(KeyDestroyed):
                self.sealer.seal(b"text", place=place(person))
            return
        self.sealed[person] = self.sealer.seal(person.encode(), place=place(person))

    @rule()
    def rotate(self) -> None:
        self.ring.rotate()

    @rule()
    def rewrap(self) -> None:
        self.keys.rewrap()

    @rule()
    @precondition(lambda self: len(self.ring.epochs) > 1)
    def retire_the_oldest(self) -> None:
        self.keys.rewrap()
        self.keys.retire(self.ring.epochs[0].number)

    @rule(step=STEPS)
    def die_while_rotating(self, step: int) -> None:
        self.killed_at(step)
        with contextlib.suppress(Crash):
            self.ring.rotate()
            self.keys.rewrap()
            self.keys.retire(self.ring.epochs[0].number)
        self.start()

    @rule(person=PEOPLE)
    def destroy(self, person: Pseudonym) -> None:
        self.remember(person)
        assert self.keys.destroy(person).wiped
        self.forget(person)

    @rule(person=PEOPLE, step=STEPS)
    def die_while_destroying(self, person: Pseudonym, step: int) -> None:
        self.remember(person)
        self.killed_at(step)
        with contextlib.suppress(Crash):
            self.keys.destroy(person)
        self.start()
        self.keys.destroy(person)
        self.forget(person)

    def remember(self, person: Pseudonym) -> None:
        with self.database.read() as connection:
            query = text("SELECT wrapped FROM subject_keys WHERE subject = :s")
            wrapped = connection.execute(query, {"s": person}).scalar_one_or_none()
        if wrapped is not None:
            self.markers[person] = bytes(wrapped)[12:]

    def forget(self, person: Pseudonym) -> None:
        self.destroyed.add(person)
        self.sealed.pop(person, None)

    @invariant()
    def whoever_lives_can_be_read(self) -> None:
        for person, sealed in self.sealed.items():
            assert self.sealer.open(sealed, place=place(person)) == person.encode()

    @invariant()
    def whoever_was_destroyed_is_gone_to_the_byte(self) -> None:
        for person in self.destroyed:
            with pytest.raises(KeyDestroyed):
                self.keys.key(person)
        kept = b"".join(path.read_bytes() for path in self.home.iterdir() if path.is_file())
        assert not any(marker in kept for marker in self.markers.values())

    @invariant()
    def no_destruction_is_left_half_done(self) -> None:
        assert self.keys.unfinished() == []

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()


def place(person: Pseudonym) -> Place:
    return Place("local", person, "record", "field", 1)


TestKeys = Keys.TestCase
TestKeys.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
