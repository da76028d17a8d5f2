"""`scribetree doctor`: what is wrong, and how to mend it."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import anyio
import typer

from scribetree import __version__
from scribetree.errors import ScribeTreeError
from scribetree.host.commands._session import print_json, running_suite
from scribetree.host.config import Configuration, load_configuration
from scribetree.host.supervisor import ServerStatus
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

__all__ = ["Finding", "run"]

_FREE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    ok: bool
    detail: str
    fix: str = ""


def run(config: Path | None, *, as_json: bool) -> int:
    """0 if all is well, else 1; each finding says how to mend it."""
    findings = [*_installation(), *_data_folder(), *_suite(config)]
    if as_json:
        print_json({"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]}, indent=2)
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.check}: {finding.detail}")
            if finding.fix:
                typer.echo(f"      fix: {finding.fix}")
    return 0 if all(finding.ok for finding in findings) else 1


def _installation() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("python", sys.version_info >= (3, 11), version)
    yield Finding("scribetree", ok=True, detail=__version__)


def _data_folder() -> Iterator[Finding]:
    try:
        settings = Settings.from_environment()
        home = settings.home
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        writable = os.access(home, os.W_OK)
        yield Finding("data folder", writable, str(home), "" if writable else "Set SCRIBETREE_HOME elsewhere.")
        free = shutil.disk_usage(home).free
        room = free > _FREE_BYTES
        yield Finding("disk space", room, f"{free // 1_000_000} MB free", "" if room else "Free some space.")
        epochs = len(KeyRing.open(settings).epochs)
        yield Finding("key ring", ok=True, detail=f"whole, {epochs} epoch{'s' if epochs > 1 else ''}")
    except ScribeTreeError as error:
        yield Finding("data folder", ok=False, detail=error.message, fix=error.hint)
    except OSError as error:
        yield Finding("data folder", ok=False, detail=str(error.strerror), fix="Set SCRIBETREE_HOME elsewhere.")


def _suite(config: Path | None) -> Iterator[Finding]:
    try:
        configuration = load_configuration(config)
        yield Finding("configuration", ok=True, detail=configuration.source)
        statuses, took = anyio.run(_start, configuration)
    except ScribeTreeError as error:
        yield Finding("configuration", ok=False, detail=error.message, fix=error.hint)
        return
    for status in statuses:
        if status.problem:
            yield Finding(status.name, ok=False, detail=status.problem.message, fix=status.problem.hint)
        else:
            yield Finding(status.name, ok=True, detail=f"{len(status.tools)} tools, protocol {status.protocol}")
    yield Finding("start", ok=True, detail=f"all servers answered or failed within {took:.2f} s")


async def _start(configuration: Configuration) -> tuple[list[ServerStatus], float]:
    started = time.perf_counter()
    async with running_suite(configuration) as suite:
        await suite.settled()
        return suite.statuses(), time.perf_counter() - started
