"""What unlocks nothing: attempts to pass for a reflection, in families, from seeds."""

import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scribetree.tools.access import LEVELS
from scribetree.tools.writing import reflection

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples"
PROMPT = json.loads((EXAMPLES / "submission.json").read_text("utf-8"))["prompt"]
DRAFTS = {name: (EXAMPLES / f"essay-draft-{name}.txt").read_text("utf-8") for name in ("1", "2")}
EACH = 14
HELD_OUT_SEED = 20261124


def attempts(draft: str, families: str = "FAMILIES") -> list[tuple[str, str]]:
    spec = importlib.util.spec_from_file_location("reflection_attacks", HERE / "attacks.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[tuple[str, str]] = list(
        module.attacks(draft, PROMPT, each=EACH, seed=HELD_OUT_SEED, families=getattr(module, families))
    )
    return found


def share_that_unlocks(texts: Sequence[str], draft: str | None, prompt: str | None) -> float:
    """The share that gets depth 3 or help beyond `basic`."""
    found = [reflection(text, draft, prompt) for text in texts]
    won = [(each.depth or 0) >= 3 or LEVELS.index(each.access_level) >= 2 for each in found]
    return sum(won) / len(won)


@pytest.mark.parametrize("name", list(DRAFTS))
def test_at_most_one_attempt_in_twenty_unlocks_anything(name: str) -> None:
    texts = [text for _, text in attempts(DRAFTS[name])]
    assert len(texts) >= 200
    assert share_that_unlocks(texts, DRAFTS[name], PROMPT) <= 0.05


def test_without_a_draft_to_compare_with_nothing_unlocks_more_than_questions() -> None:
    texts = [text for _, text in attempts(DRAFTS["2"])]
    assert {reflection(text).access_level for text in texts} <= {"restricted", "basic"}


@pytest.mark.parametrize(
    "family",
    [
        "marker_salad",
        "marker_sentences",
        "repetition",
        "copied_draft",
        "dressed_draft",
        "filler",
        "named_parts",
        "orders",
    ],
)
def test_the_plain_families_never_get_beyond_restricted(family: str) -> None:
    texts = [text for name, text in attempts(DRAFTS["2"]) if name == family]
    assert {reflection(text, DRAFTS["2"], PROMPT).access_level for text in texts} == {"restricted"}


@pytest.mark.parametrize("family", ["fluent", "topical", "guessed"])
def test_a_fluent_text_that_never_saw_the_draft_is_among_the_attempts_and_unlocks_next_to_nothing(family: str) -> None:
    texts = [text for name, text in attempts(DRAFTS["2"]) if name == family]
    assert len(texts) == EACH
    assert share_that_unlocks(texts, DRAFTS["2"], PROMPT) <= 0.1


def test_guesses_in_words_that_nothing_was_tuned_on_unlock_at_most_one_in_twenty() -> None:
    texts = [text for _, text in attempts(DRAFTS["1"], "UNSEEN") + attempts(DRAFTS["2"], "UNSEEN")]
    assert share_that_unlocks(texts, DRAFTS["2"], PROMPT) <= 0.05
