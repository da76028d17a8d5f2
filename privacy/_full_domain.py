"""Full-domain generalisation: one level of each hierarchy for the whole table, the least lossy that fits."""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scribetree.errors import InvalidInput
from scribetree.privacy._measures import Columns, Spread, Table, columns_of, spread_of

__all__ = ["Generalised", "Hierarchy", "full_domain"]

Hierarchy = Mapping[Any, Sequence[Any]]
"""Each value with itself at its levels, from as it is to the coarsest, such as 17: (17, "15-19", "10-19", "*")."""

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

    The loss grows with every level, so levels are tried in the order of their loss and the first that fits is the
    best, whether or not the rule itself is monotone. InvalidInput where no levels fit.
    """
    columns = columns_of(table)
    names = list(hierarchies)
    ladders = [_ladders(hierarchies[name], columns[name]) for name in names]
    values = columns[sensitive] if sensitive else [None] * len(columns[names[0]])
    raw = Counter(zip(*(columns[name] for name in names), values, strict=True))
    rule = _Rule(k, l, t, spread_of(values) if sensitive else None)
    best = _search(raw, ladders, rule, int(suppression_limit * len(values)))
    return _applied(columns, names, ladders, rule, values, best)


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


def _search(
    raw: Mapping[tuple[Any, ...], int], ladders: Sequence[Sequence[dict[Any, Any]]], rule: _Rule, limit: int
) -> tuple[int, ...]:
    start = tuple(0 for _ in ladders)
    waiting = [(_loss(_grouped(raw, ladders, start)), start)]
    seen = {start}
    while waiting and len(seen) <= _MAX_NODES:
        _, levels = heapq.heappop(waiting)
        classes = _grouped(raw, ladders, levels)
        if sum(sum(held.values()) for held in classes.values() if not rule.fits(held)) <= limit:
            return levels
        for above in _above(levels, ladders):
            if above not in seen:
                seen.add(above)
                heapq.heappush(waiting, (_loss(_grouped(raw, ladders, above)), above))
    raise InvalidInput("No levels of the hierarchies fit.", hint="Allow more suppression, or ask for less.")


def _above(levels: tuple[int, ...], ladders: Sequence[Sequence[object]]) -> list[tuple[int, ...]]:
    return [
        (*levels[:place], level + 1, *levels[place + 1 :])
        for place, level in enumerate(levels)
        if level + 1 < len(ladders[place])
    ]


def _grouped(
    raw: Mapping[tuple[Any, ...], int], ladders: Sequence[Sequence[dict[Any, Any]]], levels: tuple[int, ...]
) -> dict[tuple[Any, ...], dict[Any, int]]:
    """The classes at `levels`, each with its sensitive values and their counts."""
    steps = [ladder[level] for ladder, level in zip(ladders, levels, strict=True)]
    classes: dict[tuple[Any, ...], dict[Any, int]] = {}
    for (*key, value), count in raw.items():
        held = classes.setdefault(tuple([step[part] for step, part in zip(steps, key, strict=True)]), {})
        held[value] = held.get(value, 0) + count
    return classes


def _loss(classes: Mapping[tuple[Any, ...], Mapping[Any, int]]) -> int:
    return sum(sum(held.values()) ** 2 for held in classes.values())


def _applied(
    columns: Columns,
    names: Sequence[str],
    ladders: Sequence[Sequence[dict[Any, Any]]],
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
    return Generalised(made, levels, _loss(classes), suppressed)
