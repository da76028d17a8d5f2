"""Skills and trajectories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.profiling import Point, Skill, assess_skills, trajectory

SCORES = st.floats(-100, 100, allow_nan=False)


def test_the_widest_gap_comes_first_and_gets_the_first_step() -> None:
    found = assess_skills([Skill("evidence", 0.6, 0.8, 0.5), Skill("structure", 0.2, 0.8, 0.1)])
    assert [each.skill_name for each in found.skills] == ["structure", "evidence"]
    assert found.recommendations[0].startswith("structure:")
    assert found.overall_progress == 30


def test_a_skill_at_its_goal_gets_no_next_step() -> None:
    found = assess_skills([Skill("voice", 0.9, 0.8, 1.0)])
    assert found.skills[0].reached
    assert found.recommendations == ()


def test_a_level_out_of_range_and_no_skill_at_all_are_named() -> None:
    with pytest.raises(InvalidInput, match="`target_level`"):
        assess_skills([Skill("voice", 0.5, 7, 0.5)])
    with pytest.raises(InvalidInput, match="`skills` is empty"):
        assess_skills([])


def test_four_points_are_too_few_to_say_anything() -> None:
    found = trajectory([Point(day, day) for day in range(4)])
    assert (found.enough_evidence, found.slope_per_week) == (False, None)


def test_a_steady_rise_is_found_in_spite_of_one_bad_day() -> None:
    points = [Point(day * 7, float(day)) for day in range(12)]
    points[5] = Point(35, -40.0)
    found = trajectory(points)
    assert found.slope_per_week == pytest.approx(1.0, abs=0.1)
    assert found.statement == "The scores rise."


@given(st.lists(SCORES, min_size=5, max_size=20))
def test_the_slope_lies_in_its_interval(scores: list[float]) -> None:
    found = trajectory([Point(day, score) for day, score in enumerate(scores)])
    assert found.low is not None
    assert found.slope_per_week is not None
    assert found.high is not None
    assert found.low <= found.slope_per_week <= found.high


def test_chance_alone_seldom_gives_a_direction() -> None:
    import random

    chance = random.Random(7)
    claims = sum(
        trajectory([Point(day, chance.gauss(0, 1)) for day in range(10)]).statement
        != "No clear direction: the interval holds zero."
        for _ in range(500)
    )
    assert claims / 500 < 0.15
