"""
The guard, measured with durable writes: reads, writes, erasures, and a withdrawal seen by seven processes.

    .venv/bin/python bench/guard.py [--reads 2000] [--erasures 20] [--withdrawals 30]

Every read is on the audit log and on the disk (SQLite, synchronous FULL) before it is shown. Beside it stands a bare
`SELECT` with a commit of one row at the same synchronisation: what the disk itself costs here.
"""

import argparse
import json
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from scribetree.clock import SystemClock
from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings

PROCESSES = 7
TEXT = ("The river carries what the mill lets go, and the mill forgets. " * 60)[:3072]
STUDENT = PrivacyContext("s-1", "student", "learning", "bench-0001")
TEACHER = PrivacyContext("t-1", "educator", "feedback", "bench-0001")
SCHOOL = PrivacyContext("a-1", "administrator", "support", "bench-0001")


def opened(home: Path) -> PrivacyOffice:
    return PrivacyOffice.open(Settings(home=home), clock=SystemClock())


def prepare(office: PrivacyOffice, student: str = "s-1", *, records: int = 1) -> None:
    office.consent.guardian_consents(office.pseudonym(student), method="signed_form", by="guardian")
    office.enrol(SCHOOL, student, "t-1", course="bench")
    own = PrivacyContext(student, "student", "learning", "bench-0001")
    for _ in range(records):
        office.guard.write(own, student, "draft", {"text": TEXT, "title": "River", "words": 500})


def timed(action: Callable[[], object], times: int) -> list[float]:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        took.append((time.perf_counter() - started) * 1000)
    return took


def cpu(action: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - began) / times * 1000


def shown(name: str, took: Sequence[float]) -> None:
    ordered = sorted(took)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    print(f"{name:<52} p50 {statistics.median(took):8.3f} ms   p99 {p99:8.3f} ms   n {len(took)}")


def bare_commit(home: Path) -> Callable[[], object]:
    connection = sqlite3.connect(home / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT max(a) FROM t").fetchone()
        connection.execute("INSERT INTO t (b) VALUES (?)", (b"x" * 500,))
        connection.execute("COMMIT")

    return commit


def reads(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = opened(Path(folder))
        prepare(office)
        timed(lambda: office.guard.read(TEACHER, "s-1", "draft", ("text",)), 100)
        shown("bare commit of one row (the disk)", timed(bare_commit(Path(folder)), times))
        shown(
            "guarded read of 3 KB, by a teacher",
            timed(lambda: office.guard.read(TEACHER, "s-1", "draft", ("text",)), times),
        )
        shown(
            "guarded read of 3 KB, by the student",
            timed(lambda: office.guard.read(STUDENT, "s-1", "draft", ("text",)), times),
        )
        spent = cpu(lambda: office.guard.read(STUDENT, "s-1", "draft", ("text",)), times)
        print(f"{'of that, processor time of this process':<52} mean {spent:7.3f} ms")
        own = {"text": TEXT}
        shown("guarded write of 3 KB", timed(lambda: office.guard.write(STUDENT, "s-1", "draft", own), times // 4))
        subject = office.pseudonym("s-1")
        shown(
            "consent check alone", timed(lambda: office.consent.check(subject, "feedback", office.clock.now()), times)
        )
        office.close()


def cache(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = opened(Path(folder))
        prepare(office)
        subject, value = office.pseudonym("s-1"), {"text": TEXT[:1000]}
        key = office.cache.key("bench", "1")
        hour = timedelta(hours=1)
        put = lambda: office.cache.set(key, value, subject=subject, purpose="feedback", lasts=hour)  # noqa: E731
        get = lambda: office.cache.get(key, subject=subject, purpose="feedback")  # noqa: E731
        shown("private cache: write of 1 KB", timed(put, times))
        shown("private cache: read of 1 KB from the file", timed(get, times))
        office.close()


def erasures(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = opened(Path(folder))
        took = []
        for number in range(times):
            name = f"e-{number}"
            prepare(office, name, records=10)
            took += timed(lambda name=name: office.rights.erase(SCHOOL, name), 1)
        shown("erasure of a student with ten records", took)
        office.close()


def read_until_denied(home: str, pipe: Connection) -> None:
    """A process that reads as fast as it can, and tells when it was last shown something and first denied."""
    office = opened(Path(home))
    pipe.send("ready")
    while pipe.recv() == "go":
        office.guard.read(TEACHER, "s-1", "draft", ("text",))
        pipe.send("reading")
        last = time.monotonic()
        while True:
            began = time.monotonic()
            try:
                office.guard.read(TEACHER, "s-1", "draft", ("text",))
            except Denied:
                pipe.send((last, time.monotonic()))
                break
            last = began
    office.close()


def withdrawals(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = opened(Path(folder))
        prepare(office)
        subject = office.pseudonym("s-1")
        context = multiprocessing.get_context("spawn")
        pipes, processes = [], []
        for _ in range(PROCESSES):
            here, there = context.Pipe()
            process = context.Process(target=read_until_denied, args=(folder, there))
            process.start()
            pipes.append(here)
            processes.append(process)
        for pipe in pipes:
            assert pipe.recv() == "ready"
        to_return, to_denied, late = [], [], 0
        for _ in range(times):
            for pipe in pipes:
                pipe.send("go")
            for pipe in pipes:
                assert pipe.recv() == "reading"
            time.sleep(0.05)
            began = time.monotonic()
            office.consent.withdraw(subject, ["feedback"])
            returned = time.monotonic()
            ends = [pipe.recv() for pipe in pipes]
            to_return.append((returned - began) * 1000)
            to_denied.append((max(denied for _, denied in ends) - began) * 1000)
            late += sum(last_begun > returned for last_begun, _ in ends)
            office.consent.grant(subject, ["feedback"])
        for pipe in pipes:
            pipe.send("stop")
        for process in processes:
            process.join()
        shown(f"withdrawal until it returns, {PROCESSES} processes reading", to_return)
        shown("withdrawal until the last of them is denied", to_denied)
        print(json.dumps({"reads_shown_that_began_after_the_withdrawal_returned": late}))
        office.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--reads", type=int, default=2000)
    parser.add_argument("--erasures", type=int, default=20)
    parser.add_argument("--withdrawals", type=int, default=30)
    wanted = parser.parse_args()
    reads(wanted.reads)
    cache(wanted.reads)
    erasures(wanted.erasures)
    withdrawals(wanted.withdrawals)


if __name__ == "__main__":
    main()
