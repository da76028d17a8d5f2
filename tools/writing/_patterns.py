"""
What a text is like: structure, tone, complexity, style, and what a teacher may notice first.

Sources: the automated readability index (Smith and Senter 1967) for the grade level, because it needs no syllables;
the moving-average type-token ratio (Covington and McFall 2010) for vocabulary, because the plain ratio falls with
length. Tone is a coarse cue from a short list of words of opinion; with fewer than five it abstains.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, pstdev
from typing import Literal

from scribetree.tools.text import Span, paragraphs, require_text, sentences, spans_within, words

__all__ = ["Complexity", "Note", "Sentiment", "Structure", "Style", "WritingPatterns", "patterns"]

_WINDOW = 50
_LONG_LETTERS = 7
_LONG_SENTENCE = 40
_LONG_PARAGRAPH_SHARE = 0.5
_MIN_OPINIONS = 5
_MAX_NOTES = 5

_FIRST = frozenset("i me my mine myself we us our ours ourselves".split())
_SECOND = frozenset("you your yours yourself yourselves".split())
_CONNECTIVES = frozenset(
    "however therefore moreover furthermore consequently nevertheless thus hence although because since whereas "
    "instead finally first second third similarly likewise otherwise meanwhile unless".split()
)
_EVIDENCE = frozenset("example instance because study according percent evidence research data shows source".split())
_GOOD = frozenset(
    "good great better best benefit benefits beneficial improve improves improved improvement safe safer safety help "
    "helpful helps advantage advantages incredible excellent wonderful love enjoy enjoyed happy success successful "
    "easy easier positive hope proud strong useful fair right effective efficient".split()
)
_BAD = frozenset(
    "bad worse worst harm harmful danger dangerous risk risks risky problem problems damage damaging detrimental "
    "disadvantage disadvantages suffer suffers frightening fear afraid hate sad fail failed failure difficult hard "
    "harder negative wrong weak unsafe unfair death accident accidents crisis terrible".split()
)


@dataclass(frozen=True, slots=True)
class Structure:
    """Counts, and lengths in words (sentences) or sentences (paragraphs)."""

    words: int
    sentences: int
    paragraphs: int
    mean_sentence_length: float
    sd_sentence_length: float
    shortest_sentence: int
    longest_sentence: int
    mean_paragraph_length: float


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The tone, from -1 (negative) to 1; label and score are None when too few words of opinion were found."""

    label: Literal["positive", "neutral", "negative"] | None
    score: float | None
    confidence: float
    opinion_words: int


@dataclass(frozen=True, slots=True)
class Complexity:
    """The automated readability index as a US grade (0 to 18), its band, and two of its drivers."""

    level: Literal["basic", "intermediate", "advanced"]
    grade_level: float
    mean_word_length: float
    long_word_share: float


@dataclass(frozen=True, slots=True)
class Style:
    """Vocabulary as a moving-average type-token ratio (0 to 1); the others are percent of all words."""

    vocabulary_diversity: float
    first_person_percent: float
    second_person_percent: float
    connective_percent: float
    tone: Literal["personal", "formal"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing worth noticing, and where it stands, as offsets in characters."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WritingPatterns:
    """What a text is like; a part that was not asked for is None."""

    structure: Structure | None
    sentiment: Sentiment | None
    complexity: Complexity | None
    style: Style
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A text taken apart once."""

    text: str
    words: Sequence[Span]
    lower: Sequence[str]
    sentences: Sequence[Span]
    paragraphs: Sequence[Span]
    lengths: Sequence[int]


def patterns(
    content: str,
    *,
    include_structure: bool = True,
    include_sentiment: bool = True,
    include_complexity: bool = True,
) -> WritingPatterns:
    """What `content` is like; an empty text raises InvalidInput."""
    require_text(content, "content")
    read = _read(content)
    return WritingPatterns(
        structure=_structure(read) if include_structure else None,
        sentiment=_sentiment(read) if include_sentiment else None,
        complexity=_complexity(read) if include_complexity else None,
        style=_style(read),
        notes=tuple(_notes(read))[:_MAX_NOTES],
    )


def _read(content: str) -> _Read:
    all_words = list(words(content))
    all_sentences = list(sentences(content))
    return _Read(
        text=content,
        words=all_words,
        lower=[span.of(content).casefold() for span in all_words],
        sentences=all_sentences,
        paragraphs=list(paragraphs(content)),
        lengths=[len(spans_within(all_words, sentence)) for sentence in all_sentences],
    )


def _structure(read: _Read) -> Structure:
    return Structure(
        words=len(read.words),
        sentences=len(read.sentences),
        paragraphs=len(read.paragraphs),
        mean_sentence_length=round(mean(read.lengths), 2),
        sd_sentence_length=round(pstdev(read.lengths), 2),
        shortest_sentence=min(read.lengths),
        longest_sentence=max(read.lengths),
        mean_paragraph_length=round(len(read.sentences) / len(read.paragraphs), 2),
    )


def _sentiment(read: _Read) -> Sentiment:
    counts = Counter(read.lower)
    good, bad = (sum(counts[word] for word in listed) for listed in (_GOOD, _BAD))
    found = good + bad
    if found < _MIN_OPINIONS:
        return Sentiment(None, None, 0.0, found)
    score = (good - bad) / found
    label: Literal["positive", "neutral", "negative"] = (
        "positive" if score > 0.2 else "negative" if score < -0.2 else "neutral"
    )
    return Sentiment(label, round(score, 3), round(min(0.8, abs(score) * found / (found + 10)), 3), found)


def _complexity(read: _Read) -> Complexity:
    letters = sum(len(word) for word in read.lower)
    index = 4.71 * letters / len(read.words) + 0.5 * len(read.words) / len(read.sentences) - 21.43
    grade = max(0.0, min(18.0, index))
    return Complexity(
        level="basic" if grade < 6 else "intermediate" if grade < 11 else "advanced",
        grade_level=round(grade, 1),
        mean_word_length=round(letters / len(read.words), 2),
        long_word_share=round(sum(len(word) >= _LONG_LETTERS for word in read.lower) / len(read.words), 3),
    )


def _style(read: _Read) -> Style:
    counts = Counter(read.lower)

    def percent(listed: frozenset[str]) -> float:
        return round(100 * sum(counts[word] for word in listed) / len(read.words), 2)

    first = percent(_FIRST)
    return Style(
        vocabulary_diversity=round(_moving_average_ratio(read.lower), 3),
        first_person_percent=first,
        second_person_percent=percent(_SECOND),
        connective_percent=percent(_CONNECTIVES),
        tone="personal" if first > 5 else "formal",
    )


def _moving_average_ratio(lower: Sequence[str]) -> float:
    """The mean share of different words over all windows of 50 words, in one pass."""
    size = min(_WINDOW, len(lower))
    counts = Counter(lower[:size])
    total = different = len(counts)
    for old, new in zip(lower, lower[size:], strict=False):
        counts[old] -= 1
        different -= counts[old] == 0
        different += counts[new] == 0
        counts[new] += 1
        total += different
    return total / ((len(lower) - size + 1) * size)


def _notes(read: _Read) -> Iterator[Note]:
    yield from _long_sentence(read)
    yield from _long_paragraph(read)
    yield from _same_openings(read)
    yield from _bare_paragraph(read)


def _long_sentence(read: _Read) -> Iterator[Note]:
    length, span = max(zip(read.lengths, read.sentences, strict=True))
    if length >= _LONG_SENTENCE:
        yield Note("long_sentence", f"One sentence has {length} words: which of its ideas is the main one?", *span)


def _long_paragraph(read: _Read) -> Iterator[Note]:
    if len(read.paragraphs) < 2:
        return
    span = max(read.paragraphs, key=lambda each: each.end - each.start)
    share = (span.end - span.start) / sum(each.end - each.start for each in read.paragraphs)
    if share > _LONG_PARAGRAPH_SHARE:
        yield Note("long_paragraph", f"One paragraph is {share:.0%} of the text: does it hold two?", *span)


def _same_openings(read: _Read) -> Iterator[Note]:
    firsts = [spans_within(read.words, sentence)[0].of(read.text).casefold() for sentence in read.sentences]
    word, times = Counter(firsts).most_common(1)[0]
    if times >= 4 and times / len(firsts) >= 0.3:
        where = read.sentences[firsts.index(word)]
        yield Note("same_openings", f"{times} of {len(firsts)} sentences begin with the same word.", *where)


def _bare_paragraph(read: _Read) -> Iterator[Note]:
    """The longest inner paragraph of three sentences or more in which nothing signals a reason or an example."""
    for paragraph in read.paragraphs[1:-1]:
        inside = spans_within(read.words, paragraph)
        has_sentences = len(spans_within(read.sentences, paragraph)) >= 3
        if has_sentences and not any(span.of(read.text).casefold() in _EVIDENCE for span in inside):
            yield Note("no_support", "No word here signals a reason or an example: what would convince?", *paragraph)
            return
