"""The arguments that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AsRole",
    "ConfigFile",
    "ExportFormat",
    "HostTransport",
    "Json",
    "ProfileName",
    "Role",
    "ServerTransport",
    "Student",
    "Toolsets",
    "Watch",
    "WorkflowName",
]


class ServerTransport(StrEnum):
    """How one server is reached."""

    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"


class HostTransport(StrEnum):
    """How the host is reached."""

    STDIO = "stdio"
    HTTP = "http"


class ProfileName(StrEnum):
    """Whom a process serves."""

    STUDENT = "student"
    EDUCATOR = "educator"
    ADMINISTRATOR = "administrator"
    ALL = "all"


class Role(StrEnum):
    """In which role a call is made."""

    STUDENT = "student"
    EDUCATOR = "educator"
    ADMINISTRATOR = "administrator"
    RESEARCHER = "researcher"


class ExportFormat(StrEnum):
    """For whom an export is written."""

    JSON = "json"
    MARKDOWN = "markdown"


ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="An mcp.json; else the one in this folder, else the packaged one."),
]
Toolsets = Annotated[
    str | None,
    typer.Option(
        help="Sets of tools to switch on, with commas, or all; else SCRIBETREE_TOOLSETS, else each server's own choice."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]
Watch = Annotated[bool, typer.Option("--watch", help="Show progress even where there is no terminal.")]
WorkflowName = Annotated[str, typer.Argument(help="A workflow's name, or a YAML file.")]
Student = Annotated[str, typer.Argument(help="The student's identifier.")]
AsRole = Annotated[Role, typer.Option("--as", help="The role in which to call.")]
