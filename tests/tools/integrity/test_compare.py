"""What two texts share: the same words, other words, quotations, and what belongs to everyone."""

from pathlib import Path

import pytest

from scribetree.tools.integrity import compare

EXAMPLES = Path(__file__).parents[3] / "examples"
DRAFT = (EXAMPLES / "essay-draft-2.txt").read_text("utf-8")
SOURCE = (
    "The river flooded the old market in spring and ruined every stall along the northern wall. Merchants carried "
    "their cloth to the chapel and waited three days for the water to fall. When the mayor returned from the capital, "
    "he found the bridge broken and the granary empty. He borrowed wheat from a neighbouring town and promised to "
    "repay it after the harvest."
)
LIGHT = (
    "The river flooded the ancient market in spring and destroyed every stall along the northern wall. Traders carried "
    "their cloth to the chapel and waited three days for the water to drop. When the mayor came back from the capital, "
    "he found the bridge broken and the granary bare. He borrowed wheat from a nearby town and vowed to "
    "repay it after the harvest."
)
HEAVY = (
    "After the harvest the mayor meant to pay back the wheat that a neighbouring town had lent. On returning from the "
    "capital he had seen a broken bridge, an empty granary. In spring, stalls by the northern wall of the market were "
    "ruined, for the river had flooded; with their cloth the merchants waited in the chapel until the water fell."
)
OTHER = (
    "Farmers in the hills plant barley as soon as the snow melts. Their children herd goats on the terraces, and the "
    "grandmothers spin wool by the window. Twice a year a pedlar climbs the path with needles, salt and news, and the "
    "whole village gathers to hear who has married and who has moved away."
)


@pytest.mark.parametrize(
    ("answer", "kind"), [(SOURCE, "copied"), (LIGHT, "light"), (HEAVY, "heavy"), (OTHER, "independent")]
)
def test_the_four_kinds_are_told_apart(answer: str, kind: str) -> None:
    assert compare(SOURCE, answer).kind == kind


def test_more_reuse_has_a_higher_score() -> None:
    scores = [compare(SOURCE, answer).score for answer in (SOURCE, LIGHT, HEAVY, OTHER)]
    assert scores == sorted(scores, reverse=True)


def test_the_order_of_the_texts_makes_no_difference() -> None:
    assert compare(SOURCE, HEAVY).kind == compare(HEAVY, SOURCE).kind


def test_a_reworded_sentence_is_aligned_with_its_source() -> None:
    found = [each for each in compare(SOURCE, HEAVY).passages if each.wording == "reworded"]
    assert any("chapel" in SOURCE[each.a_start : each.a_end] for each in found)


def test_a_quotation_is_shown_and_not_counted() -> None:
    quoting = f'As the chronicle says, "{SOURCE[:90]}" (Miller, 1999). {OTHER}'
    found = compare(SOURCE, quoting)
    assert found.passages[0].quoted
    assert not found.passages[0].counted
    assert found.passages[0].cited
    assert found.score == 0.0


def test_the_assignments_own_words_are_not_counted() -> None:
    task = "Explain how the flood of the old market changed the town and its merchants for ever."
    one, other = f"{task} {OTHER}", f"{task} {SOURCE}"
    assert compare(one, other, assignment=task).score < compare(one, other).score


def test_phrases_of_everyones_are_not_counted() -> None:
    phrase = "On the other hand, it is also true that there are many more of these."
    found = compare(f"{phrase} {SOURCE}", f"{OTHER} {phrase}")
    assert found.score == 0.0
    assert found.kind == "independent"


def test_passages_point_into_both_texts() -> None:
    found = compare(SOURCE, f"I read this. {SOURCE}").passages[0]
    assert SOURCE[found.a_start : found.a_end] == f"I read this. {SOURCE}"[found.b_start : found.b_end]


def test_two_words_are_said_to_be_too_few() -> None:
    found = compare("Good morning", "Good evening")
    assert found.kind == "independent"
    assert "fewer than" in found.note


@pytest.mark.parametrize(
    "text",
    [
        "Die Stra\u00dfenbahn f\u00e4hrt um neun Uhr, und ich lese darin jeden Morgen ein Kapitel. " * 10,
        "\u6211\u6bcf\u5929\u65e9\u4e0a\u4e5d\u70b9\u5750\u7535\u8f66\u53bb\u5b66\u6821\u3002" * 40,
        "<div class='a'>if (x < 3) { return y[0]; } /* \u201cq\u201d */</div>\n" * 50,
    ],
    ids=["german", "chinese", "markup"],
)
def test_other_languages_and_markup_are_compared(text: str) -> None:
    assert compare(text, text).kind == "copied"
    assert compare(text, DRAFT).kind == "independent"


def test_a_thesis_of_two_hundred_pages_is_compared() -> None:
    thesis = "".join(
        f"In chapter {n} we measured {n * 7} samples of type {n % 13} near site {n % 97}. " for n in range(7_000)
    )
    found = compare(thesis, thesis[5_000:])
    assert found.score > 0.9
    assert len(found.passages) <= 200
