"""The package as people install it: wheel, sdist, editable, uvx."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
BARE = ("servers", "host", "tools", "privacy", "resilience")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CHECK = f"""
import importlib.util, sys
for bare in {BARE!r}:
    assert importlib.util.find_spec(bare) is None, bare
import scribetree.host.cli, scribetree.privacy.guard, scribetree.tools.writing, scribetree.resilience
from scribetree.host.config import load_configuration
from scribetree.host.workflows.definition import library, load_workflow
from scribetree.servers.catalog import SERVERS, load
assert len(load_configuration(None).servers) == 6
assert [load_workflow(name).id for name in library()]
assert [load(name).name for name in SERVERS] == list(SERVERS)
print("fine on", sys.version.split()[0])
"""


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, built from what git would hand out."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines()
    for name in listed:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists() or (ROOT / name).is_symlink():
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
    run(sys.executable, "-m", "build", "--outdir", folder, source, cwd=folder)
    return folder


def wheel_of(folder: Path) -> Path:
    return next(folder.glob("*.whl"))


def install(what: object, folder: Path, *, python: str = sys.executable, editable: bool = False) -> Path:
    """A fresh environment with the package in it; its Python."""
    run(UV, "venv", "--quiet", "--python", python, folder / "venv", cwd=folder)
    interpreter = folder / "venv" / "bin" / "python"
    flags = ["--editable"] if editable else []
    run(UV, "pip", "install", "--quiet", "--python", interpreter, *flags, what, cwd=folder)
    return interpreter


def interpreter_of(version: str) -> str | None:
    """A Python of that version: one that uv finds, or one of pyenv's."""
    command: list[str | Path] = [UV, "python", "find", "--no-python-downloads", version]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return str(found.stdout).strip()
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return next((str(python) for python in sorted(pyenv.glob(f"versions/{version}.*/bin/python"))), None)


def packaged_files() -> list[str]:
    """What is read at run time and is not Python: definitions, word lists, weights."""
    patterns = (
        "host/*.json",
        "host/*.yaml",
        "host/**/*.yaml",
        "privacy/pii/data/*",
        "tools/**/*.json",
        "tools/**/*.txt",
    )
    return sorted({str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern)})


def test_the_wheel_holds_what_runs_and_nothing_else(built: Path) -> None:
    names = zipfile.ZipFile(wheel_of(built)).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"scribetree"}
    for needed in ("py.typed", *packaged_files()):
        assert f"scribetree/{needed}" in names
    assert not any("test" in name.rsplit("/", 1)[-1] for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize(
    "needed",
    [
        "host/mcp.json",
        "host/static_answers.yaml",
        "host/workflows/library/complete-writing-analysis.yaml",
        "privacy/pii/data/name_model.json",
        "tools/integrity/weights/authorship.json",
        "tools/writing/readability.json",
    ],
)
def test_what_the_wheel_has_to_hold_is_looked_for(needed: str) -> None:
    assert needed in packaged_files()


def test_the_sdist_holds_the_sources_and_the_tests(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in ("servers/kit/__init__.py", "tests/conftest.py", "examples/README.md", "pyproject.toml", "LICENSE"):
        assert needed in names


def test_the_wheel_works_in_a_fresh_environment(built: Path, tmp_path: Path) -> None:
    interpreter = install(wheel_of(built), tmp_path)
    assert "fine" in run(interpreter, "-c", CHECK, cwd=tmp_path)
    script = interpreter.with_name("scribetree")
    assert "serve" in run(script, "--help", cwd=tmp_path)
    tools = run(script, "call", "strategy", "list_conversation_templates", "--json", cwd=tmp_path)
    assert '"market-opportunity"' in tools


def test_the_sdist_works_in_a_fresh_environment(built: Path, tmp_path: Path) -> None:
    interpreter = install(next(built.glob("*.tar.gz")), tmp_path)
    assert "fine" in run(interpreter, "-c", CHECK, cwd=tmp_path)


def test_an_editable_install_works_and_is_live(built: Path, tmp_path: Path) -> None:
    interpreter = install(built / "source", tmp_path, editable=True)
    assert "fine" in run(interpreter, "-c", CHECK, cwd=tmp_path)
    where = run(interpreter, "-c", "import scribetree.tools as t; print(t.__file__)", cwd=tmp_path)
    assert Path(where.strip()).resolve().is_relative_to((built / "source").resolve())


def test_uvx_runs_it_from_the_wheel(built: Path, tmp_path: Path) -> None:
    version = run(UV, "tool", "run", "--quiet", "--from", wheel_of(built), "scribetree", "--version", cwd=tmp_path)
    assert version.strip() == "0.1.0"


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_the_wheel_works_on_every_python_that_is_here(version: str, built: Path, tmp_path: Path) -> None:
    """An interpreter that is not on this machine cannot be tried; 3.11 is always here."""
    python = interpreter_of(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    interpreter = install(wheel_of(built), tmp_path, python=python)
    assert f"fine on {version}" in run(interpreter, "-c", CHECK, cwd=tmp_path)
