"""What is measured about a table, and what the ways of hiding people in it keep to."""

import math
import random
from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from scribetree.errors import InvalidInput, Withheld
from scribetree.privacy.anonymity import full_domain, measure, mondrian, suppress_small_cells

ROWS = st.lists(
    st.fixed_dictionaries({"age": st.integers(10, 18), "course": st.sampled_from("abc"), "score": st.integers(0, 4)}),
    min_size=1,
    max_size=40,
)
QUASI = ("age", "course")


def by_definition(rows: list[dict[str, Any]]) -> tuple[int, int, float, float, float]:
    """k, l, entropy l, equal t and ordered t, computed as they are defined, without a thought for speed."""
    whole = Counter(row["score"] for row in rows)
    classes: dict[Any, Counter[int]] = {}
    for row in rows:
        classes.setdefault((row["age"], row["course"]), Counter())[row["score"]] += 1
    equal: list[float] = []
    ordered: list[float] = []
    for held in classes.values():
        gaps = [held[value] / held.total() - whole[value] / len(rows) for value in sorted(whole)]
        equal.append(sum(map(abs, gaps)) / 2)
        moved = [abs(sum(gaps[: place + 1])) for place in range(len(gaps))]
        ordered.append(sum(moved) / max(1, len(gaps) - 1))
    entropy = [
        -sum(count / held.total() * math.log(count / held.total()) for count in held.values())
        for held in classes.values()
    ]
    return (
        min(held.total() for held in classes.values()),
        min(map(len, classes.values())),
        math.exp(min(entropy)),
        max(equal),
        max(ordered),
    )


@given(ROWS)
def test_the_measures_are_those_of_their_definitions(rows: list[dict[str, Any]]) -> None:
    found = measure(rows, QUASI, "score")
    measured = (found.k, found.l, found.entropy_l, found.t_equal, found.t_ordered)
    assert measured == pytest.approx(by_definition(rows), abs=1e-9)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_and_the_form_of_a_table_do_not_matter(rows: list[dict[str, Any]], chance: random.Random) -> None:
    found = measure(rows, QUASI, "score")
    chance.shuffle(rows)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    again = measure(columns, QUASI, "score")
    assert (again.k, again.l, again.classes) == (found.k, found.l, found.classes)
    assert (again.t, again.entropy_l) == pytest.approx((found.t, found.entropy_l))


def test_words_have_no_ordered_distance() -> None:
    found = measure([{"age": 1, "mood": "a"}, {"age": 2, "mood": "b"}], ["age"], "mood")
    assert (found.t_ordered, found.t) == (None, 0.5)


def test_of_several_sensitive_columns_the_worst_counts() -> None:
    rows = [
        {"age": 1, "x": 1, "y": 1},
        {"age": 1, "x": 2, "y": 1},
        {"age": 2, "x": 1, "y": 2},
        {"age": 2, "x": 2, "y": 2},
    ]
    assert measure(rows, ["age"], "x").l == 2
    assert measure(rows, ["age"], ["x", "y"]).l == 1


@hypothesis_settings(deadline=None)
@given(ROWS, st.integers(1, 6), st.integers(1, 3), st.sampled_from([0.3, 0.6, 1.0]))
def test_what_mondrian_gives_keeps_to_k_l_and_t(rows: list[dict[str, Any]], k: int, diverse: int, t: float) -> None:
    try:
        made = mondrian(rows, QUASI, k=k, sensitive="score", l=diverse, t=t)
    except InvalidInput:
        whole = measure([{**row, "age": 0, "course": ""} for row in rows], QUASI, "score")
        assert whole.k < k or whole.l < diverse
        return
    found = measure(made.table, QUASI, "score")
    assert found.k >= k
    assert found.l >= diverse
    assert found.t <= t + 1e-9
    assert made.table["score"] == [row["score"] for row in rows]


def test_a_class_shows_its_range_and_nothing_nearer() -> None:
    rows = [{"age": age, "course": course} for age, course in ((11, "a"), (12, "b"), (17, "a"), (18, "a"))]
    made = mondrian(rows, ["age", "course"], k=2)
    assert made.table == {"age": ["11..12", "11..12", "17..18", "17..18"], "course": ["a|b", "a|b", "a", "a"]}


AGES = {age: (age, f"{age // 3 * 3}+", "*") for age in range(10, 19)}
COURSES = {course: (course, "*") for course in "abc"}


@hypothesis_settings(deadline=None, max_examples=50)
@given(ROWS, st.integers(1, 5), st.sampled_from([0.0, 0.1, 0.5]))
def test_full_domain_finds_the_least_lossy_levels_of_all(rows: list[dict[str, Any]], k: int, limit: float) -> None:
    def at(levels: tuple[int, int]) -> Counter[Any]:
        return Counter((AGES[row["age"]][levels[0]], COURSES[row["course"]][levels[1]]) for row in rows)

    def fits(classes: Counter[Any]) -> bool:
        return sum(size for size in classes.values() if size < k) <= int(limit * len(rows))

    losses = [
        sum(size**2 for size in at(levels).values()) for levels in product(range(3), range(2)) if fits(at(levels))
    ]
    if not losses:
        with pytest.raises(InvalidInput):
            full_domain(rows, {"age": AGES, "course": COURSES}, k=k, suppression_limit=limit)
        return
    found = full_domain(rows, {"age": AGES, "course": COURSES}, k=k, suppression_limit=limit)
    assert found.loss == min(losses)
    assert found.suppressed <= limit * len(rows)


def tables_that_agree(
    cells: tuple[tuple[int | None, ...], ...], rows: tuple[int, ...], columns: tuple[int, ...]
) -> list[list[int]]:
    """Every table that a reader of the published one must think possible, by trying all."""
    open_cells = [(r, c) for r, line in enumerate(cells) for c, count in enumerate(line) if count is None]
    found: list[list[int]] = []
    for values in product(range(max(rows) + 1), repeat=len(open_cells)):
        filled = dict(zip(open_cells, values, strict=True))
        table = [[filled.get((r, c), count) or 0 for c, count in enumerate(line)] for r, line in enumerate(cells)]
        if tuple(map(sum, table)) == rows and tuple(map(sum, zip(*table, strict=True))) == columns:
            found.append([table[r][c] for r, c in open_cells])
    return found


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=3))
def test_no_small_cell_can_be_worked_out_from_the_totals(counts: list[list[int]]) -> None:
    try:
        made = suppress_small_cells(counts, floor=3)
    except Withheld:
        return
    if len(made.small | made.complementary) > 5:
        return
    possible = tables_that_agree(made.cells, made.row_totals, made.column_totals)
    assert all(len(set(values)) > 1 for values in zip(*possible, strict=True))
    assert all(count is None or not 0 < count < 3 for line in made.cells for count in line)


def test_a_table_without_small_cells_is_published_whole() -> None:
    made = suppress_small_cells([[10, 20], [30, 0]], floor=5)
    assert made.cells == ((10, 20), (30, 0))


def test_a_small_cell_that_the_totals_give_away_withholds_the_table() -> None:
    with pytest.raises(Withheld, match="worked out"):
        suppress_small_cells([[2, 10, 20]], floor=5)


@pytest.mark.parametrize(
    "table", [[], {"age": [], "score": []}, {"age": [1], "score": [1, 2]}, [{"age": 1}, {"score": 2}]]
)
def test_a_table_that_cannot_be_measured_is_refused(table: Any) -> None:
    with pytest.raises(InvalidInput):
        measure(table, ["age"], "score")
