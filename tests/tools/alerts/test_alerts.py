"""Recommendations follow from what was measured, come from the catalogue, and learn from what was tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.alerts import Evidence, Measures, Signal, Trials, catalogue, recommend

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


FALLEN = Signal(-3.0, "quality_decline", "medium", "Unlike usual: marks.", (Evidence("marks", 0.1, -0.2, 3, 1.4),))


def test_a_signal_leads_to_what_suits_its_measure_and_to_one_alert() -> None:
    plan = recommend(Measures(), [FALLEN], looked=True)
    assert not plan.abstained
    assert {each.type for each in plan.recommendations} == {"quality_improvement"}
    assert [(alert.alert_type, alert.severity) for alert in plan.alerts] == [("quality_decline", "medium")]


def test_what_helped_before_comes_first_and_what_did_not_comes_last() -> None:
    first = [each.intervention for each in recommend(Measures(), [FALLEN], looked=True).recommendations]
    tried = {first[0]: Trials(tried=8, helped=0)}
    plan = recommend(Measures(), [FALLEN], tried, looked=True)
    assert plan.recommendations[0].intervention != first[0]
    tried = {first[1]: Trials(tried=8, helped=8)}
    assert recommend(Measures(), [FALLEN], tried, looked=True).recommendations[0].intervention == first[1]


def test_three_grave_measures_are_one_alert() -> None:
    plan = recommend(Measures(cognitive_load=0.95, engagement_score=0.1, quality_score=0.1))
    assert [(alert.alert_type, alert.severity) for alert in plan.alerts] == [("urgent_support", "critical")]
    assert len(plan.recommendations) == 3


def test_every_intervention_says_what_is_known_of_it_and_how_it_will_be_judged() -> None:
    for each in catalogue().values():
        assert each.evidence
        assert each.actions
        assert each.judge_after_days >= 7
        assert (each.effect is None) or each.source != "none"
