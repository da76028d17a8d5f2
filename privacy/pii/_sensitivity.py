"""
How sensitive a text is as a whole, and which parts make it so.

The weights are the origin system's. Its score was divided by the length of the text, so that a long text hid a
single social security number; here each kind of finding adds to the score whatever the length:
score = 1 - product over kinds of (1 - weight * confidence).
"""

from dataclasses import dataclass
from typing import Literal

from scribetree.privacy.pii._disclosures import distress
from scribetree.privacy.pii._find import find
from scribetree.privacy.pii._redaction import mask
from scribetree.privacy.pii._span import Label

__all__ = ["SensitiveElement", "Sensitivity", "classify"]

Level = Literal["high", "medium", "low", "none"]
Kind = Label | Literal["DISTRESS"]

_WEIGHTS: dict[Kind, float] = {
    "SSN": 1.0,
    "CREDIT_CARD": 1.0,
    "BANK_ACCOUNT": 0.9,
    "HEALTH": 0.9,
    "DISTRESS": 0.9,
    "STREET_ADDRESS": 0.8,
    "DATE_OF_BIRTH": 0.8,
    "FAMILY": 0.7,
    "NAME": 0.7,
    "EMAIL": 0.7,
    "PHONE": 0.7,
    "ID_NUM": 0.7,
    "USERNAME": 0.5,
    "URL_PERSONAL": 0.5,
    "IP_ADDRESS": 0.5,
}
_LEVELS: tuple[tuple[float, Level], ...] = ((0.9, "high"), (0.7, "medium"), (0.3, "low"))
_ADVICE: tuple[tuple[frozenset[Kind], str], ...] = (
    (
        frozenset({"DISTRESS"}),
        "The writer may be in distress. Have a trusted adult reach out today, to support and never to punish.",
    ),
    (
        frozenset({"SSN", "CREDIT_CARD", "BANK_ACCOUNT"}),
        "Take the official and bank numbers out before the text is kept or shared, and tell the writer why.",
    ),
    (
        frozenset({"HEALTH", "FAMILY"}),
        "Treat what is told about health or family as confidential: share it with nobody who does not need to know.",
    ),
    (
        frozenset(_WEIGHTS) - {"DISTRESS", "SSN", "CREDIT_CARD", "BANK_ACCOUNT", "HEALTH", "FAMILY"},
        "Share the redacted text where the people in it do not have to be known.",
    ),
)


@dataclass(frozen=True, slots=True)
class SensitiveElement:
    """One finding; offsets count code points of the text."""

    type: str
    text: str
    start_index: int
    end_index: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How sensitive a text is: a score from 0 to 1, its level, the findings in order, and the text without them."""

    sensitivity_level: Level
    sensitivity_score: float
    sensitive_elements: tuple[SensitiveElement, ...]
    recommendations: tuple[str, ...]
    redacted_content: str


def classify(text: str) -> Sensitivity:
    """
    How sensitive `text` is as a whole.

    `high` from 0.9, `medium` from 0.7, `low` from 0.3. A sign of distress is always at least `medium`. Findings are
    those of `find`, and DISTRESS.
    """
    elements = sorted(_elements(text), key=lambda element: (element.start_index, element.end_index))
    surest: dict[str, float] = {}
    for element in elements:
        surest[element.type] = max(element.confidence, surest.get(element.type, 0.0))
    calm = 1.0
    for kind, weight in _WEIGHTS.items():
        calm *= 1.0 - weight * surest.get(kind, 0.0)
    score = round(1.0 - calm, 3)
    advice = tuple(sentence for kinds, sentence in _ADVICE if not kinds.isdisjoint(surest))
    return Sensitivity(_level(score), score, tuple(elements), advice, mask(text))


def _level(score: float) -> Level:
    for least, level in _LEVELS:
        if score >= least:
            return level
    return "none"


def _elements(text: str) -> list[SensitiveElement]:
    found = [(span.label, span.start, span.end, span.confidence) for span in find(text)]
    despair = [("DISTRESS", start, end, 0.9) for start, end in distress(text)]
    return [SensitiveElement(kind, text[start:end], start, end, sure) for kind, start, end, sure in (*found, *despair)]
