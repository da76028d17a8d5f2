"""
How a text was written, from its log.

Conventions of keystroke research: a pause of 2 s or more ends a burst; bursts that end so are P-bursts, those that
end in a revision are R-bursts (Kaufer, Hayes and Flower 1986; Chenoweth and Hayes 2001); the product/process ratio is
the length of the final text over all that was produced. It describes; it never says who wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import mean, median
from typing import Any

from scribetree.errors import InvalidInput

__all__ = ["ProcessProfile", "process"]

_PAUSE_MS = 2_000
_MAX_TEXT = 1_000_000
_OPERATIONS = frozenset({"insert", "delete", "paste", "cursor"})


@dataclass(frozen=True, slots=True)
class ProcessProfile:
    """
    A writing session in figures.

    Times are minutes or seconds as named, lengths are characters, shares and ratios are 0 to 1.
    """

    minutes: float
    events: int
    characters_produced: int
    final_length: int
    product_process_ratio: float
    paste_share: float
    bursts: int
    mean_burst_length: float
    p_burst_share: float | None
    pauses: int
    pause_time_share: float
    median_interval_s: float
    revisions: int
    characters_deleted: int
    leading_edge_share: float
    description: tuple[str, ...]
    final_text: str


@dataclass
class _Session:
    """What is counted while the log is replayed."""

    text: str = ""
    produced: int = 0
    pasted: int = 0
    deleted: int = 0
    revisions: int = 0
    at_edge: int = 0
    insertions: int = 0
    cursor: int = 0
    burst: int = 0
    bursts: list[int] = field(default_factory=list)
    p_bursts: int = 0

    def end_burst(self, *, by_pause: bool) -> None:
        if self.burst:
            self.bursts.append(self.burst)
            self.p_bursts += by_pause
        self.burst = 0


def process(events: Sequence[Mapping[str, Any]]) -> ProcessProfile:
    """The session that the events tell of; an event that does not fit raises InvalidInput with its number."""
    if not events:
        raise InvalidInput("`events` is empty.", hint="Give the writing log, one event an entry.")
    session = _Session()
    times: list[float] = []
    for number, event in enumerate(events):
        t, operation, position, text = _checked(number, event, times[-1] if times else 0.0)
        if times and t - times[-1] >= _PAUSE_MS:
            session.end_burst(by_pause=True)
        times.append(t)
        _apply(session, number, operation, position, text)
    session.end_burst(by_pause=False)
    return _profile(session, times)


def _checked(number: int, event: Mapping[str, Any], before: float) -> tuple[float, str, int, str]:
    t, operation, position, text = event.get("t"), event.get("op"), event.get("pos"), event.get("text", "")
    rule: str | None = None
    if not isinstance(t, int | float) or not before <= t < 1e12:
        rule = "`t` must be a number of milliseconds that never goes back"
    elif operation not in _OPERATIONS:
        rule = f"`op` must be one of {', '.join(sorted(_OPERATIONS))}"
    elif not isinstance(position, int) or position < 0:
        rule = "`pos` must be a whole number from 0"
    elif not isinstance(text, str) or (operation != "cursor" and not text):
        rule = "`text` must be the inserted or removed characters"
    if rule:
        raise _misfit(number, rule)
    return float(t), str(operation), int(position), str(text)  # type: ignore[arg-type]


def _misfit(number: int, rule: str) -> InvalidInput:
    return InvalidInput(f"Event {number} of the writing log does not fit: {rule}.", hint="Mend or drop that event.")


def _apply(session: _Session, number: int, operation: str, position: int, text: str) -> None:
    if operation == "cursor":
        return
    if position > len(session.text):
        raise _misfit(number, "`pos` lies behind the end of the text")
    if operation == "delete":
        _delete(session, number, position, text)
    else:
        _insert(session, number, position, text, pasted=operation == "paste")


def _delete(session: _Session, number: int, position: int, text: str) -> None:
    if not session.text.startswith(text, position):
        raise _misfit(number, "the text removed is not the one that stands there")
    session.text = session.text[:position] + session.text[position + len(text) :]
    session.deleted += len(text)
    session.cursor = position
    session.revisions += 1
    session.end_burst(by_pause=False)


def _insert(session: _Session, number: int, position: int, text: str, *, pasted: bool) -> None:
    if len(session.text) + len(text) > _MAX_TEXT:
        raise _misfit(number, f"the text would be longer than {_MAX_TEXT} characters")
    if position != session.cursor:
        session.end_burst(by_pause=False)
    session.at_edge += not session.text[position:].strip()
    session.text = session.text[:position] + text + session.text[position:]
    session.produced += len(text)
    session.pasted += len(text) if pasted else 0
    session.cursor = position + len(text)
    session.insertions += 1
    session.burst += 0 if pasted else len(text)


def _profile(session: _Session, times: Sequence[float]) -> ProcessProfile:
    gaps = [later - earlier for earlier, later in pairwise(times)]
    total = times[-1] - times[0]
    pauses = [gap for gap in gaps if gap >= _PAUSE_MS]
    bursts = session.bursts
    produced = max(1, session.produced)
    profile = ProcessProfile(
        minutes=round(total / 60_000, 2),
        events=len(times),
        characters_produced=session.produced,
        final_length=len(session.text),
        product_process_ratio=round(min(1.0, len(session.text) / produced), 3),
        paste_share=round(session.pasted / produced, 3),
        bursts=len(bursts),
        mean_burst_length=round(mean(bursts), 1) if bursts else 0.0,
        p_burst_share=round(session.p_bursts / len(bursts), 3) if bursts else None,
        pauses=len(pauses),
        pause_time_share=round(sum(pauses) / total, 3) if total else 0.0,
        median_interval_s=round(median(gaps) / 1000, 3) if gaps else 0.0,
        revisions=session.revisions,
        characters_deleted=session.deleted,
        leading_edge_share=round(session.at_edge / session.insertions, 3) if session.insertions else 0.0,
        description=(),
        final_text=session.text,
    )
    return _described(profile)


def _described(profile: ProcessProfile) -> ProcessProfile:
    lines = [
        f"The log covers {profile.minutes:.0f} minutes; pauses of 2 s or more: {profile.pauses}, "
        + f"{profile.pause_time_share:.0%} of the time.",
        f"{profile.product_process_ratio:.0%} of what was produced stayed in the text; "
        + f"{profile.revisions} deletions took {profile.characters_deleted} characters back.",
        f"{1 - profile.leading_edge_share:.0%} of the insertions went back into text that stood already.",
    ]
    if profile.paste_share:
        lines.append(f"{profile.paste_share:.0%} of the characters came in by paste; pasting has many honest reasons.")
    return replace(profile, description=tuple(lines))
