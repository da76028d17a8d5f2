"""Where a text quotes and where it cites: words in quotation marks, and sentences that name a source."""

import re
from collections.abc import Sequence
from itertools import accumulate

from scribetree.tools.text import Span

__all__ = ["cites", "quoted_mask"]

_MAX_QUOTATION = 3_000
_QUOTATIONS = re.compile(
    rf"\u201c[^\u201c\u201d]{{1,{_MAX_QUOTATION}}}\u201d|\u00ab[^\u00ab\u00bb]{{1,{_MAX_QUOTATION}}}\u00bb"
    rf"|(?<!\w)\"[^\"\n]{{1,{_MAX_QUOTATION}}}\"(?!\w)|^[ \t]{{0,3}}>[^\n]{{1,{_MAX_QUOTATION}}}",
    re.MULTILINE,
)
_CITATION = re.compile(
    r"\((?:[^()\n]{0,80}\b)?(?:1[5-9]|20)\d\d[a-z]?\b[^()\n]{0,40}\)"  # (Smith & Lee, 2019, p. 4)
    r"|\([A-Z][^()\n]{1,60} \d{1,4}(?:[\u2013-]\d{1,4})?\)"  # (Smith 42)
    r"|\[\d{1,3}(?:[,\u2013-] ?\d{1,3}){0,5}\]"  # [3]
    r"|\b[Aa]ccording to\b|\bet al\b|\b(?:[Aa]s|[Ii]n) [A-Z]\w+(?:'s)? (?:\w+ )?\(?(?:1[5-9]|20)\d\d\)?"
    r"|\b[A-Z]\w+ (?:writes|argues|states|claims|notes|explains|says|points out|wrote|argued|stated|claimed) that\b"
)


def quoted_mask(text: str, spans: Sequence[Span]) -> bytearray:
    """For each word whether it stands in quotation marks."""
    changes = [0] * (len(text) + 1)
    for match in _QUOTATIONS.finditer(text):
        changes[match.start()] += 1
        changes[match.end()] -= 1
    inside = list(accumulate(changes))
    return bytearray(1 if inside[span.start] else 0 for span in spans)


def cites(sentence: str) -> bool:
    """Whether the sentence names a source."""
    return _CITATION.search(sentence) is not None
