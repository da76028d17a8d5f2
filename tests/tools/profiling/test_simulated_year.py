"""The simulated year that the figures of docs/cards/skills.md rest on, and a floor under these figures."""

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from scribetree.tools.profiling import Observation, estimate

SOURCE = Path(__file__).parents[3] / "bench" / "simulated_year.py"
pytestmark = pytest.mark.skipif(not SOURCE.exists(), reason="the source distribution has no bench")


@pytest.fixture(scope="module")
def simulated() -> Iterator[Any]:
    spec = spec_from_file_location("simulated_year", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_a_seed_gives_the_same_year_and_more_students_change_none(simulated: Any) -> None:
    assert simulated.year(7, 3) == simulated.year(7, 3)
    assert simulated.year(7, 3).students == simulated.year(7, 5).students[:3]
    assert simulated.year(7, 3) != simulated.year(8, 3)


def test_what_happens_shows_in_the_truths(simulated: Any) -> None:
    students = simulated.year(1, 60).students
    leaps = [(each, event) for each in students for event in each.happenings if event.kind == "breakthrough"]
    assert leaps
    for student, event in leaps:
        before, after = (student.levels[event.skills[0]][event.begins + days] for days in (-1, 1))
        assert after - before > 0.5 * event.size or after == 1
    assert any(not each.happenings for each in students)


def test_nine_of_ten_intervals_hold_the_truth_and_beat_the_last_judgement(simulated: Any) -> None:
    inside: list[bool] = []
    errors: list[tuple[float, float]] = []
    for student in simulated.year(4, 200).students[::3]:
        for skill in simulated.SKILLS:
            judged = [
                Observation(each.day, each.skills[skill], each.judged_by, each.genre, each.prompt)
                for each in student.assessments
            ]
            found = estimate(judged)
            assert found.level is not None
            assert found.low is not None
            assert found.high is not None
            truth = student.levels[skill][int(found.last_day)]
            inside.append(found.low <= truth <= found.high)
            errors.append((abs(found.level - truth), abs(judged[-1].level - truth)))
    assert sum(inside) / len(inside) >= 0.85
    assert sum(ours for ours, _ in errors) < 0.75 * sum(last for _, last in errors)
