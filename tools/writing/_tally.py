"""
What is counted in one pass over the different words of a text, and over its pairs of neighbours.

Each word has tags: its classes, how rare and how long it is, its ending. The tags of listed words are worked out once;
those of other words are never kept, so that nothing of a student's text outlives the call.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from operator import mul

from scribetree.tools.text import RARE_ZIPF, Reading, WordFacts, english, syllables_by_rule
from scribetree.tools.writing._classes import (
    BE,
    FUNCTION_WORDS,
    IRREGULAR_PARTICIPLES,
    IRREGULAR_PAST,
    PAIRS,
    classes_of_word,
)

__all__ = ["Tally", "is_misspelled", "tally"]

_LONG_WORD, _VERY_LONG_WORD, _SHORT_WORD = 7, 10, 3
_NOUN_ENDINGS = ("tion", "sion", "ment", "ness", "ity", "ism", "ance", "ence", "ship")
_ADJECTIVE_ENDINGS = ("ous", "ful", "ive", "able", "ible", "less", "ic", "al")
_A_AN = frozenset(("a", "an"))
_OPENS_LIKE_A_VOWEL = "aeio"
_FIRSTS = frozenset(first for first, _ in PAIRS) | BE | _A_AN | {"to"}
_BANDS = ((2.5, "below_2.5"), (3.5, "below_3.5"), (4.5, "below_4.5"), (5.5, "below_5.5"))


@dataclass(frozen=True, slots=True)
class Tally:
    """
    Sums over all words of a text, and how often each tag occurs.

    The sums of squares are those of letters and Zipf frequencies, `once` the words that occur once, `repeats` the
    pairs of equal words that could be drawn from the text (Yule).
    """

    words: int
    types: int
    letters: int
    letter_squares: int
    syllables: int
    zipf: float
    zipf_squares: float
    content_zipf: float
    once: int
    repeats: int
    content_types: int
    rare_types: int
    tags: Mapping[str, int]

    def share(self, *tags: str) -> float:
        """How many of 1 of the words have one of these tags, added up."""
        return sum(self.tags[tag] for tag in tags) / self.words

    def per_100(self, *tags: str) -> float:
        """How many of 100 words or pairs of words have one of these tags, added up."""
        return 100 * self.share(*tags)


def tally(reading: Reading) -> Tally:
    """The sums and tags of a text that has at least one word."""
    listed = tags_of_listed()
    known = [listed.get(word) or _known(word) for word in reading.counts]
    times = list(reading.counts.values())
    zipfs = [facts[0] for facts, _ in known]
    sizes = [len(word) for word in reading.counts]
    tags: defaultdict[str, int] = defaultdict(int)
    for tag in _pair_tags(reading):
        tags[tag] += 1
    for often, (_, found) in zip(times, known, strict=True):
        for tag in found:
            tags[tag] += often
    content = [row for row in zip(reading.counts, times, zipfs, strict=True) if row[0] not in FUNCTION_WORDS]
    return Tally(
        words=len(reading.flat),
        types=len(times),
        letters=sum(map(mul, times, sizes)),
        letter_squares=sum(map(mul, times, map(mul, sizes, sizes))),
        syllables=sum(map(mul, times, [facts[1] for facts, _ in known])),
        zipf=sum(map(mul, times, zipfs)),
        zipf_squares=sum(map(mul, times, map(mul, zipfs, zipfs))),
        content_zipf=sum(often * zipf for _, often, zipf in content),
        once=times.count(1),
        repeats=sum(map(mul, times, times)) - len(reading.flat),
        content_types=len(content),
        rare_types=sum(zipf < _BANDS[1][0] for _, _, zipf in content),
        tags=Counter(tags),
    )


@cache
def tags_of_listed() -> dict[str, tuple[WordFacts, tuple[str, ...]]]:
    return {}


def _known(word: str) -> tuple[WordFacts, tuple[str, ...]]:
    kept = tags_of_listed()
    if word in kept:
        return kept[word]
    facts = english().get(word)
    if facts is None:
        facts = _unlisted(word)
        return facts, tuple(_tags(word, facts))
    return kept.setdefault(word, (facts, tuple(_tags(word, facts))))


def _unlisted(word: str) -> WordFacts:
    """A possessive or a compound has the facts of its parts; a number is right; the rest is rare and doubtful."""
    if word[0].isdigit():
        return WordFacts(4.5, 1, is_right=True)
    parts = [english().get(part) for part in word.replace("\u2010", "-").removesuffix("'s").rstrip("'").split("-")]
    known = [part for part in parts if part is not None]
    if known and len(known) == len(parts):
        right = all(part.is_right for part in known)
        return WordFacts(min(part.zipf for part in known), sum(part.syllables for part in known), right)
    return WordFacts(RARE_ZIPF, syllables_by_rule(word), is_right=False)


def is_misspelled(word: str) -> bool:
    """Whether the list does not know this lower-case word, nor its parts, as rightly spelled; names may be."""
    return not _known(word)[0].is_right


def _tags(word: str, facts: WordFacts) -> Iterator[str]:
    yield from classes_of_word().get(word, ())
    yield from (name for band, name in _BANDS if facts.zipf < band)
    yield from _size_tags(word, facts)
    if word[0].isdigit():
        yield "figures"
    if "'" in word:
        yield "contractions"
    if word not in FUNCTION_WORDS:
        yield "content"
        yield from _form_tags(word)
    if word in IRREGULAR_PAST:
        yield "past"
    if not facts.is_right:
        yield "doubtful"


def _size_tags(word: str, facts: WordFacts) -> Iterator[str]:
    if facts.syllables == 1:
        yield "one_syllable"
    elif facts.syllables >= 3:
        yield "three_syllables"
    if len(word) >= _LONG_WORD:
        yield "long"
    if len(word) >= _VERY_LONG_WORD:
        yield "very_long"
    if len(word) <= _SHORT_WORD:
        yield "short"


def _form_tags(word: str) -> Iterator[str]:
    """What the ending of a content word tells of its form."""
    if len(word) > 4 and word.endswith("ed"):
        yield "past"
    elif len(word) > 4 and word.endswith("ing"):
        yield "ing_forms"
    elif len(word) > 4 and word.endswith("ly"):
        yield "adverbs"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield "s_forms"
    elif len(word) > 5 and word.endswith(_ADJECTIVE_ENDINGS):
        yield "adjective_endings"
    if len(word) > 5 and word.rstrip("s").endswith(_NOUN_ENDINGS):
        yield "nominalisations"


def _pair_tags(reading: Reading) -> Iterator[str]:
    """The tags of neighbours within a sentence."""
    for first, second in chain.from_iterable(pairwise(line) for line in reading.lower):
        if first == second:
            yield "doubled"
        elif first in _FIRSTS:
            if (first, second) in PAIRS:
                yield PAIRS[first, second]
            yield from _grammar_tags(first, second)


def _grammar_tags(first: str, second: str) -> Iterator[str]:
    if first in BE:
        if second.endswith("ed") or second in IRREGULAR_PARTICIPLES:
            yield "passives"
        elif second.endswith("ing"):
            yield "progressives"
    elif first == "to":
        if second not in FUNCTION_WORDS:
            yield "infinitives"
    elif first in _A_AN and second[0].isalpha() and (second[0] in _OPENS_LIKE_A_VOWEL) != (first == "an"):
        yield "article_forms"
