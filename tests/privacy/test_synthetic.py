"""Made-up rows keep a table's marginals and tell, of any one row, no more than their epsilon."""

import math
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from scribetree.errors import InvalidInput
from scribetree.privacy.synthetic import fit

VALUES: dict[str, list[Any]] = {"level": list(range(6)), "depth": list(range(5)), "pace": ["slow", "steady", "fast"]}
ONE = Fraction(1)


def table_of(rows: int, chance: random.Random) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(rows):
        level = min(5, int(chance.expovariate(0.6)))
        depth = min(4, max(0, level + chance.choice((-1, 0, 0, 1))))
        found.append({"level": level, "depth": depth, "pace": chance.choice(VALUES["pace"])})
    return found


def distance(one: list[Any], two: list[Any]) -> float:
    """Total variation between the shares of values."""
    shares, others = Counter(one), Counter(two)
    return sum(abs(shares[v] / len(one) - others[v] / len(two)) for v in shares | others) / 2


def test_marginals_and_neighbouring_pairs_are_kept() -> None:
    table = table_of(2000, random.Random(1))
    made = fit(table, values=VALUES, epsilon=ONE).rows(2000)
    for name in VALUES:
        assert distance([row[name] for row in table], [row[name] for row in made]) < 0.08
    pairs = [[(row["level"], row["depth"]) for row in rows] for rows in (table, made)]
    assert distance(*pairs) < 0.12


ODD = {"level": 5, "depth": 0, "pace": "fast"}
"""A student unlike all others: whom an attacker would find first."""


def found_odd(made: list[dict[str, Any]]) -> bool:
    """The attack: was the odd student in the table? Yes, if the made-up rows have one such."""
    return ODD in made


def advantage(make: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], *, trials: int) -> float:
    """How much oftener the attack says yes when the student was in the table than when not."""
    chance = random.Random(2)
    others = [row for row in table_of(60, chance) if row != ODD][:50]
    yes = [sum(found_odd(make([*others, *more])) for _ in range(trials)) / trials for more in ([ODD], [])]
    return yes[0] - yes[1]


def test_a_membership_attack_gains_no_more_than_epsilon_allows() -> None:
    """For this epsilon no attack whatever can gain more than (e^eps - 1) / (e^eps + 1); sampling error is added."""
    trials = 400

    def make(table: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return fit(table, values=VALUES, epsilon=ONE).rows(50)

    assert advantage(make, trials=trials) < math.tanh(0.5) + 4.9 * math.sqrt(0.5 / trials)


def test_the_attack_finds_the_student_in_rows_that_were_copied() -> None:
    def copy(table: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return random.Random(3).choices(table, k=300)

    assert advantage(copy, trials=50) > 0.9


def test_every_value_stays_possible_and_no_other_appears() -> None:
    made = fit(table_of(30, random.Random(1)), values=VALUES, epsilon=Fraction(1, 10)).rows(500)
    assert all(row[name] in VALUES[name] for row in made for name in VALUES)


def test_a_row_with_a_value_that_nobody_named_leaves_no_trace() -> None:
    table = [{"level": 77, "depth": 1, "pace": "slow"}] * 500
    counts = fit(table, values=VALUES, epsilon=ONE).counts["level"][None]
    assert sum(counts) < 200


@pytest.mark.parametrize(
    ("values", "epsilon"),
    [
        ({}, ONE),
        ({"x": []}, ONE),
        ({"x": [1, 1]}, ONE),
        ({"x": range(400), "y": range(400)}, ONE),
        (VALUES, Fraction(0)),
    ],
)
def test_a_model_that_cannot_be_made_is_refused(values: Any, epsilon: Fraction) -> None:
    with pytest.raises(InvalidInput):
        fit([], values=values, epsilon=epsilon)
