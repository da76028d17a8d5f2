"""What a student can do, how far that is from the goal, and where it is going."""

from scribetree.tools.profiling._skills import Skill, SkillAssessment, SkillFinding, assess_skills
from scribetree.tools.profiling._trajectory import Point, Trajectory, trajectory

__all__ = ["Point", "Skill", "SkillAssessment", "SkillFinding", "Trajectory", "assess_skills", "trajectory"]
