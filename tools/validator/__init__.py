"""Whether AI help stays help: what its questions ask for, what it unlocks, and who leans on it too much."""

from scribetree.tools.validator._access import AccessDecision, AccessLevel, StudentMetrics, progressive_access
from scribetree.tools.validator._bloom import BloomAssessment, QuestionLevel, assess_blooms
from scribetree.tools.validator._dependency import DependencyRisk, InteractionPattern, dependency_risk
from scribetree.tools.validator._reply import ReplyJudgement, reply

__all__ = [
    "AccessDecision",
    "AccessLevel",
    "BloomAssessment",
    "DependencyRisk",
    "InteractionPattern",
    "QuestionLevel",
    "ReplyJudgement",
    "StudentMetrics",
    "assess_blooms",
    "dependency_risk",
    "progressive_access",
    "reply",
]
