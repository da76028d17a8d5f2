"""What a student says about the writing, and how deep it goes."""

from typing import Annotated

from pydantic import Field

from scribetree.servers.kit import READS, Essay, PurposeWords, Reflection, StudentId, Toolbox
from scribetree.tools import writing

__all__ = ["tools"]

tools = Toolbox()


@tools.add(title="Evaluate reflection quality", hints=READS)
def evaluate_reflection_quality(
    reflection: Reflection,
    draft: Essay | None = None,
    prompt: Annotated[str, Field(max_length=20_000, description="What the student was asked to reflect on.")]
    | None = None,
    student_id: StudentId | None = None,
    purpose: PurposeWords = "assessment",
) -> writing.ReflectionQuality:
    """
    Judge how deep and how specific a student's reflection on a piece of writing is, and what AI help it unlocks.

    Use it on what a student says about a text, with the draft when there is one: a reflection is specific when it
    ties to the draft, and words taken over from draft or prompt earn nothing. The answer names the six reflective
    elements with offsets and probabilities, asks questions that would deepen them, and says what would raise the
    access level by one. It abstains on fewer than 40 words, on other languages than English and on essays: for an
    essay use analyze_writing_patterns. It is no grade, and a low authenticity accuses nobody.
    """
    return writing.reflection(reflection, draft=draft, prompt=prompt)
