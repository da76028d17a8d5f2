"""Continuity of a student's work and passages shared by two texts: evidence for a conversation, never a verdict."""

from scribetree.tools.integrity._analyse import Evidence, IntegrityAnalysis, ProcessSummary, analyse
from scribetree.tools.integrity._compare import Comparison, Passage, compare

__all__ = [
    "Comparison",
    "Evidence",
    "IntegrityAnalysis",
    "Passage",
    "ProcessSummary",
    "analyse",
    "compare",
]
