"""
References and in-text citations: read, matched to one another, and checked as far as that needs no network.

ISBN and ISSN carry a check digit, so a slip shows. A DOI carries none: only its form can be checked. Whether a source
exists or says what is claimed is for a reader to find out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scribetree.tools.text import Span, require_text

__all__ = ["CitationCheck", "InTextCitation", "Reference", "check_citations"]

Style = Literal["author-year", "author-page", "numeric", "unknown"]

_MAX_REFERENCES = 500
_MAX_CITATIONS = 2_000
_HEADING = re.compile(
    r"^[ \t#*]{0,6}(?:references?|reference list|bibliography|works cited|sources|literature)[ \t:*]{0,4}$",
    re.IGNORECASE | re.MULTILINE,
)
_ENTRY = re.compile(
    r"\n(?:[ \t]*\n)+|\n(?=[ \t]*(?:\[\d{1,3}\]|\d{1,3}\.|[-*\u2022])[ \t])|\n(?=[A-Z\u00c0-\u00de][\w'\u2019-]+,)"
)
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)([a-z])?\b|\(?\b(n\.d\.|forthcoming|in press)\)?", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*(?:\[(\d{1,3})\]|(\d{1,3})\.)\s+")
_DOI = re.compile(r"\b(?:doi:\s?|https?://(?:dx\.)?doi\.org/)?(10\.\d{1,9}(?:\.\d+)*/?\S*)", re.IGNORECASE)
_DOI_FORM = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_ISBN = re.compile(r"\bISBN(?:-1[03])?:?\s?((?:97[89][- ]?)?(?:\d[- ]?){9}[\dX])(?![\dX])", re.IGNORECASE)
_ISSN = re.compile(r"\bISSN:?\s?(\d{4}-?\d{3}[\dX])\b", re.IGNORECASE)
_URL = re.compile(r"https?://\S{3,300}")
_SURNAME = r"[A-Z\u00c0-\u00de][\w\u00c0-\u024f'\u2019-]{1,40}"
_IN_BRACKETS = re.compile(r"\(([^()\n]{2,200})\)")
_AUTHOR_YEAR = re.compile(rf"({_SURNAME})(?:[^;()\d]{{0,80}}?)\b((?:1[5-9]|20)\d\d)([a-z])?\b")
_AUTHOR_PAGE = re.compile(rf"^({_SURNAME})(?: and {_SURNAME}| et al\.?)? (\d{{1,4}}(?:[\u2013-]\d{{1,4}})?)$")
_NARRATIVE = re.compile(
    rf"\b({_SURNAME})(?:'s|\u2019s)?(?: (?:and|&) {_SURNAME}| et al\.?)? \(((?:1[5-9]|20)\d\d)([a-z])?\b"
)
_NUMERIC = re.compile(r"\[(\d{1,3}(?:\s?[,\u2013-]\s?\d{1,3}){0,9})\]")


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry of the list: where it stands, what was read from it, and what to look at."""

    start: int
    end: int
    key: str
    year: str | None
    doi: str | None
    isbn: str | None
    url: str | None
    is_cited: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InTextCitation:
    """One citation in the text, and the number of the reference it belongs to (from 0), or None."""

    start: int
    end: int
    key: str
    year: str | None
    reference: int | None


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """The references, the citations, and what does not fit together; `notes` are things to mend."""

    style: Style
    references: tuple[Reference, ...]
    citations: tuple[InTextCitation, ...]
    uncited_references: int
    unmatched_citations: int
    quotations_without_source: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    place: Span
    text: str
    number: str | None
    surname: str
    year: str | None


def check_citations(content: str) -> CitationCheck:
    """What the reference list and the citations of `content` say about each other."""
    require_text(content, "content")
    headings = list(_HEADING.finditer(content))
    split = headings[-1].start() if headings else len(content)
    listed = list(_entries(content, headings[-1].end()))[:_MAX_REFERENCES] if headings else []
    names = _by_name(listed)
    citations = [_matched(each, listed, names) for each in list(_citations(content[:split]))[:_MAX_CITATIONS]]
    cited = {each.reference for each in citations}
    references = tuple(_reference(entry, number in cited) for number, entry in enumerate(listed))
    loose = _quotations_without_source(content[:split])
    return CitationCheck(
        style=_style(citations),
        references=references,
        citations=tuple(citations),
        uncited_references=sum(not each.is_cited for each in references),
        unmatched_citations=sum(each.reference is None for each in citations),
        quotations_without_source=loose,
        notes=tuple(_notes(references, citations, has_list=bool(headings), loose=loose)),
    )


def isbn_is_sound(isbn: str) -> bool:
    """Whether the check digit of an ISBN-10 or ISBN-13 fits."""
    digits = isbn.upper().replace("-", "").replace(" ", "")
    if re.fullmatch(r"\d{9}[\dX]", digits):
        return sum((10 - i) * (10 if each == "X" else int(each)) for i, each in enumerate(digits)) % 11 == 0
    if re.fullmatch(r"97[89]\d{10}", digits):
        return sum((3 if i % 2 else 1) * int(each) for i, each in enumerate(digits)) % 10 == 0
    return False


def issn_is_sound(issn: str) -> bool:
    """Whether the check digit of an ISSN fits."""
    digits = issn.upper().replace("-", "")
    return sum((8 - i) * (10 if each == "X" else int(each)) for i, each in enumerate(digits)) % 11 == 0


def _entries(content: str, start: int) -> Iterator[_Entry]:
    breaks = [(match.start(), match.end()) for match in _ENTRY.finditer(content, start)]
    for first, last in zip(
        [start, *(end for _, end in breaks)], [*(begin for begin, _ in breaks), len(content)], strict=True
    ):
        text = content[first:last].strip()
        if len(text) < 8:
            continue
        begin = content.index(text[0], first)
        numbered = _NUMBERED.match(text)
        bare = text[numbered.end() :] if numbered else text.lstrip("-*\u2022 \t")
        surname = re.match(r"[\w\u00c0-\u024f'\u2019-]+", bare)
        year = _YEAR.search(bare)
        yield _Entry(
            place=Span(begin, begin + len(text)),
            text=text,
            number=(numbered[1] or numbered[2]) if numbered else None,
            surname=surname.group() if surname else "",
            year=(year[1] + (year[2] or "") if year[1] else year[3]) if year else None,
        )


def _reference(entry: _Entry, is_cited: bool) -> Reference:
    doi, isbn, url = _DOI.search(entry.text), _ISBN.search(entry.text), _URL.search(entry.text)
    return Reference(
        start=entry.place.start,
        end=entry.place.end,
        key=entry.number or entry.surname,
        year=entry.year,
        doi=doi[1].rstrip(".,;)") if doi else None,
        isbn=isbn[1] if isbn else None,
        url=url.group().rstrip(".,;)") if url else None,
        is_cited=is_cited,
        notes=tuple(_entry_notes(entry, doi, isbn)),
    )


def _entry_notes(entry: _Entry, doi: re.Match[str] | None, isbn: re.Match[str] | None) -> Iterator[str]:
    if entry.year is None:
        yield "No year was found: add it, or n.d. where there is none."
    if doi and not _DOI_FORM.fullmatch(doi[1].rstrip(".,;)")):
        yield "The DOI does not have the form 10.number/name: copy it again."
    if isbn and not isbn_is_sound(isbn[1]):
        yield "The ISBN's check digit does not fit: one of its digits is mistyped."
    issn = _ISSN.search(entry.text)
    if issn and not issn_is_sound(issn[1]):
        yield "The ISSN's check digit does not fit: one of its digits is mistyped."
    if len(entry.text.split()) < 5:
        yield "The entry is short: name author, year, title and where it appeared."


def _citations(text: str) -> Iterator[InTextCitation]:
    for match in _NARRATIVE.finditer(text):
        yield InTextCitation(match.start(), match.end() + 1, match[1], match[2] + (match[3] or ""), None)
    for bracket in _IN_BRACKETS.finditer(text):
        for part in bracket[1].split(";"):
            dated, paged = _AUTHOR_YEAR.search(part), _AUTHOR_PAGE.match(part.strip())
            if dated:
                yield InTextCitation(*bracket.span(), dated[1], dated[2] + (dated[3] or ""), None)
            elif paged:
                yield InTextCitation(*bracket.span(), paged[1], None, None)
    for match in _NUMERIC.finditer(text):
        for number in re.split(r"\D+", match[1]):
            yield InTextCitation(*match.span(), number, None, None)


def _by_name(listed: Sequence[_Entry]) -> dict[str, list[int]]:
    """The entries that a number or a name at their beginning leads to."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(listed):
        for name in {entry.number or str(number + 1), *re.findall(_SURNAME, entry.text[:200])}:
            found[name].append(number)
    return found


def _matched(citation: InTextCitation, listed: Sequence[_Entry], names: Mapping[str, Sequence[int]]) -> InTextCitation:
    for number in names.get(citation.key, ()):
        year = listed[number].year
        if citation.year is None or year is None or year[:4] == citation.year[:4]:
            return replace(citation, reference=number)
    return citation


def _style(citations: Sequence[InTextCitation]) -> Style:
    counts: dict[Style, int] = {
        "numeric": sum(each.key.isdigit() for each in citations),
        "author-year": sum(each.year is not None for each in citations),
        "author-page": sum(each.year is None and not each.key.isdigit() for each in citations),
    }
    best = max(counts, key=lambda style: counts[style])
    return best if counts[best] else "unknown"


def _quotations_without_source(text: str) -> int:
    """Quotations of ten words or more with no citation within 120 characters on either side."""
    found = 0
    for match in re.finditer(r"[\"\u201c]([^\"\u201c\u201d\n]{40,1500})[\"\u201d]", text):
        near = text[max(0, match.start() - 120) : match.start()] + " " + text[match.end() : match.end() + 120]
        is_sourced = (
            _IN_BRACKETS.search(near) or _NUMERIC.search(near) or re.search(rf"\b(?:to|[Bb]y) {_SURNAME}", near)
        )
        found += len(match[1].split()) >= 10 and not is_sourced
    return found


def _notes(
    references: Sequence[Reference], citations: Sequence[InTextCitation], *, has_list: bool, loose: int
) -> Iterator[str]:
    if not has_list:
        yield "No list of references was found: it begins with a line such as References or Works Cited."
    unmatched = sum(each.reference is None for each in citations)
    uncited = sum(not each.is_cited for each in references)
    if has_list and unmatched:
        yield f"{unmatched} citations have no entry in the list: add it, or look at name and year."
    if uncited:
        yield f"{uncited} entries of the list are cited nowhere: cite them where they were used, or leave them out."
    if loose:
        yield f"{loose} longer quotations have no source beside them: say where the words come from."
