"""Whether some bytes are in any of some files, however large those are."""

from collections.abc import Iterable
from pathlib import Path

__all__ = ["found_in"]

_CHUNK_BYTES = 1 << 20


def found_in(files: Iterable[Path], needle: bytes) -> tuple[bool, int]:
    """Whether `needle` stands in one of the files, and how many bytes were searched."""
    searched = 0
    for path in files:
        with path.open("rb") as file:
            before = b""
            while chunk := file.read(_CHUNK_BYTES):
                searched += len(chunk)
                if needle in chunk or needle in before + chunk[: len(needle) - 1]:
                    return True, searched
                before = (before + chunk)[1 - len(needle) :] if len(chunk) < len(needle) else chunk[1 - len(needle) :]
    return False, searched
