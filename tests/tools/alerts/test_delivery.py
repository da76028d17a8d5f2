"""What can wait keeps quiet by the teacher's clock, on every night of the year; what is urgent waits for nothing."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.tools.alerts import (
    SEVERITIES,
    Quiet,
    Severity,
    Wishes,
    end_of_quiet,
    interrupts,
    is_explained_by,
    ready_at,
)

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"]
)
TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))
BERLIN = ZoneInfo("Europe/Berlin")


@given(st.sampled_from(SEVERITIES), MOMENTS, ZONES, TIMES, TIMES)
def test_nothing_that_can_wait_arrives_in_the_quiet_hours_or_a_day_late(
    severity: Severity, now: datetime, zone: str, begins: time, ends: time
) -> None:
    quiet = Quiet(begins, ends)
    at = ready_at(severity, now=now, zone=ZoneInfo(zone), wishes=Wishes(quiet=quiet))
    assert now <= at <= now + timedelta(hours=26)
    if severity in {"critical", "urgent"}:
        assert at == now
    else:
        assert not quiet.holds(at.astimezone(ZoneInfo(zone)).time())


@pytest.mark.parametrize(
    ("evening", "hours"),
    [
        (datetime(2026, 3, 28, 22, tzinfo=BERLIN), 8),  # the night that loses an hour
        (datetime(2026, 10, 24, 22, tzinfo=BERLIN), 10),  # the night that has one twice
        (datetime(2026, 6, 1, 22, tzinfo=BERLIN), 9),
    ],
)
def test_the_night_ends_at_seven_on_the_clock_also_when_clocks_change(evening: datetime, hours: int) -> None:
    at = end_of_quiet(evening.astimezone(UTC), quiet=Quiet(), zone=BERLIN)
    assert at.astimezone(BERLIN).time() == time(7)
    assert at - evening.astimezone(UTC) == timedelta(hours=hours)


def test_an_end_that_the_clocks_skip_is_the_first_moment_after() -> None:
    evening = datetime(2026, 3, 28, 23, tzinfo=BERLIN).astimezone(UTC)
    at = end_of_quiet(evening, quiet=Quiet(time(22), time(2, 30)), zone=BERLIN)
    assert at.astimezone(BERLIN).replace(tzinfo=None) == datetime(2026, 3, 29, 3, 30)


def test_quiet_hours_can_be_set_aside() -> None:
    night = datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert ready_at("low", now=night, zone=UTC, respect_quiet_hours=False) == night + timedelta(minutes=5)


def test_what_is_muted_or_below_the_minimum_interrupts_nobody_but_what_is_urgent_always_does() -> None:
    wishes = Wishes(minimum_severity="high", muted=frozenset({"quality_decline"}))
    assert not interrupts("engagement_drop", "medium", wishes)
    assert interrupts("engagement_drop", "high", wishes)
    assert not interrupts("quality_decline", "high", wishes)
    assert interrupts("quality_decline", "urgent", wishes)
    assert not interrupts("breakthrough_moment", "low", Wishes())
    assert interrupts("breakthrough_moment", "low", Wishes(minimum_severity="low"))


def test_a_larger_cause_explains_smaller_ones_but_never_a_question_of_integrity() -> None:
    larger = [("urgent_support", "urgent")]
    assert is_explained_by("engagement_drop", "high", larger)  # type: ignore[arg-type]
    assert not is_explained_by("academic_integrity", "high", larger)  # type: ignore[arg-type]
    assert not is_explained_by("engagement_drop", "high", [("intervention_needed", "high")])
    assert is_explained_by("engagement_drop", "medium", [("intervention_needed", "high")])
