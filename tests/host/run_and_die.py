"""A process that runs a workflow of two steps and is killed when the second begins."""

import os
import signal
import sys
from pathlib import Path

import anyio

from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import open_suite
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import StepEvent, open_engine
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

PROBE = ServerSpec("probe", "stdio", sys.executable, args=(str(Path(__file__).with_name("probe_server.py")),))
FLOW = Workflow.model_validate(
    {
        "id": "w",
        "title": "W",
        "steps": [
            {"id": "first", "server": "probe", "tool": "echo", "arguments": {"text": "'one'"}},
            {"id": "second", "server": "probe", "tool": "echo", "arguments": {"text": "first.text"}},
        ],
    }
)


def die_at_second(event: StepEvent) -> None:
    if event.step.id == "second":
        os.kill(os.getpid(), signal.SIGKILL)


async def main(run_id: str) -> None:
    settings = Settings.from_environment()
    caller = PrivacyContext("t-1", "educator", "learning", run_id)
    async with (
        open_suite(Configuration("test", (PROBE,)), settings=settings) as suite,
        open_engine(suite, settings=settings, listener=die_at_second) as engine,
    ):
        await engine.run(FLOW, {}, caller=caller)


anyio.run(main, sys.argv[1])
