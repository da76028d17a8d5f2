"""The argument types of the strategy tools, each bounded, and the answers that several of them share."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from scribetree.privacy.context import RequesterType
from scribetree.privacy.guard import EDUCATORS

__all__ = [
    "PLANNERS",
    "Day",
    "EntryId",
    "Ids",
    "Limit",
    "Line",
    "Lines",
    "Listing",
    "Months",
    "Paragraph",
    "Percent",
    "Row",
    "Score",
    "VersionSeen",
    "bounded_rows",
]

PLANNERS: frozenset[RequesterType] = EDUCATORS
"""Who may read and write the plan."""

_ID = r"^[a-z]+-[a-z0-9-]{1,60}$"

EntryId = Annotated[str, Field(min_length=3, max_length=64, pattern=_ID, description="As given when it was stored.")]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Paragraph = Annotated[str, Field(max_length=4_000)]
Lines = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=30)]
Ids = Annotated[list[EntryId], Field(max_length=100)]
Day = Annotated[date, Field(json_schema_extra={"maxLength": 10})]
Percent = Annotated[float, Field(ge=0, le=100)]
Score = Annotated[int, Field(ge=1, le=10)]
Months = Annotated[int, Field(ge=1, le=60, description="Months ahead.")]
Limit = Annotated[int, Field(ge=1, le=200)]
VersionSeen = Annotated[
    int, Field(ge=1, description="The version that the change was made from: a newer one is not overwritten.")
]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list."""

    id: str
    title: str
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries, newest first, and how many there are in all."""

    rows: tuple[Row, ...]
    total: int


def bounded_rows(rows: list[Row], limit: int) -> Listing:
    """The last `limit` of the rows, newest first."""
    return Listing(tuple(reversed(rows[-limit:])), len(rows))
