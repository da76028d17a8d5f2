"""Seven processes, as many as the servers and the host: what one withdraws or erases, no other is shown again."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.privacy.people import STUDENT, add_draft, administrator, open_office

from scribetree.clock import SystemClock
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings

PROCESSES = 7
READER = Path(__file__).with_name("reader.py")

Ending = Callable[[PrivacyOffice], object]


def withdraw(office: PrivacyOffice) -> object:
    return office.consent.withdraw(office.pseudonym(STUDENT), ["feedback"])


def restrict(office: PrivacyOffice) -> object:
    office.rights.restrict(administrator(), STUDENT)
    return None


@pytest.mark.parametrize("end", [withdraw, restrict])
def test_no_read_that_begins_after_consent_ended_is_shown_in_any_process(settings: Settings, end: Ending) -> None:
    office = open_office(settings, SystemClock())
    add_draft(office)
    readers = [
        subprocess.Popen([sys.executable, str(READER), str(settings.home)], stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    outputs = [reader.stdout for reader in readers if reader.stdout is not None]
    assert [output.readline() for output in outputs] == ["reading\n"] * PROCESSES
    end(office)
    returned = time.monotonic()
    last = [float(output.readline().split()[0]) for output in outputs]
    assert [reader.wait(timeout=60) for reader in readers] == [0] * PROCESSES
    assert max(last) < returned
    for output in outputs:
        output.close()
    office.close()
