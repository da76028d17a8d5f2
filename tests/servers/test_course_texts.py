"""The index of a course: what later texts share with it is found; no text is kept; whoever leaves is not in it."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.servers import school

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.servers.academic_integrity import create
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

PASSAGE = "The glacier carried granite boulders down the valley and left them beside the ruined watermill. "
COURSE = "geography-9"
WRITER = Path(__file__).with_name("course_writer.py")


def essay(number: int) -> str:
    return f"Essay number {number} tells of harbour {number * 3} and lighthouse {number * 11} keepers. " * 6


@pytest.fixture
def wiring(settings: Settings) -> Iterator[Wiring]:
    """t-1 teaches s-1 to s-5 in the course, t-2 teaches s-6 there, t-3 teaches elsewhere; all are of age."""
    opened = Wiring(settings=settings, clock=FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC)))
    school.come_of_age(opened, *(f"s-{n}" for n in range(1, 8)))
    school.teach(opened, "t-1", *(f"s-{n}" for n in range(1, 6)), course=COURSE)
    school.teach(opened, "t-2", "s-6", course=COURSE)
    school.teach(opened, "t-3", "s-7", course="elsewhere")
    yield opened
    opened.close()


async def call(wiring: Wiring, tool: str, *, teacher: str = "t-1", role: RequesterType = "educator", **a: Any) -> Any:
    result = await school.call(create, wiring, PrivacyContext(teacher, role, "integrity", "correlation-1"), tool, a)
    assert result.structured_content is not None
    return result.structured_content


async def add(wiring: Wiring, student: str, content: str, *, teacher: str = "t-1") -> Any:
    return await call(wiring, "add_course_text", teacher=teacher, student_id=student, course_id=COURSE, content=content)


async def matches(wiring: Wiring, content: str = PASSAGE * 2, *, teacher: str = "t-1", **more: Any) -> Any:
    found = await call(wiring, "compare_texts", teacher=teacher, a=content, course_id=COURSE, **more)
    return found["course_matches"]


async def test_a_shared_passage_is_found_and_names_course_and_pseudonym(wiring: Wiring) -> None:
    await add(wiring, "s-1", essay(1))
    await add(wiring, "s-2", essay(2) + PASSAGE * 2)
    (found,) = await matches(wiring)
    assert (found["course_id"], found["student"]) == (COURSE, wiring.office.pseudonym("s-2"))
    assert found["share"] > 0.5


async def test_a_match_of_a_colleagues_student_is_not_named(wiring: Wiring) -> None:
    await add(wiring, "s-6", PASSAGE * 2, teacher="t-2")
    (found,) = await matches(wiring)
    assert found["student"] is None
    assert (await matches(wiring, teacher="t-2"))[0]["student"] == wiring.office.pseudonym("s-6")


async def test_who_does_not_teach_in_the_course_may_not_search_it(wiring: Wiring) -> None:
    denied = await call(wiring, "compare_texts", teacher="t-3", a=PASSAGE, course_id=COURSE)
    assert denied["error"]["code"] == "denied"


async def test_a_students_own_texts_are_left_out(wiring: Wiring) -> None:
    await add(wiring, "s-2", PASSAGE * 2)
    assert await matches(wiring, student_id="s-2") == []


async def test_leaving_out_a_colleagues_student_does_not_tell_which_match_is_theirs(wiring: Wiring) -> None:
    await add(wiring, "s-1", PASSAGE * 2)
    found = await matches(wiring, teacher="t-2", student_id="s-1")
    assert [each["student"] for each in found] == [None]


async def test_the_text_of_a_student_who_refuses_is_not_kept_and_one_who_withdraws_is_not_found(wiring: Wiring) -> None:
    await add(wiring, "s-2", PASSAGE * 2)
    assert len(await matches(wiring)) == 1
    wiring.office.consent.withdraw(wiring.office.pseudonym("s-2"))
    assert await matches(wiring) == []
    assert (await add(wiring, "s-2", PASSAGE * 3))["error"]["code"] == "denied"


async def test_an_erasure_reaches_the_index_and_its_receipt_says_so(wiring: Wiring) -> None:
    for number in range(1, 6):
        await add(wiring, f"s-{number}", essay(number) + (PASSAGE * 2 if number == 2 else ""))
    assert len(await matches(wiring)) == 1
    receipt = wiring.office.rights.erase(school.ADMINISTRATOR, "s-2")
    assert receipt.counts["records"] == 1
    assert await matches(wiring) == []
    assert len(await matches(wiring, essay(3))) > 0


async def test_the_same_text_twice_is_kept_once(wiring: Wiring) -> None:
    assert (await add(wiring, "s-1", PASSAGE))["state"] == "stored"
    assert (await add(wiring, "s-1", PASSAGE))["state"] == "known"


async def test_no_word_of_a_text_is_on_the_disk(wiring: Wiring) -> None:
    await add(wiring, "s-2", PASSAGE * 2)
    await matches(wiring)
    assert b"glacier" not in b"".join(path.read_bytes() for path in wiring.settings.home.rglob("*") if path.is_file())


async def test_a_restart_reads_the_kept_index_and_a_deletion_drops_it_with_its_key(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.servers.academic_integrity._course._WORTH_KEEPING", 1)
    await add(wiring, "s-1", essay(1))
    await add(wiring, "s-2", PASSAGE * 2)
    await matches(wiring)
    indexes, keys = kept(wiring)
    assert indexes == 1
    again = Wiring(settings=wiring.settings, clock=wiring.clock)
    assert len(await matches(again)) == 1
    again.close()
    wiring.office.rights.erase(school.ADMINISTRATOR, "s-2")
    assert kept(wiring) == (0, keys - 2)


def kept(wiring: Wiring) -> tuple[int, int]:
    """How many indexes and how many keys there are."""
    with wiring.office.database.read() as connection:
        indexes = connection.execute(text("SELECT count(*) FROM course_indexes")).scalar_one()
        return int(indexes), int(connection.execute(text("SELECT count(*) FROM subject_keys")).scalar_one())


@pytest.mark.slow
async def test_what_several_processes_add_at_once_is_found_by_each(wiring: Wiring) -> None:
    await matches(wiring)
    writers = [
        subprocess.Popen([sys.executable, str(WRITER), str(wiring.settings.home), COURSE, f"s-{number}"])
        for number in range(1, 5)
    ]
    assert [writer.wait(timeout=100) for writer in writers] == [0] * 4
    for number in range(1, 5):
        found = await matches(
            wiring, f"The own passage of s-{number} speaks of turbines, marmalade and violet owls. " * 3
        )
        assert found[0]["student"] == wiring.office.pseudonym(f"s-{number}")


async def test_with_nothing_to_compare_the_way_on_is_named(wiring: Wiring) -> None:
    assert (await call(wiring, "compare_texts", a=PASSAGE))["error"]["code"] == "invalid_input"
