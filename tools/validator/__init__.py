"""Whether AI help stays help: what its questions ask for, what it unlocks, and who leans on it too much."""

from scribetree.tools.validator._access import AccessDecision, AccessLevel, StudentMetrics, progressive_access
from scribetree.tools.validator._bloom import BloomAssessment, QuestionLevel, assess_blooms
from scribetree.tools.validator._bounded import BoundedCheck, Part, bounded_enhancement
from scribetree.tools.validator._context import (
    AcademicLevel,
    AiResponse,
    CognitiveLoad,
    EmotionalState,
    Moment,
    Strength,
    Trend,
    WritingStage,
)
from scribetree.tools.validator._dependency import DependencyRisk, InteractionPattern, dependency_risk
from scribetree.tools.validator._guard import Guarded, guard_reply
from scribetree.tools.validator._philosophy import PhilosophyCheck, Principle, philosophy
from scribetree.tools.validator._questions import QuestionValue, question_value
from scribetree.tools.validator._rationale import ActionType, Rationale, educational_rationale
from scribetree.tools.validator._reply import ReplyJudgement, reply
from scribetree.tools.validator._requirements import (
    ReflectionAsked,
    RequirementsCheck,
    Threshold,
    reflection_requirements,
)

__all__ = [
    "AcademicLevel",
    "AccessDecision",
    "AccessLevel",
    "ActionType",
    "AiResponse",
    "BloomAssessment",
    "BoundedCheck",
    "CognitiveLoad",
    "DependencyRisk",
    "EmotionalState",
    "Guarded",
    "InteractionPattern",
    "Moment",
    "Part",
    "PhilosophyCheck",
    "Principle",
    "QuestionLevel",
    "QuestionValue",
    "Rationale",
    "ReflectionAsked",
    "ReplyJudgement",
    "RequirementsCheck",
    "Strength",
    "StudentMetrics",
    "Threshold",
    "Trend",
    "WritingStage",
    "assess_blooms",
    "bounded_enhancement",
    "dependency_risk",
    "educational_rationale",
    "guard_reply",
    "philosophy",
    "progressive_access",
    "question_value",
    "reflection_requirements",
    "reply",
]
