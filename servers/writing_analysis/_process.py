"""How a text came to be: its drafts and its log."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scribetree.servers.kit import MAX_TEXT_CHARACTERS, READS, Essay, PurposeWords, StudentId, Toolbox
from scribetree.tools import writing

__all__ = ["tools"]

tools = Toolbox()

_MAX_EVENTS = 200_000


class WritingEvent(BaseModel):
    """One event of a writing log."""

    model_config = ConfigDict(extra="forbid")

    t: Annotated[float, Field(ge=0, description="Milliseconds since the log began.")]
    op: Annotated[str, Field(description="insert, delete, paste or cursor.")]
    pos: Annotated[int, Field(ge=0, description="Offset in the text, in characters.")]
    text: Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS, description="What was inserted or removed.")] = ""
    session: Annotated[int, Field(ge=0, le=10_000, description="Which session; each has its own clock.")] = 0


@tools.add(title="Compare two drafts", hints=READS)
def compare_drafts(
    earlier: Essay,
    later: Essay,
    student_id: StudentId | None = None,
    purpose: PurposeWords = "feedback",
) -> writing.DraftComparison:
    """
    Show what changed between two drafts of one text, and which changes are about content and which about the surface.

    Use it to talk with a student about revision. To see whether two texts by different people share passages use
    compare_texts of the academic-integrity server. Offsets point into the two drafts.
    """
    return writing.compare_drafts(earlier, later)


@tools.add(title="Analyse the writing process", hints=READS)
def analyze_writing_process(
    events: Annotated[
        list[WritingEvent],
        Field(min_length=1, max_length=_MAX_EVENTS, description="The log, in order of time."),
    ],
    student_id: StudentId | None = None,
    purpose: PurposeWords = "feedback",
) -> writing.ProcessProfile:
    """
    Describe how a text was written from its log: bursts, pauses, revisions, pasted parts, minutes.

    Use it when there is a keystroke or edit log. It describes and never accuses: pasting has many honest reasons.
    Without a log, use compare_drafts.
    """
    return writing.process([event.model_dump() for event in events])
