"""The index of a course: it finds shared passages, keeps no words, and forgets an owner without trace."""

import pytest

from scribetree.errors import InvalidInput
from scribetree.tools.integrity import CorpusIndex

KEY = bytes(range(32))
PASSAGE = "The glacier carried granite boulders down the valley and left them beside the ruined watermill. "
ESSAYS = [
    (
        f"essay-{n}",
        f"owner-{n % 7}",
        f"Essay number {n} tells of harbour {n * 3} and lighthouse {n * 11} keepers. " * 12,
    )
    for n in range(60)
]
INDEX = CorpusIndex(KEY).with_essays([*ESSAYS, ("taken", "owner-x", f"{ESSAYS[0][2]}{PASSAGE * 2}")])


def test_a_shared_passage_is_found_first() -> None:
    found = INDEX.search(f"My own beginning is here. {PASSAGE * 2}")
    assert found[0].document == "taken"
    assert found[0].share > 0.5


def test_twelve_words_in_a_row_are_surely_found() -> None:
    words = PASSAGE.split()[:12]
    assert INDEX.search(f"Nobody wrote these opening words before today. {' '.join(words)}. And it ends so.")


def test_nothing_is_found_for_a_text_of_its_own() -> None:
    assert (
        INDEX.search("Quiet penguins juggle seventeen violet umbrellas while accountants hum baroque lullabies.") == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "Two words.",
        "x",
        "那时我还不知道河流从哪里来。" * 40,
        "<p class='a'>&amp;</p>" * 40,
        "def f(x):\n    return x\n" * 40,
    ],
)
def test_short_foreign_and_marked_up_texts_are_sought_without_harm(text: str) -> None:
    assert INDEX.search(text) == []


def test_a_thesis_of_two_hundred_pages_is_sought() -> None:
    assert INDEX.search(f"{ESSAYS[1][2]} {'Rivers carve valleys through patient stone. ' * 10_000}{PASSAGE * 2}")


def test_the_assignments_own_wording_is_not_sought() -> None:
    assert INDEX.search(PASSAGE, assignment=PASSAGE) == []


def test_an_owner_is_forgotten_without_trace() -> None:
    without = INDEX.without("owner-x")
    assert without.search(PASSAGE) == []
    assert without.to_bytes() == CorpusIndex(KEY).with_essays(ESSAYS).to_bytes()


def test_an_essay_that_comes_again_replaces_the_old_one() -> None:
    again = INDEX.with_essays(
        [("taken", "owner-x", "Something else entirely stands in this essay about tulips now. " * 4)]
    )
    assert again.search(PASSAGE) == []


def test_what_is_stored_holds_no_word_and_comes_back_the_same() -> None:
    stored = INDEX.to_bytes()
    assert b"glacier" not in stored
    assert CorpusIndex.from_bytes(stored, key=KEY).search(PASSAGE) == INDEX.search(PASSAGE)


def test_another_course_cannot_read_it() -> None:
    assert CorpusIndex.from_bytes(INDEX.to_bytes(), key=bytes(32)).search(PASSAGE) == []


def test_adding_in_steps_is_the_same_as_adding_at_once() -> None:
    steps = CorpusIndex(KEY)
    for essay in ESSAYS:
        steps = steps.with_essays([essay])
    assert steps.to_bytes() == CorpusIndex(KEY).with_essays(ESSAYS).to_bytes()
    assert len(steps.segments) <= 8


@pytest.mark.parametrize("damaged", [b"", b"12345678", INDEX.to_bytes()[:-3], b"\xff" * 64])
def test_a_damaged_index_is_named(damaged: bytes) -> None:
    with pytest.raises(InvalidInput, match="index"):
        CorpusIndex.from_bytes(damaged, key=KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(InvalidInput, match="key"):
        CorpusIndex(b"short")
