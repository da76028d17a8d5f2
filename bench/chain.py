"""
What the chain costs, and what it gives when a server is away.

    .venv/bin/python bench/chain.py [--rounds 5] [--calls 200]

Overhead: one tool of one stdio server, asked through the chain and by a bare SDK client in turn, the same arguments.
Away: the server is killed and kept from coming back; the time to a degraded answer. Recovery: the server is killed; the
time until the chain's answer comes from it again. All on real processes.
"""

import argparse
import os
import platform
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

from scribetree import log
from scribetree.host.answer import Answer
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import Suite, open_suite
from scribetree.host.supervisor import Pauses, ServerState
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

ROOT = Path(__file__).parents[1]
SERVER = "ai-validator"
TOOL = "assess_blooms_taxonomy"
ARGUMENTS: dict[str, Any] = {"questions": ["Why do you say so?", "What would you change?"]}
SETTLED_S = 13
"""A host that has run for a while has loaded its stand-ins."""

CALLER = PrivacyContext("t-1", "educator", "learning", "bench-correlation")


async def timed(work: Callable[[], Awaitable[Any]], calls: int) -> list[float]:
    """Milliseconds of each call."""
    spent: list[float] = []
    for _ in range(calls):
        started = time.perf_counter()
        await work()
        spent.append((time.perf_counter() - started) * 1000)
    return spent


CONFIGURATION = Configuration(
    "bench", (ServerSpec(SERVER, "stdio", "scribetree", args=("serve", SERVER), connect_timeout_s=60),)
)


async def ask(suite: Suite, number: int = 0) -> Answer:
    arguments = {"questions": [*ARGUMENTS["questions"], f"Which of {number}?"]} if number else ARGUMENTS
    answer = await suite.call(SERVER, TOOL, arguments, caller=CALLER)
    assert answer.error is None, answer.error
    return answer


async def overhead(home: Path, rounds: int, calls: int) -> tuple[list[float], list[float]]:
    """The bare client's calls and the chain's, round by round in turn."""
    bare: list[float] = []
    chained: list[float] = []
    environment = {"SCRIBETREE_HOME": str(home)}
    process = StdioServerParameters(
        command=sys.executable, args=["-m", "scribetree.host", "serve", SERVER], env=environment
    )
    async with (
        Client(process) as client,
        open_suite(CONFIGURATION, settings=Settings(home)) as suite,
    ):
        await suite.settled()
        for _ in range(rounds + 1):
            bare = [*bare, *await timed(lambda: client.call_tool(TOOL, ARGUMENTS), calls)]
            chained = [*chained, *await timed(lambda: ask(suite), calls)]
    return bare[calls:], chained[calls:]


async def bare_start(home: Path, rounds: int) -> list[float]:
    """Seconds in which a bare SDK client starts the same server and has its tools."""
    environment = {"SCRIBETREE_HOME": str(home)}
    process = StdioServerParameters(
        command=sys.executable, args=["-m", "scribetree.host", "serve", SERVER], env=environment
    )

    async def start() -> None:
        async with Client(process) as client:
            await client.list_tools()
            started.append(time.perf_counter())

    spent: list[float] = []
    for _ in range(rounds):
        started: list[float] = []
        began = time.perf_counter()
        await start()
        spent.append(started[0] - began)
    return spent


def server_process() -> int:
    """The one process below this one that bears the server's name."""
    below = [os.getpid()]
    for pid in below:
        for task in Path(f"/proc/{pid}/task").iterdir():
            below += [int(child) for child in (task / "children").read_text().split()]
    return next(pid for pid in below if Path(f"/proc/{pid}/comm").read_text().strip() == SERVER)


async def until_state(suite: Suite, state: ServerState) -> None:
    with anyio.fail_after(60):
        while suite.statuses()[0].state is not state:  # noqa: ASYNC110
            await anyio.sleep(0.002)


async def away(home: Path, calls: int) -> tuple[list[float], list[float], list[float]]:
    """While the server is away: the first answer, quoted answers, answers worked out here."""
    pauses = Pauses(first_retry=3600, longest_retry=3600)
    async with open_suite(CONFIGURATION, settings=Settings(home), pauses=pauses) as suite:
        await ask(suite)
        await anyio.sleep(SETTLED_S)
        os.kill(server_process(), signal.SIGKILL)
        await until_state(suite, ServerState.AWAY)
        first = await timed(lambda: ask(suite, 999_999), 1)
        quoted = await timed(lambda: ask(suite), calls)
        numbers = iter(range(1, calls + 1))
        worked_out = await timed(lambda: ask(suite, next(numbers)), calls)
        assert (await ask(suite)).provenance.degraded
    return first, quoted, worked_out


async def recovery(home: Path, rounds: int) -> tuple[list[float], int, int]:
    """Seconds from the kill to the server's own answer; how many calls in between, and how many were not answered."""
    spent: list[float] = []
    asked = failed = 0
    async with open_suite(CONFIGURATION, settings=Settings(home)) as suite:
        for _ in range(rounds):
            await suite.settled()
            await until_state(suite, ServerState.READY)
            os.kill(server_process(), signal.SIGKILL)
            started = time.perf_counter()
            while True:
                answer = await suite.call(SERVER, TOOL, ARGUMENTS, caller=CALLER)
                asked += 1
                failed += answer.error is not None
                if answer.provenance.served_by == "mcp":
                    break
                await anyio.sleep(0.01)
            spent.append(time.perf_counter() - started)
    return spent, asked, failed


def shown(name: str, figures: list[float], unit: str = "ms") -> None:
    ordered = sorted(figures)
    median, p99 = statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))]
    print(f"{name:52} median {median:8.2f} {unit}, p99 {p99:8.2f}, best {ordered[0]:.2f}, n {len(ordered)}")


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=200)
    options = parser.parse_args()
    log.configure("critical")
    os.chdir(ROOT)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCRIBETREE_HOME"] = home
        bare, chained = await overhead(Path(home), options.rounds, options.calls)
        shown("bare SDK client, stdio", bare)
        shown("the chain: token, breaker, provenance, kept answer", chained)
        print(f"  difference of the medians {statistics.median(chained) - statistics.median(bare):.2f} ms")
        first: list[float] = []
        for _ in range(3):
            at_first, quoted, worked_out = await away(Path(home), options.calls)
            first += at_first
        shown("away: the first answer after the death was seen", first)
        shown("away: the last good answer, quoted", quoted)
        shown("away: worked out in the host", worked_out)
        spent, asked, failed = await recovery(Path(home), options.rounds)
        shown("killed: until it answers itself again", spent, "s")
        shown("bare SDK client: start of the same server", await bare_start(Path(home), options.rounds), "s")
        print(f"  {asked} calls meanwhile, {failed} without an answer")


if __name__ == "__main__":
    anyio.run(main)
