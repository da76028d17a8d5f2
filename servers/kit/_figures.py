"""What a server has done since it began, in figures that say nothing about a person."""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from typing import Any

from scribetree.servers.kit._pipeline import CallRecord

__all__ = ["Figures"]

_KEPT_DURATIONS = 1_000


class Figures:
    """Counts of outcomes, and the durations of each tool's last thousand calls."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        self._durations: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_KEPT_DURATIONS))

    def call_finished(self, record: CallRecord) -> None:
        """The call is counted."""
        self._outcomes[record.tool][record.outcome] += 1
        self._durations[record.tool].append(record.ms)

    def as_json(self) -> dict[str, Any]:
        """The shape of the observability endpoint; durations are milliseconds."""
        calls = sum(counts.total() for counts in self._outcomes.values())
        failed = sum(counts["internal"] + counts["unavailable"] for counts in self._outcomes.values())
        return {
            "uptime_s": round(time.monotonic() - self._began, 3),
            "calls": calls,
            "error_rate": failed / calls if calls else 0.0,
            "latency_ms": _percentiles([ms for durations in self._durations.values() for ms in durations]),
            "tools": {
                tool: {"outcomes": dict(counts), "latency_ms": _percentiles(self._durations[tool])}
                for tool, counts in sorted(self._outcomes.items())
            },
        }


def _percentiles(durations: Sequence[float]) -> dict[str, float]:
    ordered = sorted(durations)
    if not ordered:
        return {}
    return {name: round(ordered[int(share * (len(ordered) - 1))], 3) for name, share in _SHARES}


_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
