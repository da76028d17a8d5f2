"""
The catalogue of interventions, as data with its sources, and which of them to try first for this student.

What studies found comes first; what this teacher's own trials came to (track_intervention_effectiveness) moves the
order as they grow in number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scribetree.tools.alerts._kinds import ActionType, InterventionType, Timeframe, Urgency

__all__ = ["Intervention", "SuggestedAction", "Trials", "catalogue", "ordered_for"]

_FILE = Path(__file__).with_name("interventions.json")
_UNSTUDIED = 0.3
"""What an intervention that nobody has studied is taken for, until one's own trials say more."""
_PRIOR_TRIALS = 4
"""The studies weigh as much as so many trials of one's own, half of which helped."""


@dataclass(frozen=True, slots=True)
class SuggestedAction:
    """One thing to do; `expected_duration` in minutes."""

    action_type: ActionType
    description: str
    urgency: Urgency
    expected_duration: int


@dataclass(frozen=True, slots=True)
class Intervention:
    """One entry; `effect` is None where no study is known, `measured_by` the metric that shows whether it helped."""

    id: str
    type: InterventionType
    suits: frozenset[str]
    timeframe: Timeframe
    actions: tuple[SuggestedAction, ...]
    outcomes: tuple[str, ...]
    measured_by: str
    judge_after_days: int
    effect: float | None
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Trials:
    """How often a teacher tried an intervention and could judge it, and how often it helped."""

    tried: int = 0
    helped: int = 0


@cache
def catalogue() -> Mapping[str, Intervention]:
    """Every intervention by its id."""
    entries = json.loads(_FILE.read_text("utf-8"))["interventions"]
    return {entry["id"]: _entry(entry) for entry in entries}


def ordered_for(cause: str, trials: Mapping[str, Trials]) -> tuple[Intervention, ...]:
    """The interventions that suit the cause, the most promising first."""
    fitting = [each for each in catalogue().values() if cause in each.suits]
    return tuple(sorted(fitting, key=lambda each: -_promise(each, trials.get(each.id, Trials()))))


def _promise(intervention: Intervention, own: Trials) -> float:
    effect = _UNSTUDIED if intervention.effect is None else intervention.effect
    return effect * 2 * (own.helped + _PRIOR_TRIALS / 2) / (own.tried + _PRIOR_TRIALS)


def _entry(entry: dict[str, Any]) -> Intervention:
    actions = tuple(SuggestedAction(**action) for action in entry["actions"])
    lists: dict[str, Any] = {"suits": frozenset(entry["suits"]), "outcomes": tuple(entry["outcomes"])}
    return Intervention(**{**entry, **lists, "actions": actions})
