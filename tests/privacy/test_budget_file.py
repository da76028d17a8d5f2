"""What an earlier version had spent, in a file of its own, stays spent."""

import json
import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scribetree.clock import FixedClock
from scribetree.errors import BudgetExhausted, Unavailable
from scribetree.privacy._budget_file import take_over
from scribetree.privacy.budget import Account, Budgets, Group, MicroEpsilon
from scribetree.privacy.database import Database
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.sealed import Sealer
from scribetree.settings import Settings

TERM = "2026-1"
COHORT = Account("cohort", "year-9")
GROUP = Group("year-9", frozenset(f"s-{number}" for number in range(12)))


@pytest.fixture
def file(settings: Settings, ring: KeyRing, clock: FixedClock) -> Path:
    """A file as the earlier version wrote it: the cohort has spent 3, one student 3, the others 1; one release."""
    path = settings.home / "budgets.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Budgets(Database.open(f"sqlite:///{settings.home / 'other.db'}"), ring=ring, clock=clock)
    cohort, question = made._account_key(COHORT), made._question_key({"question": "how many"}, GROUP)  # pyright: ignore[reportPrivateUsage]
    sealed = Sealer(ring, "releases").seal(json.dumps({"value": 7}).encode(), place=question)
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        PRAGMA journal_mode=WAL;
        CREATE TABLE budgets (account, term, kind, spent, cap);
        CREATE TABLE releases (question, term, account, epsilon, released_at, sealed);
        CREATE TABLE asked_groups ("group", student, term, size);
        """
    )
    for account, kind, spent in ((cohort, "cohort", 3_000_000), ("a", "student", 3_000_000), ("b", "student", 1)):
        row = (account, TERM, kind, spent, 10_000_000)
        connection.execute("INSERT INTO budgets VALUES (?, ?, ?, ?, ?)", row)
    at = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    release = (question, TERM, cohort, 1_000_000, at, sealed)
    connection.execute("INSERT INTO releases VALUES (?, ?, ?, ?, ?, ?)", release)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def office(file: Path, database_settings: Settings, clock: FixedClock) -> Iterator[PrivacyOffice]:
    opened = PrivacyOffice.open(database_settings, clock=clock)
    yield opened
    opened.close()


def test_what_was_spent_is_spent_and_the_file_is_gone(office: PrivacyOffice, file: Path) -> None:
    assert office.budgets.balance(COHORT).spent == 3_000_000
    assert list(file.parent.glob("budgets.db*")) == []


def test_every_student_begins_with_the_most_that_any_had_spent(office: PrivacyOffice) -> None:
    anyone = Account("student", "s-7")
    assert office.budgets.balance(anyone).left == 7_000_000
    with pytest.raises(BudgetExhausted, match=r"7\.000000 left"):
        office.budgets.spend([anyone], MicroEpsilon(7_000_001))
    office.budgets.spend([anyone], MicroEpsilon(7_000_000))
    assert office.budgets.balance(anyone).left == 0


def test_what_was_told_is_told_again_for_free(office: PrivacyOffice) -> None:
    release = office.budgets.release(
        {"question": "how many"}, group=GROUP, epsilon=MicroEpsilon(1), floor=5, draw=lambda: {"value": 8}
    )
    assert (release.content["value"], release.repeated) == (7, True)


def test_the_next_term_begins_anew(office: PrivacyOffice, clock: FixedClock) -> None:
    clock.advance(180 * 86_400)
    assert office.budgets.balance(Account("student", "s-7")).left == 10_000_000


def move(path: str, settings: Settings) -> None:
    database = Database.open(settings)
    take_over(Path(path), database)
    database.close()


@pytest.mark.slow
def test_processes_that_start_together_count_it_once(
    file: Path, settings: Settings, ring: KeyRing, clock: FixedClock
) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(move, [(str(file), settings)] * 8)
    database = Database.open(settings)
    assert Budgets(database, ring=ring, clock=clock).balance(COHORT).spent == 3_000_000
    database.close()


def test_a_file_that_cannot_be_read_stops_it_all(settings: Settings, clock: FixedClock) -> None:
    (settings.home).mkdir(parents=True)
    (settings.home / "budgets.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(Unavailable, match="earlier version"):
        PrivacyOffice.open(settings, clock=clock)
    assert (settings.home / "budgets.db").exists()
