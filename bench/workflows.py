"""
What durability costs, and what a kill costs: workflows over servers in one process.

    python bench/workflows.py overhead [RUNS]     time of a run of three steps beyond the tools' own time
    python bench/workflows.py kills [COUNT]       runs killed at random instants and resumed: nothing lost or doubled
"""

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio

from scribetree import log
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import Suite, open_suite
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import Engine, open_engine
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import new_correlation_id
from scribetree.settings import Settings

STRATEGY = ServerSpec("strategy", "in-process", "strategy")
READS = [
    {"id": name, "server": "strategy", "tool": "list_conversation_templates", "needs": needs}
    for name, needs in (("one", []), ("two", ["one"]), ("three", ["two"]))
]

ALERTS = """
id: three-alerts
title: Three alerts
steps:
""" + "".join(
    f"""
  - id: s{number}
    server: educator-alerts
    tool: send_educator_alerts
    needs: [{f"s{number - 1}" if number > 1 else ""}]
    final: An alert that was read cannot be unread.
    arguments:
      educator_id: "'t-1'"
      student_id: "'s-1'"
      immediate: "`true`"
      alerts: >-
        [{{alert_type: 'progress_concern', severity: 'urgent', title: 'Alert {number}', description: 'Of a bench.'}}]
"""
    for number in (1, 2, 3)
)


def caller() -> PrivacyContext:
    return PrivacyContext("t-1", "educator", "assessment", new_correlation_id())


async def one_run(engine: Engine, flow: Workflow) -> tuple[float, float]:
    """The time of a run, and what its tools took of it, in milliseconds."""
    started = time.perf_counter()
    result = await engine.run(flow, {}, caller=caller())
    took = (time.perf_counter() - started) * 1000
    tools = sum(step["provenance"]["attempts"][-1]["ms"] for step in result.steps.values())
    return took, tools


async def bare(suite: Suite) -> float:
    started = time.perf_counter()
    for _ in READS:
        await suite.call("strategy", "list_conversation_templates", {}, caller=caller())
    return (time.perf_counter() - started) * 1000


async def overhead(runs: int) -> None:
    log.configure("warning")
    flow = Workflow.model_validate({"id": "three", "title": "Three", "steps": READS})
    with tempfile.TemporaryDirectory() as home:
        os.environ["SCRIBETREE_HOME"] = home
        settings = Settings.from_environment()
        async with (
            open_suite(Configuration("bench", (STRATEGY,)), settings=settings) as suite,
            open_engine(suite, settings=settings, listener=lambda _: None) as engine,
        ):
            await one_run(engine, flow)
            pairs = [(await one_run(engine, flow), await bare(suite)) for _ in range(runs)]
    rows = {
        "whole run": [took for (took, _), _ in pairs],
        "three bare calls": [plain for _, plain in pairs],
        "beyond the tools": [took - tools for (took, tools), _ in pairs],
        "beyond, a step": [(took - tools) / 3 for (took, tools), _ in pairs],
    }
    print(f"three steps, durable on SQLite, {runs} runs, each in turn with three bare calls; median ms")
    for name, values in rows.items():
        print(f"  {name:18} {statistics.median(values):7.1f}")


def kills(count: int) -> None:
    """Each run writes three alerts; afterwards each of them must be there once."""
    rng = random.Random(7)
    killed = lost = doubled = unfinished = 0
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            outcome = killed_run(Path(folder), rng)
        killed += outcome["killed"]
        unfinished += not outcome["ended"]
        lost += max(0, 3 - outcome["alerts"])
        doubled += max(0, outcome["alerts"] - 3)
        if (number + 1) % 10 == 0 or number + 1 == count:
            print(f"{number + 1} runs, {killed} killed before their end:", end=" ")
            print(f"{unfinished} did not end, {lost} effects lost, {doubled} doubled", flush=True)


def killed_run(folder: Path, rng: random.Random) -> dict[str, int]:
    (folder / "flow.yaml").write_text(ALERTS)
    (folder / "in.json").write_text("{}")
    (folder / "mcp.json").write_text(
        json.dumps({"mcpServers": {"educator-alerts": {"type": "in-process", "server": "educator-alerts"}}})
    )
    environment = {**os.environ, "SCRIBETREE_HOME": str(folder / "home")}

    def scribetree(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scribetree.host", *arguments],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    run = scribetree("run", "flow.yaml", "--input", "in.json", "--json")
    try:
        run.wait(timeout=rng.uniform(0.8, 4.0))
        was_killed = 0
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)
        was_killed = 1
    run.communicate()
    listed = json.loads(scribetree("workflows", "list", "--json").communicate()[0])["runs"]
    ended = listed and listed[0]["status"] == "completed"
    if listed and not ended:
        ended = scribetree("workflows", "resume", listed[0]["run_id"], "--json").communicate()[0] != ""
    if not listed:  # killed before the run was begun: nothing may have happened, so it is begun now
        ended = scribetree("run", "flow.yaml", "--input", "in.json", "--json").wait() == 0
    inbox = scribetree("call", "educator-alerts", "list_alerts", "--arguments", '{"educator_id": "t-1"}', "--json")
    found = json.loads(inbox.communicate()[0])["result"]["alerts"]
    return {"killed": was_killed, "ended": int(bool(ended)), "alerts": len(found)}


if __name__ == "__main__":
    amount = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if sys.argv[1:2] == ["kills"]:
        kills(amount or 100)
    else:
        anyio.run(overhead, amount or 100)
