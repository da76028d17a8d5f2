"""Who may import whom: the floors of docs/architecture.md, held against every module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("resilience", "privacy", "tools", "servers", "host")
# What each floor may import of the package, beyond the package root and itself.
MAY_IMPORT = {
    "root": set[str](),
    "resilience": set[str](),
    "tools": set[str](),
    "privacy": {"resilience.cache"},
    "servers": {"resilience", "privacy", "tools"},
    "host": {"resilience", "privacy", "tools", "servers"},
}
# The home of each third-party package that has one.
HOMES = {
    "mcp": {"servers", "host"},
    "cryptography": {"privacy"},
    "icalendar": {"servers"},
    "jwt": {"privacy"},
    "diskcache": {"resilience"},
    "redis": {"resilience"},
    "sqlalchemy": {"privacy", "host"},
    "croniter": {"host"},
    "dbos": {"host"},
    "typer": {"host"},
    "rich": {"host"},
    "yaml": {"host"},
    "jmespath": {"host"},
    "jsonschema": {"host"},
    "starlette": {"servers", "host"},
    "openfeature": {"host"},
    "opentelemetry": {"servers"},
    "uvicorn": {"servers", "host"},
    "watchfiles": {"host"},
    "structlog": {"root"},
}


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Each module with the floor it stands on."""
    for path in (root / "src" / "scribetree").glob("*.py"):
        yield "root", path
    for floor in FLOORS:
        for path in (root / floor).rglob("*.py"):
            yield floor, path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def violations(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)} imports {name}"
        for floor, path in modules(root)
        for name in imported(path)
        if not is_allowed(floor, path, name)
    ]


def is_allowed(floor: str, path: Path, name: str) -> bool:
    package, _, rest = name.partition(".")
    if package in FLOORS:
        return False
    if package != "scribetree":
        return floor in HOMES.get(package, {floor})
    target = rest.split(".")[0]
    if target not in FLOORS:
        return True
    if floor == target:
        return floor != "servers" or not imports_another_server(path, rest)
    return target in MAY_IMPORT[floor] or any(rest.startswith(f"{wide}") for wide in MAY_IMPORT[floor] if "." in wide)


def imports_another_server(path: Path, rest: str) -> bool:
    return rest.split(".")[1] not in {"kit", "catalog", path.parent.name} and path.name != "__init__.py"


def printed(root: Path) -> list[str]:
    """The modules that print; results go through one door of the host."""
    return [
        str(path.relative_to(root))
        for _, path in modules(root)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


def test_every_module_keeps_to_its_floor() -> None:
    assert violations(ROOT) == []


def test_nothing_prints() -> None:
    assert printed(ROOT) == []


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("tools/x.py", "from scribetree.privacy import keys"),
        ("tools/x.py", "import mcp.types"),
        ("privacy/x.py", "import scribetree.tools.text"),
        ("privacy/x.py", "from scribetree.resilience.breaker import Breaker"),
        ("servers/x.py", "from scribetree.host.suite import Suite"),
        ("servers/x.py", "from scribetree.servers.strategy import create"),
        ("servers/x.py", "from cryptography.fernet import Fernet"),
        ("host/x.py", "import tools.writing"),
        ("src/scribetree/x.py", "from scribetree.tools import text"),
    ],
)
def test_a_planted_violation_is_found(module: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / module
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n")
    assert len(violations(tmp_path)) == 1


def test_what_is_allowed_is_found_allowed(tmp_path: Path) -> None:
    path = tmp_path / "privacy" / "x.py"
    path.parent.mkdir(parents=True)
    path.write_text("from scribetree.resilience.cache import Cache\nfrom scribetree.errors import Denied\nimport jwt\n")
    assert violations(tmp_path) == []
