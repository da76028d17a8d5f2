"""A tutor's reply in its dialogue, and the guard that stands before the student."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.validator import Moment, ReplyJudgement, guard_reply, reply

DATA = Path(__file__).parents[4] / "shared" / "data" / "tutoring" / "dev.jsonl"
HISTORY = "Tutor: What is 7 times 8?\nStudent: I think it is 54."
REVEALS = "Not quite. 7 times 8 is 56, not 54."
HELPS = "You are close. How could you use 7 times 7 to check that?"
GHOST = (
    "Here is a revised introduction for you: Dogs are loyal companions whose bond with people reaches back thousands "
    "of years. Across cultures they guard, herd and comfort. This essay argues that their loyalty was made by both."
)


def test_an_answer_that_is_told_is_revealed_and_the_sentence_is_named() -> None:
    found = reply(HISTORY, REVEALS)
    assert found.reveals_answer > 0.8
    assert "56" in found.evidence
    assert "works_the_sum_out" in found.rules


def test_a_question_reveals_nothing_and_can_be_acted_on() -> None:
    found = reply(HISTORY, HELPS)
    assert found.reveals_answer < 0.3
    assert found.actionable > 0.5


def test_praise_is_more_encouraging_than_a_bare_correction() -> None:
    assert reply(HISTORY, "Great effort, you are doing really well! Try again.").tone > reply(HISTORY, REVEALS).tone


def test_a_written_paragraph_is_the_students_work_done() -> None:
    assert reply("Student: Can you fix my introduction about dogs?", GHOST).reveals_answer > 0.8


@pytest.mark.parametrize(
    "response",
    [
        "In conclusion, uniforms help students focus, save families money, and build community.",
        "Sure! Uniforms create unity. When everyone dresses alike, attention turns to learning, and income fades.",
        "Change the first sentence to: 'Uniforms unite us all at last.'",
        'You could write: "Uniforms help students focus because nobody has to worry about fashion or cost."',
        "I've written a new conclusion for you to hand in.",
    ],
)
def test_a_text_that_was_asked_for_is_not_handed_over(response: str) -> None:
    assert guard_reply("Student: Can you write my conclusion about school uniforms?", response).action == "replace"


@pytest.mark.parametrize(
    "response",
    [
        "Your thesis is clear. The second paragraph gives evidence, but the third repeats it. Which would you keep?",
        "Try reading your last sentence aloud. What do you notice?",
        "What should a reader remember, and which of your reasons leads there?",
    ],
)
def test_advice_on_a_text_goes_through(response: str) -> None:
    assert guard_reply("Student: Can you write my conclusion about school uniforms?", response).action == "pass"


def test_an_answer_among_much_talk_is_still_found() -> None:
    talk = "That is an interesting thought. What made you choose it? Let us look at it together. " * 6
    assert reply(HISTORY, f"{talk}{REVEALS} {talk}").reveals_answer > 0.5


def test_rules_and_model_are_both_reported() -> None:
    found = reply(HISTORY, REVEALS)
    assert set(found.model) == {"reveals_answer", "guidance", "actionable", "tone"}
    assert found.reveals_answer >= found.model["reveals_answer"]


@given(st.text(max_size=300), st.text(min_size=1, max_size=300).filter(lambda text: any(c.isalnum() for c in text)))
@settings(deadline=None, max_examples=60)
def test_any_reply_gets_probabilities(history: str, response: str) -> None:
    found = judged(history, response)
    if found is not None:
        assert all(0 <= value <= 1 for value in (found.reveals_answer, found.guidance, found.actionable, found.tone))


def judged(history: str, response: str) -> ReplyJudgement | None:
    try:
        return reply(history, response)
    except InvalidInput:
        return None


def test_an_empty_reply_is_named() -> None:
    with pytest.raises(InvalidInput, match="response"):
        reply(HISTORY, "  ")


def test_a_reply_as_long_as_a_book_does_the_work() -> None:
    assert reply(HISTORY, "And then they went on to say a little more. " * 1_000).reveals_answer > 0.8


def test_the_guard_lets_help_through_unchanged() -> None:
    assert guard_reply(HISTORY, HELPS).text == HELPS


@pytest.mark.parametrize("stage", ["brainstorming", "planning", "drafting", "revising", "editing"])
def test_the_guard_turns_done_work_into_questions_that_give_nothing_away(stage: str) -> None:
    found = guard_reply(HISTORY, REVEALS, Moment(stage=stage))  # type: ignore[arg-type]
    assert found.action == "replace"
    assert all(question.endswith("?") for question in found.questions)
    assert "56" not in found.text
    assert reply(HISTORY, " ".join(found.questions)).reveals_answer < 0.5


@pytest.mark.skipif(not DATA.exists(), reason="the labelled data (MRBench) are not on this machine")
def test_verdicts_agree_with_people_far_beyond_chance() -> None:
    """A floor against regressions; the honest figure, on unseen conversations, is in docs/cards/tutor-reply.md."""
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()][::4]
    hits = wrong = missed = 0
    for row in rows:
        label = row["labels"]["Revealing_of_the_Answer"].startswith("Yes")
        found = reply(row["history"], row["response"]).reveals_answer > 0.5
        hits, wrong, missed = hits + (label and found), wrong + (found and not label), missed + (label and not found)
    assert 2 * hits / (2 * hits + wrong + missed) > 0.7
