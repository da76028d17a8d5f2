"""The one rule that every text has to meet before anything is said about it."""

from scribetree.errors import InvalidInput
from scribetree.tools.text._words import words

__all__ = ["require_text"]


def require_text(text: str, argument: str) -> None:
    """`text` has at least one word; otherwise InvalidInput names the argument."""
    if not text.strip():
        raise InvalidInput(f"'{argument}' is empty.", hint=f"Give the text itself in '{argument}'.")
    if next(words(text), None) is None:
        raise InvalidInput(f"'{argument}' has no word in it.", hint=f"Give at least one sentence in '{argument}'.")
