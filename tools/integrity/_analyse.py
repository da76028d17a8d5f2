"""
What the evidence shows about the continuity of a piece of writing.

Five sources are looked at where they exist: the earlier draft, the writing log, the reflection, the student's earlier
writing, and texts that this one may have drawn on. Each observation comes with an innocent explanation and a question
for the student. A text alone says nothing reliable about who wrote it, so without a second source the analysis
abstains.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, pstdev

from scribetree.errors import InvalidInput
from scribetree.tools.integrity._attribution import quoted_mask
from scribetree.tools.integrity._authorship import same_author
from scribetree.tools.integrity._compare import compare
from scribetree.tools.text import require_text, sentences, words

__all__ = ["Evidence", "IntegrityAnalysis", "ProcessSummary", "analyse", "check_process", "is_log_of"]

_MIN_WORDS = 100
_CONTINUITY_CONCERN = 0.1
_LOG_AGREES = 0.5
"""A log whose last text holds less than this of the submission is of another text, and says nothing about this one."""
_UNLIKE = -0.7
_SHARED_CONCERN = 0.3
_MAX_SOURCES = 20
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
    content_metrics: dict[str, float]
    notes: tuple[str, ...]


def analyse(
    content: str,
    *,
    earlier_draft: str | None = None,
    reflection: str | None = None,
    process: ProcessSummary | None = None,
    log_text: str | None = None,
    earlier_writing: Sequence[str] = (),
    sources: Sequence[str] = (),
    assignment: str | None = None,
) -> IntegrityAnalysis:
    """
    What drafts, log, reflection, earlier writing and sources say about `content`; no verdict about a person.

    `log_text` is the text that the log ends with: a log of another text is left out. `sources` are texts that this one
    may have drawn on; quotations and the assignment's own wording are not counted.
    """
    require_text(content, "content")
    if len(sources) > _MAX_SOURCES:
        raise InvalidInput(f"`sources` must hold at most {_MAX_SOURCES} texts.", hint="Search the index first.")
    count = sum(1 for _ in words(content))
    is_its_log = is_log_of(log_text, content)
    evidence = (
        *_from_draft(content, earlier_draft),
        *(_from_log(count, process) if is_its_log else ()),
        *_from_reflection(content, reflection),
        *_from_earlier_writing(content, earlier_writing),
        *_from_sources(content, sources, assignment),
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
        content_metrics=_metrics(content),
        notes=() if is_its_log else ("The log ends with another text than this one, so it was left out.",),
    )


def is_log_of(log_text: str | None, content: str) -> bool:
    """Whether a log that ends with `log_text` is the log of `content`; an unknown ending is taken on trust."""
    return not log_text or not log_text.strip() or compare(log_text, content).score >= _LOG_AGREES


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
    check_process(process)
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


def _from_earlier_writing(content: str, earlier_writing: Sequence[str]) -> Iterator[Evidence]:
    texts = [text for text in earlier_writing if text.strip()]
    found = same_author(texts, content) if texts else None
    if found is None or not found.enough_text:
        return
    yield Evidence(
        source="earlier_writing",
        observation=found.statement,
        value=found.log_likelihood_ratio,
        supports_continuity=found.log_likelihood_ratio > _UNLIKE,
        weight=0.2,
        innocent_explanation="A new genre or topic, growth, a tutor or a spelling program change how one writes.",
        question="What was different about writing this text from writing the earlier ones?",
    )


def _from_sources(content: str, sources: Sequence[str], assignment: str | None) -> Iterator[Evidence]:
    shares = [compare(source, content, assignment=assignment).score for source in sources if source.strip()]
    if not shares:
        return
    yield Evidence(
        source="sources",
        observation=f"At most {max(shares):.0%} of the text stands in one of the {len(shares)} texts compared; "
        "quotations are not counted.",
        value=max(shares),
        supports_continuity=max(shares) < _SHARED_CONCERN,
        weight=0.3,
        innocent_explanation="A shared template, a common source, or quotations without marks look the same.",
        question="Which words in this text come from somewhere else, and how could a reader see that?",
    )


def _metrics(content: str) -> dict[str, float]:
    lengths = [sum(1 for _ in words(span.of(content))) for span in sentences(content)]
    distinct = {span.of(content).casefold() for span in words(content)}
    total = sum(lengths)
    return {
        "sentences": float(len(lengths)),
        "mean_sentence_words": round(mean(lengths), 2) if lengths else 0.0,
        "distinct_words": float(len(distinct)),
        "quoted_words": float(sum(quoted_mask(content, list(words(content))))),
        "words": float(total),
    }


def check_process(process: ProcessSummary) -> None:
    for name, value in (("paste_share", process.paste_share), ("product_process_ratio", process.product_process_ratio)):
        if value is not None and not 0 <= value <= 1:
            raise InvalidInput(f"`{name}` must be between 0 and 1.", hint="Take it from analyze_writing_process.")
    if process.minutes is not None and process.minutes < 0:
        raise InvalidInput("`minutes` must not be negative.", hint="Take it from analyze_writing_process.")


def _why_abstain(count: int, sources: int) -> str:
    if count < _MIN_WORDS:
        return f"The text has fewer than {_MIN_WORDS} words: too little to say anything."
    if not sources:
        return "There is only the text itself: no earlier draft, log, reflection or earlier writing to set beside it."
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
