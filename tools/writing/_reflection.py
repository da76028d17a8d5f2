"""
How deep and how specific a reflection on a piece of writing is, with the places it rests on.

The steps: the distinct sentences; the signs in them, from wording and from the trained sentence model; the depth, by
signs that stand together; the specificity, tied to the draft; the authenticity; and the access level by the one table
of `scribetree.tools.access`. It abstains, and asks, where there is too little, no English, or no reflection.

There is no public English corpus with this depth labelled; what was measured stands in docs/cards/reflection.md.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scribetree.tools.access import LEVELS, AccessLevel, Row, earned, missing, row, trusted_depth
from scribetree.tools.text import require_text
from scribetree.tools.writing._reflection_authenticity import authenticity
from scribetree.tools.writing._reflection_depth import depth, level_likelihoods
from scribetree.tools.writing._reflection_places import Place, places
from scribetree.tools.writing._reflection_scope import why_not
from scribetree.tools.writing._reflection_sentences import distinct_sentences
from scribetree.tools.writing._reflection_signs import Element, Sign, elements, likelihoods
from scribetree.tools.writing._reflection_specificity import specificity

__all__ = ["ReflectionQuality", "reflection"]

_CAUTION = "Depth follows rules that no public corpus confirms for whole reflections: look at the places yourself."
_POINTING = 2.5
_WEIGHTS = {
    "depth": 0.25,
    "self_awareness": 0.20,
    "critical_thinking": 0.25,
    "growth_mindset": 0.15,
    "specificity": 0.15,
}
_USUAL_SENTENCES = 12
_QUESTIONS: Mapping[str, str] = {
    "description": "What did you do in this draft, and in which order?",
    "difficulty": "Which place in your draft was hardest to get right?",
    "evaluation": "Which change do you think worked best, and how can you tell?",
    "specificity": "Which sentence do you mean? Point to it.",
    "places": "Which words of your draft are you talking about? Quote them.",
    "reason": "Why did you make that change?",
    "learning": "What do you see now that you did not see in the first draft?",
    "perspective": "How would a reader who disagrees with you read that paragraph?",
    "intention": "What will you try in your next text, and where will you check whether it worked?",
    "authenticity": "How would you say it in your own words, about this draft?",
}


@dataclass(frozen=True, slots=True)
class ReflectionQuality:
    """
    How good a reflection is, and why.

    `overall` and `authenticity` are 0 to 100, `dimensions` 0 to 1, `depth` 0 to 4 or None when it abstains,
    `depth_likelihoods` those of reaching levels 1 to 4, `specificity` 1.0 to 4.0. `feedback` and `next_level` ask
    or name a condition; they never offer words to hand in.
    """

    overall: int
    dimensions: dict[str, float]
    elements: tuple[Element, ...]
    depth: int | None
    depth_likelihoods: tuple[float, ...]
    specificity: float
    places: tuple[Place, ...]
    """The sentences of the draft that it points to; none where no draft was given."""
    authenticity: int
    authenticity_reasons: tuple[str, ...]
    access_level: AccessLevel
    feedback: tuple[str, ...]
    next_level: tuple[str, ...]
    """What would raise the access level by one."""
    abstained: bool
    reason: str
    caution: str
    """How far depth and access level may be trusted; see docs/cards/reflection.md."""


def reflection(text: str, draft: str | None = None, prompt: str | None = None) -> ReflectionQuality:
    """
    The quality of `text` as a reflection on `draft`.

    `prompt` is what the student was asked; repeating it earns nothing. An empty text raises InvalidInput.
    """
    require_text(text, "reflection")
    found, total = distinct_sentences(text, draft, prompt)
    reason = why_not(found)
    shown = elements(found)
    signs = likelihoods(shown)
    pointed = places(text, found, draft, prompt)
    levels = level_likelihoods(signs, shown, found, points=bool(pointed) or not draft)
    specific = specificity(found, draft)
    trust = authenticity(text, found, total, draft, prompt)
    dimensions = _dimensions(shown, levels, specific, len(found))
    overall = _overall(dimensions, trust.score)
    reached = None if reason else trusted_depth(depth(levels), trust.score)
    evidence = _Evidence(overall, reached, trust.score, len(pointed), has_draft=bool(draft))
    level = evidence.level
    return ReflectionQuality(
        overall=overall,
        dimensions=dimensions,
        elements=shown,
        depth=reached,
        depth_likelihoods=levels,
        specificity=specific,
        places=pointed,
        authenticity=trust.score,
        authenticity_reasons=trust.reasons,
        access_level=level,
        feedback=_feedback(signs, specific, evidence),
        next_level=(reason,) if reason else _next_level(evidence),
        abstained=bool(reason),
        reason=reason,
        caution=_CAUTION,
    )


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the access table asks about one reflection."""

    quality: int
    depth: int | None
    authenticity: int
    places: int
    has_draft: bool

    @property
    def level(self) -> AccessLevel:
        return earned(quality=self.quality, depth=self.depth, authenticity=self.authenticity, places=self.places)

    def lacks(self, level: AccessLevel) -> tuple[str, ...]:
        return missing(level, self.quality, self.depth, self.authenticity, self.places)


def _dimensions(shown: Sequence[Element], levels: Sequence[float], specific: float, sentences: int) -> dict[str, float]:
    counts = Counter(element.sign for element in shown)
    scale = max(1.0, sentences / _USUAL_SENTENCES)

    def share(*signs: Sign) -> float:
        """How well the two best covered of these signs are."""
        return round(sum(sorted(_covered(counts[sign] / scale) for sign in signs)[-2:]) / 2, 3)

    return {
        "depth": round(sum(levels) / len(levels), 3),
        "self_awareness": share("feeling", "difficulty", "learning"),
        "critical_thinking": share("evaluation", "reason", "perspective"),
        "growth_mindset": share("difficulty", "learning", "intention"),
        "specificity": round((specific - 1) / 3, 3),
    }


def _covered(times: float) -> float:
    """By two sentences at best, the second adding less; long texts need more, so that length buys nothing."""
    return min(1.0, 0.8 * times, 0.6 + 0.2 * times)


def _overall(dimensions: Mapping[str, float], authentic: int) -> int:
    weighted = sum(weight * dimensions[name] for name, weight in _WEIGHTS.items())
    return round(100 * weighted * min(1.0, authentic / 80))


def _feedback(signs: Mapping[Sign, float], specific: float, evidence: _Evidence) -> tuple[str, ...]:
    """At most three questions, in the order in which a reflection deepens."""
    wanted: dict[str, bool] = {
        **{str(sign): likelihood < 0.5 for sign, likelihood in signs.items()},
        "specificity": specific < _POINTING,
        "places": evidence.has_draft and not evidence.places,
        "authenticity": evidence.authenticity < row("standard").authenticity,
    }
    return tuple(question for name, question in _QUESTIONS.items() if wanted.get(name))[:3]


def _next_level(evidence: _Evidence) -> tuple[str, ...]:
    """What the next level asks for and this reflection does not reach."""
    if evidence.level == LEVELS[-1]:
        return ("Keep it up.",)
    above = row(LEVELS[LEVELS.index(evidence.level) + 1])
    says = {
        "quality": f"For {above.level}: a quality of {above.quality} (now {evidence.quality}).",
        "depth": f"For {above.level}: depth {above.depth} (now {evidence.depth}): {_DEPTH_ASKS[above.depth]}.",
        "authenticity": f"For {above.level}: authenticity of {above.authenticity} (now {evidence.authenticity}): your "
        "own words, about this draft.",
        "places": _asks_for_places(above, evidence),
    }
    return tuple(says[name] for name in evidence.lacks(above.level))


def _asks_for_places(above: Row, evidence: _Evidence) -> str:
    if not evidence.has_draft:
        return f"For {above.level}: give the draft too; without it nothing beyond {evidence.level} is unlocked."
    many = "one sentence" if above.places == 1 else f"{above.places} sentences"
    return f"For {above.level}: point to {many} of the draft by its own words (now {evidence.places}): quote them."


_DEPTH_ASKS = (
    "",
    "something that you did or felt",
    "a difficulty or a judgement, tied to a place in the draft",
    "a reason for a change, something you understood, and the words of the draft that you speak of",
    "how another reader sees it, and what you will try and check next",
)
