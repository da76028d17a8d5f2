"""
What changed between two drafts, sentence by sentence, and how the profile moved.

Sentences that are alike are set against each other by their words; what is left over was added or deleted. What kind of
change each is says `revision`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from scribetree.tools.text import Span, read, require_text, sentences, words
from scribetree.tools.writing._profile import profile_of
from scribetree.tools.writing._revision import Kind, Revision, revision

__all__ = ["Change", "DraftComparison", "FeatureMove", "compare_drafts"]

_SAME_SENTENCE = 0.25
_MAX_BLOCK = 400
"""Above this many pairs of changed sentences in one place they are not paired: the place was rewritten."""
_MANY_SENTENCES = 2_000
"""Above this many sentences those that come back often are no anchors, so that the time stays near linear."""
_MAX_MOVES = 8
_LEAST_MOVE = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One changed sentence, as offsets in each draft; None where the sentence is not in that draft."""

    operation: Literal["add", "delete", "modify"]
    kind: Kind
    purpose: str | None
    confidence: float
    earlier_start: int | None
    earlier_end: int | None
    later_start: int | None
    later_end: int | None


@dataclass(frozen=True, slots=True)
class FeatureMove:
    """A feature of the profile in both drafts, and its percentiles among the reference essays."""

    feature: str
    before: float
    after: float
    percentile_before: int
    percentile_after: int


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
    purposes: dict[str, int]
    """How many changes have each purpose, where one was plain."""
    profile_moves: tuple[FeatureMove, ...]
    """The features that moved by 10 percentiles or more, farthest first; empty where percentiles are not given."""


def compare_drafts(earlier: str, later: str) -> DraftComparison:
    """The changes that turn `earlier` into `later`."""
    require_text(earlier, "earlier")
    require_text(later, "later")
    before, after = list(sentences(earlier)), list(sentences(later))
    matcher = SequenceMatcher(
        None, _normal(earlier, before), _normal(later, after), autojunk=len(after) > _MANY_SENTENCES
    )
    judge = _judge_each_pair_once()
    changes: list[Change] = []
    unchanged = 0
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            unchanged += i2 - i1
        else:
            changes.extend(_block(judge, earlier, before[i1:i2], later, after[j1:j2]))
    return DraftComparison(
        changes=tuple(changes),
        added=sum(change.operation == "add" for change in changes),
        deleted=sum(change.operation == "delete" for change in changes),
        modified=sum(change.operation == "modify" for change in changes),
        unchanged=unchanged,
        content_share=round(sum(c.kind == "content" for c in changes) / len(changes), 3) if changes else None,
        words_before=sum(1 for _ in words(earlier)),
        words_after=sum(1 for _ in words(later)),
        purposes=_purposes(changes),
        profile_moves=_moves(earlier, later),
    )


def _purposes(changes: Sequence[Change]) -> dict[str, int]:
    named = [change.purpose for change in changes if change.purpose]
    return {name: named.count(name) for name in sorted(set(named))}


def _moves(earlier: str, later: str) -> tuple[FeatureMove, ...]:
    before, after = profile_of(read(earlier)), profile_of(read(later))
    if not before.percentiles or not after.percentiles:
        return ()
    moves = [
        FeatureMove(
            feature=name,
            before=round(before.features[name], 4),
            after=round(after.features[name], 4),
            percentile_before=before.percentiles[name],
            percentile_after=after.percentiles[name],
        )
        for name in before.features
    ]
    far = [move for move in moves if abs(move.percentile_after - move.percentile_before) >= _LEAST_MOVE]
    far.sort(key=lambda move: -abs(move.percentile_after - move.percentile_before))
    return tuple(far[:_MAX_MOVES])


def _judge_each_pair_once() -> Callable[[str, str], Revision]:
    """`revision` with a memory that ends with the comparison, for drafts that say one thing many times."""
    known: dict[tuple[str, str], Revision] = {}

    def judge(old: str, new: str) -> Revision:
        if (old, new) not in known:
            known[old, new] = revision(old, new)
        return known[old, new]

    return judge


def _normal(text: str, spans: Sequence[Span]) -> list[str]:
    return [" ".join(span.of(text).split()) for span in spans]


def _block(
    judge: Callable[[str, str], Revision], earlier: str, before: Sequence[Span], later: str, after: Sequence[Span]
) -> Iterator[Change]:
    """The changes in one place: pairs of like sentences, then what has no pair."""
    pairs = _pairs(earlier, before, later, after)
    for j, new in enumerate(after):
        old = pairs.get(j)
        if old is None:
            found = judge("", new.of(later))
            yield Change("add", found.kind, found.likely_purpose, found.confidence, None, None, *new)
        else:
            found = judge(old.of(earlier), new.of(later))
            yield Change("modify", found.kind, found.likely_purpose, found.confidence, *old, *new)
    paired = set(pairs.values())
    for old in before:
        if old not in paired:
            found = judge(old.of(earlier), "")
            yield Change("delete", found.kind, found.likely_purpose, found.confidence, *old, None, None)


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
