"""Recommendations from the catalogue: by need, by effect, by what came of earlier ones."""

from scribetree.tools.profiling import TRAITS, Estimate, Observation, Outcome, catalogue, estimate, habits, recommend


def level(share: float) -> Estimate:
    return estimate([Observation(14 * n, share, prompt=f"task-{n}") for n in range(8)])


def test_what_is_needed_comes_before_what_is_not() -> None:
    known = {name: level(0.95) for name in TRAITS} | {"sentence_fluency": level(0.2)}
    first = recommend(known)[0]
    assert first.skill == "sentence_fluency"
    assert first.confidence_score is not None
    assert first.confidence_score > 0.9
    assert first.data_used == ("skill_estimates",)


def test_without_any_record_the_catalogue_alone_decides_and_says_so() -> None:
    found = recommend({})
    assert found
    assert all(each.confidence_score is None and each.data_used == () for each in found)
    assert "nothing was looked at" in found[0].rationale


def test_what_did_not_help_this_student_goes_down_and_what_did_goes_up() -> None:
    known = {name: level(0.3) for name in TRAITS}
    before = {each.id: each.expected_effect for each in recommend(known, most=10)}
    outcomes = [Outcome("plan_then_write", -0.2, 0.1), Outcome("assess_yourself", 1.2, 0.1)]
    after = {each.id: each.expected_effect for each in recommend(known, outcomes=outcomes, most=10)}
    assert "plan_then_write" not in after or after["plan_then_write"] < before["plan_then_write"]
    assert after["assess_yourself"] > before["assess_yourself"]


def test_only_the_types_that_were_asked_for_are_given() -> None:
    assert {each.type for each in recommend({}, types=("collaboration",))} == {"collaboration"}


def test_what_takes_longer_than_a_usual_session_comes_last() -> None:
    minutes = [each.minutes <= 12 for each in recommend({}, usual_minutes=12, most=10)]
    assert minutes == sorted(minutes, reverse=True)


def test_every_entry_of_the_catalogue_names_skills_of_the_model_and_a_source() -> None:
    for each in catalogue():
        assert set(each.skills) <= set(TRAITS), each.id
        assert "(20" in each.source
        assert 0 < each.effect < 1.5


def test_a_habit_needs_two_texts_and_english() -> None:
    vague = "I did a lot of things and it was really very good stuff. " * 12
    assert habits([vague]).found == ()
    found = habits([vague, vague])
    assert found.compared == 2
    assert found.found
    assert {(each.texts, each.of) for each in found.found} == {(2, 2)}
    german = "Ich bin gestern mit dem Zug nach Hause gefahren und habe ein Buch gelesen. " * 12
    assert habits([german, german]).left_out == 2
