"""
Placeholders in place of personal data, and the way back, which is a value of its own.

The redacted text can go where the student's data may not; the way back stays with the guard, which seals it
(`WayBack.to_bytes`) and opens it for those who may. Whoever is written in two ways ("Maria Lopez", "Maria") is one
number in both, `[NAME_1]` and `[NAME_1b]`, so that a reader still knows who is who.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scribetree.errors import InvalidInput
from scribetree.privacy.pii._find import find
from scribetree.privacy.pii._span import Label, Span, replaced

__all__ = ["Redaction", "WayBack", "mask", "redact"]

_PLACEHOLDER = re.compile(r"\[([A-Z]+(?:_[A-Z]+)*)_(\d{1,9})([a-z]*)\]")


@dataclass(frozen=True, slots=True)
class WayBack:
    """What each placeholder stands for. It is personal data: keep it sealed, and never log it."""

    meanings: Mapping[str, str] = field(repr=False)

    def restore(self, text: str) -> str:
        """`text` with every placeholder of this redaction replaced by what it stands for; others stay."""
        return _PLACEHOLDER.sub(lambda found: self.meanings.get(found.group(), found.group()), text)

    def to_bytes(self) -> bytes:
        """The value to seal."""
        return json.dumps(dict(self.meanings)).encode()

    @classmethod
    def from_bytes(cls, opened: bytes) -> "WayBack":
        """The value that was sealed."""
        try:
            return cls({str(key): str(value) for key, value in json.loads(opened).items()})
        except (ValueError, AttributeError):
            raise InvalidInput(
                "These bytes are not the way back of a redaction.", hint="Open what `WayBack.to_bytes` gave."
            ) from None


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text without personal data; `spans` are offsets into the text as it was given."""

    text: str
    spans: tuple[Span, ...]
    way_back: WayBack = field(repr=False)


def redact(text: str) -> Redaction:
    """`text` with a stable placeholder for each piece of personal data: the same piece, the same placeholder."""
    spans = find(text)
    numbering = _Numbering(taken=frozenset(found.group() for found in _PLACEHOLDER.finditer(text)))
    shown = replaced(text, spans, lambda span: numbering.placeholder(span.label, text[span.start : span.end]))
    return Redaction(shown, tuple(spans), WayBack(numbering.meanings()))


def mask(text: str) -> str:
    """`text` for a log or a trace: each piece of personal data as its label, and all of it withheld on any doubt."""
    try:
        return replaced(text, find(text), lambda span: f"[{span.label}]")
    except Exception:  # noqa: BLE001 - fail closed: what cannot be looked at is not shown
        return "[WITHHELD]"


class _Numbering:
    """Gives out placeholders: one number a person or thing, one letter a way of writing it."""

    def __init__(self, *, taken: frozenset[str]) -> None:
        self._taken = taken
        self._given: dict[tuple[Label, str], str] = {}
        self._numbers: dict[tuple[Label, str], int] = {}
        self._forms: dict[tuple[Label, int], int] = {}
        self._last: dict[Label, int] = {}

    def placeholder(self, label: Label, value: str) -> str:
        if (label, value) not in self._given:
            self._given[label, value] = self._new(label, value)
        return self._given[label, value]

    def meanings(self) -> dict[str, str]:
        return {placeholder: value for (_, value), placeholder in self._given.items()}

    def _new(self, label: Label, value: str) -> str:
        number = self._number(label, value)
        while True:
            form = self._forms.get((label, number), 0)
            self._forms[label, number] = form + 1
            placeholder = f"[{label}_{number}{_letters(form)}]"
            if placeholder not in self._taken:
                return placeholder

    def _number(self, label: Label, value: str) -> int:
        """The number of the thing that `value` names: a known one, or the next."""
        keys: list[tuple[Label, str]] = [(label, key) for key in _keys(label, value)]
        known = next((self._numbers[key] for key in keys if key in self._numbers), None)
        number = self._last.get(label, 0) + 1 if known is None else known
        self._last[label] = max(number, self._last.get(label, 0))
        for key in keys:
            self._numbers.setdefault(key, number)
        return number


def _keys(label: Label, value: str) -> list[str]:
    """What makes two ways of writing the same: letters only; for a full name also its first and last word alone."""
    whole = " ".join(value.casefold().split())
    words = whole.split(" ")
    return [whole, words[0], words[-1]] if label == "NAME" and len(words) > 1 else [whole]


def _letters(form: int) -> str:
    """Nothing for the first form, then b, c, ... z, ba, bb and so on."""
    if form == 0:
        return ""
    letters = ""
    while form:
        form, digit = divmod(form, 26)
        letters = chr(ord("a") + digit) + letters
    return letters
