"""
A log's size and root, signed: what a witness keeps, and what a proof leads to.

The form is that of C2SP (tlog-checkpoint, signed-note): origin, size and root, a line each, and an Ed25519 signature.
Whoever was given the verifier key once can check every later checkpoint without this software.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scribetree.errors import TamperDetected
from scribetree.privacy.keys import KeyRing

__all__ = ["Checkpoint", "CheckpointSigner", "read_checkpoint"]

_ED25519 = b"\x01"
_DASH = "— "
_MAX_NOTE = 4_096


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One signed tree head; `note` is the text that was signed, with its signature."""

    origin: str
    size: int
    root: bytes
    note: str


@dataclass(frozen=True)
class CheckpointSigner:
    """The signature of one tenant's log, which follows from the installation's key ring."""

    ring: KeyRing
    tenant: str

    @cached_property
    def origin(self) -> str:
        """The log's name: the installation by its public key, and the tenant."""
        installation = hashlib.sha256(self._public).hexdigest()[:16]
        return f"scribetree/{installation}/{quote(self.tenant, safe='')}"

    @property
    def verifier_key(self) -> str:
        """What others need to check this log's checkpoints: name, key hash and public key, as signed-note writes it."""
        key_id = _key_id(self.origin, self._public).hex()
        return f"{self.origin}+{key_id}+{base64.b64encode(_ED25519 + self._public).decode()}"

    def sign(self, *, size: int, root: bytes) -> Checkpoint:
        """The signed checkpoint of that size and root; the caller knows that it is consistent with all before."""
        body = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = _key_id(self.origin, self._public) + self._private.sign(body.encode())
        note = f"{body}\n{_DASH}{self.origin} {base64.b64encode(signature).decode()}\n"
        return Checkpoint(self.origin, size, root, note)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.ring.key("audit/signature"))

    @cached_property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()


def read_checkpoint(note: str, verifier_key: str) -> Checkpoint:
    """The checkpoint in a note that the holder of that key signed; anything else raises TamperDetected."""
    try:
        name, _, public = _read_key(verifier_key)
        body, separator, signatures = note[:_MAX_NOTE].partition("\n\n")
        origin, size, root = body.split("\n")
        signed = f"{body}\n".encode()
        if not separator or origin != name or not _is_signed(signed, signatures, name, public):
            raise _not_signed()
        return Checkpoint(origin, _number(size), _root(root), note)
    except (ValueError, binascii.Error):
        raise _not_signed() from None


def _read_key(verifier_key: str) -> tuple[str, bytes, bytes]:
    name, key_id, encoded = verifier_key.strip().split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    if not key.startswith(_ED25519) or bytes.fromhex(key_id) != _key_id(name, key[1:]):
        raise _not_signed()
    return name, bytes.fromhex(key_id), key[1:]


def _is_signed(body: bytes, signatures: str, name: str, public: bytes) -> bool:
    key_id = _key_id(name, public)
    for line in signatures.splitlines():
        signer, _, encoded = line.removeprefix(_DASH).partition(" ")
        signature = base64.b64decode(encoded, validate=True)
        if line.startswith(_DASH) and signer == name and signature.startswith(key_id):
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[len(key_id) :], body)
            except InvalidSignature:
                return False
            return True
    return False


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _number(text: str) -> int:
    if text != str(int(text)):
        raise ValueError
    return int(text)


def _root(text: str) -> bytes:
    root = base64.b64decode(text, validate=True)
    if len(root) != hashlib.sha256().digest_size:
        raise ValueError
    return root


def _not_signed() -> TamperDetected:
    return TamperDetected(
        "A checkpoint is not signed by this log's key: it was altered, or belongs to another installation.",
        hint="Compare it with the copies that the servers and the host keep in `witnesses`.",
    )
