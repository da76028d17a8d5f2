"""Sudden changes that take several skills, and what only looks like one."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from scribetree.tools.profiling import TRAITS, Observation, estimate, estimates

SKILLS = tuple(TRAITS)[:6]
TOUCHED = SKILLS[:3]


def judged(
    shift: Callable[[str, int], float], *, seed: int = 1, texts: int = 20, skills: tuple[str, ...] = SKILLS
) -> dict[str, list[Observation]]:
    """A text every two weeks; each adds something to all of its skills, and `shift` what befell one of them."""
    chance = random.Random(seed)
    hard = [chance.gauss(0, 0.06) for _ in range(texts)]
    return {
        skill: [
            Observation(
                14 * number,
                min(1.0, max(0.0, 0.5 + hard[number] + shift(skill, number) + chance.gauss(0, 0.07))),
                prompt=f"task-{number}",
            )
            for number in range(texts)
        ]
        for skill in skills
    }


def test_what_befell_several_skills_for_good_is_named_in_those_and_in_no_other() -> None:
    found = estimates(judged(lambda skill, n: 0.25 * (skill in TOUCHED and n >= 10)))
    assert {skill for skill, each in found.items() if each.changes} == set(TOUCHED)
    first = [found[skill].changes[0] for skill in TOUCHED]
    assert all(abs(change.day - 140) <= 28 and change.size > 0 for change in first)


def test_what_passed_after_some_weeks_is_a_change_and_one_back() -> None:
    found = estimates(judged(lambda skill, n: -0.3 * (skill in TOUCHED and 8 <= n < 12)))
    signs = {skill: [change.size > 0 for change in found[skill].changes] for skill in TOUCHED}
    assert list(signs.values()) == [[False, True]] * len(TOUCHED)


def test_a_change_that_one_skill_alone_would_not_show_is_found_in_several() -> None:
    year = judged(lambda skill, n: -0.22 * (skill in TOUCHED and 8 <= n < 12), seed=10)
    assert not any(estimate(year[skill]).changes for skill in TOUCHED)
    assert all(estimates(year)[skill].changes for skill in TOUCHED)


@pytest.mark.parametrize("seed", range(5))
def test_tasks_that_are_hard_for_all_skills_are_no_change(seed: int) -> None:
    found = estimates(judged(lambda _, n: -0.2 * (n in {9, 10}), seed=seed))
    assert not any(each.changes for each in found.values())


def test_two_skills_are_judged_each_by_itself() -> None:
    year = judged(lambda _, n: 0.35 * (n >= 10), skills=SKILLS[:2])
    assert estimates(year) == {skill: estimate(levels) for skill, levels in year.items()}


def test_a_skill_that_is_seldom_judged_does_not_keep_the_others_apart() -> None:
    year = judged(lambda skill, n: 0.25 * (skill in TOUCHED and n >= 10))
    seldom = {**year, SKILLS[5]: year[SKILLS[5]][::4]}
    assert {skill for skill, each in estimates(seldom).items() if each.changes} == set(TOUCHED)


def test_many_drafts_of_one_task_are_one_text() -> None:
    year = judged(lambda _, __: 0.0, skills=SKILLS)
    low = [Observation(140 + day, 0.2, prompt="a task of its own") for day in range(6)]
    usual = [replace(each, level=0.5) for each in low]
    drafts = {skill: [*levels, *(low if skill in TOUCHED else usual)] for skill, levels in year.items()}
    assert not any(each.changes for each in estimates(drafts).values())


def test_the_same_judgement_twice_counts_once() -> None:
    year = judged(lambda skill, n: 0.25 * (skill in TOUCHED and n >= 10))
    twice = {skill: [*levels, *levels] for skill, levels in year.items()}
    assert {skill for skill, each in estimates(twice).items() if each.changes} == set(TOUCHED)
