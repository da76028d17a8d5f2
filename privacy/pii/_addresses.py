# ruff: noqa: E501 - a pattern is read in one piece
"""Street addresses as they are written in English, and the commonest layouts of other languages."""

import re
from collections.abc import Iterator

from scribetree.privacy.pii._reading import Reading
from scribetree.privacy.pii._span import Span

__all__ = ["addresses"]

_TYPES = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Terr|Way|"
    r"Circle|Cir|Parkway|Pkwy|Highway|Hwy|Route|Trail|Trl|Crescent|Cres|Close|Gardens|Grove|Row|Mews|Alley|Loop|Plaza|"
    r"Walk|Hill|Rise|View|Pike|Turnpike|Expressway|Freeway|Heights|Park|Broadway|Path|Crossing|Point|Ridge|Bend|Green|"
    r"Mill|Vale|Quay|Wharf|Estate|Nagar|Marg|Colony|Sector)"
)
_NUMBER = r"(?:No\.? ?)?\d{1,6}(?:[-/]\d{1,5})?[A-Da-d]?(?: 1/2)?"
_UNIT = (
    r"(?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl|Room|Rm|Building|Bldg|Block|Lot|Trailer|House|Dorm)\.? ?"
    r"#?[A-Za-z]?-?\d{0,4}[A-Za-z]?|#\s?\d{1,4}[A-Za-z]?"
)
_WORDS = (
    r"(?:(?:[NSEW]|NE|NW|SE|SW|North|South|East|West|St|Old|New|Upper|Lower)\.? )?"
    r"(?:[^\W\d_][\w'\u2019.-]*|\d{1,3}(?:st|nd|rd|th))(?: [^\W\d_][\w'\u2019-]*){0,3}"
)
_TYPED = re.compile(
    rf"(?<![\w$.])(?:(?:{_UNIT}),? )?{_NUMBER},? (?:(?:{_WORDS} )?{_TYPES}\b(?!\s\d)|(?:(?:County|State|Old|US|Farm) )?"
    rf"(?:Road|Route|Highway|Rd|Hwy)\.? \d{{1,4}}\b|(?:{_WORDS} )?{_TYPES}\b)(?:\.(?=,| \d| [Aa]pt| [Uu]nit| #|"
    rf"\n))?(?: (?:[NSEW]|NE|NW|SE|SW|North|"
    rf"South|East|West)\b\.?)?",
    re.IGNORECASE,
)
_SAYS_WHICH = re.compile(r"\d|[ #][A-Z]$")
_UNIT_AFTER = re.compile(rf",? (?:{_UNIT})(?!\w)", re.IGNORECASE)

_CITY = r"(?:St\. )?[^\W\d_a-z][\w'\u2019-]*(?:[ -][^\W\d_a-z][\w'\u2019-]*){0,3}"
_ZIP = r"\d{5}(?:-\d{4})?"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4,6}"
_STATE = (
    r"(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]|"
    r"ON|QC|BC|AB|MB|SK|NS|NB|NSW|VIC|QLD)\b"
)
_STATE_NAME = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|"
    r"Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|"
    r"New (?:Hampshire|Jersey|Mexico|York)|(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|"
    r"Rhode Island|"
    r"Tennessee|Texas|Utah|Vermont|(?:West )?Virginia|Washington|Wisconsin|Wyoming|Ontario|Quebec|Alberta|Manitoba)\b"
)
_PLACE = re.compile(
    rf"(?:,|\n)? ?(?P<city>{_CITY})(?P<rest>,? (?:{_STATE}|{_STATE_NAME})(?: {_ZIP})?(?![\w])|,? (?:{_POSTCODE})\b)"
    rf"|, ?(?P<alone>{_CITY})(?=[,.;:!?)\"\n]|$"
    rf"| (?:where|with|which|and|near|for|until|since|because|when|so|but|from|to|by|in|or|at|on|is|was|if|then|just|next|behind|across|before|after)\b)"
    rf"|,? (?:{_STATE} )?{_ZIP}(?!\d)",
)
_AFTER_PLACE = re.compile(
    rf",? (?:{_STATE}(?: {_ZIP})?|{_ZIP}|(?:{_POSTCODE})\b|USA|UK|U\.S\.A\.|England|Canada|India|Australia|"
    rf"Ireland|Scotland)"
)
_NOT_A_CITY = frozenset(
    "However Therefore Also Then And But So The This That These Those I We He She They It My Our His Her You If When "
    "In On At As For From To By With Although While Because Since After Before There Here What Who".split()
)

_FOREIGN = re.compile(
    r"\b\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|chemin|impasse|all\u00e9e|quai|cours) (?:(?:de|"
    r"du|des|la|le|les) |d'|l'|de l'|d\u2019|l\u2019){0,3}[^\W\d_][\w'\u2019-]*(?: [^\W\d_a-z][\w'\u2019-]*){0,3}"
    r"|\b(?:Calle|Avenida|Av\.|Carrera|Paseo|Plaza|Rua|Travessa|Pra\u00e7a|Via|Viale|Piazza|Corso|ul\.|ulica|"
    r"Jalan|Jl\.) (?:(?:de|da|do|dos|das|del|la|las|los|el) ){0,2}[^\W\d_][\w'\u2019-]*(?: (?:(?:de|da|do|del|"
    r"la) )?[^\W\d_a-z][\w'\u2019-]*){0,4},? ?(?:n[\u00ba\u00b0o]?\.? ?|#)?\d{1,5}[A-Za-z]?\b"
    r"|\b[^\W\d_a-z][\w-]*(?:stra\u00dfe|strasse|str\.|weg|platz|gasse|allee|straat|laan|plein|gatan|v\u00e4gen|"
    r"gade|vej|katu) \d{1,4}[a-z]?\b",
)
_FOREIGN_PLACE = re.compile(
    r",? (?:\d{4,5} ?[A-Z]{0,2} )[^\W\d_a-z][\w'\u2019-]*(?: [^\W\d_a-z][\w-]*)?|"
    r", [^\W\d_a-z][\w'\u2019-]*(?=[,.;!?\n]|$)"
)
_BOX = re.compile(r"\bP\.? ?O\.? ?Box \d{1,6}\b", re.IGNORECASE)
_LIVING = re.compile(
    r"\b(?:live|lives|living|lived|address|house|home|apartment|moved?|stay|staying|mail|send|visit|located|residence|reside|deliver)\b",
    re.IGNORECASE,
)
_HOUSE_NUMBER = re.compile(r"\d(?<![\w$.,].)\d{0,5}[A-Da-d]?(?:[-/]\d{1,5})?(?!\w)")
_TYPE_WORDS = frozenset(
    "street st avenue ave road rd boulevard blvd drive dr lane ln court ct place pl square sq terrace ter terr "
    "way circle cir parkway "
    "pkwy highway hwy route trail trl crescent cres close gardens grove row mews alley loop plaza walk hill rise "
    "view pike turnpike "
    "expressway freeway heights park broadway path crossing point ridge bend green mill vale quay wharf estate "
    "nagar marg colony "
    "sector".split()
)
_FOREIGN_FIRST = frozenset("rue avenue boulevard place chemin impasse all\u00e9e quai cours".split())
_FOREIGN_BEFORE = frozenset(
    "calle avenida av. carrera paseo plaza rua travessa pra\u00e7a via viale piazza corso ul. ulica jalan jl.".split()
)
_FOREIGN_ENDING = (
    "stra\u00dfe", "strasse", "str.", "weg", "platz", "gasse", "allee", "straat", "laan", "plein", "gatan",
    "v\u00e4gen", "gade", "vej", "katu",
)  # fmt: skip


def addresses(reading: Reading) -> Iterator[Span]:
    """Each street address, from the house number to the last part of the town that is written behind it."""
    text, reached = reading.text, 0
    for number in _HOUSE_NUMBER.finditer(text):
        if number.start() < reached:
            continue
        span = _english(reading, *number.span()) or _foreign(reading, *number.span())
        if span is not None:
            reached = span.end
            yield span
    if "box" in reading.words:
        for match in _BOX.finditer(text):
            yield Span(match.start(), _with_place(text, match.end()), "STREET_ADDRESS", 0.9)


def _english(reading: Reading, start: int, end: int) -> Span | None:
    text = reading.text
    following = reading.lower[end : end + 64].split(None, 7)[:7]
    if not any(word.strip('.,;:!?)"\u201d') in _TYPE_WORDS for word in following):
        return None
    match = _TYPED.match(text, start, end + 90)
    if match is None or not _is_a_street(text, match):
        return None
    end = _without_stop(text, _with_place(text, match.end()))
    return Span(_with_unit_before(text, start), end, "STREET_ADDRESS", 0.95)


def _without_stop(text: str, end: int) -> int:
    return end - 1 if text[end - 1] == "." else end


def _foreign(reading: Reading, start: int, end: int) -> Span | None:
    """An address whose kind of street stands before the number, or is part of its name."""
    text, lower = reading.text, reading.lower
    before = lower[max(0, start - 64) : start].split()[-7:]
    first = lower[end : end + 16].lstrip(", ").split(None, 1)[:1]
    ends_as_street = before and before[-1].rstrip(",").endswith(_FOREIGN_ENDING)
    if not (ends_as_street or _FOREIGN_BEFORE.intersection(before) or _FOREIGN_FIRST.intersection(first)):
        return None
    found = _FOREIGN.finditer(text, max(0, start - 64), end + 64)
    match = next((match for match in found if match.start() <= start < match.end()), None)
    if match is None:
        return None
    place = _FOREIGN_PLACE.match(text, match.end(), match.end() + 60)
    return Span(match.start(), place.end() if place else match.end(), "STREET_ADDRESS", 0.85)


def _is_a_street(text: str, match: re.Match[str]) -> bool:
    """Capitals as in a name, or small letters where somebody says that this is where they live."""
    words = match.group().split()
    named = [word for word in words[1:] if word[:1].isalpha()]
    if len(named) < 2 and not any(word[:1].isdigit() for word in words[1:]):
        return False
    if all(word[:1].isupper() or word in {"of", "the", "de"} for word in named):
        return True
    return _LIVING.search(text[max(0, match.start() - 48) : match.start()]) is not None and len(named) <= 4


def _with_unit_before(text: str, start: int) -> int:
    window = text[max(0, start - 16) : start]
    unit = re.search(rf"(?:{_UNIT}),? $", window, re.IGNORECASE)
    return start - (len(window) - unit.start()) if unit and any(sign.isdigit() for sign in unit.group()) else start


def _with_place(text: str, end: int) -> int:
    """The end of the address: behind its unit, its town and its postal code, where these follow."""
    unit = _UNIT_AFTER.match(text, end)
    if unit is not None and _SAYS_WHICH.search(unit.group()):
        end = unit.end()
    place = _PLACE.match(text, end, end + 80)
    if place is None or (place["city"] or place["alone"] or "").split(" ")[0] in _NOT_A_CITY:
        return end
    if text[end : end + 1] == "\n" and not re.search(r"\d", place.group()):
        return end
    end = _without_stop(text, place.end())
    after = _AFTER_PLACE.match(text, end, end + 24)
    return after.end() if after else end
