"""The student-profiling server: skills, the student's own privacy, and figures about groups."""

from mcp.server import MCPServer

from scribetree.servers.kit import Toolbox, Wiring, make_server
from scribetree.servers.student_profiling import _groups, _privacy, _skills

__all__ = ["create"]

tools = Toolbox.joined(_skills.tools, _privacy.tools, _groups.tools)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "student-profiling",
        title="Student profiling",
        instructions="Skills and growth of one student, on figures that people have judged; what may be done with a "
        "student's data, and what was done; figures about groups that give nobody away. Decides no grade.",
        tools=tools,
        wiring=wiring,
    )
