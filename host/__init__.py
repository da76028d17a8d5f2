"""The coordinating host: one suite of servers, behind a command line and one MCP server."""
