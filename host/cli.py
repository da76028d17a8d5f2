"""
The command line: results on standard output, everything else on standard error.

This module imports nothing heavy: `--help` must answer at once, and each command loads what it needs.
Exit codes: 0 ok, 1 a finding or a failed call, 2 wrong usage, 3 denied.
"""

import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from scribetree.host.cli_arguments import (
    AsRole,
    ConfigFile,
    HostTransport,
    Json,
    ProfileName,
    Role,
    ServerTransport,
    Toolsets,
)
from scribetree.host.cli_privacy import privacy_app
from scribetree.host.cli_registry import registry_app
from scribetree.host.cli_schedules import schedule_app
from scribetree.settings import Settings
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
workflows_app.add_typer(schedule_app, name="schedule")
app.add_typer(install_app, name="install")
app.add_typer(config_app, name="config")
app.add_typer(privacy_app, name="privacy")
app.add_typer(registry_app, name="registry")


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
    register_at: Annotated[
        str | None, typer.Option(help="With http: the URL of a host to register with while it runs.")
    ] = None,
    toolsets: Toolsets = None,
) -> None:
    """Run one server until its client leaves or a signal comes."""
    if register_at is not None and (transport is not ServerTransport.HTTP or port == 0):
        raise typer.BadParameter("a server registers with --transport http and a --port")
    from scribetree.servers.catalog import load  # noqa: PLC0415
    from scribetree.servers.kit import Wiring  # noqa: PLC0415
    from scribetree.servers.kit import serve as serve_until_stopped  # noqa: PLC0415

    wiring = Wiring(settings=Settings.from_environment().with_toolsets(toolsets), server=server)
    limiter = None
    registration: AbstractContextManager[None] = nullcontext()
    if transport is not ServerTransport.STDIO:
        from scribetree.host.limits import limiter_in_force  # noqa: PLC0415

        limiter = limiter_in_force()
    if register_at is not None:
        from scribetree.host.commands.registry import registered  # noqa: PLC0415

        registration = registered(register_at, server, port)
    with registration:
        serve_until_stopped(load(server, wiring), transport=transport.value, host=host, port=port, limiter=limiter)


@app.command(name="host")
def run_host(
    config: ConfigFile = None,
    transport: Annotated[HostTransport, typer.Option(help="How clients reach it.")] = HostTransport.STDIO,
    bind: Annotated[str, typer.Option("--host", help="The address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to bind.")] = 8000,
    profile: Annotated[ProfileName, typer.Option(help="Whom it serves.")] = ProfileName.EDUCATOR,
    toolsets: Toolsets = None,
) -> None:
    """Run all servers, and show them as one MCP server."""
    from scribetree.host.commands.host import run  # noqa: PLC0415

    settings = replace(Settings.from_environment().with_toolsets(toolsets), profile=profile.value)
    run(config, settings=settings, transport=transport.value, bind=bind, port=port)


@app.command()
def tools(
    config: ConfigFile = None,
    server: Annotated[str | None, typer.Option(help="Only this server.")] = None,
    profile: Annotated[ProfileName, typer.Option(help="Mark the tools that this profile shows.")] = ProfileName.ALL,
    toolsets: Toolsets = None,
    json: Json = False,
) -> None:
    """List the tools of all servers, and which are on."""
    from scribetree.host.commands.tools import run  # noqa: PLC0415

    settings = replace(Settings.from_environment().with_toolsets(toolsets), profile=profile.value)
    raise typer.Exit(run(config, server=server, settings=settings, as_json=json))


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
    input_file: Annotated[Path | None, typer.Option("--input", help="The JSON file with its inputs.")] = None,
    batch: Annotated[Path | None, typer.Option(help="JSON Lines of inputs: one run each, resumable.")] = None,
    role: AsRole = Role.EDUCATOR,
    config: ConfigFile = None,
    json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show progress even where there is no terminal.")] = False,
    queue: Annotated[bool, typer.Option("--queue", help="Leave it to a worker, and print its id.")] = False,
    priority: Annotated[int, typer.Option(min=1, max=100, help="With --queue: 1 is taken up first.")] = 50,
    key: Annotated[
        str | None, typer.Option(help="An idempotency key: the same key and inputs again are the same run.")
    ] = None,
) -> None:
    """Run a workflow to its end, and print its report; with --batch, once for each line of a file."""
    from scribetree.host.commands.run import run  # noqa: PLC0415

    if (input_file is None) == (batch is None):
        raise typer.BadParameter("give either --input FILE or --batch FILE")
    if batch is not None:
        from scribetree.host.commands.batch import run_batch  # noqa: PLC0415

        raise typer.Exit(run_batch(config, workflow, batch, role=role.value, as_json=json))
    if input_file is None:
        return
    if queue:
        from scribetree.host.commands.work import enqueue  # noqa: PLC0415

        raise typer.Exit(enqueue(workflow, input_file, role=role.value, priority=priority, key=key))
    raise typer.Exit(run(config, workflow, input_file, role=role.value, as_json=json, watch=watch, key=key))


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
    """Go on with an interrupted or paused run; finished steps are not done again."""
    from scribetree.host.commands.run import resume as resume_run  # noqa: PLC0415

    raise typer.Exit(resume_run(config, run_id, as_json=json, watch=watch))


@workflows_app.command()
def retry(
    run_id: Annotated[str, typer.Argument(help="A run's id.")],
    from_step: Annotated[
        str | None, typer.Option("--from", help="The step to begin at; else the first failed.")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show progress even where there is no terminal.")] = False,
) -> None:
    """Run an ended run anew from a step; what it did before that is kept."""
    from scribetree.host.commands.run import retry as retry_run  # noqa: PLC0415

    raise typer.Exit(retry_run(config, run_id, from_step=from_step, as_json=json, watch=watch))


@workflows_app.command()
def work(
    config: ConfigFile = None,
    runs_at_once: Annotated[int, typer.Option(min=1, max=20, help="How many runs side by side in one worker.")] = 4,
    over_all: Annotated[
        int | None,
        typer.Option(min=0, max=1000, help="How many in all workers together; 0: no limit. It is kept."),
    ] = None,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when no run is left.")] = False,
) -> None:
    """Take up queued runs, and those of workers that died, until a signal comes."""
    from scribetree.host.commands.work import work as work_on  # noqa: PLC0415

    raise typer.Exit(work_on(config, runs_at_once=runs_at_once, over_all=over_all, until_empty=until_empty))


@workflows_app.command()
def cancel(
    run_id: Annotated[str, typer.Argument(help="A run's id.")],
    undo: Annotated[bool, typer.Option("--undo", help="Take back what it did, and say what stays.")] = False,
    config: ConfigFile = None,
    json: Json = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show progress even where there is no terminal.")] = False,
) -> None:
    """Cancel a run; its finished steps stay finished, unless they are taken back with --undo."""
    if undo:
        from scribetree.host.commands.workflows import stop_to_undo  # noqa: PLC0415

        stop_to_undo(run_id)  # before all that a suite needs is loaded
        from scribetree.host.commands.run import take_back  # noqa: PLC0415

        raise typer.Exit(take_back(config, run_id, as_json=json, watch=watch))
    from scribetree.host.commands.workflows import cancel as cancel_run  # noqa: PLC0415

    raise typer.Exit(cancel_run(run_id))


@workflows_app.command()
def pause(run_id: Annotated[str, typer.Argument(help="A run's id.")]) -> None:
    """Hold a run before its next step, until it is resumed."""
    from scribetree.host.commands.workflows import pause as pause_run  # noqa: PLC0415

    raise typer.Exit(pause_run(run_id))


@app.command(name="guard-reply")
def guard_reply(
    source: Annotated[str, typer.Option("--input", help="JSON with history, response and stage: FILE, or -.")],
    json: Json = False,
) -> None:
    """Let an assistant's reply through to a student, or give questions and the reason instead."""
    from scribetree.host.commands.guard import run  # noqa: PLC0415

    raise typer.Exit(run(source, as_json=json))


@app.command()
def token(
    role: AsRole = Role.EDUCATOR,
    purpose: Annotated[str, typer.Option(help="Why the calls are made.")] = "learning",
    student: Annotated[str | None, typer.Option(help="With --as student: who that is.")] = None,
) -> None:
    """Print a token with which a program on this machine can call over plain HTTP for ten minutes."""
    from scribetree.host.commands.token import run  # noqa: PLC0415

    typer.echo(run(role=role.value, purpose=purpose, student=student))


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


@config_app.command(name="schema")
def config_schema() -> None:
    """Print the JSON schema of the options file, for an editor or a check."""
    from scribetree.host.commands.config import schema  # noqa: PLC0415

    raise typer.Exit(schema())


@config_app.command(name="check")
def config_check(config: ConfigFile = None) -> None:
    """Check the configuration without starting anything."""
    from scribetree.host.commands.config import check  # noqa: PLC0415

    raise typer.Exit(check(config))
