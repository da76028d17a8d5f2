"""Each server killed in the middle of a run: the run ends, and the person sees what happened."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.process_tree import HAS_PROC, servers_below

from scribetree.servers.catalog import SERVERS

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.mark.skipif(not HAS_PROC, reason="finds the servers in /proc (Linux)")
@pytest.mark.parametrize("name", SERVERS)
def test_a_run_survives_the_death_of_any_server(name: str) -> None:
    command = [sys.executable, "-m", "scribetree.host", "run", "complete-writing-analysis"]
    seen: list[str] = []
    with subprocess.Popen(
        [*command, "--input", "examples/submission.json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr is not None
        assert run.stdout is not None
        for line in run.stderr:
            seen.append(line)
            if "killed" not in seen and "step" in line and "running" in line:
                os.kill(servers_below(run.pid)[name], signal.SIGKILL)
                seen.append("killed")
        report = run.stdout.read()
    assert run.returncode == 0, "".join(seen)
    assert "## The reflection" in report
    assert "This report is incomplete" not in report
    assert any(f"{name} is away: {name} stopped" in line for line in seen), "".join(seen)
