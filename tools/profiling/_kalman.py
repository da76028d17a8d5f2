"""
One skill's level over time as a state space: what is true moves slowly, what is seen of it is blurred and coloured.

    level   a random walk with drift        what the student can do, on a scale from 0 to 1
    drift   constant, unknown               growth a day
    genre   constant, one for each genre    how much easier one kind of text is for this student
    prompt  new with each assignment        what the task, and that day, did to this text
    self    constant                        by how much the student's own judgement lies above a teacher's
    reading new with each text and judge    what this judge made of this text; from draft to draft it moves on
    seen  = level + genre + prompt + self + reading + what the same judge says differently of the same text

That a reading lasts is what makes several drafts of one task one text: on ArgRewrite three rows in four get the same
score for the next draft, and the others move on from it, whichever way they moved before.

All at once by Kalman's filter (Harvey, 1989), one observation at a time, so that nothing is inverted. A judgement that
lies far from what was expected counts for less (Huber's weights on the innovation), so that one odd text cannot turn
an estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, pi, sqrt
from statistics import NormalDist
from typing import Literal

__all__ = [
    "DRIFT_SD",
    "NINETY_PERCENT",
    "PRIOR_LEVEL",
    "PRIOR_LEVEL_SD",
    "SELF_SD",
    "UNSURENESS",
    "Blur",
    "Filtered",
    "Judge",
    "Observation",
    "filtered",
    "slip_of",
]

Judge = Literal["teacher", "self", "peer", "tool"]

_LEVEL, _DRIFT, _PROMPT, _SELF, _READING, _FIRST_GENRE = 0, 1, 2, 3, 4, 5

PRIOR_LEVEL, PRIOR_LEVEL_SD = 0.5, 0.25
DRIFT_SD = 0.25 / 300
"""Growth a day: a school year's is seldom more than half of the scale."""
SELF_SD = 0.08
_REVISED_SD, _AGAIN_SD = 0.085, 0.02
"""How far a reading moves from one draft to the next, and how unlike a judge is to themselves: docs/cards/skills.md."""
_HUBER = 2.0

NINETY_PERCENT = NormalDist().inv_cdf(0.95)
"""Standard deviations on either side."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One judgement of one skill in one text: when (days from any day), how good from 0 to 1, whose, of what."""

    day: float
    level: float
    judged_by: Judge = "teacher"
    genre: str | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Blur:
    """How much is noise and how much is change: standard deviations of levels, `wander` for a square-root day."""

    noise: float = 0.085
    prompt: float = 0.075
    genre: float = 0.055
    wander: float = 0.006

    def of(self, judge: Judge) -> float:
        """How far one judge's reading of a text lies from what is true, as a variance."""
        return (self.noise * UNSURENESS[judge]) ** 2


UNSURENESS = {"teacher": 1.0, "tool": 1.0, "peer": 1.4, "self": 1.5}


@dataclass(frozen=True, slots=True)
class _Step:
    """What the filter did with one observation: which states it saw, its gain, its surprise and that one's variance."""

    seen: tuple[int, ...]
    gap: float
    renewed: tuple[int, ...]
    gain: tuple[float, ...]
    surprise: float
    variance: float


@dataclass(frozen=True, slots=True)
class Filtered:
    """The state after the last observation, with its covariance, and each step on the way."""

    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    steps: tuple[_Step, ...]

    def level(self, days_on: float = 0.0, wander: float = 0.0) -> tuple[float, float]:
        """The level that many days later, and its standard deviation."""
        covariance = self.covariance
        variance = (
            covariance[_LEVEL][_LEVEL]
            + 2 * days_on * covariance[_LEVEL][_DRIFT]
            + days_on**2 * covariance[_DRIFT][_DRIFT]
            + days_on * wander**2
        )
        return self.mean[_LEVEL] + days_on * self.mean[_DRIFT], sqrt(max(variance, 0.0))

    def change(self) -> tuple[float, float]:
        """The level less that at the anchor, and its standard deviation; the anchor has to have been asked for."""
        covariance, last = self.covariance, len(self.mean) - 1
        variance = covariance[_LEVEL][_LEVEL] - 2 * covariance[_LEVEL][last] + covariance[last][last]
        return self.mean[_LEVEL] - self.mean[last], sqrt(max(variance, 0.0))


def filtered(
    observations: Sequence[Observation], blur: Blur, *, jumps: Sequence[float] = (), anchor: float | None = None
) -> Filtered:
    """
    The state of a skill after `observations` (in order of time).

    At a day of `jumps` the level may leap. With an `anchor` (a day), the last state is a copy of the level then.
    """
    genres = sorted({each.genre for each in observations if each.genre is not None})
    place = {genre: _FIRST_GENRE + number for number, genre in enumerate(genres)}
    size = _FIRST_GENRE + len(genres) + (anchor is not None)
    mean = [0.0] * size
    mean[_LEVEL] = PRIOR_LEVEL
    priors = [PRIOR_LEVEL_SD, DRIFT_SD, 0.0, SELF_SD, 0.0, *[blur.genre] * len(genres), *[0.0] * (anchor is not None)]
    covariance = [[sd**2 if row == column else 0.0 for column in range(size)] for row, sd in enumerate(priors)]
    steps: list[_Step] = []
    total, now, waiting = 0.0, observations[0].day, sorted(jumps)
    prompt, judge = "", ""
    for each in observations:
        gap = each.day - now
        jumped = [day for day in waiting if day <= each.day]
        waiting = waiting[len(jumped) :]
        _move(mean, covariance, gap, wander=blur.wander, leaps=len(jumped))
        now = each.day
        if anchor is not None and each.day >= anchor:
            _copy(mean, covariance, _LEVEL, size - 1)
            anchor = None
        is_new = each.prompt is None or each.prompt != prompt
        if is_new:
            _renew(mean, covariance, _PROMPT, blur.prompt)
        if is_new or each.judged_by != judge:
            _renew(mean, covariance, _READING, sqrt(blur.of(each.judged_by)))
        else:
            covariance[_READING][_READING] += _REVISED_SD**2
        renewed = (*((_PROMPT,) if is_new else ()), *((_READING,) if is_new or each.judged_by != judge else ()))
        prompt, judge = each.prompt or "", each.judged_by
        seen = (
            _LEVEL,
            _PROMPT,
            _READING,
            *((_SELF,) if each.judged_by == "self" else ()),
            *((place[each.genre],) if each.genre is not None else ()),
        )
        gain, surprise, variance = _see(mean, covariance, each.level, seen, noise=_AGAIN_SD**2)
        total -= 0.5 * (log(2 * pi * variance) + surprise**2 / variance)
        steps.append(_Step(seen, gap, renewed, gain, surprise, variance))
    return Filtered(tuple(mean), tuple(map(tuple, covariance)), total, tuple(steps))


def _move(mean: list[float], covariance: list[list[float]], gap: float, *, wander: float, leaps: int) -> None:
    """Time passes: the level drifts and wanders; at a leap it may go anywhere."""
    if gap:
        mean[_LEVEL] += gap * mean[_DRIFT]
        level, drift = covariance[_LEVEL], covariance[_DRIFT]
        for column, value in enumerate(drift):
            level[column] += gap * value
        for row in covariance:
            row[_LEVEL] += gap * row[_DRIFT]
    covariance[_LEVEL][_LEVEL] += gap * wander**2 + leaps * _LEAP_SD**2


_LEAP_SD = 0.2


def _copy(mean: list[float], covariance: list[list[float]], source: int, target: int) -> None:
    mean[target] = mean[source]
    covariance[target] = list(covariance[source])
    for row in covariance:
        row[target] = row[source]


def _renew(mean: list[float], covariance: list[list[float]], state: int, deviation: float) -> None:
    """The state is a new one, of which nothing is known but its spread."""
    mean[state] = 0.0
    covariance[state] = [0.0] * len(mean)
    for row in covariance:
        row[state] = 0.0
    covariance[state][state] = deviation**2


def _see(
    mean: list[float], covariance: list[list[float]], value: float, seen: tuple[int, ...], *, noise: float
) -> tuple[tuple[float, ...], float, float]:
    """
    An observation is taken in; gives its gain, its surprise and that one's variance.

    One that surprises by more than two standard deviations counts for less.
    """
    # The covariance is symmetric: its rows are its columns.
    spread: list[float] = list(map(sum, zip(*[covariance[state] for state in seen], strict=True)))
    base = sum([spread[state] for state in seen])
    surprise, variance = value - sum([mean[state] for state in seen]), base + noise
    away = abs(surprise) / sqrt(variance)
    if away > _HUBER:
        # It is the reading that is odd: the next draft's reading begins there, and the level hardly follows.
        odd = variance * (away / _HUBER - 1)
        covariance[_READING][_READING] += odd
        spread[_READING] += odd
        variance += odd
    gain = tuple([each / variance for each in spread])
    for row, share in enumerate(gain):
        if share:
            mean[row] += share * surprise
            covariance[row] = [old - share * across for old, across in zip(covariance[row], spread, strict=True)]
    return gain, surprise, variance


def slip_of(found: Filtered, first: int) -> tuple[float, float]:
    """
    By how much the level leapt just before observation `first`, if it did, and the standard error of that.

    What a leap of 1 would have done to each later surprise is followed through the filter's own gains (Rosenberg,
    1973); the surprises are then regressed on it.
    """
    effect = [0.0] * len(found.mean)
    effect[_LEVEL] = 1.0
    top = bottom = 0.0
    for place in range(first, len(found.steps)):
        step = found.steps[place]
        if place > first:
            effect[_LEVEL] += step.gap * effect[_DRIFT]
        for state in step.renewed:
            effect[state] = 0.0
        # `effect` is the true state less the filter's: what the filter has not yet taken up.
        shown = sum(effect[state] for state in step.seen)
        top += shown * step.surprise / step.variance
        bottom += shown * shown / step.variance
        effect = [each - share * shown for each, share in zip(effect, step.gain, strict=True)]
    return (top / bottom, 1 / sqrt(bottom)) if bottom > 0 else (0.0, float("inf"))
