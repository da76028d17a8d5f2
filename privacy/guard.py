"""The door that every call passes before a tool runs: may this caller do this, for this purpose, about this student?"""

from dataclasses import dataclass, field

from scribetree.errors import Denied
from scribetree.privacy.context import UNNAMED, PrivacyContext, Purpose, RequesterType

__all__ = ["EDUCATORS", "EVERYONE", "Rule", "admit", "admit_to_inbox"]

EVERYONE: frozenset[RequesterType] = frozenset({"student", "educator", "administrator", "system"})
EDUCATORS: frozenset[RequesterType] = frozenset({"educator", "administrator", "system"})

_STUDENT_PURPOSES: frozenset[Purpose] = frozenset({"learning", "feedback", "improvement", "support", "assessment"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call one tool."""

    roles: frozenset[RequesterType] = field(default=EVERYONE)


def admit(context: PrivacyContext, rule: Rule) -> None:
    """Nothing happens if the call is allowed; else it is denied, whatever the reason, in the same words."""
    allowed = context.requester_type in rule.roles and (context.requester_type != "student" or _is_about_self(context))
    if not allowed:
        raise _denied()


def admit_to_inbox(context: PrivacyContext, educator_id: str) -> None:
    """Nothing happens if the inbox is the caller's own; on a machine that names no requester, its user's are all."""
    is_other_educator = context.requester_type == "educator" and context.requester_id not in {UNNAMED, educator_id}
    if is_other_educator:
        raise _denied()


def _denied() -> Denied:
    return Denied(
        "This caller may not make this call.",
        hint="Ask someone in a role that may, or name yourself as the student.",
    )


def _is_about_self(context: PrivacyContext) -> bool:
    about_self = context.student_id is None or context.student_id == context.requester_id
    return about_self and context.purpose in _STUDENT_PURPOSES
