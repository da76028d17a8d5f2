"""
Where a reflection shows one of eight signs, and how likely each is.

Two witnesses are heard about every sentence: its wording (a cue in a first-person sentence, or beside a named part of
the draft) and the trained sentence model. Neither is enough without substance: a sentence that holds nothing but cue
words counts a quarter, unless one just before it carries what it speaks of. The eight signs fall under the six
elements of Jung and Wise (2022).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from scribetree.tools.writing._reflection_sentences import Sentence
from scribetree.tools.writing._reflective_sentence import Category

__all__ = ["SIGNS", "Element", "ElementKind", "Sign", "cue_words", "elements", "likelihoods"]

Sign = Literal["description", "feeling", "difficulty", "evaluation", "reason", "perspective", "learning", "intention"]
SIGNS: tuple[Sign, ...] = get_args(Sign)
ElementKind = Literal["description", "analysis", "feeling", "perspective", "evaluation", "outcome"]

_ELEMENT_OF: Mapping[Sign, ElementKind] = {
    "description": "description",
    "feeling": "feeling",
    "difficulty": "evaluation",
    "evaluation": "evaluation",
    "reason": "analysis",
    "perspective": "perspective",
    "learning": "outcome",
    "intention": "outcome",
}
_CATEGORY_OF: Mapping[Sign, Category] = {
    "description": "Experience",
    "feeling": "Feeling",
    "difficulty": "Difficulty",
    "perspective": "Perspective",
    "learning": "Learning",
    "intention": "Intention",
}
_CUES: Mapping[Sign, re.Pattern[str]] = {
    "feeling": re.compile(
        r"\b(felt|feel|feeling|proud|frustrat\w+|nervous|anxious|worried|worries|bothers?|bothered|excited|confus\w+"
        r"|unsure|less sure|surpris\w+|enjoy(?:ed)?|happy|happier|disappoint\w+|do not like|don't like|liked|hated?"
        r"|loved|afraid|embarrass\w+|relieved|annoy\w+|uncomfortable|satisfied|upset)\b"
    ),
    "difficulty": re.compile(
        r"\b(struggl\w+|hard|harder|hardest|difficult\w*|challeng\w+|stuck|trouble|troubled|could not|couldn't|got lost"
        r"|mistakes?|problems?|problematic|failed|gap|ran out|not sure how"
        r"|kept (?:losing|getting|repeating|changing))\b"
    ),
    "evaluation": re.compile(
        r"\b(better|worse|stronger|strongest|weaker|weakest|clearer|unclear|improved|effective|convincing|unconvincing"
        r"|missing|too (?:long|short|much|many|vague|general|fast)|not enough|works|worked|did not work|didn't work"
        r"|doesn't work|still (?:do not|does not|don't|doesn't)|just claimed|vague|good|weak|strong|flat|boring"
        r"|repetitive|wordy|choppy|off topic|gap|confusing|easier|tighter|thin|one-sided|unfair)\b"
    ),
    "reason": re.compile(
        r"\b(because|so that|therefore|that is why|that's why|the reason|made me|in order to|since (?:i|it|the|my)"
        r"|which (?:meant|means|made)|as a result|due to|otherwise)\b"
    ),
    "perspective": re.compile(
        r"\b(a reader|readers?|audience|(?:some|any)(?:one|body) (?:who|else)|my (?:friend|partner|teacher|peer|mother"
        r"|father|mom|dad|sister|brother|classmate|tutor|editor|cousin|roommate)|classmates?|disagrees?|differently"
        r"|point of view|perspective|other people|the other side|opponents?|critics?|skeptic\w*"
        r"|if i were|in (?:his|her|their) place|from outside|assum(?:ed|ing|ption|ptions))\b"
    ),
    "learning": re.compile(
        r"\b(learn(?:ed|t)|reali[sz](?:ed?|ing)|notic(?:ed?|ing)|discovered|underst(?:ood|and) (?:that|how|why|now)"
        r"|now i (?:know|see|understand|think)|i now (?:know|see|understand|think)|found out|i (?:can )?see now"
        r"|taught me|showed me|it (?:turned out|turns out|dawned|hit me)|used to think|changed my mind"
        r"|i saw (?:that|how|why)|made me (?:see|realize|realise|think)|no longer think)\b"
    ),
    "intention": re.compile(
        r"\b(next time|next (?:essay|paper|draft|text|story)|in (?:the )?future|from now on|i will|i'll|i plan"
        r"|i want to|i am going to|i'm going to|my goal|i intend|i mean to|i would like to (?:try|work|check))\b"
    ),
}
_ABOUT_TEXT = frozenset({"evaluation", "reason", "perspective"})
"""What can be said of the draft without saying "I"."""
_CUE_LIKELIHOOD = {"personal": 0.7, "tied": 0.7, "both": 0.85}
_EMPTY = 0.25
_BORROWED = 0.85
_LEAST_SUBSTANCE = 2
_SHOWN = 0.5
_SIGNS_A_SENTENCE = 3
_WORDS_A_SIGN = 4
"""So many words at least for each sign that one sentence may show: a string of cues shows few."""


@dataclass(frozen=True, slots=True)
class Element:
    """
    One of the six reflective elements where it stands, as offsets in characters.

    `sign` is the finer observation behind it, `probability` how likely it is, `basis` who says so.
    """

    kind: ElementKind
    sign: Sign
    start: int
    end: int
    probability: float
    basis: Literal["wording", "model", "both"]


def elements(found: Sequence[Sentence]) -> tuple[Element, ...]:
    """Every element that is more likely there than not, in order."""
    ranked = (_ranked(sentence, _carries(sentence, found[max(0, at - 2) : at])) for at, sentence in enumerate(found))
    return tuple(element for elements in ranked for element in elements if element.probability >= _SHOWN)


def likelihoods(shown: Sequence[Element]) -> dict[Sign, float]:
    """How likely each sign is shown at least once: that of its best sentence, so that more sentences buy nothing."""
    best = dict.fromkeys(SIGNS, 0.0)
    for element in shown:
        best[element.sign] = max(best[element.sign], element.probability)
    return best


def cue_words(plain: str) -> int:
    """How many cues of any sign stand in a text in lower case."""
    return sum(len(cue.findall(plain)) for cue in _CUES.values())


def _carries(sentence: Sentence, before: Sequence[Sentence]) -> float:
    if len(sentence.substance) >= _LEAST_SUBSTANCE:
        return 1.0
    return _BORROWED if any(len(earlier.substance) > _LEAST_SUBSTANCE for earlier in before) else _EMPTY


def _ranked(sentence: Sentence, carries: float) -> list[Element]:
    """The likeliest signs of one sentence, no more than its length can carry, beside that it tells of something."""
    most = max(1, min(_SIGNS_A_SENTENCE, len(sentence.plain.split()) // _WORDS_A_SIGN))
    told, *others = (_element(sentence, sign, 1.0 if sign == "description" else carries) for sign in SIGNS)
    return [told, *sorted(others, key=lambda each: -each.probability)[:most]]


def _by_wording(sentence: Sentence, sign: Sign) -> float:
    if sign == "description":
        return 0.5 if sentence.personal else 0.0
    if not (sentence.personal or (sign in _ABOUT_TEXT and sentence.tied)) or not _CUES[sign].search(sentence.plain):
        return 0.0
    if sentence.personal and sentence.tied:
        return _CUE_LIKELIHOOD["both"]
    return _CUE_LIKELIHOOD["personal" if sentence.personal else "tied"]


def _by_model(sentence: Sentence, sign: Sign) -> float:
    category = _CATEGORY_OF.get(sign)
    return sentence.probabilities[category] if category else 0.0


def _element(sentence: Sentence, sign: Sign, carries: float) -> Element:
    """By wording or by the model: either may be wrong, and both seldom are."""
    said, read = _by_wording(sentence, sign), _by_model(sentence, sign)
    return Element(
        kind=_ELEMENT_OF[sign],
        sign=sign,
        start=sentence.span.start,
        end=sentence.span.end,
        probability=round(carries * (1 - (1 - said) * (1 - read)), 3),
        basis="both" if min(said, read) >= _SHOWN else "model" if read > said else "wording",
    )
