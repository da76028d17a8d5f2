"""How well a table hides the people in it: k-anonymity, l-diversity and t-closeness, in one pass over the rows."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log
from typing import Any, cast

from scribetree.errors import InvalidInput

__all__ = ["Columns", "Measures", "Spread", "Table", "columns_of", "measure", "spread_of"]

Table = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]
"""Columns by name (also a data frame), or rows that map names to values."""

Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Measures:
    """
    What one table keeps to; of several sensitive columns, the worst.

    `t` is the ordered distance where all sensitive values are numbers, else the equal one; `t_ordered` is None where
    the values have no order.
    """

    k: int
    l: int  # noqa: E741 - the measure's name
    t: float
    entropy_l: float
    t_equal: float
    t_ordered: float | None
    classes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How one sensitive column is spread over the whole table, ready to be compared with classes."""

    rank: dict[Hashable, int]
    share: list[float]
    below: list[float]
    below_sums: list[float]
    is_ordered: bool

    def equal_distance(self, held: Mapping[Hashable, int]) -> float:
        """The variational distance of one class from the whole: what its shares have too much, added up."""
        size = sum(held.values())
        return sum(max(0.0, count / size - self.share[self.rank[value]]) for value, count in held.items())

    def ordered_distance(self, held: Mapping[Hashable, int]) -> float:
        """The earth mover's distance over ranks; between two values of the class only the whole's shares change."""
        if len(self.share) == 1:
            return 0.0
        size, reached, start, moved = sum(held.values()), 0, 0, 0.0
        for rank, count in sorted((self.rank[value], count) for value, count in held.items()):
            moved += self._moved(reached / size, start, rank)
            reached, start = reached + count, rank
        return (moved + self._moved(1.0, start, len(self.share))) / (len(self.share) - 1)

    def _moved(self, level: float, start: int, stop: int) -> float:
        """The sum of |level - share below or at i| for i from `start` to `stop`, by prefix sums."""
        turn = min(max(bisect_left(self.below, level, start, stop), start), stop)
        under = level * (turn - start) - (self.below_sums[turn] - self.below_sums[start])
        return under + (self.below_sums[stop] - self.below_sums[turn]) - level * (stop - turn)


def measure(table: Table, quasi: Sequence[str], sensitive: str | Sequence[str]) -> Measures:
    """
    The k, l and t of `table`, whose classes are the rows that agree on all `quasi` columns.

    The order of rows, and a data frame's index, do not matter. An empty table raises InvalidInput.
    """
    columns = columns_of(table)
    names = [sensitive] if isinstance(sensitive, str) else list(sensitive)
    _check(columns, quasi, names)
    keys = [columns[name] for name in quasi]
    found = [_measure_one(keys, columns[name]) for name in names]
    ordered = [each.t_ordered for each in found if each.t_ordered is not None]
    return Measures(
        k=found[0].k,
        l=min(each.l for each in found),
        t=max(each.t for each in found),
        entropy_l=min(each.entropy_l for each in found),
        t_equal=max(each.t_equal for each in found),
        t_ordered=max(ordered) if len(ordered) == len(found) else None,
        classes=found[0].classes,
        rows=found[0].rows,
    )


def columns_of(table: Table) -> Columns:
    """The table as lists by column name."""
    if hasattr(table, "keys"):
        by_name = cast("Mapping[str, Iterable[Any]]", table)  # a data frame is none, and has its keys
        return {name: list(by_name[name]) for name in by_name}
    rows = list(cast("Iterable[Mapping[str, Any]]", table))
    if not rows:
        return {}
    try:
        return {name: [row[name] for row in rows] for name in rows[0]}
    except KeyError:
        raise InvalidInput("Not every row has the same columns.", hint="Give each row a value, or None.") from None


def spread_of(values: Sequence[Hashable]) -> Spread:
    """The spread of one sensitive column."""
    counts = Counter(values)
    is_ordered = all(isinstance(value, int | float) for value in counts)
    distinct = sorted(cast("Any", counts)) if is_ordered else list(counts)
    share = [counts[value] / len(values) for value in distinct]
    below = list(accumulate(share))
    rank = {value: place for place, value in enumerate(distinct)}
    return Spread(rank, share, below, list(accumulate(below, initial=0.0)), is_ordered)


def _measure_one(keys: Sequence[Sequence[Hashable]], values: Sequence[Hashable]) -> Measures:
    spread = spread_of(values)
    classes: dict[tuple[Hashable, ...], dict[Hashable, int]] = {}
    for (*key, value), count in Counter(zip(*keys, values, strict=True)).items():
        classes.setdefault(tuple(key), {})[value] = count
    held = classes.values()
    t_equal = max(map(spread.equal_distance, held))
    t_ordered = max(map(spread.ordered_distance, held)) if spread.is_ordered else None
    return Measures(
        k=min(sum(each.values()) for each in held),
        l=min(map(len, held)),
        t=t_equal if t_ordered is None else t_ordered,
        entropy_l=min(map(_effective_values, held)),
        t_equal=t_equal,
        t_ordered=t_ordered,
        classes=len(classes),
        rows=len(values),
    )


def _effective_values(held: Mapping[Hashable, int]) -> float:
    """The exponential of the entropy: as many equally frequent values would be as hard to guess."""
    size = sum(held.values())
    return exp(-sum(count / size * log(count / size) for count in held.values()))


def _check(columns: Columns, quasi: Sequence[str], sensitive: Sequence[str]) -> None:
    named = [*quasi, *sensitive]
    if not quasi or not sensitive or any(name not in columns for name in named):
        raise InvalidInput(
            "The table is empty, or lacks a column that was named.",
            hint="Name at least one quasi-identifier and one sensitive column of the table.",
        )
    lengths = {len(columns[name]) for name in named}
    if len(lengths) != 1 or 0 in lengths:
        raise InvalidInput("The columns are empty, or not equally long.", hint="Give one value a row in each.")
