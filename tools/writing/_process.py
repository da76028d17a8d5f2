"""
How a text was written, from its log.

Conventions of keystroke research: a pause of 2 s or more ends a burst; bursts that end so are P-bursts, those that
end in a revision are R-bursts (Kaufer, Hayes and Flower 1986; Chenoweth and Hayes 2001); the product/process ratio is
the length of the final text over all that was produced; a revision at the leading edge is pre-contextual, one inside
the text contextual (Lindgren and Sullivan 2006). It describes; it never says who wrote.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median
from typing import Any, Literal

from scribetree.errors import InvalidInput
from scribetree.tools.writing._pauses import PauseMixture, fit_pauses
from scribetree.tools.writing._replay import PAUSE_MS, SESSION_GAP_MS, Columns, Counts, Erasure, Replay, columns

__all__ = ["Phase", "ProcessProfile", "ProcessRevision", "process"]

_PHASES: tuple[Literal["beginning", "middle", "end"], ...] = ("beginning", "middle", "end")
_SHOWN_REVISIONS = 20

Size = Literal["letters", "words", "sentences"]


@dataclass(frozen=True, slots=True)
class Phase:
    """A third of the writing time: what was produced and taken back, in characters, and where; shares are 0 to 1."""

    name: Literal["beginning", "middle", "end"]
    produced: int
    deleted: int
    pause_time_share: float
    leading_edge_share: float | None


@dataclass(frozen=True, slots=True)
class ProcessRevision:
    """One run of deletions: when, at which offset of the text of that moment, how much, and where it stood."""

    minute: float
    position: int
    characters: int
    size: Size
    place: Literal["leading edge", "inside"]


@dataclass(frozen=True, slots=True)
class ProcessProfile:
    """
    The writing of one text in figures.

    Times are minutes or seconds as named, lengths are characters, shares and ratios are 0 to 1. Silences of 30 minutes
    or more part sessions and count neither as time nor as pause.
    """

    minutes: float
    events: int
    sessions: int
    characters_produced: int
    final_length: int
    product_process_ratio: float
    paste_share: float
    bursts: int
    mean_burst_length: float
    p_burst_share: float | None
    pauses: int
    pause_time_share: float
    pause_mixture: PauseMixture | None
    median_interval_s: float
    revisions: int
    revisions_inside_share: float | None
    revision_sizes: dict[str, int]
    largest_revisions: tuple[ProcessRevision, ...]
    characters_deleted: int
    leading_edge_share: float
    jumps: int
    linearity: float
    """Share of the insertions that went on where the last event had left the cursor."""
    phases: tuple[Phase, ...]
    description: tuple[str, ...]
    final_text: str


def process(events: Sequence[Mapping[str, Any]]) -> ProcessProfile:
    """
    The writing that the events tell of; an event that does not fit raises InvalidInput with its number.

    An event may carry a `session` number: the sessions of one text join up in order, each with its own clock.
    """
    if not events:
        raise InvalidInput("`events` is empty.", hint="Give the writing log, one event an entry.")
    log = columns(events)
    clock = _clock(log)
    replay = Replay()
    borders = [0, *(bisect_left(clock, clock[-1] * part / len(_PHASES)) for part in (1, 2)), len(clock)]
    thirds = [replay.run(log, start, end) for start, end in pairwise(borders)]
    replay.end_burst(thirds[-1])
    phases = tuple(
        _phase(name, counts, log.gaps[start:end])
        for name, counts, (start, end) in zip(_PHASES, thirds, pairwise(borders), strict=True)
    )
    profile = _profile(log, clock, _added_up(thirds), replay)
    return _described(replace(profile, phases=phases))


def _clock(log: Columns) -> list[float]:
    """Milliseconds of writing before each event, all sessions joined, the time between them left out."""
    if max(log.gaps[1:], default=0) < SESSION_GAP_MS:
        start = log.times[0]
        return [t - start for t in log.times]
    clock, passed = list[float](), 0.0
    for gap in log.gaps:
        passed += gap if gap < SESSION_GAP_MS else 0
        clock.append(passed)
    return clock


def _added_up(parts: Sequence[Counts]) -> Counts:
    return Counts(
        produced=sum(part.produced for part in parts),
        pasted=sum(part.pasted for part in parts),
        deleted=sum(part.deleted for part in parts),
        insertions=sum(part.insertions for part in parts),
        at_edge=sum(part.at_edge for part in parts),
        jumps=sum(part.jumps for part in parts),
        bursts=[burst for part in parts for burst in part.bursts],
        p_bursts=sum(part.p_bursts for part in parts),
    )


def _phase(name: Literal["beginning", "middle", "end"], counts: Counts, gaps: Sequence[float]) -> Phase:
    inside = [gap for gap in gaps if gap < SESSION_GAP_MS]
    pauses = sum(gap for gap in inside if gap >= PAUSE_MS)
    return Phase(
        name=name,
        produced=counts.produced,
        deleted=counts.deleted,
        pause_time_share=_share(pauses, sum(inside)),
        leading_edge_share=_share(counts.at_edge, counts.insertions) if counts.insertions else None,
    )


def _share(part: float, whole: float) -> float:
    return round(part / whole, 3) if whole else 0.0


def _profile(log: Columns, clock: Sequence[float], counts: Counts, replay: Replay) -> ProcessProfile:
    gaps = [gap for gap in log.gaps if gap < SESSION_GAP_MS]
    pauses = [gap for gap in gaps if gap >= PAUSE_MS]
    text, erasures, bursts = replay.text, replay.erasures, counts.bursts
    inside = sum(not erasure.at_edge for erasure in erasures)
    return ProcessProfile(
        minutes=round(clock[-1] / 60_000, 2),
        events=len(clock),
        sessions=len(clock) - len(gaps),
        characters_produced=counts.produced,
        final_length=len(text),
        product_process_ratio=round(min(1.0, len(text) / max(1, counts.produced)), 3),
        paste_share=_share(counts.pasted, counts.produced),
        bursts=len(bursts),
        mean_burst_length=round(fmean(bursts), 1) if bursts else 0.0,
        p_burst_share=_share(counts.p_bursts, len(bursts)) if bursts else None,
        pauses=len(pauses),
        pause_time_share=_share(sum(pauses), clock[-1]),
        pause_mixture=fit_pauses(gaps),
        median_interval_s=round(median(gaps) / 1000, 3) if gaps else 0.0,
        revisions=len(erasures),
        revisions_inside_share=_share(inside, len(erasures)) if erasures else None,
        revision_sizes={
            size: sum(_size(each) == size for each in erasures) for size in ("letters", "words", "sentences")
        },
        largest_revisions=_largest(erasures, clock),
        characters_deleted=counts.deleted,
        leading_edge_share=_share(counts.at_edge, counts.insertions),
        jumps=counts.jumps,
        linearity=round(1 - counts.jumps / counts.insertions, 3) if counts.insertions else 0.0,
        phases=(),
        description=(),
        final_text=text,
    )


def _size(erasure: Erasure) -> Size:
    return "sentences" if erasure.sentences else "words" if erasure.words else "letters"


def _largest(erasures: Sequence[Erasure], clock: Sequence[float]) -> tuple[ProcessRevision, ...]:
    """The largest revisions, in the order of time."""
    chosen = sorted(sorted(erasures, key=lambda each: -each.characters)[:_SHOWN_REVISIONS], key=lambda each: each.event)
    return tuple(
        ProcessRevision(
            minute=round(clock[each.event] / 60_000, 2),
            position=each.position,
            characters=each.characters,
            size=_size(each),
            place="leading edge" if each.at_edge else "inside",
        )
        for each in chosen
    )


def _described(profile: ProcessProfile) -> ProcessProfile:
    several = f" in {profile.sessions} sessions" if profile.sessions > 1 else ""
    lines = [
        f"The log covers {profile.minutes:.0f} minutes{several}; pauses of 2 s or more: {profile.pauses}, "
        + f"{profile.pause_time_share:.0%} of the time.",
        f"{profile.product_process_ratio:.0%} of what was produced stayed in the text; "
        + f"{profile.revisions} revisions took {profile.characters_deleted} characters back.",
        f"{1 - profile.leading_edge_share:.0%} of the insertions went back into text that stood already.",
    ]
    if profile.pause_mixture:
        border = profile.pause_mixture.threshold_ms / 1000
        lines.append(
            f"This writer's gaps fall into two kinds; the border between typing and pausing is at {border:.1f} s."
        )
    if profile.paste_share:
        lines.append(f"{profile.paste_share:.0%} of the characters came in by paste; pasting has many honest reasons.")
    return replace(profile, description=tuple(lines))
