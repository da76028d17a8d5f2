"""AES-256-GCM with a random 96-bit nonce in front: the one place where Scribe Tree encrypts."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["NONCE_BYTES", "OVERHEAD_BYTES", "Altered", "decrypt", "encrypt"]

NONCE_BYTES = 12
OVERHEAD_BYTES = NONCE_BYTES + 16


class Altered(Exception):
    """The bytes are not what was encrypted under this key and bound to this place."""


def encrypt(key: bytes, plain: bytes, *, bound: bytes) -> bytes:
    """`plain` as nonce, ciphertext and tag; SP 800-38D allows 2^32 of them a key, and a person's key sees far fewer."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def decrypt(key: bytes, sealed: bytes, *, bound: bytes) -> bytes:
    """What was encrypted; raises Altered if a bit of it, its key or what it is bound to differs."""
    if len(sealed) < OVERHEAD_BYTES:
        raise Altered
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except InvalidTag:
        raise Altered from None
