"""
Many possible courses of the same work, drawn from what was estimated and from what was achieved before.

Durations are drawn from the beta-PERT distribution of the three estimates (Malcolm et al., 1959: mean
(low + 4 likely + high) / 6), independently of one another; throughput is drawn from the past by the bootstrap
(Efron, 1979). The seed is fixed, so that the same plan gives the same answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from scribetree.errors import InvalidInput
from scribetree.tools.strategy._model import Effort
from scribetree.tools.strategy._network import order

__all__ = ["DRAWS", "Network", "Outcome", "Throughput", "draw_network", "draw_throughput", "pert_mean", "quantile"]

DRAWS = 2_000
MOST_ACTIVITIES = 500
_SEED = 20_260_728
_MOST_PERIODS = 600


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was drawn, sorted."""

    draws: tuple[float, ...]

    def at(self, share: float) -> float:
        """The value that `share` of the draws do not exceed."""
        return quantile(self.draws, share)

    @property
    def mean(self) -> float:
        """The mean of the draws."""
        return sum(self.draws) / len(self.draws)

    def chance(self, holds: Callable[[float], bool]) -> float:
        """The share of draws for which it holds, from 0 to 1."""
        return sum(map(holds, self.draws)) / len(self.draws)


@dataclass(frozen=True, slots=True)
class Network:
    """How long the whole takes, in days, and how often each activity lay on the path that decided it."""

    length: Outcome
    criticality: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Throughput:
    """How many periods the remaining work takes; `unfinished` is the share of draws that did not end."""

    periods: Outcome
    unfinished: float


def pert_mean(effort: Effort) -> float:
    """The mean of the beta-PERT distribution."""
    return (effort.low + 4 * effort.likely + effort.high) / 6


def draw_network(
    efforts: Mapping[str, Effort], needs: Mapping[str, Sequence[str]], *, draws: int = DRAWS, factor: float = 1.0
) -> Network:
    """The length of work whose parts wait for one another; `factor` stretches every duration."""
    if len(efforts) > MOST_ACTIVITIES:
        raise InvalidInput(
            f"More than {MOST_ACTIVITIES} open milestones hang together.", hint="Ask for one goal at a time."
        )
    names = order({name: tuple(needs.get(name, ())) for name in efforts})
    place = {name: index for index, name in enumerate(names)}
    before = [[place[need] for need in needs.get(name, ()) if need in place] for name in names]
    samplers = [_sampler(efforts[name]) for name in names]
    random = Random(_SEED)  # noqa: S311 - a simulation, not a secret
    lengths: list[float] = []
    critical = [0] * len(names)
    ends = [0.0] * len(names)
    through = [-1] * len(names)
    for _ in range(draws):
        for index, sample in enumerate(samplers):
            latest, start = -1, 0.0
            for need in before[index]:
                if ends[need] > start:
                    latest, start = need, ends[need]
            ends[index], through[index] = start + factor * sample(random), latest
        last = max(range(len(names)), key=ends.__getitem__, default=-1)
        lengths.append(ends[last] if last >= 0 else 0.0)
        while last >= 0:
            critical[last] += 1
            last = through[last]
    return Network(Outcome(tuple(sorted(lengths))), {name: critical[place[name]] / draws for name in names})


def draw_throughput(
    history: Sequence[float], remaining: float, *, draws: int = DRAWS, factor: float = 1.0
) -> Throughput:
    """How many periods `remaining` takes where each period achieves what a random past one did, times `factor`."""
    if not any(achieved > 0 for achieved in history):
        raise InvalidInput("Nothing was finished in the past periods.", hint="Mark what was finished, with its date.")
    random = Random(_SEED)  # noqa: S311 - as above
    past = [achieved * factor for achieved in history]
    periods: list[float] = []
    unfinished = 0
    for _ in range(draws):
        left, used = remaining, 0
        while left > 1e-12 and used < _MOST_PERIODS:
            left -= random.choice(past)
            used += 1
        unfinished += left > 1e-12
        periods.append(float(used))
    return Throughput(Outcome(tuple(sorted(periods))), unfinished / draws)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the sorted values do not exceed."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _sampler(effort: Effort) -> Callable[[Random], float]:
    low, likely, high = effort.low, effort.likely, effort.high
    if high <= low:
        return lambda _random: likely
    first = 1 + 4 * (likely - low) / (high - low)
    second = 1 + 4 * (high - likely) / (high - low)
    return lambda random: low + (high - low) * random.betavariate(first, second)
