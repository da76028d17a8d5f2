"""
Bytes that only this installation can read, and only in the place they were sealed for.

`Sealer` is for what belongs to the installation as a whole. What belongs to a person is sealed by `FieldSealer` under
that person's own key, so that destroying the key erases it wherever a copy is. Both are AES-256-GCM; nothing else in
Scribe Tree encrypts.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scribetree.errors import InternalError, TamperDetected
from scribetree.privacy._aead import OVERHEAD_BYTES, Altered, decrypt, encrypt
from scribetree.privacy._parts import joined
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scribetree.privacy.subject_keys import SubjectKey, SubjectKeys

__all__ = ["KEY_ID_BYTES", "FieldSealer", "Place", "Sealer", "key_id_of", "open_field", "seal_field"]

KEY_ID_BYTES = 8

_VERSION = b"\x01"
_ALGORITHM = b"\x01"
"""AES-256-GCM."""

_FIELD_HEAD = _VERSION + _ALGORITHM
_BODY_AT = len(_FIELD_HEAD) + KEY_ID_BYTES


@dataclass(frozen=True, slots=True)
class Sealer:
    """AES-256-GCM under the ring's key for `label`."""

    ring: KeyRing
    label: str

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """`plain`, encrypted and bound to `place`: version, nonce, ciphertext, tag."""
        return _VERSION + encrypt(self._key(), plain, bound=place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """What was sealed for `place`; anything else, or anything altered, raises."""
        if not sealed.startswith(_VERSION):
            raise _cannot_be_opened()
        try:
            return decrypt(self._key(), sealed[len(_VERSION) :], bound=place.encode())
        except Altered:
            raise _cannot_be_opened() from None

    def _key(self) -> bytes:
        return self.ring.key(f"seal/{self.label}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one sealed field belongs; it opens nowhere else."""

    tenant: str
    subject: Pseudonym
    record: str
    field: str
    schema: int

    def bytes_with(self, header: bytes) -> bytes:
        """The place and the field's header, as associated data."""
        return joined("field", header, self.tenant, self.subject, self.record, self.field, self.schema)


@dataclass(frozen=True, slots=True)
class FieldSealer:
    """Fields sealed under their subjects' own keys."""

    keys: "SubjectKeys"

    def seal(self, plain: bytes, *, place: Place, connection: "Connection | None" = None) -> bytes:
        """`plain` under the subject's key, which is made if there is none; an erased subject's raises KeyDestroyed."""
        return seal_field(self.keys.obtain(place.subject, connection=connection), plain, place=place)

    def open(self, sealed: bytes, *, place: Place, connection: "Connection | None" = None) -> bytes:
        """What was sealed for `place`; anything else, or anything altered, raises."""
        return open_field(self.keys.key(place.subject, connection=connection), sealed, place=place)


def seal_field(key: "SubjectKey", plain: bytes, *, place: Place) -> bytes:
    """`plain`, encrypted and bound to `place`: version, algorithm, key id, nonce, ciphertext, tag; 38 bytes longer."""
    header = _FIELD_HEAD + key.key_id
    return header + encrypt(key.secret, plain, bound=place.bytes_with(header))


def open_field(key: "SubjectKey", sealed: bytes, *, place: Place) -> bytes:
    """What was sealed for `place` under `key`; anything else, or anything altered, raises TamperDetected."""
    header = _FIELD_HEAD + key.key_id
    if not sealed.startswith(header):
        raise _altered()
    try:
        return decrypt(key.secret, sealed[_BODY_AT:], bound=place.bytes_with(header))
    except Altered:
        raise _altered() from None


def key_id_of(sealed: bytes) -> bytes:
    """The id of the key that a field says it was sealed under; without that key it names nobody."""
    if not sealed.startswith(_FIELD_HEAD) or len(sealed) < _BODY_AT + OVERHEAD_BYTES:
        raise _altered()
    return sealed[len(_FIELD_HEAD) : _BODY_AT]


def _cannot_be_opened() -> InternalError:
    return InternalError(
        "A sealed record cannot be opened: it was altered, moved, or sealed under another key ring.",
        hint="Restore the key ring that belongs to this data folder.",
    )


def _altered() -> TamperDetected:
    return TamperDetected(
        "A sealed field cannot be opened: it was altered, or moved from another record.",
        hint="Restore the record from a backup, and look into the audit log (`scribetree privacy audit verify`).",
    )
