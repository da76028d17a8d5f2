"""
Every fault of tests/faults on all six servers at once, timed; then a thousand deaths, and what they leave behind.

    .venv/bin/python bench/faults.py [--faults killed,hung] [--cycles 1000]

Of each cell: the rungs that answered while the fault lasted, the median and the longest time to an answer over the six
servers, and the time from the end of the fault until all six answer for themselves again. These servers are started by
their own command, six at once on the machine's cores; the deaths are those of a forked one, as the host runs it.
"""

import argparse
import os
import platform
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import anyio

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults.matrix import CALLER, FAULTS, QUICK, READS, Matrix, six_faulty  # noqa: E402
from tests.process_tree import below, is_running, open_files, servers_below  # noqa: E402

from scribetree import log  # noqa: E402
from scribetree.host.config import Configuration, ServerSpec  # noqa: E402
from scribetree.host.suite import open_suite  # noqa: E402
from scribetree.servers.catalog import SERVERS  # noqa: E402
from scribetree.settings import Settings  # noqa: E402


async def cell(matrix: Matrix, fault: str, phase: str) -> None:
    """The fault lasts already; one line of the table."""
    spent: list[float] = []
    rungs: set[str] = set()

    async def ask(server: str) -> None:
        started = time.perf_counter()
        answer = await matrix.ask(server)
        spent.append(time.perf_counter() - started)
        rungs.add(answer.provenance.served_by or "none")

    async with anyio.create_task_group() as group:
        for server in SERVERS:
            group.start_soon(ask, server)
    matrix.lift()
    lifted = time.perf_counter()
    await matrix.healed()
    back = time.perf_counter() - lifted
    median, longest = statistics.median(spent) * 1000, max(spent) * 1000
    by = "/".join(sorted(rungs))
    print(f"{fault:14} {phase:8} {by:12} {median:9.1f} {longest:9.1f} ms {back:7.2f} s", flush=True)


async def timed(fault: str, home: Path) -> None:
    async with six_faulty(Settings(home), home / "faults", fault=fault) as matrix:
        await cell(matrix, fault, "connect")
        matrix.plan("call", fault)
        await cell(matrix, fault, "call")
        matrix.plan("idle", fault)
        await matrix.struck()
        await cell(matrix, fault, "idle")


def resident_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def deaths(home: Path, cycles: int) -> None:
    """One server killed again and again: how soon it is back, and what grows."""
    name = "strategy"
    spec = ServerSpec(name, "stdio", "scribetree", args=("serve", name), connect_timeout_s=60)
    back: list[float] = []
    unanswered = 0
    async with open_suite(Configuration("bench", (spec,)), settings=Settings(home), pauses=QUICK) as suite:
        await suite.settled()
        for cycle in range(cycles + 1):
            if cycle % max(1, cycles // 5) == 0:
                running = [pid for pid in below(os.getpid()) if is_running(pid)]
                sizes = ", ".join(f"{resident_mb(pid):.1f}" for pid in running)
                said = f"host {resident_mb(os.getpid()):.1f} MB, {open_files()} files"
                print(f"{cycle:5} deaths: {len(running)} processes below ({sizes} MB), {said}", flush=True)
            os.kill(servers_below(os.getpid())[name], signal.SIGKILL)
            started = time.perf_counter()
            while True:
                answer = await suite.call(name, *READS[name], caller=CALLER)
                unanswered += answer.error is not None
                if answer.provenance.served_by == "mcp" and suite.statuses()[0].starts == cycle + 2:
                    break
                await anyio.sleep(0.005)
            back.append(time.perf_counter() - started)
    print(f"back after {statistics.median(back):.2f} s at the median, {max(back):.2f} s at most")
    print(f"{unanswered} calls unanswered")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--cycles", type=int, default=1000)
    options = parser.parse_args()
    log.configure("critical")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    for fault in filter(None, options.faults.split(",")):
        with tempfile.TemporaryDirectory() as home:
            os.environ["SCRIBETREE_HOME"] = home
            anyio.run(timed, fault, Path(home))
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCRIBETREE_HOME"] = home
        anyio.run(deaths, Path(home), options.cycles)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
