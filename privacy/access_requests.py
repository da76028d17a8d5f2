"""
Requests for access to what is held about a student: what may be granted to whom, and with which restrictions.

`assess` decides on facts alone; `AccessRequests` adds the token and the entry on the audit log. Whatever is granted
here is asked again by the guard at every read: a token only ever narrows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scribetree.privacy._standing import Standing, decide
from scribetree.privacy._vocabulary import Audience
from scribetree.privacy.audit import AuditEvent
from scribetree.privacy.context import PrivacyContext, Purpose
from scribetree.privacy.identity import pseudonym
from scribetree.privacy.stores import Stores

__all__ = ["DATA_TYPES", "AccessRequests", "Assessment", "Requester", "Restriction", "Validated", "assess"]

Requester = Literal["teacher", "peer", "parent", "platform", "researcher"]

# What people call data, and the kinds of record that hold it.
DATA_TYPES: Mapping[str, tuple[str, ...]] = {
    "writing_content": ("draft",),
    "writing_process": ("session", "event"),
    "reflections": ("reflection",),
    "assessments": ("assessment", "milestone"),
    "profile": ("profile",),
    "progress_metrics": ("session", "assessment", "milestone"),
    "shared_documents": ("draft",),
    "public_achievements": ("profile",),
    "interventions": ("intervention",),
    "medical_info": ("profile",),
    "family_details": ("profile",),
    "psychological_notes": ("profile",),
}

_NEVER_FOR_TEACHERS = frozenset({"medical_info", "family_details", "psychological_notes"})
_FOR_PEERS = frozenset({"shared_documents", "public_achievements"})
_AGGREGATES = frozenset({"progress_metrics", "assessments", "writing_process"})


@dataclass(frozen=True, slots=True)
class Restriction:
    """One limit of what is granted."""

    type: Literal["field", "time", "operation", "aggregation"]
    description: str
    value: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Whether a request can be granted, for which data types, under which restrictions."""

    approved: bool
    reason: str
    data_types: tuple[str, ...] = ()
    restrictions: tuple[Restriction, ...] = ()


@dataclass(frozen=True, slots=True)
class Validated:
    """An assessed request; `token` and `expires_at` are there when it was approved."""

    request_id: str
    assessment: Assessment
    token: str | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Terms:
    """What one kind of requester can get at most."""

    data_types: frozenset[str]
    restrictions: tuple[Restriction, ...]


_EVERY_TYPE = frozenset(DATA_TYPES)
_TERMS: Mapping[Requester, _Terms] = {
    "teacher": _Terms(
        _EVERY_TYPE - _NEVER_FOR_TEACHERS,
        (
            Restriction("time", "Records of the last six months.", "183 days"),
            Restriction(
                "field", "Without health, family or psychological notes.", ", ".join(sorted(_NEVER_FOR_TEACHERS))
            ),
        ),
    ),
    "peer": _Terms(
        _FOR_PEERS,
        (
            Restriction("aggregation", "In groups of at least five.", "5"),
            Restriction("operation", "Read only.", "read"),
        ),
    ),
    "parent": _Terms(
        frozenset({"progress_metrics", "assessments", "public_achievements"}),
        (Restriction("operation", "Read only.", "read"),),
    ),
    "platform": _Terms(
        _AGGREGATES,
        (
            Restriction("field", "Without names and texts.", "anonymised"),
            Restriction("aggregation", "In groups of at least ten.", "10"),
        ),
    ),
    "researcher": _Terms(
        _AGGREGATES | {"reflections"},
        (
            Restriction("field", "De-identified, under random codes.", "de-identified"),
            Restriction("aggregation", "In groups of at least twenty.", "20"),
            Restriction("operation", "Read only.", "read"),
            Restriction("time", "Records of the last ninety days.", "90 days"),
        ),
    ),
}


def assess(
    standing: Standing, *, requester: Requester, purpose: Purpose, data_types: Collection[str], at: datetime
) -> Assessment:
    """
    What can be granted: the student's consent first, then what such a requester can get at most.

    A request for some types that can be granted and some that cannot is granted for the former.
    """
    audience: Audience = requester
    decision = decide(standing, purpose=purpose, audience=audience, at=at, epoch=0)
    if not decision.allowed:
        return Assessment(False, f"The student's choices do not allow it: {decision.reason}.")
    terms = _TERMS[requester]
    granted = tuple(sorted(terms.data_types & set(data_types)))
    if not granted:
        return Assessment(False, f"None of these data types is open to a {requester}.")
    refused = sorted(set(data_types) - terms.data_types)
    left_out = (Restriction("field", "Not granted.", ", ".join(refused)),) if refused else ()
    return Assessment(True, "Allowed by the student's choices.", granted, terms.restrictions + left_out)


class AccessRequests:
    """The requests of one installation."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def validate(
        self,
        caller: PrivacyContext,
        *,
        requester_id: str,
        requester: Requester,
        student: str,
        purpose: Purpose,
        data_types: Collection[str],
        with_token: bool,
    ) -> Validated:
        """The request is assessed and on the audit log; if it was approved, a token for just that may be given out."""
        now = self._stores.clock.now()
        with self._stores.database.write() as connection:
            subject = pseudonym(self._stores.ring, student, tenant=self._stores.database.tenant)
            epoch, standing = self._stores.consent.standing_in(subject, connection)
            assessment = assess(standing, requester=requester, purpose=purpose, data_types=data_types, at=now)
            grant = (
                self._stores.tokens.issue(
                    requester=pseudonym(self._stores.ring, requester_id, tenant=self._stores.database.tenant),
                    subject=subject,
                    purpose=purpose,
                    kinds={kind for name in assessment.data_types for kind in DATA_TYPES[name]},
                    epoch=epoch,
                    at=now,
                    connection=connection,
                )
                if assessment.approved and with_token
                else None
            )
            self._stores.audit.append(
                AuditEvent(
                    action="access_request",
                    outcome="approved" if assessment.approved else "refused",
                    role=caller.requester_type,
                    actor=pseudonym(self._stores.ring, caller.requester_id, tenant=self._stores.database.tenant),
                    purpose=purpose,
                    subject=subject,
                    detail={
                        "requester": requester,
                        "data_types": sorted(data_types),
                        "correlation_id": caller.correlation_id,
                    },
                ),
                connection=connection,
            )
        return Validated(
            caller.correlation_id,
            assessment,
            grant.token if grant else None,
            grant.expires_at if grant else None,
        )
