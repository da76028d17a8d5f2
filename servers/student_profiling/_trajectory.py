"""Judgements put on the record, if the student's choices allow it, and where they say that the skills are going."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import mean
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import Denied, InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.servers.kit import (
    TAKES_BACK,
    WRITES_ONCE,
    AssignmentId,
    Caller,
    Means,
    PurposeWords,
    StudentId,
    Toolbox,
    Wiring,
)
from scribetree.servers.student_profiling import _records
from scribetree.servers.student_profiling._skill_shapes import SkillShown, shown
from scribetree.servers.student_profiling._skills import Genre, Share, SkillName
from scribetree.tools import profiling

__all__ = ["tools"]

tools = Toolbox()

PrivacyLevel = Literal["full", "anonymized", "aggregate"]

_RECORDED = "The judgements are on the record; what was told first about them stands."
_NOT_RECORDED = (
    "The judgements were not recorded: the student's choices, or who asks, do not allow it. They are counted in this "
    "answer, and nobody is told."
)
_OLDEST = timedelta(days=365)
_NOTES = (
    "A level is that of a text of middling kind; prompts differ in difficulty, which is counted as noise.",
    "One teacher's scale may lie above another's: compare a student with themselves.",
)


class Milestone(BaseModel):
    """One skill, the level that it reached in a text (0 to 1), and where that shows."""

    model_config = ConfigDict(extra="forbid")

    skill: SkillName
    level: Share
    evidence: Annotated[str, Field(max_length=500, description="What shows it: a place, a draft.")] = ""


@dataclass(frozen=True, slots=True)
class Projected:
    """Where the whole is expected in so many days, if all goes on as it did: a 90 % interval, and no more than that."""

    in_days: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LearningTrajectory:
    """
    Where a student's skills are and where they are going.

    `overall` is the mean of the traits of each text. `anonymized` leaves the student's name and the records out,
    `aggregate` the single skills as well.
    """

    trajectory_id: str
    student_id: str | None
    milestones_recorded: int
    record_id: str | None
    current_phase: str
    overall: SkillShown | None
    skills: tuple[SkillShown, ...]
    projected_path: Projected | None
    privacy_level: PrivacyLevel
    model: str
    used: tuple[_records.Used, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whether a record was there to withdraw; one that is another's or older looks as if there were none."""

    record_id: str
    withdrawn: bool


@tools.add(title="Track a learning trajectory", hints=WRITES_ONCE)
def track_learning_trajectory(
    student_id: StudentId,
    caller: Caller,
    means: Means,
    milestones: Annotated[
        list[Milestone], Field(max_length=20, description="A text's skills as judged now; none: only look.")
    ] = [],  # noqa: B006 - the schema's default
    assignment_id: AssignmentId | None = None,
    genre: Genre | None = None,
    on: Annotated[
        str,
        Field(max_length=10, pattern=r"^\d{4}-\d{2}-\d{2}$", description="The day of the text; today if not given."),
    ]
    | None = None,
    privacy_level: Annotated[PrivacyLevel, Field(description="How much to show.")] = "anonymized",
    purpose: PurposeWords = "assessment",
) -> LearningTrajectory:
    """
    Show where a student's writing skills are and where they go: levels, growth, sudden changes, phases, intervals.

    Use it with `milestones` after a text was judged, to put the rubric's rows on the record (the same ones of a day are
    recorded once), or without, to look. Estimates combine all judgements, with genre and task as covariates; no level
    is claimed below three texts, no growth below five in six weeks. For gaps to goals use assess_skill_development.
    """
    day = _day(on, means.clock.now())
    recorded = _recorded(means, caller, student_id, milestones, assignment_id, genre, day)
    known = _records.read_or_none(means, caller, student_id)
    judged, problems = _records.judgements(known)
    if milestones and not recorded:
        judged += _given(milestones, caller, assignment_id, genre, day)
    observed = _records.by_skill(judged)
    paths = profiling.paths(observed)
    whole = profiling.overall(observed)
    whole_path = profiling.paths({profiling.OVERALL: whole})[0] if whole else None
    notes = ((_RECORDED if recorded else _NOT_RECORDED,) if milestones else ()) + _NOTES + known.notes + problems
    return LearningTrajectory(
        trajectory_id=caller.correlation_id,
        student_id=student_id if privacy_level == "full" else None,
        milestones_recorded=len(milestones) if recorded else 0,
        record_id=recorded,
        current_phase=profiling.phase_now(whole_path),
        overall=None if whole_path is None else _as_told(shown(whole_path, ()), privacy_level),
        skills=()
        if privacy_level == "aggregate"
        else tuple(_as_told(shown(path, judged), privacy_level) for path in paths),
        projected_path=_projected(whole_path),
        privacy_level=privacy_level,
        model=profiling.MODEL,
        used=_records.used(known),
        missing=_missing(known, paths),
        notes=notes,
    )


@tools.add(title="Withdraw milestones", hints=TAKES_BACK)
def withdraw_milestones(
    student_id: StudentId,
    record_id: Annotated[str, Field(min_length=1, max_length=64, description="As track_learning_trajectory gave it.")],
    caller: Caller,
    means: Means,
    purpose: PurposeWords = "assessment",
) -> Withdrawn:
    """
    Take judgements back that track_learning_trajectory put on the record in this same piece of work.

    Use it when a later step failed, or a judgement was given by mistake a moment ago, with the same correlation id.
    Only whoever stored the record then can withdraw it; older records and those of others stay. The audit log keeps it.
    """
    return Withdrawn(record_id, means.guard.take_back(caller, student_id, "milestone", record_id))


def _day(on: str | None, now: datetime) -> date:
    if on is None:
        return now.date()
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise InvalidInput("`on` is no day of the calendar; nothing was recorded.", hint="Use YYYY-MM-DD.") from None
    if not now.date() - _OLDEST <= day <= now.date() + timedelta(days=1):
        raise InvalidInput(
            "`on` lies in the future or more than a year back; nothing was recorded.", hint="Give the day of the text."
        )
    return min(day, now.date())


def _recorded(
    means: Wiring,
    caller: PrivacyContext,
    student: str,
    milestones: Sequence[Milestone],
    assignment: str | None,
    genre: str | None,
    day: date,
) -> str | None:
    """The record of the judgements, written now or by an earlier call; None where they may not be kept."""
    if not milestones:
        return None
    rows: dict[str, list[float]] = {}
    for each in milestones:
        rows.setdefault(profiling.skill_name(each.skill), []).append(each.level)
    # Several rows of a rubric may be about one skill.
    levels = {skill: round(mean(of_skill), 4) for skill, of_skill in rows.items()}
    shows = {profiling.skill_name(each.skill): each.evidence for each in milestones if each.evidence}
    values = {
        "skills": levels,
        "assignment": assignment,
        "genre": genre,
        "judged_by": _records.judge_of(caller),
        "on": day.isoformat(),
        "evidence": shows or None,
    }
    naming = ["milestone", student, day.isoformat(), assignment, values["judged_by"], sorted(levels.items())]
    record_id = pseudonym(means.ring, json.dumps(naming))
    try:
        means.guard.write(caller, student, "milestone", values, record_id=record_id)
    except Denied:
        return None
    return record_id


def _given(
    milestones: Sequence[Milestone], caller: PrivacyContext, assignment: str | None, genre: str | None, day: date
) -> list[_records.Judged]:
    at = _records.day_of(datetime.combine(day, time(12), tzinfo=UTC))
    link = _records.EvidenceLink("milestone", "not recorded", day.isoformat())
    judge = _records.judge_of(caller)
    return [
        _records.Judged(
            profiling.skill_name(each.skill), profiling.Observation(at, each.level, judge, genre, assignment), link
        )
        for each in milestones
    ]


def _as_told(skill: SkillShown, privacy_level: PrivacyLevel) -> SkillShown:
    return skill if privacy_level == "full" else replace(skill, evidence=())


def _projected(path: profiling.SkillPath | None) -> Projected | None:
    if path is None or path.estimate.foretold is None:
        return None
    return Projected(profiling.AHEAD_DAYS, *path.estimate.foretold)


def _missing(known: _records.KnownRecords, paths: Sequence[profiling.SkillPath]) -> tuple[str, ...]:
    """What was not there to be read, and what it would take to say more."""
    hidden = [f"No {kind} could be read." for kind in known.denied]
    if not paths:
        return (*hidden, f"No skill was judged yet; a level needs {profiling.FEWEST_FOR_LEVEL} texts.")
    return (*hidden, *(f"{profiling.title_of(path.skill)}: {need}" for path in paths for need in path.estimate.needed))
