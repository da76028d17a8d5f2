"""`scribetree tools`: what was discovered, and what a profile shows."""

from itertools import groupby
from pathlib import Path
from typing import Any

import anyio

from scribetree.host.commands._session import only, print_json, print_line, running_suite, say
from scribetree.host.config import Configuration, load_configuration
from scribetree.host.profiles import check_toolsets, is_on, is_shown
from scribetree.host.suite import HostedTool
from scribetree.host.supervisor import ServerStatus
from scribetree.servers.kit import TOOLSET_KEY
from scribetree.settings import Settings

__all__ = ["run"]


def run(config: Path | None, *, server: str | None, settings: Settings, as_json: bool) -> int:
    """All tools are listed; 1 if a server could not be asked."""
    check_toolsets(settings.toolsets)
    configuration = load_configuration(config)
    if server is not None:
        configuration = only(configuration, server)
    tools, statuses = anyio.run(_discover, configuration)
    on = {hosted.hosted_name for hosted in tools if _is_on(hosted, settings)}
    if as_json:
        print_json([_as_json(tool, on=tool.hosted_name in on) for tool in tools], indent=2)
    else:
        _print_by_server(tools, on)
    for status in statuses:
        if status.problem:
            say(f"error: {status.name}: {status.problem.message}\nhint: {status.problem.hint}")
    return 1 if any(status.problem for status in statuses) else 0


async def _discover(configuration: Configuration) -> tuple[list[HostedTool], list[ServerStatus]]:
    async with running_suite(configuration) as suite:
        await suite.settled()
        return suite.tools(), suite.statuses()


def _is_on(hosted: HostedTool, settings: Settings) -> bool:
    return is_shown(hosted.tool, settings.profile) and is_on(hosted.tool, settings.toolsets)


def _as_json(hosted: HostedTool, *, on: bool) -> dict[str, Any]:
    tool = hosted.tool
    hints = tool.annotations.model_dump(exclude_none=True) if tool.annotations else {}
    return {
        "server": hosted.server,
        "name": hosted.name,
        "hosted_name": hosted.hosted_name,
        "title": tool.title,
        "description": tool.description,
        "input_schema": tool.input_schema,
        "output_schema": tool.output_schema,
        "annotations": hints,
        "toolset": (tool.meta or {}).get(TOOLSET_KEY),
        "on": on,
    }


def _print_by_server(tools: list[HostedTool], on: set[str]) -> None:
    width = max((len(hosted.name) for hosted in tools), default=0)
    for server, of_server in groupby(tools, key=lambda hosted: hosted.server):
        print_line(server)
        for hosted in of_server:
            off = "" if hosted.hosted_name in on else "  (off)"
            print_line(f"  {hosted.name:{width}}  {hosted.tool.title or ''}{off}")
