"""
The distinct sentences of a reflection, each with what can be read off it once: words, ties, substance, category.

Saying a thing twice is not saying more, so a sentence that repeats an earlier one in other order or spacing is left
out. A sentence is *tied* when it says something of a named part of the draft or takes up the draft's own words, and
its *substance* is the content words that are neither cue words of reflection nor the common vocabulary of talk about
writing: "I learned a lot and will improve next time" has none.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from scribetree.tools.text import Span, sentences
from scribetree.tools.writing._reflection_cues import tokens
from scribetree.tools.writing._reflection_typing import Slips
from scribetree.tools.writing._reflective_sentence import Category, category_probabilities, is_common_word

__all__ = [
    "GRAMMAR_WORDS",
    "Sentence",
    "content_words",
    "distinct_sentences",
    "is_generic",
    "is_grammar",
    "own_words",
    "stem",
    "topic_words",
]

_MAX_SENTENCES = 400
_ALIKE = 0.8
_AT_A_PLACE = 2
"""A word that the draft uses more often is its topic, which anybody who saw the prompt could name."""
_SPEAKS_OF_WRITING = 3
_FIRST_PERSON = frozenset("i i'm i've i'd i'll im ive me my mine myself we our us".split())
_PARTS = re.compile(
    r"(?<!in )\b(paragraph|sentence|introduction|intro|conclusion|title|thesis|counterargument|quotation|citation"
    r"|transition|draft|version|outline|word choice|stanza|hook|heading|topic sentence)s?\b"
)
"""What only a text has; "in conclusion" is no part."""
_PARTS_AMONG_OTHERS = re.compile(
    r"\b(ending|opening|claim|argument|evidence|quote|source|example|detail|structure|body|reference|image|metaphor"
    r"|scene|dialogue|line|list)s?\b"
)
"""What counts as a part where the reflection speaks of its text anyway."""
_WRITING = re.compile(
    r"\b(wrote|writing|written|rewrote|rewritten|revis\w+|edit(?:ed|ing)|reword\w*|rephras\w+|essay|paper|poem|story"
    r"|letter)\b"
)
GRAMMAR_WORDS = frozenset(
    "the a an of to in on at for with and but or that this it was were is are be been had have has i my me we they he"
    " she you not so as by from if when what how which who there his her its our your do did because about would could"
    " more first one all can will just like them then than up out no too also".split()
)
_STOP = frozenset(
    """
    about above after again against almost also although always among another around because been before being below
    between both cannot could does doing done down during each either enough even ever every everything from further
    gave give given goes going gone gotten have having here hers herself himself however into itself just keep kept
    know known less like likely made make makes making many maybe mean might more most much must myself near need
    neither never next nothing often once only other others over perhaps quite rather really same shall should since
    some someone something sometimes soon still such than that their theirs them themselves then there therefore these
    they thing things think this those though thought through together took toward under until upon used using very
    want wanted well went were what whatever when where whether which while whole whom whose will with within without
    would your yours yourself
    """.split()
)
_GENERIC = frozenset(
    """
    ability able academic achieve allow allowed approach area aspect aspects assignment attention audience aware became
    become begin believe best better careful challenge challenged challenges challenging change changed changes class
    clear clearer clearly communicate complete completed concept consequently consider considered continue course
    critical critically decide decided deep deeper deeply develop developed developing development different
    differently difficult difficulty discover discovered draft drafts early easier easy edit edited editing effective
    effectively effort enable enabled encounter enhance essay essays example examples experience experienced
    experiences express feedback feel feeling feelings fell felt final finally find finish finished first focus found
    future gain gained general goal goals good great grew grow growth hard harder help helped helpful helps idea ideas
    important importance improve improved improvement improvements improving insight insights interesting journey
    knowledge last later learn learned learner learning learnt lesson level long look looked lots meaningful mind
    mistake mistakes moving notice noticed opinion opportunity organization organize organized outcome overall own
    paper paragraph paragraphs part parts people person personal perspective perspectives plan planned planning point
    points positive practice prepare previous problem problems process progress project proud quality question
    questions read reader readers reading realise realised realize realized reason reasons reflect reflected
    reflecting reflection reflective research result results reviewing revise revised revising revision rewrite school
    second section sense sentence sentences show showed significant skill skills specific started statement step
    strategies strategy strength strengths strong stronger structure struggle struggled student students style success
    successful support take task taught teacher tell text third time times took topic towards tried truly trying
    understand understanding understood understands valuable various version view viewpoint views ways weak weakness
    weaknesses wish words work worked working works worth write writer writers writing writings written wrong wrote
    """.split()
)
_TELLING = frozenset(
    """
    frustrated frustrating nervous anxious worried excited confused confusing unsure surprised enjoyed happy
    disappointed embarrassed relieved annoyed uncomfortable satisfied stuck trouble failed worse strongest weaker
    weakest unclear convincing unconvincing missing vague boring repetitive wordy choppy easier therefore otherwise
    audience friend mother father sister brother classmate classmates partner disagree disagrees disagreed assumed
    assumption realizing noticing hardest evidence introduction conclusion argument transition quotation thesis
    """.split()
)
"""What the cues of `_reflection_signs` look for beyond the two lists above."""
_ENDINGS = re.compile(r"(?:'s|ing|edly|ed|es|s|ly)$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One distinct sentence: where it stands, how it reads, and how much of it is the writer's own."""

    span: Span
    plain: str
    personal: bool
    named_parts: frozenset[str]
    taken_up: frozenset[str]
    substance: frozenset[str]
    probabilities: dict[Category, float]

    @property
    def tied(self) -> bool:
        """Whether it speaks of a place in the draft: naming a part is not enough, it must say something of it."""
        says_something = len(self.substance) >= 2 or bool(self.taken_up)
        return (bool(self.named_parts) and says_something) or len(self.taken_up) >= 2


def distinct_sentences(text: str, draft: str | None, prompt: str | None = None) -> tuple[list[Sentence], int]:
    """The sentences that say something new, with how many there are in all."""
    drafted = content_words(draft) - topic_words(draft, prompt) if draft else frozenset[str]()
    parts = _parts_of(text, has_draft=draft is not None)
    kept: list[Sentence] = []
    total = 0
    for span in _limited(text):
        total += 1
        sentence = _described(text, span, drafted, parts)
        if not any(_says_the_same(sentence, earlier) for earlier in kept[-40:]):
            kept.append(sentence)
    return kept, total


def topic_words(draft: str | None, prompt: str | None) -> frozenset[str]:
    """The words that anybody who saw the prompt could name: its own, and those that the draft uses again and again."""
    counts = Counter(stem(word) for word in _plain_words(draft or ""))
    often = frozenset(word for word, count in counts.items() if count > _AT_A_PLACE)
    return often | (content_words(prompt) if prompt else frozenset[str]())


def _parts_of(text: str, *, has_draft: bool) -> Sequence[re.Pattern[str]]:
    """What counts as a named part: words that other things have too only where the text is about writing."""
    plain = text.lower()
    sure = {match.group() for pattern in (_PARTS, _WRITING) for match in pattern.finditer(plain)}
    said = len(sure) + (len(set(_PARTS_AMONG_OTHERS.findall(plain))) if sure else 0)
    return (_PARTS, _PARTS_AMONG_OTHERS) if has_draft or said >= _SPEAKS_OF_WRITING else (_PARTS,)


def _limited(text: str) -> Iterator[Span]:
    for number, span in enumerate(sentences(text)):
        if number >= _MAX_SENTENCES:
            return
        yield span


@cache
def _slips() -> Slips:
    return Slips(meant=_STOP | _GENERIC | _TELLING)


def _described(text: str, span: Span, drafted: frozenset[str], parts: Sequence[re.Pattern[str]]) -> Sentence:
    found = _slips().read(tokens(span.of(text)), is_known=is_common_word)
    plain = " ".join(found)
    own = own_words(plain)
    return Sentence(
        span=span,
        plain=plain,
        personal=any(token in _FIRST_PERSON for token in found),
        named_parts=frozenset(match.group(1) for pattern in parts for match in pattern.finditer(plain)),
        taken_up=own & drafted,
        substance=own,
        probabilities=category_probabilities(plain),
    )


def _says_the_same(one: Sentence, other: Sentence) -> bool:
    mine, theirs = set(one.plain.split()), set(other.plain.split())
    return len(mine & theirs) >= _ALIKE * max(1, len(mine | theirs))


def content_words(text: str) -> frozenset[str]:
    """The stems of the words of four letters and more that are not grammar."""
    return frozenset(stem(token) for token in _plain_words(text) if len(token) >= 4 and token not in _STOP)


def own_words(text: str) -> frozenset[str]:
    """The content words that are not the common vocabulary of talk about writing either."""
    return frozenset(
        stem(token)
        for token in _plain_words(text)
        if len(token) >= 4 and token not in _STOP and token not in _GENERIC and stem(token) not in _GENERIC
    )


def _plain_words(text: str) -> Sequence[str]:
    """The words in lower case."""
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower().replace("\u2019", "'"))


def is_grammar(word: str) -> bool:
    """Whether a word in lower case carries no content."""
    return word in _STOP or word in GRAMMAR_WORDS


def is_generic(name: str) -> bool:
    """Whether a stem, with or without its final e, belongs to the common vocabulary of talk about writing."""
    return name in _generic_stems()


@cache
def _generic_stems() -> frozenset[str]:
    stems = frozenset(map(stem, _GENERIC))
    return stems | frozenset(each.removesuffix("e") for each in stems)


def stem(word: str) -> str:
    """Enough to let "claims" meet "claim" and "splitting" meet "split"."""
    bare = _ENDINGS.sub("", word)
    return bare if len(bare) >= 4 else word
