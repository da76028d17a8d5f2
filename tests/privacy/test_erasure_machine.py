"""Invariant: whatever was written, killed and begun again, an erased student is erased down to the bytes, alone."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.privacy.people import administrator, open_office, student

from scribetree.clock import FixedClock
from scribetree.errors import Denied
from scribetree.privacy.rights import Rights
from scribetree.settings import Settings

STUDENTS = ("s-1", "s-2", "s-3")
STEPS = ("_stop", "_destroy_key", "_delete_records", "_erase_elsewhere", "_wipe", "_write_receipt")


class ErasureMachine(RuleBasedStateMachine):
    """Three students, each with a canary that no file may hold once they are erased."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.home = Path(self.folder.name)
        self.office = open_office(Settings(home=self.home), FixedClock())
        for name in STUDENTS[1:]:
            self.office.consent.guardian_consents(self.office.pseudonym(name), method="signed_form", by="guardian")
        self.kept: dict[str, int] = dict.fromkeys(STUDENTS, 0)
        self.begun: set[str] = set()
        self.erased: set[str] = set()
        self.sealed: dict[str, list[bytes]] = {name: [] for name in STUDENTS}

    @rule(name=st.sampled_from(STUDENTS))
    def write(self, name: str) -> None:
        try:
            self.office.guard.write(student(name=name), name, "draft", {"text": f"canary of {name}"})
        except Denied:
            assert name in self.begun
        else:
            assert name not in self.erased
            self.kept[name] += 1
            self.sealed[name] = self.sealed_of(name)

    @rule(name=st.sampled_from(STUDENTS))
    def erase(self, name: str) -> None:
        self.office.rights.erase(administrator(), name)
        self.begun.add(name)
        self.erased.add(name)

    @rule(name=st.sampled_from(STUDENTS), step=st.sampled_from(STEPS), late=st.booleans())
    def be_killed(self, name: str, step: str, late: bool) -> None:
        original = getattr(Rights, step)

        def killed(rights: Rights, *arguments: Any) -> None:
            if late:
                original(rights, *arguments)
            raise KeyboardInterrupt

        self.begun.add(name)
        with patch.object(Rights, step, killed):
            try:
                self.office.rights.erase(administrator(), name)
            except KeyboardInterrupt:
                return
        self.erased.add(name)

    @precondition(lambda self: self.begun)
    @rule()
    def resume(self) -> None:
        self.office.rights.resume()
        self.erased |= self.begun

    @invariant()
    def the_erased_are_gone_and_the_others_are_whole(self) -> None:
        on_disk = b"".join(path.read_bytes() for path in self.home.rglob("*") if path.is_file())
        assert b"canary of" not in on_disk
        for name in STUDENTS:
            if name in self.erased:
                assert not [each for each in self.sealed[name] if each in on_disk]
                assert self.shown(name) is None
            elif name not in self.begun:
                assert self.shown(name) == self.kept[name]

    @invariant()
    def the_log_is_whole(self) -> None:
        assert self.office.audit.verify().is_whole

    def shown(self, name: str) -> int | None:
        try:
            return len(self.office.guard.read(student(name=name), name, "draft", limit=100))
        except Denied:
            return None

    def sealed_of(self, name: str) -> list[bytes]:
        query = "SELECT sealed FROM record_fields f JOIN records r USING (record_id) WHERE r.subject = ?"
        with self.office.database.read() as connection:
            return list(connection.exec_driver_sql(query, (self.office.pseudonym(name),)).scalars())

    def teardown(self) -> None:
        self.office.close()
        self.folder.cleanup()


TestErasureMachine = ErasureMachine.TestCase
TestErasureMachine.settings = settings(
    max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
