"""Recommendations follow from their measures, and alerts keep quiet at night."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.alerts import SEVERITIES, Measures, Severity, deliver_after_s, recommend

SHARES = st.none() | st.floats(0, 1)
MINUTES = st.none() | st.floats(0, 500)
MEASURES = st.builds(
    Measures,
    cognitive_load=SHARES,
    engagement_score=SHARES,
    quality_score=SHARES,
    reflection_depth=SHARES,
    time_on_task=MINUTES,
    struggling_duration=MINUTES,
)


def test_without_measures_it_abstains_and_names_what_would_help() -> None:
    plan = recommend(Measures())
    assert plan.abstained
    assert not plan.recommendations
    assert "reflection_depth" in plan.measures_missing


@pytest.mark.parametrize(
    ("measures", "kind"),
    [
        (Measures(cognitive_load=0.9), "cognitive_support"),
        (Measures(engagement_score=0.2), "engagement_boost"),
        (Measures(quality_score=0.3), "quality_improvement"),
        (Measures(struggling_duration=40), "progress_acceleration"),
        (Measures(reflection_depth=0.1), "reflection_enhancement"),
    ],
)
def test_each_kind_of_intervention_can_be_reached(measures: Measures, kind: str) -> None:
    assert [each.type for each in recommend(measures).recommendations] == [kind]


@given(MEASURES)
def test_every_recommendation_names_a_measure_that_was_given(measures: Measures) -> None:
    plan = recommend(measures)
    for each in plan.recommendations:
        assert each.measure in plan.measures_used
        assert each.measure in each.rationale


@given(MEASURES)
def test_alerts_fit_their_limits_and_never_outnumber_recommendations(measures: Measures) -> None:
    plan = recommend(measures)
    assert len(plan.alerts) <= len(plan.recommendations)
    assert all(len(alert.title) <= 200 and len(alert.description) <= 1000 for alert in plan.alerts)


@given(st.floats(0, 0.39), st.floats(0, 0.39))
def test_further_from_the_threshold_is_never_less_sure(one: float, other: float) -> None:
    low, high = sorted((one, other))
    sure = [recommend(Measures(engagement_score=value)).recommendations[0].confidence for value in (low, high)]
    assert sure[0] >= sure[1]


def test_a_measure_out_of_range_is_named_without_its_value() -> None:
    with pytest.raises(InvalidInput, match="`quality_score` must be between 0 and 1") as caught:
        recommend(Measures(quality_score=73.25))
    assert "73" not in caught.value.message


@given(st.sampled_from(SEVERITIES), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_nothing_that_can_wait_arrives_at_night(severity: Severity, now: datetime) -> None:
    wait = deliver_after_s(severity, local_now=now)
    arrives = datetime.fromtimestamp(now.timestamp() + wait)
    assert severity in {"critical", "urgent"} or 7 <= arrives.hour < 22


@pytest.mark.parametrize("severity", ["critical", "urgent"])
def test_what_is_urgent_arrives_at_once(severity: Severity) -> None:
    assert deliver_after_s(severity, local_now=datetime(2026, 3, 2, 3)) == 0


def test_quiet_hours_can_be_set_aside() -> None:
    assert deliver_after_s("low", local_now=datetime(2026, 3, 2, 3), respect_quiet_hours=False) == 300
