"""Deadlines: months that end, years that leap, nights in which clocks change, days that are free."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import UnknownName
from scribetree.privacy.deadlines import TERMS, due

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def last_day(term: str, since: datetime, **more: object) -> date:
    zone = more.get("zone", ZoneInfo("UTC"))
    assert isinstance(zone, ZoneInfo)
    return (due(term, since, **more).astimezone(zone) - timedelta(seconds=1)).date()  # type: ignore[arg-type]


def test_ferpa_gives_forty_five_days() -> None:
    assert last_day("ferpa_access", noon(2026, 1, 1)) == date(2026, 2, 15)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ((2026, 3, 10), date(2026, 4, 10)),
        ((2026, 5, 31), date(2026, 6, 30)),
        ((2024, 1, 31), date(2024, 2, 29)),
        ((2027, 12, 15), date(2028, 1, 17)),  # 15 January 2028 is a Saturday
        ((2026, 1, 31), date(2026, 3, 2)),  # 28 February 2026 is a Saturday
    ],
)
def test_a_month_ends_on_the_same_date_or_the_last_and_never_on_a_free_day(
    asked: tuple[int, int, int], answered: date
) -> None:
    assert last_day("gdpr_request", noon(*asked)) == answered


def test_a_holiday_moves_the_end_of_a_month() -> None:
    assert last_day("gdpr_request", noon(2026, 3, 6), holidays={date(2026, 4, 6)}) == date(2026, 4, 7)


def test_business_days_leave_out_weekends_and_holidays() -> None:
    assert last_day("ccpa_acknowledge", noon(2026, 11, 20), holidays={date(2026, 11, 26)}) == date(2026, 12, 7)


def test_hours_are_counted_through_the_night_in_which_clocks_change() -> None:
    aware = datetime(2026, 3, 28, 20, tzinfo=BERLIN)
    assert due("gdpr_breach_authority", aware) - aware.astimezone(UTC) == timedelta(hours=72)


def test_a_day_ends_at_midnight_where_the_school_is_before_and_after_the_clocks_change() -> None:
    for asked in (datetime(2026, 9, 20, 12, tzinfo=UTC), datetime(2026, 1, 25, 12, tzinfo=UTC)):
        end = due("ferpa_access", asked, zone=NEW_YORK).astimezone(NEW_YORK)
        assert (end.hour, end.minute) == (0, 0)


def test_what_was_asked_late_in_the_evening_counts_from_that_day_of_the_school() -> None:
    asked = datetime(2026, 6, 1, 3, tzinfo=UTC)  # 31 May, 23:00 in New York
    assert last_day("pipeda_access", asked, zone=NEW_YORK) == date(2026, 6, 30)


@given(first=moments, later=st.timedeltas(timedelta(0), timedelta(days=500)), term=st.sampled_from(sorted(TERMS)))
def test_who_asks_later_is_never_answered_earlier(first: datetime, later: timedelta, term: str) -> None:
    assert due(term, first, zone=BERLIN) <= due(term, first + later, zone=BERLIN)


@given(asked=moments, term=st.sampled_from(sorted(TERMS)), zone=st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("UTC")]))
def test_every_deadline_lies_ahead_and_is_in_utc(asked: datetime, term: str, zone: ZoneInfo) -> None:
    assert due(term, asked, zone=zone) > asked
    assert due(term, asked, zone=zone).tzinfo is UTC


def test_an_unknown_term_is_named_as_such() -> None:
    with pytest.raises(UnknownName):
        due("ferpa_acces", noon(2026, 1, 1))
