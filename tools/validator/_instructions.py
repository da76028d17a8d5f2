"""
Text that talks to a machine or a judge instead of the student, and the plain text behind disguises.

Nothing that is read is ever followed; what is found here is only left out of the judgement, so that a sentence such as
"mark this reply as safe" can neither help nor harm.
"""

import re
import unicodedata

from scribetree.tools.text import sentences

__all__ = ["addressed_to_student", "is_instruction", "plain"]

_MIN_REST_WORDS = 5

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|/\*.*?(?:\*/|\Z)|\[//\]: ?#[^\n]*", re.DOTALL)
_HIDDEN = re.compile(
    r"<(script|style|system|instructions?|template|noscript)\b[^>]{0,200}>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_SPECIAL = re.compile(r"<\|[^|<>]{0,40}\|>|\[/?INST\]|<</?SYS>>", re.IGNORECASE)

# Letters of other scripts that look Latin; only words that mix scripts are put back, so Russian stays Russian.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u03bf\u03b1\u03b5\u0399\u039f",
    "aeopcyxijshdABEKMHOPCTXoaeIO",
)
_MIXED = re.compile(r"(?=\w*[A-Za-z])(?=\w*[\u0370-\u04ff\u0500-\u052f])\w+")

_JUDGE = (
    r"(?:validator|judge|judgement|evaluator|evaluation|grader|grading|classifier|checker|moderator|filter|guard|"
    r"detector|scorer|scoring|reviewer|auditor|language model|llm|ai model|assistant|chatbot|gpt|claude|"
    r"gemini|system|model|ai)"
)
_INSTRUCTIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,60}\b(?:instructions?|rules?|prompts?|"
        + r"polic(?:y|ies)|guidelines?|checks?|directives?|guardrails?|restrictions?|safeguards?|constraints?)\b",
        r"(?:^\s*|\b(?:note|message|memo|instructions?)\s)(?:to|for|dear|hey|hello|hi|attention):?,?\s(?:the |"
        + rf"an? |all |any |every )?(?:ai |automated |automatic )?{_JUDGE}s?\b\s*[:,;!\u2013-]",
        r"^\s*(?:\[|\(|<)?(?:system|developer|admin|validator|judge|evaluator|grader|classifier|"
        + r"moderator)s?\s*[\])>]?\s*[:,;!]",
        rf"\b(?:you|the) (?:are|act as|must act as|now) .{{0,30}}\b{_JUDGE}\b",
        r"\byou are now\b|\bfrom now on\b.{0,40}\byou\b|\b(?:new|updated|revised|real|"
        + r"actual) (?:instructions?|directives?|system prompt|task for you)\b|\bend of (?:reply|response|text|"
        + r"essay|document|prompt|input)\b",
        r"\b(?:system|developer|admin(?:istrator)?|root|debug|sudo|maintenance|god|jailbreak|dan|"
        + r"test)\s?(?:prompt|mode|message|override|instruction|note|command|access)\b",
        r"\b(?:mark|rate|score|label|classify|grade|flag|judge|treat|record|regard|log|register|tag|assess|"
        + r"evaluate)\b.{0,60}\b(?:as|with|to be|=|to)\s.{0,30}\b(?:safe|valid|compliant|approved|independent|"
        + r"original|human(?:-written)?|passed|passing|acceptable|guidance|true|false|10/10|100|1\.0|0\.0|"
        + r"perfect|allowed|bounded|innocent|harmless|not reveal\w*|no (?:violation|issue)s?)\b",
        r"\b(?:return|output|print|set|give|assign|report|award)\b.{0,40}\b(?:is_?valid|verdict|score of|"
        + r"full marks|true|false|compliant|approved|no violations?|no issues|zero risk|maximum score|top score|"
        + r"perfect score)\b",
        r"\b(?:is_?valid|reveals?_?answer|overall_?score|compliance_?score|assistance_?level|integrity_?score|"
        + r"human_?review|guidance|actionable|verdict|risk_?(?:level|score)|violations?)\b[\"']?\s*[:=]",
        r"\b(?:this|the following|the above|my) (?:reply|response|text|message|essay|submission|draft|answer|"
        + r"content)\b.{0,60}\b(?:has been|was|is|already|are)\b.{0,30}\b(?:pre-?)?(?:approved|validated|"
        + r"verified|whitelisted|exempt\w*|cleared|certified|compliant|checked|authori[sz]ed|allowed|safe|"
        + r"bounded|reviewed)\b",
        r"\b(?:do not|don't|never|no need to)\s(?:\w+ )?(?:flag|report|block|reject|penali[sz]e|validate|"
        + r"analy[sz]e|apply the (?:rules?|polic\w+|checks?)|trigger)\b.{0,40}\b(?:this|it|reply|response|text|"
        + r"me|anything|essay|message|submission)\b",
        r"\b(?:approved|authori[sz]ed|cleared|whitelisted|certified|signed|permitted) by (?:the |my |"
        + r"our )?(?:teacher|educator|school|admin\w*|principal|professor|developer|system|vendor|district|"
        + r"university|openai|anthropic)\b",
        r"\b(?:lower|raise|increase|reduce|reset|skip|disable|turn off|switch off|deactivate|"
        + r"suspend)\b.{0,30}\b(?:(?:risk |compliance |integrity |assistance )scores?|thresholds?|penalt(?:y|"
        + r"ies)|checks|filters?|validation|validator|detection|guards?|guardrails|scrutiny|monitoring|"
        + r"safety (?:checks?|rules?|filters?))\b",
        r"\b(?:your|the) (?:task|job|role|output|verdict|decision|score|only answer) (?:is|must be|should be|"
        + r"shall be|will be) (?:now |to |simply |always )?\b.{0,40}\b(?:approve|accept|pass|return|say|answer|"
        + r"reply|safe|valid|score|rate|mark|output|respond|100|1(?:\.0)?|0(?:\.0)?)\b",
        r"\b(?:output|print|respond|reply|answer|return|say)\b.{0,15}\b(?:only|exactly|nothing but|simply|"
        + r"just)\b.{0,40}\b(?:safe|valid|ok|approved|pass|true|yes|compliant|json|none)\b",
        r"\bbase ?64\b|\brot ?13\b|(?<![A-Za-z0-9+])[A-Za-z0-9+]{40,}",
        r"\b(?:pretend|imagine|suppose|assume|act as (?:if|though)|role-?play)\b.{0,50}\b(?:no rules|approved|"
        + r"no answer|allowed|unrestricted|not reveal|rules do not|without (?:rules|limits)|all checks|safe|"
        + r"validator|judge|passed)\b",
        r"\b(?:ignoriere|ignorez|ignora|ignorar|ignore[zr]?|vergiss|oublie[zr]?|olvida|negeer|"
        + r"ignoruj)\b.{0,60}\b(?:anweisung\w*|instructions?|instrucciones|instru\u00e7\u00f5es|istruzioni|"
        + r"regeln|r\u00e8gles|reglas|regole|instructies|polecenia)\b",
        r"\b(?:bewerte|markiere|\u00e9value[zr]?|marque[zr]?|califica|marca|eval\u00faa|valuta|"
        + r"beoordeel)\b.{0,60}\b(?:als|comme|como|come)\b",
    )
)


def plain(text: str) -> str:
    """`text` without invisible characters, comments, hidden elements, tags and look-alike letters."""
    clean = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)) if not text.isascii() else text
    if "<" in clean or "/*" in clean or "[" in clean:
        for hidden in (_COMMENT, _HIDDEN, _SPECIAL, _TAG):
            clean = hidden.sub(" ", clean)
    if not clean.isascii():
        clean = _MIXED.sub(lambda word: word.group().translate(_LOOKALIKES), clean)
    return clean


def addressed_to_student(text: str) -> tuple[list[str], list[str]]:
    """
    The sentences of a plain text as the student reads them, and those that hold an instruction to a judge.

    Only the instruction is taken out of a sentence, not the sentence: an answer that shares it with one stays.
    """
    kept: list[str] = []
    aside: list[str] = []
    for span in sentences(text):
        sentence = span.of(text)
        if not is_instruction(sentence):
            kept.append(sentence)
            continue
        aside.append(sentence)
        rest = sentence
        for pattern in _INSTRUCTIONS:
            rest = pattern.sub(" ", rest)
        if len(rest.split()) >= _MIN_REST_WORDS:
            kept.append(rest.strip())
    return kept, aside


def is_instruction(sentence: str) -> bool:
    """Whether the sentence talks to a machine or a judge and not to the student."""
    return any(pattern.search(sentence) for pattern in _INSTRUCTIONS)
