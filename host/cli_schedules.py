"""`scribetree workflows schedule`: its commands, each of which loads what it needs."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scribetree.host.cli_arguments import AsRole, Json, Role, WorkflowName

__all__ = ["schedule_app"]

schedule_app = typer.Typer(help="Workflows that begin by the clock.", no_args_is_help=True)

ScheduleName = Annotated[str, typer.Argument(help="The schedule's name.")]


class MissedTimes(StrEnum):
    """What becomes of times at which nothing was running."""

    SKIP = "skip"
    LAST = "last"
    ALL = "all"


@schedule_app.command(name="add")
def schedule_add(
    name: Annotated[str, typer.Argument(help="A name for it; no person's, because it is not sealed.")],
    workflow: WorkflowName,
    input_file: Annotated[Path, typer.Option("--input", help="The JSON file with the inputs of every run.")],
    cron: Annotated[str, typer.Option(help="Minute, hour, day, month, weekday: `0 6 * * mon`.")],
    timezone: Annotated[str, typer.Option(help="The time zone that the cron is meant in.")] = "UTC",
    missed: Annotated[
        MissedTimes, typer.Option(help="Times at which nothing was running: left out, made up once, or all.")
    ] = MissedTimes.LAST,
    role: AsRole = Role.EDUCATOR,
) -> None:
    """Begin a workflow by the clock from now on. `workflows work` does the runs."""
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
