"""What is read from texts, drafts, logs and reflections."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.writing import compare_drafts, patterns, process, profile, revision

EXAMPLES = Path(__file__).parents[3] / "examples"
FIRST, SECOND = ((EXAMPLES / f"essay-draft-{number}.txt").read_text("utf-8") for number in (1, 2))
REFLECTION = (EXAMPLES / "reflection.txt").read_text("utf-8")
LOG = [json.loads(line) for line in (EXAMPLES / "writing-log.jsonl").read_text("utf-8").splitlines()]
PROMPT = json.loads((EXAMPLES / "submission.json").read_text("utf-8"))["prompt"]
TEXTS = st.text(max_size=400)
LEVELS = ("restricted", "basic", "standard", "enhanced")


# Patterns


def test_counts_are_those_of_the_text() -> None:
    found = patterns("I like trains. They are fast!\n\nDo you?").structure
    assert found is not None
    assert (found.words, found.sentences, found.paragraphs) == (8, 3, 2)
    assert (found.shortest_sentence, found.longest_sentence) == (2, 3)


def test_a_part_that_is_not_wanted_is_left_out() -> None:
    found = patterns(SECOND, include_structure=False, include_sentiment=False, include_complexity=False)
    assert (found.structure, found.sentiment, found.complexity) == (None, None, None)
    assert found.style.tone == "formal"


def test_few_words_of_opinion_give_no_tone() -> None:
    found = patterns("The train leaves at nine. It is good.").sentiment
    assert found is not None
    assert (found.label, found.score) == (None, None)


def test_harder_texts_are_found_harder() -> None:
    easy = patterns("I see a cat. The cat is big. It sat on a mat. I like it.").complexity
    hard = patterns(
        "Notwithstanding considerable methodological limitations, contemporary investigations demonstrate that "
        "collaborative composition substantially influences subsequent argumentative sophistication."
    ).complexity
    assert easy is not None
    assert hard is not None
    assert (easy.level, hard.level) == ("basic", "advanced")


def test_what_is_said_of_a_text_is_what_its_profile_holds() -> None:
    found = patterns(SECOND, include_profile=True)
    assert found.structure is not None
    assert found.complexity is not None
    expected = profile(SECOND)
    assert (found.profile, found.remarks) == (expected, expected.notes)
    features = expected.features
    assert found.structure.sd_sentence_length == round(features["words_per_sentence_sd"], 2)
    assert found.complexity.long_word_share == round(features["long_word_share"], 3)
    assert found.style.connective_percent == round(features["connectives"], 2)


def test_the_profile_is_left_out_unless_it_is_asked_for() -> None:
    assert patterns(SECOND).profile is None


@given(TEXTS)
def test_notes_point_into_the_text_and_nothing_but_invalid_input_is_raised(text: str) -> None:
    try:
        found = patterns(text)
    except InvalidInput:
        return
    assert all(0 <= note.start < note.end <= len(text) for note in found.notes)


@pytest.mark.parametrize("text", ["", "   \n", "...", "!?"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="content"):
        patterns(text)


# Drafts


def test_the_same_draft_has_no_changes() -> None:
    found = compare_drafts(SECOND, SECOND)
    assert found.changes == ()
    assert found.content_share is None


def test_changes_add_up_to_the_sentences_of_both_drafts() -> None:
    found = compare_drafts(FIRST, SECOND)
    before = found.unchanged + found.modified + found.deleted
    after = found.unchanged + found.modified + found.added
    assert (before, after) == (17, 23)


@given(TEXTS, TEXTS)
def test_every_change_points_into_its_drafts(earlier: str, later: str) -> None:
    try:
        found = compare_drafts(earlier, later)
    except InvalidInput:
        return
    for change in found.changes:
        assert (change.earlier_start is None) == (change.operation == "add")
        assert (change.later_start is None) == (change.operation == "delete")
        assert change.later_end is None or change.later_end <= len(later)


def test_a_mended_comma_is_surface_and_a_new_claim_is_content() -> None:
    assert revision("I like cars because they are fast", "I like cars, because they are fast.").kind == "surface"
    assert revision("I like cars.", "Trains spare the air that our children breathe.").kind == "content"


# Process


def test_replaying_the_log_gives_the_text() -> None:
    found = process(LOG)
    assert found.final_text == SECOND
    assert found.characters_produced - found.characters_deleted == len(SECOND)
    assert found.paste_share == 0


def test_pauses_of_two_seconds_end_bursts() -> None:
    found = process([{"t": t, "op": "insert", "pos": i, "text": "a"} for i, t in enumerate((0, 100, 2200, 2300, 9000))])
    assert (found.bursts, found.pauses, found.p_burst_share) == (3, 2, 0.667)


def test_pasted_text_counts_as_pasted_and_not_as_a_burst() -> None:
    found = process(
        [{"t": 0, "op": "paste", "pos": 0, "text": "abcd"}, {"t": 50, "op": "insert", "pos": 4, "text": "e"}]
    )
    assert found.paste_share == 0.8
    assert found.mean_burst_length == 1


@pytest.mark.parametrize(
    ("event", "rule"),
    [
        ({"t": "x", "op": "insert", "pos": 0, "text": "secret"}, "`t`"),
        ({"t": -1, "op": "insert", "pos": 0, "text": "secret"}, "`t`"),
        ({"t": 0, "op": "type", "pos": 0, "text": "secret"}, "`op`"),
        ({"t": 0, "op": "insert", "pos": 5, "text": "secret"}, "`pos` lies behind"),
        ({"t": 0, "op": "insert", "pos": True, "text": ""}, "`text`"),
        ({"t": 0, "op": "delete", "pos": 0, "text": "secret"}, "not the one that stands there"),
    ],
)
def test_a_misfit_event_is_named_by_number_and_rule_and_not_quoted(event: dict[str, Any], rule: str) -> None:
    with pytest.raises(InvalidInput, match="Event 0") as caught:
        process([event])
    assert rule in caught.value.message
    assert "secret" not in caught.value.message


def test_a_long_log_is_replayed() -> None:
    events = [{"t": 200 * i, "op": "insert", "pos": i, "text": "a"} for i in range(50_000)]
    assert process(events).final_length == 50_000
