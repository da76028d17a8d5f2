"""`scribetree workflows schedule`: workflows that begin by the clock, done by `scribetree workflows work`."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from scribetree.host.commands._session import caller_for, print_json, print_line, say
from scribetree.host.commands.run import read_inputs
from scribetree.host.workflows.definition import load_workflow
from scribetree.host.workflows.engine import as_arguments
from scribetree.host.workflows.history import History
from scribetree.host.workflows.schedules import Missed, Schedules, check
from scribetree.host.workflows.store import system_database_url
from scribetree.settings import Settings

__all__ = ["add", "list_all", "pause", "remove", "resume", "trigger"]


def add(name: str, workflow_name: str, input_file: Path, *, cron: str, zone: str, missed: Missed, role: str) -> int:
    """The workflow begins by the clock from now on, in that role."""
    check(name, cron, zone)
    workflow, inputs = load_workflow(workflow_name), read_inputs(input_file)
    workflow.check_inputs(inputs)
    caller = caller_for(role, purpose="assessment", student_id=inputs.get("student_id"))
    flow, given, person = as_arguments(workflow, inputs, caller)
    with _opened() as schedules:
        schedules.add(name, cron=cron, zone=zone, missed=missed, run={"flow": flow, "inputs": given, "caller": person})
        (shown,) = (each for each in schedules.all() if each["name"] == name)
    print_line(f"{name}  {workflow.id}  next at {shown['next'][0]}")
    say("hint: `scribetree workflows work` does what is due")
    return 0


def list_all(*, as_json: bool) -> int:
    """All schedules are listed, with their next instants."""
    with _opened() as schedules:
        found = schedules.all()
    if as_json:
        print_json(found, indent=2)
        return 0
    for each in found:
        following = f"next at {each['next'][0]}" if each["next"] else "fires no more until it is resumed"
        print_line(
            f"{each['name']}  {each['workflow']}  {each['state']}  `{each['cron']}` {each['timezone']}  "
            f"missed: {each['missed']}  {following}"
        )
    return 0


def pause(name: str) -> int:
    """The schedule fires no more until it is resumed."""
    with _opened() as schedules:
        schedules.pause(name)
    print_line(f"{name}  paused")
    return 0


def resume(name: str) -> int:
    """The schedule fires again."""
    with _opened() as schedules:
        schedules.resume(name)
    print_line(f"{name}  active")
    return 0


def remove(name: str) -> int:
    """The schedule is gone."""
    with _opened() as schedules:
        schedules.remove(name)
    print_line(f"{name}  removed")
    return 0


def trigger(name: str) -> int:
    """A run of the schedule waits for a worker now; its id is on standard output."""
    with _opened() as schedules:
        print_line(schedules.trigger(name))
    return 0


@contextmanager
def _opened() -> Generator[Schedules]:
    from dbos import DBOS  # noqa: PLC0415 - half a second

    settings = Settings.from_environment()
    DBOS.migrate(system_database_url(settings))  # nobody may have run anything here yet
    with History(settings) as history:
        yield Schedules(history.client)
