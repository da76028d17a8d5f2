"""
What the evidence shows about the continuity of a piece of writing.

Four sources are looked at where they exist: the earlier draft, the writing log, the reflection, and the text
itself. Each observation comes with an innocent explanation and a question for the student. A text alone says
nothing reliable about who wrote it, so without a second source the analysis abstains.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean, pstdev

from scribetree.errors import InvalidInput
from scribetree.tools.integrity._compare import compare
from scribetree.tools.text import require_text, sentences, words

__all__ = ["Evidence", "IntegrityAnalysis", "ProcessSummary", "analyse"]

_MIN_WORDS = 100
_CONTINUITY_CONCERN = 0.1
_PASTE_CONCERN = 0.5
_PROCESS_CONCERN_WORDS_PER_MINUTE = 60.0
"""Composing seldom goes beyond 40 words a minute; copying from a page does."""

_COMMON = frozenset(
    "about after again also because been before being could does doing during each even every from have having here "
    "into itself just like made make many might more most much must only other over really same should some still "
    "such than that their them then there these they thing things think this those through under until very want "
    "were what when where which while will with would write writing wrote your draft essay paragraph sentence".split()
)


@dataclass(frozen=True, slots=True)
class ProcessSummary:
    """What a writing log says: share of pasted characters (0 to 1), product/process ratio (0 to 1), minutes."""

    paste_share: float | None = None
    product_process_ratio: float | None = None
    minutes: float | None = None

    def is_empty(self) -> bool:
        """Whether there was no log."""
        return self.paste_share is None and self.product_process_ratio is None and self.minutes is None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation: what was seen, how strongly it speaks (0 to 1), and how it may be innocent."""

    source: str
    observation: str
    value: float
    supports_continuity: bool
    weight: float
    innocent_explanation: str
    question: str


@dataclass(frozen=True, slots=True)
class IntegrityAnalysis:
    """
    The evidence, and what follows from it.

    `integrity_score` (0 to 1) is the weighted share of evidence that supports continuity, and None when the
    analysis abstains; `consistency_analysis` is the spread of sentence lengths over their mean.
    """

    integrity_score: float | None
    confidence: float
    abstained: bool
    reason: str
    flags: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    recommendations: tuple[str, ...]
    human_review: bool
    educational_value: float | None
    consistency_analysis: float
    words: int


def analyse(
    content: str,
    *,
    earlier_draft: str | None = None,
    reflection: str | None = None,
    process: ProcessSummary | None = None,
) -> IntegrityAnalysis:
    """What the draft, log and reflection say about the continuity of `content`; no verdict about a person."""
    require_text(content, "content")
    count = sum(1 for _ in words(content))
    evidence = (
        *_from_draft(content, earlier_draft),
        *_from_log(count, process),
        *_from_reflection(content, reflection),
    )
    reason = _why_abstain(count, len(evidence))
    score = None if reason else _score(evidence)
    flags = () if reason else tuple(f"ask_about_{each.source}" for each in evidence if not each.supports_continuity)
    return IntegrityAnalysis(
        integrity_score=score,
        confidence=0.0 if reason else round(min(0.8, 0.2 * len(evidence) + 0.2), 2),
        abstained=bool(reason),
        reason=reason,
        flags=flags,
        evidence=evidence,
        recommendations=_recommendations(evidence, reason),
        human_review=bool(flags),
        educational_value=score,
        consistency_analysis=_sentence_variation(content),
        words=count,
    )


def _from_draft(content: str, earlier_draft: str | None) -> Iterator[Evidence]:
    if not earlier_draft or not earlier_draft.strip():
        return
    shared = compare(earlier_draft, content).score
    yield Evidence(
        source="drafts",
        observation=f"{shared:.0%} of the shorter draft stands in the other.",
        value=shared,
        supports_continuity=shared >= _CONTINUITY_CONCERN,
        weight=0.4,
        innocent_explanation="A student who begins again, or changes the topic, keeps little.",
        question="What did you keep from your earlier draft, and what made you change the rest?",
    )


def _from_log(count: int, process: ProcessSummary | None) -> Iterator[Evidence]:
    if process is None or process.is_empty():
        return
    _check(process)
    if process.paste_share is not None:
        yield Evidence(
            source="pasted_parts",
            observation=f"{process.paste_share:.0%} of what was written came in by paste.",
            value=process.paste_share,
            supports_continuity=process.paste_share < _PASTE_CONCERN,
            weight=0.3,
            innocent_explanation="Writing elsewhere and pasting, dictation and quotations look the same.",
            question="Where did you write the parts that came in at once?",
        )
    if process.minutes:
        speed = count / process.minutes
        yield Evidence(
            source="writing_time",
            observation=f"The text has {count} words, and the log covers {process.minutes:.0f} minutes.",
            value=round(speed, 1),
            supports_continuity=speed < _PROCESS_CONCERN_WORDS_PER_MINUTE,
            weight=0.2,
            innocent_explanation="Parts may have been written on paper or in another program.",
            question="How did you plan this text before you typed it?",
        )


def _from_reflection(content: str, reflection: str | None) -> Iterator[Evidence]:
    if not reflection or not reflection.strip():
        return
    mentioned = _content_words(reflection)
    if len(mentioned) < 10:
        return
    shared = len(mentioned & _content_words(content)) / len(mentioned)
    yield Evidence(
        source="reflection",
        observation=f"{shared:.0%} of the reflection's content words stand in the text.",
        value=round(shared, 3),
        supports_continuity=shared >= _CONTINUITY_CONCERN,
        weight=0.2,
        innocent_explanation="A reflection about feelings or habits mentions little of the text.",
        question="Which sentence of the text does your reflection speak of?",
    )


def _check(process: ProcessSummary) -> None:
    for name, value in (("paste_share", process.paste_share), ("product_process_ratio", process.product_process_ratio)):
        if value is not None and not 0 <= value <= 1:
            raise InvalidInput(f"`{name}` must be between 0 and 1.", hint="Take it from analyze_writing_process.")
    if process.minutes is not None and process.minutes < 0:
        raise InvalidInput("`minutes` must not be negative.", hint="Take it from analyze_writing_process.")


def _why_abstain(count: int, sources: int) -> str:
    if count < _MIN_WORDS:
        return f"The text has fewer than {_MIN_WORDS} words: too little to say anything."
    if not sources:
        return "There is only the text itself: no earlier draft, log or reflection to set beside it."
    return ""


def _score(evidence: tuple[Evidence, ...]) -> float:
    total = sum(each.weight for each in evidence)
    return round(sum(each.weight for each in evidence if each.supports_continuity) / total, 3)


def _recommendations(evidence: tuple[Evidence, ...], reason: str) -> tuple[str, ...]:
    if reason:
        return ("Ask for an earlier draft, a writing log or a reflection; draw no conclusion from the text alone.",)
    questions = tuple(each.question for each in evidence if not each.supports_continuity)
    if questions:
        return (*questions, "Talk with the student before anything else: each of these has honest explanations.")
    return ("The sources fit together: no conversation about authorship is called for.",)


def _sentence_variation(content: str) -> float:
    lengths = [sum(1 for _ in words(span.of(content))) for span in sentences(content)]
    return round(pstdev(lengths) / mean(lengths), 3) if len(lengths) > 1 else 0.0


def _content_words(text: str) -> set[str]:
    return {word for span in words(text) if len(word := span.of(text).casefold()) > 3 and word not in _COMMON}
