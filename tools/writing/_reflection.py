"""
How deep and how specific a reflection on a piece of writing is.

Marker words alone measure length and can be pasted, so a sentence earns an element only where a cue stands in a
first-person sentence or beside a named part of the draft, each sentence counts once however often it is repeated, and
depth follows from which elements occur together (after Kember et al. 2008 and Jung and Wise 2022):

    0  nothing reflective           1  tells what was done or felt
    2  a difficulty or a judgement, tied to a named part of the draft
    3  and a reason, and something understood        4  and another perspective, and an intention

There is no public English corpus with this depth labelled; what was measured stands in docs/cards/reflection.md.

AI help follows from one table: quality below 60 restricted, from 60 basic, from 75 standard, from 90 enhanced.
Standard and enhanced need depth 3; authenticity below 50, or abstaining, is always restricted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.integrity import compare
from scribetree.tools.text import Span, require_text, sentences, words

__all__ = ["Element", "ReflectionQuality", "reflection"]

Kind = Literal["description", "feeling", "difficulty", "evaluation", "reason", "perspective", "learning", "intention"]
AccessLevel = Literal["restricted", "basic", "standard", "enhanced"]

_CAUTION = "Depth and access level follow rules that were not confirmed by people's judgement: let a person decide."
_MIN_WORDS = 40
_TIED = 2.5
_WEIGHTS = {
    "depth": 0.25,
    "self_awareness": 0.20,
    "critical_thinking": 0.25,
    "growth_mindset": 0.15,
    "specificity": 0.15,
}
_ACCESS: tuple[tuple[int, AccessLevel], ...] = ((90, "enhanced"), (75, "standard"), (60, "basic"))

_FIRST_PERSON = re.compile(r"\b(i|i'm|i've|i'd|i'll|me|my|mine|myself|we|our|us)\b")
_PARTS = re.compile(
    r"\b(paragraph|sentence|introduction|conclusion|ending|opening|title|thesis|claim|argument|counterargument|evidence"
    r"|quotation|quote|source|transition|topic|draft|version|outline|example|detail|word choice|structure|list)s?\b"
)
_QUOTED = re.compile(r"[\"\u201c][^\"\u201c\u201d]{3,200}[\"\u201d]")
_NUMBER = re.compile(r"\b\d[\d,.]*\b|\b(first|second|third|last) (draft|paragraph|sentence|version)\b")
_CUES: Mapping[Kind, re.Pattern[str]] = {
    "feeling": re.compile(
        r"\b(felt|feel|feeling|proud|frustrat\w+|nervous|anxious|worried|excited|confus\w+|unsure|less sure|surpris\w+"
        r"|enjoyed|happy|disappoint\w+|do not like|don't like|liked)\b"
    ),
    "difficulty": re.compile(
        r"\b(struggl\w+|hard|difficult\w*|challeng\w+|stuck|trouble|could not|couldn't|got lost|mistakes?|problems?)\b"
    ),
    "evaluation": re.compile(
        r"\b(better|worse|stronger|weaker|clearer|unclear|improved|effective|convincing|missing|too (long|short|much)"
        r"|not enough|works?|worked|did not work|still do not|just claimed|vague|good|weak|strong)\b"
    ),
    "reason": re.compile(r"\b(because|so that|therefore|that is why|the reason|made me|in order to|since i)\b"),
    "perspective": re.compile(
        r"\b(readers?|audience|some(one|body) (who|else)|my (friend|partner|teacher|peer|mother|father|sister|brother)"
        r"|classmates?|disagrees?|differently|point of view|perspective|other people|others)\b"
    ),
    "learning": re.compile(
        r"\b(learn(ed|t)|reali[sz]ed?|notic(ed|e)|discovered|underst(ood|and) (that|how|why|now)"
        r"|now i (know|see|understand)|found out|i see now|taught me)\b"
    ),
    "intention": re.compile(
        r"\b(next time|in (the )?future|from now on|i will|i'll|i plan|i want to|i am going to|i'm going to|my goal)\b"
    ),
}
_ABOUT_TEXT = frozenset({"evaluation", "reason", "perspective"})
"""What can be said of the draft without saying "I"."""
_QUESTIONS: Mapping[str, str] = {
    "difficulty": "Which place in your draft was hardest to get right?",
    "evaluation": "Which change do you think worked best, and how can you tell?",
    "reason": "Why did you make that change?",
    "learning": "What do you see now that you did not see in the first draft?",
    "perspective": "How would a reader who disagrees with you read that paragraph?",
    "intention": "What will you try in your next text, and where will you check whether it worked?",
    "specificity": "Which sentence do you mean? Point to it.",
}


@dataclass(frozen=True, slots=True)
class Element:
    """One reflective element and its sentence, as offsets in characters."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReflectionQuality:
    """
    How good a reflection is, and why.

    `overall` and `authenticity` are 0 to 100, `dimensions` 0 to 1, `depth` 0 to 4 or None when it abstains,
    `specificity` 1.0 to 4.0. `feedback` asks; it never offers words to hand in.
    """

    overall: int
    dimensions: dict[str, float]
    elements: tuple[Element, ...]
    depth: int | None
    specificity: float
    authenticity: int
    access_level: AccessLevel
    feedback: tuple[str, ...]
    next_level: tuple[str, ...]
    abstained: bool
    reason: str
    caution: str
    """How far depth and access level may be trusted; see docs/cards/reflection.md."""


def reflection(text: str, draft: str | None = None, prompt: str | None = None) -> ReflectionQuality:
    """The quality of `text`; under 40 words it abstains and asks for more."""
    require_text(text, "reflection")
    distinct = _distinct(text)
    elements = tuple(element for span in distinct for element in _elements(text, span))
    kinds: set[Kind] = {element.kind for element in elements}
    specificity = _specificity(text, distinct, draft)
    authenticity = _authenticity(text, distinct, elements, draft, prompt)
    count = sum(1 for span in distinct for _ in words(span.of(text)))
    abstained = count < _MIN_WORDS
    depth = _depth(kinds, specificity)
    dimensions = _dimensions(elements, depth, specificity)
    overall = _overall(dimensions, authenticity)
    reason = f"Fewer than {_MIN_WORDS} different words of reflection: too little to judge." if abstained else ""
    access = "restricted" if abstained else _access(overall, depth, authenticity)
    return ReflectionQuality(
        overall=overall,
        dimensions=dimensions,
        elements=elements,
        depth=None if abstained else depth,
        specificity=specificity,
        authenticity=authenticity,
        access_level=access,
        feedback=_feedback(kinds, specificity),
        next_level=_next_level(access, depth, authenticity),
        abstained=abstained,
        reason=reason,
        caution=_CAUTION,
    )


def _distinct(text: str) -> list[Span]:
    """The sentences, each wording once: saying it twice is not saying more."""
    seen: set[str] = set()
    spans: list[Span] = []
    for span in sentences(text):
        piece = span.of(text)
        wording = " ".join(word.of(piece).casefold() for word in words(piece))
        if wording not in seen:
            seen.add(wording)
            spans.append(span)
    return spans


def _elements(text: str, span: Span) -> list[Element]:
    sentence = span.of(text).casefold().replace("\u2019", "'")
    personal = _FIRST_PERSON.search(sentence) is not None
    tied = _PARTS.search(sentence) is not None
    if not personal and not tied:
        return []
    kinds: list[Kind] = [
        kind for kind, cue in _CUES.items() if cue.search(sentence) and (personal or kind in _ABOUT_TEXT)
    ]
    if personal and not kinds:
        kinds.append("description")
    return [Element(kind, span.start, span.end) for kind in kinds]


def _specificity(text: str, distinct: Sequence[Span], draft: str | None) -> float:
    """1.0 names nothing; named parts, things taken from the draft, and quotations or numbers add up to 1.0 each."""
    said = " ".join(span.of(text).casefold() for span in distinct)
    parts = len({match.group(1) for match in _PARTS.finditer(said)})
    pointed = len(_QUOTED.findall(said)) + len(_NUMBER.findall(said))
    shared = len(_content_words(said) & _content_words(draft.casefold())) if draft else 0
    points = min(1.0, parts / 3) + min(1.0, pointed / 3) + (min(1.0, shared / 10) if draft else 0.0)
    return round(1.0 + points, 2)


def _content_words(text: str) -> set[str]:
    return {word for span in words(text) if len(word := span.of(text)) > 4}


def _authenticity(
    text: str, distinct: Sequence[Span], elements: Sequence[Element], draft: str | None, prompt: str | None
) -> int:
    """100, less what was taken over, repeated, or strung together from cue words."""
    copied = max((_copied(text, other) for other in (draft, prompt) if other and other.strip()), default=0.0)
    repeated = 1 - len(distinct) / max(1, sum(1 for _ in sentences(text)))
    crowding = len(elements) / max(1, len(distinct))
    stuffed = max(0.0, crowding - 3.0) / 2
    return round(100 * max(0.0, 1 - copied - repeated - min(1.0, stuffed)))


def _copied(text: str, other: str) -> float:
    """The share of the shorter one that stands word for word in the other; retelling in other words is no copying."""
    same = sum(each.words for each in compare(text, other).passages if each.counted and each.wording == "same")
    shorter = min(sum(1 for _ in words(text)), sum(1 for _ in words(other)))
    return min(1.0, same / max(1, shorter))


def _depth(kinds: set[Kind], specificity: float) -> int:
    if not kinds:
        return 0
    if not (kinds & {"difficulty", "evaluation"} and specificity >= _TIED):
        return 1
    if not {"reason", "learning"} <= kinds:
        return 2
    return 4 if {"perspective", "intention"} <= kinds else 3


def _dimensions(elements: Sequence[Element], depth: int, specificity: float) -> dict[str, float]:
    def share(*kinds: Kind) -> float:
        """How well these kinds are covered: each by two sentences at best."""
        found = [sum(element.kind == kind for element in elements) for kind in kinds]
        return round(sum(min(1.0, times / 2) for times in found) / len(kinds), 3)

    return {
        "depth": depth / 4,
        "self_awareness": share("feeling", "difficulty", "learning"),
        "critical_thinking": share("evaluation", "reason", "perspective"),
        "growth_mindset": share("difficulty", "learning", "intention"),
        "specificity": round((specificity - 1) / 3, 3),
    }


def _overall(dimensions: Mapping[str, float], authenticity: int) -> int:
    weighted = sum(weight * dimensions[name] for name, weight in _WEIGHTS.items())
    return round(100 * weighted * min(1.0, authenticity / 80))


def _access(overall: int, depth: int, authenticity: int) -> AccessLevel:
    if authenticity < 50:
        return "restricted"
    reached: list[AccessLevel] = [name for limit, name in _ACCESS if overall >= limit]
    level: AccessLevel = reached[0] if reached else "restricted"
    return "basic" if level in {"standard", "enhanced"} and depth < 3 else level


def _feedback(kinds: set[Kind], specificity: float) -> tuple[str, ...]:
    missing = [question for kind, question in _QUESTIONS.items() if kind not in kinds and kind != "specificity"]
    vague = [_QUESTIONS["specificity"]] if specificity < _TIED else []
    return tuple((vague + missing)[:3])


def _next_level(access: AccessLevel, depth: int, authenticity: int) -> tuple[str, ...]:
    if authenticity < 50:
        return ("Say it in your own words, once.",)
    needs = {
        "restricted": ("Reach a quality of 60: tie what you say to a place in your draft, and say why.",),
        "basic": ("Reach a quality of 75 with depth 3: a reason, and something you understood.",),
        "standard": ("Reach a quality of 90: another reader's view, and what you will try next.",),
        "enhanced": ("Keep it up.",),
    }[access]
    return needs if depth >= 1 or access != "restricted" else ("Write about what you did and how it went.",)
