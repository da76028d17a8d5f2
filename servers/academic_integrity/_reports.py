"""A use of AI beside its assignment's limits, and reports on how work came to be."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import Denied
from scribetree.servers.academic_integrity._arguments import Percent, Share
from scribetree.servers.academic_integrity._disclosures import looked_at, stored_disclosures
from scribetree.servers.kit import READS, AssignmentId, Caller, Means, PurposeWords, StudentId, Toolbox
from scribetree.tools import integrity

__all__ = ["tools"]

tools = Toolbox()

Number = Annotated[int, Field(ge=0, le=1_000)]


@tools.add(title="Check a use of AI against the assignment", hints=READS)
async def validate_educational_ai_use(
    ai_percent: Annotated[float, Field(ge=0, le=100, description="Share of the work that AI helped with, in percent.")],
    assignment_type: integrity.AssignmentType = "analytical",
    uses: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=60)]],
        Field(max_length=50, description="What AI was used for: grammar, source_finding, idea_creation ..."),
    ] = [],  # noqa: B006 - the schema's default
    generated_percent: Percent = 0.0,
    student_level: integrity.StudentLevel = "intermediate",
    student_id: StudentId | None = None,
    assignment_id: AssignmentId | None = None,
    purpose: PurposeWords = "learning",
) -> integrity.AiUseCheck:
    """
    Tell whether a use of AI fits the type of an assignment, by a published table of limits and fitting uses.

    Use it before or after an assignment, on what the student says was used. It judges no text. A limit that is passed
    comes with the next step; the reason of the type's limits is given.
    """
    return integrity.check_ai_use(
        assignment_type,
        ai_percent=ai_percent,
        uses=uses,
        generated_percent=generated_percent,
        student_level=student_level,
    )


class PieceOfWork(BaseModel):
    """One piece of work as the other tools saw it."""

    model_config = ConfigDict(extra="forbid")

    assistance_level: integrity.AssistanceLevel = "none"
    confidence: Share = 0.0
    is_declared: bool = False
    integrity_score: Share | None = None
    compliance_score: Percent = 100.0
    limits_passed: Number = 0
    questions_open: Number = 0
    assignment_id: AssignmentId | None = None


@tools.add(title="Write an integrity report", hints=READS)
def generate_integrity_reports(
    caller: Caller,
    means: Means,
    report_type: integrity.ReportType,
    findings: Annotated[
        list[PieceOfWork], Field(max_length=1_000, description="What the other tools found, one entry a piece of work.")
    ],
    audience: Literal["student", "educator"] = "educator",
    period: Annotated[str, Field(max_length=60, description="The time reported on, such as 2026-09 to 2026-12.")] = "",
    student_id: StudentId | None = None,
    assignment_id: AssignmentId | None = None,
    purpose: PurposeWords = "support",
) -> integrity.IntegrityReport:
    """
    Write a report on how work came to be, in a student's or an educator's voice, from findings that are handed in.

    Use it after the other tools of this server. It reads no text and stores nothing. It has base rates, other
    explanations, next steps and the way to contest it. Groups under five are not described. A student gets only the
    own report, in the student's voice. An individual report counts the declarations that the student has stored for
    the assignments of the findings.
    """
    if caller.requester_type == "student" and (report_type, audience) != ("individual", "student"):
        raise Denied("This caller may not make this call.", hint="Ask for the individual report for the student.")
    names_work = assignment_id is not None or any(each.assignment_id for each in findings)
    records = stored_disclosures(means, caller, student_id) if report_type == "individual" and names_work else None
    declared = [(each.assignment_id or assignment_id) in (records or {}) for each in findings]
    return integrity.report(
        report_type,
        [_finding(each, is_declared=is_declared) for each, is_declared in zip(findings, declared, strict=True)],
        audience=audience,
        period=period,
        stored=looked_at(records, any(declared)),
    )


def _finding(piece: PieceOfWork, *, is_declared: bool) -> integrity.Finding:
    said = piece.model_dump(exclude={"assignment_id", "is_declared"})
    return integrity.Finding(**said, is_declared=piece.is_declared or is_declared)
