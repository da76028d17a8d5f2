"""Continuity of a student's work and passages shared by two texts: evidence for a conversation, never a verdict."""

from scribetree.tools.integrity._analyse import Evidence, IntegrityAnalysis, ProcessSummary, analyse
from scribetree.tools.integrity._authorship import SameAuthor, same_author
from scribetree.tools.integrity._compare import Comparison, Passage, compare
from scribetree.tools.integrity._fingerprints import CorpusIndex, Hit

__all__ = [
    "Comparison",
    "CorpusIndex",
    "Evidence",
    "Hit",
    "IntegrityAnalysis",
    "Passage",
    "ProcessSummary",
    "SameAuthor",
    "analyse",
    "compare",
    "same_author",
]
