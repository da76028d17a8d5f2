"""What a student can do, how sure that is, how far it is from the goal, where it is going, and what would help."""

from scribetree.tools.profiling._estimate import (
    FEWEST_FOR_GROWTH,
    FEWEST_FOR_LEVEL,
    Change,
    Direction,
    Estimate,
    Growth,
    estimate,
    estimates,
)
from scribetree.tools.profiling._habits import Habit, Habits, habits
from scribetree.tools.profiling._kalman import Judge, Observation
from scribetree.tools.profiling._profile import Strength, Unknown, strengths, unknowns
from scribetree.tools.profiling._recommend import (
    Catalogued,
    Outcome,
    RecommendationType,
    Recommended,
    catalogue,
    recommend,
)
from scribetree.tools.profiling._skills import Band, Skill, SkillAssessment, SkillFinding, assess_skills
from scribetree.tools.profiling._traits import MODEL, REFLECTION, TRAITS, Trait, skill_name, title_of
from scribetree.tools.profiling._trajectory import AHEAD_DAYS, OVERALL, Phase, SkillPath, overall, paths, phase_now

__all__ = [
    "AHEAD_DAYS",
    "FEWEST_FOR_GROWTH",
    "FEWEST_FOR_LEVEL",
    "MODEL",
    "OVERALL",
    "REFLECTION",
    "TRAITS",
    "Band",
    "Catalogued",
    "Change",
    "Direction",
    "Estimate",
    "Growth",
    "Habit",
    "Habits",
    "Judge",
    "Observation",
    "Outcome",
    "Phase",
    "RecommendationType",
    "Recommended",
    "Skill",
    "SkillAssessment",
    "SkillFinding",
    "SkillPath",
    "Strength",
    "Trait",
    "Unknown",
    "assess_skills",
    "catalogue",
    "estimate",
    "estimates",
    "habits",
    "overall",
    "paths",
    "phase_now",
    "recommend",
    "skill_name",
    "strengths",
    "title_of",
    "unknowns",
]
