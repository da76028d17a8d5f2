"""What may be done with a student's data, and what was done: choices, access requests, the student's dashboard."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from scribetree.privacy.context import UNNAMED, PrivacyContext, Purpose, RequesterType, as_purpose
from scribetree.servers.kit import (
    READS,
    WRITES,
    Caller,
    Means,
    PurposeWords,
    StudentId,
    Toolbox,
    Wiring,
)

if TYPE_CHECKING:
    from scribetree.privacy.access_requests import Validated
    from scribetree.privacy.overview import Overview, Score

__all__ = ["DASHBOARD", "tools"]

tools = Toolbox()

DASHBOARD = "ui://scribetree/privacy-dashboard"
"""The page on which a client may show the dashboard."""

TimeRange = Literal["week", "month", "semester", "all"]
Requester = Literal["teacher", "peer", "parent", "platform", "researcher"]
DataType = Literal[
    "writing_content",
    "writing_process",
    "reflections",
    "assessments",
    "profile",
    "progress_metrics",
    "shared_documents",
    "public_achievements",
    "interventions",
    "medical_info",
    "family_details",
    "psychological_notes",
]
Purposes = Annotated[list[Purpose], Field(max_length=8)]

_OWN_AFFAIR: frozenset[RequesterType] = frozenset({"student", "administrator"})
_PERIODS: Mapping[TimeRange, timedelta | None] = {
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "semester": timedelta(days=183),
    "all": None,
}
_ROLE_OF: Mapping[Requester, RequesterType] = {
    "teacher": "educator",
    "platform": "system",
    "researcher": "researcher",
}
_SHOWN_ACCESSES = 50


@dataclass(frozen=True, slots=True)
class PrivacyChoices:
    """What the student chose, before and now; times are ISO 8601 in UTC."""

    choice_id: str
    student_id: str
    previous_choices: dict[str, dict[str, bool | str]]
    new_choices: dict[str, dict[str, bool | str]]
    waiting_for_guardian: tuple[str, ...]
    warnings: tuple[str, ...]
    timestamp: str
    version: int


@dataclass(frozen=True, slots=True)
class Restriction:
    """One limit of what is granted."""

    type: Literal["field", "time", "operation", "aggregation"]
    description: str
    value: str


@dataclass(frozen=True, slots=True)
class DataAccess:
    """Whether access is granted, for what, and for how long."""

    request_id: str
    approved: bool
    access_token: str | None
    granted_data_types: tuple[str, ...]
    restrictions: tuple[Restriction, ...]
    expires_at: str | None
    ends_after_idle_minutes: int | None
    reason: str


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


@tools.add(title="Manage a student's privacy choices", hints=WRITES, roles=_OWN_AFFAIR)
def manage_student_privacy_choices(
    student_id: StudentId,
    caller: Caller,
    means: Means,
    teacher_sharing: bool | None = None,
    peer_sharing: bool | None = None,
    parent_sharing: bool | None = None,
    anonymous_patterns: bool | None = None,
    feature_analytics: bool | None = None,
    research: bool | None = None,
    enhanced_analytics: bool | None = None,
    portfolio: bool | None = None,
    career_guidance: bool | None = None,
    retention_period: Literal["30_days", "3_months", "6_months", "1_year", "2_years"] | None = None,
    sensitive_content: Literal["exclude", "blur", "show"] | None = None,
    third_party: Literal["none", "educational"] | None = None,
    withdraw_purposes: Purposes = [],  # noqa: B006 - the schema's default
    grant_purposes: Purposes = [],  # noqa: B006 - as above
    purpose: PurposeWords = "learning",
) -> PrivacyChoices:
    """
    Set what may be done with a student's data, or show it when nothing is given. What is not named stays as it is.

    Use it when the student (or an administrator for them) decides who may see their writing, what it may be used for
    and how long it is kept. A change counts at the very next read, everywhere. Refusing costs nothing: every tool
    works the same whatever is chosen. What a child opens up waits for a guardian.
    """
    consent, subject = means.office.consent, means.office.pseudonym(student_id)
    chosen = _chosen(
        {
            "educational_sharing.teacher": teacher_sharing,
            "educational_sharing.peer": peer_sharing,
            "educational_sharing.parent": parent_sharing,
            "platform_improvement.anonymous_patterns": anonymous_patterns,
            "platform_improvement.feature_analytics": feature_analytics,
            "platform_improvement.research": research,
            "personal_benefits.enhanced_analytics": enhanced_analytics,
            "personal_benefits.portfolio": portfolio,
            "personal_benefits.career_guidance": career_guidance,
            "privacy_controls.retention_period": retention_period,
            "privacy_controls.sensitive_content": sensitive_content,
            "privacy_controls.third_party": third_party,
        }
    )
    before, actor = consent.standing(subject), means.office.pseudonym(caller.requester_id)
    if withdraw_purposes:
        consent.withdraw(subject, withdraw_purposes, by=caller.requester_type, actor=actor)
    if grant_purposes:
        consent.grant(subject, grant_purposes, by=caller.requester_type, actor=actor)
    if chosen:
        consent.choose(subject, chosen, by=caller.requester_type, actor=actor)
    return _choices(means, caller, student_id, before.values(means.clock.now()))


@tools.add(title="Validate data access requests", hints=WRITES)
def validate_data_access_requests(
    requester_id: Annotated[str, Field(min_length=1, max_length=128, description="Who asks for access.")],
    requester_type: Requester,
    student_id: StudentId,
    purpose: PurposeWords,
    data_types: Annotated[list[DataType], Field(min_length=1, max_length=12)],
    caller: Caller,
    means: Means,
    student_benefit: Annotated[str, Field(max_length=1000, description="What the student has of it.")] | None = None,
) -> DataAccess:
    """
    Say whether somebody may have access to a student's records, for what and under which limits, and log the request.

    Use it before data are shared. The student's choices decide. A token (24 hours, ended by an hour without use or by
    any change of the choices) is given only to the requester themselves and to administrators; it narrows what the
    guard allows, and never widens it. A student can ask what would be granted about themselves.
    """
    validated = means.office.requests.validate(
        caller,
        requester_id=requester_id,
        requester=requester_type,
        student=student_id,
        purpose=as_purpose(purpose),
        data_types=data_types,
        with_token=_may_hold_token(caller, requester_id, requester_type),
    )
    return _data_access(validated)


@tools.add(title="Create a student's privacy dashboard", hints=READS, roles=_OWN_AFFAIR, app=DASHBOARD)
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
        current_choices=_groups(facts.choices),
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


def _chosen(given: Mapping[str, bool | str | None]) -> dict[str, bool | str]:
    return {name: value for name, value in given.items() if value is not None}


def _choices(
    means: Wiring, caller: PrivacyContext, student_id: str, before: Mapping[str, bool | str]
) -> PrivacyChoices:
    from scribetree.privacy.consent import warnings_about  # noqa: PLC0415 - with SQLAlchemy

    now = means.clock.now()
    standing = means.office.consent.standing(means.office.pseudonym(student_id))
    values = standing.values(now)
    return PrivacyChoices(
        choice_id=caller.correlation_id,
        student_id=student_id,
        previous_choices=_groups(before),
        new_choices=_groups(values),
        waiting_for_guardian=standing.waiting_for_guardian(now),
        warnings=warnings_about(values),
        timestamp=now.isoformat(),
        version=standing.version,
    )


def _groups(values: Mapping[str, bool | str]) -> dict[str, dict[str, bool | str]]:
    groups: dict[str, dict[str, bool | str]] = {}
    for name, value in values.items():
        group, _, key = name.partition(".")
        groups.setdefault(group, {})[key] = value
    return groups


def _may_hold_token(caller: PrivacyContext, requester_id: str, requester: Requester) -> bool:
    """A token goes to whoever asks for themselves, in the role that they have; else to an administrator's hands."""
    if caller.requester_type in {"administrator", "system"}:
        return True
    is_self = caller.requester_id in {UNNAMED, requester_id}
    return is_self and _ROLE_OF.get(requester) == caller.requester_type


def _data_access(validated: "Validated") -> DataAccess:
    assessment = validated.assessment
    return DataAccess(
        request_id=validated.request_id,
        approved=assessment.approved,
        access_token=validated.token,
        granted_data_types=assessment.data_types,
        restrictions=tuple(Restriction(**asdict(each)) for each in assessment.restrictions),
        expires_at=validated.expires_at.isoformat() if validated.expires_at else None,
        ends_after_idle_minutes=60 if validated.token else None,
        reason=assessment.reason,
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
