"""What became of an intervention, kept beside it, so that the next recommendation knows."""

from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import EDUCATORS
from scribetree.privacy.identity import pseudonym
from scribetree.servers.kit import WRITES_ONCE, Caller, Means, PurposeWords, StudentId, Toolbox, Wiring
from scribetree.tools import alerts as judgement

__all__ = ["tools", "trials_of"]

tools = Toolbox()

_Values = Annotated[list[Annotated[float, Field(ge=-1e9, le=1e9)]], Field(max_length=200)]
_Days = Annotated[list[Annotated[float, Field(ge=0, le=400)]], Field(max_length=200)]
_Date = Annotated[str, Field(max_length=10, pattern=r"^\d{4}-\d\d-\d\d$", description="A date, YYYY-MM-DD.")]
_MOST_TRIALS = 200


class MetricValues(BaseModel):
    """One metric, its values oldest first; `after_days` are the days since the intervention of each value after."""

    model_config = ConfigDict(extra="forbid")

    metric: judgement.Metric
    baseline: _Values
    after: _Values
    after_days: _Days | None = None
    last_baseline_called_for_it: bool = True


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """What became of the intervention; `effects` are told in the good direction of each metric."""

    intervention_id: str
    intervention: str | None
    measurement_type: judgement.MeasurementType
    overall: str
    effects: tuple[judgement.Effect, ...]
    insights: tuple[str, ...]
    recommendations: tuple[str, ...]
    counts_as_trial: bool


@tools.add(title="Track intervention effectiveness", hints=WRITES_ONCE, roles=EDUCATORS)
def track_intervention_effectiveness(
    student_id: StudentId,
    intervention_id: Annotated[
        str, Field(max_length=32, pattern=r"^[0-9a-f]{32}$", description="As schedule_... gave it.")
    ],
    measurement_type: judgement.MeasurementType,
    metrics: Annotated[list[MetricValues], Field(min_length=1, max_length=6)],
    caller: Caller,
    means: Means,
    confidence_level: Annotated[float, Field(ge=0.5, lt=1)] = 0.9,
    baseline_from: _Date | None = None,
    baseline_until: _Date | None = None,
    measured_from: _Date | None = None,
    measured_until: _Date | None = None,
    notes: Annotated[str, Field(max_length=1000)] | None = None,
    purpose: PurposeWords = "support",
) -> Effectiveness:
    """
    Say whether a planned intervention helped one student, from values before and after it, with intervals.

    Use it when enough was measured: three values before and after, five after for longitudinal; else the answer is that
    it is too early to say. immediate looks at the first week, delayed at four weeks and later; both need `after_days`.
    A lower cognitiveLoad counts as better. The value that called for the intervention is left out where it can be. The
    result is kept (a later one replaces it) and moves the order of later recommendations. One student's figures show
    that something changed, not why.
    """
    _check_periods(baseline_from, baseline_until, measured_from, measured_until)
    planned = means.guard.read(caller, student_id, "intervention", ("action",), record_id=intervention_id)
    if not planned:
        raise InvalidInput(
            "There is no such intervention with this student.", hint="Plan it with schedule_intervention_actions."
        )
    intervention: str | None = planned[0].values["action"]["intervention"]
    report = judgement.effect_of(
        [
            judgement.MetricSeries(
                each.metric,
                tuple(each.baseline),
                tuple(each.after),
                None if each.after_days is None else tuple(each.after_days),
                trigger=each.last_baseline_called_for_it,
            )
            for each in metrics
        ],
        kind=measurement_type,
        confidence=confidence_level,
    )
    _keep(means, caller, student_id, intervention_id, measurement_type, intervention, report, notes)
    return Effectiveness(
        intervention_id=intervention_id,
        intervention=intervention,
        measurement_type=measurement_type,
        overall=report.overall,
        effects=report.effects,
        insights=report.insights,
        recommendations=report.recommendations,
        counts_as_trial=intervention is not None and report.overall != "too_early_to_say",
    )


def trials_of(means: Wiring, caller: PrivacyContext) -> dict[str, judgement.Trials]:
    """How often the caller tried each intervention of the catalogue and could judge it, and how often it helped."""
    tried: dict[str, judgement.Trials] = {}
    judged: dict[str, tuple[str, str]] = {}
    for view in means.guard.inbox(caller, caller.requester_id, "intervention", limit=_MOST_TRIALS).views:
        outcome = view.values.get("outcome")
        if outcome and outcome["overall"] != "too_early_to_say" and outcome["intervention"] is not None:
            # Of several measurements of one intervention the newest counts.
            judged.setdefault(outcome["of"], (outcome["intervention"], outcome["overall"]))
    for name, overall in judged.values():
        known = tried.get(name, judgement.Trials())
        tried[name] = judgement.Trials(known.tried + 1, known.helped + (overall == "better"))
    return tried


def _keep(
    means: Wiring,
    caller: PrivacyContext,
    student: str,
    intervention_id: str,
    kind: str,
    intervention: str | None,
    report: judgement.EffectReport,
    notes: str | None,
) -> None:
    outcome: dict[str, Any] = {"of": intervention_id, "intervention": intervention, "overall": report.overall}
    means.guard.write(
        caller,
        student,
        "intervention",
        {
            "action": {"type": "measured", "intervention": intervention},
            "measures": [asdict(each) for each in report.effects],
            "outcome": outcome,
            "notes": notes,
        },
        record_id=pseudonym(means.ring, f"{intervention_id}/{kind}", scope="intervention"),
        owner=caller.requester_id,
        due_at=means.clock.now(),
        anew=True,
    )


def _check_periods(*ends: str | None) -> None:
    names = ("baseline_from", "baseline_until", "measured_from", "measured_until")
    given = [(name, _date(name, end)) for name, end in zip(names, ends, strict=True) if end is not None]
    for (earlier, one), (later, other) in pairwise(given):
        if one > other:
            raise InvalidInput(f"`{later}` lies before `{earlier}`.", hint="Give the periods in their order.")


def _date(name: str, words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise InvalidInput(f"`{name}` is no date of the calendar.", hint="Write it like 2026-03-31.") from None
