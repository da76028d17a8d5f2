"""
One measure of one student, watched as it comes in: has it left the level that is usual for this student?

Every newest stretch of up to `window` observations is held against all that came before it: the window-limited
generalised likelihood ratio (Willsky and Jones, 1976; Lai, 1995), which finds a change whose size and moment nobody
knows beforehand. The level before is learnt as it goes, and begins at the class's; how badly it is known yet counts
against every finding. What came in within the window is in no baseline, so that a decline does not become the norm
while it is looked at. Evidence is a standard normal deviate: 0 where all is as usual, below for a fall, above for a
rise.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist, median

__all__ = ["Counts", "Levels", "Stretch", "extremes", "middle", "spread"]

_FORGET = 0.985
"""How much an observation still weighs when the next one comes: a baseline of sixty or so."""
_NORMAL = NormalDist()
_TINY = 1e-12
_OWN = 60
"""The class's spread counts as so many observations of the student's own."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The newest `length` observations beside what was usual before: how unlike it they are, and by how much."""

    length: int
    score: float
    usual: float
    lately: float


NOTHING = Stretch(0, 0.0, 0.0, 0.0)


@dataclass
class Levels:
    """A measure with a level and a spread: marks, reflection, the logarithm of words a minute."""

    spread: float
    """What is usual within one student, as the class has it."""
    between: float
    """How far students lie apart."""
    drift: float
    """How far a level wanders in a term without anything having happened."""
    window: int
    shortest: int = 1
    _sum: float = 0.0
    _weight: float = 0.0
    _squares: float = 0.0
    _freedom: float = 0.0
    _recent: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])

    def see(self, value: float, *, noise: float = 0.0) -> None:
        """The observation is the newest; `noise` is what it varies by beyond the usual."""
        self._recent.append((value, noise))
        while len(self._recent) > self.window:
            self._accept(self._recent.popleft()[0])

    def restart(self, *, as_usual: bool) -> None:
        """What came in lately is the new usual, or stands in no baseline."""
        if as_usual:
            self._sum, self._weight = 0.0, 0.0
            for value, _ in self._recent:
                self._accept(value)
        self._recent.clear()

    def stretches(self, class_level: float) -> list[Stretch]:
        """The newest stretch of each length."""
        prior = (self.spread / self.between) ** 2
        known = prior + self._weight
        usual = (prior * class_level + self._sum) / known
        within = (_OWN * self.spread**2 + self._squares) / (_OWN + self._freedom)
        found: list[Stretch] = []
        total, extra = 0.0, 0.0
        for length, (value, noise) in enumerate(reversed(self._recent), start=1):
            total, extra = total + value, extra + noise**2
            if length >= self.shortest:
                lately = total / length
                variance = within * (1 / length + 1 / known) + extra / length**2 + self.drift**2
                found.append(Stretch(length, (lately - usual) / math.sqrt(variance), usual, lately))
        return found

    def _accept(self, value: float) -> None:
        if self._weight:
            self._squares = self._squares * _FORGET + (value - self._sum / self._weight) ** 2
            self._freedom = self._freedom * _FORGET + 1
        self._sum, self._weight = self._sum * _FORGET + value, self._weight * _FORGET + 1


@dataclass
class Counts:
    """
    How often something happens in a week, say writing sessions.

    The rate is known as well as the weeks so far tell it (a gamma distribution that begins at the class's rate), so
    that what a stretch of weeks should hold is a negative binomial; a week counts as busy as it was for the class.
    """

    window: int
    prior_weeks: float = 2.5
    """What the class's rate is worth before anything is known of the student."""
    shortest: int = 1
    _events: float = 0.0
    _weeks: float = 0.0
    _recent: deque[tuple[int, float]] = field(default_factory=deque[tuple[int, float]])

    def see(self, events: int, *, busy: float) -> None:
        """A week with that many events is the newest; `busy` is 1 for a week like others for the class."""
        self._recent.append((events, busy))
        while len(self._recent) > self.window:
            self._accept(*self._recent.popleft())

    def restart(self, *, as_usual: bool) -> None:
        """What came in lately is the new usual, or stands in no baseline."""
        if as_usual:
            self._events = self._weeks = 0.0
            for events, busy in self._recent:
                self._accept(events, busy)
        self._recent.clear()

    def rate(self, class_rate: float) -> float:
        """The student's usual events a week."""
        return (self.prior_weeks * class_rate + self._events) / (self.prior_weeks + self._weeks)

    def stretches(self, class_rate: float) -> list[Stretch]:
        """The newest stretch of each length, in events a week."""
        shape = self.prior_weeks * class_rate + self._events
        usual = self.rate(class_rate)
        found: list[Stretch] = []
        events, busy = 0, 0.0
        for length, (each, share) in enumerate(reversed(self._recent), start=1):
            events, busy = events + each, busy + share
            if length >= self.shortest and usual > 0:
                score = _deviate(events, mean=usual * busy, shape=max(shape, _TINY))
                found.append(Stretch(length, score, usual, events / busy))
        return found

    def _accept(self, events: int, busy: float) -> None:
        self._events, self._weeks = self._events * _FORGET + events, self._weeks * _FORGET + busy


def extremes(stretches: Sequence[Stretch]) -> tuple[Stretch, Stretch]:
    """The stretch that fell most, and the one that rose most."""
    if not stretches:
        return NOTHING, NOTHING
    return min(stretches, key=lambda each: each.score), max(stretches, key=lambda each: each.score)


def middle(values: Sequence[float], otherwise: float) -> float:
    """The median of what a class shows; `otherwise` where the class is too small to show anything."""
    return median(values) if values else otherwise


def spread(values: Sequence[float], otherwise: float, *, weight: float = 20.0) -> float:
    """
    How much the values vary about their median, from their absolute distances, so that outliers do not count.

    `otherwise` stands in for as many values as `weight` says.
    """
    if not values:
        return otherwise
    centre = median(values)
    found = median(abs(value - centre) for value in values) / _NORMAL.inv_cdf(0.75)
    return math.sqrt((weight * otherwise**2 + len(values) * found**2) / (weight + len(values)))


def _deviate(events: int, *, mean: float, shape: float) -> float:
    """How unlike `mean` so many events are, as a normal deviate with the same chance (mid-p)."""
    below, at = 0.0, 0.0
    for chance in _negative_binomial(events, mean, shape):
        below, at = below + at, chance
    return _NORMAL.inv_cdf(min(1 - _TINY, max(_TINY, below + at / 2)))


def _negative_binomial(up_to: int, mean: float, shape: float) -> Iterator[float]:
    """The chances of 0, 1, ... `up_to` events."""
    fails = mean / (mean + shape)
    chance = math.exp(shape * math.log1p(-fails))
    for events in range(up_to + 1):
        yield chance
        chance *= fails * (events + shape) / (events + 1)
