"""
A text that can be shown without the people in it, and put back for those who may see them.

The way back is a record of the student like any other: sealed under the student's own key, read through the guard only,
so that access, consent and the audit log count for it, and gone when the student's key is.
"""

from dataclasses import dataclass

from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import Guard
from scribetree.privacy.pii import WayBack, redact
from scribetree.shapes import as_object

__all__ = ["KeptRedaction", "redact_and_keep", "restore"]

_KIND = "redaction"


@dataclass(frozen=True, slots=True)
class KeptRedaction:
    """A text with placeholders, and the record that says what they stand for."""

    text: str
    record_id: str


def redact_and_keep(guard: Guard, caller: PrivacyContext, student: str, text: str) -> KeptRedaction:
    """`text` without personal data; the way back is kept about `student`, or all is denied."""
    redaction = redact(text)
    kept = guard.write(caller, student, _KIND, {"way_back": dict(redaction.way_back.meanings)})
    return KeptRedaction(redaction.text, kept.record_id)


def restore(guard: Guard, caller: PrivacyContext, student: str, record_id: str, text: str) -> str:
    """`text` with what its placeholders stand for; denied to whoever may not see it, and where there is no way back."""
    views = guard.read(caller, student, _KIND, ("way_back",), record_id=record_id, limit=1)
    meanings = as_object(views[0].values.get("way_back")) if views else None
    if meanings is None:
        raise Denied("There is no way back that this caller may see.", hint="Ask whoever kept the redaction.")
    return WayBack({placeholder: str(value) for placeholder, value in meanings.items()}).restore(text)
