"""
Whether a use of AI fits the type of an assignment, by a table that is data (`policy/ai_use.json`).

100 points, less 15 for each limit passed and 10 for each use that is not for this type, plus 2 for each fitting one
(at most 10) and 5 for an advanced student with none passed. It fits with no limit passed and 70 points or more.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from scribetree.errors import InvalidInput

__all__ = ["AiUseCheck", "AssignmentType", "Boundary", "StudentLevel", "check_ai_use"]

AssignmentType = Literal["reflection", "research", "creative_writing", "analytical"]
StudentLevel = Literal["beginner", "intermediate", "advanced"]

_MAX_FEATURES = 50
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Boundary:
    """One limit of the assignment's type that the use goes beyond, and what to do."""

    limit: str
    found: str
    next_step: str


@dataclass(frozen=True, slots=True)
class AiUseCheck:
    """Whether the use fits; `compliance_score` is 0 to 100, `why` the reason of the type's limits."""

    is_educationally_valid: bool
    compliance_score: int
    boundary_violations: tuple[Boundary, ...]
    fitting_uses: tuple[str, ...]
    unlisted_uses: tuple[str, ...]
    educational_justification: str
    recommendations: tuple[str, ...]
    assignment_type: AssignmentType


def check_ai_use(
    assignment_type: AssignmentType,
    *,
    ai_percent: float,
    uses: Sequence[str] = (),
    generated_percent: float = 0.0,
    student_level: StudentLevel = "intermediate",
) -> AiUseCheck:
    """How a use stands to the limits of its type; a share of generated text counts half against the student's own."""
    _check(ai_percent, generated_percent, uses)
    table = _table()
    policy, points = table["types"][assignment_type], table["points"]
    named = tuple(dict.fromkeys(use.strip().casefold().replace(" ", "_").replace("-", "_") for use in uses))
    fitting = tuple(use for use in named if use in policy["allowed"])
    beyond = [use for use in named if use in policy["prohibited"]]
    limits = tuple(_boundaries(policy, ai_percent, generated_percent, beyond, student_level))
    score = 100 - points["violation"] * len(limits) - points["prohibited_use"] * len(beyond)
    score += min(points["proper_features_at_most"], points["proper_feature"] * len(fitting))
    score += points["clean_advanced"] if student_level == "advanced" and not limits else 0
    score = max(0, min(100, score))
    return AiUseCheck(
        is_educationally_valid=not limits and score >= points["valid_from"],
        compliance_score=score,
        boundary_violations=limits,
        fitting_uses=fitting,
        unlisted_uses=tuple(use for use in named if use not in policy["allowed"] and use not in policy["prohibited"]),
        educational_justification=policy["why"],
        recommendations=tuple(_recommendations(policy, limits, named)),
        assignment_type=assignment_type,
    )


def _check(ai_percent: float, generated_percent: float, uses: Sequence[str]) -> None:
    for name, value in (("ai_percent", ai_percent), ("generated_percent", generated_percent)):
        if not 0 <= value <= 100:
            raise InvalidInput(f"`{name}` must be between 0 and 100.", hint="Give it in percent.")
    if len(uses) > _MAX_FEATURES:
        raise InvalidInput(f"`uses` must hold at most {_MAX_FEATURES} uses.", hint="Name each kind of use once.")


def _boundaries(
    policy: dict[str, Any], ai_percent: float, generated_percent: float, beyond: Sequence[str], level: StudentLevel
) -> Iterator[Boundary]:
    most, least = policy["max_ai_percent"], policy["min_student_percent"]
    if ai_percent > most:
        yield Boundary(
            f"at most {most} % AI help", f"{ai_percent:.0f} %", "Do one part again without help, and compare."
        )
    elif level == "beginner" and ai_percent > most * _HALF:
        yield Boundary(
            f"at most {most * _HALF:.0f} % while beginning", f"{ai_percent:.0f} %", "Ask for questions instead of text."
        )
    own = 100 - _HALF * generated_percent
    if own < least:
        yield Boundary(f"at least {least} % own work", f"{own:.0f} %", "Put the generated part into your own words.")
    for use in beyond:
        yield Boundary(
            "uses that the type leaves to the student", use.replace("_", " "), "Do this step yourself first."
        )


def _recommendations(policy: dict[str, Any], limits: Sequence[Boundary], named: Sequence[str]) -> Iterator[str]:
    yield from dict.fromkeys(limit.next_step for limit in limits)
    unused = [use for use in policy["allowed"] if use not in named]
    if limits and unused:
        yield f"Help that fits this type: {', '.join(use.replace('_', ' ') for use in unused)}."
    if not limits:
        yield "The use fits the assignment. Say in one sentence what it was for."


@cache
def _table() -> dict[str, Any]:
    source = files("scribetree.tools.integrity").joinpath("policy", "ai_use.json").read_text("utf-8")
    table: dict[str, Any] = json.loads(source)
    return table
