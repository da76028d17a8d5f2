"""The methods behind the strategy figures, beside published examples and simulated truth."""

from datetime import date, timedelta
from random import Random

import pytest

from scribetree.errors import InvalidInput
from scribetree.tools.strategy import Effort, Goal, Milestone, Plan, forecast, order, patterns, schedule
from scribetree.tools.strategy._market import herfindahl
from scribetree.tools.strategy._model import Metric, Reading
from scribetree.tools.strategy._patterns import benjamini_hochberg, mann_kendall, sign_test, spearman
from scribetree.tools.strategy._simulation import draw_network, draw_throughput, pert_mean
from scribetree.tools.strategy._trend import t_cdf, t_quantile

TODAY = date(2026, 1, 1)

# Hillier and Lieberman, Introduction to Operations Research, ch. 22: Reliable Construction Co., weeks and predecessors.
RELIABLE = {
    "A": (2, ""), "B": (4, "A"), "C": (10, "B"), "D": (6, "C"), "E": (4, "C"), "F": (5, "E"), "G": (7, "D"),
    "H": (9, "EG"), "I": (7, "C"), "J": (8, "FI"), "K": (4, "J"), "L": (5, "J"), "M": (2, "H"), "N": (6, "KL"),
}  # fmt: skip

# Benjamini and Hochberg (1995), section 4.2: fifteen p-values, of which four are told at a false discovery rate of 5 %.
THROMBOLYSIS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                0.6528, 0.7590, 1.0000]  # fmt: skip


def test_the_critical_path_is_that_of_the_textbook() -> None:
    found = schedule(
        {name: float(weeks) for name, (weeks, _) in RELIABLE.items()},
        {name: tuple(needs) for name, (_, needs) in RELIABLE.items()},
    )
    assert found.length == 44
    assert "".join(found.critical) == "ABCEFJLN"
    assert (found.slack["D"], found.slack["I"], found.slack["K"]) == (4, 2, 1)


def test_the_many_looks_are_corrected_as_in_the_paper() -> None:
    corrected = benjamini_hochberg(THROMBOLYSIS)
    assert sum(q <= 0.05 for q in corrected) == 4
    assert corrected[3] == pytest.approx(0.0095 * 15 / 4)


@pytest.mark.parametrize(
    ("share", "degrees", "value"), [(0.975, 10, 2.228), (0.95, 5, 2.015), (0.995, 30, 2.750), (0.9, 7, 1.415)]
)
def test_quantiles_of_students_t_are_those_of_the_tables(share: float, degrees: int, value: float) -> None:
    assert t_quantile(share, degrees) == pytest.approx(value, abs=6e-4)
    assert t_cdf(t_quantile(share, degrees), degrees) == pytest.approx(share, abs=1e-6)


def test_the_concentration_is_that_of_the_merger_guidelines() -> None:
    assert herfindahl([30, 30, 20, 20]) == (2600, 2600)


def test_tests_give_what_can_be_counted_by_hand() -> None:
    assert sign_test(9, 10) == pytest.approx(2 * 11 / 1024)
    assert mann_kendall([1, 2, 3, 4, 5, 6])[0] == 1
    assert spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) == pytest.approx(0.8208, abs=1e-4)


def test_the_mean_of_three_estimates_and_of_the_draws_is_the_same() -> None:
    effort = Effort(4, 2, 12)
    assert pert_mean(effort) == 5
    assert draw_network({"a": effort}, {}).length.mean == pytest.approx(5, rel=0.03)


def test_the_intervals_of_simulated_projects_hold_as_often_as_they_say() -> None:
    """Projects of five milestones in a row, estimates made by chance, then carried out as their estimates allow."""
    chance = Random(3)
    held = 0
    for _ in range(200):
        lows = [chance.uniform(2, 10) for _ in range(5)]
        efforts = {str(n): Effort(low * 1.5, low, low * 3) for n, low in enumerate(lows)}
        drawn = draw_network(efforts, {str(n): [str(n - 1)] for n in range(1, 5)}, draws=500).length
        took = sum(low + 2 * low * chance.betavariate(2, 4) for low in lows)
        held += drawn.at(0.1) <= took <= drawn.at(0.9)
    assert 0.7 < held / 200 < 0.9


def test_the_chance_of_independent_work_to_decide_the_end_is_shared() -> None:
    same = Effort(5, 3, 9)
    found = draw_network({"a": same, "b": same}, {}).criticality
    assert found["a"] == pytest.approx(0.5, abs=0.05)
    assert found["a"] + found["b"] == pytest.approx(1)


def test_the_pace_of_the_past_gives_the_time_that_is_left() -> None:
    steady = draw_throughput([2, 2, 2, 2], 10)
    assert (steady.periods.at(0.05), steady.periods.at(0.95)) == (5, 5)
    with pytest.raises(InvalidInput, match="Nothing was finished"):
        draw_throughput([0, 0, 0], 3)


def test_what_waits_for_itself_is_refused() -> None:
    with pytest.raises(InvalidInput, match="3 of the given things wait for each other"):
        order({"a": ("b",), "b": ("c",), "c": ("a",), "d": ()})


def test_noise_is_seldom_told_as_a_pattern() -> None:
    """Five metrics of noise in each of 100 plans: told in at most one of ten, where each alone would be in four."""
    chance = Random(8)
    told = 0
    for _ in range(100):
        readings = [
            tuple(Reading(TODAY + timedelta(days=30 * month), chance.gauss(0, 1)) for month in range(9))
            for _ in range(5)
        ]
        metrics = tuple(
            Metric(f"m{number}", "quality", 1, "u", date(2027, 1, 1), readings=series)
            for number, series in enumerate(readings)
        )
        goal = Goal("goal-a", "product", "a", "b", "c", TODAY, metrics=metrics)
        told += bool(patterns(Plan(goals={goal.id: goal}), TODAY, kinds=("trend",)).findings)
    assert told <= 10


def test_a_goal_that_waits_for_two_milestones_ends_with_the_later() -> None:
    work = {
        name: Milestone(name, name, "d", "feature", TODAY, TODAY, Effort(days, days, days), 1, supports=("goal-a",))
        for name, days in (("milestone-a", 10.0), ("milestone-b", 20.0))
    }
    goal = Goal("goal-a", "product", "a", "b", "c", TODAY)
    found = forecast(Plan(goals={goal.id: goal}, milestones=work), TODAY, months=6)
    assert found.of("end by work").value == (TODAY + timedelta(days=28)).isoformat()
