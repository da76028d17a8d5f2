"""Where a sentence ends."""

import pytest

from scribetree.tools.text import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't. We go.", ["I don't.", "We go."]),
        ("It is John\u2019s. End.", ["It is John\u2019s.", "End."]),
        ("So do I. We go.", ["So do I.", "We go."]),
        ("J. R. Tolkien wrote it. We read it.", ["J. R. Tolkien wrote it.", "We read it."]),
        ("Use it (e.g. Trains) well. Go.", ["Use it (e.g. Trains) well.", "Go."]),
        ('"Mr. Brown left," she said. He did.', ['"Mr. Brown left," she said.', "He did."]),
        ("It ended.  Then it rained.", ["It ended.", "Then it rained."]),
    ],
)
def test_a_stop_ends_a_sentence_unless_it_belongs_to_an_abbreviation(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in sentences(text)] == expected
