"""
Grammar beyond pairs of words, by Harper (Automattic, Apache-2.0; the extra `harper`), which runs in this process.

Harper's own messages name the correction, so only its kind and place are taken over.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any, Literal

from scribetree.errors import Unavailable
from scribetree.tools.text import Span

__all__ = ["GrammarKind", "grammar"]

GrammarKind = Literal["grammar", "agreement", "confused words", "doubled word"]

# Its other kinds are spelling and capitals, which are looked for anyway, and style, which is the writer's.
_KINDS: Mapping[str, GrammarKind] = {
    "Grammar": "grammar",
    "Miscellaneous": "grammar",
    "Nonstandard": "grammar",
    "Usage": "grammar",
    "Agreement": "agreement",
    "BoundaryError": "confused words",
    "Eggcorn": "confused words",
    "Malapropism": "confused words",
    "WordChoice": "confused words",
    "Repetition": "doubled word",
}
_ONE_AT_A_TIME = Lock()


def grammar(text: str) -> Iterator[tuple[GrammarKind, Span, str | None]]:
    """What Harper marks in `text`, with its first correction; without the extra it raises Unavailable."""
    linter = _linter()
    with _ONE_AT_A_TIME:
        found = linter.lint(text, language="plaintext")
    for lint in found:
        kind = _KINDS.get(lint.lint_kind)
        if kind:
            suggestions = lint.suggestions
            yield kind, Span(lint.span.start, lint.span.end), suggestions[0].replacement_text if suggestions else None


@cache
def _linter() -> Any:  # noqa: ANN401 - an extra, so not there for the type checkers
    try:
        return import_module("harper").Linter()
    except ImportError as missing:
        raise Unavailable(
            "Grammar is looked for by Harper, which is not installed here.",
            hint="Run `pip install 'scribetree[harper]'`, or leave `grammar` out: all other slips need nothing.",
        ) from missing
