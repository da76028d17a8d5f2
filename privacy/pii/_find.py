"""Every detector on one reading of the text, and the spans that remain when they are told apart."""

from collections.abc import Callable, Iterator

from scribetree.privacy.pii._addresses import addresses
from scribetree.privacy.pii._contacts import emails, links, usernames
from scribetree.privacy.pii._disclosures import disclosures
from scribetree.privacy.pii._names import names
from scribetree.privacy.pii._numbers import numbers
from scribetree.privacy.pii._reading import Reading, read
from scribetree.privacy.pii._span import Span, settled
from scribetree.privacy.pii._view import plain

__all__ = ["find"]

_DETECTORS: tuple[Callable[[Reading], Iterator[Span]], ...] = (
    emails,
    links,
    numbers,
    addresses,
    usernames,
    names,
    disclosures,
)


def find(text: str) -> list[Span]:
    """
    Where personal data stands in `text`, in order, no two spans overlapping; offsets count code points of `text`.

    Takes any text: empty, of any size (time grows linearly), with lone surrogates, invisible characters or
    look-alike letters. Names of public people are not personal data and are left out.
    """
    view = plain(text)
    reading = read(view.text)
    found = settled(span for detect in _DETECTORS for span in detect(reading))
    if view.origin is None:
        return found
    return [Span(*view.back(span.start, span.end), span.label, span.confidence) for span in found]
