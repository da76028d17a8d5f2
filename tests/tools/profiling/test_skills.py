"""Skills beside their goals, and the names that skills have."""

import pytest

from scribetree.errors import InvalidInput
from scribetree.tools.profiling import TRAITS, Observation, Skill, assess_skills, estimate, skill_name


def test_the_widest_gap_comes_first_and_gets_the_first_step() -> None:
    found = assess_skills([Skill("evidence", 0.6, 0.8, 0.5), Skill("structure", 0.2, 0.8, 0.1)])
    assert [each.skill_name for each in found.skills] == ["structure", "evidence"]
    assert found.recommendations[0].startswith("structure:")
    assert found.overall_progress == 30


def test_a_skill_at_its_goal_gets_no_next_step() -> None:
    found = assess_skills([Skill("voice", 0.9, 0.8, 1.0)])
    assert found.skills[0].reached
    assert found.recommendations == ()


def test_a_level_out_of_range_is_named() -> None:
    with pytest.raises(InvalidInput, match="`target_level`"):
        assess_skills([Skill("voice", 0.5, 7, 0.5)])


def test_one_high_judgement_does_not_reach_a_goal_that_earlier_ones_deny() -> None:
    earlier = [Observation(7.0 * week, 0.3, prompt=f"task-{week}") for week in range(8)]
    known = {"voice": estimate([*earlier, Observation(60, 0.8, prompt="task-9")])}
    (found,) = assess_skills([Skill("Voice", 0.8, 0.7, 1.0)], known).skills
    assert not found.reached
    assert found.chance_reached is not None
    assert found.chance_reached < 0.5


def test_a_skill_of_the_records_without_a_goal_aims_at_secure() -> None:
    known = {"ideas": estimate([Observation(7.0 * week, 0.4, prompt=f"task-{week}") for week in range(4)])}
    (found,) = assess_skills([], known).skills
    assert (found.skill_name, found.target, found.texts) == (TRAITS["ideas"].title, 0.7, 4)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Organisation", "organization"),
        ("avg_conv", "conventions"),
        ("Self reflection", "reflection"),
        ("Zeichensetzung", "zeichensetzung"),
        ("论证", "论证"),
    ],
)
def test_a_skill_has_one_name_whatever_a_rubric_calls_it(given: str, name: str) -> None:
    assert skill_name(given) == name


def test_a_name_without_a_letter_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no letter"):
        skill_name("12 - 3")
