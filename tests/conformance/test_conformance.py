"""The verdict of the official suite and Inspector on the fixture and the six servers."""

import re
import sys
from pathlib import Path

import pytest

from scribetree.servers.catalog import CONFORMANCE, SERVERS

from .conftest import Serve
from .node_tools import conformance, inspector, scenario

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ALL = [CONFORMANCE.name, *SERVERS]

# The SDK has no tasks; the suite runs them without scoring them.
UNSCORED = "tasks-"


@pytest.mark.parametrize("revision", ["2025-11-25", "2026-07-28"])
def test_the_fixture_meets_every_requirement_of_the_revision(revision: str, serve: Serve, tmp_path: Path) -> None:
    verdict = conformance(serve(CONFORMANCE.name), revision, tmp_path)
    assert verdict.returncode == 0, verdict.stdout[-3000:]
    failed = re.findall(r"^✗ (\S+):", verdict.stdout, re.MULTILINE)
    assert [name for name in failed if not name.startswith(UNSCORED)] == []
    passed = re.search(r"Total: (\d+) passed", verdict.stdout)
    assert passed
    assert int(passed.group(1)) >= 80


# What needs no fixture: every server has to meet it as it is.
PLAIN = [
    ("2025-11-25", "server-initialize"),
    ("2025-11-25", "ping"),
    ("2025-11-25", "tools-list"),
    ("2026-07-28", "tools-list"),
    ("2026-07-28", "http-header-validation"),
    ("2026-07-28", "dns-rebinding-protection"),
]


@pytest.mark.parametrize("name", [*SERVERS, "host"])
def test_the_servers_and_the_host_meet_what_needs_no_fixture(name: str, serve: Serve, tmp_path: Path) -> None:
    url = serve(name)
    for revision, wanted in PLAIN:
        verdict = scenario(url, wanted, revision, tmp_path)
        assert verdict.returncode == 0, (wanted, verdict.stdout[-2000:])
        assert re.search(r"Passed: [1-9]", verdict.stdout)


@pytest.mark.parametrize("name", ALL)
def test_the_schemas_are_portable_in_both_eras(name: str, serve: Serve, tmp_path: Path) -> None:
    url = serve(name)
    for era in ("legacy", "modern"):
        verdict = inspector(
            url, "--method", "tools/list", "--strict", "--protocol-era", era, "--format", "json", catalog=tmp_path / "c"
        )
        assert verdict.returncode == 0, verdict.stderr[-2000:]
        assert '"inputSchema"' in verdict.stdout


def test_the_inspector_starts_a_server_over_stdio(tmp_path: Path) -> None:
    verdict = inspector(
        sys.executable,
        "-m",
        "scribetree.host",
        "serve",
        "strategy",
        "--method",
        "tools/list",
        "--strict",
        "--format",
        "json",
        catalog=tmp_path / "c",
    )
    assert verdict.returncode == 0, verdict.stderr[-2000:]
    assert "start_strategy_session" in verdict.stdout


def test_the_inspector_finds_fault_with_a_server_that_is_not_there(tmp_path: Path) -> None:
    verdict = inspector("http://127.0.0.1:9/mcp", "--method", "tools/list", "--strict", catalog=tmp_path / "c")
    assert verdict.returncode != 0
