"""A server that misbehaves on request, made by the kit; run as a process by the tests of the host."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import anyio

from scribetree.errors import InvalidInput, Unavailable
from scribetree.servers.kit import READS, WRITES, WRITES_ONCE, Caller, Toolbox, make_server, serve

tools = Toolbox()


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, and by which process."""

    text: str
    pid: int
    role: str
    purpose: str


@tools.add(title="Echo", hints=READS)
async def echo(text: str, caller: Caller) -> Said:
    """Say it back."""
    return Said(text, os.getpid(), caller.requester_type, caller.purpose)


@tools.add(title="Die", hints=WRITES)
async def die() -> Said:
    """End the process in the middle of the call."""
    os._exit(9)


@tools.add(title="Sleep", hints=READS)
def sleep(seconds: float) -> Said:
    """Answer late."""
    time.sleep(seconds)
    return Said("woke", os.getpid(), "", "")


@tools.add(title="Print", hints=READS)
async def rubbish() -> Said:
    """Print where only the protocol belongs."""
    print("this is not MCP")  # noqa: T201 - the point of the tool
    return Said("printed", os.getpid(), "", "")


def kept() -> Path:
    return Path(os.environ["SCRIBETREE_HOME"]) / "kept"


@tools.add(title="Keep", hints=WRITES_ONCE)
async def keep(text: str) -> Said:
    """Keep a text; `bad` is refused."""
    if text == "bad":
        raise InvalidInput("`text` is bad.", hint="Give another.")
    kept().mkdir(exist_ok=True)
    (kept() / text).touch()
    return Said(text, os.getpid(), "", "")


@tools.add(title="Drop", hints=WRITES_ONCE)
async def drop(text: str) -> Said:
    """Keep it no longer; `stuck` cannot be dropped."""
    if text == "stuck":
        raise InvalidInput("`text` is stuck.", hint="Leave it.")
    (kept() / text).unlink(missing_ok=True)
    return Said(text, os.getpid(), "", "")


def told(name: str, otherwise: str) -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else otherwise


@tools.add(title="Tally", hints=READS)
async def tally(text: str, seconds: float) -> Said:
    """Write down that it ran, and answer after a while."""
    with (Path(os.environ["SCRIBETREE_HOME"]) / "tally").open("a") as file:
        file.write(f"{text}\n")
    await anyio.sleep(seconds)
    return Said(text, os.getpid(), "", "")


@tools.add(title="Fail once", hints=READS)
async def fail_once(text: str) -> Said:
    """Be unavailable the first time."""
    mark = Path(os.environ["SCRIBETREE_HOME"]) / f"failed-{text}"
    if not mark.exists():
        mark.touch()
        raise Unavailable("The store is busy.", hint="Try again.")
    return Said(text, os.getpid(), "", "")


if __name__ == "__main__":
    time.sleep(float(told("--delay", "0")))
    port = int(told("--port", "0"))
    server = make_server(told("--name", "probe"), title="Probe", instructions="", tools=tools)
    serve(server, transport="http" if port else "stdio", host="127.0.0.1", port=port)
