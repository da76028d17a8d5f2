"""Why an AI action is taken, in words for the student: purpose, approach, what it leads to, and who made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.validator._bloom import assess_blooms
from scribetree.tools.validator._context import EmotionalState, Moment, WritingStage, without_instructions

__all__ = ["ActionType", "Rationale", "educational_rationale"]

ActionType = Literal["question_generation", "feedback", "scaffolding", "intervention", "assessment"]

_APPROACHES: dict[ActionType, tuple[str, str]] = {
    "question_generation": (
        "Socratic questioning",
        "Questions let you find what you think, and show where you are not sure yet.",
    ),
    "feedback": ("Formative feedback", "It says where the text stands now and what to look at next; it is no grade."),
    "scaffolding": (
        "Work in the zone of proximal development",
        "It supports one step that is just beyond what works alone, and is taken away again.",
    ),
    "intervention": ("Just-in-time support", "It comes when the work has stopped, and ends when it goes on."),
    "assessment": ("Assessment for learning", "It finds out what to practise next, not what you are worth."),
}
_STAGES: dict[WritingStage, str] = {
    "brainstorming": "While you gather ideas, it opens directions and judges none.",
    "planning": "While you plan, it asks about order and reasons.",
    "drafting": "While you draft, it asks about what you mean, and leaves the wording to you.",
    "revising": "While you revise, it asks how a reader would take it.",
    "editing": "While you edit, it points to places and lets you mend them.",
}
_STATES: dict[EmotionalState, str] = {
    "confident": "You seem sure of yourself: it asks for a little more.",
    "neutral": "",
    "frustrated": "It has been hard: it asks for one small step.",
    "anxious": "There is no wrong answer here: it starts with what you know.",
}
_OUTCOMES: dict[ActionType, str] = {
    "question_generation": "You can say in one sentence what you decided, and why.",
    "feedback": "You can name one change you will make, and one you will not.",
    "scaffolding": "You can do the same step again without help.",
    "intervention": "You know the next small step.",
    "assessment": "You know what to practise next.",
}
TRANSPARENCY = (
    "This was made by a program, an AI, from the text and the settings of this task. It can be wrong, it does not know "
    "what you meant, and it writes nothing for you: the decisions and the words stay yours."
)


@dataclass(frozen=True, slots=True)
class Rationale:
    """One action's reasons; every sentence of it may be shown to the student."""

    action: ActionType
    purpose: str
    learning_objectives: tuple[str, ...]
    pedagogical_approach: str
    expected_outcomes: tuple[str, ...]
    transparency_statement: str


def educational_rationale(
    action: ActionType, moment: Moment, *, content: Sequence[str] = (), goals: Sequence[str] = ()
) -> Rationale:
    """The reasons for the action at this moment; the levels of thinking are read from `content`."""
    approach, why = _APPROACHES[action]
    additions = [why, _STAGES[moment.stage], _STATES[moment.emotion] if moment.emotion else ""]
    named = tuple(goal for goal in (without_instructions(goal) for goal in goals) if goal)
    return Rationale(
        action=action,
        purpose=" ".join(part for part in additions if part),
        learning_objectives=named or _objectives(content),
        pedagogical_approach=approach,
        expected_outcomes=(_OUTCOMES[action], "Next time you need a little less of this help."),
        transparency_statement=TRANSPARENCY,
    )


def _objectives(content: Sequence[str]) -> tuple[str, ...]:
    levels: set[str] = {each.name for each in assess_blooms(content).questions if each.name} if content else set()
    order = ("remember", "understand", "apply", "analyze", "evaluate", "create")
    found = tuple(f"To {name} what the text is about." for name in order if name in levels)
    return found or ("To decide on the next step of the text yourself.",)
