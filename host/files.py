"""Files that a person names: read whole, bounded, and with a clear error when they cannot be."""

import os
from pathlib import Path

from scribetree.errors import ConfigError, InvalidInput

__all__ = ["read_text", "write_private"]


def read_text(path: Path, *, max_bytes: int, error: type[ConfigError | InvalidInput] = InvalidInput) -> str:
    """The text of a UTF-8 file of at most `max_bytes`; else `error`, which names the file and why."""
    try:
        if path.stat().st_size > max_bytes:
            raise error(f"{path} is larger than {max_bytes} bytes.", hint="Name a smaller file.")
        return path.read_text("utf-8")
    except OSError as problem:
        raise error(f"{path} cannot be read: {problem.strerror}.", hint="Name an existing file.") from None
    except UnicodeDecodeError:
        raise error(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None


def write_private(path: Path, text: str) -> None:
    """The text is in a new file that only its owner can read; one that is there already is not replaced."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        raise InvalidInput(f"{path} cannot be written: {problem.strerror}.", hint="Name a new file.") from None
