"""
The last checkpoint that one process saw, kept beside the database and never going back.

A log alone cannot show that its newest entries are missing, or that all of it is an older copy. Each server and the
host therefore keep a checkpoint of their own; an attacker would have to find and change every one, which the signature
prevents.
"""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scribetree.errors import ConfigError, InvalidInput, Unavailable
from scribetree.privacy.checkpoints import Checkpoint, read_checkpoint

__all__ = ["Witness", "WitnessedLog", "witnesses_at"]

_FOLDER = "witnesses"
_NAME = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


class WitnessedLog(Protocol):
    """What a witness asks of a log."""

    @property
    def verifier_key(self) -> str:
        """The key that its checkpoints are signed with."""
        ...

    def head_after(self, earlier: Checkpoint | None) -> Checkpoint:
        """The log's present checkpoint, proved to go on from `earlier`."""
        ...


@dataclass(frozen=True, slots=True)
class Witness:
    """One process's own copy of the newest checkpoint, in a file of that process's name."""

    home: Path
    name: str

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise InvalidInput("A witness's name is 1 to 64 small letters, digits and hyphens.", hint="Rename it.")

    def observe(self, log: WitnessedLog) -> Checkpoint:
        """The newest checkpoint is kept; TamperDetected, and the old one stays, if the log does not go on from it."""
        seen = log.head_after(self.kept(log.verifier_key))
        self._keep(seen)
        return seen

    def kept(self, verifier_key: str) -> Checkpoint | None:
        """The checkpoint that is kept; None before the first, TamperDetected if somebody changed it."""
        try:
            note = self._path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            raise ConfigError(
                "A witness's checkpoint cannot be read.", hint="Look at the folder `witnesses` in SCRIBETREE_HOME."
            ) from None
        return read_checkpoint(note, verifier_key)

    @property
    def _path(self) -> Path:
        return self.home / _FOLDER / self.name

    def _keep(self, seen: Checkpoint) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._path.with_name(f".{self.name}.{secrets.token_hex(4)}")
            with draft.open("w", encoding="utf-8") as file:
                file.write(seen.note)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            raise Unavailable(
                f"A witness's checkpoint cannot be kept: {error.strerror}.", hint="Free some disk space."
            ) from None


def witnesses_at(home: Path) -> list[Witness]:
    """Every witness that has kept a checkpoint in that data folder."""
    folder = home / _FOLDER
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [Witness(home, name) for name in names if _NAME.fullmatch(name)]
