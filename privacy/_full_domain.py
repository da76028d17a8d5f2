"""Full-domain generalisation: one level of each hierarchy for the whole table, the least lossy that fits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scribetree.errors import InvalidInput
from scribetree.privacy._measures import Columns, Spread, Table, columns_of, spread_of

__all__ = ["Generalised", "Hierarchy", "full_domain"]

Hierarchy = Mapping[Any, Sequence[Any]]
"""Each value with itself at its levels, from as it is to the coarsest, such as 17: (17, "15-19", "10-19", "*")."""

_Ladders = Sequence[Sequence[dict[Any, Any]]]
"""For each column and each of its levels, what becomes of each value."""

_SUPPRESSED = "*"
_MAX_NODES = 200_000


@dataclass(frozen=True, slots=True)
class Generalised:
    """
    The table at `levels`, with the rows of classes that do not fit blotted out.

    `loss` is the sum of the squared class sizes, those classes included (DM*, as ARX reports it).
    """

    table: Columns
    levels: tuple[int, ...]
    loss: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class _Rule:
    k: int
    l: int  # noqa: E741 - the measure's name
    t: float
    spread: Spread | None

    def fits(self, held: Mapping[Any, int]) -> bool:
        if sum(held.values()) < self.k:
            return False
        if self.spread is None:
            return True
        distance = self.spread.ordered_distance if self.spread.is_ordered else self.spread.equal_distance
        return len(held) >= self.l and (self.t >= 1 or distance(held) <= self.t)


def full_domain(
    table: Table,
    hierarchies: Mapping[str, Hierarchy],
    *,
    k: int,
    sensitive: str | None = None,
    l: int = 1,  # noqa: E741 - the measure's name
    t: float = 1.0,
    suppression_limit: float = 0.0,
) -> Generalised:
    """
    The table at the levels with the smallest loss at which at most `suppression_limit` of the rows do not fit.

    The search goes down from the coarsest levels. It leaves out what lies below levels that hold too many rows in
    classes smaller than `k`, since finer classes are smaller still; all else is looked at, because closeness has no
    such order. InvalidInput where no levels fit.
    """
    columns = columns_of(table)
    names = list(hierarchies)
    ladders = [_ladders(hierarchies[name], columns[name]) for name in names]
    values = columns[sensitive] if sensitive else [None] * len(columns[names[0]])
    rule = _Rule(k, l, t, spread_of(values) if sensitive else None)
    distinct = _Distinct.of([columns[name] for name in names], values)
    best = _search(distinct, ladders, rule, int(suppression_limit * len(values)))
    return _applied(columns, names, ladders, rule, values, best)


@dataclass(frozen=True, slots=True)
class _Distinct:
    """The different rows, column by column, with how often each occurs."""

    columns: list[tuple[Any, ...]]
    values: tuple[Any, ...]
    counts: list[int]

    @classmethod
    def of(cls, columns: Sequence[Sequence[Any]], values: Sequence[Any]) -> "_Distinct":
        counted = Counter(zip(*columns, values, strict=True))
        *parts, last = zip(*counted, strict=True)
        return cls(parts, last, list(counted.values()))

    def keys(self, ladders: _Ladders, levels: tuple[int, ...]) -> list[tuple[Any, ...]]:
        """The class of each different row at `levels`."""
        steps = [ladder[level] for ladder, level in zip(ladders, levels, strict=True)]
        coarse = [map(step.__getitem__, column) for step, column in zip(steps, self.columns, strict=True)]
        return list(zip(*coarse, strict=True))


def _ladders(hierarchy: Hierarchy, column: Sequence[Any]) -> list[dict[Any, Any]]:
    """For each level, what becomes of each value of the column."""
    try:
        used = {value: hierarchy[value] for value in set(column)}
    except KeyError:
        raise InvalidInput(
            "A value of the table is not in its hierarchy.", hint="Give every value its levels."
        ) from None
    heights = {len(levels) for levels in used.values()}
    if len(heights) != 1:
        raise InvalidInput("The values of a hierarchy have different heights.", hint="Give each the same levels.")
    return [{value: levels[level] for value, levels in used.items()} for level in range(heights.pop())]


def _search(distinct: _Distinct, ladders: _Ladders, rule: _Rule, limit: int) -> tuple[int, ...]:
    """The levels of the smallest loss that fit; of equals, the first in order."""
    top = tuple(len(ladder) - 1 for ladder in ladders)
    waiting, seen = [top], {top}
    found: list[tuple[int, tuple[int, ...]]] = []
    while waiting and len(seen) <= _MAX_NODES:
        levels = waiting.pop()
        keys = distinct.keys(ladders, levels)
        sizes = _sizes(keys, distinct.counts)
        if sum(size for size in sizes.values() if size < rule.k) > limit:
            continue
        if rule.spread is None or _misfits(keys, distinct, rule) <= limit:
            found.append((sum(size**2 for size in sizes.values()), levels))
        below = [each for each in _below(levels) if each not in seen]
        seen.update(below)
        waiting += below
    if not found or waiting:
        raise InvalidInput("No levels of the hierarchies fit.", hint="Allow more suppression, or ask for less.")
    return min(found)[1]


def _below(levels: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [(*levels[:place], level - 1, *levels[place + 1 :]) for place, level in enumerate(levels) if level > 0]


def _sizes(keys: Sequence[tuple[Any, ...]], counts: Sequence[int]) -> dict[tuple[Any, ...], int]:
    sizes: dict[tuple[Any, ...], int] = {}
    for key, count in zip(keys, counts, strict=True):
        sizes[key] = sizes.get(key, 0) + count
    return sizes


def _misfits(keys: Sequence[tuple[Any, ...]], distinct: _Distinct, rule: _Rule) -> int:
    """How many rows are in classes that do not fit."""
    classes: dict[tuple[Any, ...], dict[Any, int]] = {}
    for key, value, count in zip(keys, distinct.values, distinct.counts, strict=True):
        held = classes.setdefault(key, {})
        held[value] = held.get(value, 0) + count
    return sum(sum(held.values()) for held in classes.values() if not rule.fits(held))


def _applied(
    columns: Columns,
    names: Sequence[str],
    ladders: _Ladders,
    rule: _Rule,
    values: Sequence[Any],
    levels: tuple[int, ...],
) -> Generalised:
    steps = [ladder[level] for ladder, level in zip(ladders, levels, strict=True)]
    coarse = [[step[value] for value in columns[name]] for name, step in zip(names, steps, strict=True)]
    keys = list(zip(*coarse, strict=True))
    classes: dict[tuple[Any, ...], Counter[Any]] = {}
    for key, value in zip(keys, values, strict=True):
        classes.setdefault(key, Counter())[value] += 1
    open_classes = {key for key, held in classes.items() if rule.fits(held)}
    made = dict(columns)
    for place, name in enumerate(names):
        made[name] = [key[place] if key in open_classes else _SUPPRESSED for key in keys]
    suppressed = sum(key not in open_classes for key in keys)
    loss = sum(held.total() ** 2 for held in classes.values())
    return Generalised(made, levels, loss, suppressed)
