"""
Sudden changes of a student's skills, looked for in all of them together.

What befalls a student, for good or for some weeks, moves several skills at the same time; what is hard about a task
moves all of them in one text. So each stretch of texts is held against the rest of the year (a generalised likelihood
ratio, Willsky and Jones, 1976) with what is common to a text's skills taken out, and the evidence of the skills is
mixed as for sensors of which some see the change and some do not (Xie and Siegmund, 2013). A skill is named only where
it is more probable than not that it moved. Limits and figures: docs/cards/skills.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log, log1p, sqrt

from scribetree.tools.profiling._kalman import (
    DRIFT_SD,
    NINETY_PERCENT,
    PRIOR_LEVEL,
    PRIOR_LEVEL_SD,
    SELF_SD,
    UNSURENESS,
    Judge,
    Observation,
)

__all__ = ["Change", "changes_together"]

_NOISE, _TEXT_SD, _GENRE_SD, _WANDER = 0.10, 0.08, 0.055, 0.0015
"""Of one skill in one text; of all skills of a text together; of a genre; of a calm level in a square-root day."""
_SHIFT_SD = 0.2
_TOUCHED = 0.4
"""How probable it is beforehand that a skill is among those that a change takes."""
_SURE = 1.3
"""The evidence (a logarithm of odds) that one in a hundred untouched skills reaches in a year: bench/skills.py."""
_FEWEST_SKILLS, _FEWEST_TEXTS, _MOST_TEXTS = 3, 7, 60
_BEFORE, _SHORTEST, _LONGEST, _AFTER = 3, 2, 4, 2
"""Texts before a change, those of one that passes, and those after it; one that does not pass lasts to the newest."""
_MOST_SHIFTS = 3
_SHARE_JUDGED = 0.8

Key = tuple[float, str, Judge]
Matrix = list[list[float]]


@dataclass(frozen=True, slots=True)
class Change:
    """A sudden change of the level on about `day`, with a 90 % interval of its size."""

    day: float
    size: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Shift:
    """Skills that moved together, by how much each, from one day to before another; for good if that is None."""

    begins: float
    ends: float | None
    sizes: Mapping[str, float]
    error: float


def changes_together(observed: Mapping[str, Sequence[Observation]]) -> dict[str, list[Change]]:
    """
    The changes of each skill that is judged together with two others or more, in order of time.

    What passed is a change and another one back. Skills that are judged by themselves are not among those given.
    """
    table = _table(observed)
    if table is None:
        return {}
    found: dict[str, dict[float, Change]] = {skill: {} for skill in table.skills}
    for _ in range(_MOST_SHIFTS):
        shift = table.largest()
        if shift is None:
            break
        table.take_out(shift)
        for skill, size in shift.sizes.items():
            found[skill].setdefault(shift.begins, _change(shift.begins, size, shift.error))
            if shift.ends is not None:
                found[skill].setdefault(shift.ends, _change(shift.ends, -size, shift.error))
    return {skill: sorted(changes.values(), key=lambda change: change.day) for skill, changes in found.items()}


def _change(day: float, size: float, error: float) -> Change:
    half = NINETY_PERCENT * error
    return Change(day, round(size, 3), round(size - half, 3), round(size + half, 3))


def _table(observed: Mapping[str, Sequence[Observation]]) -> "_Table | None":
    """The skills that are judged together, text by text; None where there are too few of them."""
    by_key = {
        skill: {(each.day, each.prompt or "", each.judged_by): each for each in judged}
        for skill, judged in observed.items()
    }
    most = max(map(len, by_key.values()), default=0)
    rows = {skill: row for skill, row in by_key.items() if len(row) >= _SHARE_JUDGED * most}
    if len(rows) < _FEWEST_SKILLS:
        return None
    first = next(iter(rows.values()))
    common = sorted(key for key in first if all(key in row for row in rows.values()))
    newest = {(prompt or day, judge): (day, prompt, judge) for day, prompt, judge in common}  # of a task's drafts
    keys = sorted(newest.values())[-_MOST_TEXTS:]
    texts = [first[key] for key in keys]
    if len({each.day for each in texts}) < _FEWEST_TEXTS:
        return None
    return _Table(texts, {skill: [row[key].level - PRIOR_LEVEL for key in keys] for skill, row in rows.items()})


class _Table:
    """The marks of several skills in the same texts, and what a model without any change makes of them."""

    def __init__(self, texts: Sequence[Observation], marks: Mapping[str, list[float]]) -> None:
        self._days = sorted({each.day for each in texts})
        self._place = [self._days.index(each.day) for each in texts]
        self._marks = dict(marks)
        since = self._days[0]
        alone = [[_covariance(one, other, since) for other in texts] for one in texts]
        common = len(marks) * _TEXT_SD**2
        together = [
            [value + common * (one.day == other.day) for value, other in zip(row, texts, strict=True)]
            for row, one in zip(alone, texts, strict=True)
        ]
        # Skills that share what a text adds to all of them: their mean is blurred by it, what they differ by is not.
        self._differing, self._mean = _inverse(alone), _inverse(together)
        self._corners = _Corners(self._day_sums(self._differing)), _Corners(self._day_sums(self._mean))

    @property
    def skills(self) -> list[str]:
        """The skills of the table."""
        return list(self._marks)

    def largest(self) -> _Shift | None:
        """The change that there is most evidence of, if there is enough."""
        sums = {skill: [0.0, *accumulate(self._by_day(row))] for skill, row in self._weighted().items()}
        best: tuple[float, tuple[int, int], list[str]] = _SURE, (0, 0), []
        for window in self._windows():
            known = self._known(window)
            told = {skill: sums[skill][window[1]] - sums[skill][window[0]] for skill in sums}
            for sign in (1, -1):
                odds = {skill: _odds(each * sign, known) for skill, each in told.items()}
                evidence = sum(log1p(odd) + log(1 - _TOUCHED) for odd in odds.values())
                if evidence > best[0]:
                    best = evidence, window, [skill for skill, odd in odds.items() if odd > 1]
        _, (begins, ends), touched = best
        if not touched:
            return None
        known = self._known((begins, ends))
        sizes = {skill: (sums[skill][ends] - sums[skill][begins]) / known for skill in touched}
        until = self._days[ends] if ends < len(self._days) else None
        return _Shift(self._days[begins], until, sizes, 1 / sqrt(known))

    def take_out(self, shift: _Shift) -> None:
        """The marks are as they would have been without the change."""
        begins = self._days.index(shift.begins)
        ends = len(self._days) if shift.ends is None else self._days.index(shift.ends)
        for skill, size in shift.sizes.items():
            self._marks[skill] = [
                mark - size * (begins <= place < ends)
                for mark, place in zip(self._marks[skill], self._place, strict=True)
            ]

    def _windows(self) -> Iterator[tuple[int, int]]:
        last = len(self._days)
        for begins in range(_BEFORE, last - _SHORTEST + 1):
            yield begins, last
            lengths = range(_SHORTEST, min(_LONGEST, last - _AFTER - begins) + 1)
            yield from ((begins, begins + length) for length in lengths)

    def _known(self, window: tuple[int, int]) -> float:
        """How much a change of one skill in these texts would show: the inverse of its variance."""
        skills = len(self._marks)
        differing, mean = (corners.within(*window) for corners in self._corners)
        return differing * (1 - 1 / skills) + mean / skills

    def _weighted(self) -> dict[str, list[float]]:
        """Each skill's marks as far as they differ from what was to be expected, weighted by how sure they are."""
        mean = [sum(column) / len(self._marks) for column in zip(*self._marks.values(), strict=True)]
        common = _times(self._mean, mean)
        return {
            skill: [
                own + shared
                for own, shared in zip(
                    _times(self._differing, [mark - each for mark, each in zip(marks, mean, strict=True)]),
                    common,
                    strict=True,
                )
            ]
            for skill, marks in self._marks.items()
        }

    def _by_day(self, row: Sequence[float]) -> list[float]:
        sums = [0.0] * len(self._days)
        for place, value in zip(self._place, row, strict=True):
            sums[place] += value
        return sums

    def _day_sums(self, matrix: Matrix) -> Matrix:
        columns = [self._by_day(row) for row in matrix]
        return [self._by_day(column) for column in zip(*columns, strict=True)]


class _Corners:
    """Sums over squares on the diagonal of a symmetric matrix, each from four numbers."""

    def __init__(self, matrix: Matrix) -> None:
        self._sums: Matrix = [[0.0] * (len(matrix) + 1)]
        for row in matrix:
            above = self._sums[-1]
            self._sums.append([old + new for old, new in zip(above, [0.0, *accumulate(row)], strict=True)])

    def within(self, first: int, end: int) -> float:
        """The sum over the rows and columns from `first` to before `end`."""
        sums = self._sums
        return sums[end][end] - sums[first][end] - sums[end][first] + sums[first][first]


def _odds(told: float, known: float) -> float:
    """How many times likelier it is that the skill moved (upwards) than that it did not."""
    if told <= 0:
        return 0.0
    shrunk = 1 + known * _SHIFT_SD**2
    ratio = exp(min(500.0, 0.5 * told**2 * _SHIFT_SD**2 / shrunk - 0.5 * log(shrunk)))
    return 2 * ratio * _TOUCHED / (1 - _TOUCHED)


def _covariance(one: Observation, other: Observation, since: float) -> float:
    """Of two marks of one skill, before anything of the student is known but when the first was."""
    first, second = sorted((one.day - since, other.day - since))
    found = PRIOR_LEVEL_SD**2 + DRIFT_SD**2 * first * second + _WANDER**2 * first
    found += _GENRE_SD**2 * (one.genre == other.genre)
    found += SELF_SD**2 * (one.judged_by == other.judged_by == "self")
    return found + (_NOISE * UNSURENESS[one.judged_by]) ** 2 * (one is other)


def _times(matrix: Matrix, vector: Sequence[float]) -> list[float]:
    return [sum([a * b for a, b in zip(row, vector, strict=True)]) for row in matrix]


def _inverse(matrix: Matrix) -> Matrix:
    """Of a positive definite matrix, by Gauss and Jordan; no pivot can be 0."""
    size = len(matrix)
    rows = [[*row, *[float(place == column) for column in range(size)]] for place, row in enumerate(matrix)]
    for place in range(size):
        pivot = rows[place][place]
        chosen = rows[place] = [value / pivot for value in rows[place]]
        for other, row in enumerate(rows):
            factor = row[place]
            if other != place and factor:
                rows[other] = [value - factor * each for value, each in zip(row, chosen, strict=True)]
    return [row[size:] for row in rows]
