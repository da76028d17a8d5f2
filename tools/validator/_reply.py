"""
Whether a tutor's reply gives help or does the work, judged in its dialogue.

Rules and a small trained model stand side by side and both are reported. Every stretch of up to three sentences is
judged besides the whole, so that an answer is not hidden by talk around it. Instructions inside the dialogue or the
reply are text and nothing more: those that address a judge are set aside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scribetree.tools.text import require_text
from scribetree.tools.validator._dialogue import Dialogue, Reply, content, numbers, results, tokens
from scribetree.tools.validator._reply_features import reply_features
from scribetree.tools.validator._reply_model import probabilities

__all__ = ["ReplyJudgement", "reply"]

Voice = Literal["tutor", "student", "unclear"]

_WINDOW = 3
_MAX_WINDOWS = 40
_MAX_RESPONSE = 20_000
_REVEALS = 0.5
_RULE_CERTAINTY = 0.9
"""What a rule that fires raises the probability to: people agreed with the rules in most of their cases, not in all."""
_LONG_PASSAGE = 35
_SHORT_PASSAGE = 8
_QUOTED_WORDS = 14

_OFFERS_TEXT = re.compile(
    r"\b(?:here(?:'s| is| are)|below is|i(?:'ve| have) (?:written|rewritten|drafted|revised|composed|prepared)"
    r"|(?:copy|paste|submit|hand in|use|insert) (?:this|the following|it as|these)|feel free to (?:copy|use|submit)"
    r"|i(?:'ll| will) (?:write|rewrite|draft|compose) (?:it|this|that|the|your))\b[^.?!\n]{0,80}"
    r"\b(?:paragraphs?|essay|draft|version|introduction|conclusion|thesis|sentences?|text|rewrite|reflection|"
    r"answer|outline"
    r"|poem|story|letter|report|for you|your own)\b",
    re.IGNORECASE,
)
_DICTATES = re.compile(
    r"\b(?:chang\w+|replac\w+|rewrit\w+|write|say|put|use|try|add|insert)\b[^.?!\n]{0,80}?"
    r"(?:\bto\b|\bwith\b|\bby\b|:|,)\s?[\"'\u201c\u2018](?=\w)[^\"\u201c\u201d\n]{12,400}[\"'\u201d\u2019]",
    re.IGNORECASE,
)
_ASKS_FOR_TEXT = re.compile(
    r"\b(?:write|rewrite|draft|compose|finish|complete|fix|improve|paraphrase|summari[sz]e|do)\b.{0,40}"
    r"\b(?:my|the|an?|this|it|me)\b.{0,60}"
    r"\b(?:essay|paragraph|introduction|conclusion|thesis|sentence|draft|text|reflection|report|story|poem|homework|it)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]{40,4000})[\"\u201d]")
_SAYS_ANSWER = re.compile(
    r"\b(?:the|your|our) (?:correct |right |final |required )?(?:answer|result|solution) (?:is|was|should be|would be)"
    r" (?:actually |just |simply |indeed |about |approximately )?[$\u00a3\u20ac]?\d",
    re.IGNORECASE,
)
_IS_AI = re.compile(
    r"\bAI(?:-generated)?\b|\bartificial intelligence\b|\bI am (?:a|an) (?:computer )?(?:program|assistant|bot)\b"
    r"|\bas (?:a|an) (?:language model|assistant)\b|\bautomated (?:tutor|reply|assistant)\b",
)
_FIRST_PERSON = frozenset(("i", "my", "me", "mine", "i'm", "i've"))
_SECOND_PERSON = frozenset(("you", "your", "yours", "you're", "you've", "you'll", "we", "our", "let's", "remember"))


@dataclass(frozen=True, slots=True)
class ReplyJudgement:
    """
    One reply, judged; the first four are probabilities that people would say so.

    `reveals_answer`: it gives away the answer or does the work. `guidance`: it explains, hints or asks what helps.
    `actionable`: the student knows what to do next. `tone`: it encourages (the rest is neutral). `evidence` is the
    sentence that decided the first; where nothing is given away, the one that asks. `rules` are the rules that fired,
    `model` what the trained model alone says. `set_aside` counts sentences with an instruction to a judge in them.
    """

    reveals_answer: float
    guidance: float
    actionable: float
    tone: float
    evidence: str
    rules: tuple[str, ...]
    model: dict[str, float]
    is_question: bool
    voice: Voice
    says_it_is_ai: bool
    set_aside: int


def reply(history: str, response: str) -> ReplyJudgement:
    """The judgement of `response` after `history` (turns that begin with `Tutor:` or `Student:`)."""
    require_text(response, "response")
    dialogue, whole = Dialogue.of(history), Reply.of(response[:_MAX_RESPONSE])
    overall = probabilities(reply_features(dialogue, whole), whole.text)
    stretch, revealing = _most_revealing(dialogue, whole, overall["reveals_answer"])
    rules = tuple(_rules(dialogue, whole, response))
    return ReplyJudgement(
        reveals_answer=round(max(revealing, _RULE_CERTAINTY if rules else 0.0), 4),
        guidance=round(overall["guidance"], 4),
        actionable=round(overall["actionable"], 4),
        tone=round(overall["tone"], 4),
        evidence=rules[0][1] if rules else _deciding(dialogue, stretch, revealing),
        rules=tuple(name for name, _ in rules),
        model={name: round(value, 4) for name, value in overall.items()},
        is_question=bool(whole.questions()) and len(whole.questions()) >= len(whole.statements()),
        voice=_voice(whole),
        says_it_is_ai=bool(_IS_AI.search(whole.text)),
        set_aside=len(whole.aside),
    )


def _most_revealing(dialogue: Dialogue, whole: Reply, overall: float) -> tuple[tuple[str, ...], float]:
    """The stretch of the reply that gives away most, and how probably it does."""
    best, most = whole.sentences, overall
    if len(whole.sentences) > _WINDOW:
        for stretch in _stretches(whole.sentences):
            probability = _revealing(dialogue, stretch)
            if probability > most:
                best, most = stretch, probability
    return best, most


def _stretches(sentences: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Neighbouring sentences, overlapping; of a very long reply as many as there is time for, spread over it."""
    starts = range(0, len(sentences) - 1, 2)
    step = -(-len(starts) // _MAX_WINDOWS)
    width = max(_WINDOW, 2 * step + 1)
    yield from (sentences[start : start + width] for start in starts[::step])


def _deciding(dialogue: Dialogue, stretch: tuple[str, ...], revealing: float) -> str:
    """The sentence that, alone, gives away most; where nothing is given away, the one that asks, or the first."""
    if revealing <= _REVEALS or len(stretch) < 2:
        return next((each for each in stretch if "?" in each), next(iter(stretch), ""))
    return max(stretch[: 2 * _WINDOW], key=lambda sentence: _revealing(dialogue, (sentence,)))


def _revealing(dialogue: Dialogue, stretch: tuple[str, ...]) -> float:
    part = Reply.of_sentences(stretch)
    return probabilities(reply_features(dialogue, part), part.text, targets=("reveals_answer",))["reveals_answer"]


def _rules(dialogue: Dialogue, whole: Reply, response: str) -> Iterator[tuple[str, str]]:
    """The rules that fire, each with the sentence that made it fire; what was set aside is read by them too."""
    every = (*whole.sentences, *whole.aside)
    for sentence in every:
        if _OFFERS_TEXT.search(sentence) and not sentence.rstrip().endswith("?"):
            yield "offers_a_text_to_hand_in", sentence
            break
    dictated = next((each for each in every if _DICTATES.search(each) and "?" not in each), None)
    if dictated:
        yield "dictates_words", dictated
    passage = _ready_passage(dialogue, whole)
    if passage:
        yield "writes_a_passage", passage
    if len(response) > _MAX_RESPONSE:
        yield "too_long_to_be_a_reply", whole.sentences[0] if whole.sentences else ""
    told = next(
        (each for each in every if "?" not in each and _SAYS_ANSWER.search(each) and _is_new(dialogue, each)), None
    )
    if told:
        yield "says_the_answer", told
    worked = results(dialogue.tutor.text) - dialogue.tutor.values() - dialogue.student.values()
    solved = next((each for each in every if "?" not in each and worked & set(numbers(each))), None)
    if solved and "=" not in solved[-2:]:
        yield "works_the_sum_out", solved


def _ready_passage(dialogue: Dialogue, whole: Reply) -> str:
    """A passage in the student's stead: a long new quotation, or a run of prose that speaks to nobody."""
    for quoted in _QUOTED.findall(whole.text):
        words = content(quoted)
        is_new = len(words - dialogue.whole.words) > len(words) / 3
        is_all = len(quoted) + 4 > len(whole.text)
        if len(quoted.split()) >= _QUOTED_WORDS and is_new and not is_all and not _speaks_to_the_student(quoted):
            return str(quoted)
    run: list[str] = []
    for sentence in whole.sentences:
        if _speaks_to_the_student(sentence) or "=" in sentence or len(numbers(sentence)) > 1:
            run = []
            continue
        if len(sentence.split()) > 2:  # "1." and "Sure!" are no prose
            run.append(sentence)
        if sum(len(each.split()) for each in run) >= _LONG_PASSAGE and len(run) >= 2:
            return run[0]
    if _ASKS_FOR_TEXT.search(dialogue.student.text):
        return next((each for each in run if len(each.split()) >= _SHORT_PASSAGE), "")
    return ""


def _speaks_to_the_student(text: str) -> bool:
    return "?" in text or bool(_SECOND_PERSON & set(tokens(text)))


def _is_new(dialogue: Dialogue, sentence: str) -> bool:
    return bool(set(numbers(sentence)) - dialogue.student.values())


def _voice(whole: Reply) -> Voice:
    words = tokens(whole.text)
    first, second = (sum(word in kind for word in words) for kind in (_FIRST_PERSON, _SECOND_PERSON))
    if second or whole.questions():
        return "tutor"
    return "student" if first >= 2 else "unclear"
