"""Benches are run by hand, months apart: what they take from the project is still there."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

BENCHES = sorted(Path(__file__).parents[2].glob("bench/*.py"))
OURS = ("scribetree", "tests")


def taken(bench: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(bench.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in OURS:
            yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.stem)
def test_what_a_bench_takes_from_the_project_is_there(bench: Path) -> None:
    missing = [f"{module}.{name}" for module, name in taken(bench) if not hasattr(import_module(module), name)]
    assert missing == []
