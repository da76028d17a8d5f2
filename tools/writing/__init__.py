"""Reading a student's writing: the text, its drafts, its log, and the reflection on it."""

from scribetree.tools.writing._drafts import Change, DraftComparison, FeatureMove, compare_drafts
from scribetree.tools.writing._patterns import Complexity, Note, Sentiment, Structure, Style, WritingPatterns, patterns
from scribetree.tools.writing._pauses import PauseMixture
from scribetree.tools.writing._process import Phase, ProcessProfile, ProcessRevision, process
from scribetree.tools.writing._profile import Profile, Reference, profile, reference
from scribetree.tools.writing._reflection import Element, ReflectionQuality, reflection
from scribetree.tools.writing._revision import Revision, revision

__all__ = [
    "Change",
    "Complexity",
    "DraftComparison",
    "Element",
    "FeatureMove",
    "Note",
    "PauseMixture",
    "Phase",
    "ProcessProfile",
    "ProcessRevision",
    "Profile",
    "Reference",
    "ReflectionQuality",
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
    "revision",
]
