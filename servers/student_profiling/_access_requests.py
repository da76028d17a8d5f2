"""Whether somebody may have access to a student's records, for what, and for how long."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from scribetree.privacy.context import UNNAMED, PrivacyContext, RequesterType, as_purpose
from scribetree.servers.kit import WRITES, Caller, Means, PurposeWords, StudentId, Toolbox

if TYPE_CHECKING:
    from scribetree.privacy.access_requests import Validated

__all__ = ["tools"]

tools = Toolbox()

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

_ROLE_OF: Mapping[Requester, RequesterType] = {
    "teacher": "educator",
    "platform": "system",
    "researcher": "researcher",
}


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


@tools.add(title="Validate data access requests", hints=WRITES)
def validate_data_access_requests(
    requester_id: Annotated[str, Field(min_length=1, max_length=128, description="Who asks for access.")],
    requester_type: Requester,
    student_id: StudentId,
    purpose: PurposeWords,
    data_types: Annotated[list[DataType], Field(min_length=1, max_length=12)],
    caller: Caller,
    means: Means,
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
