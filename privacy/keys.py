"""
One secret of this installation, in a file that only its owner can read, and the keys derived from it.

Seven processes may start at once: the first to link its file in place wins, and all read that one.
"""

import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scribetree.errors import ConfigError

__all__ = ["KeyRing"]

_SECRET_BYTES = 32
_FILE = "keyring"


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation; `secret` never leaves this object."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != _SECRET_BYTES:
            raise ConfigError(
                f"The key ring is not {_SECRET_BYTES} bytes long: it is damaged.",
                hint="Restore the file `keyring` from a backup; a new one cannot open what the old one sealed.",
            )

    def __repr__(self) -> str:
        return "KeyRing(...)"

    @classmethod
    def at(cls, home: Path) -> "KeyRing":
        """The ring kept in `home`, made on first use."""
        path = home / _FILE
        if not path.exists():
            _create(path)
        _refuse_if_shared(path)
        return cls(path.read_bytes())

    def key(self, label: str) -> bytes:
        """The 32-byte key for one use; different labels give unrelated keys."""
        return _derive(self.secret, label)


@cache
def _derive(secret: bytes, label: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"scribetree/v1/{label}".encode()).derive(secret)


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{_FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _refuse_if_shared(path: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigError(
            "The key ring can be read by other users of this machine.",
            hint="Run `chmod 600` on the file `keyring` in SCRIBETREE_HOME.",
        )
