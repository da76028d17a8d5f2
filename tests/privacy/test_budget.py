"""A budget is never overspent, by whoever and however often; what was told once is told again for free."""

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from scribetree.clock import FixedClock, SystemClock
from scribetree.errors import BudgetExhausted, InvalidInput, Unavailable, Withheld
from scribetree.privacy.budget import (
    Account,
    Budgets,
    Group,
    MicroEpsilon,
    budget_engine,
    micro_epsilon,
    renewal_after,
)
from scribetree.privacy.keys import KeyRing

RING = KeyRing(bytes(range(32)))
COHORT = Account("cohort", "year-9")
STUDENTS = frozenset(f"s-{number}" for number in range(12))
GROUP = Group("year-9", STUDENTS, "english")
ONE = micro_epsilon(1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def budgets(tmp_path: Path, clock: FixedClock) -> Iterator[Budgets]:
    found = Budgets.at(tmp_path, ring=RING, clock=clock)
    yield found
    found.close()


def ask(
    budgets: Budgets, question: str = "how many", *, group: Group = GROUP, answer: int = 7, epsilon: int = ONE
) -> Any:
    release = budgets.release(
        {"question": question}, group=group, epsilon=MicroEpsilon(epsilon), floor=5, draw=lambda: {"value": answer}
    )
    return release.content["value"], release.repeated


def test_the_same_question_gets_the_same_release_for_free(budgets: Budgets) -> None:
    assert ask(budgets, answer=7) == (7, False)
    assert ask(budgets, answer=8) == (7, True)
    assert budgets.balance(COHORT).spent == ONE


def test_the_cohort_the_course_and_every_student_pay(budgets: Budgets) -> None:
    ask(budgets)
    for account in GROUP.accounts():
        assert budgets.balance(account).spent == ONE


def test_a_refusal_says_what_is_left_and_until_when(budgets: Budgets) -> None:
    ask(budgets, epsilon=4_500_000)
    with pytest.raises(BudgetExhausted, match=r"this course has 0\.500000 left until 2026-07-01"):
        ask(budgets, "another")
    assert budgets.balance(COHORT).spent == 4_500_000


def test_a_refused_question_takes_nothing_from_anyone(budgets: Budgets) -> None:
    budgets.spend([Account("student", "s-3")], MicroEpsilon(9_999_999))
    with pytest.raises(BudgetExhausted, match="some students of this group"):
        ask(budgets)
    assert budgets.balance(COHORT).spent == 0
    assert budgets.balance(Account("student", "s-4")).spent == 0


def test_a_budget_is_full_again_when_it_renews(budgets: Budgets, clock: FixedClock) -> None:
    budgets.spend([COHORT], MicroEpsilon(10_000_000))
    renews_at = budgets.balance(COHORT).renews_at
    clock.advance((renews_at - clock.now()).total_seconds())
    assert budgets.balance(COHORT).left == 10_000_000
    assert renewal_after(renews_at) == datetime(2027, 1, 1, tzinfo=UTC)


def test_what_was_paid_for_a_draw_that_failed_is_not_given_back(budgets: Budgets) -> None:
    def fail() -> dict[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        budgets.release({"question": "how many"}, group=GROUP, epsilon=ONE, floor=5, draw=fail)
    assert budgets.balance(COHORT).spent == ONE
    assert ask(budgets) == (7, False)
    assert budgets.balance(COHORT).spent == 2 * ONE


@pytest.mark.parametrize("change", [frozenset({"s-1"}), frozenset({"s-1", "s-2", "s-3", "s-4"})])
def test_a_group_that_lacks_a_few_students_of_an_earlier_one_is_withheld(
    budgets: Budgets, change: frozenset[str]
) -> None:
    ask(budgets)
    with pytest.raises(Withheld, match="differs by fewer than 5 students"):
        ask(budgets, "again", group=Group("another name", STUDENTS - change))
    assert budgets.balance(COHORT).spent == ONE


def test_groups_that_differ_by_enough_students_are_both_answered(budgets: Budgets) -> None:
    larger = Group("year-9", STUDENTS | {f"t-{number}" for number in range(5)}, "english")
    assert ask(budgets) == (7, False)
    assert ask(budgets, group=larger) == (7, True)
    assert ask(budgets, "more", group=larger) == (7, False)


def test_no_identifier_and_no_release_can_be_read_from_the_disk(budgets: Budgets, tmp_path: Path) -> None:
    ask(budgets, answer=123456789)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (b"year-9", b"s-3", b"english", b"123456789", b"how many"):
        assert secret not in kept


def test_a_release_and_what_was_spent_outlive_the_process(budgets: Budgets, tmp_path: Path, clock: FixedClock) -> None:
    ask(budgets)
    budgets.close()
    again = Budgets.at(tmp_path, ring=RING, clock=clock)
    assert ask(again, answer=9) == (7, True)
    assert again.balance(COHORT).spent == ONE
    again.close()


def test_a_locked_file_says_that_nothing_was_spent(
    budgets: Budgets, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.budget._BUSY_TIMEOUT_MS", 20)
    other = Budgets.at(tmp_path, ring=RING, clock=clock)
    with budget_engine(f"sqlite:///{tmp_path / 'budgets.db'}").begin(), pytest.raises(Unavailable, match="nothing was"):
        other.spend([COHORT], ONE)
    other.close()


def spend_until_refused(home: str, amount: int) -> int:
    budgets = Budgets.at(Path(home), ring=RING, clock=SystemClock())
    accepted = 0
    while True:
        try:
            budgets.spend([COHORT, Account("course", "english")], MicroEpsilon(amount))
        except BudgetExhausted:
            budgets.close()
            return accepted
        accepted += 1


@pytest.mark.slow
def test_eight_processes_spend_a_budget_to_the_last_micro_epsilon(tmp_path: Path) -> None:
    """5,000,000 in steps of 70,001: seventy-one fit, whoever takes them."""
    Budgets.at(tmp_path, ring=RING, clock=SystemClock()).close()
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        accepted = pool.starmap(spend_until_refused, [(str(tmp_path), 70_001)] * 8)
    budgets = Budgets.at(tmp_path, ring=RING, clock=SystemClock())
    assert sum(accepted) == 71
    assert budgets.balance(COHORT).spent == budgets.balance(Account("course", "english")).spent == 71 * 70_001
    budgets.close()


def draw_once(home: str) -> tuple[int, bool]:
    budgets = Budgets.at(Path(home), ring=RING, clock=SystemClock())
    value, repeated = ask(budgets, answer=multiprocessing.current_process().pid or 0)
    budgets.close()
    return value, repeated


@pytest.mark.slow
def test_processes_that_ask_the_same_at_once_pay_once_and_hear_the_same(tmp_path: Path) -> None:
    Budgets.at(tmp_path, ring=RING, clock=SystemClock()).close()
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        answers = pool.map(draw_once, [str(tmp_path)] * 8)
    assert len({value for value, _ in answers}) == 1
    assert sorted(repeated for _, repeated in answers) == [False] + [True] * 7


@hypothesis_settings(max_examples=25, deadline=None)
@given(amounts=st.lists(st.integers(1, 4_000_000), max_size=12))
def test_what_was_accepted_never_exceeds_the_cap(tmp_path_factory: pytest.TempPathFactory, amounts: list[int]) -> None:
    budgets = Budgets.at(tmp_path_factory.mktemp("budgets"), ring=RING, clock=FixedClock())
    accepted = 0
    for amount in amounts:
        try:
            budgets.spend([COHORT], MicroEpsilon(amount))
        except BudgetExhausted:
            assert accepted + amount > 10_000_000
        else:
            accepted += amount
    assert budgets.balance(COHORT).spent == accepted <= 10_000_000
    budgets.close()


def test_what_was_told_is_added_up_by_the_least_valid_bound(budgets: Budgets) -> None:
    for number in range(100):
        ask(budgets, str(number), group=Group("year-9", STUDENTS), epsilon=50_000)
    found = budgets.loss(COHORT, delta=1e-6)
    assert found.bounds["basic"] == pytest.approx(5.0)
    assert found.epsilon < 3
    assert found.method == "renyi"


@pytest.mark.parametrize(
    ("epsilon", "whole"), [("0.1", 100_000), (0.1, 100_000), (0.0000001, 1), (1.0000001, 1_000_001)]
)
def test_epsilon_is_rounded_up_to_whole_millionths(epsilon: float | str, whole: int) -> None:
    assert micro_epsilon(epsilon) == whole


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_can_be_spent_backwards(budgets: Budgets, amount: int) -> None:
    with pytest.raises(InvalidInput):
        budgets.spend([COHORT], MicroEpsilon(amount))
