"""`scribetree workflows`: its commands, each of which loads what it needs."""

from typing import Annotated

import typer

from scribetree.host.cli_arguments import ConfigFile, Json, Watch, WorkflowName
from scribetree.host.cli_schedules import schedule_app

__all__ = ["workflows_app"]

workflows_app = typer.Typer(help="Workflow definitions and runs.", invoke_without_command=True)
workflows_app.add_typer(schedule_app, name="schedule")

RunId = Annotated[str, typer.Argument(help="A run's id; `scribetree workflows` lists them.")]


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
def show(name: WorkflowName, json: Json = False) -> None:
    """Show a definition: its inputs, and its steps in their order."""
    from scribetree.host.commands.workflows import show as show_definition  # noqa: PLC0415

    raise typer.Exit(show_definition(name, as_json=json))


@workflows_app.command()
def status(run_id: RunId, json: Json = False) -> None:
    """Show how far a run has come."""
    from scribetree.host.commands.workflows import status as show_status  # noqa: PLC0415

    raise typer.Exit(show_status(run_id, as_json=json))


@workflows_app.command()
def report(run_id: RunId) -> None:
    """Print the report of a run that has ended."""
    from scribetree.host.commands.workflows import report as print_report  # noqa: PLC0415

    raise typer.Exit(print_report(run_id))


@workflows_app.command()
def resume(
    run_id: RunId,
    config: ConfigFile = None,
    json: Json = False,
    watch: Watch = False,
) -> None:
    """Go on with an interrupted or paused run. Finished steps are not done again."""
    from scribetree.host.commands.run import resume as resume_run  # noqa: PLC0415

    raise typer.Exit(resume_run(config, run_id, as_json=json, watch=watch))


@workflows_app.command()
def retry(
    run_id: RunId,
    from_step: Annotated[
        str | None, typer.Option("--from", help="The step to begin at; else the first failed.")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
    watch: Watch = False,
) -> None:
    """Run an ended run anew from a step. What it did before that is kept."""
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
    """Take up queued runs until a signal comes. Those of workers that died are taken over."""
    from scribetree.host.commands.work import work as work_on  # noqa: PLC0415

    raise typer.Exit(work_on(config, runs_at_once=runs_at_once, over_all=over_all, until_empty=until_empty))


@workflows_app.command()
def cancel(
    run_id: RunId,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what it did, and say what stays.")] = False,
    config: ConfigFile = None,
    json: Json = False,
    watch: Watch = False,
) -> None:
    """Cancel a run. Its finished steps stay finished, unless --undo takes them back."""
    if undo:
        from scribetree.host.commands.workflows import stop_to_undo  # noqa: PLC0415

        stop_to_undo(run_id)  # before all that a suite needs is loaded
        from scribetree.host.commands.run import take_back  # noqa: PLC0415

        raise typer.Exit(take_back(config, run_id, as_json=json, watch=watch))
    from scribetree.host.commands.workflows import cancel as cancel_run  # noqa: PLC0415

    raise typer.Exit(cancel_run(run_id))


@workflows_app.command()
def pause(run_id: RunId) -> None:
    """Hold a run before its next step, until it is resumed."""
    from scribetree.host.commands.workflows import pause as pause_run  # noqa: PLC0415

    raise typer.Exit(pause_run(run_id))
