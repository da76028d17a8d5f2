"""Continuity of a student's work and passages shared by two texts: evidence for a conversation, never a verdict."""

from scribetree.tools.integrity._analyse import Evidence, IntegrityAnalysis, ProcessSummary, analyse
from scribetree.tools.integrity._assistance import Assistance, AssistanceLevel, Sign, assistance
from scribetree.tools.integrity._authorship import SameAuthor, same_author
from scribetree.tools.integrity._citations import CitationCheck, InTextCitation, Reference, check_citations
from scribetree.tools.integrity._compare import Comparison, Passage, compare
from scribetree.tools.integrity._disclosure import AiUse, Credit, Disclosure, StoredDisclosures, credit
from scribetree.tools.integrity._fingerprints import CorpusIndex, Hit, fingerprints
from scribetree.tools.integrity._policy import AiUseCheck, AssignmentType, Boundary, StudentLevel, check_ai_use
from scribetree.tools.integrity._reports import Audience, Finding, IntegrityReport, ReportType, report

__all__ = [
    "AiUse",
    "AiUseCheck",
    "AssignmentType",
    "Assistance",
    "AssistanceLevel",
    "Audience",
    "Boundary",
    "CitationCheck",
    "Comparison",
    "CorpusIndex",
    "Credit",
    "Disclosure",
    "Evidence",
    "Finding",
    "Hit",
    "InTextCitation",
    "IntegrityAnalysis",
    "IntegrityReport",
    "Passage",
    "ProcessSummary",
    "Reference",
    "ReportType",
    "SameAuthor",
    "Sign",
    "StoredDisclosures",
    "StudentLevel",
    "analyse",
    "assistance",
    "check_ai_use",
    "check_citations",
    "compare",
    "credit",
    "fingerprints",
    "report",
    "same_author",
]
