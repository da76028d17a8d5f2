"""The argument types that tools share: each says once what fits and what it means."""

from typing import Annotated

from pydantic import Field

__all__ = [
    "MAX_TEXT_CHARACTERS",
    "AssignmentId",
    "CohortId",
    "CourseId",
    "EducatorId",
    "Essay",
    "PurposeWords",
    "Reflection",
    "SessionId",
    "StudentId",
]

MAX_TEXT_CHARACTERS = 200_000
"""About 35,000 words: longer than any school text, short enough to be read in well under a second."""

_IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._:@-]*$"

Essay = Annotated[
    str, Field(min_length=1, max_length=MAX_TEXT_CHARACTERS, description="The student's text, as plain text.")
]
Reflection = Annotated[
    str,
    Field(min_length=1, max_length=MAX_TEXT_CHARACTERS, description="What the student says about the writing."),
]
StudentId = Annotated[
    str, Field(min_length=1, max_length=128, pattern=_IDENTIFIER, description="The student this is about.")
]
EducatorId = Annotated[
    str, Field(min_length=1, max_length=128, pattern=_IDENTIFIER, description="The educator to reach.")
]
AssignmentId = Annotated[str, Field(min_length=1, max_length=128, pattern=_IDENTIFIER, description="The assignment.")]
CohortId = Annotated[
    str, Field(min_length=1, max_length=128, pattern=_IDENTIFIER, description="The class or cohort, by its own name.")
]
SessionId = Annotated[
    str, Field(min_length=1, max_length=128, pattern=_IDENTIFIER, description="The writing session, by its own id.")
]
CourseId = Annotated[str, Field(min_length=1, max_length=128, pattern=_IDENTIFIER, description="The course.")]
PurposeWords = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="Why this is asked: learning, assessment, feedback, improvement, support, integrity, "
        "analytics or research.",
    ),
]
