"""
What a rubric score would rest on: a start and what each feature adds, which add up to the score exactly.

The weights are learnt within writers (what parts a writer's better-rated drafts from the others), so that the change
between two drafts of one text means more than the level of one. No grade is decided here. Weights: `score.json`,
ArgRewrite V.2; figures and limits: docs/cards/traits.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scribetree.tools.text import read, require_text
from scribetree.tools.writing._features import families_of
from scribetree.tools.writing._models import contributions, packaged

__all__ = ["Contribution", "ScoreExplanation", "explain_score"]

_MIN_WORDS = 150
_NINETY_PERCENT = 1.645
_LOWEST, _HIGHEST = 0.0, 50.0
_CAUTION = (
    "Not a grade. Between writers this score hardly agrees with raters; only the change between drafts of one text "
    "does, moderately. It knows one kind of text: an argument by an adult."
)

_PLAIN: Mapping[str, str] = {
    "log_words": "how long the text is",
    "paragraphs": "how many paragraphs there are",
    "words_per_paragraph": "the length of paragraphs",
    "closing_share": "how much of the text the last paragraph holds",
    "paragraph_overlap": "what neighbouring paragraphs share",
    "given_share": "content words that stood before",
    "words_per_sentence": "the length of sentences",
    "commas_per_sentence": "commas in a sentence",
    "subordinators_per_sentence": "words like because, although, that in a sentence",
    "letters_per_word": "the length of words",
    "letters_per_word_sd": "very long beside short words",
    "very_long_word_share": "words of ten or more letters",
    "three_syllables_share": "words of three or more syllables",
    "content_zipf": "how common the content words are",
    "rare_share": "rare words",
    "different_in_50": "how seldom words come back",
    "root_type_token": "how many different words there are",
    "nominalisations": "nouns made from verbs and adjectives",
    "vague": "words like thing, lot, really",
    "evidence": "words that point to evidence",
    "reasons": "words that give reasons",
    "contrast_views": "words that point to other views",
    "hedges": "words like may, perhaps, often",
    "adversative_connectives": "words like however, although",
    "causal_connectives": "words like therefore, because",
    "figures": "figures and numbers",
    "names": "names",
    "pair_gain": "how usual neighbouring words are",
    "unusual_pair_share": "unusual neighbouring words",
    "doubtful_spellings": "words that are not in the word list",
}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to the score, or to the change when an earlier draft is given."""

    feature: str
    plain: str
    value: float
    effect: float


@dataclass(frozen=True, slots=True)
class ScoreExplanation:
    """
    A rubric total (10 to 50) with its 90 % interval, and where it comes from: `start` + all effects = `score`.

    With an earlier draft, `change` is the difference of the two scores and the contributions add up to it. All is None
    where it abstains.
    """

    score: float | None
    low: float | None
    high: float | None
    start: float | None
    change: float | None
    contributions: tuple[Contribution, ...]
    adds_up_to: str
    abstained: bool
    reason: str
    caution: str


def explain_score(text: str, earlier: str | None = None) -> ScoreExplanation:
    """What the score of `text` rests on, or its change since `earlier`."""
    drafts = [text] if earlier is None else [text, earlier]
    for draft, argument in zip(drafts, ("text", "earlier"), strict=False):
        require_text(draft, argument)
    readings = [read(draft) for draft in drafts]
    if not all(reading.is_english for reading in readings):
        return _abstained("This does not read like English.")
    if min(len(reading.flat) for reading in readings) < _MIN_WORDS:
        return _abstained(f"Fewer than {_MIN_WORDS} words: too little to score.")
    figures = [
        {name: value for values in families_of(reading).values() for name, value in values.items()}
        for reading in readings
    ]
    return _explained(*figures)


def _abstained(reason: str) -> ScoreExplanation:
    return ScoreExplanation(
        None, None, None, None, None, (), "nothing", abstained=True, reason=reason, caution=_CAUTION
    )


def _explained(figures: Mapping[str, float], before: Mapping[str, float] | None = None) -> ScoreExplanation:
    model = packaged("score")
    start, half = round(model["start"], 3), _NINETY_PERCENT * model["residual"]
    effects = _rounded(model, figures)
    score = start + sum(effects.values())
    change = None
    if before is not None:
        earlier = _rounded(model, before)
        effects = {name: effect - earlier[name] for name, effect in effects.items()}
        change = round(sum(effects.values()), 3)
    ordered = sorted(effects.items(), key=lambda row: -abs(row[1]))
    return ScoreExplanation(
        score=round(score, 3),
        low=round(max(_LOWEST, score - half), 3),
        high=round(min(_HIGHEST, score + half), 3),
        start=start,
        change=change,
        contributions=tuple(Contribution(n, _PLAIN[n], round(figures[n], 3), round(e, 3)) for n, e in ordered),
        adds_up_to="score" if before is None else "change",
        abstained=False,
        reason="",
        caution=_CAUTION,
    )


def _rounded(model: Mapping[str, Mapping[str, float]], figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(effect, 3) for name, effect in contributions(model, figures).items()}
