"""The academic-integrity server: evidence for a conversation, never a verdict."""

from typing import Annotated

from mcp.server import MCPServer
from pydantic import Field

from scribetree.privacy.guard import EDUCATORS
from scribetree.servers.kit import (
    READS,
    AssignmentId,
    Essay,
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


@tools.add(title="Analyse continuity of a submission", hints=READS, roles=EDUCATORS)
def analyze_academic_integrity(
    content: Essay,
    student_id: StudentId | None = None,
    assignment_id: AssignmentId | None = None,
    earlier_draft: Essay | None = None,
    reflection: Reflection | None = None,
    paste_share: Share | None = None,
    product_process_ratio: Share | None = None,
    minutes: Annotated[float, Field(ge=0, le=100_000)] | None = None,
    purpose: PurposeWords = "integrity",
) -> integrity.IntegrityAnalysis:
    """
    Show what an earlier draft, a writing log and a reflection say about the continuity of a submission.

    Use it to prepare a conversation with a student. Every observation has an innocent explanation beside it; with
    the text alone the tool abstains, because a text does not show who wrote it. It is no AI detector and no proof of
    anything. The log's figures come from analyze_writing_process of the writing-analysis server.
    """
    return integrity.analyse(
        content,
        earlier_draft=earlier_draft,
        reflection=reflection,
        process=integrity.ProcessSummary(paste_share, product_process_ratio, minutes),
    )


@tools.add(title="Compare two texts", hints=READS, roles=EDUCATORS)
def compare_texts(a: Essay, b: Essay, purpose: PurposeWords = "integrity") -> integrity.Comparison:
    """
    Find the passages that two texts share, word for word, and how large a share of the shorter one they are.

    Use it to see what a text took over from a source or another text. Shared passages may be quotations: look at
    them. For two drafts of one text use compare_drafts of the writing-analysis server. Offsets point into `a` and `b`.
    """
    return integrity.compare(a, b)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "academic-integrity",
        title="Academic integrity",
        instructions="Evidence for a conversation between teacher and student. Never a verdict, never an AI detector.",
        tools=tools,
        wiring=wiring,
    )
