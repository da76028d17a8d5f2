"""
Less of a value, for those who may not have all of it.

Every mask gives away at most what the one before it in `MASKS` does, and none ever widens: of two masks the
stricter one counts, and masking twice is masking once more strictly. Text is never cut to a part of itself,
because a part of a sentence can be the whole of a secret.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from scribetree.shapes import as_list, as_object

__all__ = ["MASKS", "REDACTED", "Mask", "mask", "strictest"]

Mask = Literal["keep", "bucket", "generalise", "hash", "redact"]

MASKS: tuple[Mask, ...] = ("keep", "bucket", "generalise", "hash", "redact")
"""From the widest to the strictest."""

REDACTED = "[withheld]"
"""What stands in the place of a value that may not be seen, whatever its length was."""

_BUCKETS = 10
_LEVELS = ("low", "middle", "high")


def mask(value: Any, how: Mask, *, key: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """
    `value` with less in it.

    `bucket` rounds numbers, `generalise` leaves of a number its third, of a date its year, of a list its length;
    `hash` leaves only whether two values are equal, under `key`; `redact` leaves nothing.
    """
    if how == "keep" or value is None:
        return value
    return _MASKERS[how](value, key)


def strictest(masks: Iterable[Mask]) -> Mask:
    """The mask that counts when several apply; with none, nothing may be seen."""
    found = list(masks)
    return max(found, key=MASKS.index) if found else "redact"


def _bucket(value: Any, key: bytes) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return round(value / _BUCKETS) * _BUCKETS
    if isinstance(value, float):
        return round(value, 1)
    return _in_parts(value, lambda part: _bucket(part, key), text=lambda _: REDACTED)


def _generalise(value: Any, key: bytes) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, bool):
        return REDACTED
    if isinstance(value, int | float):
        return _LEVELS[min(2, max(0, int(value * 3)))] if 0 <= value <= 1 else REDACTED
    listed = as_list(value)
    return (
        {"count": len(listed)}
        if listed is not None
        else _in_parts(value, lambda part: _generalise(part, key), text=_year)
    )


def _hash(value: Any, key: bytes) -> str:  # noqa: ANN401 - any JSON value
    plain = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()
    return "hash:" + hmac.new(key, plain, hashlib.sha256).hexdigest()[:16]


def _in_parts(value: Any, each: Callable[[Any], Any], *, text: Callable[[str], Any]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return text(value)
    inner = as_object(value)
    if inner is not None:
        return {name: each(part) for name, part in inner.items()}
    listed = as_list(value)
    return [each(part) for part in listed] if listed is not None else REDACTED


def _year(text: str) -> str:
    try:
        return str(datetime.fromisoformat(text).year)
    except ValueError:
        return REDACTED


_MASKERS: Mapping[Mask, Callable[[Any, bytes], Any]] = {
    "bucket": _bucket,
    "generalise": _generalise,
    "hash": _hash,
    "redact": lambda _value, _key: REDACTED,
}
