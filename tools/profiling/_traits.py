"""
The named skills of writing, and the names under which rubrics know them.

Six traits of a text, as rubrics have had them since Diederich, French and Carlton (1961, ETS RB-61-15) found five
factors in the judgements of 53 readers: ideas, form, flavour, mechanics, wording. Sentences were parted from wording by
the six-trait rubrics of the 1980s. NAEP (Writing Framework 2011) and ELLIPSE (Crossley and others, 2023) name the same
in other words. `reflection` is not a trait of a text: it is how well the writer reflects on it. Other names are kept
as given: a school's own skill is a skill.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scribetree.errors import InvalidInput

__all__ = ["MODEL", "REFLECTION", "TRAITS", "Trait", "skill_name", "title_of"]

MODEL = "six traits of writing (Diederich, French and Carlton, 1961; six-trait rubrics), and reflection"
REFLECTION = "reflection"
_MOST_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Trait:
    """One skill: what it means to a student, and other rubrics' names for it."""

    name: str
    title: str
    meaning: str
    aliases: tuple[str, ...] = ()


TRAITS: Mapping[str, Trait] = {
    trait.name: trait
    for trait in (
        Trait(
            "ideas",
            "Ideas and their support",
            "has something to say, and gives reasons, details and evidence for it",
            (
                "development",
                "development_of_ideas",
                "content",
                "claim",
                "claims",
                "thesis",
                "evidence",
                "reasoning",
                "argument",
                "argumentation",
                "avg_claim",
                "avg_evi",
            ),
        ),
        Trait(
            "organization",
            "Organisation",
            "has an order that the reader can follow, from the opening to the end",
            ("organisation", "form", "structure", "cohesion", "coherence", "organization_of_ideas", "avg_org"),
        ),
        Trait(
            "voice",
            "Voice",
            "sounds like this writer, and speaks to its reader",
            ("flavor", "flavour", "style", "tone", "audience"),
        ),
        Trait(
            "word_choice",
            "Choice of words",
            "finds words that are exact",
            ("wording", "vocabulary", "lexis", "diction", "precision", "avg_prec"),
        ),
        Trait(
            "sentence_fluency",
            "Sentences",
            "has sentences that are well built and read well aloud",
            ("syntax", "sentences", "sentence_structure", "fluency", "phraseology", "avg_flu"),
        ),
        Trait(
            "conventions",
            "Conventions",
            "keeps to grammar, spelling and punctuation",
            ("mechanics", "grammar", "spelling", "punctuation", "language_facility_and_conventions", "avg_conv"),
        ),
        Trait(
            REFLECTION,
            "Reflection",
            "says what was hard, why, and what follows from it",
            ("reflection_quality", "self_reflection", "metacognition"),
        ),
    )
}

_BY_ALIAS = {alias: trait.name for trait in TRAITS.values() for alias in trait.aliases}


def skill_name(given: str) -> str:
    """The one name of a skill, whatever a rubric calls it; a name of the school's own comes back in the same form."""
    name = re.sub(r"\W+", "_", given.casefold()).strip("_")[:_MOST_CHARACTERS]
    if not any(letter.isalpha() for letter in name):
        raise InvalidInput("A skill's name has no letter in it.", hint=f"Use one of: {', '.join(TRAITS)}.")
    return _BY_ALIAS.get(name, name)


def title_of(skill: str) -> str:
    """The skill as a person reads it."""
    trait = TRAITS.get(skill)
    return trait.title if trait else skill.replace("_", " ").capitalize()
