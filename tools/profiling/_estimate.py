"""
What can be said of one skill from all its judgements: its level, its growth, sudden changes, and how sure that is.

How noisy the judgements are, and how much the level wanders, is not known for one student: several blurs are tried, and
each counts by how well it foretold what was seen (Bayesian model averaging). Nothing is claimed below the evidence.
Figures and limits: docs/cards/skills.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.profiling._kalman import NINETY_PERCENT, Blur, Filtered, Observation, filtered, slip_of
from scribetree.tools.profiling._together import Change, changes_together

__all__ = [
    "FEWEST_FOR_GROWTH",
    "FEWEST_FOR_LEVEL",
    "Change",
    "Estimate",
    "Growth",
    "chance_positive",
    "estimate",
    "estimates",
]

FEWEST_FOR_LEVEL = 3
FEWEST_FOR_GROWTH = 5
"""Curriculum-based measurement needs about five texts before a slope says anything."""
GROWTH_DAYS = 42
_FEWEST_AROUND_CHANGE = 3
_MOST_OBSERVATIONS = 100
_MOST_CHANGES = 3
_SURE_OF_CHANGE = 3.0
"""In standard errors; how often that is passed where nothing happened stands in docs/cards/skills.md."""
_JUDGE_SD = 0.03
"""How much one teacher's whole scale may lie above or below another's: no number of texts tells."""

_BLURS = tuple(Blur(noise=noise, wander=wander) for noise in (0.07, 0.11) for wander in (0.003, 0.01))
_CALM = Blur(wander=0.0015)
"""A level that hardly wanders, so that a leap shows."""

Direction = Literal["rising", "falling", "unclear"]


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much the level changed in the `days` up to the last text, with a 90 % interval, and what may be said."""

    days: int
    change: float
    low: float
    high: float
    a_month: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    One skill: its level from 0 to 1 with a 90 % interval, None below three texts, and growth, None below five.

    `foretold` is a 90 % interval of the level four weeks on. `needed` says what is missing for what is not said.
    """

    level: float | None
    low: float | None
    high: float | None
    growth: Growth | None
    changes: tuple[Change, ...]
    texts: int
    genres: tuple[str, ...]
    last_day: float
    foretold: tuple[float, float] | None
    needed: tuple[str, ...]

    def chance_above(self, level: float) -> float | None:
        """How probable it is that the true level is at least `level`; None where nothing is said."""
        if self.level is None or self.high is None:
            return None
        spread = (self.high - self.level) / NINETY_PERCENT
        return 1 - NormalDist(self.level, max(spread, 1e-9)).cdf(level)


def estimates(observed: Mapping[str, Sequence[Observation]], *, ahead_days: float = 28.0) -> dict[str, Estimate]:
    """What can be said of each of a student's skills; sudden changes are looked for in all of them together."""
    for judged in observed.values():
        _check(judged)
    together = changes_together(observed)
    return {
        skill: estimate(judged, ahead_days=ahead_days, known=together.get(skill)) for skill, judged in observed.items()
    }


def estimate(
    observations: Sequence[Observation], *, ahead_days: float = 28.0, known: Sequence[Change] | None = None
) -> Estimate:
    """
    What can be said of a skill from these judgements, in any order; of more than a hundred, the newest count.

    Its sudden changes are those that are `known`, or else what these judgements alone show.
    """
    _check(observations)
    ordered = sorted(observations, key=_place_in_time)[-_MOST_OBSERVATIONS:]
    texts = len({each.prompt or each.day for each in ordered})
    last = ordered[-1].day
    genres = tuple(sorted({each.genre for each in ordered if each.genre is not None}))
    if texts < FEWEST_FOR_LEVEL:
        missing = (f"{texts} of the {FEWEST_FOR_LEVEL} texts that a level needs.",)
        return Estimate(None, None, None, None, (), texts, genres, last, None, missing)
    changes = _changes(ordered) if known is None else [each for each in known if each.day > ordered[0].day]
    jumps = [change.day for change in changes]
    runs = [filtered(ordered, blur, jumps=jumps) for blur in _BLURS]
    shares = _shares(runs)
    level, spread = _mixed([run.level() for run in runs], shares)
    ahead = _mixed([run.level(ahead_days, blur.wander) for run, blur in zip(runs, _BLURS, strict=True)], shares)
    spread = sqrt(spread**2 + _JUDGE_SD**2)
    growth, needed = _growth(ordered, texts, jumps, shares)
    return Estimate(
        level=_bounded(level),
        low=_bounded(level - NINETY_PERCENT * spread),
        high=_bounded(level + NINETY_PERCENT * spread),
        growth=growth,
        changes=tuple(changes),
        texts=texts,
        genres=genres,
        last_day=last,
        foretold=None if growth is None else _interval(ahead[0], sqrt(ahead[1] ** 2 + _JUDGE_SD**2)),
        needed=needed,
    )


def chance_positive(low: float, high: float) -> float:
    """How probable it is that what has this 90 % interval is above 0."""
    spread = max((high - low) / (2 * NINETY_PERCENT), 1e-9)
    return round(1 - NormalDist((low + high) / 2, spread).cdf(0.0), 2)


def _check(observations: Sequence[Observation]) -> None:
    if not observations:
        raise InvalidInput("There is no judgement of this skill.", hint="Give at least one.")
    if not all(0 <= each.level <= 1 for each in observations):
        raise InvalidInput("A level lies outside of 0 to 1.", hint="Give levels as shares.")


def _place_in_time(each: Observation) -> tuple[float, str, str]:
    """By day, and the judgements of one text beside each other."""
    return each.day, each.prompt or "", each.judged_by


def _shares(runs: Sequence[Filtered]) -> list[float]:
    """How much each blur counts."""
    best = max(run.log_likelihood for run in runs)
    weights = [exp(run.log_likelihood - best) for run in runs]
    return [weight / sum(weights) for weight in weights]


def _mixed(figures: Sequence[tuple[float, float]], shares: Sequence[float]) -> tuple[float, float]:
    """The mean and the standard deviation of a mixture."""
    mean = sum(share * each for (each, _), share in zip(figures, shares, strict=True))
    square = sum(share * (sd**2 + (each - mean) ** 2) for (each, sd), share in zip(figures, shares, strict=True))
    return mean, sqrt(square)


def _growth(
    ordered: Sequence[Observation], texts: int, jumps: Sequence[float], shares: Sequence[float]
) -> tuple[Growth | None, tuple[str, ...]]:
    days = ordered[-1].day - ordered[0].day
    needed: list[str] = []
    if texts < FEWEST_FOR_GROWTH:
        needed.append(f"{texts} of the {FEWEST_FOR_GROWTH} texts that growth needs.")
    if days < GROWTH_DAYS:
        needed.append(f"{days:.0f} of the {GROWTH_DAYS} days between the first text and the last that growth needs.")
    if needed:
        return None, tuple(needed)
    # The likeliest blurs only: the others would add nothing but time.
    kept = sorted(range(len(_BLURS)), key=lambda place: -shares[place])[:2]
    runs = [filtered(ordered, _BLURS[place], jumps=jumps, anchor=ordered[0].day) for place in kept]
    change, spread = _mixed([run.change() for run in runs], _normal([shares[place] for place in kept]))
    low, high = change - NINETY_PERCENT * spread, change + NINETY_PERCENT * spread
    direction: Direction = "rising" if low > 0 else "falling" if high < 0 else "unclear"
    month = change / days * 30
    return Growth(round(days), round(change, 3), round(low, 3), round(high, 3), round(month, 4), direction), ()


def _normal(weights: Sequence[float]) -> list[float]:
    return [weight / sum(weights) for weight in weights]


def _changes(ordered: Sequence[Observation]) -> list[Change]:
    """The leaps of the level, one after the other, each found with those before it taken into account."""
    found: list[Change] = []
    for _ in range(_MOST_CHANGES):
        run = filtered(ordered, _CALM, jumps=[change.day for change in found])
        change = _largest(ordered, run, found)
        if change is None:
            break
        found.append(change)
    return sorted(found, key=lambda change: change.day)


def _largest(ordered: Sequence[Observation], run: Filtered, known: Sequence[Change]) -> Change | None:
    candidates = range(_FEWEST_AROUND_CHANGE, len(ordered) - _FEWEST_AROUND_CHANGE + 1)
    taken = {change.day for change in known}
    slips = [(place, *slip_of(run, place)) for place in candidates if ordered[place].day not in taken]
    if not slips:
        return None
    place, size, error = max(slips, key=lambda slip: abs(slip[1]) / slip[2])
    if abs(size) < _SURE_OF_CHANGE * error:
        return None
    half = NINETY_PERCENT * error
    return Change(ordered[place].day, round(size, 3), round(size - half, 3), round(size + half, 3))


def _interval(mean: float, spread: float) -> tuple[float, float]:
    return _bounded(mean - NINETY_PERCENT * spread), _bounded(mean + NINETY_PERCENT * spread)


def _bounded(level: float) -> float:
    return round(min(1.0, max(0.0, level)), 3)
