"""A school for tests of servers: who is of age, who teaches whom, and what a caller is answered."""

from collections.abc import Callable
from datetime import date
from typing import Any

from mcp import Client
from mcp.server import MCPServer
from mcp.types import CallToolResult

from scribetree.clock import SystemClock
from scribetree.privacy.caller import CALLER_KEY, sign
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import Wiring

__all__ = ["ADMINISTRATOR", "call", "code", "come_of_age", "content", "teach"]

ADMINISTRATOR = PrivacyContext("a-1", "administrator", "support", "correlation-1")


def come_of_age(means: Wiring, *students: str) -> None:
    """They consent for themselves."""
    for student in students:
        means.office.consent.record_birth(means.office.pseudonym(student), date(2007, 5, 1), by="administrator")


def teach(means: Wiring, teacher: str, *students: str, course: str = "writing-1") -> None:
    """The teacher has these students in that course."""
    for student in students:
        means.office.enrol(ADMINISTRATOR, student, teacher, course=course)


async def call(
    create: Callable[[Wiring], MCPServer], means: Wiring, caller: PrivacyContext, tool: str, arguments: dict[str, Any]
) -> CallToolResult:
    """What the server answers to that caller, whose token is good now whatever the server's clock says."""
    token: Any = {CALLER_KEY: sign(caller, ring=means.ring, clock=SystemClock())}
    async with Client(create(means)) as client:
        return await client.call_tool(tool, arguments, meta=token)


def content(result: CallToolResult) -> dict[str, Any]:
    """What a call that went well gave."""
    assert not result.is_error, result.structured_content
    assert result.structured_content is not None
    return dict(result.structured_content)


def code(result: CallToolResult) -> str:
    """The code of the error that a call ended with."""
    assert result.structured_content is not None
    return str(result.structured_content["error"]["code"])
