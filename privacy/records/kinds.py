"""
The kinds of record, as data: their fields and how sensitive each is, why they are held, and how long.

    open      figures and labels        personal  names and wishes
    text      a student's own words     private   what few should know
    special   health, faith, family: what the law protects most (GDPR Art. 9)

`consent` kinds are there because the student agrees, `duty` kinds because the school has to answer for them.
The days are those of the origin; a student's own retention period can only shorten them (retention.py).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from scribetree.errors import InvalidInput

__all__ = ["KINDS", "Kind", "Sensitivity", "kind_of"]

Sensitivity = Literal["open", "personal", "text", "private", "special"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record; `is_addressed` if each has an owner besides the student, who receives it."""

    name: str
    fields: Mapping[str, Sensitivity]
    basis: Literal["consent", "duty"]
    keep_days: int
    is_addressed: bool = False


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "student",
            {"display_name": "personal", "grade": "open", "born": "private", "guardian": "private"},
            basis="duty",
            keep_days=2190,
        ),
        Kind(
            "draft",
            {"title": "personal", "text": "text", "assignment": "open", "genre": "open", "words": "open"},
            basis="consent",
            keep_days=2190,
        ),
        Kind(
            "session",
            {"words": "open", "minutes": "open", "revisions": "open", "assignment": "open"},
            basis="consent",
            keep_days=365,
        ),
        Kind("event", {"log": "text", "assignment": "open"}, basis="consent", keep_days=365),
        Kind(
            "reflection",
            {"text": "text", "prompt": "text", "assignment": "open", "quality": "open"},
            basis="consent",
            keep_days=2190,
        ),
        Kind(
            "profile",
            {
                "display_name": "personal",
                "grade": "open",
                "learning_goals": "personal",
                "interests": "personal",
                "achievements": "open",
                "skills": "open",
                "milestones": "open",
                "learning_challenges": "private",
                "accommodations": "special",
                "personal_notes": "private",
                "sensitive": "special",
            },
            basis="consent",
            keep_days=365,
        ),
        Kind(
            "assessment",
            {
                "skills": "open",
                "quality": "open",
                "assignment": "open",
                "genre": "open",
                "judged_by": "open",
                "notes": "text",
            },
            basis="consent",
            keep_days=90,
        ),
        Kind(
            "milestone",
            {
                "skills": "open",
                "assignment": "open",
                "genre": "open",
                "judged_by": "open",
                "on": "open",
                "evidence": "text",
            },
            basis="consent",
            keep_days=365,
        ),
        Kind(
            "alert",
            {
                "alert_type": "open",
                "severity": "open",
                "title": "personal",
                "description": "text",
                "student_id": "personal",
                "assignment_id": "open",
            },
            basis="duty",
            keep_days=365,
            is_addressed=True,
        ),
        Kind(
            "intervention",
            {"action": "open", "plan": "text", "measures": "open", "outcome": "open", "notes": "private"},
            basis="duty",
            keep_days=365,
            is_addressed=True,
        ),
        Kind("alert_preferences", {"settings": "personal"}, basis="duty", keep_days=2190),
        Kind(
            "ai_disclosure",
            {"used_ai": "open", "uses": "open", "share": "open", "account": "text", "assignment": "open"},
            basis="consent",
            keep_days=2190,
        ),
        Kind(
            "disclosure",
            {"recipient": "open", "purpose": "open", "what": "open", "why": "open", "text": "text"},
            basis="duty",
            keep_days=2555,
        ),
    )
}


def kind_of(name: str, fields: Collection[str] = ()) -> Kind:
    """The kind of that name, if it has all these fields."""
    kind = KINDS.get(name)
    if kind is None:
        raise InvalidInput("There is no such kind of record.", hint=f"Known: {', '.join(KINDS)}.")
    if set(fields) - set(kind.fields):
        raise InvalidInput(
            f"A record of kind {name} does not have that field.", hint=f"Known: {', '.join(kind.fields)}."
        )
    return kind
