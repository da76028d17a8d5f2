# ruff: noqa: E501 - a pattern is read in one piece
"""
What runs of digits are: cards, accounts, phones, birth dates, student numbers; told by layout, checksum and cue.

One pass finds the runs; each is looked at once, with the few words before it. A number without a layout, a
checksum or a cue of its own is a number and stays.
"""

import re
from collections.abc import Iterator

from scribetree.privacy._checksums import is_aba, is_card, is_iban, is_ipv4, is_ssn
from scribetree.privacy.pii._reading import Reading
from scribetree.privacy.pii._span import Label, Span

__all__ = ["numbers"]

_RUN = re.compile(r"\d(?:[\d().\-\u2010-\u2015/ ]{0,30}\d)?")
_DIGITS_ONLY = re.compile(r"\D+")
_LOOK_BACK = 56
_LOOK_AHEAD = 40

_NANP = re.compile(
    r"(?:\+?1[-. ]?|001[-. ])?(?:\(?[2-9]\d\d\) ?-?|[2-9]\d\d[-. /\u2010-\u2015]{1,3})\d{3}[-. \u2010-\u2015]{1,3}\d{4}"
)
_NANP_LAID_OUT = re.compile(r"[2-9]\d\d\)? ?[-. /\u2010-\u2015]{0,3}[2-9]\d\d[-. \u2010-\u2015]{1,3}\d{4}")
_NANP_BARE = re.compile(r"[2-9]\d\d[2-9]\d{6}")
_GROUPED_PHONE = re.compile(r"\(?0\d{1,4}\)?(?:[-. /]\d{2,6}){1,4}|\d{2,5}(?:[-. ]\d{2,4}){2,4}|\d{4,5}[-. ]\d{5,6}")
_BARE_PHONE = re.compile(r"1?[2-9]\d{9}|0\d{9,10}|\d{3}[-. ]\d{4}|\d{7,12}")
_SPACED_PHONE = re.compile(r"\d(?:[ .\-]{1,3}\d){6,12}")
_EXTENSION = re.compile(r"(?:,? ?(?:x|ext\.?|extension) ?\d{1,6})\b", re.IGNORECASE)
_SSN = re.compile(r"(\d{3})[- \u2010-\u2015](\d{2})[- \u2010-\u2015](\d{4})")
_CARD = re.compile(r"\d{13,19}|\d{4}(?:[- ]\d{4}){3}|\d{4}[- ]\d{6}[- ]\d{5}")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_NUMERIC_DATE = re.compile(r"\d{1,2}([-/. ])\d{1,2}\1(?:\d{4}|\d{2})|(?:19|20)\d\d([-/.])\d{1,2}\2\d{1,2}")

_PHONE_CUE = re.compile(
    r"(?:phones?|cells?|cell ?phones?|mobiles?|tel|telephone|call|text|ring|dial|fax|whats ?app|reach|contact|"
    r"digits|landline|message|voicemail|hotline|line|sms|signal|number)\b[^.!?\n]{0,36}$",
    re.IGNORECASE,
)
_ID_CUE = re.compile(
    r"(?:\bid|i\.d\.|\bids|(?:student|school|roll|badge|card|library|lunch|locker|passport|permit|licen[cs]e|"
    r"matric\w*|registration|enrol\w*|admission|application|applicant|candidate|member(?:ship)?|identification|identity|case|file|"
    r"learner|pupil|bus|pass|ticket|order|policy|reference|index|exam|account|record|plate|"
    r"usn|visa|national insurance|medicare|pin)"
    r"(?: (?:id|i\.d\.|number|no|num|nr|code|card|#))*)(?:['\u2019]s)?\s*"
    r"(?:(?:number|no|num|nr|code|#)\b\.?)?(?: here| below| above)?[\s:=#\-\u2013(.,]*(?:is|was|are|being)?[\s:=#\-\u2013(]*$",
    re.IGNORECASE,
)
# A word that says whose number it is may stand a sentence away from "the number is".
_LOOK_FAR_BACK = 120
_ID_WORD = re.compile(
    r"\b(?:id|ids|id card|cards?|badges?|passports?|licen[cs]e|permit|student number|registration|enrol\w*|locker|ticket|application)\b",
    re.IGNORECASE,
)
_WEAK_PHONE_CUE = re.compile(r"\b(?:number|line|digits|contact|message|reach)\b[^.!?\n]{0,36}$", re.IGNORECASE)
_POINTED_AT = re.compile(
    r"\b(?:mine|his|hers|ours|theirs|it|which|that)(?: (?:is|was|reads|says|said|ends in)|'s)? ?:? ?$", re.IGNORECASE
)
_STRONG_PHONE_CUE = re.compile(
    r"\b(?:phones?|cell\w*|mobiles?|tel|telephone|call\w*|text\w*|ring|rang|dial\w*|fax|whats ?app|landline|voicemail|hotline|sms)\b",
    re.IGNORECASE,
)
_SSN_CUE = re.compile(r"(?:social|ssn|s\.s\.n)[^.!?\n]{0,30}$", re.IGNORECASE)
_BANK_CUE = re.compile(
    r"(?:bank|account|acct|a/c|routing|aba|checking|savings|sort code|iban|deposit)\b[^.!?\n]{0,40}$", re.IGNORECASE
)
_OTHER_ACCOUNT = re.compile(
    r"\b(?:library|student|school|lunch|meal|user|e-?mail|print\w*) account\b[^.!?\n]{0,30}$", re.IGNORECASE
)
_BIRTH_CUE = re.compile(
    r"(?:\bborn\b|\bbirth\b|birth ?dates?|birth ?days?|\bb-?days?|\bd\.? ?o\.? ?b\b)[^?\n]{0,40}$", re.IGNORECASE
)
_BIRTH_AFTER = re.compile(
    r"\s*(?:,? ?(?:is|was) (?:my|his|her|their|our) (?:birth|b-?day)|\)? ?\(?birth)", re.IGNORECASE
)
_MONEY_BEFORE = "$\u20ac\u00a3\u00a5"
_UNIT_AFTER = re.compile(
    r"\s?(?:%|percent|people|miles|km|dollars|years|times|lives|deaths|jobs|cars|hours|euros?|pounds|users|words|"
    r"vehicles|accidents|americans|students|men|women|children|mph|kg|million|billion|hits|views)\b|%",
    re.IGNORECASE,
)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:,? (?:of )?(?:1[0-9]\d\d|20[0-4]\d)\b|,? ['\u2019]\d\d\b)"
_WRITTEN_DATE = re.compile(
    rf"\b{_MONTH}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?\b{_YEAR}?|\b\d{{1,2}}(?:st|nd|rd|"
    rf"th)?(?: of)? {_MONTH}\b\.?{_YEAR}?",
    re.IGNORECASE,
)
_BIRTH_WORDS = frozenset("born birth birthday birthdate birthdays bday day dob b".split())
_BIRTH_WORD = re.compile(r"born|birth(?:days?|date)?|b-?days?|(?<=b-)day|d\.?o\.?b\b|(?<=d\.o\.)b")
_BIRTH_YEAR = re.compile(
    r"\b(?:(?:i|we|my [a-z'\u2019 -]{2,40}|our [a-z'\u2019 -]{2,40})(?:, [^,.!?\n]{1,30},)? (?:was|were)(?: \w+)?,? born"
    r"(?: and raised)?(?: (?:back|in [a-z]+(?: [a-z]+)?,?|here))? in(?: the year)?|my [a-z ]{2,24},? born in|year of birth(?: is|:)?|birth ?year(?: is| was|:)?)"
    r" (?P<year>(?:19[3-9]|20[0-2])\d)\b(?! ?(?:%|people|students))"
)
_OLD_YEAR = re.compile(r"\b1[0-8]\d\d\b|\b19[0-2]\d\b")

_MIXED = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,38}[A-Za-z0-9_])?")
# Letters that stand before a number, with a space between.
_ID_PREFIX = re.compile(r"(?<![A-Za-z])[A-Z]{1,6} $")
_ID_SHAPE = re.compile(r"[A-Za-z]{1,4}[-_]?\d{5,12}|\d{5,10}[A-Za-z]{1,2}|[A-Z]{2,4}(?:-?\d{2,6}){1,3}")
_IBAN = re.compile(r"\b[A-Z]{2}\d\d(?: ?[A-Z0-9]{2,4}){3,8}\b")
_IPV6_SIGN = re.compile(r":[0-9A-Fa-f]{0,4}:")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4}|:)(?::[0-9A-Fa-f]{1,4}){0,5}(?![\w:])")
_WORD_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def numbers(reading: Reading) -> Iterator[Span]:
    """Everything personal that is written with digits, except what stands inside an address, an e-mail or a link."""
    text = reading.text
    for match in _RUN.finditer(text):
        start, end = match.span()
        if start and _is_inside_a_word(text, start):
            yield from _lettered(text, start)
        elif end < len(text) and text[end].isalpha() and not _EXTENSION.match(text, end):
            yield from _lettered(text, end)
        else:
            yield from _digits(text, start, end)
    if _IPV6_SIGN.search(text):
        yield from _ipv6(text)
    yield from _written_birth_dates(reading)


def _is_inside_a_word(text: str, start: int) -> bool:
    """A letter stands before the digits, with a hyphen between them or none."""
    before = text[start - 1]
    return before.isalpha() or before == "_" or (before == "-" and text[start - 2 : start - 1].isalpha())


def _digits(text: str, start: int, end: int) -> Iterator[Span]:
    digits = _DIGITS_ONLY.sub("", text[start:end])
    if len(digits) < 4 or (start and text[start - 1] in _MONEY_BEFORE):
        return
    before = text[max(0, start - _LOOK_BACK) : start]
    label, confidence = _kind(text, start, end, digits, before)
    is_plain = _NANP_LAID_OUT.search(text, start, end) is None
    if label in {"PHONE", None} and 5 <= len(digits) <= 12 and is_plain and _is_a_number_of_papers(text, start, before):
        label, confidence = "ID_NUM", 0.75
    if label == "PHONE":
        yield _phone(text, start, end, confidence)
    elif label is not None:
        if label == "ID_NUM":
            prefix = _ID_PREFIX.search(before)
            start -= len(prefix.group()) if prefix and _ID_CUE.search(before, 0, prefix.start()) else 0
        yield Span(start, end, label, confidence)


def _is_a_number_of_papers(text: str, start: int, before: str) -> bool:
    """Called a number and nothing more, after a card, a badge or a passport was spoken of and no telephone was."""
    if before.endswith("+") or not (_WEAK_PHONE_CUE.search(before) or _POINTED_AT.search(before)):
        return False
    far = text[max(0, start - _LOOK_FAR_BACK) : start]
    return _ID_WORD.search(far) is not None and _STRONG_PHONE_CUE.search(far) is None


def _kind(text: str, start: int, end: int, digits: str, before: str) -> tuple[Label | None, float]:
    """The first reading that fits, those with the best evidence first."""
    run = text[start:end]
    for reading in (_as_date, _as_card, _as_ssn, _as_address_of_a_machine, _as_account, _as_id, _as_phone):
        label, confidence = reading(run, digits, before, text[end : end + _LOOK_AHEAD])
        if label is not None:
            return label, confidence
    return None, 0.0


_Reading = tuple[Label | None, float]
_NOTHING: _Reading = (None, 0.0)


def _as_date(run: str, _digits: str, before: str, after: str) -> _Reading:
    if _NUMERIC_DATE.fullmatch(run) is None:
        return _NOTHING
    is_birth = _BIRTH_CUE.search(before) or _BIRTH_AFTER.match(after)
    return ("DATE_OF_BIRTH", 0.97) if is_birth and not _OLD_YEAR.search(run) else _NOTHING


def _as_card(run: str, digits: str, _before: str, _after: str) -> _Reading:
    return ("CREDIT_CARD", 0.99) if _CARD.fullmatch(run) and is_card(digits) else _NOTHING


def _as_ssn(run: str, digits: str, before: str, _after: str) -> _Reading:
    parts = _SSN.fullmatch(run)
    said = len(digits) == 9 and _SSN_CUE.search(before) is not None
    if parts is None:
        return ("SSN", 0.95) if said else _NOTHING
    if not said and _ID_CUE.search(before):
        return "ID_NUM", 0.95
    return ("SSN", 0.95 if said else 0.85) if is_ssn(*parts.groups()) else ("ID_NUM", 0.7)


def _as_address_of_a_machine(run: str, _digits: str, before: str, _after: str) -> _Reading:
    if _IPV4.fullmatch(run) is None or not is_ipv4(run) or before.rstrip().endswith(("version", "v", "section")):
        return _NOTHING
    return "IP_ADDRESS", 0.9


def _as_account(run: str, digits: str, before: str, _after: str) -> _Reading:
    if 6 <= len(digits) <= 17 and "/" not in run and _BANK_CUE.search(before):
        if _OTHER_ACCOUNT.search(before):
            return "ID_NUM", 0.9
        return "BANK_ACCOUNT", 0.97 if is_aba(digits) else 0.85
    return _NOTHING


def _as_id(run: str, digits: str, before: str, after: str) -> _Reading:
    if _ID_CUE.search(before) and " " not in run:
        return "ID_NUM", 0.95
    if len(digits) == 10 and run == digits and _NANP_BARE.fullmatch(run) and not _UNIT_AFTER.match(after):
        return "PHONE", 0.7
    if 7 <= len(digits) <= 12 and run == digits and not _UNIT_AFTER.match(after) and not _PHONE_CUE.search(before):
        return "ID_NUM", 0.6
    return _NOTHING


def _as_phone(run: str, digits: str, before: str, after: str) -> _Reading:
    if _NANP.search(run):
        return "PHONE", 0.95
    if before.endswith(("+", "+(")) and 8 <= len(digits) <= 15:
        return "PHONE", 0.95
    if not 7 <= len(digits) <= 15 or _UNIT_AFTER.match(after):
        return _NOTHING
    layouts = (_GROUPED_PHONE, _BARE_PHONE, _SPACED_PHONE)
    if _PHONE_CUE.search(before) and any(layout.fullmatch(run) for layout in layouts):
        return "PHONE", 0.9
    if run.startswith("0") and len(digits) >= 9 and (_GROUPED_PHONE.fullmatch(run) or _BARE_PHONE.fullmatch(run)):
        return "PHONE", 0.75
    return _NOTHING


def _phone(text: str, start: int, end: int, confidence: float) -> Span:
    """The whole number: with the plus sign or bracket before it and the extension after it."""
    inner = None if text[start - 2 : start] == "+(" else _NANP.search(text, start, end)
    if inner is not None and text[start - 1 : start] not in {"+", "("}:
        start, end = inner.span()
    opened = text[start - 1 : start] == "(" and ")" in text[start:end]
    if opened or text[start - 1 : start] == "+":
        start -= 1
    if start and text[start - 1] == "+":
        start -= 1
    extension = _EXTENSION.match(text, end)
    return Span(start, extension.end() if extension else end, "PHONE", confidence)


def _lettered(text: str, position: int) -> Iterator[Span]:
    """What a word with digits in it is: a student number, a user name, or only a word such as `mp3`."""
    left = text[max(0, position - 24) : position]
    start = position - (len(left) - len(left.rstrip(_WORD_SIGNS)))
    match = _MIXED.match(text, start)
    if match is None or text[match.end() : match.end() + 1] == "@":
        return
    word = match.group()
    before = text[max(0, start - _LOOK_BACK) : start]
    if (
        "_" not in word
        and (not word[:5].isalpha() or word.isupper())
        and _ID_CUE.search(before)
        and sum(sign.isdigit() for sign in word) >= 3
    ):
        yield Span(start, match.end(), "ID_NUM", 0.95)
    elif _is_account(text, match.start()):
        yield Span(*_iban_at(text, match.start()), "BANK_ACCOUNT", 0.99)
    elif _ID_SHAPE.fullmatch(word):
        yield Span(start, match.end(), "ID_NUM", 0.8)


def _is_account(text: str, start: int) -> bool:
    """Whether an IBAN whose checksum comes out begins at `start`."""
    return _iban_at(text, start)[1] > start


def _iban_at(text: str, start: int) -> tuple[int, int]:
    match = _IBAN.match(text, start)
    if match is None:
        return start, start
    end = match.end()
    while end > start and not is_iban(text[start:end].replace(" ", "")):
        end = max(start, text.rfind(" ", start, end))
    return start, end


def _ipv6(text: str) -> Iterator[Span]:
    for match in _IPV6.finditer(text):
        groups = match.group().count(":")
        if groups == 7 or ("::" in match.group() and groups >= 3):
            yield Span(*match.span(), "IP_ADDRESS", 0.9)


def _written_birth_dates(reading: Reading) -> Iterator[Span]:
    """Dates with the month in letters, next to a word of birth."""
    text = reading.text
    for place in reading.places(_BIRTH_WORDS):
        alone = _BIRTH_YEAR.search(reading.lower, max(0, place - 60), place + 48)
        if alone is not None and alone.start() <= place < alone.end():
            yield Span(*alone.span("year"), "DATE_OF_BIRTH", 0.7)
            continue
        cue = _BIRTH_WORD.match(reading.lower, place)
        if cue is None:
            continue
        date = _WRITTEN_DATE.search(text, cue.end(), cue.end() + 64)
        if date is not None and "\n\n" not in text[cue.end() : date.start()] and _is_recent(date.group()):
            yield Span(*date.span(), "DATE_OF_BIRTH", 0.95)
            continue
        for earlier in _WRITTEN_DATE.finditer(text, max(0, place - _LOOK_AHEAD), place):
            if _BIRTH_AFTER.match(text, earlier.end()):
                yield Span(*earlier.span(), "DATE_OF_BIRTH", 0.9)


def _is_recent(date: str) -> bool:
    """The year, if there is one, is 1930 or later: people of the past were born too, and are public."""
    return _OLD_YEAR.search(date) is None
