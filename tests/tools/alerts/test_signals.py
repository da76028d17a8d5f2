"""A lasting change of one's own is found, with its kind and size; chance and what the whole class had are not."""

import random
from collections.abc import Mapping

import pytest

from scribetree.errors import InvalidInput
from scribetree.tools.alerts import MOMENTS, Reflection, Session, Signal, Text, Work, watch_class

SKILLS = ("ideas", "voice", "conventions")


def work(
    seed: int,
    *,
    weeks: int = 30,
    since: int = 20,
    visits: float = 1.0,
    pace: float = 1.0,
    marks: float = 0.0,
    pasted: float | None = None,
    off: range = range(0),
    hard: Mapping[int, float] | None = None,
) -> Work:
    """A student's year with a change from week `since` on, and weeks `off` in which hardly anybody writes."""
    chance = random.Random(seed)
    sessions: list[Session] = []
    texts: list[Text] = []
    reflections: list[Reflection] = []
    for week in range(weeks):
        changed = week >= since
        usual = 4 * (visits if changed else 1.0) * (0.05 if week in off else 1.0)
        for _ in range(sum(chance.random() < usual / 8 for _ in range(8))):
            minutes = 25 * chance.lognormvariate(0, 0.3)
            words = 11 * minutes * chance.lognormvariate(0, 0.3) * (pace if changed else 1.0)
            share = None if pasted is None else max(0.0, chance.gauss(pasted if changed else 0.05, 0.03))
            sessions.append(Session(7 * week + chance.random() * 6, words, minutes, share))
        if week % 2 == 0:
            shift = (marks if changed else 0.0) + (hard or {}).get(week, 0.0)
            level = {skill: min(1.0, max(0.0, chance.gauss(0.55, 0.07) + shift)) for skill in SKILLS}
            texts.append(Text(7 * week + 5, f"task-{week}", level))
            reflections.append(Reflection(7 * week + 5.5, min(1.0, max(0.0, chance.gauss(0.5, 0.08)))))
    return Work(sessions, texts, reflections)


def group(own: Work, size: int = 20, **shared: object) -> dict[str, Work]:
    return {"own": own} | {f"other-{n}": work(1000 + n, **shared) for n in range(size)}  # type: ignore[arg-type]


def signals(own: Work, size: int = 20, **shared: object) -> tuple[Signal, ...]:
    found = watch_class(group(own, size, **shared), until=209.0, only="own")["own"]
    return tuple(each for each in found if each.alert_type != "milestone_reached")


@pytest.mark.parametrize(
    ("own", "kind", "latest"),
    [
        (work(1, visits=0.1), "engagement_drop", 7),
        (work(2, pace=0.35), "progress_concern", 4),
        (work(3, marks=-0.25), "quality_decline", 6),
        (work(4, pasted=0.5), "academic_integrity", 4),
    ],
)
def test_a_lasting_change_is_found_within_weeks_and_named(own: Work, kind: str, latest: int) -> None:
    first = signals(own)[0]
    assert first.alert_type == kind
    assert 7 * 20 < first.day <= 7 * (20 + latest)
    assert "Unlike this student's usual work" in first.statement


def test_several_measures_that_change_together_are_one_graver_cause() -> None:
    (first, *_) = signals(work(5, visits=0.1, pace=0.2, marks=-0.3))
    assert first.alert_type in {"intervention_needed", "urgent_support"}
    assert first.severity in {"high", "critical", "urgent"}
    later = [each for each in signals(work(5, visits=0.1, pace=0.2, marks=-0.3)) if each.day <= first.day + 14]
    assert len(later) <= 2


def test_what_rises_is_told_as_a_good_moment() -> None:
    assert "breakthrough_moment" in {each.alert_type for each in signals(work(6, marks=0.3))}


def test_words_written_in_all_are_milestones_told_once_each() -> None:
    found = watch_class({"own": work(7)}, until=209.0)["own"]
    told = [each.statement for each in found if each.alert_type == "milestone_reached"]
    assert told == sorted(set(told), key=told.index)
    assert told[0] == "10,000 words written so far."


def test_a_holiday_and_a_hard_task_of_the_whole_class_are_nobodys_own() -> None:
    shared = {"off": range(20, 23), "hard": {24: -0.3}}
    assert not [each for each in signals(work(8, **shared), **shared) if each.alert_type not in MOMENTS]  # type: ignore[arg-type]


def test_a_student_with_one_text_or_none_has_no_usual_level_to_leave() -> None:
    one = Work(texts=[Text(200.0, "task-28", {"ideas": 0.1})])
    assert signals(one) == ()
    assert signals(Work()) == ()


def test_in_a_class_of_three_a_steep_change_is_found_and_a_hard_task_is_not_one() -> None:
    assert signals(work(9, visits=0.05), size=2)[0].alert_type == "engagement_drop"
    shared = {"hard": {24: -0.2}}
    assert not [each for each in signals(work(10, **shared), size=2, **shared) if each.alert_type not in MOMENTS]  # type: ignore[arg-type]


def test_only_what_was_known_by_then_counts() -> None:
    whole = watch_class(group(work(2, pace=0.35)), until=209.0, only="own")["own"]
    earlier = watch_class(group(work(2, pace=0.35)), until=160.0, only="own")["own"]
    assert [each for each in whole if each.day <= 160] == [each for each in earlier if each.day <= 160]


def test_a_student_whose_work_does_not_change_is_seldom_told_of() -> None:
    """The stated rate is about two of 100 terms: two or three of these 120."""
    quiet = watch_class({f"s-{n}": work(5000 + n) for n in range(60)}, until=209.0)
    alarmed = {
        (name, each.day > 105) for name, found in quiet.items() for each in found if each.alert_type not in MOMENTS
    }
    assert len(alarmed) <= 7


def test_records_of_many_years_are_refused() -> None:
    with pytest.raises(InvalidInput, match="weeks"):
        watch_class({"own": Work(sessions=[Session(0, 100, 10), Session(2000, 100, 10)])}, until=2001)
