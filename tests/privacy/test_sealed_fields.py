"""A field opens in its place, under its key, unaltered, and in no other way; the primitives against Wycheproof."""

import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import TamperDetected
from scribetree.privacy import _aead
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.sealed import Place, key_id_of, open_field, seal_field
from scribetree.privacy.subject_keys import SubjectKey

KEY = SubjectKey(b"key-id-1", bytes(range(32)))
OTHER_KEY = SubjectKey(b"key-id-2", bytes(range(32)))
PLACES = st.builds(
    Place,
    st.text(max_size=5),
    st.text(max_size=5).map(Pseudonym),
    st.text(max_size=5),
    st.text(max_size=5),
    st.integers(0, 9),
)
VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "privacy" / "wycheproof"


@given(st.binary(max_size=2000), PLACES)
def test_a_field_opens_in_its_place(plain: bytes, place: Place) -> None:
    assert open_field(KEY, seal_field(KEY, plain, place=place), place=place) == plain


@given(st.binary(max_size=100), PLACES, PLACES)
def test_a_field_opens_in_no_other_place(plain: bytes, place: Place, other: Place) -> None:
    sealed = seal_field(KEY, plain, place=place)
    if other != place:
        with pytest.raises(TamperDetected):
            open_field(KEY, sealed, place=other)


@given(st.binary(max_size=100), PLACES, st.data())
def test_a_field_with_any_altered_bit_is_refused(plain: bytes, place: Place, data: st.DataObject) -> None:
    sealed = bytearray(seal_field(KEY, plain, place=place))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(TamperDetected):
        open_field(KEY, bytes(sealed), place=place)


@given(st.binary(max_size=80), PLACES)
def test_bytes_that_were_never_sealed_are_no_field(sealed: bytes, place: Place) -> None:
    with pytest.raises(TamperDetected):
        open_field(KEY, sealed, place=place)


def test_a_field_names_its_key_and_opens_under_no_other_name() -> None:
    place = Place("t", Pseudonym("s"), "r", "f", 1)
    sealed = seal_field(KEY, b"x", place=place)
    assert key_id_of(sealed) == KEY.key_id
    with pytest.raises(TamperDetected):
        open_field(OTHER_KEY, sealed, place=place)
    with pytest.raises(TamperDetected):
        open_field(OTHER_KEY, sealed.replace(KEY.key_id, OTHER_KEY.key_id), place=place)


def test_a_key_does_not_show_itself() -> None:
    assert repr(KEY.secret) not in repr(KEY)


def test_no_nonce_comes_twice_in_a_hundred_thousand_seals() -> None:
    place = Place("t", Pseudonym("s"), "r", "f", 1)
    nonces = {seal_field(KEY, b"", place=place)[10:22] for _ in range(100_000)}
    assert len(nonces) == 100_000


def vectors(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    path = VECTORS / f"{name}.json"
    if not path.exists():
        pytest.skip("the Wycheproof vectors are not beside this checkout")
    groups = json.loads(path.read_text())["testGroups"]
    return [(group, test) for group in groups for test in group["tests"]]


def opens(key: bytes, sealed: bytes, bound: bytes) -> bytes | None:
    try:
        return _aead.decrypt(key, sealed, bound=bound)
    except _aead.Altered:
        return None


def test_the_cipher_agrees_with_wycheproof() -> None:
    judged = 0
    for group, test in vectors("aes_gcm_test"):
        if (group["ivSize"], group["tagSize"], group["keySize"]) != (96, 128, 256):
            continue
        key, iv, aad, msg, ct, tag = (bytes.fromhex(test[name]) for name in ("key", "iv", "aad", "msg", "ct", "tag"))
        found = opens(key, iv + ct + tag, aad)
        assert found == (msg if test["result"] == "valid" else None), test["tcId"]
        if test["result"] == "valid":
            assert AESGCM(key).encrypt(iv, msg, aad) == ct + tag
        judged += 1
    assert judged > 50


def test_key_derivation_agrees_with_wycheproof() -> None:
    for _, test in vectors("hkdf_sha256_test"):
        ikm, salt, info, okm = (bytes.fromhex(test[name]) for name in ("ikm", "salt", "info", "okm"))
        if test["result"] == "invalid":
            with pytest.raises(ValueError, match=r"(?i)large|derive"):
                HKDF(SHA256(), test["size"], salt, info)
        else:
            assert HKDF(SHA256(), test["size"], salt, info).derive(ikm) == okm, test["tcId"]


def test_keyed_hashes_agree_with_wycheproof() -> None:
    for group, test in vectors("hmac_sha256_test"):
        key, msg, tag = (bytes.fromhex(test[name]) for name in ("key", "msg", "tag"))
        mine = hmac.digest(key, msg, "sha256")[: group["tagSize"] // 8]
        assert hmac.compare_digest(mine, tag) == (test["result"] == "valid"), test["tcId"]
