"""Bounded enhancement, the five principles, reflection requirements, rationale, questions, dependency."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.validator import (
    AiResponse,
    InteractionPattern,
    Moment,
    ReflectionAsked,
    bounded_enhancement,
    dependency_risk,
    educational_rationale,
    philosophy,
    question_value,
    reflection_requirements,
)
from scribetree.tools.validator._bounded import WEIGHTS

GOOD = AiResponse.of(
    [
        "Which of your reasons is the strongest, and how do you know that a reader would accept it?",
        "What would you try first on your own, and how will you check whether it works?",
    ],
    rationale="These questions help you to find out which of your reasons carries the argument.",
    attribution="These are AI-generated questions.",
    limitations=["The AI has not read your sources."],
)


def test_good_questions_are_within_bounds() -> None:
    found = bounded_enhancement(GOOD)
    assert found.is_valid
    assert found.overall_score >= 80


def test_the_weights_are_the_published_ones() -> None:
    assert list(WEIGHTS.values()) == [0.25, 0.20, 0.15, 0.20, 0.10, 0.10]


def test_a_statement_among_questions_costs_points() -> None:
    worse = replace(GOOD, questions=(*GOOD.questions, "Your thesis stands in the third paragraph."))
    assert (
        bounded_enhancement(worse).principle_scores["questions_only"].score
        < bounded_enhancement(GOOD).principle_scores["questions_only"].score
    )


def test_a_good_rationale_does_not_buy_a_written_sentence() -> None:
    worse = replace(
        GOOD, questions=("Here is a better paragraph for you: Sleep makes students learn.", *GOOD.questions)
    )
    found = bounded_enhancement(worse)
    assert not found.is_valid
    assert found.deciding


def test_without_attribution_and_limits_it_is_not_transparent() -> None:
    bare = replace(GOOD, rationale="", attribution="", limitations=())
    assert not bounded_enhancement(bare).principle_scores["transparent_rationale"].passed


def test_hard_questions_in_overload_do_not_fit() -> None:
    calm = bounded_enhancement(GOOD).principle_scores["appropriate_difficulty"].score
    assert bounded_enhancement(GOOD, Moment(load="overload")).principle_scores["appropriate_difficulty"].score < calm


@given(st.lists(st.text(min_size=1, max_size=80), max_size=4), st.text(max_size=80))
@settings(deadline=None, max_examples=40)
def test_scores_stay_in_range(questions: list[str], rationale: str) -> None:
    usable = [each for each in questions if any(character.isalnum() for character in each)]
    try:
        found = bounded_enhancement(AiResponse.of(usable, rationale=rationale))
    except InvalidInput:
        return
    assert 0 <= found.overall_score <= 100


def test_the_profile_counts() -> None:
    one = replace(GOOD, questions=("What does your second paragraph say, and what would another reader miss?",))
    unknown = philosophy(one, Moment())
    leaning = philosophy(one, Moment(trend="decreasing", requests_an_hour=8, strengths=("creative_thinking",)))
    assert leaning.compliance_score < unknown.compliance_score
    assert leaning.profile_used == ("trend", "requests_an_hour", "strengths")
    assert unknown.profile_used == ()


def test_long_struggle_calls_for_a_first_step() -> None:
    stuck = Moment(minutes_struggling=30)
    plain = replace(GOOD, questions=("Why does the argument fail?",))
    helped = replace(GOOD, questions=("Why does the argument fail, and which one sentence would you start with?",))
    assert (
        philosophy(plain, stuck).principle_results["productive_struggle"].score
        < philosophy(helped, stuck).principle_results["productive_struggle"].score
    )


def test_no_reflection_is_not_enough() -> None:
    found = reflection_requirements(ReflectionAsked(), Moment())
    assert not found.is_valid
    assert (found.adjusted_min_words, found.adjusted_threshold) == (100, "detailed")


def test_a_student_who_reflects_little_is_asked_for_more() -> None:
    found = reflection_requirements(ReflectionAsked(), Moment(reflection_depth=30, trend="decreasing"))
    assert (found.adjusted_min_words, found.adjusted_threshold) == (180, "analytical")


def test_overload_asks_for_less_and_never_for_less_than_fifty() -> None:
    assert (
        reflection_requirements(ReflectionAsked(), Moment(load="overload", reflection_depth=90)).adjusted_min_words
        == 50
    )


def test_a_full_demand_meets_the_requirements() -> None:
    asked = ReflectionAsked(
        mandatory=True,
        min_words=120,
        threshold="detailed",
        prompts=("Why did you change that sentence?", "What did you learn from the AI's question?"),
        criteria=("names a place", "gives a reason", "says what comes next"),
    )
    found = reflection_requirements(asked, Moment())
    assert found.meets_requirements
    assert all(found.prompt_qualities.values())


def test_a_rationale_says_that_an_ai_made_it() -> None:
    found = educational_rationale("question_generation", Moment(stage="revising"), content=["Why is this convincing?"])
    assert "AI" in found.transparency_statement
    assert "revise" in found.purpose


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Why would a reader doubt your second reason, and how would you answer?", "Is it good?"),
        ("How does this example support your claim?", "When was the war?"),
        ("Which paragraph carries your argument, and why?", "Don't you think the ending is weak?"),
    ],
)
def test_better_questions_are_worth_more(better: str, worse: str) -> None:
    assert question_value(better).overall_quality > question_value(worse).overall_quality


def test_an_objective_that_is_named_counts() -> None:
    question = "How does your evidence support the claim?"
    near = question_value(question, objectives=["use evidence for a claim"])
    far = question_value(question, objectives=["punctuate dialogue"])
    assert near.learning_objective_alignment > far.learning_objective_alignment


def test_a_falling_trend_and_simpler_requests_add_points() -> None:
    before = dependency_risk(InteractionPattern(1)).risk_score
    after = dependency_risk(InteractionPattern(1, trend="decreasing", request_levels=(5, 5, 2, 1))).risk_score
    assert after == before + 40
