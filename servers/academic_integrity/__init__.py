"""The academic-integrity server: evidence for a conversation, never a verdict."""

from mcp.server import MCPServer

from scribetree.servers.academic_integrity import _disclosures, _evidence, _reports, _texts
from scribetree.servers.kit import Toolbox, Wiring, make_server

__all__ = ["create"]

tools = Toolbox.joined(_disclosures.tools, _evidence.tools, _texts.tools, _reports.tools)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "academic-integrity",
        title="Academic integrity",
        instructions="Evidence for a conversation between teacher and student. Never a verdict, never an AI detector.",
        tools=tools,
        wiring=wiring,
    )
