"""Which instance is asked first."""

from collections import Counter

import pytest

from scribetree.clock import FixedClock
from scribetree.errors import Unavailable
from scribetree.host.balance import Balancer, Load, Strategy
from scribetree.resilience import Breaker


class Place:
    """An instance as the balancer sees it."""

    def __init__(self, name: str, clock: FixedClock) -> None:
        self.name = name
        self.clock = clock
        self.breaker = Breaker(clock=clock)
        self.load = Load(clock)

    def answer(self, seconds: float) -> None:
        with self.load.call():
            self.clock.advance(seconds)

    def fail(self) -> None:
        with pytest.raises(Unavailable), self.load.call():
            raise Unavailable("lost", hint="wait")


@pytest.fixture
def places() -> list[Place]:
    clock = FixedClock()
    return [Place(name, clock) for name in "abc"]


def first(places: list[Place], strategy: Strategy, balancer: Balancer) -> str:
    return balancer.ordered(places, strategy)[0].name


@pytest.mark.parametrize("strategy", ["round-robin", "health"])
def test_those_that_are_alike_take_turns(places: list[Place], strategy: Strategy) -> None:
    balancer = Balancer()
    assert Counter(first(places, strategy, balancer) for _ in range(9)) == {"a": 3, "b": 3, "c": 3}


def test_chance_reaches_all(places: list[Place]) -> None:
    balancer = Balancer()
    assert {first(places, "random", balancer) for _ in range(200)} == {"a", "b", "c"}


def test_the_quicker_one_is_asked_first_until_it_is_busy(places: list[Place]) -> None:
    a, b, c = places
    a.answer(1.0)
    b.answer(0.1)
    c.answer(1.0)
    assert first(places, "health", Balancer()) == "b"
    with b.load.call():
        assert b.load.running == 1
    a.load.running, b.load.running, c.load.running = 0, 20, 1
    assert first(places, "health", Balancer()) == "a"


def test_one_that_failed_waits_until_that_is_forgotten(places: list[Place]) -> None:
    a, b, c = places
    a.fail()
    b.answer(0.1)
    c.answer(0.1)
    assert a not in [Balancer().ordered(places, "health")[0] for _ in range(5)]
    a.clock.advance(120)
    balancer = Balancer()
    assert "a" in {first(places, "health", balancer) for _ in range(3)}


def test_an_open_circuit_is_asked_last(places: list[Place]) -> None:
    for _ in range(5):
        places[0].breaker.admit().failed()
    balancer = Balancer()
    assert {balancer.ordered(places, "health")[-1].name for _ in range(5)} == {"a"}


@pytest.mark.parametrize("strategy", ["round-robin", "random", "health"])
def test_everyone_is_in_the_order_once(places: list[Place], strategy: Strategy) -> None:
    assert sorted(place.name for place in Balancer().ordered(places, strategy)) == ["a", "b", "c"]
