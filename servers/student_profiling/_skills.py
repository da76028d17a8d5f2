"""Skills and growth of one student, on levels that people have judged."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scribetree.servers.kit import READS, PurposeWords, StudentId, Toolbox
from scribetree.tools import profiling

__all__ = ["tools"]

tools = Toolbox()

Share = Annotated[float, Field(ge=0, le=1)]


class SkillLevels(BaseModel):
    """One skill and its levels as shares."""

    model_config = ConfigDict(extra="forbid")

    skill_name: Annotated[str, Field(min_length=1, max_length=100)]
    current_level: Share
    target_level: Share
    progress: Share


@tools.add(title="Assess skill development", hints=READS)
async def assess_skill_development(
    student_id: StudentId,
    skills: Annotated[list[SkillLevels], Field(min_length=1, max_length=100, description="The skills to look at.")],
    purpose: PurposeWords = "assessment",
) -> profiling.SkillAssessment:
    """
    Set a student's writing skills beside their goals: the gaps, widest first, and the next step for each.

    Use it with levels that a teacher or the student has judged; it judges no text itself. It decides no grade.
    """
    return profiling.assess_skills([profiling.Skill(**skill.model_dump()) for skill in skills])
