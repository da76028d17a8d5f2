"""
What changed between two drafts, sentence by sentence.

Sentences that are alike are set against each other by their words; what is left over was added or deleted. A change
is of the surface when most of the words stay (the one-line rule of the ArgRewrite corpus, macro-F1 about 0.84 there),
else of the content.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from scribetree.tools.text import Span, require_text, sentences, words

__all__ = ["Change", "DraftComparison", "Revision", "compare_drafts", "revision"]

_SURFACE = 0.5
_SAME_SENTENCE = 0.25
_MAX_BLOCK = 400
"""Above this many pairs of changed sentences in one place they are not paired: the place was rewritten."""

Kind = Literal["content", "surface"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One sentence pair: what kind of change, and how sure that is (0 to 1); `purpose` only where it is plain."""

    kind: Kind
    purpose: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Change:
    """One changed sentence, as offsets in each draft; None where the sentence is not in that draft."""

    operation: Literal["add", "delete", "modify"]
    kind: Kind
    confidence: float
    earlier_start: int | None
    earlier_end: int | None
    later_start: int | None
    later_end: int | None


@dataclass(frozen=True, slots=True)
class DraftComparison:
    """All changes in the order of the later draft, and their totals."""

    changes: tuple[Change, ...]
    added: int
    deleted: int
    modified: int
    unchanged: int
    content_share: float | None
    """Share of the changes that are about content, 0 to 1; None when nothing changed."""
    words_before: int
    words_after: int


def compare_drafts(earlier: str, later: str) -> DraftComparison:
    """The changes that turn `earlier` into `later`."""
    require_text(earlier, "earlier")
    require_text(later, "later")
    before, after = list(sentences(earlier)), list(sentences(later))
    matcher = SequenceMatcher(None, _normal(earlier, before), _normal(later, after), autojunk=False)
    changes: list[Change] = []
    unchanged = 0
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            unchanged += i2 - i1
        else:
            changes.extend(_block(earlier, before[i1:i2], later, after[j1:j2]))
    return DraftComparison(
        changes=tuple(changes),
        added=sum(change.operation == "add" for change in changes),
        deleted=sum(change.operation == "delete" for change in changes),
        modified=sum(change.operation == "modify" for change in changes),
        unchanged=unchanged,
        content_share=round(sum(c.kind == "content" for c in changes) / len(changes), 3) if changes else None,
        words_before=sum(1 for _ in words(earlier)),
        words_after=sum(1 for _ in words(later)),
    )


def revision(old: str, new: str) -> Revision:
    """What kind of change turns the sentence `old` into `new`; an empty side means added or deleted."""
    if not old.strip() or not new.strip():
        return Revision("content", None, 0.9)
    alike = _overlap(_words_of(old), _words_of(new))
    kind: Kind = "surface" if alike > _SURFACE else "content"
    purpose = "conventions" if alike == 1.0 else None
    return Revision(kind, purpose, round(min(0.95, 0.55 + abs(alike - _SURFACE) * 0.8), 2))


def _normal(text: str, spans: Sequence[Span]) -> list[str]:
    return [" ".join(span.of(text).split()) for span in spans]


def _block(earlier: str, before: Sequence[Span], later: str, after: Sequence[Span]) -> Iterator[Change]:
    """The changes in one place: pairs of like sentences, then what has no pair."""
    pairs = _pairs(earlier, before, later, after)
    for j, new in enumerate(after):
        old = pairs.get(j)
        if old is None:
            yield Change("add", "content", 0.9, None, None, *new)
        else:
            found = revision(old.of(earlier), new.of(later))
            yield Change("modify", found.kind, found.confidence, *old, *new)
    paired = set(pairs.values())
    for old in before:
        if old not in paired:
            yield Change("delete", "content", 0.9, *old, None, None)


def _pairs(earlier: str, before: Sequence[Span], later: str, after: Sequence[Span]) -> dict[int, Span]:
    """For each sentence of the later draft, by its number, the sentence it grew from; likest first, each used once."""
    if len(before) * len(after) > _MAX_BLOCK * _MAX_BLOCK:
        return {}
    old_words = [_words_of(span.of(earlier)) for span in before]
    new_words = [_words_of(span.of(later)) for span in after]
    likest = sorted(
        ((_overlap(old, new), -i, -j) for i, old in enumerate(old_words) for j, new in enumerate(new_words)),
        reverse=True,
    )
    pairs: dict[int, Span] = {}
    used: set[int] = set()
    for alike, minus_i, minus_j in likest:
        if alike < _SAME_SENTENCE:
            break
        if -minus_i not in used and -minus_j not in pairs:
            used.add(-minus_i)
            pairs[-minus_j] = before[-minus_i]
    return pairs


def _words_of(sentence: str) -> frozenset[str]:
    return frozenset(span.of(sentence).casefold() for span in words(sentence))


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard's share of common words."""
    return len(a & b) / len(a | b) if a or b else 1.0
