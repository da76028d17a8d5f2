"""The writing process: the replay, its pauses, its revisions, its sessions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.writing import process
from scribetree.tools.writing._pauses import fit_pauses

Event = dict[str, Any]


def typed(text: str, *, start: int = 0, every: int = 200, pos: int = 0) -> list[Event]:
    return [{"t": start + i * every, "op": "insert", "pos": pos + i, "text": c} for i, c in enumerate(text)]


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "delete", "paste", "cursor", "back"]),
        st.integers(0, 60),
        st.text("ab .\n", min_size=1, max_size=4),
    ),
    max_size=60,
)


@given(EDITS)
def test_the_replay_gives_the_text_that_plain_slicing_gives(edits: list[tuple[str, int, str]]) -> None:
    text, cursor, events = "", 0, list[Event]()
    for t, (chosen, at, given_piece) in enumerate(edits):
        position = max(0, cursor - 1) if chosen == "back" else cursor if at > 40 else min(at, len(text))
        operation = "delete" if chosen == "back" else chosen
        piece = text[position : position + 2] if operation == "delete" else given_piece
        if operation == "delete":
            text, cursor = text[:position] + text[position + len(piece) :], position
        elif operation != "cursor":
            text, cursor = text[:position] + piece + text[position:], position + len(piece)
        if piece:
            events.append({"t": t * 700, "op": operation, "pos": position, "text": piece})
    if events:
        found = process(events)
        assert found.final_text == text
        assert found.characters_produced - found.characters_deleted == len(text)


def test_backspacing_a_word_is_one_revision_at_the_leading_edge() -> None:
    events = typed("go wrong") + [
        {"t": 2000 + 100 * i, "op": "delete", "pos": 7 - i, "text": "go wrong"[7 - i]} for i in range(5)
    ]
    found = process(events)
    assert (found.revisions, found.characters_deleted, found.final_text) == (1, 5, "go ")
    assert (found.largest_revisions[0].size, found.largest_revisions[0].place) == ("letters", "leading edge")


def test_a_sentence_taken_out_of_the_middle_is_a_revision_inside() -> None:
    found = process([*typed("One. Two. Three."), {"t": 9000, "op": "delete", "pos": 5, "text": "Two. "}])
    assert (found.final_text, found.revisions_inside_share) == ("One. Three.", 1.0)
    assert found.revision_sizes == {"letters": 0, "words": 0, "sentences": 1}


def test_sessions_of_one_text_join_up() -> None:
    first = [{**event, "session": 1} for event in typed("One.")]
    second = [{**event, "session": 2} for event in typed(" Two.", pos=4)]
    found = process(first + second)
    assert (found.final_text, found.sessions, found.minutes) == ("One. Two.", 2, round(1400 / 60_000, 2))


def test_a_silence_of_half_an_hour_parts_sessions_and_is_no_pause() -> None:
    found = process(typed("One.") + typed(" Two.", start=31 * 60_000, pos=4))
    assert (found.sessions, found.pauses) == (2, 0)
    assert found.minutes < 0.1


def test_time_may_not_go_back_within_a_session() -> None:
    with pytest.raises(InvalidInput, match=r"Event 1 .*never goes back"):
        process([{"t": 5, "op": "insert", "pos": 0, "text": "a"}, {"t": 4, "op": "insert", "pos": 1, "text": "b"}])


def test_linear_writing_has_no_jumps_and_inserting_at_the_front_has() -> None:
    assert process(typed("straight on")).linearity == 1.0
    front = [{"t": i * 100, "op": "insert", "pos": 0, "text": "a"} for i in range(4)]
    found = process(front)
    assert (found.jumps, found.leading_edge_share) == (3, 0.25)


def test_phases_split_the_time_and_add_up() -> None:
    found = process([*typed("a" * 30), {"t": 30_000, "op": "delete", "pos": 29, "text": "a"}])
    assert [phase.name for phase in found.phases] == ["beginning", "middle", "end"]
    assert sum(phase.produced for phase in found.phases) == 30
    assert [phase.deleted for phase in found.phases] == [0, 0, 1]


def test_two_kinds_of_gaps_are_told_apart() -> None:
    gaps = [150 + i % 60 for i in range(900)] + [4000 + 40 * (i % 50) for i in range(100)]
    found = fit_pauses(gaps)
    assert found is not None
    assert found.slow_share == pytest.approx(0.1, abs=0.02)
    assert 210 < found.threshold_ms < 4000


def test_few_gaps_or_one_kind_give_no_mixture() -> None:
    assert fit_pauses([200] * 100) is None
    assert fit_pauses([200] * 5000) is None
