"""The student-profiling server: skills, the student's own privacy, and figures about groups."""

from mcp.server import MCPServer

from scribetree.servers.kit import Toolbox, Wiring, apps_of, make_server
from scribetree.servers.student_profiling import (
    _access_requests,
    _choices,
    _dashboard,
    _groups,
    _profile,
    _recommendations,
    _skills,
    _trajectory,
)

__all__ = ["create"]

tools = Toolbox.joined(
    _profile.tools,
    _trajectory.tools,
    _skills.tools,
    _recommendations.tools,
    _choices.tools,
    _access_requests.tools,
    _dashboard.tools,
    _groups.tools,
)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "student-profiling",
        title="Student profiling",
        instructions="A student as a writer: strengths, skills and growth, on what people have judged, and what would "
        "help; what may be done with a student's data, and what was done; figures about groups that give nobody away. "
        "Decides no grade.",
        tools=tools,
        extensions=[
            apps_of(
                _dashboard.DASHBOARD,
                title="Your data and who looked at it",
                description="A student's privacy dashboard: the score and its facts, choices, accesses, what is held.",
                package=__name__,
                file="privacy_dashboard.html",
            )
        ],
        wiring=wiring,
    )
