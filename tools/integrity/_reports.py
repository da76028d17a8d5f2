"""
A report on how the work of a student, a class or a course came to be, from what other tools found and handed in.

Two voices: to a student it speaks of the work and the next step, to an educator also of base rates and of what else
the figures may mean. Every report says how to contest it. Groups under five are not described.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import mean
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.integrity._assistance import LIMITS, AssistanceLevel
from scribetree.tools.integrity._disclosure import StoredDisclosures

__all__ = ["Audience", "Finding", "IntegrityReport", "ReportType", "report"]

ReportType = Literal["individual", "class", "assignment", "course"]
Audience = Literal["student", "educator"]

_MIN_GROUP = 5
_MAX_FINDINGS = 2_000
_BANDS: tuple[tuple[float, str], ...] = (
    (90, "Excellent"),
    (80, "Good"),
    (70, "Satisfactory"),
    (60, "Room to grow"),
    (0, "Worth a conversation"),
)
_AI_BANDS: tuple[tuple[float, str], ...] = (
    (80, "Extensive"),
    (60, "High"),
    (40, "Moderate"),
    (20, "Low"),
    (0, "Minimal"),
)
_LEVEL_PERCENT: dict[AssistanceLevel, float] = {
    "none": 0,
    "minimal": 10,
    "moderate": 45,
    "significant": 70,
    "generated": 90,
}
CONTEST = (
    "Say that you see it otherwise: to your teacher, or to someone else you trust at the school. Bring a draft, a log, "
    "notes, or just your account; somebody who did not write this report looks, and till then it counts for nothing."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of work, as the other tools saw it; what is unknown is left out."""

    assistance_level: AssistanceLevel = "none"
    confidence: float = 0.0
    is_declared: bool = False
    integrity_score: float | None = None
    compliance_score: float = 100.0
    limits_passed: int = 0
    questions_open: int = 0

    def __post_init__(self) -> None:
        ranges = (
            ("confidence", self.confidence, 1),
            ("integrity_score", self.integrity_score, 1),
            ("compliance_score", self.compliance_score, 100),
        )
        for name, value, top in ranges:
            if value is not None and not 0 <= value <= top:
                raise InvalidInput(f"`{name}` must be between 0 and {top}.", hint="See the tool's input schema.")


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """What was found, what it may mean, and what comes next; `overall_integrity_score` is 0 to 100 or None."""

    report_id: str
    report_type: ReportType
    audience: Audience
    pieces: int
    overall_integrity_score: float | None
    standing: str | None
    ai_assistance_level: str | None
    major_findings: tuple[str, ...]
    recommendations: tuple[str, ...]
    levels: dict[str, int]
    declared_share: float | None
    base_rates: tuple[str, ...]
    alternatives: tuple[str, ...]
    next_steps: tuple[str, ...]
    how_to_contest: str
    limits: str
    privacy_protected: bool
    stored_disclosures: StoredDisclosures


def report(
    report_type: ReportType,
    findings: Sequence[Finding],
    *,
    audience: Audience,
    period: str = "",
    stored: StoredDisclosures = "not_looked_at",
) -> IntegrityReport:
    """The report on `findings`; a group of fewer than five pieces gets none of its figures."""
    if len(findings) > _MAX_FINDINGS:
        raise InvalidInput(f"`findings` must hold at most {_MAX_FINDINGS} pieces.", hint="Report on a shorter time.")
    if audience == "student" and report_type != "individual":
        raise InvalidInput("A student's report is about that student only.", hint="Set `report_type` to individual.")
    too_few = not findings or (report_type != "individual" and len(findings) < _MIN_GROUP)
    shown = () if too_few else tuple(findings)
    score = _overall(shown)
    return IntegrityReport(
        report_id=_identify(report_type, audience, period, findings),
        report_type=report_type,
        audience=audience,
        pieces=len(findings),
        overall_integrity_score=score,
        standing=_band(score, _BANDS) if score is not None and audience == "student" else None,
        ai_assistance_level=_band(mean(_LEVEL_PERCENT[each.assistance_level] for each in shown), _AI_BANDS)
        if shown
        else None,
        major_findings=tuple(_findings(shown, audience, too_few=too_few)),
        recommendations=tuple(_recommendations(shown, audience)),
        levels=dict(Counter(each.assistance_level for each in shown)),
        declared_share=round(mean(each.is_declared for each in shown), 2) if shown else None,
        base_rates=_base_rates() if audience == "educator" else (),
        alternatives=_alternatives(shown, audience),
        next_steps=tuple(_next_steps(shown, audience)),
        how_to_contest=CONTEST,
        limits=LIMITS,
        privacy_protected=True,
        stored_disclosures=stored,
    )


def _identify(report_type: str, audience: str, period: str, findings: Sequence[Finding]) -> str:
    """A name that the same report has again; nothing can be read from it."""
    return sha256(repr((report_type, audience, period, tuple(findings))).encode()).hexdigest()[:16]


def _overall(findings: Sequence[Finding]) -> float | None:
    """(100 - 50 x confidence in help - 10 x limits) x 0.7 + 0.3 x compliance; declared help costs nothing."""
    if not findings:
        return None
    scores: list[float] = []
    for each in findings:
        doubt = 0.0 if each.is_declared or each.assistance_level in {"none", "minimal"} else each.confidence
        base = max(0.0, 100 - 50 * doubt - 10 * each.limits_passed)
        scores.append(0.7 * base + 0.3 * each.compliance_score)
    return round(mean(scores), 1)


def _band(value: float, bands: Sequence[tuple[float, str]]) -> str:
    return next(name for limit, name in bands if value >= limit)


def _findings(findings: Sequence[Finding], audience: Audience, *, too_few: bool) -> Iterator[str]:
    if too_few:
        yield f"There are too few pieces to describe: a group needs {_MIN_GROUP}, so that nobody stands out."
        return
    declared = sum(each.is_declared for each in findings)
    limits = sum(each.limits_passed for each in findings)
    open_questions = sum(each.questions_open for each in findings)
    if audience == "student":
        if declared:
            yield f"You said openly how {_count(declared, 'piece')} came to be: that counts in your favour."
        if limits:
            yield f"{_count(limits, 'limit')} of the assignments were passed; the steps below help to keep to them."
        if open_questions:
            yield f"There are {_count(open_questions, 'question')} you can answer; each has an ordinary explanation."
        if not (declared or limits or open_questions):
            yield "Nothing here calls for a question."
        return
    yield f"{declared} of {_count(len(findings), 'piece')} came with a declaration of the help used."
    yield f"{_count(limits, 'limit')} of assignments passed; {_count(open_questions, 'question')} open."
    unsure = sum(each.confidence < 0.7 for each in findings)
    yield f"For {_count(unsure, 'piece')} the tools are unsure (below 0.7): only a person can tell."


def _recommendations(findings: Sequence[Finding], audience: Audience) -> Iterator[str]:
    if any(not each.is_declared for each in findings):
        yield (
            "Add a line to each piece that says which help you used."
            if audience == "student"
            else "Ask for a declaration with each piece, and thank those who give one."
        )
    if any(each.limits_passed for each in findings):
        yield (
            "Choose one step of the next assignment that you do without help, and write down how it went."
            if audience == "student"
            else "Say with the assignment which help fits it, and why."
        )
    if audience == "educator" and any(each.questions_open for each in findings):
        yield "Ask the open questions in person, with the draft or the log on the table; decide nothing before."


def _base_rates() -> tuple[str, ...]:
    return (
        "Of 100 pairs of texts by one writer, about six are so unlike that a tool asks (docs/cards/authorship.md).",
        "In a class of 30 where nobody had help, one or two such questions are to be expected.",
        "A log shows large pastes for many students who write elsewhere first; how many is not known here.",
    )


def _alternatives(findings: Sequence[Finding], audience: Audience) -> tuple[str, ...]:
    if not any(each.questions_open for each in findings):
        return ()
    common = "Writing in another program, dictation, a tutor's help, a new genre and growth all look alike in a log."
    return (common,) if audience == "student" else (common, "Learners of English are asked too often by such tools.")


def _next_steps(findings: Sequence[Finding], audience: Audience) -> Iterator[str]:
    if audience == "student":
        yield "Keep your drafts: they show your way to the text better than anything else."
        if any(each.questions_open for each in findings):
            yield "Answer one question in two or three sentences, or talk about it."
        return
    yield "Look at the passages and drafts yourself before you speak of them."
    if any(each.questions_open for each in findings):
        yield "Begin with: how did you write this? Listen first."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
