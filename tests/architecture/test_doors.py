"""The guard is the only door: no server and no part of the host reaches records, keys or tables around it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEHIND_THE_GUARD = (
    "scribetree.privacy.records.store",
    "scribetree.privacy._tables",
    "scribetree.privacy.subject_keys",
    "scribetree.privacy.sealed.FieldSealer",
    "scribetree.privacy.sealed.open_field",
    "scribetree.privacy.stores",
    "scribetree.privacy.teaching",
    "scribetree.privacy.tokens",
)
# Wraps the students' keys anew, and opens no record.
UPKEEP = {("host", "keys.py"): frozenset({"scribetree.privacy.subject_keys.SubjectKeys"})}
# Names under which the office keeps what a server must not use: rows, keys, the database itself.
NOT_FOR_SERVERS = frozenset({"_stores", "_keys", "_sealer", "database", "identities"})


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def attributes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr


def ways_around(root: Path) -> list[str]:
    found: list[str] = []
    for floor in ("servers", "host"):
        for path in (root / floor).rglob("*.py"):
            around = {name for name in imports(path) if name.startswith(BEHIND_THE_GUARD)}
            found += [f"{path.name} imports {name}" for name in around - UPKEEP.get((floor, path.name), frozenset())]
    for path in (root / "servers").rglob("*.py"):
        found += [f"{path.name} uses .{name}" for name in attributes(path) if name in NOT_FOR_SERVERS]
    return found


def test_no_server_and_no_part_of_the_host_goes_around_the_guard() -> None:
    assert ways_around(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "from scribetree.privacy.records.store import Records",
        "import scribetree.privacy._tables",
        "rows = means.office.guard._stores.records.all_of(x)",
        "means.office.database.read()",
    ],
)
def test_a_planted_way_around_is_found(line: str, tmp_path: Path) -> None:
    path = tmp_path / "servers" / "x.py"
    path.parent.mkdir()
    path.write_text(line + "\n")
    assert len(ways_around(tmp_path)) == 1
