"""
The kit that makes every server: tools in, a whole MCP server out.

    tools = Toolbox()

    @tools.add(title="Compare two drafts", hints=READS)
    def compare_drafts(earlier: Essay, later: Essay) -> DraftComparison: ...

    server = make_server("writing-analysis", title=..., instructions=..., tools=tools)
    serve(server, transport="stdio")

A tool validates nothing, checks no caller and formats no error: the kit does, in the same way for all.
"""

from scribetree.servers.kit._apps import apps_of
from scribetree.servers.kit._arguments import (
    MAX_TEXT_CHARACTERS,
    AssignmentId,
    CohortId,
    CourseId,
    EducatorId,
    Essay,
    PurposeWords,
    Reflection,
    SessionId,
    StudentId,
)
from scribetree.servers.kit._caller import CORRELATION_KEY, Caller, Means
from scribetree.servers.kit._figures import Figures
from scribetree.servers.kit._lines import LOST, EndlessLine, Incoming, messages_on, write_messages
from scribetree.servers.kit._pipeline import CallRecord, Observer
from scribetree.servers.kit._results import error_of, error_result, with_provenance
from scribetree.servers.kit._serve import LOOPBACK, MAX_BODY_BYTES, STOP_LIMIT_S, Transport, check_port, serve
from scribetree.servers.kit._server import KitServer, LiveEvent, make_server
from scribetree.servers.kit._toolbox import (
    READS,
    READS_WHERE_KEY,
    ROLES_KEY,
    STORES_KEY,
    TAKES_BACK,
    TOOLSET_KEY,
    WRITES,
    WRITES_ONCE,
    Toolbox,
)
from scribetree.servers.kit._traces import withhold_from_traces
from scribetree.servers.kit._wiring import Wiring

__all__ = [
    "CORRELATION_KEY",
    "LOOPBACK",
    "LOST",
    "MAX_BODY_BYTES",
    "MAX_TEXT_CHARACTERS",
    "READS",
    "READS_WHERE_KEY",
    "ROLES_KEY",
    "STOP_LIMIT_S",
    "STORES_KEY",
    "TAKES_BACK",
    "TOOLSET_KEY",
    "WRITES",
    "WRITES_ONCE",
    "AssignmentId",
    "CallRecord",
    "Caller",
    "CohortId",
    "CourseId",
    "EducatorId",
    "EndlessLine",
    "Essay",
    "Figures",
    "Incoming",
    "KitServer",
    "LiveEvent",
    "Means",
    "Observer",
    "PurposeWords",
    "Reflection",
    "SessionId",
    "StudentId",
    "Toolbox",
    "Transport",
    "Wiring",
    "apps_of",
    "check_port",
    "error_of",
    "error_result",
    "make_server",
    "messages_on",
    "serve",
    "with_provenance",
    "withhold_from_traces",
    "write_messages",
]
