"""
What a sentence of a reflection is described by: its words, its letters, and who does what in it.

Three families, each a set of names, so that a trained sentence model is a table from names to weights: `words` (runs
of one to three words, with the sentence's ends), `letters` (runs of two to four characters inside a word, which
survive misspelling), `shape` (first person, the verb that follows "I", tense, questions, skipped pairs). Case, white
space and the kind of quotation mark change nothing.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

__all__ = ["FAMILIES", "cues", "tokens"]

FAMILIES = ("words", "letters", "shape")

_MAX_TOKENS = 400
"""A "sentence" beyond this is a text without stops; its beginning describes it well enough."""
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!.,;:\"()-]")
_FIRST_PERSON = frozenset("i i'm i've i'd i'll me my mine myself".split())
_SUBJECT = frozenset("i i'm i've i'd".split())
_BETWEEN = frozenset(
    "also really still have had was am been not just then never always do did don't didn't".split(),
)
"""What may stand between "I" and the verb that tells the sentence's kind."""
_PAST = frozenset(
    "was were had did went came said told got made took saw gave found thought felt began kept knew became brought"
    " taught sat stood left ran wrote spoke".split()
)
_MARKERS = ("will", "would", "should", "could", "because", "but", "that", "if")


def tokens(sentence: str) -> list[str]:
    """The words and marks in lower case, every number as 0."""
    plain = sentence.lower().replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"')
    return ["0" if token[0].isdigit() else token for token in _TOKEN.findall(plain)][:_MAX_TOKENS]


def cues(sentence: str) -> dict[str, set[str]]:
    """The names of what the sentence shows, by family."""
    found = tokens(sentence)
    return {"words": set(_runs(found)), "letters": set(_letters(found)), "shape": set(_shape(found))}


def _runs(found: Sequence[str]) -> Iterator[str]:
    framed = ["<", *found, ">"]
    yield from found
    yield from (f"{one} {two}" for one, two in itertools.pairwise(framed))
    yield from (f"{one} {two} {three}" for one, two, three in zip(framed, framed[1:], framed[2:], strict=False))


def _letters(found: Sequence[str]) -> Iterator[str]:
    for word in set(found):
        padded = f" {word} "
        for size in (2, 3, 4):
            yield from (padded[start : start + size] for start in range(len(padded) - size + 1))


def _shape(found: Sequence[str]) -> Iterator[str]:
    mine = sum(token in _FIRST_PERSON for token in found)
    past = sum(token in _PAST or (token.endswith("ed") and len(token) > 3) for token in found)
    yield f"mine {min(mine, 3)}"
    yield f"past {min(past, 3)}"
    yield f"length {_step(len(found))}"
    yield from (f"has {mark}" for mark in ("?", "!", '"', "0") if mark in found)
    yield from (f"has {word}" for word in _MARKERS if word in found)
    if found and found[0] in _SUBJECT:
        yield "begins with I"
    yield from (f"I {verb}" for verb in _verbs_of_i(found))
    yield from (f"{one} _ {two}" for one, two in zip(found, found[2:], strict=False))


def _step(length: int) -> int:
    return sum(length >= limit for limit in (5, 8, 12, 17, 23, 30, 40))


def _verbs_of_i(found: Sequence[str]) -> Iterator[str]:
    """What "I" is said to do, over adverbs and auxiliaries."""
    for place, token in enumerate(found):
        if token in _SUBJECT:
            following = (word for word in found[place + 1 : place + 5] if word not in _BETWEEN)
            yield from (word for word in [next((w for w in following if not w.endswith("ly")), "")] if word)
