"""
How much AI help went into a piece of writing, as far as that can be known at all.

It is known from what the student declares; it is made likelier or less likely by how the text came to be, and by how
it stands to the student's earlier writing. The words of a text alone never raise a level above "minimal": tools that
guess from wording are unreliable (Weber-Wulff et al. 2023) and take learners of English for machines (Liang et al.
2023). Only a declaration reaches "generated".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.integrity._analyse import ProcessSummary, check_process, is_log_of
from scribetree.tools.integrity._authorship import SameAuthor
from scribetree.tools.integrity._disclosure import Disclosure, StoredDisclosures
from scribetree.tools.text import require_text, words

__all__ = ["Assistance", "AssistanceLevel", "Sign", "assistance"]

AssistanceLevel = Literal["none", "minimal", "moderate", "significant", "generated"]

LIMITS = (
    "Wording alone says little about who wrote a text: programs that guess from it are often wrong (Weber-Wulff et al. "
    "2023, International Journal for Educational Integrity 19:26) and take learners of English for machines "
    "(Liang et al. 2023, Patterns 4:100779). So wording never raises the level above minimal here."
)
REVIEW_BELOW = 0.7

_VALUE: dict[AssistanceLevel, float] = {
    "none": 1.0,
    "minimal": 0.9,
    "moderate": 0.7,
    "significant": 0.4,
    "generated": 0.1,
}
_PASTED = 0.5
_FAST_WORDS_PER_MINUTE = 60.0
_MIN_MINUTES = 1.0
_UNLIKE, _ALIKE = -0.7, 0.5
"""Of pairs of texts by one writer, one in seventeen is below the first (docs/cards/authorship.md)."""

# What is left behind when a reply is copied whole. Vocabulary, grammar and length are not looked at, on purpose.
_REMNANTS = re.compile(
    r"\bas an? (?:ai|artificial intelligence)(?: language)? model\b|\bmy knowledge cutoff\b|\bregenerate response\b"
    r"|\[(?:insert|your|student)[^\]\n]{1,40}\]|\bcertainly! here(?:'s| is)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing seen: where, what, how else it may have come about, and what to ask."""

    source: Literal["declaration", "process", "consistency", "wording"]
    observation: str
    alternative: str
    question: str


@dataclass(frozen=True, slots=True)
class Assistance:
    """
    A level with the evidence on both sides; below a confidence of 0.7 a person has to look.

    `questions` are what to ask the student; wording alone raises none. `patterns` names what was seen in short.
    """

    assistance_level: AssistanceLevel
    confidence: float
    patterns: tuple[str, ...]
    evidence_for: tuple[Sign, ...]
    evidence_against: tuple[Sign, ...]
    questions: tuple[str, ...]
    human_review: bool
    educational_value: float
    learning_opportunity: tuple[str, ...]
    next_steps: tuple[str, ...]
    recommendations: tuple[str, ...]
    limits: str
    stored_disclosures: StoredDisclosures


def assistance(
    content: str,
    *,
    disclosure: Disclosure | None = None,
    process: ProcessSummary | None = None,
    consistency: SameAuthor | None = None,
    log_text: str | None = None,
    stored: StoredDisclosures = "not_looked_at",
) -> Assistance:
    """
    The level that declaration, process and consistency support together; with the words alone at most minimal.

    A log that ends with another text (`log_text`) is left out.
    """
    require_text(content, "content")
    log = process if is_log_of(log_text, content) else None
    seen = [*_from_process(content, log), *_from_consistency(consistency), *_from_wording(content)]
    speaks_for = tuple(sign for is_for, sign in seen if is_for)
    speaks_against = tuple(sign for is_for, sign in seen if not is_for)
    level, confidence = _level(disclosure, speaks_for, speaks_against)
    questions = tuple(sign.question for sign in speaks_for if sign.question)
    steps = _next_steps(disclosure, questions)
    return Assistance(
        assistance_level=level,
        confidence=confidence,
        patterns=tuple(dict.fromkeys(sign.source for sign in speaks_for)),
        evidence_for=(*_declared(disclosure), *speaks_for),
        evidence_against=speaks_against,
        questions=questions,
        human_review=confidence < REVIEW_BELOW,
        educational_value=_VALUE[level],
        learning_opportunity=_opportunities(disclosure),
        next_steps=steps,
        recommendations=(*questions, *steps),
        limits=LIMITS,
        stored_disclosures=stored,
    )


def _declared(disclosure: Disclosure | None) -> Iterator[Sign]:
    if disclosure is not None:
        yield Sign("declaration", disclosure.summary(), "", "")


def _from_process(content: str, process: ProcessSummary | None) -> Iterator[tuple[bool, Sign]]:
    if process is None or process.is_empty():
        return
    check_process(process)
    if process.paste_share is not None:
        yield (
            process.paste_share >= _PASTED,
            Sign(
                "process",
                f"{process.paste_share:.0%} of the characters in the log came in by paste.",
                "Writing in another program, dictation, quotations and moved paragraphs look the same.",
                "Where were the pasted parts written first?",
            ),
        )
    if process.minutes is not None and process.minutes >= _MIN_MINUTES:
        speed = sum(1 for _ in words(content)) / process.minutes
        yield (
            speed >= _FAST_WORDS_PER_MINUTE,
            Sign(
                "process",
                f"The text has {speed:.0f} words for each minute of the log.",
                "The log may have begun late, or the text may have been planned on paper.",
                "How was this text planned and written before the log begins?",
            ),
        )


def _from_consistency(consistency: SameAuthor | None) -> Iterator[tuple[bool, Sign]]:
    if consistency is None or not consistency.enough_text:
        return
    ratio = consistency.log_likelihood_ratio
    if _UNLIKE < ratio < _ALIKE:
        return
    yield (
        ratio <= _UNLIKE,
        Sign(
            "consistency",
            consistency.statement,
            "A new genre, a new topic, a year of growth, a tutor or a spelling program change how one writes.",
            "What was different about writing this text from writing the earlier ones?",
        ),
    )


def _from_wording(content: str) -> Iterator[tuple[bool, Sign]]:
    if _REMNANTS.search(content):
        yield (
            True,
            Sign(
                "wording",
                "A phrase stands in the text that assistants and templates often leave behind.",
                "It may be quoted, or the text may be about such assistants.",
                "",
            ),
        )


def _level(
    disclosure: Disclosure | None, speaks_for: tuple[Sign, ...], speaks_against: tuple[Sign, ...]
) -> tuple[AssistanceLevel, float]:
    sources = {sign.source for sign in speaks_for}
    against = {sign.source for sign in speaks_against}
    if disclosure is not None:
        return disclosure.level(), 0.9 if not sources - {"wording"} or disclosure.used_ai else 0.5
    if {"process", "consistency"} <= sources:
        return ("moderate", 0.4) if against else ("significant", 0.6)
    if sources:
        return "minimal", 0.3
    return "none", round(0.4 + 0.2 * len(against), 2)


def _opportunities(disclosure: Disclosure | None) -> tuple[str, ...]:
    if disclosure is None:
        return ("Say which help was used: what is declared is credited and can be learnt from.",)
    if disclosure.used_ai:
        return ("Show one sentence that the help changed, and say why the change is better, or not.",)
    return ("Say which choice in this text was the hardest, and how it was made.",)


def _next_steps(disclosure: Disclosure | None, questions: tuple[str, ...]) -> tuple[str, ...]:
    steps = ["Talk first: every observation here has ordinary explanations."] if questions else []
    if disclosure is None:
        steps.append("Ask for a declaration of the help that was used; it costs nothing to have used some.")
    return (*steps, "The student can add a draft, a log or a word of explanation at any time, and is heard.")
