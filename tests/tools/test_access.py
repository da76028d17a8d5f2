"""The one table of access, and that every tool keeps to it."""

import itertools
import re
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scribetree.tools import validator, writing
from scribetree.tools.access import LEVELS, TABLE, AccessLevel, earned, missing, permits, stepped, trusted_depth

CARD = (Path(__file__).parents[2] / "docs" / "cards" / "access.md").read_text("utf-8")
PERCENT = st.floats(0, 100)
DEPTH = st.integers(0, 4)
LEVEL = st.sampled_from(LEVELS)


EVIDENCE = st.fixed_dictionaries({"quality": PERCENT, "depth": DEPTH, "authenticity": PERCENT, "places": DEPTH})


@given(EVIDENCE, EVIDENCE)
def test_more_of_anything_never_lowers_the_level(one: dict[str, Any], other: dict[str, Any]) -> None:
    before = earned(**one)
    after = earned(**{name: max(one[name], other[name]) for name in one})
    assert LEVELS.index(after) >= LEVELS.index(before)


@given(LEVEL, LEVEL)
def test_a_level_rises_one_step_at_a_time_and_may_fall_to_any(current: AccessLevel, supported: AccessLevel) -> None:
    step = LEVELS.index(stepped(current, supported)) - LEVELS.index(current)
    assert step == min(1, LEVELS.index(supported) - LEVELS.index(current))


@given(LEVEL, LEVEL)
def test_a_degraded_answer_raises_nothing(current: AccessLevel, supported: AccessLevel) -> None:
    assert LEVELS.index(stepped(current, supported, degraded=True)) <= LEVELS.index(current)


def test_each_row_asks_for_more_than_the_one_below_and_permits_no_less() -> None:
    for below, above in itertools.pairwise(TABLE):
        assert below.quality < above.quality
        assert below.depth < above.depth
        assert below.authenticity < above.authenticity
        assert below.places <= above.places
        assert below.standing < above.standing
        assert set(below.permits) <= set(above.permits)


def test_answers_and_finished_text_are_permitted_nowhere() -> None:
    assert {kind for each in TABLE for kind in each.permits} == {"explanation", "question", "feedback", "assistance"}
    assert permits("restricted", "explanation")
    assert not permits("restricted", "feedback")


@given(EVIDENCE)
def test_without_a_depth_everything_stays_restricted(evidence: Any) -> None:
    assert earned(**evidence | {"depth": None}) == "restricted"


@given(EVIDENCE)
def test_without_a_place_in_the_draft_nothing_beyond_basic_is_earned(evidence: dict[str, Any]) -> None:
    assert earned(**{**evidence, "places": 0}) in {"restricted", "basic"}


@given(DEPTH, PERCENT)
def test_low_authenticity_carries_no_depth(depth: int, authenticity: float) -> None:
    carried = trusted_depth(depth, authenticity)
    assert carried <= depth
    assert carried <= 1 or authenticity >= TABLE[1].authenticity


def test_what_is_missing_is_named() -> None:
    assert missing("standard", quality=80, depth=2, authenticity=60, places=0) == (
        "depth",
        "authenticity",
        "places",
    )


def test_the_validator_and_the_reflection_share_the_table() -> None:
    assert validator.AccessLevel is writing.AccessLevel is AccessLevel
    found = validator.progressive_access("restricted", validator.StudentMetrics(100, 100, 100, 60, 3))
    assert (found.score, found.recommended_level) == (100, "basic")


def test_the_card_publishes_the_table_as_it_is() -> None:
    rows = re.findall(r"^\| (\w+) \| (.+?) \| (\d+) \| (\d) \| (\d+) \| (\d) \| (\d+) \|$", CARD, re.MULTILINE)
    assert rows == [
        (
            each.level,
            each.says,
            *map(str, (each.quality, each.depth, each.authenticity, each.places)),
            f"{each.standing:.0f}",
        )
        for each in TABLE
    ]
