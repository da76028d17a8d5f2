"""
By when something has to be done, as laws count: days, months, business days, hours.

Days, months and business days end with the end of a day where the school is, whatever the clocks did that night;
hours are counted in UTC. A month ends on the same date of the next month, or on its last day where there is no such
date (Regulation 1182/71, Art. 3); a period of it that would end on a free day ends on the next business day.
"""

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from scribetree.errors import UnknownName

__all__ = ["EVERYWHERE", "TERMS", "Term", "due"]

EVERYWHERE = ZoneInfo("UTC")
"""The zone of a school that has named none."""

_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Term:
    """How long somebody has for something, and where that is written."""

    name: str
    amount: int
    unit: Literal["hours", "days", "business_days", "months"]
    source: str
    moves_to_business_day: bool = False


TERMS: Mapping[str, Term] = {
    term.name: term
    for term in (
        Term("ferpa_access", 45, "days", "34 CFR 99.10(b)"),
        Term("gdpr_request", 1, "months", "GDPR Art. 12(3)", moves_to_business_day=True),
        Term("gdpr_request_extended", 3, "months", "GDPR Art. 12(3)", moves_to_business_day=True),
        Term("gdpr_breach_authority", 72, "hours", "GDPR Art. 33(1)"),
        Term("ccpa_acknowledge", 10, "business_days", "11 CCR 7021(a)"),
        Term("ccpa_request", 45, "days", "Cal. Civ. Code 1798.130(a)(2)"),
        Term("ccpa_opt_out", 15, "business_days", "11 CCR 7026(f)"),
        Term("pipeda_access", 30, "days", "PIPEDA Sch. 1, 4.9; s. 8(3)"),
        Term("ny2d_breach_agency", 7, "days", "8 NYCRR 121.10(a)"),
        Term("deletion_grace", 30, "days", "the origin's retention rules"),
    )
}


def due(
    term: str,
    since: datetime,
    *,
    zone: ZoneInfo = EVERYWHERE,
    holidays: Collection[date] = frozenset(),
) -> datetime:
    """The moment, in UTC, at which the term that began at `since` has run out."""
    known = TERMS.get(term)
    if known is None:
        raise UnknownName.of("term", term, TERMS)
    if known.unit == "hours":
        return since.astimezone(UTC) + timedelta(hours=known.amount)
    last = _last_day(known, since.astimezone(zone).date(), holidays)
    if known.moves_to_business_day:
        last = _business_day_from(last, holidays)
    return datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)


def _last_day(term: Term, first: date, holidays: Collection[date]) -> date:
    if term.unit == "months":
        return _months_later(first, term.amount)
    if term.unit == "days":
        return first + timedelta(days=term.amount)
    day = first
    for _ in range(term.amount):
        day = _business_day_from(day + timedelta(days=1), holidays)
    return day


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _business_day_from(day: date, holidays: Collection[date]) -> date:
    while day.weekday() in _WEEKEND or day in holidays:
        day += timedelta(days=1)
    return day
