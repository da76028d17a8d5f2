"""
Made-up rows that look like a table, for demonstrations and development, with no row of it inside.

Each column's counts over its public values are told with noise, and each pair of neighbours' in an order that the
caller gives; then rows are drawn from those counts alone. So the whole table has the epsilon of its noise, whatever is
done with it (Zhang et al. 2014, with a chain instead of a learned network, which would cost epsilon too). Marginals are
kept, and relations between columns next to one another; others are lost. The values that a column can have must be
given: read from the table, a rare one would give its owner away.
"""

import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, product
from typing import Any

from scribetree.errors import InvalidInput
from scribetree.privacy.noise import laplace

__all__ = ["Model", "fit"]

_MAX_CELLS = 100_000
_MAX_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Model:
    """
    What was told about a table: for each column, how often each value follows each value of the column before it.

    The first column follows None.
    """

    values: Mapping[str, tuple[Any, ...]]
    counts: Mapping[str, Mapping[Any, tuple[int, ...]]]
    epsilon: Fraction

    def rows(self, number: int) -> list[dict[str, Any]]:
        """`number` rows drawn from the noisy counts; drawing more costs nothing more."""
        if not 0 <= number <= _MAX_ROWS:
            raise InvalidInput(f"At most {_MAX_ROWS} rows are made at once.", hint="Draw again for more.")
        ladders = {
            name: {before: list(accumulate(counts)) for before, counts in table.items()}
            for name, table in self.counts.items()
        }
        return [self._row(ladders) for _ in range(number)]

    def _row(self, ladders: Mapping[str, Mapping[Any, list[int]]]) -> dict[str, Any]:
        row: dict[str, Any] = {}
        before: Any = None
        for name, values in self.values.items():
            ladder = ladders[name][before]
            before = row[name] = values[bisect_right(ladder, secrets.randbelow(ladder[-1]))]
        return row


def fit(rows: Sequence[Mapping[str, Any]], *, values: Mapping[str, Sequence[Any]], epsilon: Fraction) -> Model:
    """
    A model of `rows`, one a student, over the columns and values named in `values`; it costs `epsilon` in all.

    A row with a value that is not named counts nowhere. Every value stays possible: none is shown to be absent.
    """
    _check(values, epsilon)
    names = list(values)
    share = epsilon / len(names)
    known = [row for row in rows if all(row.get(name) in values[name] for name in names)]
    counts = {
        name: _told(known, before, name, values, share) for before, name in zip((None, *names), names, strict=False)
    }
    return Model({name: tuple(values[name]) for name in names}, counts, epsilon)


def _told(
    rows: Sequence[Mapping[str, Any]],
    before: str | None,
    name: str,
    values: Mapping[str, Sequence[Any]],
    epsilon: Fraction,
) -> dict[Any, tuple[int, ...]]:
    """
    Noisy counts of each value after each value of the column before; one student changes one of them, by one.

    What noise makes negative is zero, and a value that nothing follows any more is followed by all alike.
    """
    true = Counter((row[before] if before else None, row[name]) for row in rows)
    heads = values[before] if before else [None]
    noisy = {pair: max(0, true[pair] + laplace(1 / epsilon)) for pair in product(heads, values[name])}
    told: dict[Any, tuple[int, ...]] = {}
    for head in heads:
        counts = tuple(noisy[head, value] for value in values[name])
        told[head] = counts if any(counts) else (1,) * len(counts)
    return told


def _check(values: Mapping[str, Sequence[Any]], epsilon: Fraction) -> None:
    sizes = [len(set(column)) for column in values.values()]
    if not values or 0 in sizes or any(len(column) != len(set(column)) for column in values.values()):
        raise InvalidInput("Every column needs its possible values, each once.", hint="Give bins for numbers.")
    if sum(one * two for one, two in zip(sizes, [1, *sizes], strict=False)) > _MAX_CELLS:
        raise InvalidInput(f"The columns have more than {_MAX_CELLS} pairs of values.", hint="Use coarser bins.")
    if not Fraction(1, 1000) <= epsilon <= 5:
        raise InvalidInput("Epsilon must be from 0.001 to 5.", hint="Use 1 where nothing speaks for another value.")
