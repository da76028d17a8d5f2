"""Placeholders, the way back, surrogates, masks and the judgement of a whole text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.pii import WayBack, classify, find, mask, redact, with_surrogates
from scribetree.privacy.sealed import Sealer

TEXT = "My friend Anjali Nayak (anjali@mail.org) helped. Anjali Nayak lives at 4 Elm Street. Later Anjali left."


def test_the_same_person_has_the_same_number() -> None:
    assert redact(TEXT).text == (
        "My friend [NAME_1] ([EMAIL_1]) helped. [NAME_1] lives at [STREET_ADDRESS_1]. Later [NAME_1b] left."
    )


def test_the_way_back_restores_what_others_made_of_the_text() -> None:
    redaction = redact(TEXT)
    assert redaction.way_back.restore("[NAME_1b] is [NAME_1]; [NAME_9] is nobody.") == (
        "Anjali is Anjali Nayak; [NAME_9] is nobody."
    )


def test_the_way_back_shows_nothing_of_itself() -> None:
    redaction = redact(TEXT)
    assert "Anjali" not in repr(redaction)
    assert "Anjali" not in repr(redaction.way_back)


def test_the_way_back_can_be_kept_as_bytes() -> None:
    way_back = redact(TEXT).way_back
    assert WayBack.from_bytes(way_back.to_bytes()) == way_back


def test_the_guard_can_seal_the_way_back(ring: KeyRing) -> None:
    way_back, sealer = redact(TEXT).way_back, Sealer(ring, "redactions")
    sealed = sealer.seal(way_back.to_bytes(), place="draft-1")
    assert b"Anjali" not in sealed
    assert WayBack.from_bytes(sealer.open(sealed, place="draft-1")) == way_back


@pytest.mark.parametrize("sealed", [b"", b"[]", b"\xff"])
def test_bytes_of_something_else_are_refused(sealed: bytes) -> None:
    with pytest.raises(InvalidInput):
        WayBack.from_bytes(sealed)


pieces = st.lists(
    st.one_of(
        st.sampled_from(["My name is Ana Souza. ", "ANA SOUZA ", "[NAME_1] ", "[EMAIL_1b]", "a@b.org ", "\n"]),
        st.text(max_size=20),
    ),
    max_size=12,
)  # fmt: skip


@given(pieces.map("".join))
@settings(max_examples=300, deadline=None)
def test_redaction_is_reversible_with_its_way_back(text: str) -> None:
    redaction = redact(text)
    assert redaction.way_back.restore(redaction.text) == text


def test_surrogates_keep_the_text_readable_and_tell_on_nobody() -> None:
    made = with_surrogates(TEXT)
    assert "Anjali" not in made
    assert "mail.org" not in made
    first = made.split()[2]
    assert made.endswith(f"Later {first} left.")


def test_a_mask_shows_kinds_only() -> None:
    assert mask("Write to ana@mail.org") == "Write to [EMAIL]"


def test_a_long_text_does_not_hide_one_number() -> None:
    text = "Cars are useful. " * 3000 + "My social security number is 219-09-9999."
    assert classify(text).sensitivity_level == "high"


def test_a_text_about_nobody_is_not_sensitive() -> None:
    judged = classify("Cars are useful, as Einstein might have said.")
    assert (judged.sensitivity_level, judged.sensitivity_score, judged.recommendations) == ("none", 0.0, ())


def test_distress_asks_for_support_and_is_no_label_of_find() -> None:
    text = "Some days I just want to die."
    judged = classify(text)
    assert judged.sensitivity_level == "medium"
    assert "support" in judged.recommendations[0]
    assert find(text) == []


def test_elements_point_into_the_text() -> None:
    assert all(TEXT[one.start_index : one.end_index] == one.text for one in classify(TEXT).sensitive_elements)
