"""
Workflows that begin by the clock: a cron expression in a time zone, kept by DBOS beside the runs.

Every running engine fires what is due, each instant once, because a run's id follows from its schedule and its
instant; a worker does the runs. What fell due while nothing was running is, by the schedule's own choice, left out,
made up for once, or made up for entirely (the latest hundred). A time of day that the change to summer time leaves out
comes at the change; one that comes twice fires twice.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.workflows.names import QUEUE, SCHEDULED

__all__ = ["Missed", "Schedules", "is_left_out", "missed_spans", "next_times"]

Missed = Literal["skip", "last", "all"]

_MOST_MADE_UP = 100
_LATE = timedelta(minutes=2)
"""What fires no later than this was not missed."""
_NAME = r"[a-z][a-z0-9-]{0,63}"


class Schedules:
    """The schedules of an installation, over a DBOS client."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - DBOS's own
        self._client = client

    def add(self, name: str, *, cron: str, zone: str, missed: Missed, run: Mapping[str, Any]) -> None:
        """The schedule stands; `run` is what each of its runs is begun with: flow, inputs, caller."""
        check(name, cron, zone)
        if self._client.get_schedule(name) is not None:
            raise InvalidInput(f"There is a schedule {name} already.", hint="Remove it first, or give another name.")
        self._client.create_schedule(
            schedule_name=name,
            workflow_name=SCHEDULED,
            schedule=cron,
            cron_timezone=zone,
            queue_name=QUEUE,
            context={
                **run,
                "missed": missed,
                "since": datetime.now(UTC).isoformat(),
                "cron": cron,
                "timezone": zone,
            },
        )

    def all(self) -> list[dict[str, Any]]:
        """Each schedule, with the next three instants in its own zone."""
        return [_shape(each) for each in self._client.list_schedules()]

    def pause(self, name: str) -> None:
        """The schedule fires no more until it is resumed."""
        self._client.pause_schedule(self._known(name))

    def resume(self, name: str) -> None:
        """The schedule fires again."""
        self._client.resume_schedule(self._known(name))

    def remove(self, name: str) -> None:
        """The schedule is gone; runs that it began stay."""
        self._client.delete_schedule(self._known(name))

    def trigger(self, name: str) -> str:
        """A run of the schedule waits for a worker now; its id."""
        return str(self._client.trigger_schedule(self._known(name)).workflow_id)

    def _known(self, name: str) -> str:
        names = [each["schedule_name"] for each in self._client.list_schedules()]
        if name not in names:
            raise UnknownName.of("schedule", name, names)
        return name


def check(name: str, cron: str, zone: str) -> None:
    """Nothing happens if a schedule can be made of these; else the first fault is named."""
    if not re.fullmatch(_NAME, name):
        raise InvalidInput(
            "A schedule's name is made of small letters, digits and hyphens.", hint="Name the work, not a person."
        )
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(f"There is no time zone {zone[:60]}.", hint="Write it as in Europe/Berlin.") from None
    if len(cron.split()) != 5 or not _croniter().is_valid(cron):
        raise InvalidInput(
            "That is no cron expression.", hint="Five fields: minute, hour, day, month, weekday, as in `0 6 * * mon`."
        )


def next_times(cron: str, zone: str, *, after: datetime, most: int) -> list[datetime]:
    """The next instants of a cron expression, in its own zone."""
    each = _croniter()(cron, after.astimezone(ZoneInfo(zone)))
    return [each.get_next(datetime) for _ in range(most)]


def missed_spans(
    schedules: Sequence[Mapping[str, Any]], *, now: datetime | None = None
) -> Iterator[tuple[str, datetime, datetime]]:
    """For each schedule, the span in which the instants lie that have not fired and are to fire all the same."""
    until = now or datetime.now(UTC)
    for each in schedules:
        context = each["context"]
        if each["status"] != "ACTIVE":
            continue
        since = datetime.fromisoformat(each["last_fired_at"] or context["since"])
        if context["missed"] == "skip":
            since = max(since, until - _LATE)
        most = _MOST_MADE_UP if context["missed"] == "all" else 1
        missed = _latest(each["schedule"], each["cron_timezone"], since=since, until=until, most=most)
        if missed:
            yield each["schedule_name"], missed[-1] - timedelta(seconds=1), until


def is_left_out(at: datetime, *, begun: datetime, context: Mapping[str, Any]) -> bool:
    """
    Whether a run for the instant `at` that was begun late is one that its schedule does not make up for.

    DBOS fires every instant that a clock jumped over, or a machine slept through, one after the other.
    """
    missed, cron = context["missed"], context.get("cron")
    if begun - at <= _LATE or missed == "all" or cron is None:
        return False
    return missed == "skip" or next_times(cron, context["timezone"], after=at, most=1)[0] <= begun


def _latest(cron: str, zone: str, *, since: datetime, until: datetime, most: int) -> list[datetime]:
    """The latest instants between two, newest first."""
    backwards = _croniter()(cron, until.astimezone(ZoneInfo(zone)))
    found: list[datetime] = []
    while len(found) < most and (at := backwards.get_prev(datetime)) > since:
        found.append(at)
    return found


def _shape(schedule: Mapping[str, Any]) -> dict[str, Any]:
    cron, zone = schedule["schedule"], schedule["cron_timezone"]
    following = next_times(cron, zone, after=datetime.now(UTC), most=3)
    return {
        "name": schedule["schedule_name"],
        "workflow": schedule["context"]["flow"]["id"],
        "state": schedule["status"].lower(),
        "cron": cron,
        "timezone": zone,
        "missed": schedule["context"]["missed"],
        "last_fired_at": schedule["last_fired_at"],
        "next": [at.isoformat() for at in following] if schedule["status"] == "ACTIVE" else [],
    }


def _croniter() -> Any:  # noqa: ANN401 - it has no types
    from croniter import croniter  # type: ignore[import-untyped]  # noqa: PLC0415 - only where there are schedules

    return croniter
