"""Keys, sealed bytes and pseudonyms."""

import multiprocessing
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import ConfigError, InternalError
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

RING = KeyRing(bytes(range(32)))
SEALER = Sealer(RING, "test")


def key_at(home: str) -> bytes:
    return KeyRing.at(Path(home)).key("test")


def test_processes_that_start_together_share_one_key_ring(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(key_at, [str(tmp_path)] * 8)
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keyring"]


def test_only_the_owner_can_read_the_key_ring(tmp_path: Path) -> None:
    KeyRing.at(tmp_path)
    assert stat.S_IMODE((tmp_path / "keyring").stat().st_mode) == 0o600


def test_a_key_ring_that_others_can_read_is_refused(tmp_path: Path) -> None:
    KeyRing.at(tmp_path)
    (tmp_path / "keyring").chmod(0o644)
    with pytest.raises(ConfigError, match="other users"):
        KeyRing.at(tmp_path)


def test_a_truncated_key_ring_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    KeyRing.at(tmp_path)
    path.write_bytes(b"short")
    with pytest.raises(ConfigError, match="damaged"):
        KeyRing.at(tmp_path)
    assert path.read_bytes() == b"short"


def test_a_key_ring_does_not_show_its_secret() -> None:
    assert bytes(range(32)).hex() not in repr(RING)
    assert repr(bytes(range(32))) not in repr(RING)


@given(st.binary(max_size=2000), st.text(max_size=50))
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: str) -> None:
    assert SEALER.open(SEALER.seal(plain, place=place), place=place) == plain


@given(st.binary(max_size=200), st.data())
def test_any_altered_bit_is_refused(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(SEALER.seal(plain, place="p"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InternalError):
        SEALER.open(bytes(sealed), place="p")


@given(st.binary(max_size=60))
def test_bytes_that_were_never_sealed_are_refused(sealed: bytes) -> None:
    with pytest.raises(InternalError):
        SEALER.open(sealed, place="p")


def test_a_record_does_not_open_in_another_place_or_under_another_label() -> None:
    sealed = SEALER.seal(b"x", place="alert-1")
    with pytest.raises(InternalError):
        SEALER.open(sealed, place="alert-2")
    with pytest.raises(InternalError):
        Sealer(RING, "other").open(sealed, place="alert-1")


def test_a_pseudonym_is_stable_and_belongs_to_one_installation() -> None:
    assert pseudonym(RING, "s-1") == pseudonym(RING, " s-1 ")
    assert pseudonym(RING, "s-1") != pseudonym(RING, "s-2")
    assert pseudonym(RING, "s-1") != pseudonym(KeyRing(b"0" * 32), "s-1")
