"""One writing session put on the record, if the student's choices allow it, and what it comes to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.guard import View
from scribetree.privacy.identity import pseudonym
from scribetree.servers.kit import (
    WRITES_ONCE,
    AssignmentId,
    Caller,
    Means,
    PurposeWords,
    SessionId,
    StudentId,
    Toolbox,
    Wiring,
)
from scribetree.tools import writing

__all__ = ["tools"]

tools = Toolbox()

_WRITERS: frozenset[RequesterType] = frozenset({"student", "educator", "system"})
_MOST_SESSIONS = 100

_RECORDED = "The session is on the record; what was told first about it stands."
_NOT_RECORDED = (
    "Nothing was recorded: the student's choices, or who asks, do not allow it. Nothing else changes: metrics and "
    "notices are those that a recorded session has, and nobody is told."
)


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """This session and those on the record, the newest hundred, as far as the caller may see them."""

    sessions: int
    total_words: int
    total_minutes: float
    average_words_per_minute: float | None


@dataclass(frozen=True, slots=True)
class WritingProgress:
    """Whether the session was recorded, what the sessions add up to, and what a person may want to ask about."""

    session_id: str
    progress_recorded: bool
    aggregated_metrics: SessionTotals
    notices: tuple[writing.SessionNotice, ...]
    note: str


@tools.add(title="Track writing progress", hints=WRITES_ONCE, roles=_WRITERS)
def track_writing_progress(
    student_id: StudentId,
    session_id: SessionId,
    word_count: Annotated[int, Field(ge=0, le=100_000, description="Words written in this session.")],
    time_spent_s: Annotated[float, Field(ge=0, le=86_400, description="How long the session took, in seconds.")],
    caller: Caller,
    means: Means,
    revisions: Annotated[int, Field(ge=0, le=100_000, description="How often something was changed.")] = 0,
    assignment_id: AssignmentId | None = None,
    purpose: PurposeWords = "learning",
) -> WritingProgress:
    """
    Record one finished writing session of a student, and say what the sessions so far add up to.

    Use it once a session; the same `session_id` is recorded once, however often it is sent. The student's choices
    decide whether it is kept: where they refuse, nothing is, and the answer is otherwise the same. A notice (few words
    in a long time, a very long session) names its figures and is a reason to ask, never a judgement. For what sessions
    show over weeks use generate_writing_insights.
    """
    minutes = time_spent_s / 60
    values = {"words": word_count, "minutes": minutes, "revisions": revisions, "assignment": assignment_id}
    # Ids are the caller's own: those of two students may be the same.
    record_id = pseudonym(means.ring, json.dumps(["session", student_id, session_id]))
    is_recorded = _is_recorded(means, caller, student_id, values, record_id)
    known = {view.record_id: view.values for view in _recorded(means, caller, student_id)}
    return WritingProgress(
        session_id=session_id,
        progress_recorded=is_recorded,
        aggregated_metrics=_totals(list(({record_id: values} | known).values())),
        notices=writing.session_notices(word_count=word_count, time_spent_s=time_spent_s),
        note=_RECORDED if is_recorded else _NOT_RECORDED,
    )


def _is_recorded(
    means: Wiring, caller: PrivacyContext, student: str, values: Mapping[str, object], record_id: str
) -> bool:
    """Whether the session is on the disk, now or since an earlier call."""
    try:
        means.guard.write(caller, student, "session", values, record_id=record_id)
    except Denied:
        return False
    return True


def _recorded(means: Wiring, caller: PrivacyContext, student: str) -> Sequence[View]:
    """The newest sessions on the record; none where the caller may see none."""
    try:
        return means.guard.read(caller, student, "session", ("words", "minutes"), limit=_MOST_SESSIONS)
    except Denied:
        return ()


def _totals(sessions: Sequence[Mapping[str, Any]]) -> SessionTotals:
    words = sum(int(each["words"]) for each in sessions)
    minutes = sum(float(each["minutes"]) for each in sessions)
    return SessionTotals(len(sessions), words, round(minutes, 1), round(words / minutes, 1) if minutes else None)
