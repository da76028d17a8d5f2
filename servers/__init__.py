"""The six MCP servers, each a thin module over one kit."""
