"""Levels, growth and sudden changes from noisy judgements: as much as the evidence says, and no more."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.profiling import Estimate, Observation, estimate, overall, paths, phase_now, strengths, unknowns

LEVELS = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def judged(
    level: Callable[[int], float], *, texts: int = 20, noise: float = 0.08, seed: int = 1, every: int = 14
) -> list[Observation]:
    """A text every two weeks, whose level is `level` of its number, judged with noise."""
    chance = random.Random(seed)
    return [
        Observation(every * n, min(1.0, max(0.0, level(n) + chance.gauss(0, noise))), "teacher", None, f"task-{n}")
        for n in range(texts)
    ]


@given(LEVELS)
def test_a_level_lies_in_its_interval_and_on_the_scale(levels: list[float]) -> None:
    found = estimate([Observation(7 * n, level, prompt=f"task-{n}") for n, level in enumerate(levels)])
    if found.level is not None:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.level <= found.high <= 1


def test_two_texts_are_too_few_for_a_level_and_four_for_growth() -> None:
    two = estimate(judged(lambda _: 0.5, texts=2))
    assert (two.level, two.growth) == (None, None)
    assert two.needed == ("2 of the 3 texts that a level needs.",)
    four = estimate(judged(lambda _: 0.5, texts=4))
    assert four.level is not None
    assert (four.growth, four.foretold) == (None, None)


def test_one_text_that_was_judged_five_times_is_one_text() -> None:
    found = estimate([Observation(day, 0.5, prompt="the same") for day in range(5)])
    assert (found.texts, found.level) == (1, None)


def test_four_drafts_of_one_task_weigh_hardly_more_than_one() -> None:
    others = judged(lambda _: 0.7, texts=6, noise=0.0)
    drafts = [Observation(90 + number, 0.4, prompt="the last") for number in range(4)]
    one, four = estimate([*others, drafts[0]]).level, estimate([*others, *drafts]).level
    assert one is not None
    assert four is not None
    assert abs(one - four) < 0.02


def test_many_texts_in_one_week_show_no_growth() -> None:
    found = estimate(judged(lambda n: n / 10, texts=8, every=1))
    assert found.growth is None
    assert "42 days" in found.needed[0]


def test_more_texts_make_it_surer() -> None:
    def width(found: Estimate) -> float:
        assert found.low is not None
        assert found.high is not None
        return found.high - found.low

    assert width(estimate(judged(lambda _: 0.5, texts=20))) < width(estimate(judged(lambda _: 0.5, texts=3)))


def test_steady_growth_is_found_and_claimed() -> None:
    found = estimate(judged(lambda n: 0.3 + 0.02 * n)).growth
    assert found is not None
    assert found.direction == "rising"
    assert found.low <= 0.38 <= found.high


def test_one_odd_text_does_not_turn_an_estimate() -> None:
    texts = judged(lambda _: 0.6)
    odd = [*texts[:-1], Observation(texts[-1].day, 0.0, prompt="task-odd")]
    plain, turned = estimate(texts), estimate(odd)
    assert plain.level is not None
    assert turned.level is not None
    assert plain.level - turned.level < 0.12
    assert turned.growth is not None
    assert turned.growth.direction != "falling"


def test_a_leap_is_found_where_it_was() -> None:
    (change,) = estimate(judged(lambda n: 0.35 if n < 10 else 0.65, noise=0.05)).changes
    assert abs(change.day - 140) <= 14
    assert change.low <= 0.3 <= change.high


def test_noise_alone_is_seldom_called_a_change_or_growth() -> None:
    found = [estimate(judged(lambda _: 0.5, noise=0.1, seed=seed)) for seed in range(100)]
    assert sum(bool(each.changes) for each in found) <= 8
    assert sum(each.growth is not None and each.growth.direction != "unclear" for each in found) <= 16


def test_an_easier_genre_at_the_end_is_not_growth() -> None:
    chance = random.Random(3)
    texts = [
        Observation(
            14 * n, 0.4 + chance.gauss(0, 0.03) + 0.1 * (n >= 14), genre="story" if n >= 14 else "essay", prompt=str(n)
        )
        for n in range(18)
    ]
    with_genre = estimate(texts).growth
    without = estimate([Observation(each.day, each.level, prompt=each.prompt) for each in texts]).growth
    assert with_genre is not None
    assert without is not None
    assert with_genre.change < without.change


def test_a_students_own_judgement_counts_for_less_than_a_teachers() -> None:
    texts = judged(lambda _: 0.4, texts=6)
    by_self = estimate([*texts, Observation(90, 0.9, "self", prompt="new")])
    by_teacher = estimate([*texts, Observation(90, 0.9, "teacher", prompt="new")])
    assert by_self.level is not None
    assert by_teacher.level is not None
    assert by_self.level < by_teacher.level


def test_the_order_in_which_judgements_come_does_not_matter() -> None:
    texts = judged(lambda n: 0.3 + 0.01 * n)
    assert estimate(texts) == estimate(texts[::-1])


@pytest.mark.parametrize("bad", [[], [Observation(0, 1.5)]])
def test_nothing_and_levels_off_the_scale_are_refused(bad: list[Observation]) -> None:
    with pytest.raises(InvalidInput):
        estimate(bad)


def test_a_leap_parts_two_phases() -> None:
    (path,) = paths({"ideas": judged(lambda n: 0.35 if n < 10 else 0.65, noise=0.05)})
    assert [phase.texts for phase in path.phases] == [10, 10]
    assert phase_now(path) in {"developing", "developing to secure"}


def test_the_whole_is_the_mean_of_a_texts_traits_without_reflection() -> None:
    text = Observation(1, 0.4, "teacher", "essay", "one")
    found = overall({"ideas": [text], "voice": [Observation(1, 0.6, "teacher", "essay", "one")], "reflection": [text]})
    assert [each.level for each in found] == [0.5]


def test_strengths_are_the_students_own_and_everybody_who_was_judged_can_have_some() -> None:
    weak = paths({"ideas": judged(lambda _: 0.3), "voice": judged(lambda _: 0.1, seed=2)})
    assert [each.skill for each in strengths(weak)][:1] == ["ideas"]


def test_what_is_not_known_is_named_with_what_it_takes() -> None:
    found = unknowns(paths({"ideas": judged(lambda _: 0.5, texts=4)}), now_day=200)
    assert any("Voice" in each.about for each in found)
    assert any("growth" in each.needed for each in found)
    assert any(each.about == "Today" for each in found)
