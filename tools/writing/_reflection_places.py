"""
The places in the draft that a reflection points to: sentences of the draft whose very wording it takes up.

Whoever saw only the prompt names its topic, and many of the words that any essay on it uses. What such a writer rarely
hits is words that stand near each other in one sentence of this draft. A place is therefore pointed to by a quotation
of three words and more that stands there, by two content words that stand near each other in both, or by three that one
sentence of each shares. Words of the prompt, those that the draft uses again and again, and the common vocabulary of
talk about writing count for nothing, and the others the more, the rarer they are in English.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from scribetree.tools.text import RARE_ZIPF, Span, english, sentences
from scribetree.tools.writing._reflection_authenticity import tokens_all
from scribetree.tools.writing._reflection_sentences import Sentence, is_generic, is_grammar, stem, topic_words

__all__ = ["Place", "places"]

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]{3,300})[\"\u201d]")
_QUOTED_WORDS = 3
_LETTERS = 4
_DRAFT_GAP, _SAID_GAP = 5, 6
"""How many words may stand between the two."""
_COMMON_ZIPF = 6.2
_ENOUGH = 3.2
"""How rare the two must be together, in tenfold steps below the commonest content words."""
_WORDS_IN_ANY_ORDER = 3
_ENOUGH_IN_ANY_ORDER = 3.5

_ARGUMENT_TALK = frozenset("advantag disadvantag benefit drawback argument counterargument evidenc claim".split())
"""Bare stems that any argument has; "advantages and disadvantages" points nowhere."""

_Phrase = frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """One sentence of the draft, by offsets in the draft, and how the reflection points to it."""

    start: int
    end: int
    basis: Literal["quoted", "phrase"]


def places(text: str, found: Sequence[Sentence], draft: str | None, prompt: str | None) -> tuple[Place, ...]:
    """The places that the reflection `text`, with the distinct sentences `found`, points to, in the draft's order."""
    if not draft:
        return ()
    given = frozenset(map(_bare, topic_words(draft, prompt)))
    quoted = [words for match in _QUOTED.finditer(text) if _is_telling(words := tokens_all(match.group(1)), given)]
    said = [sentence.plain.split() for sentence in found]
    phrases = frozenset(phrase for words in said for phrase in _phrases(words, _SAID_GAP, given))
    return tuple(_pointed_to(draft, quoted, phrases, [_telling(words, given) for words in said], given))


def _pointed_to(
    draft: str,
    quoted: Sequence[Sequence[str]],
    phrases: frozenset[_Phrase],
    said: Sequence[Mapping[str, float]],
    given: frozenset[str],
) -> Iterator[Place]:
    for span in sentences(draft):
        words = tokens_all(span.of(draft))
        if any(_stands_in(quotation, words) for quotation in quoted):
            yield _place(span, "quoted")
        elif not phrases.isdisjoint(_phrases(words, _DRAFT_GAP, given)) or _shares_enough(_telling(words, given), said):
            yield _place(span, "phrase")


def _shares_enough(drafted: Mapping[str, float], said: Sequence[Mapping[str, float]]) -> bool:
    shared = [[drafted[name] for name in drafted.keys() & words.keys()] for words in said]
    return any(len(each) >= _WORDS_IN_ANY_ORDER and sum(each) >= _ENOUGH_IN_ANY_ORDER for each in shared)


def _place(span: Span, basis: Literal["quoted", "phrase"]) -> Place:
    return Place(span.start, span.end, basis)


def _is_telling(words: Sequence[str], given: frozenset[str]) -> bool:
    """A quotation points only if it is long enough and has a word that the prompt does not give."""
    return len(words) >= _QUOTED_WORDS and bool(_telling(words, given))


def _stands_in(quotation: Sequence[str], words: Sequence[str]) -> bool:
    size = len(quotation)
    return any(words[at : at + size] == quotation for at in range(len(words) - size + 1))


def _phrases(words: Sequence[str], gap: int, given: frozenset[str]) -> Iterator[_Phrase]:
    """
    The pairs of content words with at most `gap` words between them that are rare enough together.

    None with a given word: "driverless cars" is a guess that any essay on such cars fulfils.
    """
    telling = [(at, name, weight) for at, name in _content(words).items() if (weight := _weight(name, given))]
    for place, (at, name, weight) in enumerate(telling):
        for other_at, other, other_weight in telling[place + 1 :]:
            if other_at - at > gap + 1:
                break
            if other != name and weight + other_weight >= _ENOUGH:
                yield frozenset((name, other))


def _telling(words: Sequence[str], given: frozenset[str]) -> Mapping[str, float]:
    """The content words that point somewhere, with how rare they are."""
    return {name: weight for name in _content(words).values() if (weight := _weight(name, given))}


def _content(words: Sequence[str]) -> Mapping[int, str]:
    return {at: _bare(stem(word)) for at, word in enumerate(words) if len(word) >= _LETTERS and not is_grammar(word)}


def _bare(stemmed: str) -> str:
    """Lets "decreasing" meet "decrease"."""
    return stemmed.removesuffix("e")


def _weight(name: str, given: frozenset[str]) -> float:
    return 0.0 if name in given or name in _ARGUMENT_TALK or is_generic(name) else _rarity(name)


@cache
def _listed_rarity() -> Mapping[str, float]:
    """By bare stem, that of its commonest word."""
    found: dict[str, float] = {}
    for word, facts in english().items():
        if len(word) >= _LETTERS and word.isalpha():
            name = _bare(stem(word))
            found[name] = min(found.get(name, _COMMON_ZIPF), max(0.3, _COMMON_ZIPF - facts.zipf))
    return found


def _rarity(name: str) -> float:
    return min(3.0, _listed_rarity().get(name, _COMMON_ZIPF - RARE_ZIPF))
