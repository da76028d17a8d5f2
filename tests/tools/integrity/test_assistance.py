"""What may be said about AI help: declaration first, wording never, and alike for every level of English."""

import json
from pathlib import Path

import pytest

from scribetree.errors import InvalidInput
from scribetree.tools.integrity import Disclosure, ProcessSummary, assistance, credit, same_author

ELLIPSE = Path(__file__).parents[4] / "shared" / "data" / "writing" / "ellipse" / "dev.jsonl"
EXAMPLES = Path(__file__).parents[3] / "examples"
TEXT = (EXAMPLES / "essay-draft-2.txt").read_text("utf-8")
POLISHED = (
    "Furthermore, it is imperative to acknowledge the multifaceted ramifications of this paradigm. Moreover, the "
    "aforementioned considerations underscore the significance of a holistic approach. "
) * 30


def test_polished_wording_alone_is_no_sign() -> None:
    found = assistance(POLISHED)
    assert (found.assistance_level, found.questions) == ("none", ())
    assert "Liang" in found.limits


def test_a_remnant_of_an_assistant_is_minimal_at_most_and_asks_nothing() -> None:
    found = assistance(f"As an AI language model, I cannot vote. {POLISHED}")
    assert (found.assistance_level, found.questions) == ("minimal", ())


def test_a_declaration_is_believed_and_named() -> None:
    found = assistance(TEXT, disclosure=Disclosure(used_ai=True, uses=("ideas",), share=0.1))
    assert found.assistance_level == "moderate"
    assert not found.human_review
    assert found.evidence_for[0].source == "declaration"


@pytest.mark.parametrize(
    ("uses", "share", "level"),
    [
        (("spelling_and_grammar",), 0.1, "minimal"),
        (("outline",), 0.1, "moderate"),
        (("rewriting",), 0.3, "significant"),
        (("drafting",), 0.9, "generated"),
    ],
)
def test_each_level_is_reached_by_declaration(uses: tuple[str, ...], share: float, level: str) -> None:
    assert Disclosure(used_ai=True, uses=uses, share=share).level() == level  # type: ignore[arg-type]


def test_without_a_declaration_nothing_is_called_generated() -> None:
    found = assistance(TEXT, process=ProcessSummary(paste_share=1.0, minutes=2))
    assert found.assistance_level == "minimal"
    assert found.human_review
    assert all(sign.alternative for sign in found.evidence_for)


def test_a_written_log_speaks_against_help() -> None:
    found = assistance(TEXT, process=ProcessSummary(paste_share=0.0, minutes=40))
    assert found.assistance_level == "none"
    assert found.evidence_against


def test_a_log_of_another_text_is_left_out() -> None:
    other = "Bees make honey in the hive all summer long, and the keeper sells it. " * 20
    found = assistance(TEXT, process=ProcessSummary(paste_share=1.0), log_text=other)
    assert found.questions == ()


def test_below_seven_tenths_a_person_has_to_look() -> None:
    found = assistance(TEXT)
    assert found.confidence < 0.7
    assert found.human_review


def test_declaring_always_earns_credit_and_thanks() -> None:
    found = credit(Disclosure(used_ai=True, uses=("drafting",), share=0.9), allowed=("ideas",))
    assert found.credited
    assert "Thank you" in found.acknowledgement
    assert found.missing == ("one sentence in your own words",)


def test_a_share_out_of_range_is_named() -> None:
    with pytest.raises(InvalidInput, match="`share`"):
        Disclosure(used_ai=True, share=2)


@pytest.mark.skipif(not ELLIPSE.exists(), reason="the learner essays (ELLIPSE) are not on this machine")
def test_no_question_is_raised_more_often_about_learners_of_less_proficiency() -> None:
    rates = {level: rate_of_questions(level) for level in (range(1, 3), range(3, 4), range(4, 6))}
    assert max(rates.values()) - min(rates.values()) <= 0.05


def rate_of_questions(levels: range) -> float:
    """How often the second half of a learner's essay is asked about, beside its first half."""
    raised = total = 0
    for row in [json.loads(line) for line in ELLIPSE.read_text("utf-8").splitlines()]:
        words = row["text"].split()
        if int(row["scores"]["Overall"]) not in levels or len(words) < 520:
            continue
        middle = len(words) // 2
        first, second = " ".join(words[:middle]), " ".join(words[middle:])
        raised += bool(assistance(second, consistency=same_author(first, second)).questions)
        total += 1
        if total == 60:
            break
    return raised / total
