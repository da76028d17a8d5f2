"""Pseudonyms, research codes, and the one table that leads back from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.clock import FixedClock
from scribetree.errors import KeyDestroyed, UnknownName
from scribetree.privacy._parts import joined
from scribetree.privacy.database import Database
from scribetree.privacy.identities import Identities
from scribetree.privacy.identity import Pseudonym, StudentId, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import FieldSealer
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.settings import Settings

RING = KeyRing(bytes(range(32)))
ANNA = StudentId("anna.schmidt@school.example")
USES = st.tuples(st.text(max_size=8), st.text(max_size=8))
PARTS = st.lists(st.text(max_size=6) | st.binary(max_size=6), max_size=4)


@pytest.fixture
def keys(database: Database, ring: KeyRing) -> SubjectKeys:
    return SubjectKeys(database, ring, FixedClock())


@pytest.fixture
def identities(database: Database, ring: KeyRing, keys: SubjectKeys) -> Identities:
    return Identities(database, ring, FieldSealer(keys))


@given(PARTS, PARTS)
def test_only_the_same_parts_give_the_same_bytes(one: list[str | bytes], two: list[str | bytes]) -> None:
    as_bytes = [[part if isinstance(part, bytes) else part.encode() for part in parts] for parts in (one, two)]
    assert (joined(*one) == joined(*two)) == (as_bytes[0] == as_bytes[1])


@given(
    st.text(min_size=1, max_size=30), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8)
)
def test_a_pseudonym_belongs_to_its_tenant_and_scope(
    person: str, tenant: str, scope: str, other_tenant: str, other_scope: str
) -> None:
    mine = pseudonym(RING, person, tenant=tenant, scope=scope)
    assert mine == pseudonym(RING, person, tenant=tenant, scope=scope)
    is_same_place = (tenant, scope) == (other_tenant, other_scope)
    assert (mine == pseudonym(RING, person, tenant=other_tenant, scope=other_scope)) == is_same_place


def test_tenant_and_scope_do_not_run_into_each_other() -> None:
    assert pseudonym(RING, "x", tenant="ab", scope="c") != pseudonym(RING, "x", tenant="a", scope="bc")


@pytest.mark.parametrize("written", ["  s-1", "s-1\n", "\ts-1 "])
def test_space_around_an_identifier_does_not_matter(written: str) -> None:
    assert pseudonym(RING, written) == pseudonym(RING, "s-1")


def test_an_identifier_is_the_same_however_its_accents_are_composed() -> None:
    assert pseudonym(RING, "Ren\u00e9 M") == pseudonym(RING, "Rene\u0301  M")


def test_a_pseudonym_leads_back_to_its_student(identities: Identities) -> None:
    subject = identities.enrol(ANNA)
    assert identities.enrol(ANNA) == subject == identities.pseudonym_of(ANNA)
    assert identities.student_of(subject) == ANNA


def test_a_pseudonym_of_nobody_leads_nowhere(identities: Identities) -> None:
    with pytest.raises(UnknownName):
        identities.student_of(Pseudonym("0" * 32))


def test_another_tenant_does_not_know_the_student(identities: Identities, database: Database, ring: KeyRing) -> None:
    subject = identities.enrol(ANNA)
    there = database.of_tenant("other")
    other = Identities(there, ring, FieldSealer(SubjectKeys(there, ring, FixedClock())))
    assert other.pseudonym_of(ANNA) != subject
    with pytest.raises(UnknownName):
        other.student_of(subject)


def test_an_identifier_cannot_be_read_from_the_disk(
    identities: Identities, database: Database, settings: Settings
) -> None:
    identities.enrol(ANNA)
    database.wipe()
    kept = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    assert b"anna" not in kept.lower()


def test_an_erased_student_is_not_known_any_more(identities: Identities, keys: SubjectKeys) -> None:
    subject = identities.enrol(ANNA)
    keys.destroy(subject)
    with pytest.raises(KeyDestroyed):
        identities.student_of(subject)
    identities.forget(subject)
    with pytest.raises(UnknownName):
        identities.student_of(subject)
    with pytest.raises(KeyDestroyed):
        identities.enrol(ANNA)


def test_a_research_code_is_kept_for_its_study_and_differs_in_another(identities: Identities) -> None:
    subject = identities.enrol(ANNA)
    code = identities.research_code(subject, study="study-1")
    assert identities.research_code(subject, study="study-1") == code
    assert identities.research_code(subject, study="study-2") != code
    assert identities.of_research_code(code, study="study-1") == subject
    with pytest.raises(UnknownName):
        identities.of_research_code(code, study="study-2")


def test_a_research_code_follows_from_nothing(identities: Identities) -> None:
    subject = identities.enrol(ANNA)
    first = identities.research_code(subject, study="study-1")
    identities.forget(subject)
    identities.enrol(ANNA)
    assert identities.research_code(subject, study="study-1") != first
