"""What is asked of the chain, and what it must know of the tool."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scribetree.privacy.context import PrivacyContext
from scribetree.servers.catalog import SERVERS
from scribetree.servers.kit import READS_WHERE_KEY, STORES_KEY
from scribetree.shapes import as_list, as_object

if TYPE_CHECKING:
    from mcp.shared.dispatcher import ProgressFnT
    from mcp.types import Tool

__all__ = ["Call", "Traits", "students_in"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one tool."""

    server: str
    tool: str
    arguments: dict[str, Any]
    caller: PrivacyContext
    limit_s: float
    on_progress: "ProgressFnT | None" = None


def students_in(arguments: object) -> set[str]:
    """Every student that a call's arguments name, however deep."""
    if (named := as_object(arguments)) is not None:
        own = {value for name, value in named.items() if name == "student_id" and isinstance(value, str)}
        return own.union(*(students_in(value) for value in named.values()))
    return set[str]().union(*(students_in(each) for each in as_list(arguments) or ()))


@dataclass(frozen=True, slots=True)
class Traits:
    """
    Whether a call only reads, whether doing it twice is doing it once, and whether its answer can be kept.

    A tool that nobody knows does none of it, and is not queued either.
    """

    known: bool = False
    reads: bool = False
    repeatable: bool = False
    keepable: bool = False

    @classmethod
    def of(cls, tool: "Tool | None", arguments: Mapping[str, Any], *, server: str) -> "Traits":
        """
        What the tool's own definition says of a call with these arguments.

        An answer is kept only where the guard that let it out stands in this process too, and where it depends on
        nothing but the question: what is in our stores is asked anew, so that a consent withdrawn since then counts.
        """
        hints = tool.annotations if tool else None
        reads = bool(hints and hints.read_only_hint) or _only_reads(tool, arguments)
        uses_stores = bool(tool and (tool.meta or {}).get(STORES_KEY))
        return cls(
            known=tool is not None,
            reads=reads,
            repeatable=reads or bool(hints and hints.idempotent_hint),
            keepable=reads and not uses_stores and server in SERVERS,
        )


def _only_reads(tool: "Tool | None", arguments: Mapping[str, Any]) -> bool:
    where = as_object((tool.meta or {}).get(READS_WHERE_KEY)) if tool else None
    if not where:
        return False
    return all(arguments.get(name) in (as_list(values) or ()) for name, values in where.items())
