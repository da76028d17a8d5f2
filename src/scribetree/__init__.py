"""Scribe Tree: privacy-first MCP servers for the teaching of writing, with a coordinating host."""

__all__ = ["__version__"]

__version__ = "0.1.0"
