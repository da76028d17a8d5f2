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
schedule_app = typer.Typer(help="Workflows that begin by the clock.", no_args_is_help=True)
install_app = typer.Typer(help="Make the suite known to an assistant.", no_args_is_help=True)
config_app = typer.Typer(help="Look at the configuration.", no_args_is_help=True)
privacy_app = typer.Typer(help="Rights, consent, retention and checks.", no_args_is_help=True)
consent_app = typer.Typer(help="What a student agreed to.", no_args_is_help=True)
audit_app = typer.Typer(help="What was done with students' data, and its proofs.", no_args_is_help=True)
keys_app = typer.Typer(help="The keys of this installation.", no_args_is_help=True)
retention_app = typer.Typer(help="How long records are kept.", no_args_is_help=True)
app.add_typer(workflows_app, name="workflows")
workflows_app.add_typer(schedule_app, name="schedule")
app.add_typer(install_app, name="install")
app.add_typer(config_app, name="config")
app.add_typer(privacy_app, name="privacy")
privacy_app.add_typer(consent_app, name="consent")
privacy_app.add_typer(retention_app, name="retention")
privacy_app.add_typer(audit_app, name="audit")
privacy_app.add_typer(keys_app, name="keys")


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


class MissedTimes(StrEnum):
    """What becomes of times at which nothing was running."""

    SKIP = "skip"
    LAST = "last"
    ALL = "all"


class ExportFormat(StrEnum):
    """For whom an export is written."""

    JSON = "json"
    MARKDOWN = "markdown"


ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="An mcp.json; else the one in this folder, else the packaged one."),
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]
Student = Annotated[str, typer.Argument(help="The student's identifier.")]
ScheduleName = Annotated[str, typer.Argument(help="The schedule's name.")]
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
    runs_at_once: Annotated[int, typer.Option(min=1, max=20, help="How many runs side by side.")] = 4,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when no run is left.")] = False,
) -> None:
    """Take up queued runs, and those of workers that died, until a signal comes."""
    from scribetree.host.commands.work import work as work_on  # noqa: PLC0415

    raise typer.Exit(work_on(config, runs_at_once=runs_at_once, until_empty=until_empty))


@workflows_app.command()
def cancel(run_id: Annotated[str, typer.Argument(help="A run's id.")]) -> None:
    """Cancel a run; its finished steps stay finished."""
    from scribetree.host.commands.workflows import cancel as cancel_run  # noqa: PLC0415

    raise typer.Exit(cancel_run(run_id))


@workflows_app.command()
def pause(run_id: Annotated[str, typer.Argument(help="A run's id.")]) -> None:
    """Hold a run before its next step, until it is resumed."""
    from scribetree.host.commands.workflows import pause as pause_run  # noqa: PLC0415

    raise typer.Exit(pause_run(run_id))


@schedule_app.command(name="add")
def schedule_add(
    name: Annotated[str, typer.Argument(help="A name for it; no person's, because it is not sealed.")],
    workflow: Annotated[str, typer.Argument(help="A workflow's name, or a YAML file.")],
    input_file: Annotated[Path, typer.Option("--input", help="The JSON file with the inputs of every run.")],
    cron: Annotated[str, typer.Option(help="Minute, hour, day, month, weekday: `0 6 * * mon`.")],
    timezone: Annotated[str, typer.Option(help="The time zone that the cron is meant in.")] = "UTC",
    missed: Annotated[
        MissedTimes, typer.Option(help="Times at which nothing was running: left out, made up once, or all.")
    ] = MissedTimes.LAST,
    role: AsRole = Role.EDUCATOR,
) -> None:
    """Begin a workflow by the clock from now on; `workflows work` does the runs."""
    from scribetree.host.commands.schedule import add  # noqa: PLC0415

    raise typer.Exit(add(name, workflow, input_file, cron=cron, zone=timezone, missed=missed.value, role=role.value))


@schedule_app.command(name="list")
def schedule_list(json: Json = False) -> None:
    """List the schedules, and when each fires next."""
    from scribetree.host.commands.schedule import list_all  # noqa: PLC0415

    raise typer.Exit(list_all(as_json=json))


@schedule_app.command(name="pause")
def schedule_pause(name: ScheduleName) -> None:
    """Let a schedule fire no more until it is resumed."""
    from scribetree.host.commands.schedule import pause as run  # noqa: PLC0415

    raise typer.Exit(run(name))


@schedule_app.command(name="resume")
def schedule_resume(name: ScheduleName) -> None:
    """Let a paused schedule fire again."""
    from scribetree.host.commands.schedule import resume as run  # noqa: PLC0415

    raise typer.Exit(run(name))


@schedule_app.command(name="remove")
def schedule_remove(name: ScheduleName) -> None:
    """Remove a schedule; the runs that it began stay."""
    from scribetree.host.commands.schedule import remove as run  # noqa: PLC0415

    raise typer.Exit(run(name))


@schedule_app.command(name="trigger")
def schedule_trigger(name: ScheduleName) -> None:
    """Begin a run of a schedule now; prints its id."""
    from scribetree.host.commands.schedule import trigger as run  # noqa: PLC0415

    raise typer.Exit(run(name))


@app.command(name="guard-reply")
def guard_reply(
    source: Annotated[str, typer.Option("--input", help="JSON with history, response and stage: FILE, or -.")],
    json: Json = False,
) -> None:
    """Let an assistant's reply through to a student, or give questions and the reason instead."""
    from scribetree.host.commands.guard import run  # noqa: PLC0415

    raise typer.Exit(run(source, as_json=json))


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


@consent_app.command(name="show")
def consent_show(student: Student, json: Json = False) -> None:
    """Show what a student agreed to, and what waits for a guardian."""
    from scribetree.host.commands.privacy import consent_show as run  # noqa: PLC0415

    raise typer.Exit(run(student, as_json=json))


@consent_app.command(name="set")
def consent_set(
    student: Student,
    choices: Annotated[list[str], typer.Argument(help="NAME=VALUE, as educational_sharing.peer=off.")],
    json: Json = False,
) -> None:
    """Set some of a student's choices; the others stay as they are."""
    from scribetree.host.commands.privacy import consent_set as run  # noqa: PLC0415

    raise typer.Exit(run(student, choices, as_json=json))


@consent_app.command(name="withdraw")
def consent_withdraw(
    student: Student,
    purpose: Annotated[list[str] | None, typer.Option(help="Only for this purpose; may be repeated.")] = None,
    json: Json = False,
) -> None:
    """Withdraw consent; it counts at the next read of every server."""
    from scribetree.host.commands.privacy import consent_withdraw as run  # noqa: PLC0415

    raise typer.Exit(run(student, purpose or [], as_json=json))


@consent_app.command(name="guardian")
def consent_guardian(
    student: Student,
    method: Annotated[str | None, typer.Option(help="How the guardian consented; without it, consent ends.")] = None,
    json: Json = False,
) -> None:
    """Record a guardian's consent, or its end."""
    from scribetree.host.commands.privacy import guardian as run  # noqa: PLC0415

    raise typer.Exit(run(student, method=method, as_json=json))


@consent_app.command(name="born")
def consent_born(student: Student, on: Annotated[str, typer.Argument(help="YYYY-MM-DD.")], json: Json = False) -> None:
    """Record a student's date of birth, which says whether a guardian has to consent."""
    from scribetree.host.commands.privacy import born as run  # noqa: PLC0415

    raise typer.Exit(run(student, on, as_json=json))


@privacy_app.command(name="enrol")
def privacy_enrol(
    student: Student,
    educator: Annotated[str, typer.Argument(help="The educator's identifier.")],
    course: Annotated[str, typer.Option(help="The course.")] = "all",
) -> None:
    """Record who teaches a student: an educator reads about their own students only."""
    from scribetree.host.commands.privacy import enrol as run  # noqa: PLC0415

    raise typer.Exit(run(student, educator, course=course))


@privacy_app.command(name="export")
def privacy_export(
    student: Student,
    form: Annotated[ExportFormat, typer.Option("--format", help="For machines or for people.")] = ExportFormat.JSON,
    output: Annotated[Path | None, typer.Option(help="A new file, which only you can read.")] = None,
) -> None:
    """Export all that is held about a student."""
    from scribetree.host.commands.privacy import export as run  # noqa: PLC0415

    raise typer.Exit(run(student, form=form.value, output=output))


@privacy_app.command(name="erase")
def privacy_erase(
    student: Annotated[str | None, typer.Argument(help="The student's identifier.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; there is no way back.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Finish erasures that were interrupted.")] = False,
    json: Json = False,
) -> None:
    """Erase all that is held about a student, and print the receipt."""
    from scribetree.host.commands.privacy import erase as run  # noqa: PLC0415
    from scribetree.host.commands.privacy import resume_erasures  # noqa: PLC0415

    if resume:
        raise typer.Exit(resume_erasures(as_json=json))
    if student is None or not yes:
        raise typer.BadParameter("name a STUDENT and say --yes: what is erased cannot be restored")
    raise typer.Exit(run(student, as_json=json))


@retention_app.command(name="show")
def retention_show(json: Json = False) -> None:
    """Show the rule of each kind of record, and how many have outlived it."""
    from scribetree.host.commands.privacy import retention_show as run  # noqa: PLC0415

    raise typer.Exit(run(as_json=json))


@retention_app.command(name="sweep")
def retention_sweep(
    after_gap: Annotated[bool, typer.Option("--after-gap", help="The clock is right, however long it was.")] = False,
    json: Json = False,
) -> None:
    """Delete what has outlived its rule, but for what is held."""
    from scribetree.host.commands.privacy import retention_sweep as run  # noqa: PLC0415

    raise typer.Exit(run(after_gap=after_gap, as_json=json))


@privacy_app.command(name="scan")
def privacy_scan(json: Json = False) -> None:
    """Check whether the installation keeps student data as promised."""
    from scribetree.host.commands.privacy import scan as run  # noqa: PLC0415

    raise typer.Exit(run(as_json=json))


@audit_app.command(name="verify")
def audit_verify(
    proof: Annotated[Path | None, typer.Option(help="Check this proof instead of the whole log.")] = None,
    key: Annotated[str | None, typer.Option(help="The verifier key of the proof's log, if not this one.")] = None,
    json: Json = False,
) -> None:
    """Check the whole audit log against its hashes, checkpoints and witnesses, or check one proof."""
    from scribetree.host.commands.audit import verify, verify_proof  # noqa: PLC0415

    if key is not None and proof is None:
        raise typer.BadParameter("a key is for a --proof")
    raise typer.Exit(verify(as_json=json) if proof is None else verify_proof(proof, key, as_json=json))


@audit_app.command(name="checkpoint")
def audit_checkpoint(json: Json = False) -> None:
    """Sign the audit log's present size and root, and keep that."""
    from scribetree.host.commands.audit import checkpoint  # noqa: PLC0415

    raise typer.Exit(checkpoint(as_json=json))


@audit_app.command(name="prove")
def audit_prove(sequence: Annotated[int, typer.Argument(min=0, help="The entry's number.")]) -> None:
    """Print the proof that an entry is in the audit log, as JSON."""
    from scribetree.host.commands.audit import prove  # noqa: PLC0415

    raise typer.Exit(prove(sequence))


@keys_app.command(name="rotate")
def keys_rotate(
    retire: Annotated[
        bool, typer.Option("--retire", help="Destroy the old epochs' keys; older backups can then not be read.")
    ] = False,
    json: Json = False,
) -> None:
    """Begin a new key epoch, and wrap every student's key under it."""
    from scribetree.host.commands.keys import rotate  # noqa: PLC0415

    raise typer.Exit(rotate(retire=retire, as_json=json))
