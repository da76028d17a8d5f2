"""Questions, dependency and access."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.validator import (
    AccessLevel,
    InteractionPattern,
    StudentMetrics,
    assess_blooms,
    dependency_risk,
    progressive_access,
)

PERCENT = st.floats(0, 100)
METRICS = st.builds(
    StudentMetrics,
    reflection_average=PERCENT,
    independence=PERCENT,
    consistency=PERCENT,
    days_in_level=st.floats(0, 100),
    breakthroughs=st.integers(0, 10),
    struggles=st.integers(0, 10),
)
LEVELS: tuple[AccessLevel, ...] = ("restricted", "basic", "standard", "enhanced")


@pytest.mark.parametrize(
    ("question", "level"),
    [
        ("Can you list the three claims?", 1),
        ("What is the main idea of this paragraph, in your own words?", 2),
        ("How would you apply this advice to your second paragraph?", 3),
        ("How does your argument compare with the article's?", 4),
        ("Which of your reasons is the strongest, and how do you know?", 5),
        ("What if your reader already agreed with you?", 6),
    ],
)
def test_each_level_is_reached(question: str, level: int) -> None:
    assert assess_blooms([question]).questions[0].level == level


def test_parts_of_words_are_no_cues() -> None:
    assert assess_blooms(["Because of the house and the statement?"]).questions[0].level is None


def test_questions_without_cues_have_no_overall_level() -> None:
    found = assess_blooms(["Hm?"], academic_level="high")
    assert (found.overall_level, found.aligned) == (None, None)


@given(st.lists(st.text(max_size=80), min_size=1, max_size=10))
def test_any_text_is_placed_or_left_out(questions: list[str]) -> None:
    found = assess_blooms(questions)
    assert len(found.questions) == len(questions)
    assert sum(found.distribution.values()) == pytest.approx(100, abs=1) or found.overall_level is None


def test_a_reflective_student_who_seldom_asks_is_at_no_risk() -> None:
    calm = InteractionPattern(1, ("feedback", "explanation"), 85, 0.8, 30)
    assert dependency_risk(calm).risk_level == "none"


def test_every_sign_together_is_critical_and_says_what_helps() -> None:
    found = dependency_risk(InteractionPattern(12, ("answer",) * 5, 20, 0.1, 1))
    assert (found.risk_level, found.risk_score) == ("critical", 100)
    assert found.interventions


def test_what_is_unknown_adds_nothing_and_is_named() -> None:
    found = dependency_risk(InteractionPattern(1))
    assert found.risk_score == 0
    assert "reflection_quality" in found.unknown


@given(st.floats(0, 100), st.floats(0, 100))
def test_asking_more_often_is_never_less_risk(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert dependency_risk(InteractionPattern(low)).risk_score <= dependency_risk(InteractionPattern(high)).risk_score


@given(METRICS, st.sampled_from(LEVELS))
def test_a_level_never_rises_by_more_than_one_step(metrics: StudentMetrics, current: AccessLevel) -> None:
    found = progressive_access(current, metrics)
    assert LEVELS.index(found.recommended_level) <= LEVELS.index(current) + 1


@given(METRICS, PERCENT, st.sampled_from(LEVELS))
def test_better_reflections_never_cost_access(metrics: StudentMetrics, better: float, current: AccessLevel) -> None:
    raised = replace(metrics, reflection_average=max(better, metrics.reflection_average))
    before = progressive_access(current, metrics).recommended_level
    after = progressive_access(current, raised).recommended_level
    assert LEVELS.index(after) >= LEVELS.index(before)


@given(METRICS)
def test_enhanced_is_never_given_without_its_conditions(metrics: StudentMetrics) -> None:
    found = progressive_access("standard", metrics, proposed="enhanced")
    earned = metrics.reflection_average >= 80 and metrics.independence >= 70 and metrics.days_in_level >= 14
    assert earned or not found.is_valid


def test_a_metric_out_of_range_is_named() -> None:
    with pytest.raises(InvalidInput, match="`independence`"):
        progressive_access("basic", StudentMetrics(50, 101, 50))
