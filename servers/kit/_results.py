"""What a client receives: an error in one shape, a bounded answer, and where it came from."""

from typing import Any

from mcp.types import CallToolResult, TextContent

from scribetree.errors import ErrorPayload, InternalError, ScribeTreeError
from scribetree.provenance import PROVENANCE_KEY, Provenance
from scribetree.shapes import as_object

__all__ = ["MAX_RESULT_BYTES", "bounded", "error_of", "error_result", "with_provenance"]

MAX_RESULT_BYTES = 512 * 1024
"""Far above what any tool should say, and below what hosts refuse: a backstop, not a budget."""

_MAX_FOREIGN_MESSAGE = 500


def error_result(error: ScribeTreeError) -> CallToolResult:
    """The error as a model reads it: what, why, and the next step."""
    return CallToolResult(
        is_error=True,
        content=[TextContent(type="text", text=f"{error.message}\n{error.hint}")],
        structured_content={"error": error.payload()},
    )


def error_of(result: CallToolResult) -> ErrorPayload | None:
    """The error that stands in a result; one that is not in our shape, from a foreign server, is put into it."""
    if not result.is_error:
        return None
    content: dict[str, Any] = result.structured_content or {}
    error = as_object(content.get("error")) or {}
    if {"code", "message", "retryable", "fix"} <= error.keys():
        shape: ErrorPayload = {
            "code": str(error["code"]),
            "message": str(error["message"]),
            "retryable": bool(error["retryable"]),
            "fix": str(error["fix"]),
        }
        if isinstance(after := error.get("retry_after_s"), int | float):
            shape["retry_after_s"] = after
        return shape
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    message = text[:_MAX_FOREIGN_MESSAGE] or "The tool failed."
    return {"code": "tool_error", "message": message, "retryable": False, "fix": "See the tool's description."}


def bounded(result: CallToolResult, *, tool: str) -> CallToolResult:
    """The result, unless it is larger than any client should be sent."""
    size = sum(len(block.text) for block in result.content if isinstance(block, TextContent))
    if size <= MAX_RESULT_BYTES:
        return result
    return error_result(
        InternalError(
            f"The answer of {tool} is larger than {MAX_RESULT_BYTES} bytes and was withheld.",
            hint="Ask about a shorter text, or about fewer things at once.",
        )
    )


def with_provenance(result: CallToolResult, provenance: Provenance) -> CallToolResult:
    """The same result, which also says where it came from."""
    meta: dict[str, Any] = {**(result.meta or {}), PROVENANCE_KEY: provenance.as_json()}
    return result.model_copy(update={"meta": meta})
