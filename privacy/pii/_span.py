"""A stretch of personal data, by offsets into the text as it was given."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

__all__ = ["DISCLOSURES", "Label", "Span", "replaced", "settled"]

Label = Literal[
    "NAME",
    "EMAIL",
    "PHONE",
    "URL_PERSONAL",
    "ID_NUM",
    "USERNAME",
    "STREET_ADDRESS",
    "DATE_OF_BIRTH",
    "SSN",
    "CREDIT_CARD",
    "BANK_ACCOUNT",
    "IP_ADDRESS",
    "HEALTH",
    "FAMILY",
]

DISCLOSURES: frozenset[Label] = frozenset({"HEALTH", "FAMILY"})
"""What a student tells about a life, rather than what says whose life it is."""

# Where two readings of the same characters meet, the earlier one stands: an address holds a name of a street,
# an e-mail address a user name, and a checksum is better evidence than a layout.
_PRECEDENCE: tuple[Label, ...] = (
    "EMAIL",
    "URL_PERSONAL",
    "CREDIT_CARD",
    "BANK_ACCOUNT",
    "STREET_ADDRESS",
    "DATE_OF_BIRTH",
    "IP_ADDRESS",
    "SSN",
    "ID_NUM",
    "PHONE",
    "USERNAME",
    "NAME",
    "HEALTH",
    "FAMILY",
)
_RANK = {label: rank for rank, label in enumerate(_PRECEDENCE)}


class Span(NamedTuple):
    """The characters from `start` up to and not including `end` are personal data of the kind `label`."""

    start: int
    end: int
    label: Label
    confidence: float


def replaced(text: str, spans: Iterable[Span], stand_in: Callable[[Span], str]) -> str:
    """`text` with what `stand_in` gives in place of each of the ordered `spans`."""
    pieces: list[str] = []
    done = 0
    for span in spans:
        pieces += (text[done : span.start], stand_in(span))
        done = span.end
    return "".join((*pieces, text[done:]))


def settled(found: Iterable[Span]) -> list[Span]:
    """The spans in order, no two of which overlap: of two that meet, the one with the stronger label stays."""
    kept: list[Span] = []
    for span in sorted(found):
        if span.start >= span.end:
            continue
        if kept and span.start < kept[-1].end:
            kept[-1], rest = _contest(kept[-1], span)
            kept.extend(rest)
        else:
            kept.append(span)
    return kept


def _contest(first: Span, second: Span) -> tuple[Span, list[Span]]:
    """The winner of two overlapping spans, and what is left of a disclosure that reaches past it."""
    winner = min(first, second, key=lambda span: (_RANK[span.label], -(span.end - span.start)))
    loser = second if winner is first else first
    if loser.label in DISCLOSURES and loser.end > winner.end and winner is first:
        return winner, [loser._replace(start=winner.end)]
    if loser.label in DISCLOSURES and loser.start < winner.start:
        return loser._replace(end=winner.start), [winner]
    return winner, []
