"""
Where a key ring is kept: a file that only its owner can read, the environment, or the operating system's key ring.

A keeper knows bytes, not keys. Whoever changes a ring holds a lock that the system frees at death, so that of two
processes that rotate at once the second starts from what the first wrote.
"""

import base64
import binascii
import os
import secrets
import sqlite3
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from scribetree.errors import ConfigError, Unavailable

__all__ = ["EnvironmentKeeper", "FileKeeper", "Keeper", "MemoryKeeper", "SystemKeeper"]

_FILE = "keyring"
_SERVICE = "scribetree"
_LOCK_WAIT_S = 10


class Keeper(Protocol):
    """One place for the bytes of a key ring."""

    def read(self) -> bytes | None:
        """The bytes as they are now; None if there are none yet."""
        ...

    def stamp(self) -> object:
        """Something cheap that differs after every change."""
        ...

    def create(self, content: bytes) -> None:
        """There are bytes: `content`, or those that another process put there first."""
        ...

    def change(self, edit: Callable[[bytes], bytes]) -> None:
        """The bytes are what `edit` made of them, entirely or not at all, and the old ones are overwritten."""
        ...


@dataclass
class MemoryKeeper:
    """A ring that lives as long as this object."""

    content: bytes | None = None
    changes: int = 0

    def read(self) -> bytes | None:
        return self.content

    def stamp(self) -> object:
        return self.changes

    def create(self, content: bytes) -> None:
        self.content = self.content or content
        self.changes += 1

    def change(self, edit: Callable[[bytes], bytes]) -> None:
        self.content = edit(self.content or b"")
        self.changes += 1


@dataclass(frozen=True, slots=True)
class FileKeeper:
    """The file `keyring` in the data folder."""

    home: Path

    def read(self) -> bytes | None:
        try:
            _refuse_if_shared(self._path)
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(error) from None

    def stamp(self) -> object:
        try:
            now = os.stat(f"{self.home}{os.sep}{_FILE}")  # noqa: PTH116 - asked for at every read of a key
        except OSError:
            return None
        return now.st_mtime_ns, now.st_ino, now.st_size

    def create(self, content: bytes) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._draft(content)
            with suppress(FileExistsError):
                os.link(draft, self._path)
            draft.unlink()
            _sync_folder(self.home)
        except OSError as error:
            raise _unwritable(error.strerror or "it cannot be written") from None

    def change(self, edit: Callable[[bytes], bytes]) -> None:
        with _locked(self.home):
            for left_over in self.home.glob(f"{_FILE}.*.new"):
                with left_over.open("r+b") as file:
                    _overwrite(file)
                left_over.unlink()
            draft = self._draft(edit(self.read() or b""))
            with self._path.open("r+b") as old:
                draft.replace(self._path)
                _sync_folder(self.home)
                _overwrite(old)

    @property
    def _path(self) -> Path:
        return self.home / _FILE

    def _draft(self, content: bytes) -> Path:
        draft = self._path.with_name(f"{_FILE}.{secrets.token_hex(8)}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return draft


@dataclass(frozen=True, slots=True)
class EnvironmentKeeper:
    """The ring that SCRIBETREE_KEYRING holds, in base64; who set the variable changes it."""

    value: str = field(repr=False)

    def read(self) -> bytes | None:
        try:
            return base64.b64decode(self.value, validate=True)
        except (binascii.Error, ValueError):
            raise ConfigError(
                "SCRIBETREE_KEYRING is neither `system` nor base64.",
                hint="Write the content of a `keyring` file in base64, or unset it to use the file.",
            ) from None

    def stamp(self) -> object:
        return None

    def create(self, content: bytes) -> None:
        """There are bytes already."""

    def change(self, edit: Callable[[bytes], bytes]) -> None:
        raise ConfigError(
            "The key ring comes from SCRIBETREE_KEYRING, which this process cannot change.",
            hint="Rotate it where it is kept: put it into a file `keyring`, unset the variable, rotate, and set it "
            "to the file's content in base64.",
        )


@dataclass(frozen=True, slots=True)
class SystemKeeper:
    """The operating system's key ring, reached through the package `keyring`; one entry for each data folder."""

    home: Path

    def read(self) -> bytes | None:
        with _system_ring() as ring:
            kept = ring.get_password(_SERVICE, self._entry)
        return kept.encode() if kept is not None else None

    def stamp(self) -> object:
        with suppress(OSError):
            return self._changes.stat().st_mtime_ns
        return None

    def create(self, content: bytes) -> None:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self.home):
            if self.read() is None:
                self._write(content)

    def change(self, edit: Callable[[bytes], bytes]) -> None:
        with _locked(self.home):
            self._write(edit(self.read() or b""))

    def _write(self, content: bytes) -> None:
        with _system_ring() as ring:
            ring.set_password(_SERVICE, self._entry, content.decode("ascii"))
        self._changes.write_bytes(secrets.token_bytes(8))

    @property
    def _entry(self) -> str:
        return sha256(str(self.home.absolute()).encode()).hexdigest()[:16]

    @property
    def _changes(self) -> Path:
        return self.home / f"{_FILE}.changed"


class _SystemRing(Protocol):
    """What is used of the package `keyring`."""

    def get_password(self, service_name: str, username: str) -> str | None: ...

    def set_password(self, service_name: str, username: str, password: str) -> None: ...


@contextmanager
def _system_ring() -> Generator[_SystemRing]:
    try:
        package: Any = import_module("keyring")  # an extra, so not there for the type checkers
    except ImportError:
        raise ConfigError(
            "SCRIBETREE_KEYRING is `system`, and the package `keyring` is not installed.",
            hint="Install `scribetree[keyring]`, or unset the variable to use the file.",
        ) from None
    try:
        yield package
    except package.errors.KeyringError:
        raise ConfigError(
            "The operating system's key ring is not there, or is locked.",
            hint="Unlock it, or unset SCRIBETREE_KEYRING to use the file.",
        ) from None


@contextmanager
def _locked(home: Path) -> Generator[None]:
    lock = sqlite3.connect(home / f"{_FILE}.lock", timeout=_LOCK_WAIT_S, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    except sqlite3.OperationalError:
        raise _unwritable("another process is changing it, or its folder cannot be written") from None
    except OSError as error:
        raise _unwritable(error.strerror or "it cannot be written") from None
    finally:
        lock.close()


def _refuse_if_shared(path: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigError(
            "The key ring can be read by other users of this machine.",
            hint="Run `chmod 600` on the file `keyring` in SCRIBETREE_HOME.",
        )


def _unreadable(error: OSError) -> ConfigError:
    return ConfigError(
        f"The key ring cannot be read: {error.strerror}.",
        hint="Look at the file `keyring` in SCRIBETREE_HOME and its permissions.",
    )


def _unwritable(why: str) -> Unavailable:
    return Unavailable(f"The key ring was left as it was: {why}.", hint="Free some disk space, then try again.")


def _overwrite(file: BinaryIO) -> None:
    """Zeros over the old bytes, so far as the file system writes in place."""
    file.write(bytes(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
