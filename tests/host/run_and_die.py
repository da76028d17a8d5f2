"""
A process that is killed while it is at a workflow of two steps.

    run_and_die.py RUN_ID                 begins one that reads, and dies when the second step begins
    run_and_die.py RUN_ID writing         begins one that writes, and dies when the second step begins
    run_and_die.py RUN_ID taking-back     takes that one back, and dies when the first is being taken back
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import anyio

from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import open_suite
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import StepEvent, open_engine
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

PROBE = ServerSpec("probe", "stdio", sys.executable, args=(str(Path(__file__).with_name("probe_server.py")),))
CONFIGURATION = json.dumps({"mcpServers": {"probe": {"command": PROBE.target, "args": list(PROBE.args)}}})


def flow(tool: str, **more: Any) -> Workflow:
    step = {"server": "probe", "tool": tool, **more}
    first = {**step, "id": "first", "arguments": {"text": "'one'"}}
    second = {**step, "id": "second", "arguments": {"text": "first.text"}}
    return Workflow.model_validate({"id": "w", "title": "W", "steps": [first, second]})


READS = flow("echo")
WRITES = flow("keep", undo={"tool": "drop", "arguments": {"text": "'one'"}})


def die_at(step: str) -> Any:
    def listen(event: StepEvent) -> None:
        if event.step.id == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return listen


async def main(run_id: str, how: str) -> None:
    settings = Settings.from_environment()
    caller = PrivacyContext("t-1", "educator", "learning", run_id)
    listener = die_at("first" if how == "taking-back" else "second")
    async with (
        open_suite(Configuration("test", (PROBE,)), settings=settings) as suite,
        open_engine(suite, settings=settings, listener=listener) as engine,
    ):
        if how == "taking-back":
            await engine.take_back(run_id)
        else:
            await engine.run(WRITES if how == "writing" else READS, {}, caller=caller)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], (sys.argv[2:] or ["reading"])[0])
