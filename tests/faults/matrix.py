"""Six servers that go wrong on request, all at once, and what a caller is told meanwhile."""

import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
from tests.servers.school import teach

from scribetree.clock import SystemClock
from scribetree.host.answer import Answer
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import Suite, open_suite
from scribetree.host.supervisor import Pauses
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.catalog import SERVERS
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

__all__ = ["CALLER", "FAULTS", "PHASES", "QUICK", "READS", "Matrix", "six_faulty", "until"]

ROOT = Path(__file__).parents[2]
PHASES = ("connect", "call", "idle")
AWAY, THERE = frozenset({"mock", "static"}), frozenset({"mcp"})
EITHER = AWAY | THERE
FAULTS: dict[str, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {
    "killed": (AWAY, AWAY, AWAY),
    "hung": (AWAY, AWAY, AWAY),
    "slow": (THERE, THERE, THERE),
    "flapping": (EITHER, AWAY, AWAY),
    "restarted": (AWAY, AWAY, AWAY),
    "rubbish": (AWAY, AWAY, THERE),
    "refuses": (AWAY, AWAY, AWAY),
    "disk-full": (EITHER, EITHER, EITHER),
    "out-of-memory": (AWAY, AWAY, THERE),
    "time-jumps": (THERE, THERE, THERE),
}
"""Who may answer a read while the fault lasts, in each phase; with a full disk, servers that need no disk do."""

CALLER = PrivacyContext("t-1", "educator", "support", "correlation-1")
READS: dict[str, tuple[str, dict[str, Any]]] = {
    "writing-analysis": ("analyze_writing_patterns", {"content": "One sentence. And another one."}),
    "student-profiling": (
        "assess_skill_development",
        {
            "student_id": "s-1",
            "skills": [{"skill_name": "planning", "current_level": 0.2, "target_level": 0.6, "progress": 0.1}],
        },
    ),
    "educator-alerts": ("list_alerts", {"educator_id": "t-1"}),
    "academic-integrity": ("compare_texts", {"a": "One text about a road.", "b": "Another about the sea."}),
    "ai-validator": ("assess_blooms_taxonomy", {"questions": ["Why do you say so?"]}),
    "strategy": ("list_conversation_templates", {}),
}
QUICK = Pauses(first_retry=0.05, longest_retry=1, probe_limit=2)


async def until(condition: Callable[[], bool]) -> None:
    """It has come about, within a time that a busy machine keeps, too."""
    with anyio.fail_after(90):
        while not condition():
            await anyio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The running suite and the folder from which its servers take their faults."""

    suite: Suite
    folder: Path

    def plan(self, phase: str, fault: str) -> None:
        """The fault strikes in that phase from now on, in every server."""
        for mark in self.folder.glob("struck-*"):
            mark.unlink()
        (self.folder / "offset").write_text("86400" if fault == "time-jumps" else "0")
        _replace(self.folder / "plan", f"{phase} {fault}")

    def lift(self) -> None:
        """No fault strikes from now on; a server that hangs stays hung."""
        _replace(self.folder / "plan", "")

    async def struck(self) -> None:
        """The fault between calls has met every server."""
        await until(lambda: len(list(self.folder.glob("struck-*"))) == len(SERVERS))

    async def ask(self, server: str) -> Answer:
        tool, arguments = READS[server]
        return await self.suite.call(server, tool, arguments, caller=CALLER)

    async def ask_all(self) -> dict[str, Answer]:
        """One read of every server, all at once."""
        answers: dict[str, Answer] = {}

        async def ask(server: str) -> None:
            answers[server] = await self.ask(server)

        async with anyio.create_task_group() as group:
            for server in SERVERS:
                group.start_soon(ask, server)
        return answers

    async def alert(self, title: str) -> Answer:
        """A write: one alert for the educator's inbox."""
        alert = {"alert_type": "intervention_needed", "severity": "critical", "title": title, "description": "Now."}
        arguments = {"alerts": [alert], "educator_id": "t-1", "student_id": "s-1"}
        return await self.suite.call("educator-alerts", "send_educator_alerts", arguments, caller=CALLER)

    async def healed(self) -> None:
        """Every server answers for itself again, undegraded."""
        with anyio.fail_after(90):
            for server in SERVERS:
                while (await self.ask(server)).provenance.served_by != "mcp":
                    await anyio.sleep(0.02)

    async def inbox(self) -> list[str]:
        """The titles of the alerts that were delivered, in order of the alphabet."""
        shown = await self.suite.call("educator-alerts", "list_alerts", {"educator_id": "t-1"}, caller=CALLER)
        return sorted(alert["title"] for alert in shown.result["alerts"])


class _SharedClock(SystemClock):
    """The clock of the machine, which jumps for the host as it does for its servers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=float((self._folder / "offset").read_text() or 0))


@asynccontextmanager
async def six_faulty(
    settings: Settings, folder: Path, *, connect_timeout_s: float = 15.0, call_timeout_s: float = 3.0, fault: str = ""
) -> AsyncGenerator[Matrix]:
    """The suite over six faulty servers; with `fault`, they meet it while they connect."""
    folder.mkdir(exist_ok=True)
    environment = (("SCRIBETREE_FAULTS", str(folder)), ("PYTHONPATH", str(ROOT)))
    specs = tuple(
        ServerSpec(
            name,
            "stdio",
            sys.executable,
            args=("-m", "tests.faults.faulty", name),
            env=environment,
            connect_timeout_s=connect_timeout_s,
            call_timeout_s=call_timeout_s,
        )
        for name in SERVERS
    )
    means = Wiring(settings=settings)
    teach(means, "t-1", "s-1")
    means.close()
    (folder / "offset").write_text("0")
    _replace(folder / "plan", f"connect {fault}" if fault else "")
    clock = _SharedClock(folder)
    async with open_suite(Configuration("test", specs), settings=settings, clock=clock, pauses=QUICK) as suite:
        await suite.settled()
        yield Matrix(suite, folder)


def _replace(path: Path, text: str) -> None:
    """The file holds `text`, and at no moment half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)
