"""Reading a student's writing: the text, its drafts, its log, and the reflection on it."""

from scribetree.tools.writing._drafts import Change, DraftComparison, Revision, compare_drafts, revision
from scribetree.tools.writing._patterns import Complexity, Note, Sentiment, Structure, Style, WritingPatterns, patterns
from scribetree.tools.writing._process import ProcessProfile, process
from scribetree.tools.writing._reflection import Element, ReflectionQuality, reflection

__all__ = [
    "Change",
    "Complexity",
    "DraftComparison",
    "Element",
    "Note",
    "ProcessProfile",
    "ReflectionQuality",
    "Revision",
    "Sentiment",
    "Structure",
    "Style",
    "WritingPatterns",
    "compare_drafts",
    "patterns",
    "process",
    "reflection",
    "revision",
]
