"""
How much AI help a student has earned: the one table that every tool reads.

Four levels. Each has a row: what it permits, and what it asks of one reflection (quality, depth, authenticity, and
places in the draft that it points to) and of a student's standing over time (the score of the ai-validator). Three laws
hold and are tested: more of anything never lowers the level, a level rises one step at a time, and a degraded answer
raises nothing. docs/cards/access.md is this table in words; a test holds the two together.
"""

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = [
    "LEVELS",
    "TABLE",
    "AccessLevel",
    "Help",
    "Row",
    "earned",
    "missing",
    "permits",
    "row",
    "stepped",
    "trusted_depth",
]

AccessLevel = Literal["restricted", "basic", "standard", "enhanced"]
LEVELS: tuple[AccessLevel, ...] = get_args(AccessLevel)
Help = Literal["explanation", "question", "feedback", "assistance"]


@dataclass(frozen=True, slots=True)
class Row:
    """
    One level: what it permits and the least that it asks for.

    `quality`, `authenticity` and `standing` are 0 to 100, `depth` 0 to 4, `places` sentences of the draft. Answers and
    finished text are permitted on no level.
    """

    level: AccessLevel
    permits: tuple[Help, ...]
    says: str
    quality: int
    depth: int
    authenticity: int
    places: int
    standing: float


TABLE = (
    Row("restricted", ("explanation",), "explanations of a concept", 0, 0, 0, 0, 0.0),
    Row(
        "basic",
        ("explanation", "question", "feedback"),
        "also questions about the draft and feedback on a named place in it",
        60,
        2,
        50,
        0,
        45.0,
    ),
    Row(
        "standard",
        ("explanation", "question", "feedback", "assistance"),
        "also help with planning and revising, as steps the student takes",
        75,
        3,
        70,
        1,
        65.0,
    ),
    Row(
        "enhanced",
        ("explanation", "question", "feedback", "assistance"),
        "the same help at the student's own choice and pace, without a reflection before each request",
        90,
        4,
        85,
        2,
        85.0,
    ),
)


def row(level: AccessLevel) -> Row:
    """The row of a level."""
    return TABLE[LEVELS.index(level)]


def permits(level: AccessLevel, kind: Help) -> bool:
    """Whether help of this kind may be given on this level."""
    return kind in row(level).permits


def earned(*, quality: float, depth: int | None, authenticity: float, places: int) -> AccessLevel:
    """The highest level whose every condition one reflection meets; without a depth, restricted."""
    if depth is None:
        return "restricted"
    reached: list[AccessLevel] = [level for level in LEVELS if not missing(level, quality, depth, authenticity, places)]
    return reached[-1]


def trusted_depth(depth: int, authenticity: float) -> int:
    """`depth`, cut to what the authenticity can carry: below the conditions of every level, to telling (1)."""
    carried = max((each.depth for each in TABLE if authenticity >= each.authenticity), default=0)
    return min(depth, max(1, carried))


def missing(level: AccessLevel, quality: float, depth: int | None, authenticity: float, places: int) -> tuple[str, ...]:
    """The names of the conditions of `level` that are not met: quality, depth, authenticity, places."""
    asked = row(level)
    reached = {
        "quality": quality >= asked.quality,
        "depth": (depth or 0) >= asked.depth,
        "authenticity": authenticity >= asked.authenticity,
        "places": places >= asked.places,
    }
    return tuple(name for name, is_met in reached.items() if not is_met)


def stepped(current: AccessLevel, supported: AccessLevel, *, degraded: bool = False) -> AccessLevel:
    """The level after `current`: up by one at most, down by any number, and never up on a degraded answer."""
    ceiling = LEVELS.index(current) + (0 if degraded else 1)
    return LEVELS[min(LEVELS.index(supported), ceiling)]
