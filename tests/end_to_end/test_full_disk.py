"""A disk that is full in the middle of a run: said in two lines, and nothing that was kept before is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

FLOW = """
id: w
title: W
inputs: {text: {}}
steps:
  - {id: a, server: strategy, tool: list_conversation_templates}
"""


def scribetree(folder: Path, *arguments: str, most_kb: int | None = None) -> subprocess.CompletedProcess[str]:
    """The command, in a process that can write no file larger than `most_kb`."""
    limit = f"ulimit -f {most_kb}; " if most_kb else ""
    command = ["bash", "-c", f'{limit}exec "$@"', "-", sys.executable, "-m", "scribetree.host", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_full_disk_is_said_so_and_what_was_kept_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(FLOW)
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"strategy": {"type": "in-process"}}}))
    (tmp_path / "small.json").write_text("{}")
    (tmp_path / "large.json").write_text(json.dumps({"text": "x" * 900_000}))
    first = scribetree(tmp_path, "run", "flow.yaml", "--input", "small.json")
    full = scribetree(tmp_path, "run", "flow.yaml", "--input", "large.json", most_kb=700)
    with_room = scribetree(tmp_path, "run", "flow.yaml", "--input", "large.json")
    listed = json.loads(scribetree(tmp_path, "workflows", "list", "--json").stdout)["runs"]
    assert (first.returncode, full.returncode, with_room.returncode) == (0, 2, 0)
    assert "the disk is full" in full.stderr
    assert "Traceback" not in full.stderr
    assert [run["status"] for run in listed] == ["completed", "completed"]
