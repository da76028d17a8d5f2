"""`scribetree privacy redact` and `restore`: a text without the people in it, and its way back through the guard."""

import sys
from pathlib import Path

from scribetree.host.commands._privacy import opened_office
from scribetree.host.commands._session import MAX_INPUT_BYTES, caller_for, print_json, read_input, say
from scribetree.privacy import redactions

__all__ = ["redact", "restore"]


def redact(student: str, source: Path, *, role: str, purpose: str, as_json: bool) -> int:
    """The text is printed with placeholders, whose meanings are kept about the student, or all is denied."""
    caller = caller_for(role, purpose=purpose, student_id=student)
    with opened_office() as office:
        kept = redactions.redact_and_keep(office.guard, caller, student, _text(source))
    if as_json:
        print_json({"text": kept.text, "record_id": kept.record_id})
    else:
        sys.stdout.write(kept.text)
        say(f"Kept as {kept.record_id}; `scribetree privacy restore` puts it back.")
    return 0


def restore(student: str, record_id: str, source: Path, *, role: str, purpose: str, as_json: bool) -> int:
    """The text is printed with what its placeholders stand for, or denied."""
    caller = caller_for(role, purpose=purpose, student_id=student)
    with opened_office() as office:
        text = redactions.restore(office.guard, caller, student, record_id, _text(source))
    if as_json:
        print_json({"text": text})
    else:
        sys.stdout.write(text)
    return 0


def _text(source: Path) -> str:
    return sys.stdin.read(MAX_INPUT_BYTES) if str(source) == "-" else read_input(source)
