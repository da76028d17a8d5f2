"""OpenDP: it agrees with our noise, and may stand in its place behind the same door."""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.clock import FixedClock
from scribetree.errors import ConfigError
from scribetree.privacy import _opendp
from scribetree.privacy.budget import Budgets, Group
from scribetree.privacy.database import Database
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.noise import gaussian_vector, laplace_vector, noise_source
from scribetree.privacy.queries import Bounds, Count, Histogram, Mean, Question, Row, Sum, Trend, ask
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

dp: Any = import_module("opendp.prelude")
DRAWS = 10_000
QUANTILE_ONE_IN_A_MILLION = 4.8916
SCORES = Bounds(0, 100)


def are_alike(ours: Sequence[int], theirs: Sequence[int]) -> bool:
    """Two-sample chi-square over results seen at least 20 times together, at one in a million."""
    one, two = Counter(ours), Counter(theirs)
    likely = [value for value in one | two if one[value] + two[value] >= 20]
    statistic = sum((one[value] - two[value]) ** 2 / (one[value] + two[value]) for value in likely)
    bend = 2 / (9 * len(likely))
    return statistic < len(likely) * (1 - bend + QUANTILE_ONE_IN_A_MILLION * math.sqrt(bend)) ** 3


def gaussians(sigma: float) -> list[int]:
    dp.enable_features("contrib")
    measurement = dp.m.make_gaussian(dp.atom_domain(T="i64"), dp.absolute_distance(T="i64"), scale=sigma)
    return [measurement(0) for _ in range(DRAWS)]


def test_laplace_noise_of_both_is_alike_and_wider_noise_is_told_apart() -> None:
    theirs = [noise_source("opendp").laplace(Fraction(10, 3)) for _ in range(DRAWS)]
    assert are_alike(laplace_vector(Fraction(10, 3), DRAWS), theirs)
    assert not are_alike(laplace_vector(4, DRAWS), theirs)


def test_gaussian_noise_of_both_is_alike_and_wider_noise_is_told_apart() -> None:
    theirs = gaussians(4.0)
    assert are_alike(gaussian_vector(4, DRAWS), theirs)
    assert not are_alike(gaussian_vector(5, DRAWS), theirs)


@given(scale=st.fractions(Fraction(1, 1000), 10**9))
def test_by_its_own_account_opendp_gives_the_epsilon_that_was_paid(scale: Fraction) -> None:
    measurement: Any = _opendp._measurement(_opendp._not_below(scale))  # pyright: ignore[reportPrivateUsage]
    assert measurement.map(1) <= math.nextafter(float(1 / scale), math.inf)


@pytest.mark.parametrize(
    "question",
    [
        Count("score"),
        Sum("score", SCORES),
        Mean("score", SCORES),
        Histogram("score", (0, 50, 100)),
        Trend("score", SCORES, buckets=2),
    ],
)
def test_it_stands_behind_the_same_door(question: Question, sqlite: Database, ring: KeyRing) -> None:
    rows = [Row(f"s-{number}", 60.0, number % 2) for number in range(30)]
    group = Group("year-9", frozenset(row.student_id for row in rows))
    budgets = Budgets(sqlite, ring=ring, clock=FixedClock())
    answer = ask(question, rows, group=group, breadth="class", budgets=budgets, noise=noise_source("opendp"))
    assert all(figure.low <= figure.value <= figure.high for figure in answer.figures)


def test_without_the_library_the_way_on_is_named_before_anything_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    _opendp._measurement.cache_clear()  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    monkeypatch.setenv("SCRIBETREE_NOISE", "opendp")
    with pytest.raises(ConfigError, match="not installed; nothing was told and nothing was spent"):
        _ = Wiring().noise


def test_an_unknown_source_of_noise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBETREE_NOISE", "numpy")
    with pytest.raises(ConfigError, match="SCRIBETREE_NOISE"):
        Settings.from_environment()
