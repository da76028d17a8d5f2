"""The least bound is valid, is the least, and grows with every release."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.privacy.accounting import Gaussian, Laplace, Mechanism, Pure, least_epsilon

CONTINUOUS = 10**6
"""Laplace noise on so fine a grid is the continuous one, for which others publish figures."""

EPSILONS = st.floats(0.001, 3)
RELEASES: st.SearchStrategy[list[Mechanism]] = st.lists(
    st.one_of(st.builds(Pure, EPSILONS), st.builds(Laplace, EPSILONS, st.integers(1, 50))), min_size=1, max_size=40
)


@pytest.mark.parametrize(
    ("releases", "basic", "advanced", "zcdp", "renyi"),
    [(10, 1.0, 1.767, 1.712, 0.999), (100, 10.0, 6.308, 5.757, 4.984), (1000, 100.0, 27.14, 21.62, 20.05)],
)
def test_laplace_releases_add_up_as_dp_accounting_says(
    releases: int, basic: float, advanced: float, zcdp: float, renyi: float
) -> None:
    bounds = least_epsilon([Laplace(0.1, CONTINUOUS)] * releases, delta=1e-6).bounds
    assert bounds == {
        "basic": pytest.approx(basic, rel=1e-3),
        "advanced": pytest.approx(advanced, rel=1e-3),
        "zcdp": pytest.approx(zcdp, rel=1e-3),
        "renyi": pytest.approx(renyi, rel=1e-3),
    }


@pytest.mark.parametrize(("releases", "zcdp", "renyi"), [(1, 0.531, 0.430), (10, 1.712, 1.472), (100, 5.757, 5.222)])
def test_gaussian_releases_add_up_as_dp_accounting_says(releases: int, zcdp: float, renyi: float) -> None:
    bounds = least_epsilon([Gaussian(10)] * releases, delta=1e-6).bounds
    assert bounds["zcdp"] == pytest.approx(zcdp, rel=1e-3)
    assert bounds["renyi"] == pytest.approx(renyi, rel=1e-3)


def test_one_release_costs_no_more_than_its_own_epsilon() -> None:
    found = least_epsilon([Laplace(0.1)], delta=1e-6)
    assert found.method == "basic"
    assert found.epsilon == pytest.approx(0.1)
    assert found.bounds["renyi"] > found.epsilon


@given(RELEASES, EPSILONS)
def test_the_whole_grows_with_every_release_and_is_the_least_bound(releases: list[Mechanism], more: float) -> None:
    before, after = (least_epsilon(each, delta=1e-6) for each in (releases, [*releases, Pure(more)]))
    assert before.epsilon <= after.epsilon
    assert all(after.epsilon <= bound * (1 + 1e-9) for bound in after.bounds.values())


def brute_force_renyi(epsilon: float, sensitivity: int, order: float) -> float:
    ratio = math.exp(-epsilon / sensitivity)
    results = range(-100 * sensitivity, 101 * sensitivity)
    law, moved = ([(1 - ratio) / (1 + ratio) * ratio ** abs(k - at) for k in results] for at in (0, sensitivity))
    return math.log(sum(q * (p / q) ** order for p, q in zip(law, moved, strict=True))) / (order - 1)


@pytest.mark.parametrize("sensitivity", [1, 2, 7])
@pytest.mark.parametrize("order", [1.5, 2.0, 8.0])
def test_the_renyi_divergence_of_discrete_laplace_is_the_sum_over_all_results(sensitivity: int, order: float) -> None:
    found = Laplace(0.5, sensitivity).renyi(order)
    assert found == pytest.approx(brute_force_renyi(0.5, sensitivity, order), rel=1e-6)


def test_without_a_delta_only_basic_composition_holds() -> None:
    assert least_epsilon([Pure(0.1)] * 100, delta=0).method == "basic"
    assert least_epsilon([Gaussian(10)], delta=0).epsilon == math.inf


@pytest.mark.parametrize("epsilon", [0.0, -1.0, math.nan, math.inf])
def test_a_release_without_a_positive_epsilon_is_refused(epsilon: float) -> None:
    with pytest.raises(InvalidInput):
        Pure(epsilon)
    with pytest.raises(InvalidInput):
        Gaussian(epsilon)
