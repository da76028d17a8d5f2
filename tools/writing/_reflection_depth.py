"""
How deep a reflection goes: a level is reached when all that it asks for stands there together.

    0  nothing reflective           1  tells what was done or felt
    2  a difficulty, a judgement or something understood, tied to a place in the draft
    3  and a reason, something understood, and the draft's own wording taken up where the draft is given
    4  and another perspective, and an intention

From level 3 on, the reflecting must also be kept up over a fair share of the sentences: signs that are scattered over
a long telling meet by chance.

After Kember et al. (2008) and the conjunctions of Jung and Wise (2022). Every condition has a likelihood between 0
and 1 and a level has that of its weakest one, so no number of words about one element replaces another.
"""

from collections.abc import Mapping, Sequence

from scribetree.tools.writing._reflection_sentences import Sentence
from scribetree.tools.writing._reflection_signs import Element, Sign

__all__ = ["LEVEL_ASKS", "depth", "level_likelihoods"]

LEVEL_ASKS: Mapping[int, tuple[str, ...]] = {
    1: ("episode",),
    2: ("tied judgement",),
    3: ("reason", "learning", "kept up", "pointed"),
    4: ("perspective", "intention"),
}
_JUDGED: tuple[Sign, ...] = ("difficulty", "evaluation", "learning")
_REACHED = 0.5
_UNTIED = 0.4
_FAIR_SHARE = 0.5
"""Level 3 is reached from half of this on: one sentence in four."""


def depth(levels: Sequence[float]) -> int:
    """The highest level that is likelier reached than not."""
    return sum(each >= _REACHED for each in levels)


def level_likelihoods(
    signs: Mapping[Sign, float], shown: Sequence[Element], found: Sequence[Sentence], *, points: bool
) -> tuple[float, ...]:
    """How likely levels 1 to 4 are reached; each at most as likely as the one below. `points`: to the draft given."""
    judged = max(signs[sign] for sign in _JUDGED)
    conditions: dict[str, float] = {
        **{str(sign): likelihood for sign, likelihood in signs.items()},
        "episode": max(signs.values(), default=0.0),
        "tied judgement": judged if _has_tied_judgement(shown, found) else min(judged, _UNTIED),
        "kept up": min(1.0, _share_reflecting(shown, found) / _FAIR_SHARE),
        "pointed": 1.0 if points else _UNTIED,
    }
    reached: list[float] = []
    for asks in LEVEL_ASKS.values():
        weakest = min(conditions[name] for name in asks)
        reached.append(round(min(weakest, *reached[-1:]) if reached else weakest, 3))
    return tuple(reached)


def _has_tied_judgement(shown: Sequence[Element], found: Sequence[Sentence]) -> bool:
    """Whether one of `_JUDGED` stands in, or next to, a sentence that speaks of a place in the draft."""
    judged = {element.start for element in shown if element.sign in _JUDGED}
    return any(
        any(near.tied for near in found[max(0, place - 1) : place + 2])
        for place, sentence in enumerate(found)
        if sentence.span.start in judged
    )


def _share_reflecting(shown: Sequence[Element], found: Sequence[Sentence]) -> float:
    """The share of the sentences that do more than tell or feel."""
    reflecting = {element.start for element in shown if element.sign not in {"description", "feeling"}}
    return len(reflecting) / max(1, len(found))
