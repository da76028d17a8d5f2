"""
The secrets of one installation, and the keys derived from them.

A ring holds one root secret, from which every label gets its own key (HKDF), and the key-encryption keys of its epochs,
under which the subjects' own keys are wrapped (`subject_keys.py`). Rotation begins a new epoch; retirement destroys an
old epoch's key, and with it whatever is still wrapped under it: in backups, too. The root secret does not rotate,
because pseudonyms and the audit log's signature follow from it.

Seven processes may start at once: the first to put its ring in place wins, and all read that one. A change by one
process is seen by the others before they next use an epoch.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scribetree.clock import Clock, SystemClock
from scribetree.errors import ConfigError
from scribetree.privacy._keepers import EnvironmentKeeper, FileKeeper, Keeper, MemoryKeeper, SystemKeeper
from scribetree.settings import Settings
from scribetree.shapes import as_list, as_object

__all__ = ["Epoch", "KeyRing"]

_SECRET_BYTES = 32
_FORMAT = "scribetree-keyring"
_VERSION = 2
_READ_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Epoch:
    """One key-encryption key of the ring: its number, and when it was made (unknown for a ring of before epochs)."""

    number: int
    created_at: datetime | None
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a ring holds; the newest epoch wraps new keys."""

    secret: bytes = field(repr=False)
    epochs: Mapping[int, Epoch]

    @property
    def newest(self) -> int:
        return max(self.epochs)


class KeyRing:
    """The keys of one installation; its secrets never leave this object but as derived keys."""

    def __init__(self, secret: bytes | None = None, *, keeper: Keeper | None = None) -> None:
        """The ring that `keeper` keeps, made there if there is none; without a keeper, a ring of this process alone."""
        self._keeper = keeper or MemoryKeeper(secret)
        self._loaded = _load(self._keeper)

    def __repr__(self) -> str:
        return "KeyRing(...)"

    @classmethod
    def at(cls, home: Path) -> "KeyRing":
        """The ring in the file `keyring` of `home`, made on first use."""
        return cls(keeper=FileKeeper(home))

    @classmethod
    def open(cls, settings: Settings) -> "KeyRing":
        """The ring that the settings name: in the file, the environment, or the operating system's key ring."""
        if settings.keyring is None:
            return cls.at(settings.home)
        if settings.keyring == "system":
            return cls(keeper=SystemKeeper(settings.home))
        return cls(keeper=EnvironmentKeeper(settings.keyring))

    def key(self, label: str) -> bytes:
        """The 32-byte key for one use; different labels give unrelated keys, and rotation changes none of them."""
        return _derive(self._loaded[1].secret, label)

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """All epochs that have not been retired, oldest first."""
        return tuple(epoch for _, epoch in sorted(self._fresh().epochs.items()))

    @property
    def current(self) -> int:
        """The epoch under which new keys are wrapped."""
        return self._fresh().newest

    def wrapping_key(self, epoch: int) -> bytes:
        """The key under which that epoch wraps the subjects' keys."""
        found = self._fresh().epochs.get(epoch)
        if found is None:
            raise ConfigError(
                f"The key ring holds no epoch {epoch}: it was retired, or this ring is older than the database.",
                hint="Restore the key ring that belongs to this database; what a retired epoch wrapped is destroyed.",
            )
        return _derive(found.key, "wrap")

    def rotate(self, *, clock: Clock | None = None) -> int:
        """A new epoch is current; the old ones still open what they wrapped. Returns its number."""
        made_at = (clock or SystemClock()).now()
        self._keeper.change(lambda kept: _written(_with_new_epoch(_read(kept), made_at)))
        return self.current

    def retire(self, epoch: int) -> None:
        """
        That epoch's key is gone, and whatever is still wrapped under it can never be opened again.

        `SubjectKeys.retire` makes sure first that no subject's key is. Retiring one that is not there changes nothing.
        """
        self._keeper.change(lambda kept: _written(_without_epoch(_read(kept), epoch)))
        self._fresh()

    def _fresh(self) -> _Content:
        if self._keeper.stamp() != self._loaded[0]:
            self._loaded = _load(self._keeper)
        return self._loaded[1]


@cache
def _derive(secret: bytes, label: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"scribetree/v1/{label}".encode()).derive(secret)


def _load(keeper: Keeper) -> tuple[object, _Content]:
    """
    What the keeper holds, with the stamp that it had then.

    A file that is being replaced may be read while its old bytes are overwritten; then it is read again.
    """
    for attempt in range(_READ_ATTEMPTS):
        stamp = keeper.stamp()
        kept = keeper.read()
        if kept is None:
            keeper.create(_written(_new()))
        elif len(kept) == _SECRET_BYTES and attempt == 0:
            _bring_up_to_date(keeper)
        else:
            try:
                return stamp, _read(kept)
            except ConfigError:
                if keeper.stamp() == stamp:
                    raise
    raise _damaged()


def _bring_up_to_date(keeper: Keeper) -> None:
    """The bare secret of before epochs is in the present format; a place that cannot change keeps what it has."""
    if not isinstance(keeper, EnvironmentKeeper):
        keeper.change(lambda kept: _written(_read(kept)))


def _new() -> _Content:
    first = Epoch(1, datetime.now(UTC), secrets.token_bytes(_SECRET_BYTES))
    return _Content(secrets.token_bytes(_SECRET_BYTES), {1: first})


def _with_new_epoch(content: _Content, made_at: datetime) -> _Content:
    number = content.newest + 1
    return replace(
        content, epochs={**content.epochs, number: Epoch(number, made_at, secrets.token_bytes(_SECRET_BYTES))}
    )


def _without_epoch(content: _Content, epoch: int) -> _Content:
    if epoch == content.newest:
        raise ConfigError("The current epoch cannot be retired.", hint="Rotate first; then retire the old one.")
    return replace(content, epochs={number: each for number, each in content.epochs.items() if number != epoch})


def _written(content: _Content) -> bytes:
    body = {
        "format": _FORMAT,
        "version": _VERSION,
        "secret": base64.b64encode(content.secret).decode(),
        "epochs": [_epoch_written(epoch) for _, epoch in sorted(content.epochs.items())],
    }
    return json.dumps(body | {"checksum": _checksum(body)}, indent=1).encode() + b"\n"


def _epoch_written(epoch: Epoch) -> dict[str, Any]:
    created_at = epoch.created_at.isoformat(timespec="seconds") if epoch.created_at else None
    return {"number": epoch.number, "created_at": created_at, "key": base64.b64encode(epoch.key).decode()}


def _read(kept: bytes) -> _Content:
    """The content of a ring; a bare secret of before epochs gets a first epoch that follows from it."""
    if len(kept) == _SECRET_BYTES:
        return _Content(kept, {1: Epoch(1, None, _derive(kept, "epoch/1"))})
    try:
        document = as_object(json.loads(kept)) or {}
        checksum = document.pop("checksum", None)
        if document.get("format") != _FORMAT or checksum != _checksum(document):
            raise _damaged()
        if document["version"] != _VERSION:
            raise _of_another_version()
        epochs = [_epoch_read(each) for each in as_list(document["epochs"]) or [None]]
        return _Content(_secret(document["secret"]), {epoch.number: epoch for epoch in epochs})
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _damaged() from None


def _epoch_read(value: object) -> Epoch:
    written = cast("dict[str, Any]", value)
    created_at = written["created_at"]
    return Epoch(
        int(written["number"]), datetime.fromisoformat(created_at) if created_at else None, _secret(written["key"])
    )


def _secret(encoded: str) -> bytes:
    secret = base64.b64decode(encoded, validate=True)
    if len(secret) != _SECRET_BYTES:
        raise _damaged()
    return secret


def _checksum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _damaged() -> ConfigError:
    return ConfigError(
        "The key ring is damaged: it is cut short, altered, or no key ring at all.",
        hint="Restore the file `keyring` from a backup; a new one cannot open what the old one sealed.",
    )


def _of_another_version() -> ConfigError:
    return ConfigError("The key ring was written by another version of Scribe Tree.", hint="Use that version.")
