"""What is said of texts in other languages: what is language-neutral, and that the rest is not judged."""

import json
from pathlib import Path

import pytest

from scribetree.tools import writing

TEXTS: dict[str, str] = json.loads((Path(__file__).parent / "languages.json").read_text("utf-8"))["texts"]
SENTENCES = {"german": 6, "spanish": 5, "chinese": 6, "arabic": 2}

every_language = pytest.mark.parametrize("language", list(TEXTS))


@every_language
def test_lengths_and_paragraphs_are_given_and_what_holds_for_english_only_is_not(language: str) -> None:
    found = writing.patterns(TEXTS[language])
    assert found.language == "other"
    assert found.structure is not None
    assert (found.structure.sentences, found.structure.paragraphs) == (SENTENCES[language], 2)
    assert (found.sentiment, found.complexity, found.style.tone) == (None, None, None)
    assert found.remarks[0].startswith("This does not read like English")


def test_where_words_are_not_parted_by_spaces_that_is_said() -> None:
    said = {name: any("runs of characters" in remark for remark in writing.patterns(text).remarks)
            for name, text in TEXTS.items()}  # fmt: skip
    assert said == {"german": False, "spanish": False, "chinese": True, "arabic": False}


@every_language
def test_the_map_has_the_paragraphs_and_no_parts(language: str) -> None:
    text = TEXTS[language]
    found = writing.map_structure(text)
    assert found.abstained
    assert "English" in found.reason
    assert [text[each.start : each.end] for each in found.paragraphs] == text.split("\n\n")
    assert {each.first_sentence_carries for each in found.paragraphs} == {None}
    assert (found.sentences, found.gaps, found.missing, found.notes) == ((), (), (), ())


@every_language
def test_changes_between_drafts_are_shown_and_not_judged(language: str) -> None:
    first, second = TEXTS[language].split("\n\n")
    found = writing.compare_drafts(first, f"{first}\n\n{second}")
    assert (found.added, found.deleted, found.modified) == (SENTENCES[language] - found.unchanged, 0, 0)
    assert {(change.kind, change.purpose, change.confidence) for change in found.changes} == {(None, None, None)}
    assert (found.content_share, found.purposes) == (None, {})
    assert "not judged" in found.note


@every_language
def test_readability_conventions_scores_and_depth_are_refused_with_the_reason(language: str) -> None:
    text = TEXTS[language] * 3
    judged = (
        writing.readability(text),
        writing.check_conventions(text),
        writing.explain_score(text),
        writing.reflection(text),
    )
    assert all(each.abstained and "English" in each.reason for each in judged)


@every_language
def test_a_writing_log_is_described_in_every_language(language: str) -> None:
    text = TEXTS[language]
    log = [{"t": 200 * at, "op": "insert", "pos": at, "text": mark} for at, mark in enumerate(text)]
    assert writing.process(log).final_text == text
