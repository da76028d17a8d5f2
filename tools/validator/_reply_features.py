"""
What is looked at in a tutor's reply, as numbers: the same keys for every reply, in the same order.

Most of it is about how the reply stands to the dialogue: which of its numbers are new, whether a sum of the dialogue
is worked out, whether it names what the student said, what it asks and what it tells to do. The figures are bounded,
so that a long reply weighs no more than a full one.
"""

import math
import re
from collections.abc import Set as AbstractSet

from scribetree.tools.validator._dialogue import Dialogue, Reply, Turn, content, numbers, results, tokens

__all__ = ["reply_features"]

_I = re.IGNORECASE
_STATES = re.compile(
    r"\b(?:answer|result|total|value|product|sum|difference|solution|calculation)\b[^.?!]{0,40}"
    r"\b(?:is|was|are|should be|would be|will be|equals|gives)\b|\bcorrect (?:answer|value|product|sum|"
    r"calculation|number)"
    r"|\bactually\b|\bwe get\b|\bgives? (?:us|you)\b|\byou(?:'d| would)? get\b|\bequals?\b|\bshould be\b|\bis called\b"
    r"|\bwould be\b|\bmeans\b"
)
_EQUALS = re.compile(r"=\s?\$?(\d[\d,]{0,15}(?:\.\d{1,10})?)")
_EQUALS_OPEN = re.compile(r"=\s?(?:\?|_|$)")
_IS_NUMBER = re.compile(
    r"(?:\b(?:is|are|be|get|gives? (?:us|you)|equals?)\s|=\s?)(?:actually |about |approximately |really |just )?"
    r"(\$?\d[\d,.]{0,15})"
)
_CONTRAST = re.compile(r"\s(?:not|instead of|rather than)\s(?:an? |the )?(\S{1,30})")
_ANSWER_IS = re.compile(
    r"\banswer (?:is|was|should be|would be|will be)\b|correct (?:answer|calculation|value|product|sum)"
)
_CONCLUDES = re.compile(r"\b(?:so|therefore|thus|which means|meaning)\b[^.?!]{0,200}\d")
_FINAL = re.compile(
    r"\b(?:final|required) answer|the (?:right|correct) \w+ (?:is|of)|in total|altogether|\b(?:left|more|total)\b"
)
_AGREES = re.compile(r"\b(?:correct|right|indeed|exactly)\b")
_ASKS_MEANING = re.compile(
    r"\bwhat (?:is|are) (?:an? |the )?(?:name|definition|meaning|characteristic|difference between an?|type|place"
    r"|value of \d in)?|\bwhich\b|\bwhat (?:type|kind|shape)",
    _I,
)
_TELLS_MEANING = re.compile(r"\b(?:is|are|has|have|means|called|equals?)\b")
_PLACES = re.compile(r"\b(?:ones|tens|hundreds|thousands|hundredths|tenths)\b")

_VERBS = (
    "try|think|look|check|recheck|count|add|subtract|multiply|divide|remember|read|re-?read|consider|draw|write|use|start"
    "|go|calculate|find|show|explain|tell|imagine|recall|note|notice|review|take|make|keep|solve|do|see|break|compare"
    "|work|double"
)
_IMPERATIVE = re.compile(rf"^(?:so |now |please |then |next |first |ok(?:ay)?,? |but |and |\")*(?:{_VERBS})\b", _I)
_CLAUSE_IMPERATIVE = re.compile(
    r"(?:[,;:\u2013\u2014-]|\bbut|\bso|\band)\s(?:please )?"
    r"(?:try|think|look|check|remember|consider|count|add|subtract|multiply|divide|recall)\b"
)
_LETS = re.compile(r"\blet'?s\b|\blet us\b", _I)
_LETS_DO = re.compile(
    r"\blet'?s (?:try|think|count|add|subtract|multiply|divide|start|look at how|calculate|find|use|break|"
    r"recall|consider"
    r"|focus|draw|write|see)\b",
    _I,
)
_VAGUE = re.compile(
    r"closer look|another look|\breview\b|go (?:over|through|back)|double[- ]check|re-?check"
    r"|look (?:at|over) (?:it|this|that|the problem|your)|try (?:it |that |this )?again|work through|"
    r"step by step|together"
    r"|revisit|re-?examine",
    _I,
)
_HINTS = re.compile(
    r"\bremember|\brecall|\bkeep in mind|\bnote that|\bdon't forget|\bhint|\bthink (?:about|of)|\bconsider|\bimagine"
    r"|\bfor example|\bsuch as|\btip\b",
    _I,
)
_MAY_YOU = re.compile(r"\b(?:can|could|would|will) (?:you|we)\b|\bdo you\b|\bhave you\b|\bare you\b|\bdid you\b", _I)
_OPEN_QUESTION = re.compile(r"\b(?:what|how|which|why|where|when|who)\b[^.?!]{0,300}\?", _I)
_EXPLAIN = re.compile(
    r"walk me|explain (?:to me|how|your|why)|tell me (?:how|what|why|more)|show me"
    r"|how (?:did )?you (?:got|get|arrived?|came|come)|what do you mean",
    _I,
)
_TAG_QUESTION = re.compile(
    r"\s(?:okay|ok|right|does that make sense|make sense|ready|can you see (?:why|that|how)|see)\s?\?"
)
_PRAISE = re.compile(
    r"\b(?:great|good|excellent|nice|awesome|fantastic|wonderful|well done|amazing|perfect|brilliant|bravo|super"
    r"|impressive|love|appreciate|proud|creative|keep (?:practicing|up|going|it)|you're doing|no worries|don't worry"
    r"|you got this|close|almost|right track|thank|thanks|wow|kudos|happy|glad|effort|thoughtful|like how|"
    r"solid|hard work"
    r"|correctly|understand(?:able)?)\b",
    _I,
)
_WARM = re.compile(
    r"\b(?:great|excellent|awesome|fantastic|wonderful|well done|amazing|brilliant|super|love|proud"
    r"|good (?:job|try|work|effort|attempt|start|thinking|question|going)|nice (?:job|try|work|effort|"
    r"attempt)|appreciate"
    r"|keep (?:practicing|up|going)|you're doing|you got this|no worries|don't worry|creative)\b",
    _I,
)
_WARM_CALL = re.compile(r"(?:great|good|nice|excellent|well done|awesome)[^.?!]{0,40}!")
_MISTAKE = re.compile(
    r"\b(?:mistake|error|mix(?:ed|ing)? up|slight|small (?:mix|mis|err|mist)|not quite|incorrect|wrong|mis\w+|missed"
    r"|forgot\w*|overlook\w*|confus\w+|instead|however|but|actually|off|issue|re-?check|double-?check|reconsider"
    r"|not correct|oops|hmm|careful)\b",
    _I,
)
_YES = re.compile(
    r"^\W{0,5}(?:yes|that's (?:right|correct)|you(?:'re| are) (?:absolutely |exactly )?(?:right|correct)|"
    r"correct|exactly"
    r"|right|great job|good job|perfect|absolutely|excellent|well done)",
    _I,
)
_ELSEWHERE = re.compile(
    r"\b(?:move on|moving on|next (?:question|problem|step|topic)|more examples|similar problem"
    r"|another (?:problem|example|question)|anything else|other (?:questions|topics)|explore)\b",
    _I,
)
_CORRECTS = re.compile(
    r"^\W{0,5}(?:not quite|no\b|incorrect|that(?:'s| is) (?:not|incorrect)|actually|hmm|close|almost|i think"
    r"|it (?:looks|seems))"
)
_MARKUP = re.compile(r"\\\(|\*\*|```|###|---")
_WORDS_OF = {
    "close": re.compile(r"\b(?:close|almost|right track|getting there|good start|great start)\b"),
    "sees": re.compile(r"\bi (?:see|understand|like|love|can see|noticed?)\b"),
    "together": re.compile(r"\btogether\b"),
    "appreciates": re.compile(r"appreciate"),
    "if": re.compile(r"\bif\b"),
    "reason": re.compile(r"\b(?:because|since|so)\b"),
    "needs": re.compile(r"\b(?:need|have) to\b|\bshould\b|\bmust\b"),
    "negation": re.compile(r"\bnot\b|n't\b"),
    "starts_lets": re.compile(r"^\W{0,5}let'?s"),
    "starts_remember": re.compile(r"^\W{0,5}remember"),
    "starts_question": re.compile(r"^\W{0,5}(?:can|could|what|how|why|which|have|do|did|are|is)\b"),
}
_NAME_FIRST = re.compile(r"^(?:hi |hey |ok |okay |great |good |well )?[A-Z][a-z]{1,20},")
_NAME_LAST = re.compile(r", [A-Z][a-z]{1,20}[.!,]")


def reply_features(dialogue: Dialogue, reply: Reply) -> dict[str, float]:
    """The figures of one reply in its dialogue; every key is always there."""
    low = reply.text.lower()
    return {
        **_shape(reply, low),
        **_numbers(dialogue, reply, low),
        **_answers(dialogue, reply, low),
        **_relation(dialogue, reply),
        **_steps(reply, low),
        **_voice(reply, low),
    }


def _shape(reply: Reply, low: str) -> dict[str, float]:
    count = len(tokens(reply.text))
    asked, told = reply.questions(), reply.statements()
    return {
        "words": min(count, 120) / 30,
        "log_words": math.log1p(min(count, 400)),
        "sentences": min(len(reply.sentences), 8),
        "questions": min(len(asked), 4),
        "asks": bool(asked),
        "ends_asking": bool(asked) and reply.sentences[-1] == asked[-1],
        "only_asks": bool(asked) and not told,
        "statements": min(len(told), 6),
        "question_words": min(sum(len(tokens(each)) for each in asked), 60) / 20,
        "open_question": bool(_OPEN_QUESTION.search(reply.text)),
        "tag_question": bool(_TAG_QUESTION.search(low)),
        "markup": bool(_MARKUP.search(reply.text)) or "\n\n" in reply.text,
        "quoted": reply.text.strip()[:1] in {'"', "\u201c"},
    }


def _numbers(dialogue: Dialogue, reply: Reply, low: str) -> dict[str, float]:
    said, told = numbers(reply.text), set(numbers(" ".join(reply.statements())))
    known, student, asked = dialogue.whole.values(), dialogue.student.values(), dialogue.tutor.values()
    last = dialogue.student.numbers[-1:]
    equals = [value for match in _EQUALS.findall(reply.text) for value in numbers(match)]
    stated = [value for match in _IS_NUMBER.findall(low) for value in numbers(match)[:1]]
    return {
        "numbers": min(len(said), 12),
        "any_number": bool(said),
        "known_share": sum(value in known for value in said) / len(said) if said else 0.0,
        "new": min(len(set(said) - known), 5),
        "any_new": bool(set(said) - known),
        "new_told": min(len(told - known), 5),
        "any_new_told": bool(told - known),
        "last_new": bool(said) and said[-1] not in student,
        "of_student": min(len(set(said) & student), 4),
        "of_student_only": bool(set(said) & (student - asked)),
        "of_student_last": bool(set(last) & set(said)),
        "of_problem": min(len(set(said) & dialogue.problem.values()), 5),
        "of_question": min(len(set(said) & asked), 4),
        "all_of_question": bool(asked) and asked <= set(said),
        "equations": min(len(equals), 4),
        "equations_new": min(len([value for value in equals if value not in known]), 4),
        "equation_open": bool(_EQUALS_OPEN.search(reply.text)),
        "is_number": bool(stated),
        "is_number_new": bool(set(stated) - student - asked),
        "number_asked": any(numbers(each) for each in reply.questions()),
    }


def _answers(dialogue: Dialogue, reply: Reply, low: str) -> dict[str, float]:
    told_sentences = reply.statements()
    told = set(numbers(" ".join(told_sentences)))
    known, student, asked = dialogue.whole.values(), dialogue.student.values(), dialogue.tutor.values()
    of_question, of_student, of_reply = (
        results(text) for text in (dialogue.tutor.text, dialogue.student.text, reply.text)
    )
    stating = [each for each in told_sentences if _STATES.search(each.lower())]
    stated = [numbers(each) for each in stating]
    contrasted = [word.strip('.,!?"\u201c\u201d') for word in _CONTRAST.findall(low)]
    return {
        "question_is_sum": bool(of_question),
        "sum_told": bool(of_question & told - asked - student),
        "sum_said": bool(of_question & set(numbers(reply.text)) - asked - student),
        "student_sum_told": bool((of_student - known) & told),
        "own_sum_new": bool((of_reply - known) & told),
        "own_sum_told": bool(of_reply & told - student),
        "own_sums": min(len(of_reply), 6),
        "states": bool(_STATES.search(low)),
        "stating": min(len(stating), 4),
        "states_number": any(stated),
        "states_new": any(value not in known for values in stated for value in values),
        "states_other": any(value not in student and value not in asked for values in stated for value in values),
        "actually": "actually" in low,
        "answer_is": bool(_ANSWER_IS.search(low)),
        "concludes": bool(_CONCLUDES.search(low)),
        "contrast": bool(contrasted),
        "contrast_student": any(_is_of_student(word, dialogue.student) for word in contrasted),
        "confirms": bool(_AGREES.search(low)) and bool(set(dialogue.student.numbers[-1:]) & told),
        "final": bool(_FINAL.search(low)) and bool(told),
        "last_told_new": bool(told_sentences) and bool(set(numbers(told_sentences[-1])) - student - asked),
        **_meanings(dialogue, told_sentences),
        "places": bool(_PLACES.search(low)),
    }


def _is_of_student(word: str, student: Turn) -> bool:
    return bool(set(numbers(word)) & student.values()) or word in student.words


def _meanings(dialogue: Dialogue, told: list[str]) -> dict[str, float]:
    """Answers that are no numbers: the tutor asked what something is, and the reply says it."""
    asks = bool(_ASKS_MEANING.search(dialogue.tutor.text))
    about = dialogue.tutor.words
    told_words = content(" ".join(told))
    subjects = [
        re.compile(rf"\b{re.escape(word)}\b[^.?!]{{0,30}}\b(?:is|are|has|have|means|called|equals)\b")
        for word in sorted(about)[:12]
    ]
    return {
        "asks_meaning": asks,
        "tells_meaning": asks and any(_TELLS_MEANING.search(each.lower()) and content(each) & about for each in told),
        "meaning_new_words": asks * min(len(told_words - dialogue.whole.words), 8),
        "subject_is": any(subject.search(each.lower()) for each in told for subject in subjects),
    }


def _relation(dialogue: Dialogue, reply: Reply) -> dict[str, float]:
    said, history = content(reply.text), dialogue.whole.words
    student, tutor = dialogue.student.words, dialogue.tutor.words
    asked = content(" ".join(reply.questions()))
    fresh = len(said - history) / (len(said) or 1)
    return {
        "student_short": len(dialogue.student.text.split()) < 8,
        "student_words": min(len(dialogue.student.text.split()), 80) / 20,
        "history_length": min(len(dialogue.whole.text), 3000) / 1000,
        "student_no_number": not dialogue.student.numbers,
        "fresh": fresh,
        "fresh_no_number": fresh * (not dialogue.student.numbers),
        "of_history": _share(said, history),
        "of_student_words": _share(said, student),
        "of_tutor_words": _share(said, tutor),
        "student_words_named": min(len(said & student), 10),
        "history_words_named": min(len(said & history), 20),
        "tutor_words_named": min(len(said & tutor), 8),
        "tutor_words_kept": _share(tutor, said),
        "student_words_kept": _share(student, said),
        "asked_of_history": _share(asked, history),
        "asked_content": min(len(asked & history), 8),
        "told_content": min(len(content(" ".join(reply.statements())) & history), 12),
        "off_topic": _share(said, history) < 0.12 and len(said) > 5,
    }


def _steps(reply: Reply, low: str) -> dict[str, float]:
    vague = len(_VAGUE.findall(reply.text))
    return {
        "may_you": bool(_MAY_YOU.search(reply.text)),
        "explain": bool(_EXPLAIN.search(reply.text)),
        "imperatives": min(sum(bool(_IMPERATIVE.search(each.strip())) for each in reply.sentences), 4),
        "clause_imperatives": min(len(_CLAUSE_IMPERATIVE.findall(low)), 4),
        "lets": bool(_LETS.search(reply.text)),
        "lets_do": bool(_LETS_DO.search(reply.text)),
        "vague": min(vague, 3),
        "vague_only": bool(vague) and not numbers(reply.text) and not reply.questions(),
        "hints": min(len(_HINTS.findall(reply.text)), 4),
        "mistake": min(len(_MISTAKE.findall(reply.text)), 6),
        "no_mistake": not _MISTAKE.search(reply.text),
        "elsewhere": bool(_ELSEWHERE.search(reply.text)),
    }


def _voice(reply: Reply, low: str) -> dict[str, float]:
    words = tokens(reply.text)
    yes = bool(_YES.search(reply.text))
    return {
        "praise": min(len(_PRAISE.findall(reply.text)), 5),
        "praise_first": bool(_PRAISE.search(reply.text[:60])),
        "warm": min(len(_WARM.findall(reply.text)), 4),
        "warm_first": bool(_WARM.search(reply.text[:60])),
        "warm_call": bool(_WARM_CALL.search(low)),
        "exclamations": min(reply.text.count("!"), 4),
        "yes": yes,
        "yes_no_mistake": yes and not _MISTAKE.search(reply.text),
        "corrects_first": bool(_CORRECTS.search(low)),
        "you": min(sum(word in {"you", "your", "yours"} for word in words), 6),
        "we": min(sum(word in {"we", "us", "our", "let's"} for word in words), 5),
        "i": min(sum(word in {"i", "i'm"} for word in words), 3),
        **{name: bool(pattern.search(low)) for name, pattern in _WORDS_OF.items()},
        "name_first": bool(_NAME_FIRST.search(reply.text)),
        "name_last": bool(_NAME_LAST.search(reply.text)),
    }


def _share(part: AbstractSet[str], whole: AbstractSet[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0
