"""
Every error that Scribe Tree raises on purpose, each with what happened and the next step.

    ScribeTreeError
    ├── InvalidInput      an argument, a file or a definition does not fit its rule
    ├── UnknownName       no server, tool, workflow or run of that name
    ├── Denied            this caller may not do this; looks the same as "not there"
    │   └── KeyDestroyed  the subject's key is destroyed, and what it sealed with it
    ├── Withheld          a figure about a group is not given, since it could give somebody away
    │   └── BudgetExhausted   what may be told about this group in this term has been told
    ├── OnHold            records that may not be erased yet: a legal hold, or an open request to inspect
    ├── Unavailable       a server is away, or did not answer in time; trying again may help
    │   ├── CircuitOpen   it failed so often that it is left alone for a while
    │   ├── Overloaded    as many calls as it bears are running and waiting already
    │   └── OutOfTime     the time that the caller gave is used up
    ├── RateLimited       this caller asked too often; the error says when to ask again
    ├── ConfigError       the configuration cannot be used
    ├── TamperDetected    what was kept is not what was stored: altered, moved, cut off or rolled back
    └── InternalError     a defect of ours; the details are in the log, not in the answer

A message never holds student text, a name or the value that was wrong.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NotRequired, TypedDict

__all__ = [
    "BudgetExhausted",
    "CircuitOpen",
    "ConfigError",
    "Denied",
    "ErrorPayload",
    "InternalError",
    "InvalidInput",
    "KeyDestroyed",
    "OnHold",
    "OutOfTime",
    "Overloaded",
    "RateLimited",
    "ScribeTreeError",
    "TamperDetected",
    "Unavailable",
    "UnknownName",
    "Withheld",
]


class ErrorPayload(TypedDict):
    """An error as a model or a script reads it."""

    code: str
    message: str
    retryable: bool
    fix: str
    retry_after_s: NotRequired[float]
    """In how many seconds asking again helps, where that is known."""


_MOST_NAMES = 20


class ScribeTreeError(Exception):
    """The root of the tree; `message` says what and why, `hint` the next step."""

    code = "error"
    retryable = False
    retry_after_s: float | None = None

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def payload(self) -> ErrorPayload:
        """The error in the one shape that every door gives out."""
        shape: ErrorPayload = {
            "code": self.code,
            "message": self.message,
            "retryable": self.retryable,
            "fix": self.hint,
        }
        if self.retry_after_s is not None:
            shape["retry_after_s"] = round(self.retry_after_s, 3)
        return shape


class InvalidInput(ScribeTreeError):
    """An argument, a file or a definition does not fit; nothing was changed."""

    code = "invalid_input"


class UnknownName(ScribeTreeError):
    """There is no server, tool, workflow or run of that name."""

    code = "unknown_name"

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str], *, where: str = "") -> "UnknownName":
        """An error that offers the nearest known name, or else those that there are."""
        names = sorted(known)
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(names[:_MOST_NAMES]) or 'none'}{more}."
        return cls(f"There is no {kind} '{_printable(name)}'{where}.", hint=hint)


class Denied(ScribeTreeError):
    """This caller may not do this."""

    code = "denied"


class KeyDestroyed(Denied):
    """The subject was erased: nothing that its key sealed can be opened any more, nor anything new sealed."""


class TamperDetected(ScribeTreeError):
    """What is kept is not what was stored."""

    code = "tampered"


class Withheld(ScribeTreeError):
    """A figure about a group is not given: it could give somebody away."""

    code = "withheld"


class BudgetExhausted(Withheld):
    """What may be told about this group in this term has been told; the message says what is left, and until when."""

    code = "budget_exhausted"


class OnHold(ScribeTreeError):
    """What was asked for has to wait until a hold is lifted."""

    code = "on_hold"


class Unavailable(ScribeTreeError):
    """A server is away or did not answer within its limit."""

    code = "unavailable"
    retryable = True


class CircuitOpen(Unavailable):
    """It failed so often that it is left alone until `retry_after_s` from now."""

    def __init__(self, message: str, *, hint: str, retry_after_s: float) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class Overloaded(Unavailable):
    """As many calls as it bears are running and waiting already."""


class OutOfTime(Unavailable):
    """The time that the caller gave is used up."""


class RateLimited(ScribeTreeError):
    """This caller asked too often; asking again helps after `retry_after_s`."""

    code = "rate_limited"
    retryable = True

    def __init__(self, message: str, *, hint: str, retry_after_s: float) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class ConfigError(ScribeTreeError):
    """The configuration cannot be used."""

    code = "config"


class InternalError(ScribeTreeError):
    """Something that should not happen did; the log has the details."""

    code = "internal"


def _printable(name: str) -> str:
    clean = "".join(character if character.isprintable() else "?" for character in name)
    return clean if len(clean) <= 64 else clean[:61] + "..."
