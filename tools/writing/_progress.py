"""
Whether a measure moves over a writer's texts, and whether a session calls for a word.

Theil-Sen's slope with Sen's interval (1968): the median of all slopes between two texts, which one odd text cannot
turn. Below five texts no trend is claimed. Nothing is stored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import median
from typing import Literal

from scribetree.errors import InvalidInput

__all__ = ["FEWEST_TEXTS", "SessionNotice", "Trend", "session_notices", "trend"]

FEWEST_TEXTS = 5
_MOST_TEXTS = 500
_NINETY_PERCENT = 1.645
_BLOCK_WORDS_A_MINUTE, _BLOCK_S = 5, 600
_LONG_SESSION_S = 7_200


@dataclass(frozen=True, slots=True)
class Trend:
    """
    The slope of a measure per unit of time, with its 90 % interval.

    `direction` is None with fewer than five texts, "unclear" while the interval holds 0.
    """

    texts: int
    slope: float | None
    low: float | None
    high: float | None
    direction: Literal["rising", "falling", "unclear"] | None
    note: str


@dataclass(frozen=True, slots=True)
class SessionNotice:
    """Something about one session that a person may want to ask about, and its figures; it accuses nobody."""

    kind: Literal["writing_block", "extended_session"]
    note: str
    evidence: str


def trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """How `values` move over `times`; the two go together and may come in any order."""
    if len(times) != len(values) or len(times) > _MOST_TEXTS:
        raise InvalidInput(
            f"`times` and `values` must be of one length, at most {_MOST_TEXTS}.", hint="Give one value a text."
        )
    slopes = sorted(
        (v2 - v1) / (t2 - t1) for (t1, v1), (t2, v2) in combinations(zip(times, values, strict=True), 2) if t1 != t2
    )
    if len(times) < FEWEST_TEXTS or not slopes:
        note = f"{len(times)} of the {FEWEST_TEXTS} texts that a trend needs: not enough evidence."
        return Trend(len(times), None, None, None, None, note)
    slope = median(slopes)
    low, high = _interval(slopes, len(times))
    direction: Literal["rising", "falling", "unclear"] = "rising" if low > 0 else "falling" if high < 0 else "unclear"
    note = "The interval holds 0: no trend is claimed." if direction == "unclear" else f"The measure is {direction}."
    return Trend(len(times), round(slope, 6), round(low, 6), round(high, 6), direction, note)


def _interval(slopes: Sequence[float], n: int) -> tuple[float, float]:
    """The ranks that Kendall's variance gives; the outermost slopes where these lie beyond them."""
    half = _NINETY_PERCENT * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = int((len(slopes) - half) / 2)
    high = int((len(slopes) + half) / 2 + 0.9999)
    return slopes[max(0, low - 1)], slopes[min(len(slopes) - 1, high)]


def session_notices(*, word_count: int, time_spent_s: float) -> tuple[SessionNotice, ...]:
    """What a session calls for: fewer than 5 words a minute over more than 10 minutes, or more than 2 hours."""
    notices: list[SessionNotice] = []
    minutes = time_spent_s / 60
    if time_spent_s > _BLOCK_S and word_count / minutes < _BLOCK_WORDS_A_MINUTE:
        note = "Few words in a long time: thinking, or stuck? Ask what is hard."
        rate = f"{word_count} words in {minutes:.0f} minutes, under {_BLOCK_WORDS_A_MINUTE} a minute."
        notices.append(SessionNotice("writing_block", note, rate))
    if time_spent_s > _LONG_SESSION_S:
        note = "More than two hours at a stretch: is a break due?"
        notices.append(SessionNotice("extended_session", note, f"{minutes:.0f} minutes in one session."))
    return tuple(notices)
