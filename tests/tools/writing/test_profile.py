"""The profile of a text: its features, its percentiles and its notes."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.text import read
from scribetree.tools.writing import profile, reference
from scribetree.tools.writing._tally import tags_of_listed

EXAMPLES = Path(__file__).parents[3] / "examples"
ESSAY = (EXAMPLES / "essay-draft-2.txt").read_text("utf-8")
KEYS = list(profile(ESSAY).features)
FRENCH = (
    "Le chat est assis sur la table et il regarde par la fenêtre parce que le soleil brille dans le jardin.\n\n"
    "Plus tard, il dort sous un arbre et rêve de la mer."
)


def test_there_are_more_than_ninety_features_in_seven_families() -> None:
    found = profile(ESSAY)
    assert len(found.features) >= 90
    assert list(found.families) == ["length", "lexis", "syntax", "cohesion", "stance", "structure", "conventions"]
    assert [name for names in found.families.values() for name in names] == KEYS


@given(st.text(max_size=300))
def test_every_text_has_the_same_features_and_all_are_finite(text: str) -> None:
    try:
        found = profile(text)
    except InvalidInput:
        return
    assert list(found.features) == KEYS
    assert all(abs(value) < 1e9 for value in found.features.values())


def test_counts_are_those_of_the_text() -> None:
    features = profile("I like trains. They are fast!\n\nDo you like them, too?").features
    assert (features["words"], features["sentences"], features["paragraphs"]) == (11, 3, 2)
    assert features["questions_share"] == pytest.approx(1 / 3)
    assert features["words_per_sentence"] == pytest.approx(11 / 3)


@given(st.lists(st.sampled_from(["a", "b", "c", "the", "dog"]), min_size=1, max_size=200))
def test_vocabulary_diversity_is_that_of_its_definition(chosen: list[str]) -> None:
    size = min(50, len(chosen))
    windows = [chosen[start : start + size] for start in range(len(chosen) - size + 1)]
    expected = sum(len(set(window)) / size for window in windows) / len(windows)
    assert profile(" ".join(chosen)).features["different_in_50"] == pytest.approx(expected)


@given(st.lists(st.sampled_from(["cat", "dog", "sun", "moon", "river"]), min_size=2, max_size=60))
def test_repetition_is_yules(chosen: list[str]) -> None:
    expected = 1e4 * sum(n * (n - 1) for n in Counter(chosen).values()) / len(chosen) ** 2
    assert profile(" ".join(chosen)).features["repetition"] == pytest.approx(expected)


def test_percentiles_name_their_reference_and_its_licence() -> None:
    found = profile(ESSAY)
    assert "ArgRewrite" in found.reference
    assert "CC BY" in reference().licence
    assert set(found.percentiles) == set(found.features)
    assert all(0 <= at <= 100 for at in found.percentiles.values())


def test_a_short_text_is_measured_but_compared_with_nothing() -> None:
    found = profile("I like trains because they are fast.")
    assert (found.percentiles, found.reference) == ({}, "none")
    assert "Fewer than 50 words" in found.notes[0]


def test_a_text_in_another_language_keeps_what_is_the_same_in_every_language() -> None:
    found = profile(FRENCH)
    assert found.language == "other"
    assert (found.features["words"], found.features["paragraphs"]) == (33, 2)
    assert found.features["zipf"] == 0
    assert set(found.not_measured) == {"lexis", "syntax", "cohesion", "stance", "conventions"}
    assert "does not read like English" in found.notes[0]


def test_slips_are_counted() -> None:
    features = profile("i could of gone their . He have a apple , and and it was was good.The end").features
    counted = ("small_i", "confusions", "agreement_slips", "article_forms", "doubled_words", "no_final_mark")
    assert all(features[name] > 0 for name in counted)
    assert features["spacing_slips"] > 0
    clean = profile("I could have gone there. He has an apple, and it was good. This is the end.").features
    assert all(clean[name] == 0 for name in (*counted, "spacing_slips"))


def test_a_note_says_how_many_reference_essays_have_less() -> None:
    notes = profile("really very good things and lots of stuff. " * 20).notes
    assert any("of 100 reference essays" in note for note in notes)


def test_unlisted_words_are_not_kept_after_the_call() -> None:
    profile("Zanvolatta wrote to Kurdelinsky about the trains.")
    assert "trains" in tags_of_listed()
    assert not {"zanvolatta", "kurdelinsky"} & set(tags_of_listed())


def test_typographic_and_straight_apostrophes_read_alike() -> None:
    assert read("I don\u2019t know.").flat == read("I don't know.").flat
