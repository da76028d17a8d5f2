"""What a reflection is found to hold, what it earns, and when nothing is said."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.access import LEVELS, TABLE
from scribetree.tools.writing import ReflectionQuality, reflection

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples"
DRAFT = (EXAMPLES / "essay-draft-2.txt").read_text("utf-8")
SAMPLE = (EXAMPLES / "reflection.txt").read_text("utf-8")
PROMPT = json.loads((EXAMPLES / "submission.json").read_text("utf-8"))["prompt"]
WRITTEN: list[dict[str, Any]] = json.loads((HERE / "reflections.json").read_text("utf-8"))["reflections"]
TEXTS = st.text(max_size=400)


def judged(written: dict[str, Any]) -> ReflectionQuality:
    return reflection(written["text"], *((DRAFT, PROMPT) if written["draft"] else ()))


def level_with(text: str, written: dict[str, Any]) -> tuple[int | None, str]:
    found = judged({**written, "text": text})
    return found.depth, found.access_level


POINTING = [each for each in WRITTEN if each.get("points", True)]


@pytest.mark.parametrize("written", POINTING, ids=lambda each: f"{each['level']}-{each['text'][:20]}")
def test_a_level_is_reached_by_what_stands_together(written: dict[str, Any]) -> None:
    assert judged(written).depth == written["level"]


def test_a_deep_reflection_without_the_drafts_words_is_asked_to_quote_and_held_until_it_does() -> None:
    (written,) = (each for each in WRITTEN if each not in POINTING)
    held = judged(written)
    assert (held.depth, held.access_level, held.places) == (2, "basic", ())
    assert "Which words of your draft are you talking about? Quote them." in held.feedback
    quoting = written["text"].replace("the network argument", 'the "entire network of driverless cars"')
    found = judged({**written, "text": quoting})
    assert found.depth == written["level"]
    assert [DRAFT[place.start : place.end][:15] for place in found.places] == ["This is because"]


def test_a_quotation_from_somewhere_else_points_nowhere() -> None:
    elsewhere = SAMPLE.replace("faster speed limits", '"the quick brown fox of the parliament"')
    assert "quoted" not in {place.basis for place in reflection(elsewhere, DRAFT, PROMPT).places}


def test_without_the_draft_nothing_beyond_basic_is_unlocked_and_the_answer_says_so() -> None:
    best = [reflection(each["text"]) for each in WRITTEN if each["level"] == 4]
    assert {found.access_level for found in best} == {"basic"}
    assert all("For standard: give the draft too; without it nothing beyond basic is unlocked." in found.next_level
               for found in best)  # fmt: skip


def test_the_sample_gives_reasons_and_something_understood() -> None:
    found = reflection(SAMPLE, DRAFT, PROMPT)
    assert (found.depth, found.authenticity) == (3, 100)
    assert {"difficulty", "reason", "learning"} <= {element.sign for element in found.elements}


def test_the_six_elements_are_those_of_the_literature() -> None:
    kinds = {element.kind for written in WRITTEN for element in judged(written).elements}
    assert kinds == {"description", "analysis", "feeling", "perspective", "evaluation", "outcome"}


def test_the_longest_telling_is_no_deeper_than_the_shortest() -> None:
    telling = [each for each in WRITTEN if each["level"] == 1]
    assert max(len(each["text"].split()) for each in telling) > max(
        len(each["text"].split()) for each in WRITTEN if each["level"] == 4
    )
    assert {judged(each).access_level for each in telling} == {"restricted"}


@pytest.mark.parametrize("times", [2, 5])
def test_saying_it_again_is_not_saying_more(times: int) -> None:
    once, again = reflection(SAMPLE, DRAFT), reflection("\n".join([SAMPLE] * times), DRAFT)
    assert again.overall <= once.overall
    assert LEVELS.index(again.access_level) <= LEVELS.index(once.access_level)


def test_depth_and_level_meet_their_row_of_the_table() -> None:
    for written in WRITTEN:
        found = judged(written)
        asked = TABLE[LEVELS.index(found.access_level)]
        assert found.overall >= asked.quality
        assert (found.depth or 0) >= asked.depth
        assert found.authenticity >= asked.authenticity


def test_what_would_raise_it_by_one_level_is_named() -> None:
    found = judged(WRITTEN[3])
    assert found.access_level == "restricted"
    assert found.next_level == (f"For basic: a quality of 60 (now {found.overall}).",)


def test_the_same_words_are_less_specific_about_another_draft() -> None:
    other = "Our school should keep its library open in the evening, since many families share one small kitchen table."
    assert reflection(SAMPLE, DRAFT).specificity > reflection(SAMPLE, other).specificity


# Abstaining


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("I learned a lot because it was hard.", "too little"),
        ("Ich habe im zweiten Absatz viel geändert, weil die Gründe nicht klar waren. " * 1
         + "Beim nächsten Mal werde ich zuerst einen Plan machen und meine Schwester fragen, ob sie ihn versteht. "
         "Der Schluss ist immer noch schwach, denn er sagt nicht, was ich gezeigt habe.", "English"),
        (DRAFT, "essay"),
    ],
    ids=["short", "German", "essay"],
)  # fmt: skip
def test_what_cannot_be_judged_is_asked_for(text: str, word: str) -> None:
    found = reflection(text)
    assert (found.abstained, found.depth, found.access_level) == (True, None, "restricted")
    assert word in found.reason
    assert found.feedback


def test_an_empty_reflection_is_refused() -> None:
    with pytest.raises(InvalidInput, match="reflection"):
        reflection(" \n")


# Invariance


def typed_badly(text: str, chance: random.Random) -> str:
    """Every thirtieth word or so with two inner letters swapped."""
    words = text.split(" ")
    for place in chance.sample(range(len(words)), max(1, len(words) // 30)):
        word = words[place]
        if len(word) > 4:
            at = chance.randrange(1, len(word) - 3)
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def spaced(text: str, chance: random.Random) -> str:
    return "".join(mark * chance.choice((1, 1, 2, 3)) if mark == " " else mark for mark in f"  {text}\n")


def cased(text: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.lower, str.swapcase))(text)


@pytest.mark.parametrize("change", [typed_badly, spaced, cased])
def test_typing_changes_no_level(change: Any) -> None:
    """At least 95 % of the changed texts keep depth and access level."""
    kept = [
        level_with(change(each["text"], random.Random(f"{number} {seed}")), each) == level_with(each["text"], each)
        for number, each in enumerate(WRITTEN)
        for seed in range(8)
    ]
    assert sum(kept) / len(kept) >= 0.95


@given(TEXTS)
def test_any_text_is_judged_within_its_bounds(text: str) -> None:
    try:
        found = reflection(text)
    except InvalidInput:
        return
    assert 0 <= found.overall <= 100
    assert 1.0 <= found.specificity <= 4.0
    assert all(0 <= value <= 1 for value in found.dimensions.values())
    assert all(0 <= element.start < element.end <= len(text) for element in found.elements)
    assert list(found.depth_likelihoods) == sorted(found.depth_likelihoods, reverse=True)


@given(TEXTS)
def test_help_beyond_basic_needs_depth_and_authenticity(text: str) -> None:
    try:
        found = reflection(text)
    except InvalidInput:
        return
    if LEVELS.index(found.access_level) >= 2:
        assert found.depth is not None
        assert found.depth >= 3
        assert found.authenticity >= 70


def test_feedback_asks_and_writes_nothing() -> None:
    counted = Counter(question[-1] for written in WRITTEN for question in judged(written).feedback)
    assert set(counted) <= {"?", "."}
    assert all(
        question.endswith(("?", "Point to it.", "Quote them."))
        for written in WRITTEN
        for question in judged(written).feedback
    )
