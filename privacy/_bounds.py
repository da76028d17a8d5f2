"""Rows made safe to add up: so many of each student, each value between two bounds that do not depend on the rows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from scribetree.errors import InvalidInput

__all__ = ["GRID", "Bounds", "Row", "kept_rows"]

GRID = 2**20
"""Steps from the middle of the bounds to either: noise is drawn on them, so that sums are exact."""

_MAX_ROWS = 1_000_000
_MAX_MAGNITUDE = 1e12
_MAX_VALUE = 1e300


@dataclass(frozen=True, slots=True)
class Row:
    """One value of one student; `bucket` is its place in time where that is asked about, from 0."""

    student_id: str
    value: float = 1.0
    bucket: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where values lie by their meaning (a score from 0 to 100), never taken from the rows themselves."""

    lower: float
    upper: float

    def __post_init__(self) -> None:
        is_range = isfinite(self.lower) and isfinite(self.upper) and self.lower < self.upper
        if not is_range or self.magnitude > _MAX_MAGNITUDE:
            raise InvalidInput(
                "`lower` must be below `upper`, and both at most 10^12 in size.",
                hint="Give the range that the values can have by their meaning, such as 0 and 100.",
            )

    @property
    def magnitude(self) -> float:
        """The largest size that a value can have."""
        return max(abs(self.lower), abs(self.upper))

    def at(self, place: float) -> float:
        """The value at `place`, from -1 at the lower bound to 1 at the upper one; places beyond are theirs."""
        return self.clamped((self.lower + self.upper) / 2 + (self.upper - self.lower) / 2 * place)

    def clamped(self, value: float) -> float:
        """`value`, or the bound that it lies beyond."""
        return min(max(value, self.lower), self.upper)

    def steps(self, value: float) -> int:
        """
        Where `value` lies between the bounds, as a whole number from -GRID to GRID.

        The division may round as it likes: the noise relies on the whole number and its range alone.
        """
        middle, half = (self.lower + self.upper) / 2, (self.upper - self.lower) / 2
        return min(max(round((self.clamped(value) - middle) / half * GRID), -GRID), GRID)


def kept_rows(rows: Sequence[Row], *, rows_per_student: int) -> list[Row]:
    """
    The first `rows_per_student` rows of each student.

    A value that is no number is refused for the whole group; how many rows were left out is told to nobody.
    """
    if not 1 <= rows_per_student <= 1000:
        raise InvalidInput("`rows_per_student` must be from 1 to 1000.", hint="The fewer, the less noise.")
    if len(rows) > _MAX_ROWS:
        raise InvalidInput(f"More than {_MAX_ROWS} rows are not taken at once.", hint="Ask about a smaller group.")
    taken: defaultdict[str, int] = defaultdict(int)
    kept: list[Row] = []
    for row in rows:
        if not abs(row.value) <= _MAX_VALUE:  # also true of what is not a number
            raise InvalidInput("A value is not a finite number up to 1e300.", hint="Leave out what was not measured.")
        taken[row.student_id] += 1
        if taken[row.student_id] <= rows_per_student:
            kept.append(row)
    return kept
