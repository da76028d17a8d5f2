"""The writing-analysis server: what a text is like, how it came to be, and what the student says about it."""

from mcp.server import MCPServer

from scribetree.servers.kit import Toolbox, Wiring, make_server
from scribetree.servers.writing_analysis import _boundaries, _insights, _process, _progress, _reflection, _text

__all__ = ["create"]

tools = Toolbox.joined(
    _text.tools, _reflection.tools, _process.tools, _progress.tools, _insights.tools, _boundaries.tools
)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "writing-analysis",
        title="Writing analysis",
        instructions="Reads a student's text, its drafts, its log and the reflection on it. Describes and asks; "
        "never grades and never writes.",
        tools=tools,
        wiring=wiring,
    )
