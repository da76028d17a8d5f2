"""The upper layer: the entries used last, within a number and a size."""

from collections import OrderedDict
from dataclasses import dataclass

from scribetree.resilience.cache._entry import Entry

__all__ = ["Memory"]


@dataclass(frozen=True, slots=True)
class _Kept:
    entry: Entry
    fresh_until: float
    until: float


class Memory:
    """At most `entries` entries of at most `size_bytes` in all; the one that was unused longest goes first."""

    def __init__(self, *, entries: int, size_bytes: int) -> None:
        self._most_entries = entries
        self._most_bytes = size_bytes
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._tagged: dict[str, set[str]] = {}
        self._bytes = 0

    def fresh(self, key: str, now: float) -> bytes | None:
        """The value, if it is fresh at `now` on the monotonic clock."""
        kept = self._kept.get(key)
        if kept is None or now >= kept.fresh_until or now >= kept.until:
            return None
        self._kept.move_to_end(key)
        return kept.entry.value

    def get(self, key: str, now: float) -> Entry | None:
        """The entry, fresh or not, if memory may still answer for it."""
        kept = self._kept.get(key)
        if kept is not None and now >= kept.until:
            self.delete(key)
            return None
        return kept.entry if kept else None

    def put(self, key: str, entry: Entry, *, fresh_until: float, until: float) -> None:
        """`entry` is the newest; others went if there was no room."""
        self.delete(key)
        if len(entry.value) > self._most_bytes or not self._most_entries:
            return
        self._kept[key] = _Kept(entry, fresh_until, until)
        self._bytes += len(entry.value)
        for tag in entry.tags:
            self._tagged.setdefault(tag, set()).add(key)
        while len(self._kept) > self._most_entries or self._bytes > self._most_bytes:
            self.delete(next(iter(self._kept)))

    def delete(self, key: str) -> None:
        """Nothing is under `key`."""
        kept = self._kept.pop(key, None)
        if kept is None:
            return
        self._bytes -= len(kept.entry.value)
        for tag in kept.entry.tags:
            self._tagged[tag].discard(key)
            if not self._tagged[tag]:
                del self._tagged[tag]

    def forget(self, tag: str) -> None:
        """Nothing that carries `tag` is here."""
        for key in list(self._tagged.get(tag, ())):
            self.delete(key)
