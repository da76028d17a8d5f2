"""Tables of counts with their totals, in which no small count can be read or worked out."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribetree.errors import InvalidInput, Withheld

__all__ = ["Cell", "SuppressedTable", "suppress_small_cells"]

Cell = tuple[int, int]
_Node = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SuppressedTable:
    """A table of counts without its `small` cells, and without the `complementary` ones that would give them away."""

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int, ...]
    small: frozenset[Cell]
    complementary: frozenset[Cell]


def suppress_small_cells(counts: Sequence[Sequence[int]], *, floor: int) -> SuppressedTable:
    """
    The counts and their totals, without the cells from 1 to `floor` - 1 and enough others to hide them.

    A hidden cell follows from the totals exactly when it lies on no circle of hidden cells, going from row to column
    and back (Gusfield 1988). Each is put on a circle of cells above zero, the cheapest one; so each could be at least
    one more or one less. How near the bounds of a hidden cell lie is not limited further.
    Withheld where no circle is left: then the totals, too, would say too much.
    """
    if not counts or not counts[0] or any(len(row) != len(counts[0]) or min(row) < 0 for row in counts):
        raise InvalidInput("The table must be rows of equal length, of counts from 0.", hint="Fill gaps with 0.")
    small = {cell for cell, count in _cells(counts) if 0 < count < floor}
    hidden = set(small)
    for cell in sorted(small):
        hidden |= _circle(counts, cell, hidden)
    return SuppressedTable(
        cells=tuple(
            tuple(None if (row, column) in hidden else count for column, count in enumerate(line))
            for row, line in enumerate(counts)
        ),
        row_totals=tuple(map(sum, counts)),
        column_totals=tuple(map(sum, zip(*counts, strict=True))),
        small=frozenset(small),
        complementary=frozenset(hidden - small),
    )


def _cells(counts: Sequence[Sequence[int]]) -> Iterator[tuple[Cell, int]]:
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            yield (row, column), count


def _circle(counts: Sequence[Sequence[int]], cell: Cell, hidden: set[Cell]) -> set[Cell]:
    """The cells of the cheapest way from the cell's row to its column that does not use the cell itself (Dijkstra)."""
    start, goal = ("row", cell[0]), ("column", cell[1])
    waiting: list[tuple[int, _Node, tuple[Cell, ...]]] = [(0, start, ())]
    done: set[_Node] = set()
    while waiting:
        cost, node, way = heapq.heappop(waiting)
        if node == goal:
            return set(way)
        if node not in done:
            done.add(node)
            for step in _steps(counts, node):
                if step != cell and counts[step[0]][step[1]] > 0:
                    price = 0 if step in hidden else counts[step[0]][step[1]]
                    heapq.heappush(waiting, (cost + price, _other_end(step, node), (*way, step)))
    raise Withheld(
        "A small count in this table could be worked out from the totals, whatever else is left out.",
        hint="Merge rows or columns, or publish the table without its totals.",
    )


def _steps(counts: Sequence[Sequence[int]], node: _Node) -> list[Cell]:
    kind, place = node
    if kind == "row":
        return [(place, column) for column in range(len(counts[0]))]
    return [(row, place) for row in range(len(counts))]


def _other_end(cell: Cell, node: _Node) -> _Node:
    return ("column", cell[1]) if node[0] == "row" else ("row", cell[0])
