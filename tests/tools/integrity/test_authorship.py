"""Authorship: a ratio with its base rate, and silence where nothing can be known."""

import json
from pathlib import Path

import pytest

from scribetree.tools.integrity import same_author

EXAMPLES = Path(__file__).parents[3] / "examples"
WORDS = (EXAMPLES / "essay-draft-2.txt").read_text("utf-8").split()
FIRST, SECOND = " ".join(WORDS[:262]), " ".join(WORDS[262:])
ELLIPSE = Path(__file__).parents[4] / "shared" / "data" / "writing" / "ellipse" / "dev.jsonl"


def test_halves_of_one_essay_are_alike() -> None:
    found = same_author(FIRST, SECOND)
    assert found.enough_text
    assert found.log_likelihood_ratio > 0


def test_the_statement_says_how_often_one_writer_differs_as_much() -> None:
    found = same_author(FIRST, SECOND)
    assert "Of 100 pairs of texts that one writer wrote" in found.statement
    assert found.within_writer_share is not None


def test_a_little_text_says_nothing() -> None:
    found = same_author(FIRST, "I like trains. They are fast.")
    assert (found.enough_text, found.log_likelihood_ratio) == (False, 0.0)


@pytest.mark.parametrize(
    "text", ["Der Zug f\u00e4hrt heute nicht, sagte der Mann am Schalter. " * 60, "x = [0] * n; y += f(x)\n" * 100]
)
def test_what_is_not_english_prose_says_nothing(text: str) -> None:
    assert not same_author(FIRST, text).enough_text


def test_the_same_text_twice_is_as_alike_as_can_be_said() -> None:
    assert same_author(FIRST, FIRST).log_likelihood_ratio == 1.5


def test_several_known_texts_count_together() -> None:
    assert (
        same_author([" ".join(WORDS[:100]), " ".join(WORDS[100:262])], SECOND).known_words
        == same_author(FIRST, SECOND).known_words
    )


def test_the_sides_may_be_exchanged() -> None:
    assert same_author(FIRST, SECOND).log_likelihood_ratio == same_author(SECOND, FIRST).log_likelihood_ratio


def test_a_thesis_is_read_as_far_as_it_helps() -> None:
    assert same_author(FIRST, f"{SECOND} " * 400).enough_text


@pytest.mark.skipif(not ELLIPSE.exists(), reason="the learner essays (ELLIPSE) are not on this machine")
def test_writers_who_were_never_seen_are_told_apart() -> None:
    rows = [json.loads(line)["text"].split() for line in ELLIPSE.read_text("utf-8").splitlines()]
    long = [words for words in rows if len(words) >= 700][:40]
    halves = [(" ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])) for words in long]
    own = [same_author(one, other).log_likelihood_ratio for one, other in halves]
    others = [same_author(halves[i][0], halves[i - 1][1]).log_likelihood_ratio for i in range(len(halves))]
    assert sum(mine > yours for mine in own for yours in others) / len(own) / len(others) >= 0.85
