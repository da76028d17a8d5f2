"""
The privacy floor's figures: keys, seals, the audit log, rotation, destruction; durable writes on SQLite.

    .venv/bin/python bench/privacy.py [--home FOLDER] [--repeat 2000] [--json]

Beside each figure that waits for the disk stands its floor on this machine: the same number of bytes appended to a file
and fsynced, measured in turn with it, so that a slow or busy disk can be told from slow code. The processor time of the
measuring thread tells a busy machine from slow code in the same way.
"""

import argparse
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scribetree.clock import SystemClock
from scribetree.privacy import merkle
from scribetree.privacy.audit import AuditEvent, AuditLog
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import FieldSealer, Place, open_field, seal_field
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.settings import Settings

TARGETS_MS = {
    "key retrieval, own transaction": 0.05,
    "key retrieval, in the caller's transaction": 0.05,
    "seal 1 KB": 0.02,
    "open 1 KB": 0.02,
    "audit append": 2.0,
    "destroy one subject": 50.0,
    "rotation of 5,000 subjects": 200.0,
}


Times = list[tuple[float, float]]
"""Milliseconds on the wall, and of this thread's processor time, of each run."""


def timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.thread_time() - processor) * 1000


def measured(work: Callable[[], object], repeat: int, *, between: Callable[[], object] | None = None) -> Times:
    """The times of `repeat` runs, after a tenth as warm-up."""
    times: Times = []
    for number in range(repeat + repeat // 10):
        if between:
            between()
        taken = timed(work)
        if number >= repeat // 10:
            times.append(taken)
    return times


def row(name: str, times: Times) -> dict[str, object]:
    walls = sorted(wall for wall, _ in times)
    return {
        "what": name,
        "p50_ms": statistics.median(walls),
        "p99_ms": walls[min(len(walls) - 1, len(walls) * 99 // 100)],
        "processor_ms": statistics.median(processor for _, processor in times),
        "runs": len(walls),
        "target_ms": TARGETS_MS.get(name),
    }


class Floor:
    """What one durable append costs on this disk, whoever makes it: 4 KB and an fsync."""

    def __init__(self, home: Path) -> None:
        self.file = os.open(home / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.times: Times = []

    def measure(self) -> None:
        self.times.append(timed(self._append))

    def _append(self) -> None:
        os.write(self.file, bytes(4096))
        os.fsync(self.file)

    def taken(self, name: str) -> dict[str, object]:
        taken, self.times = self.times, []
        return row(name, taken)


def run(home: Path, repeat: int) -> list[dict[str, object]]:
    ring, clock, floor = KeyRing.at(home), SystemClock(), Floor(home)
    database = Database.open(Settings(home=home))
    keys = SubjectKeys(database, ring, clock)
    people = [Pseudonym(secrets.token_hex(16)) for _ in range(5_000)]
    with database.write() as connection:
        for person in people:
            keys.obtain(person, connection=connection)
    rows = [*key_rows(database, keys, people[0], repeat), *audit_rows(database, ring, people[1], floor, repeat)]
    rows += [*destroy_rows(keys, people, floor), *rotation_rows(keys, ring)]
    database.close()
    return rows


def key_rows(database: Database, keys: SubjectKeys, person: Pseudonym, repeat: int) -> list[dict[str, object]]:
    key, plain = keys.key(person), os.urandom(1024)
    place = Place(database.tenant, person, "draft-1", "text", 1)
    sealed = seal_field(key, plain, place=place)
    with database.read() as connection:
        inside = measured(lambda: keys.key(person, connection=connection), repeat)
        whole = measured(lambda: FieldSealer(keys).open(sealed, place=place, connection=connection), repeat)
    return [
        row("key retrieval, own transaction", measured(lambda: keys.key(person), repeat)),
        row("key retrieval, in the caller's transaction", inside),
        row("seal 1 KB", measured(lambda: seal_field(key, plain, place=place), repeat)),
        row("open 1 KB", measured(lambda: open_field(key, sealed, place=place), repeat)),
        row("retrieve the key and open 1 KB", whole),
    ]


def audit_rows(
    database: Database, ring: KeyRing, person: Pseudonym, floor: Floor, repeat: int
) -> list[dict[str, object]]:
    log = AuditLog(database, ring, SystemClock())
    event = AuditEvent("read", "ok", "system", Pseudonym("t" * 32), "feedback", person, {"fields": ["text"]})
    appends = measured(lambda: log.append(event), repeat, between=floor.measure)
    rows = [row("audit append", appends), floor.taken("  floor: 4 KB and fsync")]
    with database.write() as connection:
        while log.append(event, connection=connection).sequence < 10_000:
            pass
        unsynced = measured(lambda: log.append(event, connection=connection), repeat)
    rows.append(row("audit append in a transaction already open", unsynced))
    rows.append(row("prove an entry of 10,000, signed, and check it", measured(lambda: log.prove(5_000).verify(), 200)))
    rows.append(
        row("verify a log of 11,000 entries", measured(lambda: log.verify().is_whole or sys.exit("tampered"), 3))
    )
    frontier = merkle.Frontier()
    leaf = bytes(32)

    def grow() -> None:
        nonlocal frontier
        frontier, _ = frontier.with_leaf(leaf)

    rows.append(row("tree append in memory", measured(grow, repeat)))
    return rows


def destroy_rows(keys: SubjectKeys, people: list[Pseudonym], floor: Floor) -> list[dict[str, object]]:
    doomed = iter(people[100:])
    times = measured(lambda: keys.destroy(next(doomed)), 50, between=floor.measure)
    return [row("destroy one subject", times), floor.taken("  floor: 4 KB and fsync")]


def rotation_rows(keys: SubjectKeys, ring: KeyRing) -> list[dict[str, object]]:
    return [row("rotation of 5,000 subjects", measured(keys.rewrap, 5, between=ring.rotate))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="where to measure; by default a temporary folder")
    parser.add_argument("--repeat", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.home) as folder:
        rows = run(Path(folder), chosen.repeat)
    if chosen.json:
        print(json.dumps(rows, indent=1))
        return
    for each in rows:
        target = f"target {each['target_ms']}" if each["target_ms"] is not None else ""
        wall = f"p50 {each['p50_ms']:9.4f}  p99 {each['p99_ms']:9.4f}"
        print(f"{each['what']:<44} {wall}  processor {each['processor_ms']:8.4f} ms  {target}")


if __name__ == "__main__":
    main()
