"""Skills of one student beside their goals, on levels that people have judged, now and before."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import READS, AssignmentId, Caller, Means, PurposeWords, StudentId, Toolbox, Wiring
from scribetree.servers.student_profiling import _records
from scribetree.tools import profiling

__all__ = ["Genre", "Share", "SkillName", "tools"]

tools = Toolbox()

Share = Annotated[float, Field(ge=0, le=1)]
SkillName = Annotated[str, Field(min_length=1, max_length=100)]
Genre = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        pattern=r"^[a-z][a-z_-]*$",
        description="The kind of text, always by the same word: narrative, argument, explanation, response ...",
    ),
]


class SkillLevels(BaseModel):
    """One skill and its levels as shares."""

    model_config = ConfigDict(extra="forbid")

    skill_name: SkillName
    current_level: Share
    target_level: Share
    progress: Share


@tools.add(title="Assess skill development", hints=READS)
def assess_skill_development(
    student_id: StudentId,
    caller: Caller,
    means: Means,
    skills: Annotated[
        list[SkillLevels], Field(max_length=100, description="Skills with their goals; none: those on the record.")
    ] = [],  # noqa: B006 - the schema's default
    assignment_id: AssignmentId | None = None,
    genre: Genre | None = None,
    purpose: PurposeWords = "assessment",
) -> profiling.SkillAssessment:
    """
    Set a student's writing skills beside their goals: the gaps, widest first, and the next step for each.

    A level is estimated from all judgements on the record, as far as you may see them, and those given here, with a
    90 % interval; below three texts it stands as given. Use it to see what to work on. It judges no text, decides no
    grade and keeps nothing: to put judgements on the record use track_learning_trajectory.
    """
    judged, notes = _judged(means, caller, student_id)
    if not (skills or judged):
        raise InvalidInput(
            "`skills` is empty, and no judged skill is on the record.", hint="Give at least one skill with its levels."
        )
    now, by = _records.day_of(means.clock.now()), _records.judge_of(caller)
    observed = _records.by_skill(judged)
    for each in skills:
        given = profiling.Observation(now, each.current_level, by, genre, assignment_id)
        observed.setdefault(profiling.skill_name(each.skill_name), []).append(given)
    known = profiling.estimates(observed)
    goals = [profiling.Skill(**skill.model_dump()) for skill in skills]
    return profiling.assess_skills(goals, known, notes=notes)


def _judged(means: Wiring, caller: PrivacyContext, student: str) -> tuple[list[_records.Judged], tuple[str, ...]]:
    """The judgements on the record, as far as this caller may see them, and what is missing."""
    known = _records.read_or_none(means, caller, student)
    judged, problems = _records.judgements(known)
    hidden = tuple(f"No {kind} could be read." for kind in known.denied)
    return judged, known.notes + hidden + problems
