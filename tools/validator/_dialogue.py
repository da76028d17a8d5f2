"""
A tutoring dialogue and the reply that is judged in it, taken apart once: turns, sentences, words, numbers, sums.

Everything here is read as text. A sentence that talks to whoever judges the reply is no part of the reply: it is set
aside (`Reply.aside`).
"""

import re
from dataclasses import dataclass

from scribetree.tools.validator._instructions import addressed_to_student, plain

__all__ = ["Dialogue", "Reply", "Turn", "content", "numbers", "results", "tokens"]

_MAX_HISTORY = 40_000
"""Characters from the end of the history that are read: more than any lesson, and a bound on the time."""

_TURN = re.compile(r"(?:^|\s)(tutor|student|teacher|user|assistant|ai)\s*:\s*", re.IGNORECASE)
_STUDENTS = frozenset(("student", "user"))
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NUMBER = re.compile(r"(?<![\w.])-?\$?(\d[\d,]{0,30}(?:\.\d{1,20})?)(?:/(\d{1,12}))?")

STOP_WORDS = frozenset(
    "a an the and or of to in on at for with is are was were be been it its this that these those you your i my we us "
    "our he she they his her their them not no do does did can could would should will let's lets so as by from how "
    "what which when where who why there here have has had if then than but up out about just me one some get "
    "got".split()
)

_A = r"\$?(\d[\d,]{0,15}(?:\.\d{1,10})?)"
_SUMS = tuple(
    (re.compile(pattern.replace("A", _A)), operation)
    for pattern, operation in (
        (r"A\s?(?:\+|plus|added to)\s?A", "+"),
        (r"A\s?(?:-|\u2013|\u2212|minus|take away)\s?A", "-"),
        (r"A\s?(?:\*|x|\u00d7|times|multiplied by|groups of)\s?A", "*"),
        (r"A\s?(?:/|\u00f7|divided by)\s?A", "/"),
        (r"sum of\s?A\s?(?:and|,)\s?A", "+"),
        (r"product (?:value )?of\s?A\s?(?:and|,)\s?A", "*"),
        (r"difference (?:between|of)\s?A\s?(?:and|,)\s?A", "-"),
        (r"multiply(?:ing)?\s?A\s?(?:by|and|with)\s?A", "*"),
        (r"divid(?:e|ing)\s?A\s?by\s?A", "/"),
        (r"(?:subtract(?:ing)?|take)\s?A\s?(?:away )?from\s?A", "-"),
        (r"add(?:ing)?\s?A\s?(?:and|to|with|plus)\s?A", "+"),
    )
)
_CHAIN = re.compile(r"\d[\d,.]{0,15}(?:\s?\+\s?\d[\d,.]{0,15})+")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What was said before the reply; the last turns of both, and the first one, which poses the problem."""

    whole: "Turn"
    problem: "Turn"
    tutor: "Turn"
    student: "Turn"

    @classmethod
    def of(cls, history: str) -> "Dialogue":
        """The dialogue in a text of `Tutor:` and `Student:` turns; a text without any is the student's."""
        text = plain(history[-_MAX_HISTORY:])
        marks = list(_TURN.finditer(text))
        ends = [*(mark.start() for mark in marks[1:]), len(text)][: len(marks)]
        turns = [
            (mark[1].lower() in _STUDENTS, text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)
        ] or [(True, text)]
        return cls(
            whole=Turn.of(text),
            problem=Turn.of(turns[0][1]),
            tutor=Turn.of(next((said for by_student, said in reversed(turns) if not by_student), "")),
            student=Turn.of(next((said for by_student, said in reversed(turns) if by_student), "")),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of the dialogue with its numbers and its content words."""

    text: str
    numbers: tuple[float, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Turn":
        """The stretch, taken apart."""
        return cls(text, tuple(numbers(text)), frozenset(content(text)))

    def values(self) -> frozenset[float]:
        """Its numbers, each once."""
        return frozenset(self.numbers)


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply as the student reads it, in sentences, without what was set aside."""

    text: str
    sentences: tuple[str, ...]
    aside: tuple[str, ...] = ()

    @classmethod
    def of(cls, response: str) -> "Reply":
        """The reply without what is not addressed to the student."""
        text = plain(response)
        kept, aside = addressed_to_student(text)
        return cls(" ".join(kept), tuple(kept), tuple(aside))

    @classmethod
    def of_sentences(cls, sentences: tuple[str, ...]) -> "Reply":
        """A reply of these sentences only."""
        return cls(" ".join(sentences), sentences)

    def questions(self) -> list[str]:
        """The sentences that end in a question mark."""
        return [each for each in self.sentences if each.rstrip("\"\u201d')* ").endswith("?")]

    def statements(self) -> list[str]:
        """The sentences that do not."""
        return [each for each in self.sentences if not each.rstrip("\"\u201d')* ").endswith("?")]


def tokens(text: str) -> list[str]:
    """The words in small letters, with straight apostrophes."""
    return _TOKEN.findall(text.lower().replace("\u2019", "'"))


def content(text: str) -> set[str]:
    """The words that carry meaning."""
    return set(tokens(text)) - STOP_WORDS


def numbers(text: str) -> list[float]:
    """The numbers as values: `1,200` and `$1200` are one, `1/2` is 0.5, signs do not count."""
    return [value for whole, part in _NUMBER.findall(text) if (value := _value(whole, part)) is not None]


def results(text: str) -> set[float]:
    """What the sums that stand in a text come to."""
    text = _SPACES.sub(" ", text).lower()
    found: set[float] = set()
    for pattern, operation in _SUMS:
        for one, other in pattern.findall(text):
            found |= _result(_value(one), _value(other), operation)
    for chain in _CHAIN.findall(text):
        parts = [_value(part.strip(" .,")) for part in chain.split("+")]
        found.add(round(sum(part for part in parts if part is not None), 4))
    return found


def _value(whole: str, part: str = "") -> float | None:
    try:
        value = float(whole.replace(",", ""))
        return round(value / float(part), 4) if part else round(value, 4)
    except (ValueError, ZeroDivisionError):
        return None


def _result(one: float | None, other: float | None, operation: str) -> set[float]:
    if one is None or other is None or (operation == "/" and not other):
        return set()
    value = {
        "+": one + other,
        "-": abs(one - other),
        "*": one * other,
        "/": one / other if operation == "/" else 0.0,
    }[operation]
    return {round(value, 4), round(value, 2)}
