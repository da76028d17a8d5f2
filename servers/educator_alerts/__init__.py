"""The educator-alerts server: what changed for a student, who is told and how, what is done, and whether it helped."""

from mcp.server import MCPServer

from scribetree.servers.educator_alerts import _effect, _inbox, _live, _preferences, _recommend, _schedule, _send
from scribetree.servers.educator_alerts._courier import keep_delivering
from scribetree.servers.kit import Toolbox, Wiring, apps_of, make_server

__all__ = ["create"]

tools = Toolbox.joined(_recommend.tools, _send.tools, _inbox.tools, _preferences.tools, _schedule.tools, _effect.tools)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve; while it does, it delivers what is due."""
    board = apps_of(
        _inbox.BOARD,
        title="Alerts board",
        description="An educator's alerts by student, with what can be done about each.",
        package="scribetree.servers.educator_alerts",
        file="board.html",
    )
    return make_server(
        "educator-alerts",
        title="Educator alerts",
        instructions="What changed for a student and what a teacher might do; a sealed inbox, told of over the "
        "channels that the teacher chose; planned steps and whether they helped. Alerts hold no text by students.",
        tools=tools,
        wiring=wiring,
        extensions=[board],
        background=keep_delivering,
        live=_live.events,
    )
