"""A class's essays as one batch: in full, in part, and after a kill."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ESSAY = (ROOT / "examples" / "essay-draft-2.txt").read_text("utf-8")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

COMMAND = [sys.executable, "-m", "scribetree.host", "run", "complete-writing-analysis", "--json", "--batch"]


def written(folder: Path, *lines: str) -> str:
    path = folder / "class.jsonl"
    path.write_text("\n".join(lines))
    return str(path)


def essay(number: int) -> str:
    return json.dumps({"student_id": f"s-{number}", "essay": f"{ESSAY} It was the essay number {number}."})


def answers(output: str) -> dict[int, dict[str, Any]]:
    return {answer["line"]: answer for answer in map(json.loads, output.splitlines())}


def test_lines_that_cannot_run_are_named_and_the_others_run(tmp_path: Path) -> None:
    batch = written(tmp_path, essay(1), "not json", json.dumps({"student_id": "s-3"}), essay(4))
    done = subprocess.run([*COMMAND, batch], capture_output=True, text=True, check=False)
    status = {line: answer["status"] for line, answer in answers(done.stdout).items()}
    assert (done.returncode, status) == (1, {1: "completed", 2: "failed", 3: "failed", 4: "completed"})
    assert done.stderr.strip().endswith("2 of 4 completed; not: lines 2, 3")


def test_a_killed_batch_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    batch = written(tmp_path, *(essay(number) for number in range(1, 13)))
    with subprocess.Popen([*COMMAND, batch], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout is not None
        before = [json.loads(run.stdout.readline()) for _ in range(2)]
        os.kill(run.pid, signal.SIGKILL)
    after = subprocess.run([*COMMAND, batch], capture_output=True, text=True, check=False)
    assert after.returncode == 0, after.stderr
    found = answers(after.stdout)
    assert len(found) == 12
    for answer in before:
        assert found[answer["line"]]["steps"] == answer["steps"]
