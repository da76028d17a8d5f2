"""Strict Mondrian (LeFevre, DeWitt and Ramakrishnan 2006): classes cut at medians, as small as they may be."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_
from typing import Any

from scribetree.errors import InvalidInput
from scribetree.privacy._measures import Columns, Table, columns_of, spread_of

__all__ = ["Anonymised", "mondrian"]

_Fits = Callable[[list[int]], bool]
_Part = tuple[list[int], list[list[int]]]
"""Row numbers, and the codes of those rows column by column: cheaper to carry along than to look up."""


@dataclass(frozen=True, slots=True)
class Anonymised:
    """A table whose quasi-identifiers were made coarser; `classes` holds the row numbers of each class."""

    table: Columns
    classes: list[list[int]]


def mondrian(
    table: Table,
    quasi: Sequence[str],
    *,
    k: int,
    sensitive: str | None = None,
    l: int = 1,  # noqa: E741 - the measure's name
    t: float = 1.0,
) -> Anonymised:
    """
    The table with every class at least `k` rows large, and `l`-diverse and `t`-close in `sensitive` if that is named.

    A value becomes the range of its class: `20..29` for numbers, `art|music` for words. InvalidInput where even the
    whole table does not fit, which is then the only honest answer.
    """
    columns = columns_of(table)
    coded = [_codes(columns[name]) for name in quasi]
    rows = list(range(len(columns[quasi[0]])))
    fits = _rule(columns[sensitive] if sensitive else None, k=k, l=l, t=t)
    if not rows or not fits(rows):
        raise InvalidInput(
            "Even the whole table as one class does not fit.", hint="Ask for a smaller k or l, or more t."
        )
    classes = _cut(rows, coded, fits, k)
    return Anonymised(_coarse(columns, quasi, classes), classes)


def _codes(values: Sequence[Any]) -> list[int]:
    """Each value's place in the order of the column's values: numbers before words."""
    distinct = sorted(set(values), key=lambda value: (isinstance(value, str), value))
    place = {value: code for code, value in enumerate(distinct)}
    return [place[value] for value in values]


def _rule(sensitive: Sequence[Any] | None, *, k: int, l: int, t: float) -> _Fits:  # noqa: E741
    if sensitive is None:
        return lambda rows: len(rows) >= k
    spread = spread_of(sensitive)
    distance = spread.ordered_distance if spread.is_ordered else spread.equal_distance

    def fits(rows: list[int]) -> bool:
        if len(rows) < k:
            return False
        held = Counter([sensitive[row] for row in rows])
        return len(held) >= l and (t >= 1 or distance(held) <= t)

    return fits


def _cut(rows: list[int], coded: Sequence[list[int]], fits: _Fits, k: int) -> list[list[int]]:
    """The classes that cannot be cut any further."""
    widths = [max(codes) or 1 for codes in coded]
    classes: list[list[int]] = []
    waiting: list[_Part] = [(rows, list(coded))]
    while waiting:
        part = waiting.pop()
        halves = _halves(part, widths, fits) if len(part[0]) >= 2 * k else None
        if halves:
            waiting += halves
        else:
            classes.append(part[0])
    return classes


def _halves(part: _Part, widths: Sequence[int], fits: _Fits) -> tuple[_Part, _Part] | None:
    """`part` cut at the median of the column in which it is widest, or of the next one where that is not allowed."""
    rows, columns = part
    ranges = [(max(column) - min(column)) / width for column, width in zip(columns, widths, strict=True)]
    for chosen in sorted(range(len(ranges)), key=ranges.__getitem__, reverse=True):
        if ranges[chosen] == 0:
            return None
        middle = _below_median(columns[chosen])
        is_low = [code <= middle for code in columns[chosen]]
        is_high = list(map(not_, is_low))
        low, high = list(compress(rows, is_low)), list(compress(rows, is_high))
        if fits(low) and fits(high):
            return (low, _taken(columns, is_low)), (high, _taken(columns, is_high))
    return None


def _taken(columns: Sequence[list[int]], mask: Sequence[bool]) -> list[list[int]]:
    return [list(compress(column, mask)) for column in columns]


def _below_median(codes: list[int]) -> int:
    """The largest code of the lower half; where that is the largest of all, the largest below it."""
    ordered = sorted(codes)
    middle = ordered[(len(ordered) - 1) // 2]
    return middle if middle < ordered[-1] else max(code for code in ordered if code < middle)


def _coarse(columns: Columns, quasi: Sequence[str], classes: list[list[int]]) -> Columns:
    coarse = dict(columns)
    for name in quasi:
        values = columns[name]
        made: list[Any] = [None] * len(values)
        for members in classes:
            label = _label({values[row] for row in members})
            for row in members:
                made[row] = label
        coarse[name] = made
    return coarse


def _label(values: set[Any]) -> object:
    if len(values) == 1:
        return next(iter(values))
    if any(isinstance(value, str) for value in values):
        return "|".join(sorted(map(str, values)))
    return f"{min(values)}..{max(values)}"
