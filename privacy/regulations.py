"""
What laws ask for that a machine can look at: rules as data, each answered from checks of the installation and no more.

A rule names the checks that stand behind it. It is met where all of them pass, not met where one fails, and cannot be
checked here where one is missing or there is none; `left` says who has to do what no check sees. So taking a check away
never turns a finding into its absence. Sections were read in the laws' texts or in summaries of them; this is no legal
advice, and no answer says that a law is obeyed. See docs/cards/compliance.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scribetree.privacy import _checks as by
from scribetree.privacy._checks import Check

__all__ = ["RULES", "Answer", "Rule", "RuleAnswer", "answered"]

Answer = Literal["met", "not met", "cannot be checked here"]

_SCHOOL = "the school"
_OFFICER = "the data protection officer"
_COUNSEL = "the school's counsel"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a law asks; `checks` are how it is looked at, `left` who does what is left, and what that is."""

    id: str
    regulation: str
    section: str
    asks: str
    checks: tuple[str, ...] = ()
    left: str = ""


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """A rule, and what the checks say of it; `because` names the checks that failed or could not be made."""

    rule: Rule
    answer: Answer
    because: tuple[str, ...]


def answered(checks: Sequence[Check], rules: Sequence[Rule] | None = None) -> tuple[RuleAnswer, ...]:
    """Every rule, answered from those checks alone."""
    found = {check.name: check.passed for check in checks}
    return tuple(_answer(rule, found) for rule in (RULES if rules is None else rules))


def _answer(rule: Rule, found: Mapping[str, bool | None]) -> RuleAnswer:
    failed = tuple(name for name in rule.checks if found.get(name) is False)
    if failed:
        return RuleAnswer(rule, "not met", failed)
    unseen = tuple(name for name in rule.checks if found.get(name) is None)
    if unseen or not rule.checks:
        return RuleAnswer(rule, "cannot be checked here", unseen)
    return RuleAnswer(rule, "met", ())


def _ferpa(name: str, section: str, asks: str, *checks: str, left: str = "") -> Rule:
    return Rule(f"FERPA-{name}", "FERPA", f"34 CFR {section}", asks, checks, left)


def _coppa(name: str, section: str, asks: str, *checks: str, left: str = "") -> Rule:
    return Rule(f"COPPA-{name}", "COPPA", f"16 CFR {section}", asks, checks, left)


def _gdpr(name: str, asks: str, *checks: str, left: str = "") -> Rule:
    return Rule(f"GDPR-{name}", "GDPR", f"Art. {name}", asks, checks, left)


RULES: tuple[Rule, ...] = (
    _ferpa(
        "ACCESS",
        "99.10(b)",
        "a request to inspect is answered within 45 days",
        by.FERPA_IN_TIME,
        left=f"{_SCHOOL}: enter every request on the day on which it comes",
    ),
    _ferpa("HOLD", "99.10(e)", "nothing is destroyed that somebody has asked to see", by.NOTHING_ASKED_FOR_GOES),
    _ferpa(
        "AMEND",
        "99.20-99.22",
        "a record is amended on request, or a hearing is offered",
        left=f"{_SCHOOL}: decide, offer the hearing, and correct with `privacy rectify`",
    ),
    _ferpa(
        "OFFICIALS",
        "99.31(a)(1)",
        "a record is shown to school officials with a legitimate educational interest alone",
        by.RULES_DENY,
        left=f"{_SCHOOL}: keep up to date who teaches whom (`privacy enrol`)",
    ),
    _ferpa(
        "RECORD",
        "99.32(a)",
        "each disclosure made from here is on record, for as long as what was disclosed",
        by.LOG_WHOLE,
        left=f"{_SCHOOL}: write down what is handed out in other ways",
    ),
    _ferpa(
        "DEIDENTIFIED",
        "99.31(b)",
        "figures of groups leave with noise and within a budget, so that nobody can be told from them",
        by.WITHIN_BUDGET,
        left=f"{_SCHOOL}: release no table of single students' values, with or without names",
    ),
    _ferpa(
        "OUTSIDE",
        "99.31(a)(1)(i)(B)",
        "a provider is under the school's direct control",
        left=f"{_COUNSEL}: the contracts with whoever runs the machine, mail and messages",
    ),
    _ferpa("NOTICE", "99.7", "students and parents are told of their rights each year", left=f"{_SCHOOL}: the notice"),
    _coppa(
        "CONSENT",
        "312.5",
        "nothing is collected about a child under 13 before a parent has consented",
        by.GUARDIANS,
        left=f"{_SCHOOL}: record dates of birth; whether the school may consent in the parent's place",
    ),
    _coppa(
        "PARENT",
        "312.6",
        "a parent can look at what was collected, and have it deleted",
        by.EXPORT_COMPLETE,
        by.ERASURES_DONE,
        left=f"{_SCHOOL}: make sure that who asks is the parent",
    ),
    _coppa(
        "RETENTION",
        "312.10",
        "nothing is kept longer than it is needed, and nothing without an end",
        by.KINDS_KNOWN,
        by.NOTHING_OVERDUE,
        by.SWEPT,
        left=f"{_SCHOOL}: publish the periods (`privacy retention show`)",
    ),
    _coppa(
        "SECURITY",
        "312.8",
        "what was collected is kept safe",
        by.FIELDS_OPEN,
        by.FILES_PRIVATE,
        by.LINES_ENCRYPTED,
        left=f"{_SCHOOL}: the written programme, its owner and its yearly review",
    ),
    _coppa("NOTICE", "312.4", "parents are told what is collected and why", left=f"{_SCHOOL}: the notice"),
    _gdpr(
        "5(1)(e)",
        "nothing is kept longer than its purpose needs",
        by.KINDS_KNOWN,
        by.NOTHING_OVERDUE,
        by.SWEPT,
    ),
    _gdpr("5(2)", "what was done with the data can be shown", by.LOG_WHOLE),
    _gdpr(
        "8",
        "a child's consent is a parent's, below the age that the country sets (13 to 16)",
        by.GUARDIANS,
        left=f"{_OFFICER}: the country's age; this installation takes 13",
    ),
    _gdpr(
        "9",
        "health, faith and the like are for nobody but the student",
        by.SPECIAL_HIDDEN,
        left=f"{_OFFICER}: the basis on which such data are held at all",
    ),
    _gdpr("12(3)", "a request is answered within a month", by.GDPR_IN_TIME),
    _gdpr("13", "people are told what is done with their data", left=f"{_SCHOOL}: the notice"),
    _gdpr("15", "a copy has all that is held", by.EXPORT_COMPLETE, by.FIELDS_OPEN),
    _gdpr(
        "17",
        "what is erased is gone",
        by.ERASURES_DONE,
        by.ERASED_EMPTY,
        by.ERASED_KEYLESS,
        left=f"{_OFFICER}: backups expire, or their key epoch is retired (`privacy keys rotate --retire`)",
    ),
    _gdpr(
        "22",
        "nobody is judged by a machine alone",
        left=f"{_SCHOOL}: a person decides; these tools give marks to talk about, and no grades",
    ),
    _gdpr(
        "25",
        "by default as little as possible is used and shown",
        by.RULES_DENY,
        left=f"{_OFFICER}: noisy figures of groups count everybody who has not said no",
    ),
    _gdpr("28", "a processor has a contract", left=f"{_OFFICER}: the contracts and the record of processing (Art. 30)"),
    _gdpr(
        "32",
        "the data are encrypted, and the encryption is kept up",
        by.FIELDS_OPEN,
        by.KEYS_LIVE,
        by.KEYS_RENEWED,
        by.LINES_ENCRYPTED,
        by.FILES_PRIVATE,
        left=f"{_SCHOOL}: try whether a backup can be restored",
    ),
    _gdpr(
        "33",
        "a breach is told to the authority within 72 hours",
        left=f"{_OFFICER}: judge each incident; nothing here knows of what happens outside",
    ),
    _gdpr("35", "the risk of profiling children was assessed", left=f"{_OFFICER}: the assessment"),
    _gdpr("44", "nothing leaves the country without a ground", left=f"{_OFFICER}: where machine and backups stand"),
    Rule(
        "CCPA-45",
        "CCPA",
        "Cal. Civ. Code 1798.130(a)(2)",
        "a request is answered within 45 days",
        (by.CCPA_IN_TIME,),
        f"{_COUNSEL}: whether the act applies at all: a school is no business under it, its provider may be one",
    ),
    Rule(
        "CCPA-RETENTION",
        "CCPA",
        "Cal. Civ. Code 1798.100(a)(3)",
        "each category has a period, and it is kept to",
        (by.KINDS_KNOWN, by.NOTHING_OVERDUE),
    ),
    Rule(
        "CCPA-SALE",
        "CCPA",
        "Cal. Civ. Code 1798.120",
        "nothing is sold or shared without leave",
        (),
        f"{_SCHOOL}: nothing here sells; what people take out of it, nobody sees",
    ),
    Rule("PIPEDA-ACCESS", "PIPEDA", "Sch. 1, 4.9; s. 8(3)", "access within 30 days", (by.PIPEDA_IN_TIME,)),
    Rule(
        "PIPEDA-SAFEGUARDS",
        "PIPEDA",
        "Sch. 1, 4.7",
        "safeguards fit how sensitive the data are",
        (by.FIELDS_OPEN, by.FILES_PRIVATE, by.LINES_ENCRYPTED, by.SPECIAL_HIDDEN),
    ),
    Rule(
        "PIPEDA-BREACH",
        "PIPEDA",
        "s. 10.1-10.3",
        "a breach with a real risk of harm is reported, and every breach kept on record",
        (),
        f"{_OFFICER}: the reports, and a record of each breach for 24 months",
    ),
    Rule(
        "CA-SOPIPA",
        "state law",
        "Cal. B&P Code 22584",
        "data are encrypted, and gone when the school asks",
        (by.ERASURES_DONE, by.ERASED_EMPTY, by.FIELDS_OPEN),
        f"{_SCHOOL}: no advertising, no sale, no profile for anything but school",
    ),
    Rule(
        "NY-2D",
        "state law",
        "N.Y. Educ. Law 2-d; 8 NYCRR 121",
        "data are encrypted at rest and on their way",
        (by.FIELDS_OPEN, by.LINES_ENCRYPTED),
        f"{_COUNSEL}: the bill of rights in the contract, and notices of a breach within 7, 10 and 60 days",
    ),
    Rule(
        "IL-SOPPA",
        "state law",
        "105 ILCS 85",
        "parents get a copy in time, and data are gone when the school asks",
        (by.EXPORT_COMPLETE, by.REQUESTS_IN_TIME, by.ERASURES_DONE),
        f"{_SCHOOL}: post what is collected, by whom and every breach",
    ),
)
