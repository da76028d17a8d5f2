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
EACH = 20
HELD_OUT_SEED = 20261124


def attempts(draft: str, families: str = "FAMILIES") -> Sequence[tuple[str, str]]:
    spec = importlib.util.spec_from_file_location("reflection_attacks", HERE / "attacks.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Sequence[tuple[str, str]] = module.attacks(
        draft, PROMPT, each=EACH, seed=HELD_OUT_SEED, families=getattr(module, families)
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


def test_without_a_draft_to_compare_with_it_is_still_at_most_one_in_twenty() -> None:
    texts = [text for _, text in attempts(DRAFTS["2"])]
    assert share_that_unlocks(texts, None, None) <= 0.05


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


def test_a_fluent_text_about_no_draft_in_particular_unlocks_nothing() -> None:
    texts = [text for name, text in attempts(DRAFTS["2"], "UNSEEN") if name == "fluent"]
    assert share_that_unlocks(texts, DRAFTS["2"], PROMPT) == 0
