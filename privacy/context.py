"""Who asks, in what role, for what purpose, about whom: one shape everywhere."""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal, get_args

from scribetree.errors import Denied
from scribetree.settings import Profile

__all__ = [
    "PURPOSES",
    "UNNAMED",
    "PrivacyContext",
    "Purpose",
    "RequesterType",
    "as_purpose",
    "disclosed",
    "role_of_profile",
]

disclosed: ContextVar[list[str] | None] = ContextVar("scribetree_disclosed", default=None)
"""What the guard has shown in the running call: the caller may see it, so it may stand in the answer."""

RequesterType = Literal["student", "educator", "administrator", "researcher", "system"]

Purpose = Literal[
    "learning",
    "assessment",
    "feedback",
    "improvement",
    "support",
    "integrity",
    "analytics",
    "research",
]

UNNAMED = "local"
"""The requester of a process that was not told whom it serves: the user of this machine."""

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

# The origin named one purpose in many ways ("student_progress_tracking", "writing improvement");
# a caller's words are read as the first purpose whose stem they hold.
_STEMS: tuple[tuple[str, Purpose], ...] = (
    ("integrity", "integrity"),
    ("complian", "integrity"),
    ("research", "research"),
    ("analy", "analytics"),
    ("performance", "analytics"),
    ("assess", "assessment"),
    ("evaluat", "assessment"),
    ("grad", "assessment"),
    ("progress", "assessment"),
    ("feedback", "feedback"),
    ("improv", "improvement"),
    ("support", "support"),
    ("interven", "support"),
    ("learn", "learning"),
    ("educat", "learning"),
)


@dataclass(frozen=True, slots=True)
class PrivacyContext:
    """
    One request's caller and aim.

    The first two fields come from the connection, never from a tool's arguments; the others may be
    narrowed by arguments. `student_id` is a real identifier: it stays in memory.
    """

    requester_id: str
    requester_type: RequesterType
    purpose: Purpose
    correlation_id: str
    educational_justification: str | None = None
    student_id: str | None = None
    course_id: str | None = None
    assignment_id: str | None = None

    def about(self, *, purpose: Purpose | None = None, student_id: str | None = None) -> "PrivacyContext":
        """The same caller, with the aim that a call's arguments name."""
        return replace(self, purpose=purpose or self.purpose, student_id=student_id or self.student_id)

    @property
    def is_research(self) -> bool:
        """Whether what is asked for would leave the school."""
        return self.requester_type == "researcher" or self.purpose == "research"

    def about_group(self) -> "PrivacyContext":
        """The same caller: figures about a group are analytics or research, whatever they are wanted for."""
        return self.about(purpose="research" if self.is_research else "analytics")


def as_purpose(words: str) -> Purpose:
    """The purpose that `words` name; words that name none are denied."""
    spoken = words.lower()
    for stem, purpose in _STEMS:
        if stem in spoken:
            return purpose
    raise Denied(
        "The purpose is not an educational one that is known here.",
        hint=f"Set `purpose` to one of: {', '.join(PURPOSES)}.",
    )


def role_of_profile(profile: Profile) -> RequesterType:
    """The role in which a process of that profile acts."""
    return "educator" if profile == "all" else profile
