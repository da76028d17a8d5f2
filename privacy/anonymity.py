"""
Tables about people: how well they hide them (`measure`), and three ways to hide them better.

`mondrian` cuts a table into small classes, `full_domain` raises whole columns to a coarser level,
`suppress_small_cells` takes counts out of a table with totals. None of them has a proof like that of noise: whoever
knows enough about a person may still recognise them. What leaves an installation goes through `privacy.queries`;
these are for tables that stay among people who may see them, and for exports that an administrator decides on.
"""

from scribetree.privacy._cells import Cell, SuppressedTable, suppress_small_cells
from scribetree.privacy._full_domain import Generalised, Hierarchy, full_domain
from scribetree.privacy._measures import Columns, Measures, Table, measure
from scribetree.privacy._mondrian import Anonymised, mondrian

__all__ = [
    "Anonymised",
    "Cell",
    "Columns",
    "Generalised",
    "Hierarchy",
    "Measures",
    "SuppressedTable",
    "Table",
    "full_domain",
    "measure",
    "mondrian",
    "suppress_small_cells",
]
