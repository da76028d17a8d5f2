"""What a text shares with others: a source, the texts of its course, and the works that it cites."""

import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from scribetree.errors import InvalidInput
from scribetree.privacy.guard import EDUCATORS
from scribetree.privacy.identity import pseudonym
from scribetree.servers.academic_integrity._arguments import AssignmentText
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
    StudentId,
    Toolbox,
)
from scribetree.tools import integrity

__all__ = ["add_course_text", "tools"]

tools = Toolbox()


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
    assignment_text: AssignmentText | None = None,
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
