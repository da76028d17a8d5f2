"""Reading a student's writing: the text, its drafts, its log, and the reflection on it."""

from scribetree.tools.access import AccessLevel
from scribetree.tools.writing._drafts import Change, DraftComparison, Revision, compare_drafts, revision
from scribetree.tools.writing._patterns import Complexity, Note, Sentiment, Structure, Style, WritingPatterns, patterns
from scribetree.tools.writing._process import ProcessProfile, process
from scribetree.tools.writing._reflection import ReflectionQuality, reflection
from scribetree.tools.writing._reflection_signs import Element, ElementKind
from scribetree.tools.writing._reflective_sentence import Category, ReflectiveSentence, reflective_sentence

__all__ = [
    "AccessLevel",
    "Category",
    "Change",
    "Complexity",
    "DraftComparison",
    "Element",
    "ElementKind",
    "Note",
    "ProcessProfile",
    "ReflectionQuality",
    "ReflectiveSentence",
    "Revision",
    "Sentiment",
    "Structure",
    "Style",
    "WritingPatterns",
    "compare_drafts",
    "patterns",
    "process",
    "reflection",
    "reflective_sentence",
    "revision",
]
