"""
Who may do what with which record: policies as data, and one function that asks them all.

Nothing is allowed unless a policy permits it, a policy that forbids wins over all that permit, and the order of
the policies does not matter (the semantics of Cedar). What is permitted comes with the masks and limits of every
permit that applied, the strictest of each; a field that no permit names is withheld.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from scribetree.privacy.context import Purpose, RequesterType
from scribetree.privacy.masking import Mask, strictest
from scribetree.privacy.records import KINDS, Sensitivity

__all__ = [
    "POLICIES",
    "Action",
    "Ask",
    "Limits",
    "Policy",
    "Relation",
    "Verdict",
    "decide",
    "row_filter",
]

Action = Literal["read", "write"]
Relation = Literal["self", "teaches", "addressed"]
"""
What ties the requester to the record: it is about them, about one of their students, or addressed to somebody who may
have it: whoever teaches the student. A policy that names several asks for all of them.
"""

_HALF_A_YEAR = timedelta(days=183)
_NINETY_DAYS = timedelta(days=90)
_OWN_PURPOSES: frozenset[Purpose] = frozenset({"learning", "assessment", "feedback", "improvement", "support"})
_TEACHING: frozenset[Purpose] = _OWN_PURPOSES | frozenset[Purpose]({"integrity", "analytics"})
_DUTIES: frozenset[Purpose] = frozenset({"assessment", "support", "integrity", "analytics"})
_ALL_KINDS = frozenset(KINDS)
_OF_STUDENTS = _ALL_KINDS - {"alert_preferences"}
_SENSITIVITIES: tuple[Sensitivity, ...] = ("open", "personal", "text", "private", "special")


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that somebody wants to do with one record."""

    role: RequesterType
    relations: frozenset[Relation]
    action: Action
    kind: str
    purpose: Purpose
    created_at: datetime | None = None
    now: datetime | None = None
    group_size: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What a permit does not reach: records older than `max_age`, groups smaller than `min_group`."""

    max_age: timedelta | None = None
    min_group: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """Permits, or forbids, what fits all of its sets."""

    name: str
    effect: Literal["permit", "forbid"]
    roles: frozenset[RequesterType]
    actions: frozenset[Action]
    kinds: frozenset[str] = _ALL_KINDS
    purposes: frozenset[Purpose] | None = None
    relations: frozenset[Relation] | None = None
    masks: Mapping[Sensitivity, Mask] = field(default_factory=dict[Sensitivity, Mask])
    limits: Limits = Limits()

    def fits(self, ask: Ask) -> bool:
        """Whether this policy has something to say about `ask`."""
        return (
            ask.role in self.roles
            and ask.action in self.actions
            and ask.kind in self.kinds
            and (self.purposes is None or ask.purpose in self.purposes)
            and (self.relations is None or self.relations <= ask.relations)
            and self._reaches(ask)
        )

    def _reaches(self, ask: Ask) -> bool:
        limits = self.limits
        is_too_old = (
            limits.max_age is not None
            and ask.created_at is not None
            and (ask.now is None or ask.now - ask.created_at > limits.max_age)
        )
        return not is_too_old and ask.group_size >= limits.min_group


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed, how each sensitivity is masked, and which policy said so."""

    allowed: bool
    masks: Mapping[Sensitivity, Mask]
    reason: str

    def mask_of(self, sensitivity: Sensitivity) -> Mask:
        """The mask for one sensitivity; one that no permit named is withheld."""
        return self.masks.get(sensitivity, "redact")


def _all_of(mask: Mask) -> dict[Sensitivity, Mask]:
    return dict.fromkeys(_SENSITIVITIES, mask)


_READ: frozenset[Action] = frozenset({"read"})
_WRITE: frozenset[Action] = frozenset({"write"})
_BOTH = _READ | _WRITE

POLICIES: tuple[Policy, ...] = (
    Policy(
        "a student reads what is about them",
        "permit",
        roles=frozenset({"student"}),
        actions=_READ,
        purposes=_OWN_PURPOSES,
        relations=frozenset({"self"}),
        kinds=_OF_STUDENTS - {"alert"},
        masks=_all_of("keep"),
    ),
    Policy(
        "a student keeps their own work",
        "permit",
        roles=frozenset({"student"}),
        actions=_WRITE,
        purposes=_OWN_PURPOSES,
        relations=frozenset({"self"}),
        kinds=frozenset(
            {
                "draft",
                "session",
                "event",
                "reflection",
                "profile",
                "milestone",
                "ai_disclosure",
                "disclosure",
                "redaction",
            }
        ),
        masks=_all_of("keep"),
    ),
    Policy(
        "an educator reads about their own students, half a year back",
        "permit",
        roles=frozenset({"educator"}),
        actions=_READ,
        purposes=_TEACHING,
        relations=frozenset({"teaches"}),
        kinds=_OF_STUDENTS - {"alert"},
        masks={"open": "keep", "personal": "keep", "text": "keep", "private": "redact", "special": "redact"},
        limits=Limits(max_age=_HALF_A_YEAR),
    ),
    Policy(
        "an educator keeps records of their teaching",
        "permit",
        roles=frozenset({"educator"}),
        actions=_WRITE,
        purposes=_TEACHING,
        relations=frozenset({"teaches"}),
        kinds=_OF_STUDENTS - {"student", "event", "alert"},
        masks={"open": "keep", "personal": "keep", "text": "keep", "private": "keep"},
    ),
    Policy(
        "an educator has an inbox, which the school sees and the suite carries from",
        "permit",
        roles=frozenset({"educator", "administrator", "system"}),
        actions=_READ,
        purposes=_TEACHING,
        kinds=frozenset({"alert"}),
        relations=frozenset({"addressed"}),
        masks={"open": "keep", "personal": "keep", "text": "keep"},
    ),
    Policy(
        "an educator tells colleagues about a student whom both teach",
        "permit",
        roles=frozenset({"educator"}),
        actions=_WRITE,
        purposes=_TEACHING,
        kinds=frozenset({"alert"}),
        relations=frozenset({"teaches", "addressed"}),
    ),
    Policy(
        "the school and the suite tell whoever teaches a student",
        "permit",
        roles=frozenset({"administrator", "system"}),
        actions=_WRITE,
        purposes=_TEACHING,
        kinds=frozenset({"alert"}),
        relations=frozenset({"addressed"}),
    ),
    Policy(
        "whoever is told of students says how",
        "permit",
        roles=frozenset({"educator", "administrator"}),
        actions=_BOTH,
        purposes=_TEACHING,
        kinds=frozenset({"alert_preferences"}),
        relations=frozenset({"self"}),
        masks={"personal": "keep"},
    ),
    Policy(
        "the suite tells educators as they wish",
        "permit",
        roles=frozenset({"system"}),
        actions=_READ,
        purposes=_TEACHING,
        kinds=frozenset({"alert_preferences"}),
        masks={"personal": "keep"},
    ),
    Policy(
        "an administrator does the school's duties, without the student's words",
        "permit",
        roles=frozenset({"administrator"}),
        actions=_READ,
        purposes=_DUTIES,
        kinds=_OF_STUDENTS - {"alert"},
        masks={"open": "keep", "personal": "keep", "text": "redact", "private": "redact", "special": "redact"},
    ),
    Policy(
        "an administrator enrols, plans and answers for interventions",
        "permit",
        roles=frozenset({"administrator"}),
        actions=_WRITE,
        purposes=_DUTIES,
        kinds=frozenset({"student", "intervention", "disclosure"}),
        masks=_all_of("keep"),
    ),
    Policy(
        "a researcher reads figures of groups of twenty, ninety days back",
        "permit",
        roles=frozenset({"researcher"}),
        actions=_READ,
        purposes=frozenset({"research"}),
        kinds=frozenset({"session", "assessment", "reflection", "draft"}),
        masks={"open": "bucket", "personal": "redact", "text": "redact", "private": "redact", "special": "redact"},
        limits=Limits(max_age=_NINETY_DAYS, min_group=20),
    ),
    Policy(
        "a workflow of the suite reads and keeps what an educator would",
        "permit",
        roles=frozenset({"system"}),
        actions=_BOTH,
        purposes=_TEACHING,
        kinds=_OF_STUDENTS - {"student", "alert"},
        masks={"open": "keep", "personal": "hash", "text": "keep", "private": "redact", "special": "redact"},
    ),
    Policy(
        "nobody writes what is not theirs to say under the name of research",
        "forbid",
        roles=frozenset({"student", "educator", "administrator", "researcher", "system"}),
        actions=_WRITE,
        purposes=frozenset({"research"}),
    ),
    Policy(
        "what help a student used is the student's to say",
        "forbid",
        roles=frozenset({"educator", "administrator", "researcher", "system"}),
        actions=_WRITE,
        kinds=frozenset({"ai_disclosure"}),
    ),
    Policy(
        "no figures are drawn from who somebody is",
        "forbid",
        roles=frozenset({"student", "educator", "administrator", "researcher", "system"}),
        actions=_READ,
        purposes=frozenset({"analytics", "research"}),
        kinds=frozenset({"student", "profile"}),
    ),
)


def decide(policies: Collection[Policy], ask: Ask) -> Verdict:
    """The verdict of all policies together on `ask`."""
    fitting = [policy for policy in policies if policy.fits(ask)]
    forbidding = sorted(policy.name for policy in fitting if policy.effect == "forbid")
    permits = [policy for policy in fitting if policy.effect == "permit"]
    if forbidding:
        return Verdict(False, {}, f"forbidden: {forbidding[0]}")
    if not permits:
        return Verdict(False, {}, "no policy permits it")
    return Verdict(True, _masks(permits), f"permitted: {min(policy.name for policy in permits)}")


def row_filter(policies: Collection[Policy], asks: Sequence[Ask]) -> list[int]:
    """The positions of those `asks`, one a row, that are allowed."""
    return [position for position, ask in enumerate(asks) if decide(policies, ask).allowed]


def _masks(permits: Iterable[Policy]) -> dict[Sensitivity, Mask]:
    named: dict[Sensitivity, list[Mask]] = {}
    for policy in permits:
        for sensitivity, mask in policy.masks.items():
            named.setdefault(sensitivity, []).append(mask)
    return {sensitivity: masks[0] if len(masks) == 1 else strictest(masks) for sensitivity, masks in named.items()}
