"""`scribetree privacy`: what a student agreed to, what is held, and the end of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal, cast

from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.commands._privacy import as_operator, opened_office
from scribetree.host.commands._session import print_json, print_line, read_json, say
from scribetree.host.files import write_private
from scribetree.privacy.consent import SETTINGS, Change, Value, as_groups, warnings_about
from scribetree.privacy.context import PURPOSES, Purpose
from scribetree.privacy.regulations import RuleAnswer
from scribetree.privacy.retention import rules
from scribetree.privacy.scan import scan as scan_installation
from scribetree.settings import Settings
from scribetree.shapes import as_object

__all__ = [
    "born",
    "consent_set",
    "consent_show",
    "consent_withdraw",
    "enrol",
    "erase",
    "export",
    "guardian",
    "hold",
    "rectify",
    "restrict",
    "resume_erasures",
    "retention_show",
    "retention_sweep",
    "scan",
]

_SCHOOL = "administrator"
_LONGEST_REASON = 200
_MARKS = {True: "ok  ", False: "FAIL", None: "?   "}


def consent_show(student: str, *, as_json: bool) -> int:
    """The student's choices are printed, with what waits for a guardian."""
    with opened_office() as office:
        now = office.clock.now()
        standing = office.consent.standing(office.pseudonym(student))
    values = standing.values(now)
    shape = {
        "version": standing.version,
        "choices": as_groups(values),
        "withdrawn_purposes": [purpose for purpose in PURPOSES if standing.refuses(purpose, now)],
        "is_minor": standing.is_minor(now),
        "has_guardian": standing.has_guardian(now),
        "waiting_for_guardian": list(standing.waiting_for_guardian(now)),
        "restricted": standing.restricted,
        "warnings": list(warnings_about(values)),
    }
    print_json(shape, indent=None if as_json else 2)
    return 0


def consent_set(student: str, choices: Sequence[str], *, as_json: bool) -> int:
    """The settings in `choices`, each NAME=VALUE, are as they say."""
    values = dict(_choice(each) for each in choices)
    with opened_office() as office:
        change = office.consent.choose(office.pseudonym(student), values, by=_SCHOOL)
    return _print_change(change, as_json=as_json)


def consent_withdraw(student: str, purposes: Sequence[str], *, as_json: bool) -> int:
    """Nobody but the student is given anything for these purposes; without any, for none at all."""
    with opened_office() as office:
        change = office.consent.withdraw(office.pseudonym(student), _purposes(purposes), by=_SCHOOL)
    return _print_change(change, as_json=as_json)


def guardian(student: str, *, method: str | None, as_json: bool) -> int:
    """A guardian's consent is on the ledger, or with no method its end."""
    with opened_office() as office:
        subject = office.pseudonym(student)
        change = (
            office.consent.guardian_withdraws(subject, by="guardian")
            if method is None
            else office.consent.guardian_consents(subject, method=method, by="guardian")
        )
    return _print_change(change, as_json=as_json)


def born(student: str, on: str, *, as_json: bool) -> int:
    """The student's date of birth is on the ledger."""
    day = _day(on)
    with opened_office() as office:
        change = office.consent.record_birth(office.pseudonym(student), day, by=_SCHOOL)
    return _print_change(change, as_json=as_json)


def enrol(student: str, educator: str, *, course: str, until: str | None) -> int:
    """The educator teaches the student, or does until the beginning of that day."""
    ends_at = None if until is None else datetime.combine(_day(until), time(), UTC)
    with opened_office() as office:
        office.enrol(as_operator(), student, educator, course=course, until=ends_at)
    print_line("enrolled")
    return 0


def export(student: str, *, form: Literal["json", "markdown"], output: Path | None) -> int:
    """All that is held about the student is printed, or in the file."""
    with opened_office() as office:
        found = office.rights.export(as_operator(), student)
    text = found.as_json() + "\n" if form == "json" else found.as_markdown()
    if output is None:
        _print(text)
    else:
        write_private(output, text)
        say(f"written to {output}")
    return 0


def erase(student: str, *, as_json: bool) -> int:
    """Nothing about the student is left; the receipt is printed."""
    with opened_office() as office:
        receipt = office.rights.erase(as_operator(), student)
        shape = {**asdict(receipt), "proof": office.rights.proof(receipt)}
    print_json(shape, indent=None if as_json else 2)
    return 0


def hold(student: str, *, reason: str | None, lift: str | None, as_json: bool) -> int:
    """The hold is placed or lifted, if one was named; what holds the student's records is printed."""
    if reason is not None and not 1 <= len(reason.strip()) <= _LONGEST_REASON:
        raise InvalidInput(
            f"A hold's reason has 1 to {_LONGEST_REASON} characters; nothing was changed.",
            hint="Name the file or the order, and nobody.",
        )
    with opened_office() as office:
        placed = None if reason is None else office.rights.hold(as_operator(), student, reason=reason.strip())
        if lift is not None:
            office.rights.lift_hold(as_operator(), student, lift)
        held = office.rights.holds(as_operator(), student)
    holds = [{**asdict(each), "placed_at": each.placed_at.isoformat()} for each in held.holds]
    shape = {"placed": placed, "lifted": lift, "records": held.records, "holds": holds, "why_held": held.why}
    print_json(shape, indent=None if as_json else 2)
    if placed is not None and not held.records:
        say("Nothing is on record about this student yet: is the identifier right?")
    return 0


def rectify(student: str, kind: str, record_id: str, values: str, *, as_json: bool) -> int:
    """The record's fields say what `values` do."""
    said = as_object(read_json(values))
    if not said:
        raise InvalidInput(
            "`--values` is no JSON object with a field in it; nothing was changed.",
            hint='Write it like {"title": "The river"}.',
        )
    with opened_office() as office:
        office.rights.rectify(as_operator(), student, kind, record_id, said)
    print_json({"kind": kind, "record_id": record_id, "changed": sorted(said)}, indent=None if as_json else 2)
    return 0


def restrict(student: str, *, lift: bool, as_json: bool) -> int:
    """Nobody but the student is shown anything, or whoever might before is again."""
    with opened_office() as office:
        if lift:
            office.rights.lift_restriction(as_operator(), student)
        else:
            office.rights.restrict(as_operator(), student)
        restricted = office.consent.standing(office.pseudonym(student)).restricted
    print_json({"restricted": restricted}, indent=None if as_json else 2)
    return 0


def resume_erasures(*, as_json: bool) -> int:
    """Every interrupted erasure is finished; their receipts are printed."""
    with opened_office() as office:
        receipts = office.rights.resume()
    print_json([asdict(receipt) for receipt in receipts], indent=None if as_json else 2)
    return 0


def retention_show(*, as_json: bool) -> int:
    """The rules, and how much has outlived them."""
    with opened_office() as office:
        overdue = office.retention.overdue()
    shown = [{**asdict(rule), "overdue": overdue[rule.kind]} for rule in rules()]
    print_json(shown, indent=None if as_json else 2)
    return 0


def retention_sweep(*, after_gap: bool, as_json: bool) -> int:
    """Whatever has outlived its rule is gone, but for what is held."""
    with opened_office() as office:
        report = office.retention.sweep(after_gap=after_gap)
    shape = {"at": report.at.isoformat(), "deleted": dict(report.deleted), "held": report.held}
    print_json(shape, indent=None if as_json else 2)
    return 0


def scan(*, as_json: bool) -> int:
    """0 if no technical check found anything, else 1; what no machine can check is named, too, and for whom it is."""
    with opened_office() as office:
        report = scan_installation(office, Settings.from_environment())
    if as_json:
        shown = [asdict(check) for check in report.checks]
        print_json({"summary": report.summary, "checks": shown, "rules": [_rule(each) for each in report.rules]})
    else:
        for check in report.checks:
            print_line(f"{_MARKS[check.passed]}  {check.name}: {check.found}")
        _print_rules(report.rules)
        print_line(report.summary)
    return 0 if report.all_passed else 1


def _rule(found: RuleAnswer) -> dict[str, Any]:
    rule = found.rule
    return {
        "id": rule.id,
        "regulation": rule.regulation,
        "section": rule.section,
        "asks": rule.asks,
        "how": list(rule.checks),
        "answer": found.answer,
        "because": list(found.because),
        "left": rule.left or None,
    }


def _print_rules(found: Sequence[RuleAnswer]) -> None:
    from rich.console import Console  # noqa: PLC0415 - only where a person reads
    from rich.table import Column, Table  # noqa: PLC0415

    table = Table(Column("rule", no_wrap=True), Column("answer", no_wrap=True), "what is asked", box=None)
    for each in found:
        rule = each.rule
        why = [f"not so: {name}" if each.answer == "not met" else f"not seen: {name}" for name in each.because]
        left = [f"left for {rule.left}"] if rule.left else []
        table.add_row(rule.id, each.answer, "\n".join((f"{rule.asks} ({rule.section})", *why, *left)))
    Console().print(table)


def _print_change(change: Change, *, as_json: bool) -> int:
    shape: dict[str, Any] = {
        "version": change.version,
        "before": as_groups(change.before),
        "after": as_groups(change.after),
        "waiting_for_guardian": list(change.waiting_for_guardian),
        "warnings": list(change.warnings),
    }
    print_json(shape, indent=None if as_json else 2)
    return 0


def _choice(words: str) -> tuple[str, Value]:
    name, has_value, value = words.partition("=")
    if not has_value:
        raise InvalidInput("A choice is written as NAME=VALUE.", hint=f"Names: {', '.join(SETTINGS)}.")
    return name, {"on": True, "true": True, "off": False, "false": False}.get(value, value)


def _purposes(names: Sequence[str]) -> tuple[Purpose, ...]:
    for name in names:
        if name not in PURPOSES:
            raise UnknownName.of("purpose", name, PURPOSES)
    return cast("tuple[Purpose, ...]", tuple(names)) or PURPOSES


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise InvalidInput("That is not a date.", hint="Write it as YYYY-MM-DD.") from None


def _print(text: str) -> None:
    import typer  # noqa: PLC0415

    typer.echo(text, nl=False)
