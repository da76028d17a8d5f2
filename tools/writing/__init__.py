"""Reading a student's writing: the text, its drafts, its log, and the reflection on it."""

from scribetree.tools.access import AccessLevel
from scribetree.tools.writing._drafts import Change, DraftComparison, FeatureMove, compare_drafts
from scribetree.tools.writing._patterns import Complexity, Note, Sentiment, Structure, Style, WritingPatterns, patterns
from scribetree.tools.writing._pauses import PauseMixture
from scribetree.tools.writing._process import Phase, ProcessProfile, ProcessRevision, process
from scribetree.tools.writing._profile import Profile, Reference, profile, reference
from scribetree.tools.writing._reflection import ReflectionQuality, reflection
from scribetree.tools.writing._reflection_signs import Element, ElementKind
from scribetree.tools.writing._reflective_sentence import Category, ReflectiveSentence, reflective_sentence
from scribetree.tools.writing._revision import Revision, revision

__all__ = [
    "AccessLevel",
    "Category",
    "Change",
    "Complexity",
    "DraftComparison",
    "Element",
    "ElementKind",
    "FeatureMove",
    "Note",
    "PauseMixture",
    "Phase",
    "ProcessProfile",
    "ProcessRevision",
    "Profile",
    "Reference",
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
    "profile",
    "reference",
    "reflection",
    "reflective_sentence",
    "revision",
]
