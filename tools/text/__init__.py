"""Words, sentences and paragraphs of student prose, as offsets into the text as it was given."""

from scribetree.tools.text._check import require_text
from scribetree.tools.text._paragraphs import paragraphs
from scribetree.tools.text._sentences import sentences
from scribetree.tools.text._span import Span, spans_within
from scribetree.tools.text._words import words

__all__ = ["Span", "paragraphs", "require_text", "sentences", "spans_within", "words"]
