"""One cached value with its age, life and tags, and the bytes in which a store keeps it."""

import json
import struct
from dataclasses import dataclass

from scribetree.shapes import as_list

__all__ = ["Entry", "Life", "pack", "unpack"]

_MAGIC = b"STC1"
_HEADER = struct.Struct(">4sddddI")
_CLOCK_SKEW_S = 5.0
"""An entry from further in the future than two machines' clocks differ was not written by us, or time was set back."""


@dataclass(frozen=True, slots=True)
class Life:
    """
    How long a value serves, in seconds since it was stored.

    Until `fresh_s` it is the answer; for `stale_s` more it is the answer while a new one is fetched; for `error_s`
    after it was fresh it stands in when a new one cannot be had.
    """

    fresh_s: float
    stale_s: float = 0.0
    error_s: float = 0.0

    @property
    def kept_s(self) -> float:
        """How long it is of any use."""
        return self.fresh_s + max(self.stale_s, self.error_s)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, when it was stored (seconds since 1970), its life and its tags."""

    value: bytes
    stored_at: float
    life: Life
    tags: frozenset[str] = frozenset()

    def age_s(self, now: float) -> float:
        """Seconds since it was stored, never below 0."""
        return max(0.0, now - self.stored_at)

    def is_fresh(self, now: float) -> bool:
        """Whether it is the answer."""
        return self.is_kept(now) and now - self.stored_at < self.life.fresh_s

    def is_stale(self, now: float) -> bool:
        """Whether it may be served while a new value is fetched."""
        return self.is_kept(now) and now - self.stored_at < self.life.fresh_s + self.life.stale_s

    def covers_error(self, now: float) -> bool:
        """Whether it may stand in for a value that cannot be had."""
        return self.is_kept(now) and now - self.stored_at < self.life.fresh_s + self.life.error_s

    def is_kept(self, now: float) -> bool:
        """Whether it is of any use; one from the future is not."""
        return -_CLOCK_SKEW_S <= now - self.stored_at < self.life.kept_s


def pack(entry: Entry) -> bytes:
    """The entry as bytes."""
    tags = json.dumps(sorted(entry.tags)).encode() if entry.tags else b""
    life = entry.life
    header = _HEADER.pack(_MAGIC, entry.stored_at, life.fresh_s, life.stale_s, life.error_s, len(tags))
    return header + tags + entry.value


def unpack(packed: bytes) -> Entry:
    """The entry in `packed`; ValueError if it is not one."""
    try:
        magic, stored_at, fresh_s, stale_s, error_s, tags_bytes = _HEADER.unpack_from(packed)
    except struct.error:
        raise ValueError("too short for an entry") from None
    end = _HEADER.size + tags_bytes
    if magic != _MAGIC or len(packed) < end:
        raise ValueError("not an entry")
    tags = as_list(json.loads(packed[_HEADER.size : end])) if tags_bytes else []
    return Entry(packed[end:], stored_at, Life(fresh_s, stale_s, error_s), frozenset(str(tag) for tag in tags or ()))
