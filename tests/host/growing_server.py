"""A server of somebody else whose list of tools grows; run as a process by the tests of the host."""

import sys

from mcp.server.mcpserver import Context, MCPServer

VERSION = sys.argv[1]
server = MCPServer("growing", version=VERSION)


def extra() -> str:
    """Be there later."""
    return "there"


@server.tool()
async def which() -> str:
    """Say which version this is."""
    return VERSION


@server.tool()
async def grow(ctx: Context) -> str:
    """Get one more tool, and say so to clients of both eras."""
    server.add_tool(extra)
    await ctx.notify_tools_changed()
    await ctx.session.send_tool_list_changed()
    return "grown"


if __name__ == "__main__":
    server.run("stdio")
