"""What an audit entry says, and how: canonical JSON, with what is about a student sealed inside."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from scribetree.errors import InvalidInput, TamperDetected
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.sealed import Place, open_field, seal_field
from scribetree.privacy.subject_keys import SubjectKey
from scribetree.shapes import as_object

__all__ = ["FORMAT", "canonical", "microseconds", "moment", "parsed", "said_in", "sealed_in", "sealed_part"]

FORMAT = 1

_MAX_BYTES = 16_384
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def canonical(value: Mapping[str, Any]) -> bytes:
    """`value` as JSON that has one form: sorted, without white space, ASCII, and no floats."""
    _refuse_floats(value)
    written = _CANONICAL.encode(value).encode()
    if len(written) > _MAX_BYTES:
        raise InvalidInput("An audit entry is too long.", hint="Name what was done; do not copy it into the log.")
    return written


def parsed(entry: bytes) -> dict[str, Any]:
    """What stands in an entry; bytes that are none raise TamperDetected."""
    try:
        value = as_object(json.loads(entry))
    except (ValueError, RecursionError):
        value = None
    if value is None:
        raise _altered()
    return value


def sealed_part(said: Mapping[str, Any], key: SubjectKey, *, tenant: str, subject: Pseudonym, sequence: int) -> str:
    """What is about a student, sealed under that student's key for this entry alone."""
    sealed = seal_field(key, canonical(said), place=_place(tenant, subject, sequence))
    return base64.b64encode(sealed).decode()


def sealed_in(public: Mapping[str, Any]) -> bytes | None:
    """The sealed bytes of an entry; None if it has none."""
    if "sealed" not in public:
        return None
    try:
        return base64.b64decode(public["sealed"], validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise _altered() from None


def said_in(sealed: bytes, key: SubjectKey, *, tenant: str, subject: Pseudonym, sequence: int) -> dict[str, Any]:
    """What was sealed for this entry under that key."""
    return parsed(open_field(key, sealed, place=_place(tenant, subject, sequence)))


def microseconds(at: datetime) -> int:
    """A moment as a whole number, since 1970."""
    return round(at.timestamp() * 1_000_000)


def moment(at_us: int) -> datetime:
    """The moment of that number."""
    return datetime.fromtimestamp(at_us / 1_000_000, UTC)


def _place(tenant: str, subject: Pseudonym, sequence: int) -> Place:
    return Place(tenant, subject, f"audit/{sequence}", "said", FORMAT)


def _refuse_floats(value: object) -> None:
    if value is None or isinstance(value, str | int | bytes):
        return
    if isinstance(value, float):
        raise InvalidInput("An audit entry holds no floats.", hint="Write thousandths as an integer.")
    if isinstance(value, Mapping):
        for part in cast("Mapping[str, object]", value).values():
            _refuse_floats(part)
    elif isinstance(value, Sequence):
        for part in cast("Sequence[object]", value):
            _refuse_floats(part)


def _altered() -> TamperDetected:
    return TamperDetected("An audit entry was altered.", hint="Run `scribetree privacy audit verify`.")
