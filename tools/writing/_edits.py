"""
What stands between two versions of a sentence, in figures: the words that came and went, where, and of which classes.

One side may be empty: a sentence that was added or deleted.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from scribetree.tools.text import RARE_ZIPF, english, words
from scribetree.tools.writing._classes import CLASSES, FUNCTION_WORDS
from scribetree.tools.writing._tally import is_misspelled

__all__ = ["Edit", "edit_features"]

_STEM = 5
_ALIKE = 0.7
_LONGEST = 400
"""Words of each side that are looked at: a longer sentence is a whole text in one."""
_STOPS = re.compile(r"[.!?]")
_COUNTED = ("negation", "causal", "adversative", "hedges", "boosters", "modals", "pronouns", "additive", "evidence")
_TOLD = ("evidence", "contrast_views", "claims", "reasons", "reporting", "obligation", "first_singular", "numbers")

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True)
class Edit:
    """Two versions of a sentence as words, and the operations that turn one into the other."""

    old: str
    new: str

    @cached_property
    def before(self) -> list[str]:
        return [span.of(self.old) for span in words(self.old)][:_LONGEST]

    @cached_property
    def after(self) -> list[str]:
        return [span.of(self.new) for span in words(self.new)][:_LONGEST]

    @cached_property
    def lower(self) -> tuple[list[str], list[str]]:
        return _lower(self.before), _lower(self.after)

    @cached_property
    def matcher(self) -> SequenceMatcher[str]:
        return SequenceMatcher(None, *self.lower, autojunk=False)

    @property
    def is_respelling(self) -> bool:
        """Whether only capitals, marks and spaces changed."""
        return self.lower[0] == self.lower[1]

    @cached_property
    def operations(self) -> list[Opcode]:
        return [operation for operation in self.matcher.get_opcodes() if operation[0] != "equal"]


def edit_features(edit: Edit) -> dict[str, float]:
    """The figures, always under the same names."""
    return {
        **_sizes(edit),
        **_places(edit),
        **_word_changes(edit),
        **_class_changes(edit),
        **_told(edit),
    }


def _lower(line: Iterable[str]) -> list[str]:
    return [word.lower().replace("\u2019", "'") for word in line]


def _content(line: Iterable[str]) -> list[str]:
    return [word for word in line if word not in FUNCTION_WORDS]


def _share(part: int, whole: int) -> float:
    return part / max(1, whole)


def _sizes(edit: Edit) -> dict[str, float]:
    before, after = edit.lower
    a, b = set(before), set(after)
    return {
        "common": _share(len(a & b), len(a | b)),
        "alike": edit.matcher.ratio(),
        "words_before": float(len(before)),
        "words_after": float(len(after)),
        "grown_by": float(len(after) - len(before)),
        "grown_share": (len(after) - len(before)) / max(len(before), len(after), 1),
        "lost_share": _share(len(a - b), len(a)),
        "new_share": _share(len(b - a), len(b)),
        "same_words": float(before == after),
        "only_order": float(sorted(before) == sorted(after)),
        "stops": float(len(_STOPS.findall(edit.new)) - len(_STOPS.findall(edit.old))),
        "commas": float(abs(edit.new.count(",") - edit.old.count(","))),
        "characters": float(abs(len(edit.new) - len(edit.old))),
    }


def _places(edit: Edit) -> dict[str, float]:
    before, after = edit.lower
    operations = edit.operations
    starts = [j1 / max(1, len(after)) for _, _, _, j1, _ in operations]
    gains = [len(_content(after[j1:j2])) - len(_content(before[i1:i2])) for _, i1, i2, j1, j2 in operations]
    at_end = operations[-1] if operations and operations[-1][4] == len(after) else None
    at_start = operations[0] if operations and operations[0][3] == 0 else None
    return {
        "places": float(len(operations)),
        "longest_in": float(max((j2 - j1 for _, _, _, j1, j2 in operations), default=0)),
        "longest_out": float(max((i2 - i1 for _, i1, i2, _, _ in operations), default=0)),
        "longest_content_in": float(max((len(_content(after[j1:j2])) for _, _, _, j1, j2 in operations), default=0)),
        "most_gained": float(max(gains, default=0)),
        "most_lost": float(min(gains, default=0)),
        "first_place": min(starts, default=0.0),
        "last_place": max(starts, default=0.0),
        "at_end": float(at_end[4] - at_end[3]) if at_end else 0.0,
        "at_start": float(at_start[4] - at_start[3]) if at_start else 0.0,
    }


def _word_changes(edit: Edit) -> dict[str, float]:
    before, after = edit.lower
    gone, came = _gone_and_came(before, after)
    content_gone, content_came = _content(gone), _content(came)
    stems_before, stems_after = ({word[:_STEM] for word in _content(line)} for line in (before, after))
    shared = len(stems_before & stems_after)
    return {
        "gone": float(len(gone)),
        "came": float(len(came)),
        "content_gone": float(len(content_gone)),
        "content_came": float(len(content_came)),
        "content_gone_share": _share(len(content_gone), len(_content(before))),
        "content_came_share": _share(len(content_came), len(_content(after))),
        "letters_gone": float(sum(map(len, content_gone))),
        "letters_came": float(sum(map(len, content_came))),
        "stems_gone": float(len(stems_before - stems_after)),
        "stems_came": float(len(stems_after - stems_before)),
        "stems_kept": _share(shared, min(len(stems_before), len(stems_after))),
        "respelled": float(_respelled(edit)),
        "rarest_gone": _rarest(content_gone),
        "rarest_came": _rarest(content_came),
        "doubtful_gone": float(sum(map(is_misspelled, gone))),
        "doubtful_came": float(sum(map(is_misspelled, came))),
        "names_gone": float(len(_names(edit.before) - _names(edit.after))),
        "names_came": float(len(_names(edit.after) - _names(edit.before))),
        "figures_gone": float(sum(word[0].isdigit() for word in gone)),
        "figures_came": float(sum(word[0].isdigit() for word in came)),
    }


def _class_changes(edit: Edit) -> dict[str, float]:
    gone, came = _gone_and_came(*edit.lower)
    changes: dict[str, float] = {}
    for name in _COUNTED:
        changes[f"{name}_gone"] = float(sum(word in CLASSES[name] for word in gone))
        changes[f"{name}_came"] = float(sum(word in CLASSES[name] for word in came))
    return changes


def _told(edit: Edit) -> dict[str, float]:
    """What the sentence speaks of: its new version, or the old one where it was deleted."""
    told = edit.lower[1] or edit.lower[0]
    return {f"told_{name}": float(sum(word in CLASSES[name] for word in told)) for name in _TOLD}


def _gone_and_came(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    a, b = Counter(before), Counter(after)
    return list((a - b).elements()), list((b - a).elements())


def _respelled(edit: Edit) -> int:
    """Words that were replaced, one for one, by a word of nearly the same letters."""
    before, after = edit.lower
    return sum(
        old[:3] == new[:3] or SequenceMatcher(None, old, new).ratio() > _ALIKE
        for kind, i1, i2, j1, j2 in edit.operations
        if kind == "replace" and i2 - i1 == j2 - j1
        for old, new in zip(before[i1:i2], after[j1:j2], strict=True)
    )


def _rarest(line: Sequence[str]) -> float:
    listed = english()
    return min((listed[word].zipf if word in listed else RARE_ZIPF for word in line), default=8.0)


def _names(line: Sequence[str]) -> set[str]:
    return {word for word in line[1:] if word[0].isupper()}
