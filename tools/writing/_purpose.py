"""
Whether a stated purpose is one of teaching, and who else has to agree: rules as data, no learning.

The benefits are read off the words of the purpose, weighed, and lowered by how sensitive the requested data are. A
purpose that names an excluded use (advertising, discipline, sale) is never valid, whatever else it names.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["PurposeCheck", "RequesterRole", "validate_educational_purpose"]

RequesterRole = Literal["student", "educator", "administrator", "researcher"]

_VALID = 0.3
_REVIEWED_BELOW = 0.45
_SENSITIVE = 0.7
_MANY_STUDENTS = 5
_SENSITIVITY_DISCOUNT = 0.3

# Families of words, each once; what each says for the four benefits.
_FAMILIES: Mapping[str, re.Pattern[str]] = {
    "education": re.compile(
        r"\b(learn\w*|teach\w*|educat\w*|curricul\w*|instruct\w*|writing|lesson|course\w*|class\w*)\b"
    ),
    "assessment": re.compile(r"\b(assess\w*|evaluat\w*|grad(e|es|ing)|feedback|rubrics?|reflect\w*)\b"),
    "improvement": re.compile(r"\b(improv\w*|develop\w*|progress|growth|skills?|revis\w*|practi[cs]\w*)\b"),
    "support": re.compile(r"\b(support\w*|help\w*|intervention\w*|guidance|accommodat\w*|struggl\w*|wellbeing)\b"),
    "research": re.compile(r"\b(research\w*|stud(y|ies)|analytics|patterns?|evidence)\b"),
    "platform": re.compile(r"\b(platform|tools?|features?|quality|services?|system)\b"),
}
_EXCLUDED = re.compile(
    r"\b(advertis\w*|market(ing|ed)?|sell\w*|sale|monetis\w*|monetiz\w*|disciplin\w*|punish\w*|surveil\w*|polic(e|ing)"
    r"|immigration|insurance|background check|hiring|credit)\b"
)
_BENEFITS: Mapping[str, Mapping[str, float]] = {
    "educational_benefit": {"education": 0.5, "assessment": 0.4, "improvement": 0.3, "support": 0.2},
    "student_benefit": {"improvement": 0.5, "support": 0.4, "assessment": 0.3},
    "platform_improvement": {"platform": 0.7, "improvement": 0.3},
    "research_value": {"research": 0.8, "assessment": 0.2},
}
_WEIGHTS = {"educational_benefit": 0.4, "student_benefit": 0.3, "platform_improvement": 0.2, "research_value": 0.1}
_SENSITIVITY = {
    "reflection": 0.9,
    "personal_notes": 0.9,
    "writing_content": 0.7,
    "progress_metrics": 0.5,
    "aggregated_analytics": 0.3,
    "course_data": 0.2,
}
_UNKNOWN_SENSITIVITY = 0.5
_EDUCATOR_FACTOR = 1.2
_OWN_DATA = 0.3


@dataclass(frozen=True, slots=True)
class PurposeCheck:
    """Whether the purpose holds, its score and four benefits (0 to 1), and who has to approve before data are read."""

    valid: bool
    score: float
    approval_required: bool
    required_approvers: tuple[str, ...]
    benefits: dict[str, float]
    reasons: tuple[str, ...]
    recommendations: tuple[str, ...]


def validate_educational_purpose(
    purpose: str, requested: Sequence[str], role: RequesterRole, students: int = 1
) -> PurposeCheck:
    """What the rules say of `purpose`, for these kinds of data about so many students."""
    said = purpose.casefold()
    found = {name for name, words in _FAMILIES.items() if words.search(said)}
    benefits = _benefits(found, role, students)
    sensitivity = max((_SENSITIVITY.get(kind, _UNKNOWN_SENSITIVITY) for kind in requested), default=0.0)
    score = sum(_WEIGHTS[name] * share for name, share in benefits.items()) * (1 - _SENSITIVITY_DISCOUNT * sensitivity)
    excluded = _EXCLUDED.search(said) is not None
    approvers = _approvers(requested, role, students, sensitivity)
    is_reviewed = bool(approvers) and (role == "researcher" or students > 1 or score < _REVIEWED_BELOW)
    return PurposeCheck(
        valid=score >= _VALID and not excluded and bool(found & {"education", "assessment", "improvement", "support"}),
        score=0.0 if excluded else round(score, 3),
        approval_required=is_reviewed or (role == "administrator" and students == 1),
        required_approvers=approvers if is_reviewed or role == "administrator" else (),
        benefits={name: round(share, 3) for name, share in benefits.items()},
        reasons=_reasons(found, sensitivity, excluded=excluded),
        recommendations=_recommendations(found, requested, students),
    )


def _benefits(found: set[str], role: RequesterRole, students: int) -> dict[str, float]:
    benefits = {
        name: min(1.0, sum(weight for family, weight in weights.items() if family in found))
        for name, weights in _BENEFITS.items()
    }
    if role == "educator":
        benefits["educational_benefit"] = min(1.0, _EDUCATOR_FACTOR * benefits["educational_benefit"])
    if role == "student" and students == 1:
        benefits["student_benefit"] = min(1.0, benefits["student_benefit"] + _OWN_DATA)
    return benefits


def _approvers(requested: Sequence[str], role: RequesterRole, students: int, sensitivity: float) -> tuple[str, ...]:
    rules = (
        ("privacy_officer", sensitivity > _SENSITIVE or (role == "administrator" and students == 1)),
        ("irb_committee", role == "researcher"),
        ("department_head", students > _MANY_STUDENTS),
        ("educational_director", not {"reflection", "personal_notes"}.isdisjoint(requested)),
    )
    return tuple(name for name, applies in rules if applies)


def _reasons(found: set[str], sensitivity: float, *, excluded: bool) -> tuple[str, ...]:
    named = ", ".join(sorted(found)) or "nothing that the rules know"
    reasons = [f"The purpose names: {named}.", f"The most sensitive data asked for weigh {sensitivity:.1f} of 1."]
    if excluded:
        reasons.append("The purpose names a use that student data never serve.")
    return tuple(reasons)


def _recommendations(found: set[str], requested: Sequence[str], students: int) -> tuple[str, ...]:
    said: list[str] = []
    if not found & {"improvement", "support", "assessment"}:
        said.append("Say what the student gains: feedback, support, or a skill to develop.")
    if students > 1 and "aggregated_analytics" not in requested:
        said.append("For several students ask for aggregated_analytics instead of single records.")
    if {"reflection", "personal_notes"} & set(requested):
        said.append("Reflections and notes are the most sensitive: ask for them only if nothing else will do.")
    return tuple(said)
