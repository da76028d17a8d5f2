"""What a student could do next, on as much data as the student's choices and the caller's part allow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Annotated

from pydantic import Field

from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import READS, Caller, Means, PurposeWords, StudentId, Toolbox, Wiring
from scribetree.servers.student_profiling import _records
from scribetree.servers.student_profiling._profile import newest_texts
from scribetree.shapes import as_list, as_object
from scribetree.tools import profiling

__all__ = ["tools"]

tools = Toolbox()

_FEWEST_SESSIONS = 5
_ENHANCED = ("platform_improvement.feature_analytics", "personal_benefits.enhanced_analytics")
_PATTERNS = "platform_improvement.anonymous_patterns"


@dataclass(frozen=True, slots=True)
class Scope:
    """One kind of data, whether it was used, and why not."""

    name: str
    used: bool
    why: str


@dataclass(frozen=True, slots=True)
class PersonalizedRecommendations:
    """The best next steps first; `scopes` say which data they rest on, and `notes` what would let one say more."""

    recommendations: tuple[profiling.Recommended, ...]
    worth_a_look: tuple[profiling.Habit, ...]
    scopes: tuple[Scope, ...]
    notes: tuple[str, ...]


@tools.add(title="Generate personalized recommendations", hints=READS)
def generate_personalized_recommendations(
    student_id: StudentId,
    caller: Caller,
    means: Means,
    use_enhanced_data: Annotated[
        bool, Field(description="Look at the last drafts as well, if that is chosen.")
    ] = False,
    recommendation_types: Annotated[
        list[profiling.RecommendationType], Field(max_length=4, description="Which kinds; none: all.")
    ] = [],  # noqa: B006 - the schema's default
    most: Annotated[int, Field(ge=1, le=10, description="How many.")] = 5,
    purpose: PurposeWords = "learning",
) -> PersonalizedRecommendations:
    """
    Suggest what a student could do next to write better, each with its reason, the data used and its source.

    Use it when a student or their teacher asks what to practise. It weighs what the skills need, what research found to
    help, and what came of earlier recommendations for this student. With fewer permissions, or without any record, it
    works on less and says so; refusing costs nothing. It writes no text for the student.
    """
    records, outcomes = _records.read_or_none(means, caller, student_id), _outcomes(means, caller, student_id)
    judged, problems = _records.judgements(records)
    known = profiling.estimates(_records.by_skill(judged))
    choices = _choices(means, student_id)
    minutes = _usual_minutes(means, caller, student_id) if choices[_PATTERNS] else None
    may_look = use_enhanced_data and all(choices[name] for name in _ENHANCED)
    texts = newest_texts(means, caller, student_id)[0] if may_look else []
    has_levels = any(each.level is not None for each in known.values())
    scopes = (
        Scope("basic_performance", has_levels, _about_performance(records, has_levels=has_levels)),
        Scope("recorded_effects", bool(outcomes), "" if outcomes else "No effect of an earlier one is on the record."),
        Scope("learning_patterns", minutes is not None, _about_patterns(caller, choices, minutes)),
        Scope(
            "detailed_analytics",
            bool(texts),
            _about_detail(caller, choices, asked=use_enhanced_data, used=bool(texts)),
        ),
    )
    found = profiling.recommend(known, outcomes=outcomes, types=recommendation_types, most=most, usual_minutes=minutes)
    return PersonalizedRecommendations(
        found, profiling.habits(texts).found, scopes, (*records.notes, *problems, *_notes(found))
    )


def _outcomes(means: Wiring, caller: PrivacyContext, student: str) -> list[profiling.Outcome]:
    """What came of earlier interventions of the catalogue, where track_intervention_effectiveness measured it."""
    try:
        views = means.guard.read(caller, student, "intervention", ("action", "measures"), limit=_records.MOST_RECORDS)
    except Denied:
        return []
    return [outcome for view in views for outcome in _outcome(view.values.get("action"), view.values.get("measures"))]


def _outcome(action: object, measures: object) -> Iterator[profiling.Outcome]:
    """All metrics of one intervention together; one that was not measured, or not yet, says nothing."""
    name = (as_object(action) or {}).get("intervention")
    metrics = [as_object(each) or {} for each in as_list(measures) or []]
    measured = [[each.get(key) for key in ("nap", "low", "high")] for each in metrics]
    chances = [
        [float(value) for value in each if isinstance(value, int | float) and 0 <= value <= 1] for each in measured
    ]
    whole = [each for each in chances if len(each) == 3]
    if isinstance(name, str) and whole:
        nap, low, high = (mean(column) for column in zip(*whole, strict=True))
        yield profiling.Outcome.of_overlap(name, nap, low, high)


def _choices(means: Wiring, student: str) -> Mapping[str, bool | str]:
    standing = means.office.consent.standing(means.office.pseudonym(student))
    return standing.values(means.clock.now())


def _usual_minutes(means: Wiring, caller: PrivacyContext, student: str) -> float | None:
    """How long a session of the student's usually is; None where too few are on the record, or none may be seen."""
    try:
        views = means.guard.read(caller, student, "session", ("minutes",), limit=30)
    except Denied:
        return None
    minutes = [float(view.values["minutes"]) for view in views if isinstance(view.values.get("minutes"), int | float)]
    return median(minutes) if len(minutes) >= _FEWEST_SESSIONS else None


def _about_performance(records: _records.KnownRecords, *, has_levels: bool) -> str:
    if has_levels:
        return ""
    if not records.views:
        return "No judgement could be read: these are for anybody who learns to write."
    return f"Fewer than {profiling.FEWEST_FOR_LEVEL} judged texts: these are for anybody who learns to write."


def _about_patterns(caller: PrivacyContext, choices: Mapping[str, bool | str], minutes: float | None) -> str:
    if minutes is not None:
        return f"What takes longer than a usual session ({minutes:.0f} minutes) comes last."
    return _why_not(caller, choices, (_PATTERNS,), else_=f"Fewer than {_FEWEST_SESSIONS} sessions could be read.")


def _about_detail(caller: PrivacyContext, choices: Mapping[str, bool | str], *, asked: bool, used: bool) -> str:
    if used:
        return ""
    if not asked:
        return "It was not asked for."
    return _why_not(caller, choices, _ENHANCED, else_="No draft could be read.")


def _why_not(caller: PrivacyContext, choices: Mapping[str, bool | str], needed: Sequence[str], *, else_: str) -> str:
    """Why data were not used; what was chosen is told to the student and to administrators, and to nobody else."""
    if caller.requester_type not in {"student", "administrator"}:
        return "Not available."
    off = [name for name in needed if not choices[name]]
    return f"Off by choice: {', '.join(off)}." if off else else_


def _notes(found: Sequence[profiling.Recommended]) -> Iterator[str]:
    if not found:
        yield "The catalogue has nothing of these kinds."
    yield "Effects are means of many studies; what helps one writer may not help another."
