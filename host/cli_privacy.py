"""`scribetree privacy`: consent, export, erasure, retention, the audit log and the keys."""

from pathlib import Path
from typing import Annotated

import typer

from scribetree.host.cli_arguments import AsRole, ExportFormat, Json, Role, Student

__all__ = ["privacy_app"]

TextFile = Annotated[Path, typer.Argument(help="The text, in a file; - for standard input.", allow_dash=True)]
PurposeOption = Annotated[str, typer.Option("--purpose", help="What it is for; the guard asks.")]

privacy_app = typer.Typer(help="Rights, consent, retention and checks.", no_args_is_help=True)
consent_app = typer.Typer(help="What a student agreed to.", no_args_is_help=True)
audit_app = typer.Typer(help="What was done with students' data, and its proofs.", no_args_is_help=True)
keys_app = typer.Typer(help="The keys of this installation.", no_args_is_help=True)
retention_app = typer.Typer(help="How long records are kept.", no_args_is_help=True)
privacy_app.add_typer(consent_app, name="consent")
privacy_app.add_typer(retention_app, name="retention")
privacy_app.add_typer(audit_app, name="audit")
privacy_app.add_typer(keys_app, name="keys")


@consent_app.command(name="show")
def consent_show(student: Student, json: Json = False) -> None:
    """Show what a student agreed to, and what waits for a guardian."""
    from scribetree.host.commands.privacy import consent_show as run  # noqa: PLC0415

    raise typer.Exit(run(student, as_json=json))


@consent_app.command(name="set")
def consent_set(
    student: Student,
    choices: Annotated[list[str], typer.Argument(help="NAME=VALUE, as educational_sharing.peer=off.")],
    json: Json = False,
) -> None:
    """Set some of a student's choices; the others stay as they are."""
    from scribetree.host.commands.privacy import consent_set as run  # noqa: PLC0415

    raise typer.Exit(run(student, choices, as_json=json))


@consent_app.command(name="withdraw")
def consent_withdraw(
    student: Student,
    purpose: Annotated[list[str] | None, typer.Option(help="Only for this purpose; may be repeated.")] = None,
    json: Json = False,
) -> None:
    """Withdraw consent; it counts at the next read of every server."""
    from scribetree.host.commands.privacy import consent_withdraw as run  # noqa: PLC0415

    raise typer.Exit(run(student, purpose or [], as_json=json))


@consent_app.command(name="guardian")
def consent_guardian(
    student: Student,
    method: Annotated[str | None, typer.Option(help="How the guardian consented; without it, consent ends.")] = None,
    json: Json = False,
) -> None:
    """Record a guardian's consent, or its end."""
    from scribetree.host.commands.privacy import guardian as run  # noqa: PLC0415

    raise typer.Exit(run(student, method=method, as_json=json))


@consent_app.command(name="born")
def consent_born(student: Student, on: Annotated[str, typer.Argument(help="YYYY-MM-DD.")], json: Json = False) -> None:
    """Record a student's date of birth. It says whether a guardian has to consent."""
    from scribetree.host.commands.privacy import born as run  # noqa: PLC0415

    raise typer.Exit(run(student, on, as_json=json))


@privacy_app.command(name="enrol")
def privacy_enrol(
    student: Student,
    educator: Annotated[str, typer.Argument(help="The educator's identifier.")],
    course: Annotated[str, typer.Option(help="The course.")] = "all",
    until: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD, the day (UTC) from which they no longer do; today or past: at once.")
    ] = None,
) -> None:
    """Record who teaches a student, or no longer does. An educator reads about their own students only."""
    from scribetree.host.commands.privacy import enrol as run  # noqa: PLC0415

    raise typer.Exit(run(student, educator, course=course, until=until))


@privacy_app.command(name="export")
def privacy_export(
    student: Student,
    form: Annotated[ExportFormat, typer.Option("--format", help="For machines or for people.")] = ExportFormat.JSON,
    output: Annotated[Path | None, typer.Option(help="A new file, which only you can read.")] = None,
) -> None:
    """Export all that is held about a student."""
    from scribetree.host.commands.privacy import export as run  # noqa: PLC0415

    raise typer.Exit(run(student, form=form.value, output=output))


@privacy_app.command(name="erase")
def privacy_erase(
    student: Annotated[str | None, typer.Argument(help="The student's identifier.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; there is no way back.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Finish erasures that were interrupted.")] = False,
    json: Json = False,
) -> None:
    """Erase all that is held about a student, and print the receipt."""
    from scribetree.host.commands.privacy import erase as run  # noqa: PLC0415
    from scribetree.host.commands.privacy import resume_erasures  # noqa: PLC0415

    if resume:
        raise typer.Exit(resume_erasures(as_json=json))
    if student is None or not yes:
        raise typer.BadParameter("name a STUDENT and say --yes: what is erased cannot be restored")
    raise typer.Exit(run(student, as_json=json))


@privacy_app.command(name="hold")
def privacy_hold(
    student: Student,
    reason: Annotated[
        str | None,
        typer.Option(help="Place a hold for this reason, which is kept in the open: a file number, never a name."),
    ] = None,
    lift: Annotated[str | None, typer.Option(help="Lift the hold of this id.")] = None,
    json: Json = False,
) -> None:
    """Place, lift or show holds on a student's records. What is held is not deleted."""
    from scribetree.host.commands.privacy import hold as run  # noqa: PLC0415

    if reason is not None and lift is not None:
        raise typer.BadParameter("give a --reason to place a hold, or --lift one, not both")
    raise typer.Exit(run(student, reason=reason, lift=lift, as_json=json))


@privacy_app.command(name="rectify")
def privacy_rectify(
    student: Student,
    kind: Annotated[str, typer.Argument(help="The record's kind, as the export names it.")],
    record_id: Annotated[str, typer.Argument(help="The record's id, as the export names it.")],
    values: Annotated[
        str, typer.Option(help="What its fields should say: JSON, @FILE or - for standard input; null takes one away.")
    ],
    json: Json = False,
) -> None:
    """Put a student's record right. What the fields said before is gone."""
    from scribetree.host.commands.privacy import rectify as run  # noqa: PLC0415

    raise typer.Exit(run(student, kind, record_id, values, as_json=json))


@privacy_app.command(name="restrict")
def privacy_restrict(
    student: Student,
    lift: Annotated[bool, typer.Option("--lift", help="End the restriction; tell the student before.")] = False,
    json: Json = False,
) -> None:
    """Show a student's data to nobody but them, or lift that."""
    from scribetree.host.commands.privacy import restrict as run  # noqa: PLC0415

    raise typer.Exit(run(student, lift=lift, as_json=json))


@privacy_app.command(name="redact")
def privacy_redact(
    student: Student,
    text: TextFile,
    role: AsRole = Role.EDUCATOR,
    purpose: PurposeOption = "feedback",
    json: Json = False,
) -> None:
    """Print a text without the people in it. What each placeholder stands for is kept sealed."""
    from scribetree.host.commands.redactions import redact as run  # noqa: PLC0415

    raise typer.Exit(run(student, text, role=role.value, purpose=purpose, as_json=json))


@privacy_app.command(name="restore")
def privacy_restore(
    student: Student,
    record_id: Annotated[str, typer.Argument(help="The redaction, as redact named it.")],
    text: TextFile,
    role: AsRole = Role.EDUCATOR,
    purpose: PurposeOption = "feedback",
    json: Json = False,
) -> None:
    """Print a redacted text with the people in it. An answer about it will do; only who may read the text is shown."""
    from scribetree.host.commands.redactions import restore as run  # noqa: PLC0415

    raise typer.Exit(run(student, record_id, text, role=role.value, purpose=purpose, as_json=json))


@retention_app.command(name="show")
def retention_show(json: Json = False) -> None:
    """Show the rule of each kind, and how many have outlived it."""
    from scribetree.host.commands.privacy import retention_show as run  # noqa: PLC0415

    raise typer.Exit(run(as_json=json))


@retention_app.command(name="sweep")
def retention_sweep(
    after_gap: Annotated[bool, typer.Option("--after-gap", help="The clock is right, however long it was.")] = False,
    json: Json = False,
) -> None:
    """Delete what has outlived its rule, but for what is held."""
    from scribetree.host.commands.privacy import retention_sweep as run  # noqa: PLC0415

    raise typer.Exit(run(after_gap=after_gap, as_json=json))


@privacy_app.command(name="scan")
def privacy_scan(json: Json = False) -> None:
    """Check whether the installation keeps student data as promised."""
    from scribetree.host.commands.privacy import scan as run  # noqa: PLC0415

    raise typer.Exit(run(as_json=json))


@audit_app.command(name="verify")
def audit_verify(
    proof: Annotated[Path | None, typer.Option(help="Check this proof instead of the whole log.")] = None,
    key: Annotated[str | None, typer.Option(help="The verifier key of the proof's log, if not this one.")] = None,
    json: Json = False,
) -> None:
    """Check the whole audit log, or one proof. The log is held against its hashes, checkpoints and witnesses."""
    from scribetree.host.commands.audit import verify, verify_proof  # noqa: PLC0415

    if key is not None and proof is None:
        raise typer.BadParameter("a key is for a --proof")
    raise typer.Exit(verify(as_json=json) if proof is None else verify_proof(proof, key, as_json=json))


@audit_app.command(name="checkpoint")
def audit_checkpoint(json: Json = False) -> None:
    """Sign the audit log's present size and root, and keep that."""
    from scribetree.host.commands.audit import checkpoint  # noqa: PLC0415

    raise typer.Exit(checkpoint(as_json=json))


@audit_app.command(name="prove")
def audit_prove(sequence: Annotated[int, typer.Argument(min=0, help="The entry's number.")]) -> None:
    """Print the proof that an entry is in the audit log, as JSON."""
    from scribetree.host.commands.audit import prove  # noqa: PLC0415

    raise typer.Exit(prove(sequence))


@keys_app.command(name="rotate")
def keys_rotate(
    retire: Annotated[
        bool, typer.Option("--retire", help="Destroy the old epochs' keys; older backups can then not be read.")
    ] = False,
    json: Json = False,
) -> None:
    """Begin a new key epoch, and wrap every student's key under it."""
    from scribetree.host.commands.keys import rotate  # noqa: PLC0415

    raise typer.Exit(rotate(retire=retire, as_json=json))
