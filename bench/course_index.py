"""
A course's sealed index through its own doors: what a search costs, and a restart, and what follows an erasure.

    .venv/bin/python bench/course_index.py --texts 100000

Each text is 115 random fingerprints, as many as an essay of 600 words has; to a search it makes no difference what they
are. They are stored as records, many in a transaction, which nobody but this script does. Milliseconds, on the wall and
of the processor.
"""

import argparse
import random
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.records import kind_of
from scribetree.servers.academic_integrity._course import search
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

COURSE, WRITERS, FINGERPRINTS, BATCH, SEARCHES = "c", 20, 115, 2_000, 5
ADMINISTRATOR = PrivacyContext("a-1", "administrator", "support", "bench")
TEACHER = PrivacyContext("t-1", "educator", "integrity", "bench")
TEXT = " ".join(f"{random.choice(('river', 'harbour', 'lighthouse', 'granite'))}{n % 97}" for n in range(600))


def show(what: str, action: Callable[[], object]) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    action()
    spent = time.perf_counter() - wall, time.process_time() - processor
    print(f"{what:<45} {spent[0] * 1000:>10.1f} {spent[1] * 1000:>10.1f}", flush=True)


def fill(office: PrivacyOffice, texts: int) -> None:
    for number in range(WRITERS):
        office.consent.record_birth(office.pseudonym(f"s-{number}"), date(2007, 5, 1), by="administrator")
        office.enrol(ADMINISTRATOR, f"s-{number}", "t-1", course=COURSE)
    kind, records = kind_of("course_text"), office.guard._stores.records  # pyright: ignore[reportPrivateUsage]
    for start in range(0, texts, BATCH):
        with office.database.write() as connection:
            for number in range(start, min(texts, start + BATCH)):
                records.add(
                    kind,
                    office.pseudonym(f"s-{number % WRITERS}"),
                    {"fingerprints": [secrets.randbits(40) for _ in range(FINGERPRINTS)]},
                    connection=connection,
                    record_id=secrets.token_hex(16),
                    at=office.clock.now(),
                    course=COURSE,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=20_000)
    texts = parser.parse_args().texts
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as home:
        settings = Settings(home=Path(home))
        first, again = Wiring(settings=settings), Wiring(settings=settings)

        def seek(means: Wiring) -> object:
            return search(means, TEACHER, COURSE, TEXT, assignment=None, student=None)

        show(f"{texts} texts stored", lambda: fill(first.office, texts))
        show("first search: every record read, index kept", lambda: seek(first))
        for _ in range(SEARCHES):
            show("a search", lambda: seek(first))
        show("first search after a restart", lambda: seek(again))
        show(f"erasure of one of {WRITERS} writers", lambda: first.office.rights.erase(ADMINISTRATOR, "s-3"))
        show("first search after the erasure", lambda: seek(again))
        first.close()
        again.close()


if __name__ == "__main__":
    main()
