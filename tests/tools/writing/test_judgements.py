"""Readability, structure, conventions, scores, revisions, progress: what each says, and where it stays silent."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools import writing

EXAMPLES = Path(__file__).parents[3] / "examples"
FIRST, SECOND = ((EXAMPLES / f"essay-draft-{number}.txt").read_text("utf-8") for number in (1, 2))
EASY = (
    "The dog ran to the park. It saw a cat. The cat ran up a tree. The dog sat and looked at it for a long time. " * 3
)
HARD = (
    "Notwithstanding considerable methodological limitations, contemporary investigations demonstrate that "
    "collaborative composition substantially influences subsequent argumentative sophistication among postgraduate "
    "populations, particularly where institutional expectations encourage extended deliberation. "
) * 2
GERMAN = "Ich möchte über meine Ferien sprechen. Wir waren in den Bergen und haben viel gewandert. " * 8


# Readability


def test_easy_texts_are_found_easier_than_hard_ones() -> None:
    easy, hard = writing.readability(EASY), writing.readability(HARD)
    assert easy.low is not None
    assert hard.high is not None
    assert easy.low > hard.high


def test_the_interval_holds_the_estimate_and_narrows_with_length() -> None:
    short, long = writing.readability(FIRST[:400]), writing.readability(FIRST)
    for found in (short, long):
        assert found.easiness is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.easiness < found.high
    assert short.high is not None
    assert short.low is not None
    assert long.high is not None
    assert long.low is not None
    assert long.high - long.low < short.high - short.low


def test_drivers_are_named_plainly_largest_first() -> None:
    effects = [abs(driver.effect) for driver in writing.readability(HARD).drivers]
    assert effects == sorted(effects, reverse=True)
    assert all(" " in driver.plain or driver.plain for driver in writing.readability(HARD).drivers)


@pytest.mark.parametrize("text", ["A few words only.", GERMAN])
def test_readability_abstains_on_short_and_foreign_texts_and_says_why(text: str) -> None:
    found = writing.readability(text)
    assert (found.abstained, found.easiness, found.drivers) == (True, None, ())
    assert found.reason


def test_flesch_is_that_of_its_formula() -> None:
    found = writing.readability("The cat sat on the mat. " * 10).formulas
    assert found["flesch_reading_ease"] == pytest.approx(206.835 - 1.015 * 6 - 84.6, abs=0.1)


# Structure


def test_paragraphs_and_signals_are_mapped() -> None:
    found = writing.map_structure(SECOND)
    assert [each.role for each in found.paragraphs] == ["opening", "body", "body", "body", "body", "closing"]
    assert {"claim", "reason", "counterview", "rebuttal"} <= {each.part for each in found.sentences}


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("According to a survey, 40% of drivers text.", "evidence"),
        ("Some people say that cars are safe.", "counterview"),
        ("I believe that trains are best.", "claim"),
        ("This is because they are fast.", "reason"),
    ],
)
def test_a_plain_signal_gives_its_part(sentence: str, part: str) -> None:
    found = writing.map_structure(f"{sentence} The sun rose. It was nine.")
    assert [each.part for each in found.sentences] == [part]


def test_a_sentence_that_takes_up_nothing_is_a_gap() -> None:
    text = "The green train left the old station. Purple elephants admire classical violin music. It was late."
    (gap,) = writing.map_structure(text).gaps
    assert text[gap.start : gap.end].startswith("Purple")


def test_structure_abstains_on_a_foreign_text() -> None:
    assert writing.map_structure(GERMAN).abstained


# Conventions


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("I beleive that the trains are fast.", "spelling", "beleive"),
        ("It is fast and i like it.", "capital", "i"),
        ("We dont like the rain here.", "apostrophe", "dont"),
        ("This is the the end of it.", "doubled word", "the the"),
        ("She has a apple and some bread.", "article", "a apple"),
        ("He have the book at home.", "agreement", "He have"),
        ("They could of told us before.", "confused words", "could of"),
        ("This is good ,but not enough.", "spacing", " "),
        ("Is this the end of it??", "repeated marks", "??"),
        ("It was late. We went home and the rest of us slept", "final mark", "slept"),
    ],
)
def test_each_kind_of_slip_is_found_where_it_stands(text: str, kind: str, place: str) -> None:
    found = [(slip.kind, text[slip.start : slip.end]) for slip in writing.check_conventions(text).slips]
    assert (kind, place) in found


def test_clean_prose_has_no_slips() -> None:
    text = (
        "An hour ago, a university student told us a story about the United States. It was a useful one, e.g. for me. "
        "Had he had more time, he would have told us more about Mr. Brown's well-known dog, I'm sure."
    )
    assert writing.check_conventions(text).slips == ()


@given(st.text(max_size=200))
def test_replacements_stay_hidden_until_unlocked(text: str) -> None:
    try:
        found = writing.check_conventions(text + " i beleive")
    except InvalidInput:
        return
    assert all(slip.replacement is None for slip in found.slips)


def test_an_unlocked_check_offers_the_word_one_letter_away() -> None:
    (slip,) = writing.check_conventions("I beleive that the trains are fast.", unlocked=True).slips
    assert slip.replacement == "believe"


def test_the_surest_slips_are_shown_and_the_rest_are_counted() -> None:
    found = writing.check_conventions("i beleive that i could of gone. " * 20, most=5)
    assert (len(found.slips), found.more) == (5, sum(found.kinds.values()) - 5)


# Scores


def test_contributions_add_up_to_the_score() -> None:
    found = writing.explain_score(SECOND)
    assert found.score is not None
    assert found.start is not None
    assert found.start + sum(each.effect for each in found.contributions) == pytest.approx(found.score)


def test_with_an_earlier_draft_contributions_add_up_to_the_change() -> None:
    found, before, after = (
        writing.explain_score(SECOND, FIRST),
        writing.explain_score(FIRST),
        writing.explain_score(SECOND),
    )
    assert before.score is not None
    assert after.score is not None
    assert found.change == pytest.approx(after.score - before.score)
    assert sum(each.effect for each in found.contributions) == pytest.approx(found.change)


def test_a_score_comes_with_a_wide_interval_and_is_called_no_grade() -> None:
    found = writing.explain_score(SECOND)
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low > 10
    assert "Not a grade" in found.caution


def test_a_short_text_is_not_scored() -> None:
    assert writing.explain_score("I like trains because they are fast.").score is None


# Revisions


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("I like cars because they are fast", "I like cars, because they are fast.", "surface"),
        ("This is teh end of the story.", "This is the end of the story.", "surface"),
        ("I like cars.", "Trains spare the air that our children breathe.", "content"),
        ("", "According to a study of 2017, 94 percent of accidents are caused by people.", "content"),
    ],
)
def test_plain_revisions_have_their_kind(old: str, new: str, kind: str) -> None:
    found = writing.revision(old, new)
    assert found.kind == kind
    assert 0.5 <= found.confidence <= 1


def test_a_respelling_is_about_conventions() -> None:
    assert writing.revision("we like Cars", "We like cars.").purpose == "Conventions/Grammar/Spelling"


@given(st.text(max_size=120), st.text(max_size=120))
def test_every_pair_of_sentences_has_a_kind(old: str, new: str) -> None:
    assert writing.revision(old, new).kind in {"content", "surface"}


def test_a_comparison_names_purposes_and_what_moved() -> None:
    found = writing.compare_drafts(FIRST, SECOND)
    assert sum(found.purposes.values()) <= len(found.changes)
    moves = [abs(move.percentile_after - move.percentile_before) for move in found.profile_moves]
    assert moves == sorted(moves, reverse=True)
    assert min(moves) >= 10


def test_a_draft_of_one_sentence_a_thousand_times_is_compared() -> None:
    found = writing.compare_drafts("It is so. " * 5_000, "It was so. " * 5_000)
    assert found.unchanged == 0
    assert found.modified + found.added == found.modified + found.deleted == 5_000


# Progress


def test_below_five_texts_no_trend_is_claimed() -> None:
    found = writing.trend([1, 2, 3, 4], [1, 2, 3, 4])
    assert (found.slope, found.direction) == (None, None)
    assert "not enough evidence" in found.note


def test_a_steady_rise_is_found_and_one_odd_text_does_not_turn_it() -> None:
    found = writing.trend(list(range(10)), [1, 2, 3, 4, 5, 6, 7, 8, 9, -90])
    assert (found.slope, found.direction) == (1.0, "rising")


def test_noise_is_no_trend() -> None:
    found = writing.trend([1, 2, 3, 4, 5, 6], [3, 1, 4, 1, 5, 2])
    assert found.direction == "unclear"


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(-100, 100)), min_size=5, max_size=30))
def test_the_interval_holds_the_slope(points: list[tuple[int, float]]) -> None:
    found = writing.trend([t for t, _ in points], [v for _, v in points])
    if found.slope is not None:
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.slope <= found.high


@pytest.mark.parametrize(
    ("words", "seconds", "kinds"),
    [(20, 601, ["writing_block"]), (20, 600, []), (900, 7_201, ["extended_session"]), (51, 601, [])],
)
def test_blocks_and_long_sessions_are_noticed(words: int, seconds: int, kinds: list[str]) -> None:
    assert [each.kind for each in writing.session_notices(word_count=words, time_spent_s=seconds)] == kinds


def test_a_notice_names_the_figures_that_it_rests_on() -> None:
    (notice,) = writing.session_notices(word_count=20, time_spent_s=900)
    assert notice.evidence == "20 words in 15 minutes, under 5 a minute."


# Purposes and boundaries


def test_a_purpose_of_teaching_is_valid_and_one_of_selling_is_not() -> None:
    good = writing.validate_educational_purpose(
        "give feedback that helps the student improve", ["writing_content"], "educator"
    )
    bad = writing.validate_educational_purpose(
        "improve our marketing with student feedback", ["writing_content"], "educator"
    )
    assert (good.valid, bad.valid, bad.score) == (True, False, 0.0)


@pytest.mark.parametrize(
    ("role", "requested", "students", "approver"),
    [
        ("researcher", ["progress_metrics"], 1, "irb_committee"),
        ("educator", ["reflection"], 3, "educational_director"),
        ("educator", ["course_data"], 6, "department_head"),
        ("administrator", ["writing_content"], 1, "privacy_officer"),
    ],
)
def test_who_has_to_approve_follows_the_rules(
    role: writing.RequesterRole, requested: list[str], students: int, approver: str
) -> None:
    found = writing.validate_educational_purpose("assess learning progress", requested, role, students)
    assert found.approval_required
    assert approver in found.required_approvers


@pytest.mark.parametrize(
    "prompt",
    [
        "What is the answer?",
        "Give me the solution",
        "solve this for me",
        "Write my essay about trains",
        "please REWRITE this paragraph",
        "complete my assignment",
        "Do my homework",
        "tell me exactly what to write",
    ],
)
def test_requests_for_the_work_itself_are_denied(prompt: str) -> None:
    found = writing.apply_ai_boundaries(prompt, "", "assistance", reflection_completed=True)
    assert (found.allowed, found.boundaries_applied) == (False, ("no_direct_answers",))
    assert found.suggestions


def test_without_a_reflection_only_explanations_are_open() -> None:
    question = "How can I make my second paragraph clearer?"
    assert not writing.apply_ai_boundaries(question, "", "feedback", reflection_completed=False).allowed
    assert writing.apply_ai_boundaries(question, "", "explanation", reflection_completed=False).allowed
    answer = writing.apply_ai_boundaries(question, "", "answer", reflection_completed=False)
    assert answer.boundaries_applied == ("reflection_requirement",)


def test_what_goes_on_is_short_and_names_nobody() -> None:
    found = writing.apply_ai_boundaries(
        "Why does Maria Lopez think my claim is weak?",
        "Maria Lopez said so. " * 100,
        "feedback",
        reflection_completed=True,
    )
    assert found.modified_request is not None
    assert len(found.modified_request.context) <= 500
    assert "Lopez" not in found.modified_request.prompt + found.modified_request.context
