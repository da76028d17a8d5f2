"""
What durability costs, and what a kill costs: workflows over servers in one process.

    python bench/workflows.py overhead [RUNS]     time of a run of three steps beyond the tools' own time
    python bench/workflows.py kills [COUNT]       runs killed at random instants and resumed: nothing lost or doubled
    python bench/workflows.py rate [COUNT]        runs a second, two workers, SCRIBETREE_DATABASE_URL
"""

import json
import os
import random
import resource
import signal
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import anyio
import yaml
from dbos import DBOS

from scribetree import log
from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import Suite, open_suite
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.engine import Engine, as_arguments, open_engine
from scribetree.host.workflows.history import History
from scribetree.host.workflows.names import APPLICATION_VERSION, QUEUE, RUN
from scribetree.host.workflows.store import system_database_url
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import new_correlation_id
from scribetree.servers.catalog import SERVERS
from scribetree.settings import Settings

STRATEGY = ServerSpec("strategy", "in-process", "strategy")
READS = [
    {"id": name, "server": "strategy", "tool": "list_conversation_templates", "needs": needs}
    for name, needs in (("one", []), ("two", ["one"]), ("three", ["two"]))
]

ALERTS = """
id: three-alerts
title: Three alerts
inputs: {who: {required: true}}
steps:
""" + "".join(
    f"""
  - id: s{number}
    server: educator-alerts
    tool: send_educator_alerts
    needs: [{f"s{number - 1}" if number > 1 else ""}]
    final: An alert that was read cannot be unread.
    arguments:
      educator_id: inputs.who
      student_id: inputs.who
      immediate: "`true`"
      alerts: >-
        [{{alert_type: 'progress_concern', severity: 'urgent', title: 'Alert {number}', description: 'Of a bench.'}}]
"""
    for number in (1, 2, 3)
)
"""Three writes that stay; each of them must be there once."""

CHOICES = """
id: choice-taken-back
title: A choice taken back
inputs: {who: {required: true}}
steps:
  - id: change
    server: student-profiling
    tool: manage_student_privacy_choices
    arguments: {student_id: inputs.who, peer_sharing: "`true`"}
    undo:
      tool: manage_student_privacy_choices
      arguments: {student_id: inputs.who, peer_sharing: change.previous_choices.educational_sharing.peer}
  - id: fail
    server: educator-alerts
    tool: send_educator_alerts
    needs: [change]
    on_failure: undo
    final: Nothing is sent, because the alert fits no schema.
    arguments: {educator_id: inputs.who, student_id: inputs.who, alerts: "[{title: inputs.who}]"}
"""
"""A write, and a failure after it; in the end nothing of the write may be left."""

CANCELLED = CHOICES.replace("on_failure: undo", "on_failure: stop").replace("choice-taken-back", "choice-cancelled")
"""The same, but what takes the write back is that the run is cancelled with `--undo`."""

FLOWS = {"kept": ALERTS, "fails": CHOICES, "cancelled": CANCELLED}

KILL_SERVERS = (
    ServerSpec("educator-alerts", "in-process", "educator-alerts"),
    ServerSpec("student-profiling", "in-process", "student-profiling"),
)
RUNS_A_HOME = 50
KILLS_A_RUN = 2
"""So many processes of a run are killed, if they have not ended before; then it is left alone until it has ended."""


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
    """
    Runs killed at random instants, and killed again while they go on, until each of them has ended.

    Every process is forked from this one, which has loaded everything and started nothing: so a kill costs little,
    and its instant falls anywhere from opening the store to the end of the run. A third of the runs write three alerts;
    a third change a student's choice, fail, and take it back; a third change it and are cancelled after the first kill.
    """
    load_all()
    rng = random.Random(7)
    told = Counter(dict.fromkeys(COUNTED, 0))
    for first in range(0, count, RUNS_A_HOME):
        with tempfile.TemporaryDirectory() as home:
            os.environ["SCRIBETREE_HOME"] = home
            limits = {kind: warm(kind) for kind in FLOWS}
            numbers = range(first, min(first + RUNS_A_HOME, count))
            runs = {f"killed-run-{number:05}": list(FLOWS)[number % 3] for number in numbers}
            for run_id, kind in runs.items():
                told.update(killed(run_id, kind, limit_s=limits[kind], rng=rng))
            told.update(looked_at(runs))
        print(", ".join(f"{told[name]} {name}" for name in COUNTED), flush=True)


COUNTED = ("runs", "kills", "did not end", "effects lost", "doubled", "not undone", "said to be unknown")


def warm(kind: str) -> float:
    """How long a run takes from the start of its process to its end, the second time."""
    return [in_fork(lambda n=n: to_end(f"warm-run-{kind}-{n}", kind), None)[1] for n in (0, 1)][1]


def killed(run_id: str, kind: str, *, limit_s: float, rng: random.Random) -> dict[str, int]:
    """The run has been begun and killed, gone on and killed, and then been left alone until its end."""
    hits = [in_fork(lambda: to_end(run_id, kind), rng.uniform(0.0, limit_s))[0]]
    take_back = kind == "cancelled"
    hits += [
        in_fork(lambda: to_end(run_id, kind, take_back=take_back), rng.uniform(0.0, limit_s))[0]
        for _ in range(KILLS_A_RUN - 1)
    ]
    in_fork(lambda: to_end(run_id, kind, take_back=take_back), None)
    return {"runs": 1, "kills": sum(hits)}


def looked_at(runs: dict[str, str]) -> dict[str, int]:
    """How the runs of one home ended, and what they left behind, as the store, the inbox and the choices say."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        quietly(lambda: os.write(writing, json.dumps(effects(runs)).encode()))
    os.close(writing)
    with os.fdopen(reading) as answer:
        found = json.loads(answer.read())
    os.waitpid(pid, 0)
    return found


def load_all() -> None:
    """Everything that a run imports is loaded; nothing has begun."""
    import scribetree.privacy.office  # noqa: PLC0415
    import scribetree.privacy.records.store  # noqa: F401, PLC0415

    log.configure("critical")
    for server in KILL_SERVERS:
        import_module(SERVERS[server.target].module)


def in_fork(work: Callable[[], object], limit_s: float | None) -> tuple[bool, float]:
    """Whether `work`, done in a process of its own, was killed after `limit_s`, and how long it took."""
    started = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        quietly(work)
    if limit_s is None:
        os.waitpid(pid, 0)
        return False, time.perf_counter() - started
    time.sleep(limit_s)
    done, _ = os.waitpid(pid, os.WNOHANG)
    if done == 0:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return done == 0, time.perf_counter() - started


def quietly(work: Callable[[], object]) -> NoReturn:
    """This forked process has done its work, and is gone without closing what its parent owns."""
    try:
        work()
    except BaseException:  # noqa: BLE001 - a forked process must never go on as its parent
        traceback.print_exc()
    finally:
        os._exit(0)


def to_end(run_id: str, kind: str, *, take_back: bool = False) -> None:
    """The run has begun or gone on, and ended; its process has ended with it, without closing anything."""
    flow = Workflow.model_validate(yaml.safe_load(FLOWS[kind]))
    person = PrivacyContext("t-1", "educator" if kind == "kept" else "administrator", "assessment", run_id)

    async def go() -> None:
        settings = Settings.from_environment()
        async with (
            open_suite(Configuration("bench", KILL_SERVERS), settings=settings) as suite,
            open_engine(suite, settings=settings, listener=lambda _: None) as engine,
        ):
            try:
                await (engine.take_back if take_back else engine.wait_for)(run_id)
            except UnknownName:  # killed before it began
                await engine.run(flow, {"who": run_id}, caller=person)
            except InvalidInput:  # ended before it was cancelled
                pass
            os._exit(0)

    anyio.run(go)


def effects(runs: dict[str, str]) -> dict[str, int]:
    """What is wrong with the runs, counted; of one that was cancelled, only what its end does not say."""
    found = Counter[str]()
    settings = Settings.from_environment()
    stays: set[str] = set()
    with History(settings) as history:
        for run_id, kind in runs.items():
            status, outcome = history.find(run_id)["status"], history.outcome(run_id)
            steps = outcome["steps"].values() if outcome else []
            if kind != "cancelled":
                found["did not end"] += status != ("undone" if kind == "fails" else "completed")
            elif any(step.get("undone", {}).get("state") == "unknown" for step in steps):
                found["said to be unknown"] += 1
                stays.add(run_id)
            elif status == "failed":  # before it was cancelled
                stays.add(run_id)
            else:
                found["did not end"] += status != "undone"
    person = PrivacyContext("t-1", "administrator", "assessment", new_correlation_id())

    async def look() -> None:
        async with open_suite(Configuration("bench", KILL_SERVERS), settings=settings) as suite:
            for run_id, kind in runs.items():
                if run_id in stays:
                    continue
                if kind != "kept":
                    arguments = {"student_id": run_id}
                    now = await suite.call(
                        "student-profiling", "manage_student_privacy_choices", arguments, caller=person
                    )
                    found["not undone"] += now.result["new_choices"]["educational_sharing"]["peer"]
                else:
                    inbox = await suite.call("educator-alerts", "list_alerts", {"educator_id": run_id}, caller=person)
                    titles = [alert["title"] for alert in inbox.result["alerts"]]
                    found["effects lost"] += 3 - len(set(titles))
                    found["doubled"] += len(titles) - len(set(titles))

    anyio.run(look)
    return dict(found)


def rate(count: int) -> None:
    """Two worker processes do runs of three steps that wait in a queue on a shared PostgreSQL, until it is empty."""
    settings = Settings.from_environment()
    if not settings.database_url:
        raise SystemExit("set SCRIBETREE_DATABASE_URL to an empty database, and SCRIBETREE_HOME to an empty folder")
    load_all()
    flow = Workflow.model_validate({"id": "three", "title": "Three", "steps": READS})
    in_fork(lambda: enqueue(flow, count), None)
    started = time.perf_counter()
    workers = [fork(lambda: anyio.run(work_until_empty)) for _ in range(2)]
    for pid in workers:
        os.waitpid(pid, 0)
    took = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    with History(settings) as history:
        states = Counter(run["status"] for run in history.runs(limit=count))
        runs = history.client.list_workflows(name=RUN, load_input=False, load_output=False, limit=count)
    span = (max(run.completed_at for run in runs) - min(run.dequeued_at for run in runs)) / 1000
    print(f"{count} runs of three steps, two workers: {dict(states)}; {count / span:.1f} a second", end=" ")
    print(f"from the first taken up to the last ended ({span:.1f} s; with the workers' start and end {took:.1f} s)")
    print(f"processor time of the workers, start and enqueueing included: {used.ru_utime + used.ru_stime:.1f} s")


def enqueue(flow: Workflow, count: int) -> None:
    settings = Settings.from_environment()
    DBOS.migrate(system_database_url(settings))
    with History(settings) as history:
        for _ in range(count):
            person = caller()
            options: Any = {  # DBOS's own shape
                "queue_name": QUEUE,
                "workflow_name": RUN,
                "workflow_id": person.correlation_id,
                "app_version": APPLICATION_VERSION,
            }
            history.client.enqueue(options, *as_arguments(flow, {}, person), False)


async def work_until_empty() -> None:
    settings = Settings.from_environment()
    async with (
        open_suite(Configuration("bench", (STRATEGY,)), settings=settings) as suite,
        open_engine(suite, settings=settings, listener=lambda _: None, works=True) as engine,
    ):
        await engine.work(runs_at_once=20, until_empty=True)


def fork(work: Callable[[], object]) -> int:
    pid = os.fork()
    if pid == 0:
        quietly(work)
    return pid


if __name__ == "__main__":
    amount = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if sys.argv[1:2] == ["kills"]:
        kills(amount or 100)
    elif sys.argv[1:2] == ["rate"]:
        rate(amount or 500)
    else:
        anyio.run(overhead, amount or 100)
