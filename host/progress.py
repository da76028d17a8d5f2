"""A run as a person sees it on standard error: lines that change on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from scribetree.host.supervisor import ServerState, ServerStatus
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import StepEvent, StepState

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

__all__ = ["Progress"]

_MARKS: dict[StepState | None, str] = {
    None: "[dim]·[/]",
    "running": "[cyan]›[/]",
    "retrying": "[yellow]↻[/]",
    "ok": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "cancelled": "[yellow]–[/]",
    "skipped": "[dim]–[/]",
    "undone": "[yellow]⟲[/]",
    "not undone": "[red]![/]",
}


class Progress:
    """Shows what a run is doing; shows nothing when it is not wanted."""

    def __init__(self, workflow: Workflow | None, *, shown: bool) -> None:
        self._shown = shown
        self._started = time.perf_counter()
        self._events: dict[str, StepEvent | None] = {step.id: None for step in workflow.steps} if workflow else {}
        self._titles = {step.id: step.title or step.tool for step in workflow.steps} if workflow else {}
        self._servers: dict[str, ServerStatus] = {}
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._shown and sys.stderr.isatty():
            from rich.console import Console  # noqa: PLC0415 - only where a person watches
            from rich.live import Live  # noqa: PLC0415

            self._live = Live(console=Console(stderr=True), get_renderable=self._table, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def server_changed(self, status: ServerStatus) -> None:
        """A server became ready, or went away."""
        before = self._servers.get(status.name)
        self._servers[status.name] = status
        if status.state is ServerState.AWAY and status.problem:
            self._say(f"server  {status.name} is away: {status.problem.message}")
        elif status.state is ServerState.READY and before is not None and before.state is ServerState.AWAY:
            self._say(f"server  {status.name} is back")

    def step_changed(self, event: StepEvent) -> None:
        """A step began, ended, or is tried again."""
        before = self._events.get(event.step.id)
        self._events[event.step.id] = event
        self._titles.setdefault(event.step.id, event.step.title or event.step.tool)
        if before is not None and event.state == before.state == "running" and not _is_tenth(event):
            return
        took = f" in {event.ms:.0f} ms" if event.ms else ""
        note = f": {event.note}" if event.note else ""
        self._say(f"step    {self._titles[event.step.id]}: {event.state}{took}{_count(event)}{note}")

    def _say(self, line: str) -> None:
        if self._shown and self._live is None:
            sys.stderr.write(f"{time.perf_counter() - self._started:6.2f} s  {line}\n")

    def _table(self) -> "Table":
        from rich.markup import escape  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        ready = sum(status.state is ServerState.READY for status in self._servers.values())
        table = Table.grid(padding=(0, 1))
        table.add_row("", f"[dim]{ready} servers ready, {time.perf_counter() - self._started:.1f} s[/]", "")
        for step_id, event in self._events.items():
            detail = escape(_detail(event)) if event else ""
            table.add_row(_MARKS[event.state if event else None], escape(self._titles[step_id]), f"[dim]{detail}[/]")
        for status in self._servers.values():
            if status.problem:
                table.add_row("[red]![/]", status.name, f"[dim]{escape(status.problem.message)}[/]")
        return table


def _detail(event: StepEvent) -> str:
    return event.note or (f"{event.ms:.0f} ms" if event.ms else _count(event))


def _count(event: StepEvent) -> str:
    return f" {event.done} of {event.total}" if event.total else ""


def _is_tenth(event: StepEvent) -> bool:
    """Whether a tenth more of a step's calls has ended with this one."""
    return event.total > 0 and event.done * 10 // event.total > (event.done - 1) * 10 // event.total
