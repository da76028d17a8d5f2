"""Where an answer came from: which rung gave it, what was tried before, and how long each took."""

import re
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["PROVENANCE_KEY", "Attempt", "Provenance", "Rung", "is_correlation_id", "new_correlation_id"]

PROVENANCE_KEY = "scribetree/provenance"
"""The key of the provenance in the `_meta` of an MCP result."""

Rung = Literal["mcp", "http", "mock", "static"]

_CORRELATION_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at an answer: its rung, how it ended (`ok`, or an error's code), and its duration."""

    rung: Rung
    outcome: str
    ms: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of one answer, as it stands in `_meta` and in the JSON of every other door."""

    served_by: Rung | None
    degraded: bool
    server: str
    instance: str
    correlation_id: str
    attempts: tuple[Attempt, ...] = field(default=())
    age_s: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The published shape; `age_s` is there only for an answer that was kept from before."""
        shape: dict[str, Any] = {
            "served_by": self.served_by,
            "degraded": self.degraded,
            "server": self.server,
            "instance": self.instance,
            "attempts": [{"rung": a.rung, "outcome": a.outcome, "ms": round(a.ms, 3)} for a in self.attempts],
            "correlation_id": self.correlation_id,
        }
        return shape if self.age_s is None else shape | {"age_s": self.age_s}


def new_correlation_id() -> str:
    """A random identifier that ties together everything done for one request."""
    return uuid.uuid4().hex


def is_correlation_id(value: object) -> bool:
    """Whether `value` can stand in a log as it is: 8 to 64 letters, digits and hyphens."""
    return isinstance(value, str) and _CORRELATION_ID.fullmatch(value) is not None
