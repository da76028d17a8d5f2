"""`scribetree registry`: the servers of a host that runs over HTTP, and registering with it."""

from typing import Annotated

import typer

from scribetree.host.cli_arguments import Json

__all__ = ["registry_app"]

registry_app = typer.Typer(help="The servers of a running host: list, find, register, let go.", no_args_is_help=True)

HostUrl = Annotated[str, typer.Option("--host", help="Where the host answers over HTTP.")]
_HERE = "http://127.0.0.1:8000"


@registry_app.command(name="list")
def registry_list(host: HostUrl = _HERE, json: Json = False) -> None:
    """List the servers, their instances, and how they are."""
    from scribetree.host.commands.registry import show  # noqa: PLC0415

    raise typer.Exit(show(host, as_json=json))


@registry_app.command(name="find")
def registry_find(
    capability: Annotated[str, typer.Argument(help="A capability, or a tool's name.")],
    host: HostUrl = _HERE,
    json: Json = False,
) -> None:
    """Say which servers give a capability."""
    from scribetree.host.commands.registry import find  # noqa: PLC0415

    raise typer.Exit(find(host, capability, as_json=json))


@registry_app.command(name="register")
def registry_register(
    server: Annotated[str, typer.Argument(help="The server's name.")],
    url: Annotated[str, typer.Argument(help="Where it answers over MCP, such as http://127.0.0.1:3001/mcp.")],
    http: Annotated[str | None, typer.Option(help="Where it answers plain HTTP, if it does.")] = None,
    lease: Annotated[float | None, typer.Option(min=1, max=86400, help="Seconds that it counts unrenewed.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Do not stay to renew the lease.")] = False,
    host: HostUrl = _HERE,
) -> None:
    """Register an instance of a server. Its lease is renewed until a signal comes; then it is let go."""
    from scribetree.host.commands.registry import register  # noqa: PLC0415

    raise typer.Exit(register(host, server, url, http=http, lease_s=lease, once=once))


@registry_app.command(name="drain")
def registry_drain(
    instance: Annotated[str, typer.Argument(help="The instance's id; `scribetree registry list` shows it.")],
    host: HostUrl = _HERE,
) -> None:
    """Give an instance no new calls. It finishes those that it has, and is let go."""
    from scribetree.host.commands.registry import drain  # noqa: PLC0415

    raise typer.Exit(drain(host, instance))


@registry_app.command(name="watch")
def registry_watch(host: HostUrl = _HERE) -> None:
    """Print each change as a line of JSON, until a signal comes."""
    from scribetree.host.commands.registry import watch  # noqa: PLC0415

    raise typer.Exit(watch(host))
