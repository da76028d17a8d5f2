"""A budget is never overspent, by whoever and however often; what was told once is told again for free."""

import multiprocessing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.privacy.people import STUDENT, administrator, student

from scribetree.clock import FixedClock, SystemClock
from scribetree.errors import BudgetExhausted, InvalidInput, Unavailable, Withheld
from scribetree.privacy.budget import Account, Budgets, Group, MicroEpsilon, micro_epsilon, renewal_after
from scribetree.privacy.database import Database
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.office import PrivacyOffice
from scribetree.settings import Settings

RING = KeyRing(bytes(range(32)))
COHORT = Account("cohort", "year-9")
STUDENTS = frozenset(f"s-{number}" for number in range(12))
GROUP = Group("year-9", STUDENTS, "english")
ONE = micro_epsilon(1)


@pytest.fixture
def budgets(database: Database, clock: FixedClock) -> Budgets:
    return Budgets(database, ring=RING, clock=clock)


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


def test_no_identifier_and_no_release_can_be_read_from_the_disk(sqlite: Database, clock: FixedClock) -> None:
    ask(Budgets(sqlite, ring=RING, clock=clock), answer=123456789)
    kept = b"".join(path.read_bytes() for path in sqlite.files())
    for secret in (b"year-9", b"s-3", b"english", b"123456789", b"how many"):
        assert secret not in kept


def test_a_release_and_what_was_spent_outlive_the_process(
    budgets: Budgets, database_settings: Settings, clock: FixedClock
) -> None:
    ask(budgets)
    opened = Database.open(database_settings)
    again = Budgets(opened, ring=RING, clock=clock)
    assert ask(again, answer=9) == (7, True)
    assert again.balance(COHORT).spent == ONE
    opened.close()


def test_a_locked_file_says_that_nothing_was_stored(
    sqlite: Database, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scribetree.privacy.database._BUSY_TIMEOUT_MS", 20)
    other = Database.open(settings)
    with sqlite.write(), pytest.raises(Unavailable, match="nothing was stored"):
        Budgets(other, ring=RING, clock=clock).spend([COHORT], ONE)
    other.close()


def test_another_tenant_has_budgets_of_its_own(budgets: Budgets, database: Database, clock: FixedClock) -> None:
    other = Budgets(database.of_tenant("other-school"), ring=RING, clock=clock)
    assert ask(budgets, answer=7) == (7, False)
    assert ask(other, answer=8) == (8, False)
    assert other.balance(COHORT).spent == budgets.balance(COHORT).spent == ONE


def opened(home: str, url: str | None) -> tuple[Database, Budgets]:
    database = Database.open(Settings(home=Path(home), database_url=url))
    return database, Budgets(database, ring=RING, clock=SystemClock())


def spend_until_refused(home: str, url: str | None, amount: int) -> int:
    database, budgets = opened(home, url)
    accepted = 0
    while True:
        try:
            budgets.spend([COHORT, Account("course", "english")], MicroEpsilon(amount))
        except BudgetExhausted:
            database.close()
            return accepted
        accepted += 1


@pytest.mark.slow
def test_eight_processes_spend_a_budget_to_the_last_micro_epsilon(database_settings: Settings) -> None:
    """5,000,000 in steps of 70,001: seventy-one fit, whoever takes them."""
    where = str(database_settings.home), database_settings.database_url
    database, budgets = opened(*where)
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        accepted = pool.starmap(spend_until_refused, [(*where, 70_001)] * 8)
    assert sum(accepted) == 71
    assert budgets.balance(COHORT).spent == budgets.balance(Account("course", "english")).spent == 71 * 70_001
    database.close()


def draw_once(home: str, url: str | None) -> tuple[int, bool]:
    database, budgets = opened(home, url)
    value, repeated = ask(budgets, answer=multiprocessing.current_process().pid or 0)
    database.close()
    return value, repeated


@pytest.mark.slow
def test_processes_that_ask_the_same_at_once_pay_once_and_hear_the_same(database_settings: Settings) -> None:
    where = str(database_settings.home), database_settings.database_url
    Database.open(database_settings).close()
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        answers = pool.starmap(draw_once, [where] * 8)
    assert len({value for value, _ in answers}) == 1
    assert sorted(repeated for _, repeated in answers) == [False] + [True] * 7


def test_an_erasure_reaches_a_students_budget_and_groups_and_its_receipt_says_so(office: PrivacyOffice) -> None:
    ask(office.budgets, group=Group("year-9", STUDENTS))
    export = office.rights.export(student(), STUDENT)
    assert export.content["group_figures"] == [{"term": "2026-1", "spent_epsilon": 1.0}]
    assert office.rights.erase(administrator(), STUDENT).counts["budgets"] == 2
    assert office.budgets.balance(Account("student", STUDENT)).spent == 0
    assert office.budgets.balance(COHORT).spent == ONE


def test_what_is_left_of_a_group_after_an_erasure_is_not_asked_about_beside_the_whole(office: PrivacyOffice) -> None:
    ask(office.budgets, group=Group("year-9", STUDENTS))
    office.rights.erase(administrator(), STUDENT)
    with pytest.raises(Withheld, match="differs by fewer than 5"):
        ask(office.budgets, "again", group=Group("year-9", STUDENTS - {STUDENT}))


def test_nothing_is_kept_again_about_who_was_erased_though_a_group_names_them(office: PrivacyOffice) -> None:
    office.rights.erase(administrator(), STUDENT)
    assert ask(office.budgets, group=Group("year-9", STUDENTS)) == (7, False)
    subject = office.pseudonym(STUDENT)
    with office.database.write() as connection:
        assert office.budgets.forget(subject, connection) == 0


@hypothesis_settings(max_examples=25, deadline=None)
@given(amounts=st.lists(st.integers(1, 4_000_000), max_size=12))
def test_what_was_accepted_never_exceeds_the_cap(tmp_path_factory: pytest.TempPathFactory, amounts: list[int]) -> None:
    database = Database.open(Settings(home=tmp_path_factory.mktemp("budgets")))
    budgets = Budgets(database, ring=RING, clock=FixedClock())
    accepted = 0
    for amount in amounts:
        try:
            budgets.spend([COHORT], MicroEpsilon(amount))
        except BudgetExhausted:
            assert accepted + amount > 10_000_000
        else:
            accepted += amount
    assert budgets.balance(COHORT).spent == accepted <= 10_000_000
    database.close()


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
