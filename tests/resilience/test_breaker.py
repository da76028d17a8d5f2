"""The circuit's laws, on a clock that the test moves."""

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scribetree.clock import FixedClock
from scribetree.errors import CircuitOpen, Denied, Unavailable
from scribetree.resilience import Breaker, BreakerPolicy
from scribetree.resilience.breaker import Attempt


def is_fault(error: Exception) -> bool:
    return isinstance(error, Unavailable)


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        breaker.admit().failed()


def succeed(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        breaker.admit().succeeded()


def state_of(breaker: Breaker) -> str:
    return breaker.state


def is_refused(breaker: Breaker) -> bool:
    try:
        breaker.admit().abandoned()
    except CircuitOpen:
        return True
    return False


def test_five_faults_in_a_row_open_it_and_four_do_not(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 4)
    assert state_of(breaker) == "closed"
    fail(breaker)
    assert state_of(breaker) == "open"
    assert is_refused(breaker)


def test_an_answer_between_faults_begins_the_row_anew(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 4)
    succeed(breaker)
    fail(breaker, 4)
    assert state_of(breaker) == "closed"


def test_half_of_many_calls_open_it_though_never_five_in_a_row(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    for _ in range(9):
        succeed(breaker)
        fail(breaker)
    assert state_of(breaker) == "closed"
    succeed(breaker)
    fail(breaker)
    assert state_of(breaker) == "open"


def test_faults_older_than_the_window_are_forgotten(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 4)
    clock.advance(61)
    fail(breaker)
    assert state_of(breaker) == "closed"


def test_it_is_tried_after_thirty_seconds_and_not_before(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 5)
    clock.advance(29.9)
    assert is_refused(breaker)
    clock.advance(0.1)
    assert state_of(breaker) == "half-open"


def test_a_refusal_says_when_to_come_back(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 5)
    clock.advance(10)
    with pytest.raises(CircuitOpen) as refused:
        breaker.admit()
    assert refused.value.retry_after_s == 20
    assert refused.value.retryable


def test_three_probes_close_it_one_at_a_time(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 5)
    clock.advance(30)
    for _ in range(3):
        probe = breaker.admit()
        assert is_refused(breaker)
        probe.succeeded()
    assert state_of(breaker) == "closed"


def test_a_probe_that_fails_opens_it_for_longer_up_to_the_cap(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock, seed=1)
    fail(breaker, 5)
    rests = list[float]()
    for _ in range(6):
        rests.append(breaker.stats().retry_after_s)
        clock.advance(rests[-1])
        fail(breaker)
    assert rests[0] == 30
    assert all(0.9 * full <= rest <= full for rest, full in zip(rests[1:], (60, 120, 240, 300, 300), strict=True))


def test_a_closed_circuit_rests_shortly_again(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 5)
    clock.advance(30)
    fail(breaker)
    clock.advance(60)
    succeed(breaker, 3)
    fail(breaker, 5)
    assert breaker.stats().retry_after_s == 30


def test_an_answer_to_a_call_from_before_it_opened_closes_nothing(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    early = [breaker.admit() for _ in range(3)]
    fail(breaker, 5)
    clock.advance(30)
    for attempt in early:
        attempt.succeeded()
    assert state_of(breaker) == "half-open"
    fail(breaker)
    assert state_of(breaker) == "open"


def test_a_probe_that_is_given_up_leaves_its_place(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 5)
    clock.advance(30)
    breaker.admit().abandoned()
    assert not is_refused(breaker)


@pytest.mark.anyio
async def test_only_what_the_caller_calls_a_fault_counts(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)

    async def deny() -> None:
        raise Denied("no", hint="no")

    for _ in range(10):
        with pytest.raises(Denied):
            await breaker.call(deny, is_fault=is_fault)
    assert state_of(breaker) == "closed"
    assert breaker.stats().failure_share == 0


def test_its_rest_can_be_cut_short_and_then_one_probe_decides(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    fail(breaker, 5)
    breaker.try_now()
    assert state_of(breaker) == "half-open"
    fail(breaker)
    assert state_of(breaker) == "open"
    assert breaker.stats().retry_after_s >= 54


def test_it_counts_what_it_saw(clock: FixedClock) -> None:
    breaker = Breaker(clock=clock)
    succeed(breaker, 2)
    fail(breaker, 5)
    is_refused(breaker)
    stats = breaker.stats()
    assert (stats.calls, stats.successes, stats.failures, stats.rejected, stats.times_opened) == (7, 2, 5, 1, 1)


class Circuit(RuleBasedStateMachine):
    """Any mix of calls that overlap, end or are given up, and of time."""

    POLICY = BreakerPolicy(failures=3, window_s=10, least_calls=1000, open_s=5, longest_open_s=40, probes=2)

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock()
        self.breaker = Breaker(clock=self.clock, policy=self.POLICY, seed=0)
        self.under_way: list[tuple[str, int, Attempt]] = []
        self.opened_at = 0.0
        self.openings = 0
        self.probes_passed = 0

    def probes_under_way(self) -> int:
        return sum(state == "half-open" and opening == self.openings for state, opening, _ in self.under_way)

    @rule()
    def call(self) -> None:
        state = self.breaker.state
        probing = self.probes_under_way()
        if is_full := state == "half-open" and probing >= self.POLICY.probes:
            assert is_refused(self.breaker)
        if state != "open" and not is_full:
            self.under_way.append((state, self.openings, self.breaker.admit()))

    @precondition(lambda self: self.under_way)
    @rule(which=strategies.integers(0, 100), how=strategies.sampled_from(["succeeded", "failed", "abandoned"]))
    def end(self, which: int, how: str) -> None:
        admitted_in, opening, attempt = self.under_way.pop(which % len(self.under_way))
        before = self.breaker.state
        getattr(attempt, how)()
        after = self.breaker.state
        if (admitted_in, opening) != (before, self.openings):
            assert after == before, "a call of an earlier state changed the circuit"
        if before == "half-open" and (admitted_in, opening) == (before, self.openings):
            assert (after == "open") == (how == "failed")
            self.probes_passed += how == "succeeded"
            assert (after == "closed") == (self.probes_passed == self.POLICY.successes)
        if after == "open" and before != "open":
            self.opened_at = self.clock.monotonic()
            self.openings += 1
        if after != "half-open":
            self.probes_passed = 0

    @rule(seconds=strategies.floats(0.1, 60))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @invariant()
    def an_open_circuit_rests_within_its_bounds(self) -> None:
        rested = self.clock.monotonic() - self.opened_at
        if self.breaker.state == "open":
            assert rested < self.POLICY.longest_open_s
            assert is_refused(self.breaker)
        elif self.openings and self.breaker.state == "half-open":
            assert rested >= self.POLICY.open_s

    @invariant()
    def no_more_probes_than_allowed(self) -> None:
        if self.breaker.state == "half-open":
            assert self.probes_under_way() <= self.POLICY.probes


TestCircuit = Circuit.TestCase
TestCircuit.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
