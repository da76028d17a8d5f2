"""A server that misbehaves on request, made by the kit; run as a process by the tests of the host."""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from scribetree.errors import InvalidInput
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


if __name__ == "__main__":
    if "--delay" in sys.argv:
        time.sleep(float(sys.argv[sys.argv.index("--delay") + 1]))
    serve(make_server("probe", title="Probe", instructions="", tools=tools), transport="stdio", host="", port=0)
