"""The kept index of a course: it comes back as it was, and goes with any text that it was made from."""

from collections.abc import Collection, Sequence

import pytest
from tests.privacy.people import STUDENT, administrator, student, teacher

from scribetree.errors import Denied
from scribetree.privacy.guard import CourseState, CourseText
from scribetree.privacy.office import PrivacyOffice

COURSE = "writing-1"


class Holder:
    """It holds ids only, and wants whatever is new to be kept."""

    def __init__(self) -> None:
        self.state: CourseState | None = None
        self.began_with: bytes | None = None
        self.held: set[str] = set()

    def begin(self, index: bytes | None) -> None:
        self.began_with = index
        self.held = set(index.decode().split()) if index else set()

    def ids(self) -> Collection[str]:
        return self.held

    def add(self, texts: Sequence[CourseText]) -> bytes | None:
        self.held |= {text.record_id for text in texts}
        return " ".join(sorted(self.held)).encode() if texts else None


def add_text(office: PrivacyOffice, name: str = "text-1") -> None:
    values = {"fingerprints": [1, 2, 3]}
    office.guard.write(teacher("integrity"), STUDENT, "course_text", values, record_id=name, course=COURSE)


def brought_up(office: PrivacyOffice, holder: Holder | None = None) -> Holder:
    """An administrator's search, who may still search when a course has lost its only student."""
    found = holder or Holder()
    office.guard.bring_up_to_date(administrator("integrity"), COURSE, found)
    return found


def test_who_comes_later_begins_with_what_was_kept(office: PrivacyOffice) -> None:
    add_text(office)
    assert brought_up(office).began_with is None
    later = brought_up(office)
    assert (later.began_with, later.held) == (b"text-1", {"text-1"})


def test_what_is_added_later_is_added_to_what_is_held(office: PrivacyOffice) -> None:
    add_text(office)
    holder = brought_up(office)
    add_text(office, "text-2")
    assert brought_up(office, holder).held == {"text-1", "text-2"}


def test_an_erasure_ends_the_index_and_what_is_held(office: PrivacyOffice) -> None:
    add_text(office)
    holder = brought_up(office)
    receipt = office.rights.erase(administrator(), STUDENT)
    assert (receipt.course_indexes, receipt.counts["course_indexes"]) == ((COURSE,), 1)
    assert brought_up(office, holder).held == set()
    assert brought_up(office).began_with is None


def test_a_correction_ends_the_index_too(office: PrivacyOffice) -> None:
    add_text(office)
    brought_up(office)
    office.rights.rectify(student(), STUDENT, "course_text", "text-1", {"fingerprints": [4]})
    assert brought_up(office).began_with is None


def test_who_does_not_teach_in_the_course_gets_nothing(office: PrivacyOffice) -> None:
    add_text(office)
    holder = Holder()
    with pytest.raises(Denied):
        office.guard.bring_up_to_date(teacher("integrity", name="t-9"), COURSE, holder)
    assert holder.held == set()
