"""What is known of the moment in which AI help is given: the stage, the student, and the response to be judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.validator._instructions import addressed_to_student, plain

__all__ = [
    "AcademicLevel",
    "AiResponse",
    "CognitiveLoad",
    "EmotionalState",
    "Moment",
    "Strength",
    "Trend",
    "WritingStage",
    "without_instructions",
]

WritingStage = Literal["brainstorming", "planning", "drafting", "revising", "editing"]
AcademicLevel = Literal["elementary", "middle", "high", "undergraduate", "graduate"]
CognitiveLoad = Literal["low", "optimal", "high", "overload"]
EmotionalState = Literal["confident", "neutral", "frustrated", "anxious"]
Trend = Literal["increasing", "stable", "decreasing"]
Strength = Literal[
    "evidence_analysis", "perspective_taking", "logical_reasoning", "creative_thinking", "organizational_skills"
]

_MAX_QUESTIONS = 50
_MAX_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the student is; what is unknown is left out and counts nothing."""

    stage: WritingStage = "drafting"
    level: AcademicLevel = "undergraduate"
    load: CognitiveLoad = "optimal"
    emotion: EmotionalState | None = None
    trend: Trend | None = None
    requests_an_hour: float | None = None
    minutes_struggling: float | None = None
    reflection_depth: float | None = None
    strengths: tuple[Strength, ...] = ()

    def __post_init__(self) -> None:
        ranges = (
            ("requests_an_hour", self.requests_an_hour, 1000),
            ("minutes_struggling", self.minutes_struggling, 10_000),
            ("reflection_depth", self.reflection_depth, 100),
        )
        for name, value, top in ranges:
            if value is not None and not 0 <= value <= top:
                raise InvalidInput(f"`{name}` must be between 0 and {top}.", hint="See the tool's input schema.")


@dataclass(frozen=True, slots=True)
class AiResponse:
    """What an assistant means to send, without anything in it that addresses a judge."""

    questions: tuple[str, ...]
    rationale: str = ""
    attribution: str = ""
    limitations: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, questions: Sequence[str], *, rationale: str = "", attribution: str = "", limitations: Sequence[str] = ()
    ) -> "AiResponse":
        """The response as it is read: every part as plain text, its instructions left out."""
        if len(questions) > _MAX_QUESTIONS:
            raise InvalidInput(f"`questions` must hold at most {_MAX_QUESTIONS} questions.", hint="Send fewer.")
        if max((len(part) for part in (*questions, rationale, attribution, *limitations)), default=0) > _MAX_CHARACTERS:
            raise InvalidInput("One part of the response is too long.", hint=f"At most {_MAX_CHARACTERS} characters.")
        cleaned = [without_instructions(each) for each in questions]
        return cls(
            questions=tuple(each for each in cleaned if each),
            rationale=without_instructions(rationale),
            attribution=without_instructions(attribution),
            limitations=tuple(each for each in map(without_instructions, limitations) if each),
        )


def without_instructions(text: str) -> str:
    """The text without the sentences that address a machine or a judge."""
    kept, _ = addressed_to_student(plain(text))
    return " ".join(kept)
