"""
How a text is built: what each paragraph does, which sentences claim, support or weigh other views, and where the thread
breaks.

Cues, not understanding: a sentence is marked by the words that usually signal its part in an argument (Toulmin's claim,
ground and rebuttal, as ArgRewrite uses them). What the marks are worth: docs/cards/structure.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scribetree.tools.text import Reading, Span, read, require_text, spans_within
from scribetree.tools.writing._classes import CLASSES, FUNCTION_WORDS

__all__ = ["Gap", "ParagraphRole", "SentenceRole", "StructureMap", "map_structure"]

_STEM = 6
_MIN_SENTENCES = 3
_MAX_MARKS = 400
_LEAST_STEMS = 3

Part = Literal["claim", "evidence", "reason", "counterview", "rebuttal"]

_SOURCES = r"stud(?:y|ies)|research|data|statistics|surveys?|reports?"
_SAYS = r"show|shows|showed|found|finds?|suggests?|proves?|indicates?|says?|states?"
# What signals each part: phrases that are seldom anything else, and phrases that often are.
_PLAIN: Mapping[Part, Sequence[str]] = {
    "evidence": (
        r"according to",
        r"for (?:example|instance)",
        rf"(?:{_SOURCES})\b.{{0,40}}\b(?:{_SAYS})",
        r"\d[\d,.]*\s?(?:percent|million|billion)",
        r"\d[\d,.]*%",
        r"in (?:19|20)\d\d",
    ),
    "counterview": (
        r"(?:some|many|other|most) (?:people|critics|argue|say|may|might|would|believe|claim)",
        r"critics|opponents|skeptics",
        r"others (?:say|argue|believe|claim)",
        r"on the other hand",
        r"it (?:can|could|may|might) be argued",
    ),
    "rebuttal": (
        r"(?:however|but|nevertheless|nonetheless|yet)\b.{0,120}\b(?:not|wrong|more|better|still|should|will|would|can)",
        r"outweighs?|despite|even (?:so|though)",
    ),
    "reason": (r"because|therefore|since", r"this (?:means|shows|is why)", r"that is why|as a result|the reason"),
    "claim": (
        r"(?:i|we) (?:strongly )?(?:believe|think|agree|disagree|argue)",
        r"in my (?:opinion|view)",
        r"should|must|ought to",
    ),
}
_LIKELY: Mapping[Part, Sequence[str]] = {
    "evidence": (r"such as|researchers|scientists|experts|percent|statistics|in fact|one time|when i was",),
    "counterview": (r"although|admittedly|of course|concerns?|concerned|disadvantages?|drawbacks?|against",),
    "rebuttal": (),
    "reason": (r"so that|thus|hence|leads? to|causes?|due to", r"would (?:be|allow|help|make)"),
    "claim": (
        r"better|best|important|benefits?|advantages?|necessary",
        r"need(?:s|ed)? to",
        r"will (?:be|make|change)",
    ),
}
_PARTS: tuple[Part, ...] = ("evidence", "counterview", "rebuttal", "reason", "claim")
_CUES: tuple[tuple[Part, float, re.Pattern[str]], ...] = tuple(
    (part, sure, re.compile(rf"(?<!\w)(?:{'|'.join(phrases[part])})(?!\w)"))
    for sure, phrases in ((0.7, _PLAIN), (0.5, _LIKELY))
    for part in _PARTS
    if phrases[part]
)
_CLOSES = re.compile(r"\b(in conclusion|to conclude|in summary|to sum up|overall|all in all|in short|finally)\b")
_LINKS = frozenset[str]().union(
    *(CLASSES[name] for name in ("demonstratives", "additive", "adversative", "causal", "temporal", "exemplifying")),
    "it its they them their he she his her him these those this that such one another other both".split(),
)


@dataclass(frozen=True, slots=True)
class SentenceRole:
    """One sentence and the part that its words signal, as offsets; `confidence` is 0.5 or 0.7."""

    part: Part
    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class ParagraphRole:
    """One paragraph: what it seems to do, and how many sentences of each part it holds."""

    role: Literal["opening", "body", "closing", "whole text"]
    start: int
    end: int
    sentences: int
    words: int
    parts: dict[str, int]
    first_sentence_carries: float | None
    """Share of the paragraph's later content words whose stem stands in its first sentence, 0 to 1; English only."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Two neighbouring sentences that share no content word and no linking word: the reader has to jump."""

    start: int
    end: int
    between_paragraphs: bool


@dataclass(frozen=True, slots=True)
class StructureMap:
    """The map of a text; `notes` ask, `missing` names the parts of an argument of which no sign was found."""

    paragraphs: tuple[ParagraphRole, ...]
    sentences: tuple[SentenceRole, ...]
    gaps: tuple[Gap, ...]
    missing: tuple[Part, ...]
    notes: tuple[str, ...]
    abstained: bool
    reason: str


def map_structure(text: str) -> StructureMap:
    """
    The structure of `text`; under three sentences, or in another language than English, it abstains.

    Of another language it still gives the paragraphs, with their place and size.
    """
    require_text(text, "text")
    reading = read(text)
    if not reading.is_english:
        plain = tuple(replace(each, first_sentence_carries=None) for each in _paragraphs(reading, ()))
        return _abstained(
            "This does not read like English, and signals of claims and evidence are known for nothing else.", plain
        )
    if len(reading.sentences) < _MIN_SENTENCES:
        return _abstained(f"Fewer than {_MIN_SENTENCES} sentences: there is no structure to map.")
    roles = tuple(_roles(reading))[:_MAX_MARKS]
    gaps = tuple(_gaps(reading))[:_MAX_MARKS]
    found = {role.part for role in roles}
    missing: tuple[Part, ...] = tuple[Part, ...](part for part in _PARTS if part not in found)
    paragraphs = tuple(_paragraphs(reading, roles))
    return StructureMap(
        paragraphs=paragraphs,
        sentences=roles,
        gaps=gaps,
        missing=missing,
        notes=tuple(_notes(paragraphs, missing, gaps)),
        abstained=False,
        reason="",
    )


def _abstained(reason: str, paragraphs: tuple[ParagraphRole, ...] = ()) -> StructureMap:
    return StructureMap(paragraphs, (), (), (), (), abstained=True, reason=reason)


def _roles(reading: Reading) -> Iterator[SentenceRole]:
    """Each sentence that signals a part, with the first part of the list that it signals most plainly."""
    for span in reading.sentences:
        sentence = span.of(reading.text)[:2_000].casefold()
        for part, sure, cue in _CUES:
            if cue.search(sentence):
                yield SentenceRole(part, span.start, span.end, sure)
                break


def _stems(line: Sequence[str]) -> set[str]:
    return {word[:_STEM] for word in line if word not in FUNCTION_WORDS}


def _gaps(reading: Reading) -> Iterator[Gap]:
    """Neighbours of some length without a shared stem, where the second has no linking word among its first six."""
    starts = {paragraph.start for paragraph in reading.paragraphs}
    seen: set[str] = set()
    before: set[str] = set()
    for span, line in zip(reading.sentences, reading.lower, strict=True):
        stems = _stems(line)
        is_long = len(stems) >= _LEAST_STEMS and len(before) >= _LEAST_STEMS
        if is_long and stems.isdisjoint(before) and _LINKS.isdisjoint(line[:6]) and stems.isdisjoint(seen):
            yield Gap(span.start, span.end, between_paragraphs=span.start in starts)
        seen |= before
        before = stems


def _paragraphs(reading: Reading, roles: Sequence[SentenceRole]) -> Iterator[ParagraphRole]:
    place = 0
    marks = [Span(role.start, role.end) for role in roles]
    for number, paragraph in enumerate(reading.paragraphs):
        inside = spans_within(reading.sentences, paragraph)
        lines = reading.lower[place : place + len(inside)]
        place += len(inside)
        parts = [
            role.part for role, mark in zip(roles, marks, strict=True) if paragraph.start <= mark.start < paragraph.end
        ]
        yield ParagraphRole(
            role=_role(reading, number),
            start=paragraph.start,
            end=paragraph.end,
            sentences=len(inside),
            words=sum(map(len, lines)),
            parts={part: parts.count(part) for part in _PARTS if part in parts},
            first_sentence_carries=_carries(lines),
        )


def _role(reading: Reading, number: int) -> Literal["opening", "body", "closing", "whole text"]:
    last = len(reading.paragraphs) - 1
    if last == 0:
        return "whole text"
    if number == 0:
        return "opening"
    text = reading.paragraphs[number].of(reading.text)[:200].casefold()
    return "closing" if number == last or (number == last - 1 and _CLOSES.search(text)) else "body"


def _carries(lines: Sequence[Sequence[str]]) -> float:
    if len(lines) < 2:
        return 0.0
    first, later = _stems(lines[0]), [stem for line in lines[1:] for stem in _stems(line)]
    return round(sum(stem in first for stem in later) / len(later), 3) if later else 0.0


def _notes(paragraphs: Sequence[ParagraphRole], missing: Sequence[Part], gaps: Sequence[Gap]) -> Iterator[str]:
    if len(paragraphs) == 1:
        yield "All stands in one paragraph: where would a reader want a break?"
    if "claim" in missing:
        yield "No sentence signals a claim: what should the reader believe at the end?"
    if "evidence" in missing:
        yield "No sentence signals evidence or an example: what would convince someone who doubts?"
    if "counterview" in missing:
        yield "No sentence signals another view: what would someone who disagrees say?"
    bare = [
        number
        for number, each in enumerate(paragraphs, 1)
        if each.role == "body" and each.sentences > 2 and not each.parts
    ]
    if bare:
        yield f"Paragraph {bare[0]} signals neither claim nor support: what does it do for the reader?"
    if gaps:
        yield f"{len(gaps)} sentences take up nothing of what stands before them: how do they follow?"
