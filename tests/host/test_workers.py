"""Runs that wait in a queue, and the workers that take them up: one installation, and several on one PostgreSQL."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Generator
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

PROBE = str(Path(__file__).with_name("probe_server.py"))
SERVER = os.environ.get("SCRIBETREE_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test").replace(
    "+psycopg", ""
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

FLOW = """
id: slow-then-keep
title: Slow, then keep
inputs: {name: {required: true}}
steps:
  - {id: wait, server: probe, tool: sleep, arguments: {seconds: '`1`'}}
  - {id: keep, server: probe, tool: keep, needs: [wait], arguments: {text: inputs.name}, final: It is kept for good.}
"""


class Installation:
    """A folder with a workflow, its inputs and a configuration, and a command line in it."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        self.folder = folder
        self.environment = {**os.environ, "SCRIBETREE_HOME": str(folder / "home")}
        if database_url:
            self.environment["SCRIBETREE_DATABASE_URL"] = database_url
        (folder / "flow.yaml").write_text(FLOW)
        (folder / "mcp.json").write_text(
            json.dumps({"mcpServers": {"probe": {"command": sys.executable, "args": [PROBE]}}})
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scribetree.host", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out

    def enqueue(self, name: str, *options: str) -> str:
        (self.folder / "in.json").write_text(json.dumps({"name": name}))
        return self.run("run", "flow.yaml", "--input", "in.json", "--queue", *options).strip()

    def status(self, run_id: str) -> str:
        return str(json.loads(self.run("workflows", "status", run_id, "--json"))["status"])

    def spans(self, run_id: str) -> tuple[str, str]:
        """When a run's first call began, and when the run ended."""
        run = json.loads(self.run("workflows", "status", run_id, "--json"))
        return run["steps"][0]["started_at"], run["ended_at"]

    def kept(self) -> set[str]:
        return {path.name for path in (self.folder / "home" / "kept").glob("*")}


@pytest.fixture
def postgresql() -> Generator[str]:
    """A database of its own on the PostgreSQL of this machine, gone afterwards."""
    name = f"scribetree_{uuid.uuid4().hex[:12]}"
    admin = create_engine(SERVER.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield SERVER.rpartition("/")[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def test_a_queued_run_waits_until_a_worker_takes_it_up(tmp_path: Path) -> None:
    here = Installation(tmp_path, None)
    run_id = here.enqueue("one")
    assert here.status(run_id) == "queued"
    here.run("workflows", "work", "--until-empty")
    assert (here.status(run_id), here.kept()) == ("completed", {"one"})


def test_a_queued_run_that_does_not_fit_the_tools_fails_and_says_why(tmp_path: Path) -> None:
    here = Installation(tmp_path, None)
    (tmp_path / "flow.yaml").write_text(FLOW.replace("tool: keep", "tool: keeep"))
    run_id = here.enqueue("one")
    here.run("workflows", "work", "--until-empty")
    assert here.status(run_id) == "failed"


def test_a_dead_workers_run_is_taken_over_by_another_on_the_same_postgresql(tmp_path: Path, postgresql: str) -> None:
    here = Installation(tmp_path, postgresql)
    run_id = here.enqueue("one")
    first = here.start("workflows", "work")
    while here.status(run_id) == "queued":
        assert first.poll() is None
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    here.run("workflows", "work", "--until-empty")
    assert (here.status(run_id), here.kept()) == ("completed", {"one"})


def test_two_workers_share_a_queue_and_do_each_run_once(tmp_path: Path, postgresql: str) -> None:
    here = Installation(tmp_path, postgresql)
    runs = [here.enqueue(f"run-{number}") for number in range(4)]
    workers = [here.start("workflows", "work", "--until-empty", "--runs-at-once", "1") for _ in range(2)]
    for worker in workers:
        _, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, err
    assert {here.status(run_id) for run_id in runs} == {"completed"}
    assert here.kept() == {"run-0", "run-1", "run-2", "run-3"}


def test_a_limit_over_all_workers_holds_for_those_that_do_not_name_it(tmp_path: Path, postgresql: str) -> None:
    here = Installation(tmp_path, postgresql)
    here.run("workflows", "work", "--until-empty", "--over-all", "1")
    runs = [here.enqueue(f"run-{number}") for number in range(3)]
    workers = [here.start("workflows", "work", "--until-empty") for _ in range(2)]
    for worker in workers:
        _, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, err
    began_and_ended = sorted(here.spans(run_id) for run_id in runs)
    assert all(one[1] <= other[0] for one, other in pairwise(began_and_ended))


def test_what_matters_more_is_taken_up_first_whichever_host_left_it(tmp_path: Path, postgresql: str) -> None:
    here = Installation(tmp_path, postgresql)
    order = {"last": "90", "first": "1", "middle": "50"}
    runs = {name: here.enqueue(name, "--priority", priority) for name, priority in order.items()}
    here.run("workflows", "work", "--until-empty", "--runs-at-once", "1")
    began = {
        name: json.loads(here.run("workflows", "status", run_id, "--json"))["steps"][0]["started_at"]
        for name, run_id in runs.items()
    }
    assert sorted(began, key=lambda name: began[name]) == ["first", "middle", "last"]


def test_two_hosts_that_begin_the_same_run_do_it_once_and_both_have_its_result(tmp_path: Path, postgresql: str) -> None:
    here = Installation(tmp_path, postgresql)
    (tmp_path / "in.json").write_text(json.dumps({"name": "one"}))
    arguments = ("run", "flow.yaml", "--input", "in.json", "--json", "--key", "monday")
    here.run("workflows", "list")  # so that both find the tables
    hosts = [here.start(*arguments) for _ in range(2)]
    said = [host.communicate(timeout=120) for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], said
    first, second = (json.loads(out) for out, _ in said)
    assert (first["run_id"], first["steps"]) == (second["run_id"], second["steps"])
