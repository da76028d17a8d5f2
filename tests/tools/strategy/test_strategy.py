"""Templates, goal health and forecasts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput, UnknownName
from scribetree.tools.strategy import (
    GoalSignals,
    TemplateSummary,
    confidence_intervals,
    goal_health,
    list_templates,
    template,
)

PARTS = st.floats(0, 100)


def test_there_are_four_templates_with_three_to_five_sections() -> None:
    assert [each.sections for each in list_templates()] == [3, 5, 5, 5]


@pytest.mark.parametrize("summary", list_templates(), ids=lambda each: each.template_id)
def test_every_section_asks_questions_and_names_outputs(summary: TemplateSummary) -> None:
    found = template(summary.template_id)
    for section in found.sections:
        assert all(question.endswith("?") for question in section.questions)
        assert section.outputs


def test_an_unknown_template_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        template("market-oportunity")
    assert "market-opportunity" in caught.value.hint


@given(PARTS, PARTS, PARTS, PARTS, PARTS)
def test_contributions_sum_to_the_score(a: float, b: float, c: float, d: float, e: float) -> None:
    found = goal_health(GoalSignals(a, b, c, d, e))
    assert sum(found.contributions.values()) == pytest.approx(found.score, abs=0.2)


def test_what_is_unknown_is_named_and_not_counted_as_zero() -> None:
    found = goal_health(GoalSignals(progress=90))
    assert (found.score, found.band) == (90, "excellent")
    assert "velocity" in found.unknown


def test_bad_parts_are_named() -> None:
    with pytest.raises(InvalidInput, match="`velocity`"):
        goal_health(GoalSignals(velocity=-1))
    with pytest.raises(InvalidInput, match="No part"):
        goal_health(GoalSignals())


def test_a_straight_line_is_continued_without_doubt() -> None:
    found = confidence_intervals([1, 2, 3, 4, 5, 6], steps_ahead=[1], levels=[0.95])
    assert found.points[0].expected == found.points[0].low == found.points[0].high == 7


def test_the_interval_holds_as_often_as_it_says() -> None:
    chance = random.Random(11)
    held = 0
    for _ in range(1000):
        series = [2 + 0.5 * period + chance.gauss(0, 1) for period in range(13)]
        point = confidence_intervals(series[:12], steps_ahead=[1], levels=[0.9]).points[0]
        held += point.low <= series[12] <= point.high
    assert 0.87 < held / 1000 < 0.93


def test_intervals_widen_with_distance_and_level() -> None:
    found = confidence_intervals([3, 1, 4, 1, 5, 9, 2, 6], steps_ahead=[1, 6], levels=[0.8, 0.95])
    widths = [point.high - point.low for point in found.points]
    assert widths[0] < widths[1]
    assert widths[0] < widths[2]


def test_a_short_history_is_refused() -> None:
    with pytest.raises(InvalidInput, match="`history`"):
        confidence_intervals([1, 2, 3], steps_ahead=[1])
