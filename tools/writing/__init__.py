"""Reading a student's writing: the text, its drafts, its log, and the reflection on it."""

from scribetree.tools.access import AccessLevel
from scribetree.tools.writing._boundaries import BoundaryDecision, BoundedRequest, RequestType, apply_ai_boundaries
from scribetree.tools.writing._conventions import ConventionCheck, Slip, SlipKind, check_conventions
from scribetree.tools.writing._drafts import Change, DraftComparison, FeatureMove, compare_drafts
from scribetree.tools.writing._parsed import ParsedSyntax
from scribetree.tools.writing._patterns import Complexity, Note, Sentiment, Structure, Style, WritingPatterns, patterns
from scribetree.tools.writing._pauses import PauseMixture
from scribetree.tools.writing._process import Phase, ProcessProfile, ProcessRevision, process
from scribetree.tools.writing._profile import Profile, Reference, profile, reference
from scribetree.tools.writing._progress import FEWEST_TEXTS, SessionNotice, Trend, session_notices, trend
from scribetree.tools.writing._purpose import PurposeCheck, RequesterRole, validate_educational_purpose
from scribetree.tools.writing._readability import Driver, Readability, readability
from scribetree.tools.writing._reflection import ReflectionQuality, reflection
from scribetree.tools.writing._reflection_places import Place
from scribetree.tools.writing._reflection_signs import Element, ElementKind
from scribetree.tools.writing._reflective_sentence import Category, ReflectiveSentence, reflective_sentence
from scribetree.tools.writing._revision import Revision, revision
from scribetree.tools.writing._score import Contribution, ScoreExplanation, explain_score
from scribetree.tools.writing._structure import Gap, ParagraphRole, SentenceRole, StructureMap, map_structure

__all__ = [
    "FEWEST_TEXTS",
    "AccessLevel",
    "BoundaryDecision",
    "BoundedRequest",
    "Category",
    "Change",
    "Complexity",
    "Contribution",
    "ConventionCheck",
    "DraftComparison",
    "Driver",
    "Element",
    "ElementKind",
    "FeatureMove",
    "Gap",
    "Note",
    "ParagraphRole",
    "ParsedSyntax",
    "PauseMixture",
    "Phase",
    "Place",
    "ProcessProfile",
    "ProcessRevision",
    "Profile",
    "PurposeCheck",
    "Readability",
    "Reference",
    "ReflectionQuality",
    "ReflectiveSentence",
    "RequestType",
    "RequesterRole",
    "Revision",
    "ScoreExplanation",
    "SentenceRole",
    "Sentiment",
    "SessionNotice",
    "Slip",
    "SlipKind",
    "Structure",
    "StructureMap",
    "Style",
    "Trend",
    "WritingPatterns",
    "apply_ai_boundaries",
    "check_conventions",
    "compare_drafts",
    "explain_score",
    "map_structure",
    "patterns",
    "process",
    "profile",
    "readability",
    "reference",
    "reflection",
    "reflective_sentence",
    "revision",
    "session_notices",
    "trend",
    "validate_educational_purpose",
]
