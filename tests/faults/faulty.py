"""
One of the six servers as a process that goes wrong on request: `python -m tests.faults.faulty NAME`.

What is to go wrong stands in the file `plan` of SCRIBETREE_FAULTS, as PHASE FAULT, for as long as it stands there:
`connect` before the server serves, `call` inside each tool, behind the guard, `idle` once a life between calls; a
server that `idle` has ended does not come up again before the plan is lifted.
"""

import functools
import inspect
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio

from scribetree import log
from scribetree.clock import SystemClock
from scribetree.servers.catalog import load
from scribetree.servers.kit import KitServer, Wiring, _toolbox, serve
from scribetree.settings import Settings

HERE = Path(os.environ["SCRIBETREE_FAULTS"])
SLOW_S = 0.3
ENDING = {"killed", "flapping", "restarted", "refuses"}
WIRE = os.dup(1)


class FaultyClock(SystemClock):
    """The system's clock, which jumps by as many seconds as the file `offset` says."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=float((HERE / "offset").read_text() or 0))


def planned(phase: str) -> str | None:
    with suppress(OSError, ValueError):
        when, fault = (HERE / "plan").read_text().split()
        return fault if when == phase else None
    return None


def strike(fault: str) -> float:
    """The fault happens; how long the caller has to wait in it."""
    if fault in {"killed", "flapping"}:
        os.kill(os.getpid(), signal.SIGKILL)
    elif fault == "hung":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif fault == "restarted":
        os._exit(0)
    elif fault == "refuses":
        close_the_wire()
    elif fault == "rubbish":
        os.write(WIRE, b"this is not MCP\n" * 100)
    elif fault == "disk-full":
        fill_disk()
    elif fault == "out-of-memory":
        exhaust_memory()
    return {"slow": SLOW_S, "rubbish": 3600.0, "refuses": 3600.0}.get(fault, 0.0)


def fill_disk() -> None:
    """Nothing can be written while the plan says so."""
    is_full = any(planned(phase) == "disk-full" for phase in ("connect", "call", "idle"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0 if is_full else resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def close_the_wire() -> None:
    """The client sees the end of the answers, although the process lives."""
    wire = os.fstat(WIRE)
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if os.path.samestat(os.fstat(int(link.name)), wire):
                os.close(int(link.name))


def exhaust_memory() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1, before[1]))
    try:
        bytearray(1 << 28)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def faulty(function: Callable[..., Any]) -> Callable[..., Any]:
    """The tool, in which the planned fault happens first."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run(**arguments: Any) -> Any:
            fill_disk()
            await anyio.sleep(strike(planned("call") or ""))
            return await function(**arguments)

        return run

    @functools.wraps(function)
    def run_in_thread(**arguments: Any) -> Any:
        fill_disk()
        limit = time.monotonic() + strike(planned("call") or "")
        while time.monotonic() < limit and planned("call"):
            time.sleep(0.05)
        return function(**arguments)

    return run_in_thread


def between_calls() -> None:
    """The planned fault happens once in this life, and that it did is marked."""
    while (fault := planned("idle")) is None:
        time.sleep(0.02)
    (HERE / f"struck-{sys.argv[1]}").touch()
    with suppress(MemoryError):
        strike(fault)


def made_faulty(server: KitServer) -> KitServer:
    """Every tool of it, behind the kit's own guard against errors."""
    hooks: Any = server.pipeline
    guarded: Any = _toolbox
    for tool in hooks._toolbox.tools():
        tool.fn = guarded._guarded(faulty(inspect.unwrap(tool.fn)))
    return server


def main() -> None:
    log.configure("critical")
    at_start = planned("connect") or ("" if planned("idle") not in ENDING else planned("idle"))
    if at_start == "refuses":
        sys.exit(1)
    if at_start == "rubbish":
        os.write(WIRE, b"this is not MCP\n" * 2_000)
    if at_start == "flapping":
        threading.Timer(SLOW_S, strike, ["killed"]).start()
    elif at_start and at_start != "rubbish":
        time.sleep(strike(at_start))
    settings = Settings.from_environment()
    server = load(sys.argv[1], Wiring(settings=settings, clock=FaultyClock(), server=sys.argv[1]))
    threading.Thread(target=between_calls, daemon=True).start()
    serve(made_faulty(server), transport="stdio", host="", port=0)


if __name__ == "__main__":
    main()
