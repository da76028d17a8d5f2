"""Figures about groups: refused or bounded where they would give somebody away, and honest about their noise."""

import dataclasses
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.clock import FixedClock
from scribetree.errors import BudgetExhausted, InvalidInput, Withheld
from scribetree.privacy import _mechanisms
from scribetree.privacy._bounds import GRID, kept_rows
from scribetree.privacy.budget import Account, Budgets, Group
from scribetree.privacy.database import Database
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.queries import (
    FLOORS,
    Bounds,
    Breadth,
    Count,
    Figure,
    Histogram,
    Mean,
    Quantile,
    Question,
    Row,
    Sum,
    Trend,
    ask,
)

SCORES = Bounds(0, 100)
QUESTIONS: list[Question] = [
    Count("score"),
    Sum("score", SCORES),
    Mean("score", SCORES),
    Histogram("score", (0, 50, 70, 100)),
    Quantile("score", SCORES),
    Trend("score", SCORES, buckets=3),
]


@pytest.fixture
def budgets(sqlite: Database) -> Budgets:
    return Budgets(sqlite, ring=KeyRing(bytes(range(32))), clock=FixedClock())


def rows_of(students: int, *, seed: int = 1) -> list[Row]:
    chance = random.Random(seed)
    return [Row(f"s-{number}", chance.gauss(60, 15), number % 3) for number in range(students)]


def group_of(rows: list[Row]) -> Group:
    return Group("year-9", frozenset(row.student_id for row in rows))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: type(question).__name__)
def test_every_figure_stands_in_its_interval(question: Question, budgets: Budgets) -> None:
    rows = rows_of(30)
    answer = ask(question, rows, group=group_of(rows), breadth="class", budgets=budgets)
    assert answer.confidence == 0.95
    assert answer.figures
    assert all(figure.low <= figure.value <= figure.high for figure in answer.figures)


@pytest.mark.parametrize(("breadth", "floor"), FLOORS.items())
def test_a_group_below_the_floor_is_withheld_and_pays_nothing(breadth: Breadth, floor: int, budgets: Budgets) -> None:
    rows = rows_of(floor - 1)
    with pytest.raises(Withheld, match=f"smaller than {floor} students"):
        ask(Count("score"), rows, group=group_of(rows), breadth=breadth, budgets=budgets)
    assert budgets.balance(Account("cohort", "year-9")).spent == 0
    rows = rows_of(floor)
    assert ask(Count("score"), rows, group=group_of(rows), breadth=breadth, budgets=budgets).figures


@pytest.mark.parametrize("epsilon", [0, -1, 100, math.nan, math.inf, 1e-9])
def test_an_epsilon_that_says_nothing_or_hides_nobody_is_refused(epsilon: float, budgets: Budgets) -> None:
    rows = rows_of(30)
    with pytest.raises(InvalidInput, match="Epsilon must be from"):
        ask(Count("score", epsilon), rows, group=group_of(rows), breadth="class", budgets=budgets)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400])
def test_a_value_that_is_no_finite_number_is_refused_before_anything_is_paid(value: float, budgets: Budgets) -> None:
    rows = [*rows_of(30), Row("s-1", value)]
    with pytest.raises(InvalidInput, match="finite"):
        ask(Sum("score", SCORES), rows, group=group_of(rows), breadth="class", budgets=budgets)
    assert budgets.balance(Account("cohort", "year-9")).spent == 0


@given(
    st.lists(st.floats(-1e300, 1e300), max_size=50), st.sampled_from([Bounds(0, 100), Bounds(-3, 1e9), Bounds(4, 5)])
)
def test_a_huge_value_moves_a_sum_no_further_than_its_bound(values: list[float], bounds: Bounds) -> None:
    assert all(-GRID <= bounds.steps(value) <= GRID for value in values)
    assert all(bounds.lower <= bounds.clamped(value) <= bounds.upper for value in values)


@given(st.integers(1, 20), st.integers(0, 200))
def test_one_student_with_many_rows_counts_for_no_more_than_the_limit(limit: int, rows: int) -> None:
    kept = kept_rows([Row("s-1")] * rows + [Row("s-2")], rows_per_student=limit)
    assert len(kept) == min(limit, rows) + 1


def test_one_student_with_ten_thousand_rows_does_not_show(budgets: Budgets) -> None:
    rows = [*rows_of(30), *[Row("s-1", 100.0)] * 10_000]
    answer = ask(Count("score", 5.0), rows, group=group_of(rows), breadth="class", budgets=budgets)
    assert answer.figures[0].value < 60


def test_a_cohort_without_one_student_is_not_asked_about_after_the_whole(budgets: Budgets) -> None:
    rows = rows_of(30)
    ask(Sum("score", SCORES), rows, group=group_of(rows), breadth="class", budgets=budgets)
    with pytest.raises(Withheld, match="differs by fewer than 5"):
        ask(Sum("score", SCORES, 0.9), rows[1:], group=group_of(rows[1:]), breadth="class", budgets=budgets)


def test_the_same_question_costs_nothing_even_if_the_rows_have_changed(budgets: Budgets) -> None:
    first, second = rows_of(30), rows_of(30, seed=2)
    one = ask(Mean("score", SCORES), first, group=group_of(first), breadth="class", budgets=budgets)
    two = ask(Mean("score", SCORES), second, group=group_of(first), breadth="class", budgets=budgets)
    other_week = ask(Mean("score", SCORES), second, group=group_of(first), breadth="class", budgets=budgets, as_of="2")
    assert (one.figures, two.repeated) == (two.figures, True)
    assert not other_week.repeated


def test_questions_end_when_the_budget_does(budgets: Budgets) -> None:
    rows = rows_of(30)
    for week in range(2):
        ask(Count("score", 5.0), rows, group=group_of(rows), breadth="class", budgets=budgets, as_of=str(week))
    with pytest.raises(BudgetExhausted, match=r"0\.000000 left until"):
        ask(Count("score", 5.0), rows, group=group_of(rows), breadth="class", budgets=budgets, as_of="3")


def test_an_answer_has_no_room_for_a_true_value() -> None:
    assert {field.name for field in dataclasses.fields(Figure)} == {"label", "value", "low", "high"}


def test_a_row_of_somebody_else_is_refused(budgets: Budgets) -> None:
    rows = rows_of(30)
    with pytest.raises(InvalidInput, match="not in the group"):
        ask(Count("score"), [*rows, Row("x")], group=group_of(rows), breadth="class", budgets=budgets)


def covered(question: Question, rows: list[Row], true: float) -> float:
    """How often the last figure's interval holds the true one."""
    trials = 300
    drawn = (question.figures(rows, epsilon=Fraction(1))[-1] for _ in range(trials))
    return sum(figure.low <= true <= figure.high for figure in drawn) / trials


def test_intervals_hold_the_true_figure_as_often_as_they_say() -> None:
    rows = rows_of(200)
    values = sorted(SCORES.clamped(row.value) for row in rows)
    assert covered(Count("score"), rows, 200) > 0.9
    assert covered(Sum("score", SCORES), rows, sum(values)) > 0.9
    assert covered(Mean("score", SCORES), rows, sum(values) / 200) > 0.9
    assert covered(Quantile("score", SCORES), rows, values[100]) > 0.9
    assert covered(Trend("score", SCORES, 3), rows, true_slope(rows)) > 0.9


def true_slope(rows: list[Row]) -> float:
    means = [
        sum(held) / len(held)
        for bucket in range(3)
        if (held := [SCORES.clamped(row.value) for row in rows if row.bucket == bucket])
    ]
    return (means[2] - means[0]) / 2


def test_a_median_is_near_the_median_of_a_large_group() -> None:
    rows = rows_of(2000)
    true = sorted(row.value for row in rows)[1000]
    (figure,) = Quantile("score", SCORES).figures(rows, epsilon=Fraction(1))
    assert figure.value == pytest.approx(true, abs=3)
    assert figure.high - figure.low < 10


@given(st.lists(st.floats(0, 100), max_size=30), st.floats(0, 100), st.sampled_from([Fraction(1, 2), Fraction(9, 10)]))
def test_one_more_value_moves_the_score_of_a_place_by_its_sensitivity_at_most(
    values: list[float], more: float, share: Fraction
) -> None:
    for place in (0.0, 37.0, 100.0):
        before, after = (
            _mechanisms._balance(sorted(each), place, share)  # pyright: ignore[reportPrivateUsage]
            for each in (values, [*values, more])
        )
        assert abs(after - before) <= max(share.numerator, share.denominator - share.numerator)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Bounds(5, 5),
        lambda: Bounds(0, math.inf),
        lambda: Bounds(math.nan, 1),
        lambda: Histogram("score", (0, 0)),
        lambda: Histogram("score", (0,)),
        lambda: Quantile("score", SCORES, share=1.0),
        lambda: Trend("score", SCORES, buckets=1),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_when_it_is_made(bad: object) -> None:
    assert callable(bad)
    with pytest.raises(InvalidInput):
        bad()
