"""Evidence for a conversation: what is found, and when it abstains."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.integrity import ProcessSummary, analyse, compare

EXAMPLES = Path(__file__).parents[3] / "examples"
FIRST, SECOND = ((EXAMPLES / f"essay-draft-{number}.txt").read_text("utf-8") for number in (1, 2))
REFLECTION = (EXAMPLES / "reflection.txt").read_text("utf-8")
WORDS = st.text(alphabet="abc ", min_size=1, max_size=300).filter(str.strip)


def test_two_drafts_of_one_essay_support_continuity() -> None:
    found = analyse(SECOND, earlier_draft=FIRST, reflection=REFLECTION)
    assert not found.abstained
    assert found.flags == ()
    assert found.integrity_score == 1.0


def test_a_text_alone_says_nothing() -> None:
    found = analyse(SECOND)
    assert (found.abstained, found.integrity_score, found.flags) == (True, None, ())


def test_a_short_text_says_nothing() -> None:
    assert analyse("A few words only.", earlier_draft="A few words.").abstained


def test_an_unrelated_draft_is_a_question_and_not_a_verdict() -> None:
    found = analyse(SECOND, earlier_draft="My grandmother keeps bees and sells honey every summer. " * 10)
    assert found.flags == ("ask_about_drafts",)
    assert found.human_review
    assert found.recommendations[0].endswith("?")
    assert found.evidence[0].innocent_explanation


def test_large_pastes_are_a_question() -> None:
    found = analyse(SECOND, process=ProcessSummary(paste_share=0.9, minutes=45))
    assert found.flags == ("ask_about_pasted_parts",)


def test_no_word_of_the_answer_accuses() -> None:
    found = analyse(SECOND, earlier_draft="Bees. " * 50, process=ProcessSummary(paste_share=1, minutes=1))
    said = str(found).lower()
    assert not any(word in said for word in ("cheat", "plagiar", "ai-written", "ai-generated", "dishonest"))


def test_a_share_out_of_range_is_named() -> None:
    with pytest.raises(InvalidInput, match="`paste_share`"):
        analyse(SECOND, process=ProcessSummary(paste_share=2))


def test_an_empty_text_is_named() -> None:
    with pytest.raises(InvalidInput, match="content"):
        analyse("   ")


@given(WORDS)
def test_a_text_is_a_copy_of_itself(text: str) -> None:
    found = compare(text, text)
    assert (found.score, found.kind) == (1.0, "copied")


@given(WORDS, WORDS)
def test_passages_quote_the_same_words_and_the_score_is_a_share(a: str, b: str) -> None:
    found = compare(a, b)
    assert 0 <= found.score <= 1
    for passage in (each for each in found.passages if each.wording == "same"):
        assert a[passage.a_start : passage.a_end].split() == b[passage.b_start : passage.b_end].split()


def test_unrelated_texts_are_independent() -> None:
    assert compare(FIRST, REFLECTION).kind == "independent"


def test_a_copy_with_another_beginning_is_found() -> None:
    copied = "It is well known that cars matter. " + FIRST
    assert compare(FIRST, copied).kind == "copied"


def test_repetition_does_not_make_it_slow() -> None:
    assert compare("a " * 20_000, "a " * 20_000).score > 0.9
