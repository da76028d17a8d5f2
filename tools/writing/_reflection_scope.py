"""
Whether a text is something that depth can be said of: enough of it, in English, and a reflection at all.

What is refused is asked for, never marked down.
"""

import re
from collections.abc import Sequence

from scribetree.tools.writing._reflection_cues import tokens
from scribetree.tools.writing._reflection_sentences import GRAMMAR_WORDS, Sentence
from scribetree.tools.writing._reflective_sentence import Category

__all__ = ["why_not"]

_MIN_WORDS = 40
_MIN_ENGLISH = 0.25
_MIN_REFLECTIVE = 0.2
_MIN_ABOUT_TEXT = 0.25
_ACT = re.compile(
    r"\b(wrote|write|writing|rewrote|rewriting|revis\w+|edit\w*|draft\w*|added|deleted|removed|cut|moved|changed"
    r"|replaced|split|rephras\w+|reword\w*|organi[sz]ed|outlin\w+|essay|paper|paragraphs?|sentences?|introduction"
    r"|conclusion|thesis|argument|wording|ending|opening|read it (?:again|aloud|out))\b"
)
_OWN_TEXT = re.compile(r"\b(wrote|written|rewrote|revis\w+|drafts?|essay|typed|my (?:paper|text|story|poem|letter))\b")
_TOLD: tuple[Category, ...] = ("Experience", "Feeling", "Difficulty", "Learning", "Intention", "Perspective")


def why_not(found: Sequence[Sentence]) -> str:
    """The reason for saying nothing about depth; empty when there is none."""
    words = [word for sentence in found for word in tokens(sentence.plain) if word[0].isalpha()]
    if not _is_english(words):
        return "This does not read as English, and nothing else was validated."
    if len(words) < _MIN_WORDS:
        return f"Fewer than {_MIN_WORDS} words of reflection that are not repeated: too little to judge."
    if not _is_reflection(found):
        return "This reads as an essay or a report and not as a reflection on the writer's own work."
    return ""


def _is_english(words: Sequence[str]) -> bool:
    """A third of English running text and more is grammar words; very short texts are let through."""
    return len(words) < 8 or sum(word in GRAMMAR_WORDS for word in words) / len(words) >= _MIN_ENGLISH


def _is_reflection(found: Sequence[Sentence]) -> bool:
    """Whether enough sentences tell of the writer's own work or experience, or speak of the text as a text."""
    own = sum(_tells_of_own_work(sentence) for sentence in found) / max(1, len(found))
    about = sum(_OWN_TEXT.search(sentence.plain) is not None for sentence in found) / max(1, len(found))
    return own >= _MIN_REFLECTIVE or about >= _MIN_ABOUT_TEXT


def _tells_of_own_work(sentence: Sentence) -> bool:
    if not sentence.personal:
        return False
    told = sum(sentence.probabilities[name] for name in _TOLD)
    return told >= 0.6 or _ACT.search(sentence.plain) is not None
