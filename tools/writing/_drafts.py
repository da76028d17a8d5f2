"""
What changed between two drafts, sentence by sentence, and how the profile moved.

Sentences that are alike are set against each other by their words; what is left over was added or deleted. What kind of
change each is says `revision`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from scribetree.tools.text import Reading, Span, read, require_text, words
from scribetree.tools.writing._profile import profile_of
from scribetree.tools.writing._revision import Kind, Revision, revision

__all__ = ["Change", "DraftComparison", "FeatureMove", "compare_drafts"]

_SAME_SENTENCE = 0.25
_MAX_BLOCK = 400
"""Above this many pairs of changed sentences in one place they are not paired: the place was rewritten."""
_MANY_SENTENCES = 2_000
"""Above this many sentences those that come back often are no anchors, so that the time stays near linear."""
_NOT_ENGLISH = "This does not read like English: what changed is shown, and whether it is content was not judged."
_Judge = Callable[[str, str], Revision | None]
_MAX_MOVES = 8
_LEAST_MOVE = 10


@dataclass(frozen=True, slots=True)
class Change:
    """
    One changed sentence, as offsets in each draft; None where the sentence is not in that draft.

    Kind and confidence are None where the drafts are not English: people judged English revisions only.
    """

    operation: Literal["add", "delete", "modify"]
    kind: Kind | None
    purpose: str | None
    confidence: float | None
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
    """All changes in the order of the later draft, and their totals; `note` says what was not judged, and why."""

    changes: tuple[Change, ...]
    added: int
    deleted: int
    modified: int
    unchanged: int
    content_share: float | None
    """Share of the changes that are about content, 0 to 1; None when nothing changed or nothing was judged."""
    words_before: int
    words_after: int
    purposes: dict[str, int]
    """How many changes have each purpose, where one was plain."""
    profile_moves: tuple[FeatureMove, ...]
    """The features that moved by 10 percentiles or more, farthest first; empty where percentiles are not given."""
    note: str


def compare_drafts(earlier: str, later: str) -> DraftComparison:
    """The changes that turn `earlier` into `later`."""
    require_text(earlier, "earlier")
    require_text(later, "later")
    readings = read(earlier), read(later)
    before, after = (list(reading.sentences) for reading in readings)
    english = all(reading.is_english for reading in readings)
    matcher = SequenceMatcher(
        None, _normal(earlier, before), _normal(later, after), autojunk=len(after) > _MANY_SENTENCES
    )
    judge = _judge_each_pair_once() if english else _judge_nothing
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
        content_share=round(sum(c.kind == "content" for c in changes) / len(changes), 3)
        if changes and english
        else None,
        words_before=len(readings[0].flat),
        words_after=len(readings[1].flat),
        purposes=_purposes(changes),
        profile_moves=_moves(*readings),
        note="" if english else _NOT_ENGLISH,
    )


def _purposes(changes: Sequence[Change]) -> dict[str, int]:
    named = [change.purpose for change in changes if change.purpose]
    return {name: named.count(name) for name in sorted(set(named))}


def _moves(earlier: Reading, later: Reading) -> tuple[FeatureMove, ...]:
    before, after = profile_of(earlier), profile_of(later)
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


def _judge_nothing(old: str, new: str) -> None:
    """For drafts in other languages."""


def _judge_each_pair_once() -> _Judge:
    """`revision` with a memory that ends with the comparison, for drafts that say one thing many times."""
    known: dict[tuple[str, str], Revision] = {}

    def judge(old: str, new: str) -> Revision:
        if (old, new) not in known:
            known[old, new] = revision(old, new)
        return known[old, new]

    return judge


def _normal(text: str, spans: Sequence[Span]) -> list[str]:
    return [" ".join(span.of(text).split()) for span in spans]


def _block(judge: _Judge, earlier: str, before: Sequence[Span], later: str, after: Sequence[Span]) -> Iterator[Change]:
    """The changes in one place: pairs of like sentences, then what has no pair."""
    pairs = _pairs(earlier, before, later, after)
    for j, new in enumerate(after):
        old = pairs.get(j)
        if old is None:
            yield _change("add", judge("", new.of(later)), None, new)
        else:
            yield _change("modify", judge(old.of(earlier), new.of(later)), old, new)
    paired = set(pairs.values())
    for old in before:
        if old not in paired:
            yield _change("delete", judge(old.of(earlier), ""), old, None)


def _change(
    operation: Literal["add", "delete", "modify"], found: Revision | None, old: Span | None, new: Span | None
) -> Change:
    kind, purpose, sure = (found.kind, found.likely_purpose, found.confidence) if found else (None, None, None)
    return Change(operation, kind, purpose, sure, *(old or (None, None)), *(new or (None, None)))


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
