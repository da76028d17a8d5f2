"""What a student agrees to, set and shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from scribetree.privacy.context import PrivacyContext, Purpose, RequesterType
from scribetree.servers.kit import WRITES, Caller, Means, PurposeWords, StudentId, Toolbox, Wiring

__all__ = ["OWN_AFFAIR", "by_group", "tools"]

tools = Toolbox()

Purposes = Annotated[list[Purpose], Field(max_length=8)]

OWN_AFFAIR: frozenset[RequesterType] = frozenset({"student", "administrator"})
"""Who sets and sees what a student agreed to."""


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


@tools.add(title="Manage a student's privacy choices", hints=WRITES, roles=OWN_AFFAIR)
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
        previous_choices=by_group(before),
        new_choices=by_group(values),
        waiting_for_guardian=standing.waiting_for_guardian(now),
        warnings=warnings_about(values),
        timestamp=now.isoformat(),
        version=standing.version,
    )


def by_group(values: Mapping[str, bool | str]) -> dict[str, dict[str, bool | str]]:
    """The choices by their groups, as a page shows them."""
    groups: dict[str, dict[str, bool | str]] = {}
    for name, value in values.items():
        group, _, key = name.partition(".")
        groups.setdefault(group, {})[key] = value
    return groups
