"""What is asked of the chain, and what it must know of the tool."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import STORES_KEY

if TYPE_CHECKING:
    from mcp.shared.dispatcher import ProgressFnT
    from mcp.types import Tool

__all__ = ["Call", "Traits"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one tool."""

    server: str
    tool: str
    arguments: dict[str, Any]
    caller: PrivacyContext
    limit_s: float
    on_progress: "ProgressFnT | None" = None


@dataclass(frozen=True, slots=True)
class Traits:
    """
    Whether a tool only reads, whether doing it twice is doing it once, and whether its answer can be kept.

    A tool that nobody knows does none of it, and is not queued either.
    """

    known: bool = False
    reads: bool = False
    repeatable: bool = False
    keepable: bool = False

    @classmethod
    def of(cls, tool: "Tool | None") -> "Traits":
        """What the tool's own definition says; an answer that depends on our stores is not kept."""
        hints = tool.annotations if tool else None
        reads = bool(hints and hints.read_only_hint)
        uses_stores = bool(tool and (tool.meta or {}).get(STORES_KEY))
        return cls(
            known=tool is not None,
            reads=reads,
            repeatable=reads or bool(hints and hints.idempotent_hint),
            keepable=reads and not uses_stores,
        )
