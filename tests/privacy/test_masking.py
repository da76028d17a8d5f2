"""Masks take away, and never give back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.privacy.masking import MASKS, REDACTED, Mask, mask, strictest
from scribetree.shapes import as_list, as_object

KEY = b"k" * 32
scalars = st.none() | st.booleans() | st.integers(-1000, 1000) | st.floats(0, 1) | st.text(max_size=30)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)
masks = st.sampled_from(MASKS)


def texts_in(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    parts = as_list(value) or list((as_object(value) or {}).values())
    return {text for part in parts for text in texts_in(part)}


@given(masks, masks)
def test_of_two_masks_the_stricter_one_counts_in_whatever_order(one: Mask, other: Mask) -> None:
    assert strictest((one, other)) == strictest((other, one)) == max(one, other, key=MASKS.index)


def test_where_no_mask_is_named_nothing_is_shown() -> None:
    assert strictest(()) == "redact"


@given(values)
def test_a_text_survives_no_mask_but_keep(value: Any) -> None:
    for how in MASKS[1:]:
        shown = texts_in(mask(value, how, key=KEY))
        assert all(text not in shown or text == REDACTED or text.isdigit() for text in texts_in(value))


@given(values)
def test_what_is_redacted_does_not_even_tell_its_length(value: Any) -> None:
    assert mask(value, "redact", key=KEY) in (REDACTED, None)


@given(values, values)
def test_a_hash_tells_only_whether_two_values_are_equal(one: Any, other: Any) -> None:
    if one is not None and other is not None:
        same = repr(one) == repr(other)
        assert not same or mask(one, "hash", key=KEY) == mask(other, "hash", key=KEY)
    assert mask("a", "hash", key=KEY) != mask("a", "hash", key=b"x" * 32)


@pytest.mark.parametrize(
    ("value", "how", "shown"),
    [
        (347, "bucket", 350),
        (0.4711, "bucket", 0.5),
        ({"words": 347, "title": "Ann"}, "bucket", {"words": 350, "title": REDACTED}),
        (0.2, "generalise", "low"),
        (0.9, "generalise", "high"),
        ("2013-04-05", "generalise", "2013"),
        (["a", "b"], "generalise", {"count": 2}),
        ("anything", "generalise", REDACTED),
    ],
)
def test_what_is_left_of_a_value(value: Any, how: Mask, shown: Any) -> None:
    assert mask(value, how, key=KEY) == shown
