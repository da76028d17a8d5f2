"""One answer of the suite, in the shape that every door of the host gives out."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scribetree.errors import ErrorPayload
from scribetree.provenance import Provenance

if TYPE_CHECKING:
    from mcp.types import CallToolResult

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A tool's result or the error that stands in its place, and where it came from."""

    result: Any
    error: ErrorPayload | None
    provenance: Provenance
    raw: "CallToolResult | None" = field(default=None, repr=False)
    """The MCP result as the server gave it, if one did."""

    def as_json(self) -> dict[str, Any]:
        """`{"result", "provenance"}`, and `error` where there is one."""
        shape: dict[str, Any] = {"result": self.result, "provenance": self.provenance.as_json()}
        return shape if self.error is None else shape | {"error": dict(self.error)}
