"""What a text, its drafts, a log, a reflection and a declaration show of how it came to be."""

from typing import Annotated

from pydantic import Field

from scribetree.privacy.guard import EDUCATORS
from scribetree.servers.academic_integrity._arguments import (
    AssignmentText,
    DeclaredUses,
    EarlierWriting,
    LogText,
    Minutes,
    Share,
)
from scribetree.servers.academic_integrity._disclosures import looked_at, stored_disclosures
from scribetree.servers.kit import (
    READS,
    AssignmentId,
    Caller,
    Essay,
    Means,
    PurposeWords,
    Reflection,
    StudentId,
    Toolbox,
)
from scribetree.tools import integrity

__all__ = ["tools"]

tools = Toolbox()


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
    records = stored_disclosures(means, caller, student_id) if assignment_id else None
    own = records.get(assignment_id) if records and assignment_id else None
    return integrity.assistance(
        content,
        disclosure=own or declared,
        stored=looked_at(records, own is not None),
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
    assignment_text: AssignmentText | None = None,
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
