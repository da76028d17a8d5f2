"""The private cache: no key tells anything, no wrong value ever comes out, and it ends with the consent."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from tests.privacy.people import STUDENT, TEXT, administrator

from scribetree.clock import FixedClock
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.private_cache import ByteStore, FileStore, MemoryStore, PrivateCache
from scribetree.settings import Settings

HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ByteStore]:
    if request.param == "memory":
        yield MemoryStore()
        return
    opened = FileStore(tmp_path / "cache.db")
    yield opened
    opened.close()


@pytest.fixture
def cache(on_sqlite: PrivacyOffice, store: ByteStore) -> PrivateCache:
    return replace(on_sqlite.cache, store=store)


def put(cache: PrivateCache, office: PrivacyOffice, value: object = TEXT) -> str:
    key = cache.key("patterns", STUDENT, "essay-1")
    assert cache.set(key, value, subject=office.pseudonym(STUDENT), purpose="feedback", lasts=HOUR)
    return key


def got(cache: PrivateCache, office: PrivacyOffice, key: str) -> object:
    return cache.get(key, subject=office.pseudonym(STUDENT), purpose="feedback")


def test_what_was_put_there_comes_back_until_its_time_is_over(
    cache: PrivateCache, on_sqlite: PrivacyOffice, clock: FixedClock
) -> None:
    key = put(cache, on_sqlite, {"score": 0.5, "text": TEXT})
    assert got(cache, on_sqlite, key) == {"score": 0.5, "text": TEXT}
    clock.advance(3600)
    assert got(cache, on_sqlite, key) is None


def test_it_is_not_there_for_another_purpose_or_another_student(cache: PrivateCache, on_sqlite: PrivacyOffice) -> None:
    key, subject = put(cache, on_sqlite), on_sqlite.pseudonym(STUDENT)
    assert cache.get(key, subject=subject, purpose="analytics") is None
    assert cache.get(key, subject=on_sqlite.pseudonym("s-2"), purpose="feedback") is None


def test_it_ends_with_any_change_of_the_consent(cache: PrivateCache, on_sqlite: PrivacyOffice) -> None:
    key = put(cache, on_sqlite)
    on_sqlite.consent.withdraw(on_sqlite.pseudonym(STUDENT), ["analytics"])
    assert got(cache, on_sqlite, key) is None


def test_invalidation_reaches_all_of_a_student_or_one_purpose_of_theirs(
    cache: PrivateCache, on_sqlite: PrivacyOffice
) -> None:
    key, subject = put(cache, on_sqlite), on_sqlite.pseudonym(STUDENT)
    assert cache.invalidate(subject, purpose="analytics") == 0
    assert cache.invalidate(subject, purpose="feedback") == 1
    put(cache, on_sqlite)
    assert cache.invalidate(on_sqlite.pseudonym("s-2")) == 0
    assert cache.invalidate(subject) == 1
    assert got(cache, on_sqlite, key) is None


@settings_of_hypothesis(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 200), flip=st.integers(1, 255))
def test_a_poisoned_value_is_a_miss(on_sqlite: PrivacyOffice, position: int, flip: int) -> None:
    cache = replace(on_sqlite.cache, store=MemoryStore())
    key = put(cache, on_sqlite)
    kept = bytearray(cache.store.get(key) or b"")
    kept[position % len(kept)] ^= flip
    cache.store.set(key, bytes(kept), tag="x")
    assert got(cache, on_sqlite, key) is None


@pytest.mark.parametrize("poison", [b"", b"\x80\x04\x95", b"null", b"\x01" * 200])
def test_bytes_that_nobody_sealed_are_a_miss(cache: PrivateCache, on_sqlite: PrivacyOffice, poison: bytes) -> None:
    key = put(cache, on_sqlite)
    cache.store.set(key, poison, tag="x")
    assert got(cache, on_sqlite, key) is None


def test_a_value_that_was_moved_to_another_key_is_a_miss(cache: PrivateCache, on_sqlite: PrivacyOffice) -> None:
    moved = cache.key("patterns", STUDENT, "essay-2")
    cache.store.set(moved, cache.store.get(put(cache, on_sqlite)) or b"", tag="x")
    assert got(cache, on_sqlite, moved) is None


@given(st.lists(st.text(max_size=6), max_size=4), st.lists(st.text(max_size=6), max_size=4))
def test_two_questions_never_share_a_key(one: list[str], other: list[str]) -> None:
    cache = PrivateCache(MemoryStore(), RING, None, None, FixedClock(), "local")  # type: ignore[arg-type]
    assert (cache.key(*one) == cache.key(*other)) == (one == other)


RING = KeyRing(b"r" * 32)


def test_no_file_of_the_cache_holds_an_identifier_or_a_word(on_sqlite: PrivacyOffice, settings: Settings) -> None:
    put(on_sqlite.cache, on_sqlite)
    kept = b"".join(path.read_bytes() for path in settings.home.glob("cache.db*"))
    assert kept
    assert not [secret for secret in (TEXT, STUDENT, "essay-1", "patterns") if secret.encode() in kept]


def test_after_an_erasure_the_cache_misses_and_its_files_are_empty_of_it(
    on_sqlite: PrivacyOffice, settings: Settings
) -> None:
    key = put(on_sqlite.cache, on_sqlite)
    sealed = on_sqlite.cache.store.get(key) or b""
    receipt = on_sqlite.rights.erase(administrator(), STUDENT)
    assert receipt.counts["cache"] == 1
    assert got(on_sqlite.cache, on_sqlite, key) is None
    assert not on_sqlite.cache.set(key, TEXT, subject=on_sqlite.pseudonym(STUDENT), purpose="feedback", lasts=HOUR)
    assert sealed not in b"".join(path.read_bytes() for path in settings.home.glob("cache.db*"))


def test_a_damaged_cache_file_is_a_miss_and_no_error(on_sqlite: PrivacyOffice, settings: Settings) -> None:
    key = put(on_sqlite.cache, on_sqlite)
    connection = sqlite3.connect(settings.home / "cache.db")
    connection.execute("DROP TABLE entries")
    connection.close()
    assert got(on_sqlite.cache, on_sqlite, key) is None


def test_a_memory_store_keeps_only_so_much() -> None:
    store = MemoryStore(max_entries=3)
    for number in range(5):
        store.set(str(number), b"x", tag="t")
    assert [store.get(str(number)) is not None for number in range(5)] == [False, False, True, True, True]
