"""
Accesses to writing data that happened outside the guard, and that somebody declares: put on the log, weighed, told.

The log's actor is always the caller, whose role the connection proves; `accessed_by` is only what the caller says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from scribetree.privacy.audit import AuditEvent, Disclosure
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.stores import Stores

__all__ = ["AccessType", "DataType", "Declared", "DeclaredAccesses"]

AccessType = Literal["read", "write", "analyze", "share"]
DataType = Literal[
    "reflection", "personal_notes", "writing_content", "progress_metrics", "aggregated_analytics", "course_data"
]

# The origin's sensitivities; from 0.7 on, the student is told when somebody else looked.
_SENSITIVITY: Mapping[DataType, float] = {
    "reflection": 0.9,
    "personal_notes": 0.9,
    "writing_content": 0.7,
    "progress_metrics": 0.5,
    "aggregated_analytics": 0.3,
    "course_data": 0.2,
}
_SENSITIVE = 0.7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared access: its place on the log and its hash there, and what follows from it."""

    sequence: int
    leaf_hash: str
    flags: tuple[str, ...]
    tells_student: bool
    incidents: tuple[str, ...]


class DeclaredAccesses:
    """The declarations of one installation."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def record(
        self,
        caller: PrivacyContext,
        *,
        student: str,
        accessed_by: str,
        access_type: AccessType,
        data_type: DataType,
        course: str | None = None,
        assignment: str | None = None,
    ) -> Declared:
        """The access is on the log; unusual ones of this caller's have become incidents."""
        tenant = self._stores.database.tenant
        subject, actor = (
            pseudonym(self._stores.ring, person, tenant=tenant) for person in (student, caller.requester_id)
        )
        flags = _flags(caller, student, accessed_by, access_type, data_type)
        is_first = not any(self._is_of_today(entry, actor) for entry in self._stores.audit.about(subject))
        receipt = self._stores.audit.append(
            AuditEvent(
                action=access_type,
                outcome="declared",
                role=caller.requester_type,
                actor=actor,
                purpose=caller.purpose,
                subject=subject,
                detail={
                    "data_type": data_type,
                    "accessed_by": pseudonym(self._stores.ring, accessed_by, tenant=tenant),
                    "flags": list(flags),
                    "course": course,
                    "assignment": assignment,
                    "correlation_id": caller.correlation_id,
                },
            )
        )
        raised = {incident.kind for incident in self._stores.audit.incidents() if incident.sequence > receipt.sequence}
        by_other = "self_access" not in flags
        tells = by_other and ("sensitive_data" in flags or "data_sharing" in flags or is_first)
        return Declared(receipt.sequence, receipt.leaf_hash.hex(), flags, tells, tuple(sorted(raised)))

    def _is_of_today(self, entry: Disclosure, actor: str) -> bool:
        return entry.actor == actor and self._stores.clock.now() - entry.at < _DAY


def _flags(
    caller: PrivacyContext, student: str, accessed_by: str, access_type: AccessType, data_type: DataType
) -> tuple[str, ...]:
    found = {
        "self_access": accessed_by == student,
        "sensitive_data": _SENSITIVITY[data_type] >= _SENSITIVE,
        "data_sharing": access_type == "share",
        "educator_access": caller.requester_type == "educator",
    }
    return tuple(name for name, holds in found.items() if holds)
