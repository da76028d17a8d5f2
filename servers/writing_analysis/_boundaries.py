"""What may be done with a text, and with an assistant: sensitivity, declared access, purposes, boundaries."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from scribetree.privacy import pii
from scribetree.servers.kit import (
    READS,
    WRITES,
    AssignmentId,
    Caller,
    CourseId,
    Essay,
    Means,
    PurposeWords,
    StudentId,
    Toolbox,
)
from scribetree.tools import writing

__all__ = ["tools"]

tools = Toolbox()


ContentType = Literal["essay", "reflection", "notes", "feedback"]
AcademicLevel = Literal["elementary", "middle", "high_school", "university"]

_BY_CONTENT: dict[str, str] = {
    "reflection": "A reflection is written in confidence: show it to nobody but those it was written for.",
    "notes": "Notes are private: ask the writer before anybody else reads them.",
    "feedback": "Feedback goes to one student: send it to nobody else.",
}
_OF_CHILDREN = "The writer is likely a child: let a parent or guardian agree before anything of it is shared."


@dataclass(frozen=True, slots=True)
class ClassifiedContent(pii.Sensitivity):
    """A text's sensitivity, and when it was looked at (ISO 8601, UTC)."""

    classification_timestamp: str


@tools.add(title="Classify content sensitivity", hints=READS)
def classify_content_sensitivity(
    content: Essay,
    means: Means,
    content_type: ContentType = "essay",
    academic_level: AcademicLevel | None = None,
    student_id: StudentId | None = None,
    purpose: PurposeWords = "support",
) -> ClassifiedContent:
    """
    Find personal data and confidences in a student's text, say how sensitive it is, and give the text without them.

    Use it before a text is shared, stored or sent on. It finds names of people in the writer's life, contacts,
    numbers, what is told about health and family, and signs of distress, which are a reason to offer support and
    never to punish. Names of cited authors and public figures stay. It misses some: a person decides before anything
    is published. Offsets point into `content`; `content_type` and `academic_level` add advice and change no score.
    """
    found = pii.classify(content)
    advice = found.recommendations
    if advice and content_type in _BY_CONTENT:
        advice += (_BY_CONTENT[content_type],)
    if advice and academic_level in {"elementary", "middle"}:
        advice += (_OF_CHILDREN,)
    return ClassifiedContent(
        sensitivity_level=found.sensitivity_level,
        sensitivity_score=found.sensitivity_score,
        sensitive_elements=found.sensitive_elements,
        recommendations=advice,
        redacted_content=found.redacted_content,
        classification_timestamp=means.clock.now().isoformat(),
    )


@dataclass(frozen=True, slots=True)
class AuditedAccess:
    """Where a declared access stands on the audit log; `immutable_hash` is its leaf in the log's Merkle tree."""

    audit_id: int
    logged: bool
    immutable_hash: str
    flags: tuple[str, ...]
    notification_triggered: bool
    incidents: tuple[str, ...]


@tools.add(title="Audit access to writing data", hints=WRITES)
def audit_writing_data_access(
    access_type: Literal["read", "write", "analyze", "share"],
    data_type: Literal[
        "reflection", "personal_notes", "writing_content", "progress_metrics", "aggregated_analytics", "course_data"
    ],
    student_id: StudentId,
    accessed_by: Annotated[str, Field(min_length=1, max_length=128, description="Who looked, changed or shared.")],
    caller: Caller,
    means: Means,
    course_id: CourseId | None = None,
    assignment_id: AssignmentId | None = None,
    purpose: PurposeWords = "feedback",
) -> AuditedAccess:
    """
    Put an access to a student's writing on the audit log, where the student can see it and nobody can change it.

    Use it when writing data were looked at, changed or shared outside these servers; what goes through them is logged
    by itself. Sharing, sensitive data and the first access of a day are flagged for telling the student; unusual
    access (too often, too widely, at night) raises an incident for a person to look at.
    """
    declared = means.office.declared.record(
        caller,
        student=student_id,
        accessed_by=accessed_by,
        access_type=access_type,
        data_type=data_type,
        course=course_id,
        assignment=assignment_id,
    )
    return AuditedAccess(
        audit_id=declared.sequence,
        logged=True,
        immutable_hash=declared.leaf_hash,
        flags=declared.flags,
        notification_triggered=declared.tells_student,
        incidents=declared.incidents,
    )


@tools.add(title="Validate an educational purpose", hints=READS)
def validate_educational_purpose(
    purpose: PurposeWords,
    requested_data: Annotated[
        list[
            Literal[
                "writing_content",
                "reflection",
                "personal_notes",
                "progress_metrics",
                "aggregated_analytics",
                "course_data",
                "other",
            ]
        ],
        Field(min_length=1, max_length=10, description="The kinds of data asked for."),
    ],
    requester_role: Annotated[writing.RequesterRole, Field(description="Who asks.")],
    target_users: Annotated[int, Field(ge=1, le=1_000_000, description="How many students it is about.")] = 1,
) -> writing.PurposeCheck:
    """
    Check a stated purpose against published rules: whether it is one of teaching, and who has to approve first.

    Use it before a request for student data is written down. It is advice: it opens nothing, and every read is checked
    again where the data are.
    """
    return writing.validate_educational_purpose(purpose, requested_data, requester_role, target_users)


@tools.add(title="Apply AI boundaries", hints=READS)
def apply_ai_boundaries(
    prompt: Annotated[str, Field(min_length=1, max_length=4_000, description="What the student asks an assistant.")],
    request_type: Annotated[writing.RequestType, Field(description="What kind of help is asked for.")],
    context: Annotated[str, Field(max_length=20_000, description="What goes with it, such as a passage.")] = "",
    reflection_completed: Annotated[
        bool, Field(description="Whether the student has reflected on this draft.")
    ] = False,
) -> writing.BoundaryDecision:
    """
    Decide whether a student's request to an AI assistant may go on, and strip what goes on of names and length.

    Use it before each request for AI help. Four boundaries are tried in order: reflection first, no direct answers,
    something to understand, access step by step. It writes no reply; what level of help a reflection unlocks says
    evaluate_reflection_quality.
    """
    return writing.apply_ai_boundaries(prompt, context, request_type, reflection_completed=reflection_completed)
