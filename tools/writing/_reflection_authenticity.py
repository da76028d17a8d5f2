"""
Whether the words of a reflection are the writer's own and about this draft.

It starts at 100 and each sign of words that were taken over, repeated or strung together takes points away, named so
that a person can look. It says how far the text can be trusted to be a reflection on this draft; it never says who
wrote it, and it accuses nobody.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribetree.tools.writing._reflection_cues import tokens
from scribetree.tools.writing._reflection_sentences import GRAMMAR_WORDS, Sentence, content_words
from scribetree.tools.writing._reflection_signs import cue_words

__all__ = ["Authenticity", "authenticity"]

_RUN = 5
_LONG = 8
_LEAST_GRAMMAR = 0.2
_LEAST_SHARED = 3
_SHARED_BY_CHANCE = 0.15
_QUOTED = re.compile(r"[\"\u201c][^\"\u201c\u201d]{3,300}[\"\u201d]")


@dataclass(frozen=True, slots=True)
class Authenticity:
    """0 to 100, and the reasons for what is missing to 100."""

    score: int
    reasons: tuple[str, ...]


def authenticity(
    text: str, found: Sequence[Sentence], total: int, draft: str | None, prompt: str | None
) -> Authenticity:
    """The score of a reflection whose distinct sentences are `found`, of `total` in all."""
    losses = [loss for loss in _losses(text, found, total, draft, prompt) if loss[0] >= 1]
    return Authenticity(max(0, 100 - round(sum(points for points, _ in losses))), tuple(why for _, why in losses))


def _losses(
    text: str, found: Sequence[Sentence], total: int, draft: str | None, prompt: str | None
) -> Iterator[tuple[float, str]]:
    if draft:
        yield _over(_copied(text, draft), 0.1, 150), "Whole passages stand in the draft word for word."
        yield _over(_within(found, draft), 0.75, 240), "Nearly all that it says is what the draft says."
        yield _off_draft(found), "Next to nothing in it can be found in the draft."
    if prompt:
        yield _over(_copied(text, prompt), 0.1, 150), "Whole passages stand in the prompt word for word."
        yield _over(_within(found, prompt), 0.35, 160), "Much of what it says is what the prompt says."
    yield _over(1 - len(found) / max(1, total), 0.1, 160), "It repeats itself."
    yield (
        _over(_crowding(found), 0.125, 1000),
        "Cue words of reflection stand closer together than in ordinary sentences.",
    )
    yield _over(1 - _carrying(found), 0.45, 130), "Most of its sentences could stand in any reflection."
    yield 25.0 * _orders(found), "It speaks to the one who judges it, and not about the draft."
    yield _over(_unlike_prose(found), 0.1, 160), "Part of it is a string of words and not sentences."


def _over(share: float, free: float, points: float) -> float:
    """The points lost for what goes beyond the share that is free."""
    return max(0.0, share - free) * points


def _copied(text: str, source: str) -> float:
    """The share of the words, outside quotation marks, that stand in runs of five from the source."""
    mine, theirs = tokens_all(_QUOTED.sub(" ", text)), tokens_all(source)
    known = {tuple(theirs[start : start + _RUN]) for start in range(len(theirs) - _RUN + 1)}
    covered = [False] * len(mine)
    for start in range(len(mine) - _RUN + 1):
        if tuple(mine[start : start + _RUN]) in known:
            covered[start : start + _RUN] = [True] * _RUN
    return sum(covered) / max(1, len(mine))


def tokens_all(text: str) -> list[str]:
    """The words of a text of any length, without marks."""
    return [token for line in text.splitlines() for token in _chunks(line) if token[0].isalnum()]


def _chunks(line: str) -> Iterator[str]:
    words = line.split()
    for start in range(0, len(words), 100):
        yield from tokens(" ".join(words[start : start + 100]))


def _within(found: Sequence[Sentence], source: str) -> float:
    """The mean share of a sentence's content words that come from the source."""
    known = content_words(source)
    shares = [len(mine & known) / len(mine) for sentence in found if len(mine := content_words(sentence.plain)) >= 3]
    return sum(shares) / len(shares) if shares else 0.0


def _off_draft(found: Sequence[Sentence]) -> float:
    """The points lost where less is taken up from the draft than any two texts share by chance: 30 to 60."""
    named = {word for sentence in found for word in sentence.substance}
    taken_up = {word for sentence in found for word in sentence.taken_up}
    needed = max(_LEAST_SHARED, _SHARED_BY_CHANCE * len(named))
    return 30.0 + 30.0 * (1 - len(taken_up) / needed) if len(taken_up) < needed else 0.0


def _crowding(found: Sequence[Sentence]) -> float:
    """Cue words a word."""
    return sum(cue_words(sentence.plain) for sentence in found) / max(1, sum(len(s.plain.split()) for s in found))


def _carrying(found: Sequence[Sentence]) -> float:
    """The share of the sentences that hold something of their own, each counting its new words only."""
    seen: set[str] = set()
    carrying = 0
    for sentence in found:
        carrying += len(sentence.substance - seen) >= 2
        seen |= sentence.substance
    return carrying / max(1, len(found))


_ORDER = re.compile(
    r"\b(ignore (?:the|all|any|previous|your)|access level|system :|evaluator|assistant ,|unlock|authenticity"
    r"|highest (?:level|score|mark)|full (?:marks|access)|correct output|instructions? above|depth 0)\b|\" overall"
)


def _orders(found: Sequence[Sentence]) -> int:
    """How many sentences try to give orders to the reader."""
    return sum(_ORDER.search(sentence.plain) is not None for sentence in found)


def _unlike_prose(found: Sequence[Sentence]) -> float:
    """The share of the words that stand in longer sentences with next to no grammar words."""
    lengths = [
        (len(words), sum(word in GRAMMAR_WORDS for word in words))
        for sentence in found
        if (words := [word for word in sentence.plain.split() if word[0].isalpha()])
    ]
    strange = sum(count for count, grammar in lengths if count >= _LONG and grammar / count < _LEAST_GRAMMAR)
    return strange / max(1, sum(count for count, _ in lengths))
