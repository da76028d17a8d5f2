"""Words, sentences and paragraphs of student prose, as offsets into the text as it was given."""

from scribetree.tools.text._check import require_text
from scribetree.tools.text._lexicon import RARE_ZIPF, WordFacts, english, syllables_by_rule
from scribetree.tools.text._paragraphs import paragraphs
from scribetree.tools.text._reading import Reading, read
from scribetree.tools.text._sentences import sentences
from scribetree.tools.text._span import Span, spans_within
from scribetree.tools.text._words import words

__all__ = [
    "RARE_ZIPF",
    "Reading",
    "Span",
    "WordFacts",
    "english",
    "paragraphs",
    "read",
    "require_text",
    "sentences",
    "spans_within",
    "syllables_by_rule",
    "words",
]
