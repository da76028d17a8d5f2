"""
The replay of a writing log: the text as it grew, and what is counted on the way.

The text is kept as what stands before the cursor and what stands after it, so that typing on costs the same wherever it
happens; only a jump of the cursor copies. A million events take about a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import inf
from operator import itemgetter, le, sub
from typing import Any, NamedTuple

from scribetree.errors import InvalidInput

__all__ = ["PAUSE_MS", "SESSION_GAP_MS", "Columns", "Counts", "Erasure", "Replay", "columns"]

PAUSE_MS = 2_000
"""The convention of keystroke research."""
SESSION_GAP_MS = 30 * 60_000
"""A silence this long ends a session: the writer was away, and it is neither pause nor writing."""
_MAX_TEXT = 1_000_000
_OPERATIONS = frozenset({"insert", "delete", "paste", "cursor"})
_LATEST = 1e12


class Columns(NamedTuple):
    """The events column by column, all of a length; `gaps[i]` is the time before event i, `inf` where one begins."""

    times: Sequence[float]
    gaps: Sequence[float]
    operations: Sequence[str]
    positions: Sequence[int]
    texts: Sequence[str]


class Erasure(NamedTuple):
    """One run of deletions at one place."""

    event: int
    position: int
    characters: int
    words: int
    sentences: int
    at_edge: int


@dataclass(slots=True)
class Counts:
    """What happened in a stretch of events."""

    produced: int = 0
    pasted: int = 0
    deleted: int = 0
    insertions: int = 0
    at_edge: int = 0
    jumps: int = 0
    bursts: list[int] = field(default_factory=list)
    p_bursts: int = 0


def columns(events: Sequence[Mapping[str, Any]]) -> Columns:
    """The events as columns; one that does not fit raises InvalidInput with its number."""
    times, operations, positions = (_column(events, name, None) for name in ("t", "op", "pos"))
    texts = _column(events, "text", "")
    sessions = [event.get("session", 0) for event in events] if "session" in events[-1] else ()
    begins = _begins(sessions)
    if not _fit(times, operations, positions, texts, begins):
        _name_misfit(events, begins)
    gaps: list[float] = [inf, *map(sub, islice(times, 1, None), times)]
    for place in begins:
        gaps[place] = inf
    return Columns(times, gaps, operations, positions, texts)


def _column(events: Sequence[Mapping[str, Any]], name: str, default: str | None) -> list[Any]:
    """One field of all events; looked up the fast way first, which needs that all have it."""
    try:
        return list(map(itemgetter(name), events))
    except KeyError:
        return [event.get(name, default) for event in events]


def misfit(number: int, rule: str) -> InvalidInput:
    """The error for event `number`, which never quotes it."""
    return InvalidInput(f"Event {number} of the writing log does not fit: {rule}.", hint="Mend or drop that event.")


def _begins(sessions: Sequence[Any]) -> list[int]:
    """Where a session begins by its number."""
    return [0, *(i for i in range(1, len(sessions)) if sessions[i] != sessions[i - 1])]


def _fit(
    times: Sequence[Any],
    operations: Sequence[Any],
    positions: Sequence[Any],
    texts: Sequence[Any],
    begins: Sequence[int],
) -> bool:
    """Whether all events fit, found by looking at whole columns; False only means that a closer look is needed."""
    if not (set(map(type, times)) <= {int, float} and set(map(type, positions)) <= {int}):
        return False
    if not (set(map(type, texts)) <= {str} and set(map(type, operations)) <= {str} and set(operations) <= _OPERATIONS):
        return False
    if min(times) < 0 or max(times) >= _LATEST or min(positions) < 0:
        return False
    if len(begins) > 1 or not all(map(le, times, islice(times, 1, None))):
        return False
    return "" not in texts or {operation for operation, text in zip(operations, texts, strict=True) if not text} <= {
        "cursor"
    }


def _name_misfit(events: Sequence[Mapping[str, Any]], begins: Sequence[int]) -> None:
    """Raises for the first event that does not fit, if there is one."""
    before, first = 0.0, set(begins)
    for number, event in enumerate(events):
        t, operation, text, position = event.get("t"), event.get("op"), event.get("text", ""), event.get("pos")
        before = 0.0 if number in first else before
        if not isinstance(t, int | float) or isinstance(t, bool) or not before <= t < _LATEST:
            raise misfit(number, "`t` must be a number of milliseconds that never goes back within a session")
        if operation not in _OPERATIONS:
            raise misfit(number, f"`op` must be one of {', '.join(sorted(_OPERATIONS))}")
        if not isinstance(text, str) or (not text and operation != "cursor"):
            raise misfit(number, "`text` must be the inserted or removed characters")
        if not isinstance(position, int) or isinstance(position, bool) or position < 0:
            raise misfit(number, "`pos` must be a whole number from 0")
        before = t


class Replay:
    """A text that grows event by event."""

    def __init__(self) -> None:
        self._left, self._typed, self._right = "", list[str](), ""
        self._cursor = 0
        self._burst = 0
        self._erasure: list[int] = []
        self._erasures: list[list[int]] = []

    @property
    def text(self) -> str:
        """The text as it stands."""
        return self._before() + self._right

    @property
    def erasures(self) -> list[Erasure]:
        """All erasures so far, in order."""
        return [Erasure(*fields) for fields in self._erasures]

    def run(self, log: Columns, start: int, end: int) -> Counts:
        """What the events from `start` up to `end` do; the text stands afterwards as they left it."""
        counts = Counts()
        produced = insertions = at_edge = 0
        cursor, burst, typed = self._cursor, self._burst, self._typed
        rows = zip(log.gaps[start:end], log.operations[start:end], log.positions[start:end], log.texts[start:end])  # noqa: B905
        is_edge = not self._right or self._right.isspace()
        for number, (gap, operation, position, text) in enumerate(rows, start):
            if gap >= PAUSE_MS and burst:
                counts.bursts.append(burst)
                counts.p_bursts += 1
                burst = 0
            if operation == "insert" and position == cursor:
                typed.append(text)
                size = len(text)
                cursor += size
                burst += size
                produced += size
                insertions += 1
                at_edge += is_edge
                continue
            if operation == "cursor":
                continue
            self._cursor, self._burst = cursor, burst
            if operation == "delete":
                self._delete(counts, number, position, text)
            else:
                self._insert(counts, number, position, text, pasted=operation == "paste")
            cursor, burst = self._cursor, self._burst
            is_edge = not self._right or self._right.isspace()
        self._cursor, self._burst = cursor, burst
        if cursor + len(self._right) > _MAX_TEXT:
            raise misfit(end - 1, f"the text would be longer than {_MAX_TEXT} characters")
        counts.produced += produced
        counts.insertions += insertions
        counts.at_edge += at_edge
        return counts

    def end_burst(self, counts: Counts) -> None:
        """The last burst is counted."""
        if self._burst:
            counts.bursts.append(self._burst)
        self._burst = 0

    def _before(self) -> str:
        """What stands before the cursor, in one piece."""
        if self._typed:
            self._left += "".join(self._typed)
            self._typed.clear()
        return self._left

    def _move(self, number: int, position: int) -> None:
        """The cursor stands at `position`."""
        left = self._before()
        if position > len(left) + len(self._right):
            raise misfit(number, "`pos` lies behind the end of the text")
        if position < len(left):
            self._left, self._right = left[:position], left[position:] + self._right
        elif position > len(left):
            step = position - len(left)
            self._left, self._right = left + self._right[:step], self._right[step:]
        self._cursor = position

    def _insert(self, counts: Counts, number: int, position: int, text: str, *, pasted: bool) -> None:
        if position != self._cursor:
            self.end_burst(counts)
            self._move(number, position)
            counts.jumps += 1
        if position + len(text) + len(self._right) > _MAX_TEXT:
            raise misfit(number, f"the text would be longer than {_MAX_TEXT} characters")
        counts.at_edge += not self._right.strip()
        self._typed.append(text)
        self._cursor += len(text)
        counts.produced += len(text)
        counts.insertions += 1
        if pasted:
            counts.pasted += len(text)
        else:
            self._burst += len(text)

    def _delete(self, counts: Counts, number: int, position: int, text: str) -> None:
        self.end_burst(counts)
        back = self._cursor - len(text)
        if position == back and self._typed and self._typed[-1] == text:
            self._typed.pop()
            self._cursor = position
        else:
            self._move(number, position)
            if not self._right.startswith(text):
                raise misfit(number, "the text removed is not the one that stands there")
            self._right = self._right[len(text) :]
        counts.deleted += len(text)
        self._note_erasure(number, position, text)

    def _note_erasure(self, number: int, position: int, text: str) -> None:
        """Deletions one after another, backwards or forwards from one place, are one erasure."""
        at_edge = not self._right or self._right.isspace()
        words, sentences = text.count(" ") + text.count("\n"), sum(map(text.count, ".!?"))
        last = self._erasure
        if last and last[0] == number - 1 and (position == last[1] or position == last[1] - len(text)):
            last[:] = number, position, last[2] + len(text), last[3] + words, last[4] + sentences, at_edge
        else:
            self._erasure = [number, position, len(text), words, sentences, at_edge]
            self._erasures.append(self._erasure)
