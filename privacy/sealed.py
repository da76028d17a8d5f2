"""Bytes that only this installation can read, and only in the place they were sealed for."""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scribetree.errors import InternalError
from scribetree.privacy.keys import KeyRing

__all__ = ["Sealer"]

_NONCE_BYTES = 12
_VERSION = b"\x01"


@dataclass(frozen=True, slots=True)
class Sealer:
    """AES-256-GCM under the ring's key for `label`."""

    ring: KeyRing
    label: str

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """`plain`, encrypted and bound to `place`: version, nonce, ciphertext, tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher().encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """What was sealed for `place`; anything else, or anything altered, raises."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if not sealed.startswith(_VERSION):
            raise _cannot_be_opened()
        try:
            return self._cipher().decrypt(nonce, body, place.encode())
        except (InvalidTag, ValueError):
            raise _cannot_be_opened() from None

    def _cipher(self) -> AESGCM:
        return AESGCM(self.ring.key(f"seal/{self.label}"))


def _cannot_be_opened() -> InternalError:
    return InternalError(
        "A sealed record cannot be opened: it was altered, moved, or sealed under another key ring.",
        hint="Restore the key ring that belongs to this data folder.",
    )
