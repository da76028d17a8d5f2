"""
The command line: results on standard output, everything else on standard error.

This module imports nothing heavy: `--help` must answer at once, and each command loads what it needs.
Exit codes: 0 ok, 1 a finding or a failed call, 2 wrong usage, 3 denied.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scribetree.startup import loading

__all__ = ["app", "main"]

app = typer.Typer(
    name="scribetree",
    help="Privacy-first MCP servers for the teaching of writing, with a coordinating host.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
workflows_app = typer.Typer(help="Workflow definitions and runs.", invoke_without_command=True)
install_app = typer.Typer(help="Make the suite known to an assistant.", no_args_is_help=True)
config_app = typer.Typer(help="Look at the configuration.", no_args_is_help=True)
app.add_typer(workflows_app, name="workflows")
app.add_typer(install_app, name="install")
app.add_typer(config_app, name="config")


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


ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="An mcp.json; else the one in this folder, else the packaged one."),
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]
AsRole = Annotated[Role, typer.Option("--as", help="The role in which to call.")]


def main() -> None:
    """Run the command line; an error of ours becomes two lines and an exit code."""
    from scribetree.errors import Denied, ScribeTreeError  # noqa: PLC0415

    loading()
    try:
        app()
    except ScribeTreeError as error:
        sys.stderr.write(f"error: {error.message}\nhint: {error.hint}\n")
        sys.exit(3 if isinstance(error, Denied) else 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        from scribetree import __version__  # noqa: PLC0415

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version.")
    ] = False,
) -> None:
    """Privacy-first MCP servers for the teaching of writing, with a coordinating host."""


@app.command()
def serve(
    server: Annotated[str, typer.Argument(help="The server's name; `scribetree tools` lists them.")],
    transport: Annotated[ServerTransport, typer.Option(help="How clients reach it.")] = ServerTransport.STDIO,
    host: Annotated[str, typer.Option(help="The address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to bind.")] = 8000,
) -> None:
    """Run one server until its client leaves or a signal comes."""
    from scribetree.servers.catalog import load  # noqa: PLC0415
    from scribetree.servers.kit import serve as serve_until_stopped  # noqa: PLC0415

    serve_until_stopped(load(server), transport=transport.value, host=host, port=port)


@app.command(name="host")
def run_host(
    config: ConfigFile = None,
    transport: Annotated[HostTransport, typer.Option(help="How clients reach it.")] = HostTransport.STDIO,
    bind: Annotated[str, typer.Option("--host", help="The address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to bind.")] = 8000,
    profile: Annotated[ProfileName, typer.Option(help="Whom it serves.")] = ProfileName.EDUCATOR,
) -> None:
    """Run all servers, and show them as one MCP server."""
    from scribetree.host.commands.host import run  # noqa: PLC0415

    run(config, transport=transport.value, bind=bind, port=port, profile=profile.value)


@app.command()
def tools(
    config: ConfigFile = None,
    server: Annotated[str | None, typer.Option(help="Only this server.")] = None,
    profile: Annotated[ProfileName, typer.Option(help="Mark the tools that this profile shows.")] = ProfileName.ALL,
    json: Json = False,
) -> None:
    """List the tools of all servers, and which are on."""
    from scribetree.host.commands.tools import run  # noqa: PLC0415

    raise typer.Exit(run(config, server=server, profile=profile.value, as_json=json))


@app.command()
def call(
    server: Annotated[str | None, typer.Argument(help="The server's name.")] = None,
    tool: Annotated[str | None, typer.Argument(help="The tool's name.")] = None,
    arguments: Annotated[str, typer.Option(help="JSON, @FILE, or - for standard input.")] = "{}",
    batch: Annotated[Path | None, typer.Option(help="JSON Lines of calls, answered in order.")] = None,
    role: AsRole = Role.EDUCATOR,
    purpose: Annotated[str, typer.Option(help="Why the call is made.")] = "learning",
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Call one tool, or a batch of tools, over a running suite."""
    from scribetree.host.commands.call import run, run_batch  # noqa: PLC0415

    if batch is not None:
        if server or tool:
            raise typer.BadParameter("a batch names its own servers and tools; give --batch alone")
        raise typer.Exit(run_batch(config, batch, role=role.value, purpose=purpose))
    if not server or not tool:
        raise typer.BadParameter("name a SERVER and a TOOL, or a --batch FILE")
    raise typer.Exit(run(config, server, tool, arguments, role=role.value, purpose=purpose, as_json=json))


@app.command(name="run")
def run_workflow(
    workflow: Annotated[str, typer.Argument(help="A workflow's name, or a YAML file.")],
    input_file: Annotated[Path, typer.Option("--input", help="The JSON file with its inputs.")],
    role: AsRole = Role.EDUCATOR,
    config: ConfigFile = None,
    json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show progress even where there is no terminal.")] = False,
) -> None:
    """Run a workflow to its end, and print its report."""
    from scribetree.host.commands.run import run  # noqa: PLC0415

    raise typer.Exit(run(config, workflow, input_file, role=role.value, as_json=json, watch=watch))


@workflows_app.callback()
def workflows(context: typer.Context) -> None:
    """Without a command: list definitions and runs."""
    if context.invoked_subcommand is None:
        list_workflows(json=False)


@workflows_app.command(name="list")
def list_workflows(json: Json = False) -> None:
    """List the definitions and the latest runs."""
    from scribetree.host.commands.workflows import list_all  # noqa: PLC0415

    raise typer.Exit(list_all(as_json=json))


@workflows_app.command()
def show(name: Annotated[str, typer.Argument(help="A workflow's name, or a YAML file.")], json: Json = False) -> None:
    """Show a definition: its inputs and its steps in the order in which they can run."""
    from scribetree.host.commands.workflows import show as show_definition  # noqa: PLC0415

    raise typer.Exit(show_definition(name, as_json=json))


@workflows_app.command()
def status(run_id: Annotated[str, typer.Argument(help="A run's id.")], json: Json = False) -> None:
    """Show how far a run has come."""
    from scribetree.host.commands.workflows import status as show_status  # noqa: PLC0415

    raise typer.Exit(show_status(run_id, as_json=json))


@workflows_app.command()
def resume(
    run_id: Annotated[str, typer.Argument(help="A run's id.")],
    config: ConfigFile = None,
    json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show progress even where there is no terminal.")] = False,
) -> None:
    """Go on with an interrupted run; finished steps are not done again."""
    from scribetree.host.commands.run import resume as resume_run  # noqa: PLC0415

    raise typer.Exit(resume_run(config, run_id, as_json=json, watch=watch))


@workflows_app.command()
def cancel(run_id: Annotated[str, typer.Argument(help="A run's id.")]) -> None:
    """Cancel a run; its finished steps stay finished."""
    from scribetree.host.commands.workflows import cancel as cancel_run  # noqa: PLC0415

    raise typer.Exit(cancel_run(run_id))


@app.command()
def outbox(
    json: Json = False,
    drop: Annotated[str | None, typer.Option(help="Give up the write with this receipt.")] = None,
) -> None:
    """List the writes that wait until their server is back."""
    from scribetree.host.commands.outbox import drop as drop_write  # noqa: PLC0415
    from scribetree.host.commands.outbox import show as show_outbox  # noqa: PLC0415

    raise typer.Exit(show_outbox(as_json=json) if drop is None else drop_write(drop))


@app.command()
def doctor(config: ConfigFile = None, json: Json = False) -> None:
    """Say what is wrong and how to mend it."""
    from scribetree.host.commands.doctor import run  # noqa: PLC0415

    raise typer.Exit(run(config, as_json=json))


@install_app.command(name="claude-desktop")
def install_claude_desktop(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be written.")] = False,
    file: Annotated[Path | None, typer.Option(help="The configuration to change, if not the usual one.")] = None,
    profile: Annotated[ProfileName, typer.Option(help="Whom the assistant serves.")] = ProfileName.EDUCATOR,
) -> None:
    """Add the host to Claude Desktop; other entries are kept, and the old file is backed up."""
    from scribetree.host.commands.install import claude_desktop  # noqa: PLC0415

    raise typer.Exit(claude_desktop(file, profile=profile.value, dry_run=dry_run))


@config_app.command(name="show")
def config_show(config: ConfigFile = None, json: Json = False) -> None:
    """Show the settings and servers in force, without secrets."""
    from scribetree.host.commands.config import show as show_config  # noqa: PLC0415

    raise typer.Exit(show_config(config, as_json=json))


@config_app.command(name="check")
def config_check(config: ConfigFile = None) -> None:
    """Check the configuration without starting anything."""
    from scribetree.host.commands.config import check  # noqa: PLC0415

    raise typer.Exit(check(config))
