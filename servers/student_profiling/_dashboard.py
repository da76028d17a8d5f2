"""A student's own view of what is held, who asked for it, and how exposed it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from scribetree.servers.kit import READS, Caller, Means, PurposeWords, StudentId, Toolbox
from scribetree.servers.student_profiling._choices import OWN_AFFAIR, by_group

if TYPE_CHECKING:
    from scribetree.privacy.overview import Overview, Score

__all__ = ["DASHBOARD", "tools"]

tools = Toolbox()

DASHBOARD = "ui://scribetree/privacy-dashboard"
"""The page on which a client may show the dashboard."""

TimeRange = Literal["week", "month", "semester", "all"]

_PERIODS: Mapping[TimeRange, timedelta | None] = {
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "semester": timedelta(days=183),
    "all": None,
}
_SHOWN_ACCESSES = 50


@dataclass(frozen=True, slots=True)
class LoggedAccess:
    """One time that somebody asked for something about the student; `sequence` is its place on the audit log."""

    at: str
    role: str
    action: str
    outcome: str
    purpose: str | None
    kind: str | None
    records: int
    sequence: int


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of the score and the facts that made it."""

    name: str
    score: float
    because: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Something that the student could do."""

    priority: Literal["high", "medium", "low"]
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class PrivacyDashboard:
    """What is held about the student, who asked for it, and how exposed it is."""

    dashboard_id: str
    in_words: str
    student_id: str
    current_choices: dict[str, dict[str, bool | str]]
    choices_version: int
    waiting_for_guardian: tuple[str, ...]
    data_access_log: tuple[LoggedAccess, ...]
    accesses_in_period: int
    accesses_in_period_before: int
    privacy_score: float
    score_parts: tuple[ScorePart, ...]
    recommendations: tuple[Recommendation, ...]
    data_inventory: dict[str, int]
    controls: tuple[str, ...]
    generated_at: str


@tools.add(title="Create a student's privacy dashboard", hints=READS, roles=OWN_AFFAIR, app=DASHBOARD)
def create_student_privacy_dashboard(
    student_id: StudentId,
    caller: Caller,
    means: Means,
    include_recommendations: bool = True,
    time_range: TimeRange = "month",
    purpose: PurposeWords = "learning",
) -> PrivacyDashboard:
    """
    Show a student what is held about them, who asked for it and what came of it, and how exposed it is.

    Use it when a student wants to know what happens with their data. The score is worked out from the facts that stand
    beside it, and is about the data, not the student. To change something use manage_student_privacy_choices; the
    whole of what is held is in `scribetree privacy export`.
    """
    from scribetree.privacy.overview import advice_on, score  # noqa: PLC0415 - with SQLAlchemy

    facts = means.office.overviews.of(caller, student_id, since=_PERIODS[time_range])
    scored = score(facts)
    advice = advice_on(facts) if include_recommendations else ()
    return PrivacyDashboard(
        dashboard_id=caller.correlation_id,
        in_words=_in_words(facts, scored, time_range),
        student_id=student_id,
        current_choices=by_group(facts.choices),
        choices_version=facts.version,
        waiting_for_guardian=facts.waiting_for_guardian,
        data_access_log=_accesses(facts),
        accesses_in_period=len(facts.accesses),
        accesses_in_period_before=facts.accesses_before,
        privacy_score=scored.overall,
        score_parts=tuple(ScorePart(part.name, part.score, part.because) for part in scored.parts),
        recommendations=tuple(Recommendation(each.priority, each.what, each.why) for each in advice),
        data_inventory=dict(facts.held),
        controls=(
            "manage_student_privacy_choices",
            "scribetree privacy consent withdraw",
            "scribetree privacy export",
            "scribetree privacy erase",
            "scribetree privacy audit",
        ),
        generated_at=facts.at.isoformat(),
    )


def _in_words(facts: "Overview", scored: "Score", time_range: TimeRange) -> str:
    """The dashboard for those who are shown no page."""
    held = ", ".join(f"{count} {kind}" for kind, count in facts.held.items() if count) or "nothing"
    period = "ever" if time_range == "all" else f"in the last {time_range}"
    parts = " ".join(f"{part.name.replace('_', ' ')} {part.score:.2f} ({part.because})." for part in scored.parts)
    return (
        f"Your data are little exposed to {100 * scored.overall:.0f} of 100: {parts} "
        f"Asked for {period}: {len(facts.accesses)} times. Held: {held}."
    )


def _accesses(facts: "Overview") -> tuple[LoggedAccess, ...]:
    """The latest accesses of the period, newest first."""
    newest = facts.accesses[::-1][:_SHOWN_ACCESSES]
    return tuple(LoggedAccess(**asdict(access)) for access in newest)
