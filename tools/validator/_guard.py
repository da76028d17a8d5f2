"""
The guard between an assistant and a student: a reply that helps goes through, one that does the work comes back as
questions to ask instead, with the reason.

The questions are fixed wordings for the stage of the work. Nothing of the withheld reply is in them, so an answer can
not slip through in a question about it.
"""

from dataclasses import dataclass
from typing import Literal

from scribetree.tools.validator._context import Moment, WritingStage
from scribetree.tools.validator._reply import ReplyJudgement, reply

__all__ = ["Guarded", "guard_reply"]

_REVEALS = 0.5

_QUESTIONS: dict[WritingStage, tuple[str, ...]] = {
    "brainstorming": (
        "What do you know about this already, and what surprises you in it?",
        "Who would see it differently, and why?",
        "Which of your ideas would you like to find out more about?",
    ),
    "planning": (
        "What is the one thing a reader should believe at the end, and why?",
        "Which of your reasons is the strongest, and how do you know?",
        "What would you put first, and what made you choose that?",
    ),
    "drafting": (
        "What do you want this part to say, in your own words, as you would tell a friend?",
        "Which step have you tried so far, and where did you get stuck?",
        "How will you check by yourself whether it works?",
    ),
    "revising": (
        "Which sentence would a reader question first, and why?",
        "What happens to your argument if you leave this part out?",
        "What did you change last time, and how did you decide that it was better?",
    ),
    "editing": (
        "Which sentence sounds unlike you when you read it aloud, and why?",
        "Which rule are you unsure about here, and where could you look it up?",
        "How will you find the same slip in other places by yourself?",
    ),
}
_REASONS = {
    "offers_a_text_to_hand_in": "The reply offers a text to hand in.",
    "dictates_words": "The reply dictates words to put into the text.",
    "writes_a_passage": "The reply writes a passage in the student's place.",
    "says_the_answer": "The reply says the answer.",
    "works_the_sum_out": "The reply works the sum out.",
    "too_long_to_be_a_reply": "The reply is far longer than help needs to be.",
}


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the student gets: the reply itself, or questions; `reason` is for the student, `judgement` for the host."""

    action: Literal["pass", "replace"]
    text: str
    questions: tuple[str, ...]
    reason: str
    judgement: ReplyJudgement


def guard_reply(history: str, response: str, moment: Moment | None = None) -> Guarded:
    """The reply where it helps; else questions for the stage, the reason, and nothing of the reply."""
    judgement = reply(history, response)
    if judgement.reveals_answer <= _REVEALS:
        return Guarded("pass", response, (), "", judgement)
    questions = _QUESTIONS[(moment or Moment()).stage]
    found = next((_REASONS[rule] for rule in judgement.rules), "The reply gives away what you can find yourself.")
    reason = f"{found} So here are questions instead: the work stays yours."
    return Guarded("replace", "\n".join((reason, *questions)), questions, reason, judgement)
