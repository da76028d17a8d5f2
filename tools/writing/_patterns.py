"""
What a text is like: structure, tone, complexity, style, and what a teacher may notice first; all read off the profile.

Sources: the automated readability index (Smith and Senter 1967) for the grade level, because it needs no syllables;
the moving-average type-token ratio (Covington and McFall 2010) for vocabulary, because the plain ratio falls with
length. Tone is a coarse cue from a short list of words of opinion; with fewer than five it abstains. What holds for
English only is left out of other texts, and `language` says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.text import Reading, read, require_text, spans_within
from scribetree.tools.writing._classes import CLASSES
from scribetree.tools.writing._parsed import ParsedSyntax, parsed
from scribetree.tools.writing._profile import Profile, profile_of

__all__ = ["Complexity", "Note", "Sentiment", "Structure", "Style", "WritingPatterns", "patterns"]

_LONG_SENTENCE = 40
_LONG_PARAGRAPH_SHARE = 0.5
_MIN_OPINIONS = 5
_MAX_NOTES = 5
_PERSONAL = 5
"""Percent of the words from which the tone is personal."""
_SUPPORT = CLASSES["evidence"] | CLASSES["reasons"]


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
    """
    Vocabulary as a moving-average type-token ratio (0 to 1); the others are percent of all words.

    All but the first are None where the text is not English.
    """

    vocabulary_diversity: float
    first_person_percent: float | None
    second_person_percent: float | None
    connective_percent: float | None
    tone: Literal["personal", "formal"] | None


@dataclass(frozen=True, slots=True)
class Note:
    """One thing worth noticing, and where it stands, as offsets in characters."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WritingPatterns:
    """
    What a text is like; a part that was not asked for, or does not hold for the language, is None.

    `notes` point into the text; `remarks` say in what it stands out from the essays of a named reference, or why
    nothing is compared; `profile` and `syntax` are given where they were asked for.
    """

    language: Literal["english", "other"]
    structure: Structure | None
    sentiment: Sentiment | None
    complexity: Complexity | None
    style: Style
    notes: tuple[Note, ...]
    remarks: tuple[str, ...]
    profile: Profile | None
    syntax: ParsedSyntax | None


def patterns(
    content: str,
    *,
    include_structure: bool = True,
    include_sentiment: bool = True,
    include_complexity: bool = True,
    include_profile: bool = False,
    include_syntax: bool = False,
) -> WritingPatterns:
    """
    What `content` is like; an empty text raises InvalidInput.

    `include_syntax` asks a parser and raises Unavailable where that extra is not installed.
    """
    require_text(content, "content")
    reading = read(content)
    profile = profile_of(reading)
    english = profile.language == "english"
    return WritingPatterns(
        language=profile.language,
        structure=_structure(reading, profile.features) if include_structure else None,
        sentiment=_sentiment(profile.features) if include_sentiment and english else None,
        complexity=_complexity(profile.features) if include_complexity and english else None,
        style=_style(profile.features, english=english),
        notes=tuple(_notes(reading, profile.features, english=english))[:_MAX_NOTES],
        remarks=profile.notes,
        profile=profile if include_profile else None,
        syntax=parsed(reading) if include_syntax else None,
    )


def _structure(reading: Reading, features: Mapping[str, float]) -> Structure:
    return Structure(
        words=len(reading.flat),
        sentences=len(reading.sentences),
        paragraphs=len(reading.paragraphs),
        mean_sentence_length=round(features["words_per_sentence"], 2),
        sd_sentence_length=round(features["words_per_sentence_sd"], 2),
        shortest_sentence=min(map(len, reading.lower)),
        longest_sentence=round(features["longest_sentence"]),
        mean_paragraph_length=round(features["sentences_per_paragraph"], 2),
    )


def _sentiment(features: Mapping[str, float]) -> Sentiment:
    good, bad = (round(features[name] * features["words"] / 100) for name in ("good", "bad"))
    found = good + bad
    if found < _MIN_OPINIONS:
        return Sentiment(None, None, 0.0, found)
    score = (good - bad) / found
    label: Literal["positive", "neutral", "negative"] = (
        "positive" if score > 0.2 else "negative" if score < -0.2 else "neutral"
    )
    return Sentiment(label, round(score, 3), round(min(0.8, abs(score) * found / (found + 10)), 3), found)


def _complexity(features: Mapping[str, float]) -> Complexity:
    index = 4.71 * features["letters_per_word"] + 0.5 * features["words_per_sentence"] - 21.43
    grade = max(0.0, min(18.0, index))
    return Complexity(
        level="basic" if grade < 6 else "intermediate" if grade < 11 else "advanced",
        grade_level=round(grade, 1),
        mean_word_length=round(features["letters_per_word"], 2),
        long_word_share=round(features["long_word_share"], 3),
    )


def _style(features: Mapping[str, float], *, english: bool) -> Style:
    diversity = round(features["different_in_50"], 3)
    if not english:
        return Style(diversity, None, None, None, None)
    first = features["first_singular"] + features["first_plural"]
    return Style(
        vocabulary_diversity=diversity,
        first_person_percent=round(first, 2),
        second_person_percent=round(features["second_person"], 2),
        connective_percent=round(features["connectives"], 2),
        tone="personal" if first > _PERSONAL else "formal",
    )


def _notes(reading: Reading, features: Mapping[str, float], *, english: bool) -> Iterator[Note]:
    yield from _long_sentence(reading)
    yield from _long_paragraph(reading, features)
    yield from _same_openings(reading)
    if english:
        yield from _bare_paragraph(reading)


def _long_sentence(reading: Reading) -> Iterator[Note]:
    length, span = max(zip(map(len, reading.lower), reading.sentences, strict=True))
    if length >= _LONG_SENTENCE:
        yield Note("long_sentence", f"One sentence has {length} words: which of its ideas is the main one?", *span)


def _long_paragraph(reading: Reading, features: Mapping[str, float]) -> Iterator[Note]:
    share = features["longest_paragraph_share"]
    if len(reading.paragraphs) > 1 and share > _LONG_PARAGRAPH_SHARE:
        span = max(reading.paragraphs, key=lambda each: each.end - each.start)
        yield Note("long_paragraph", f"One paragraph is {share:.0%} of the text: does it hold two?", *span)


def _same_openings(reading: Reading) -> Iterator[Note]:
    firsts = [line[0] for line in reading.lower]
    word, times = Counter(firsts).most_common(1)[0]
    if times >= 4 and times / len(firsts) >= 0.3:
        where = reading.sentences[firsts.index(word)]
        yield Note("same_openings", f"{times} of {len(firsts)} sentences begin with the same word.", *where)


def _bare_paragraph(reading: Reading) -> Iterator[Note]:
    """The first inner paragraph of three sentences or more in which nothing signals a reason or an example."""
    lines = dict(zip(reading.sentences, reading.lower, strict=True))
    for paragraph in reading.paragraphs[1:-1]:
        inside = spans_within(reading.sentences, paragraph)
        if len(inside) >= 3 and all(_SUPPORT.isdisjoint(lines[sentence]) for sentence in inside):
            yield Note("no_support", "No word here signals a reason or an example: what would convince?", *paragraph)
            return
