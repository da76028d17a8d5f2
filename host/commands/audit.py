"""`scribetree privacy audit`: whether the log is whole, its signed checkpoint, and the proof of an entry."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from scribetree.clock import Clock, SystemClock
from scribetree.errors import TamperDetected
from scribetree.host.commands._session import print_json, read_json, say
from scribetree.privacy.audit import AuditLog, InclusionProof
from scribetree.privacy.audit_check import AuditReport
from scribetree.privacy.database import Database
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.witness import Witness, witnesses_at
from scribetree.settings import Settings

__all__ = ["OpenedLog", "checkpoint", "opened_log", "prove", "verify", "verify_proof"]

_WITNESS = "host"


@dataclass(frozen=True, slots=True)
class OpenedLog:
    """The installation's audit log, with what it stands on."""

    log: AuditLog
    database: Database
    ring: KeyRing
    clock: Clock
    home: Path


@contextmanager
def opened_log() -> Generator[OpenedLog]:
    """The audit log that the settings name, open for as long as the block runs."""
    settings, clock = Settings.from_environment(), SystemClock()
    ring = KeyRing.open(settings)
    database = Database.open(settings)
    try:
        yield OpenedLog(AuditLog(database, ring, clock), database, ring, clock, settings.home)
    finally:
        database.close()


def verify(*, as_json: bool) -> int:
    """0 if the log is whole and no witness saw another, else 1, with each thing that is wrong."""
    with opened_log() as opened:
        report = opened.log.verify(witnesses_at(opened.home))
        if report.is_whole:
            Witness(opened.home, _WITNESS).observe(opened.log)
    if as_json:
        print_json(_shape(report), indent=2)
    else:
        _print(report)
    return 0 if report.is_whole else 1


def verify_proof(path: Path, key: str | None, *, as_json: bool) -> int:
    """0 if the proof in that file holds, else 1."""
    written = read_json(f"@{path}")
    if key is None:
        with opened_log() as opened:
            key = opened.log.verifier_key
    try:
        proof = InclusionProof.from_json(written, verifier_key=key)
        proof.verify()
    except TamperDetected as error:
        if as_json:
            print_json({"holds": False, "problem": error.message})
        say(f"error: {error.message}\nhint: {error.hint}")
        return 1
    if as_json:
        print_json({"holds": True, "sequence": proof.sequence, "size": proof.checkpoint.size})
    else:
        typer.echo(f"Entry {proof.sequence} is in the log of {proof.checkpoint.size} entries that the key signed.")
    return 0


def checkpoint(*, as_json: bool) -> int:
    """The log's present checkpoint is signed, kept, and printed."""
    with opened_log() as opened:
        made = opened.log.checkpoint()
        Witness(opened.home, _WITNESS).observe(opened.log)
        key = opened.log.verifier_key
    if as_json:
        print_json({"size": made.size, "root": made.root.hex(), "note": made.note, "verifier_key": key})
    else:
        typer.echo(made.note, nl=False)
        say(f"verifier key: {key}")
    return 0


def prove(sequence: int) -> int:
    """The proof that the entry is in the log is on standard output."""
    with opened_log() as opened:
        print_json(opened.log.prove(sequence).as_json(), indent=2)
    return 0


def _shape(report: AuditReport) -> dict[str, object]:
    return {
        "whole": report.is_whole,
        "size": report.size,
        "root": report.root.hex(),
        "checkpoints": report.checkpoints,
        "witnesses": report.witnesses,
        "about_students": report.about_students,
        "erased": report.erased,
        "findings": [{"what": finding.what, "sequence": finding.sequence} for finding in report.findings],
    }


def _print(report: AuditReport) -> None:
    typer.echo(f"{report.size} entries, {report.checkpoints} checkpoints, {report.witnesses} witnesses")
    for finding in report.findings:
        where = f" (entry {finding.sequence})" if finding.sequence is not None else ""
        typer.echo(f"FAIL  {finding.what}{where}")
    if report.is_whole:
        typer.echo(f"whole; root {report.root.hex()}")
