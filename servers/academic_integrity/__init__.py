"""The academic-integrity server: evidence for a conversation, never a verdict."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from mcp.server import MCPServer
from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import Denied, InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import EDUCATORS, View
from scribetree.privacy.identity import pseudonym
from scribetree.servers.academic_integrity._course import CourseMatch, search
from scribetree.servers.kit import (
    MAX_TEXT_CHARACTERS,
    READS,
    WRITES_ONCE,
    AssignmentId,
    Caller,
    CourseId,
    Essay,
    Means,
    PurposeWords,
    Reflection,
    StudentId,
    Toolbox,
    Wiring,
    make_server,
)
from scribetree.tools import integrity

__all__ = ["create"]

tools = Toolbox()

Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Minutes = Annotated[float, Field(ge=0, le=100_000)]
Number = Annotated[int, Field(ge=0, le=1_000)]
LogText = Annotated[
    str, Field(max_length=200_000, description="The text that the writing log ends with, to see that it is this one.")
]
EarlierWriting = Annotated[
    list[Essay], Field(max_length=5, description="Earlier texts by the same student, on whatever topic.")
]
DeclaredUses = Annotated[list[integrity.AiUse], Field(max_length=9)]

_KIND = "ai_disclosure"
_READ_FIELDS = ("used_ai", "uses", "share", "assignment")
_MOST_READ = 100


@dataclass(frozen=True, slots=True)
class RecordedDisclosure:
    """A declaration that is stored, and its credit; `state` is known where the same had been stored before."""

    disclosure_id: str
    state: Literal["stored", "known"]
    credit: integrity.Credit


@tools.add(title="Record a declaration of AI help", hints=WRITES_ONCE, roles=frozenset({"student"}))
def record_ai_disclosure(
    student_id: StudentId,
    assignment_id: AssignmentId,
    used_ai: Annotated[bool, Field(description="Whether AI helped with this work in any way.")],
    caller: Caller,
    means: Means,
    uses: DeclaredUses = [],  # noqa: B006 - the schema's default
    share: Annotated[float, Field(ge=0, le=1, description="The part of the text that it helped with.")] | None = None,
    account: Annotated[
        str, Field(max_length=2_000, description="In the student's own words: how AI helped and what that changed.")
    ] = "",
    purpose: PurposeWords = "learning",
) -> RecordedDisclosure:
    """
    Store a student's own declaration of what AI was used for in an assignment, sealed, and credit it.

    Use it when a student says how a text came to be, before it is handed in or later. Declaring costs nothing,
    whatever is declared. Nobody else can declare for a student. The same declaration of the same assignment is stored
    once; a new one stands beside it, and the newest counts.
    """
    declared = integrity.Disclosure(used_ai, tuple(sorted(set(uses))), share, account.strip())
    said = {"used_ai": used_ai, "uses": declared.uses, "share": share, "account": declared.account}
    written = means.guard.write(
        caller,
        student_id,
        _KIND,
        {**said, "assignment": assignment_id},
        record_id=pseudonym(means.ring, json.dumps([_KIND, student_id, assignment_id, said])),
    )
    return RecordedDisclosure(written.record_id, "stored" if written.is_new else "known", integrity.credit(declared))


@tools.add(title="Look at AI assistance", hints=READS, roles=EDUCATORS)
def detect_ai_assistance_levels(
    content: Essay,
    caller: Caller,
    means: Means,
    student_id: StudentId | None = None,
    assignment_id: AssignmentId | None = None,
    declared_ai_use: Annotated[bool, Field(description="What the student declared, if anything.")] | None = None,
    declared_uses: DeclaredUses = [],  # noqa: B006 - the schema's default
    declared_share: Share | None = None,
    earlier_writing: EarlierWriting = [],  # noqa: B006 - the schema's default
    paste_share: Share | None = None,
    product_process_ratio: Share | None = None,
    minutes: Minutes | None = None,
    log_text: LogText | None = None,
    purpose: PurposeWords = "integrity",
) -> integrity.Assistance:
    """
    Tell how much AI help went into a text as far as declaration, writing process and earlier writing show it.

    Use it with a declaration or a log, to prepare a conversation. It is no detector: with the text alone it says at
    most minimal, whatever the wording; below a confidence of 0.7 it asks for a person. It gives evidence on both
    sides and questions to ask. With student and assignment named, the student's stored declaration counts before
    what the call says. The log's figures come from analyze_writing_process.
    """
    declared = (
        None if declared_ai_use is None else integrity.Disclosure(declared_ai_use, tuple(declared_uses), declared_share)
    )
    records = _stored(means, caller, student_id) if assignment_id else None
    own = records.get(assignment_id) if records and assignment_id else None
    return integrity.assistance(
        content,
        disclosure=own or declared,
        stored=_looked_at(records, own is not None),
        process=integrity.ProcessSummary(paste_share, product_process_ratio, minutes),
        consistency=integrity.same_author(earlier_writing, content) if earlier_writing else None,
        log_text=log_text,
    )


@tools.add(title="Analyse continuity of a submission", hints=READS, roles=EDUCATORS)
def analyze_academic_integrity(
    content: Essay,
    student_id: StudentId | None = None,
    assignment_id: AssignmentId | None = None,
    earlier_draft: Essay | None = None,
    reflection: Reflection | None = None,
    earlier_writing: EarlierWriting = [],  # noqa: B006 - the schema's default
    sources: Annotated[list[Essay], Field(max_length=5, description="Texts that this one may have drawn on.")] = [],  # noqa: B006 - the schema's default
    assignment_text: Annotated[str, Field(max_length=20_000, description="The assignment; its words do not count.")]
    | None = None,
    paste_share: Share | None = None,
    product_process_ratio: Share | None = None,
    minutes: Minutes | None = None,
    log_text: LogText | None = None,
    purpose: PurposeWords = "integrity",
) -> integrity.IntegrityAnalysis:
    """
    Show what drafts, a writing log, a reflection, earlier writing and sources say about the continuity of a submission.

    Use it to prepare a conversation with a student. Every observation has an innocent explanation beside it; with
    the text alone the tool abstains, because a text does not show who wrote it. It is no AI detector and no proof of
    anything. The log's figures come from analyze_writing_process of the writing-analysis server.
    """
    return integrity.analyse(
        content,
        earlier_draft=earlier_draft,
        reflection=reflection,
        process=integrity.ProcessSummary(paste_share, product_process_ratio, minutes),
        log_text=log_text,
        earlier_writing=earlier_writing,
        sources=sources,
        assignment=assignment_text,
    )


@dataclass(frozen=True, slots=True)
class CourseTextKept:
    """The fingerprints of a text are kept; `state` is known where the same text of the student's was there before."""

    state: Literal["stored", "known"]
    fingerprints: int


@tools.add(title="Add a text to a course's index", hints=WRITES_ONCE, roles=EDUCATORS)
def add_course_text(
    student_id: StudentId,
    course_id: CourseId,
    content: Essay,
    caller: Caller,
    means: Means,
    assignment_id: AssignmentId | None = None,
    purpose: PurposeWords = "integrity",
) -> CourseTextKept:
    """
    Keep the fingerprints of a student's text, so that compare_texts finds what later texts of the course share with it.

    Use it when a text is handed in, for a student who lets teachers see their work. The text itself is not kept, and
    from the fingerprints it cannot be read; they are sealed, leave with the student's other records and are erased
    with them. Do not use it for published sources: hand those to compare_texts.
    """
    found = sorted(integrity.fingerprints(content, means.guard.course_key(course_id)))
    written = means.guard.write(
        caller,
        student_id,
        "course_text",
        {"fingerprints": found, "assignment": assignment_id},
        record_id=pseudonym(means.ring, json.dumps(["course_text", student_id, course_id, found])),
        course=course_id,
    )
    return CourseTextKept("stored" if written.is_new else "known", len(found))


@dataclass(frozen=True, slots=True)
class TextComparison:
    """
    What a text shares with another (null where only a course was searched), and with the texts of its course.

    `score` is the larger of the two shares.
    """

    score: float
    kind: Literal["copied", "light", "heavy", "independent"] | None
    passages: tuple[integrity.Passage, ...]
    shared_words: int
    probabilities: dict[str, float]
    note: str
    course_matches: tuple[CourseMatch, ...]


_ONLY_FINGERPRINTS = (
    "Of a course's texts only fingerprints are kept, so that no passages can be shown. A shared source, a common task "
    "or work done together are as likely reasons as any: ask before you conclude."
)


@tools.add(title="Compare two texts", hints=READS, roles=EDUCATORS)
def compare_texts(
    a: Essay,
    caller: Caller,
    means: Means,
    b: Annotated[str, Field(min_length=1, max_length=MAX_TEXT_CHARACTERS, description="The other text.")] | None = None,
    assignment_text: Annotated[str, Field(max_length=20_000, description="The assignment; its words do not count.")]
    | None = None,
    course_id: CourseId | None = None,
    student_id: StudentId | None = None,
    purpose: PurposeWords = "integrity",
) -> TextComparison:
    """
    Find the passages that two texts share, word for word or reworded, and how much of the shorter one they are.

    Use it to see what a text took over from a source or another text; with `course_id`, to see which texts of the
    course (kept by add_course_text) share wording with `a`, those of `student_id` left out. Quotations, common phrases
    and the assignment's own words are shown and not counted. For two drafts of one text use compare_drafts of the
    writing-analysis server. Offsets point into `a` and `b`.
    """
    if b is None and course_id is None:
        raise InvalidInput("There is nothing to compare with.", hint="Give `b`, or `course_id`, or both.")
    matches = search(means, caller, course_id, a, assignment=assignment_text, student=student_id) if course_id else ()
    best = max((match.share for match in matches), default=0.0)
    if b is None:
        return TextComparison(best, None, (), 0, {}, _ONLY_FINGERPRINTS, matches)
    found = integrity.compare(a, b, assignment=assignment_text)
    note = f"{found.note} {_ONLY_FINGERPRINTS}".strip() if matches else found.note
    return TextComparison(
        max(found.score, best), found.kind, found.passages, found.shared_words, found.probabilities, note, matches
    )


@tools.add(title="Check citations", hints=READS)
def check_citations(
    content: Essay, student_id: StudentId | None = None, purpose: PurposeWords = "feedback"
) -> integrity.CitationCheck:
    """
    Read the reference list and the citations of a text, match them, and check years, DOI form and ISBN check digits.

    Use it before a text is handed in, with the student. It looks nothing up: whether a source exists or says what is
    claimed is for a reader to find out. Author-year, author-page and numbered citations are read.
    """
    return integrity.check_citations(content)


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
    records = _stored(means, caller, student_id) if report_type == "individual" and names_work else None
    declared = [(each.assignment_id or assignment_id) in (records or {}) for each in findings]
    return integrity.report(
        report_type,
        [_finding(each, is_declared=is_declared) for each, is_declared in zip(findings, declared, strict=True)],
        audience=audience,
        period=period,
        stored=_looked_at(records, any(declared)),
    )


def _finding(piece: PieceOfWork, *, is_declared: bool) -> integrity.Finding:
    said = piece.model_dump(exclude={"assignment_id", "is_declared"})
    return integrity.Finding(**said, is_declared=piece.is_declared or is_declared)


def _stored(
    means: Wiring, caller: PrivacyContext, student_id: str | None
) -> Mapping[str | None, integrity.Disclosure] | None:
    """The student's newest declaration of each assignment, among the last hundred; None if the caller may not look."""
    if student_id is None:
        return None
    try:
        views = means.guard.read(caller, student_id, _KIND, _READ_FIELDS, limit=_MOST_READ)
    except Denied:
        return None
    return {view.values["assignment"]: _declared(view) for view in reversed(views)}


def _declared(view: View) -> integrity.Disclosure:
    says = view.values
    return integrity.Disclosure(says["used_ai"], tuple(says["uses"]), says.get("share"))


def _looked_at(
    records: Mapping[str | None, integrity.Disclosure] | None, is_found: bool
) -> integrity.StoredDisclosures:
    if records is None:
        return "not_looked_at"
    return "counted" if is_found else "none"


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "academic-integrity",
        title="Academic integrity",
        instructions="Evidence for a conversation between teacher and student. Never a verdict, never an AI detector.",
        tools=tools,
        wiring=wiring,
    )
