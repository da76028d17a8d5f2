"""
Personal data in student writing: found, taken out and put back, and told apart from what is everybody's.

    find(text)              where personal data stands, and of which kind
    redact(text)            the text with placeholders, and the way back as a value of its own
    with_surrogates(text)   the text with made-up data in its place, so that it still reads
    classify(text)          how sensitive the text is as a whole, and why
    mask(text)              the text for a log or a trace

A cited author, a figure of history or of fiction is not personal data of a student and stays. What it finds, what it
misses and how that was measured: docs/cards/pii.md.
"""

from scribetree.privacy.pii._find import find
from scribetree.privacy.pii._redaction import Redaction, WayBack, mask, redact
from scribetree.privacy.pii._sensitivity import SensitiveElement, Sensitivity, classify
from scribetree.privacy.pii._span import Label, Span
from scribetree.privacy.pii._surrogates import with_surrogates

__all__ = [
    "Label",
    "Redaction",
    "SensitiveElement",
    "Sensitivity",
    "Span",
    "WayBack",
    "classify",
    "find",
    "mask",
    "redact",
    "with_surrogates",
]
