"""The sentence model: nine categories, calibrated, the same for the same words."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.writing import reflective_sentence
from scribetree.tools.writing._reflection_typing import Slips
from scribetree.tools.writing._reflective_sentence import CATEGORIES, DEEP, Category, category_of

ROOT = Path(__file__).parents[3]
CERED = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data")) / "writing" / "cered" / "dev.jsonl"


@pytest.mark.parametrize(
    ("sentence", "category"),
    [
        ("I was very happy and proud when it was over.", "Feeling"),
        ("It was difficult for me to keep the attention of the class.", "Difficulty"),
        ("On Monday I came to the school and we went to the classroom.", "Experience"),
        ("The classroom has thirty desks and a large board.", "Other"),
        ("I wonder whether I should have explained it differently.", "Reflection"),
    ],
)
def test_plain_cases_are_told_apart(sentence: str, category: str) -> None:
    assert reflective_sentence(sentence).category == category


@given(st.text(min_size=1, max_size=300))
def test_the_probabilities_of_the_nine_add_up_to_one(text: str) -> None:
    try:
        found = reflective_sentence(text)
    except InvalidInput:
        return
    assert tuple(found.probabilities) == CATEGORIES
    assert sum(found.probabilities.values()) == pytest.approx(1)


@given(st.lists(st.floats(0.001, 1), min_size=9, max_size=9))
def test_a_deep_category_is_named_where_the_deep_ones_come_to_a_third_together(raised: list[float]) -> None:
    likely: dict[Category, float] = {name: each / sum(raised) for name, each in zip(CATEGORIES, raised, strict=True)}
    named = category_of(likely)
    deep = sum(likely[name] for name in DEEP)
    assume(abs(deep - 1 / 3) > 1e-9)
    assert (named in DEEP) == (deep > 1 / 3)
    assert likely[named] == max(likely[name] for name in CATEGORIES if (name in DEEP) == (named in DEEP))


def test_case_white_space_and_quotation_marks_change_nothing() -> None:
    plain = reflective_sentence('I felt that "it\'s done" was wrong.')
    assert reflective_sentence("  I FELT  that \u201cit\u2019s done\u201d was\nwrong. ") == plain


def test_a_sentence_is_judged_alike_in_every_context() -> None:
    sentence = "I did not know what to do."
    assert reflective_sentence(sentence, context=f"We began. {sentence} Then it rang.") == reflective_sentence(sentence)


def test_a_text_without_stops_is_judged_in_bounded_work() -> None:
    assert reflective_sentence("and then we went on " * 20_000).category in CATEGORIES


def test_an_empty_sentence_is_refused() -> None:
    with pytest.raises(InvalidInput, match="text"):
        reflective_sentence(" ")


def test_the_weights_say_where_they_come_from() -> None:
    weights: dict[str, Any] = json.loads((ROOT / "tools" / "writing" / "_reflective_sentence.json").read_text("utf-8"))
    assert weights["licence"] == "Apache-2.0"
    assert "CEReD" in weights["source"]
    assert tuple(weights["categories"]) == CATEGORIES


@pytest.mark.skipif(not CERED.is_file(), reason="the labelled sentences of CEReD are not here")
def test_it_agrees_with_people_on_sentences_it_never_saw() -> None:
    rows = [json.loads(line) for line in CERED.read_text("utf-8").splitlines()]
    sure = [row for row in rows if sum(row["confidence"]) / len(row["confidence"]) >= 3]
    right = [reflective_sentence(row["text"], row["context"]).category == row["label"] for row in sure]
    assert sum(right) / len(right) >= 0.64


# Slips of the keyboard


@pytest.mark.parametrize(
    ("typed", "read"),
    [("becuase", "because"), ("paragrap", "paragraph"), ("struggledd", "struggled"), ("realizrd", "realized")],
)
def test_one_slip_is_read_as_the_word_that_was_meant(typed: str, read: str) -> None:
    slips = Slips(meant=frozenset({"because", "paragraph", "struggled", "realized"}))
    assert slips.read([typed], is_known=lambda _: False) == [read]


def test_a_known_word_is_left_alone() -> None:
    assert Slips(meant=frozenset({"learned"})).read(["leaned"], is_known=lambda word: word == "leaned") == ["leaned"]


def test_a_word_between_two_is_left_alone() -> None:
    assert Slips(meant=frozenset({"writer", "writes"})).read(["writed"], is_known=lambda _: False) == ["writed"]


def test_a_run_of_letters_that_is_no_word_is_left_alone() -> None:
    endless = "becuase" * 10_000
    assert Slips(meant=frozenset({"because"})).read([endless], is_known=lambda _: False) == [endless]
