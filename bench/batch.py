"""
A class of 200 real essays as one batch: begun, killed in the middle, gone on with, and begun once more.

    python bench/batch.py DATA [KILL_AFTER]     DATA holds writing/argrewrite_essays and pii (CC BY 4.0)

Two lines more hold an empty essay and no essay, so that the list of what failed has something to say.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ESSAYS = 200
WORKFLOW = "complete-writing-analysis"


def essays(data: Path) -> list[str]:
    """The texts of both sets, the drafts of ArgRewrite first."""
    texts: list[str] = []
    for folder in ("writing/argrewrite_essays", "pii"):
        for path in sorted((data / folder).glob("*.jsonl")):
            rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
            texts += [str(row["text"]).strip() for row in rows]
    return texts[:ESSAYS]


def main(data: Path, kill_after: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder) / "class.jsonl"
        lines: list[dict[str, str]] = [
            {"student_id": f"student-{number}", "essay": text} for number, text in enumerate(essays(data), 1)
        ]
        lines += [{"student_id": "student-201", "essay": ""}, {"student_id": "student-202"}]
        batch.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
        os.environ["SCRIBETREE_HOME"] = str(Path(folder) / "home")
        before = batch_run(batch, kill_after=kill_after)
        after = batch_run(batch)
        once_more = batch_run(batch)
    kept = sum(after.get(line) == answer for line, answer in before.items() if '"completed"' in answer)
    done = sum('"completed"' in answer for answer in before.values())
    print(f"{kept} of {done} answers from before the kill are the same after it, to the letter")
    print(f"{sum(once_more[line] == answer for line, answer in after.items())} of {len(after)} the third time")


def batch_run(batch: Path, *, kill_after: int | None = None) -> dict[int, str]:
    """The answers of one run of the batch, by line; killed after so many of them, if at all."""
    command = [sys.executable, "-m", "scribetree.host", "run", WORKFLOW, "--json", "--batch", str(batch)]
    started, answers = time.perf_counter(), dict[int, str]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            answers[json.loads(line)["line"]] = line
            if len(answers) == kill_after:
                os.kill(process.pid, signal.SIGKILL)
        said = process.stderr.read().strip()
    states = Counter(json.loads(answer)["status"] for answer in answers.values())
    took = time.perf_counter() - started
    print(f"{took:6.1f} s  exit {process.returncode}  {len(answers)} answers: {dict(states)}  {said[-200:]}")
    for answer in answers.values():
        told = json.loads(answer)
        if told["status"] != "completed":
            print(f"          line {told['line']}: {told['error']['code']}: {told['error']['message']}")
    return answers


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 80)
