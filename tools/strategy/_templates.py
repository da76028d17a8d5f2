"""Guided conversations: what to settle, section by section, and the questions that settle it."""

from dataclasses import dataclass

from scribetree.errors import UnknownName

__all__ = ["Section", "Template", "TemplateSummary", "list_templates", "template"]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a conversation: what it is for, the questions to ask, what should be written down."""

    title: str
    purpose: str
    questions: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A whole guided conversation, with the minutes it usually takes."""

    template_id: str
    title: str
    conversation_type: str
    description: str
    minutes: int
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """A template without its sections."""

    template_id: str
    title: str
    conversation_type: str
    description: str
    sections: int


_TEMPLATES = {
    each.template_id: each
    for each in (
        Template(
            "technical-milestone-review",
            "From a technical milestone to strategy",
            "technical-milestone-review",
            "Something was built. Find out what it makes possible, and what to do differently because of it.",
            60,
            (
                Section(
                    "What changed",
                    "Agree on what can be done now that could not be done before.",
                    (
                        "What can a user do today that they could not do a month ago?",
                        "Which figure shows it, and who measured it?",
                        "What turned out harder than planned, and what does that say about the next estimate?",
                    ),
                    ("one sentence on the new ability", "the figure before and after"),
                ),
                Section(
                    "What it is worth",
                    "Tie the new ability to goals that were set before.",
                    (
                        "Which goal moves because of it, and by how much?",
                        "Whose work becomes easier, and have they said so?",
                        "What would we lose if we removed it again?",
                    ),
                    ("goals touched, with expected movement", "one person to ask"),
                ),
                Section(
                    "What follows",
                    "Choose the next step, and say when to look again.",
                    (
                        "What is the smallest step that would show the worth to somebody new?",
                        "Which plan does the milestone make pointless?",
                        "What would make us stop?",
                    ),
                    ("a decision with its owner", "a date or a signal for the next review"),
                ),
            ),
        ),
        Template(
            "market-opportunity",
            "Market opportunity",
            "market-analysis",
            "Decide whether a need is real, large and ours to meet.",
            90,
            (
                Section(
                    "The need",
                    "Describe the need in the words of those who have it.",
                    ("Who has this need, and when did they last feel it?", "What do they do about it today?"),
                    ("three observed situations",),
                ),
                Section(
                    "The size",
                    "Estimate from the bottom, and say how sure the estimate is.",
                    ("How many have the need in a year?", "What do they spend on it now, in money or hours?"),
                    ("low, middle and high estimate with their sources",),
                ),
                Section(
                    "The alternatives",
                    "See what people would leave to come to us.",
                    ("What is good about what they use?", "What would make them stay with it?"),
                    ("a list of alternatives with one strength each",),
                ),
                Section(
                    "Our right to it",
                    "Say why we and not others.",
                    ("What can we do here that others cannot copy in a year?", "What would we have to learn first?"),
                    ("one advantage with its evidence", "one gap"),
                ),
                Section(
                    "The test",
                    "Find the cheapest way to be proved wrong.",
                    ("Which assumption, if false, ends the idea?", "What result in four weeks would convince us?"),
                    ("an experiment with a threshold set in advance",),
                ),
            ),
        ),
        Template(
            "product-market-fit",
            "Product-market fit",
            "business-goal-assessment",
            "Find out whether those who use the product would miss it.",
            75,
            (
                Section(
                    "Who stays",
                    "Look at those who come back.",
                    ("Which users returned in each of the last four weeks?", "What do they have in common?"),
                    ("retention of the latest cohorts",),
                ),
                Section(
                    "Why they stay",
                    "Hear it from them.",
                    ("What would they do tomorrow without the product?", "What do they tell a colleague it is for?"),
                    ("five quotations, with permission",),
                ),
                Section(
                    "Who leaves",
                    "Learn from the others without blaming them.",
                    ("At which step do they leave?", "What had they hoped for?"),
                    ("the step with the largest loss",),
                ),
                Section(
                    "What to drop",
                    "Make room.",
                    ("Which feature do the users who stay never touch?", "What does it cost to keep it?"),
                    ("one thing to remove",),
                ),
                Section(
                    "What to deepen",
                    "Choose one thing.",
                    ("What would make a good user an excellent one?", "How would we see it within a month?"),
                    ("one goal with its measure",),
                ),
            ),
        ),
        Template(
            "competitive-response",
            "Competitive response",
            "competitive-strategy",
            "Somebody moved. Decide calmly whether and how to answer.",
            60,
            (
                Section(
                    "What happened",
                    "Separate what is known from what is feared.",
                    ("What exactly was announced or shipped, and where can it be seen?", "What is only rumour?"),
                    ("facts with sources",),
                ),
                Section(
                    "Whom it touches",
                    "Find those for whom it matters.",
                    ("Which of our users would prefer it, and why?", "Has anybody asked about it?"),
                    ("the group affected, and its size",),
                ),
                Section(
                    "What it tells us",
                    "Read their move as information.",
                    ("What do they believe that we do not?", "What will they be unable to do because of it?"),
                    ("one belief to test",),
                ),
                Section(
                    "Our options",
                    "Include doing nothing.",
                    ("What happens if we do nothing for six months?", "Which answer would we choose without them?"),
                    ("three options with cost and effect",),
                ),
                Section(
                    "The choice",
                    "Decide, and say what would change the decision.",
                    ("Which option, by whom, until when?", "Which signal would make us reconsider?"),
                    ("a decision with its owner", "a trigger for review"),
                ),
            ),
        ),
    )
}


def list_templates() -> tuple[TemplateSummary, ...]:
    """All templates, without their sections."""
    return tuple(
        TemplateSummary(each.template_id, each.title, each.conversation_type, each.description, len(each.sections))
        for each in _TEMPLATES.values()
    )


def template(template_id: str) -> Template:
    """The template of that id; an unknown one is answered with the nearest."""
    if template_id not in _TEMPLATES:
        raise UnknownName.of("template", template_id, _TEMPLATES)
    return _TEMPLATES[template_id]
